"""Bundles: export, precisions, card, and running what was exported."""
