"""What a data set says: records, terms and their tree, targets, licences."""
