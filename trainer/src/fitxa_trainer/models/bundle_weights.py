"""Weights of a network from a bundle's ONNX file: the base of a fine-tuning.

An exported graph keeps the names that parameters have in `Network` (`trunk.stem.0.weight`,
`members.softmax.linear.materials.weight`), batch norm folded into the convolutions and standardisation into the heads.
"""

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import onnx
import torch
from google.protobuf.message import DecodeError  # type: ignore[import-untyped]  # generated code
from numpy.typing import NDArray
from onnx import numpy_helper
from torch import Tensor, nn

from fitxa_trainer.errors import InputError

_MANIFEST = "model.json"
TRUNK = "trunk."
#: Ending of the name of a weight that is stored at half precision.
HALF = ".half"
_QUANTISED = "_quantized"


def bundle_initializers(folder: Path, file: str | None = None) -> dict[str, Tensor]:
    """The weights of one network of the bundle in `folder` by parameter name, float32 whatever its precision.

    `file` is the ONNX file; without it the network of the first member is read. Raises InputError when the folder holds
    no readable bundle.
    """
    try:
        if file is None:
            file = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))["members"][0]["file"]
        return {name: torch.from_numpy(values) for name, values in stored_weights(folder / file).items()}
    except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
        raise InputError(f"The folder {folder} holds no bundle that can be read; give the folder of one.") from error


def stored_weights(path: Path) -> dict[str, NDArray[np.float32]]:
    """The weights of an ONNX file of any precision (precision.py) by parameter name, in float32.

    Raises ValueError when the file is no ONNX file.
    """
    try:
        graph = onnx.load(path).graph
    except DecodeError as error:
        raise ValueError(f"{path} is no ONNX file") from error
    stored = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    weights = {name.removesuffix(HALF): values for name, values in stored.items() if values.dtype.kind == "f"}
    for node in graph.node:
        if node.op_type == "DequantizeLinear" and node.input[0] in stored:
            quantised, scale, zero = (stored[name] for name in node.input)
            weights[node.input[0].removesuffix(_QUANTISED)] = _dequantised(quantised, scale, zero)
    return {name: np.array(values, dtype=np.float32) for name, values in weights.items()}


def _dequantised(
    values: NDArray[np.generic], scale: NDArray[np.float32], zero: NDArray[np.generic]
) -> NDArray[np.float32]:
    """(value - zero) * scale; scale and zero are scalars or one per row of `values`."""
    shape = [-1] + [1] * (values.ndim - 1) if scale.size > 1 else [1] * values.ndim
    offset = zero.astype(np.float32).reshape(shape)
    return (values.astype(np.float32) - offset) * scale.astype(np.float32).reshape(shape)


def load_bundle_weights(trunk: nn.Module, folder: Path) -> None:
    """Fill `trunk` with the weights of the bundle in `folder`; the heads belong to other terms and stay as they are.

    Raises InputError when a weight is missing or has another shape: the bundle has another trunk.
    """
    found = {name.removeprefix(TRUNK): value for name, value in bundle_initializers(folder).items()}
    fill_by_name(trunk, found, f"The bundle {folder}")


@torch.no_grad()
def fill_by_name(module: nn.Module, values: Mapping[str, Tensor], where: str) -> None:
    """Copy into every parameter of `module` the value of its name.

    Raises InputError, beginning with `where`, if one is missing or has another shape.
    """
    for name, parameter in module.named_parameters():
        value = values.get(name)
        if value is None or value.shape != parameter.shape:
            raise InputError(f"{where} has no weights that fit {name}; set model.backbone to the one it was made with.")
        parameter.copy_(value)
