"""Building a dataset from Europeana as the paper did (science: "How the dataset was built").

`harvesting` searches by keyword and reads the records (`records`), `concepts` turns what they name into AAT ids,
`thesaurus` places those in the four facets, `fetching` gets the pictures, which `images` checks, `dataset` drops rare
tags and writes the files. `client` is the HTTP side; `state` remembers what was done, so that a harvest that was killed
resumes where it was.
"""
