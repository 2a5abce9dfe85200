"""Fitxa's trainer: from annotated photographs to a model bundle that the application ships."""

import os

# onnxruntime sends telemetry unless this is set before it is loaded.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

__version__ = "0.1.0"
