"""The content of a dataset: records, terms and their tree, targets, licences."""
