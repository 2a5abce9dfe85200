"""Suggestions for pictures outside the application, on one or many machines, as run files in Parquet."""
