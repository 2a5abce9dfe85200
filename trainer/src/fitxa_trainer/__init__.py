"""Fitxa's trainer: from annotated photographs to a model bundle that the application ships."""

__version__ = "0.1.0"
