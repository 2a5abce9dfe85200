"""The weights of a bundle, read back from its ONNX files: a bundle is itself the checkpoint from which one goes on.

The exported graph keeps the parameter names of the network (`trunk.…`, `members.<member>.…`), batch norms and
standardisations folded into the weights.
"""

import json
from pathlib import Path

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import numpy_helper
from torch import Tensor

from fitxa_trainer.errors import InputError

#: Ending of the name of a weight that is stored at half precision (precision.py).
HALF = ".half"
_QUANTISED = "_quantized"


def load_bundle_weights(folder: Path, file: str | None = None) -> dict[str, Tensor]:
    """The weights of one network of the bundle in `folder` by parameter name, float32, whatever its precision.

    `file` is the ONNX file; without it the network of the first member is read. Raises InputError when the folder holds
    no bundle or the file is no ONNX file.
    """
    try:
        if file is None:
            file = json.loads((folder / "model.json").read_text(encoding="utf-8"))["members"][0]["file"]
        return {name: torch.from_numpy(values) for name, values in stored_weights(folder / file).items()}
    except (OSError, KeyError, ValueError, json.JSONDecodeError) as error:
        raise InputError(f"The bundle {folder} has no readable network; give the folder of a whole bundle.") from error


def stored_weights(path: Path) -> dict[str, NDArray[np.float32]]:
    """The weights of an ONNX file of any precision by parameter name, in float32."""
    try:
        graph = onnx.load(path).graph
    except Exception as error:  # whatever protobuf finds wrong with the file
        raise ValueError(f"{path} is no ONNX file") from error
    stored = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    weights = {name.removesuffix(HALF): values for name, values in stored.items() if values.dtype.kind == "f"}
    for node in graph.node:
        if node.op_type == "DequantizeLinear" and node.input[0] in stored:
            quantised, scale, zero = (stored[name] for name in node.input)
            weights[node.input[0].removesuffix(_QUANTISED)] = _dequantised(quantised, scale, zero)
    return {name: np.ascontiguousarray(values, dtype=np.float32) for name, values in weights.items()}


def _dequantised(
    values: NDArray[np.generic], scale: NDArray[np.float32], zero: NDArray[np.generic]
) -> NDArray[np.float32]:
    """(value - zero) * scale; scale and zero are scalars or one per row of `values`."""
    shape = [-1] + [1] * (values.ndim - 1) if scale.size > 1 else [1] * values.ndim
    offset = zero.astype(np.float32).reshape(shape)
    return (values.astype(np.float32) - offset) * scale.astype(np.float32).reshape(shape)
