"""Training, validation, Inner and Outer test: near-duplicates, providers, selection, report."""
