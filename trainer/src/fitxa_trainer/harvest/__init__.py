"""Building a dataset from Europeana as the paper did (science: "How the dataset was built").

`search` finds records by keyword, `records` reads each, `concepts` turns what it names into AAT ids, `thesaurus` places
those in the four facets, `images` fetches and checks the pictures, `dataset` drops rare tags and writes the files.
`state` remembers all of it, so that a harvest that was killed goes on where it was.
"""
