"""Counts and plots of a dataset's content."""
