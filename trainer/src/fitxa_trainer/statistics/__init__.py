"""What a data set is made of, counted and drawn."""
