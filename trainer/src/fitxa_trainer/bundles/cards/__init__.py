"""The model card of a bundle: facts, words in each language, plots, licence."""
