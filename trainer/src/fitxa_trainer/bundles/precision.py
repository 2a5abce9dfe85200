"""The precisions in which a bundle's networks are stored: fp32, fp16 and int8. Inputs and outputs are always fp32.

- fp16: the weights are stored at half precision, each followed by a cast to fp32. onnxruntime folds the casts when it
  loads the file, so that it computes what it computes for fp32, as fast, from half the bytes.
- int8: static quantisation of the trunk (weights per channel, activations from calibration pictures) as pairs of
  QuantizeLinear and DequantizeLinear. Heads stay fp32: they are small, and their rounding would go straight into the
  probabilities. Weights have all 8 bits: with 7, which would keep sums from saturating on x64 processors without VNNI,
  one first suggestion in eight changes instead of one in sixteen.
"""

import logging
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import (
    CalibrationDataReader,
    CalibrationMethod,
    QuantFormat,
    QuantType,
    quantize_static,
)

from fitxa_trainer.models.bundle_weights import HALF

PRECISIONS: tuple[str, ...] = ("fp32", "fp16", "int8")

#: Beginning of the names of the weights that belong to the members' heads.
_HEADS = "members."
#: Smaller tensors are not worth a node.
_SMALLEST = 64
#: A Clip is in it so that the range of an activation is read after its ReLU6, not before.
_QUANTISED = ("Conv", "Clip", "Relu", "Add", "MatMul", "Gemm")


def store_half(source: Path, target: Path) -> None:
    """Write the network of `source` to `target` with its weights at half precision, values beyond its range clipped."""
    model = onnx.load(source)
    graph = model.graph
    largest = float(np.finfo(np.float16).max)
    kept: list[onnx.TensorProto] = []
    casts: list[onnx.NodeProto] = []
    for tensor in graph.initializer:
        if tensor.data_type != TensorProto.FLOAT or np.prod(tensor.dims) < _SMALLEST:
            kept.append(tensor)
            continue
        values = numpy_helper.to_array(tensor).clip(-largest, largest).astype(np.float16)
        kept.append(numpy_helper.from_array(values, tensor.name + HALF))
        casts.append(helper.make_node("Cast", [tensor.name + HALF], [tensor.name], to=TensorProto.FLOAT))
    nodes = [*casts, *graph.node]
    del graph.initializer[:], graph.node[:]
    graph.initializer.extend(kept)
    graph.node.extend(nodes)
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, target)


def quantise(source: Path, target: Path, pictures: Iterable[NDArray[np.float32]]) -> None:
    """Write the network of `source` to `target` in int8; `pictures` (3, height, width) calibrate the activations."""
    model = onnx.load(source, load_external_data=False)
    heads = [node.name for node in model.graph.node if any(name.startswith(_HEADS) for name in node.input)]
    logger = logging.getLogger()
    level = logger.level
    # The quantiser recommends a step for networks that this one has no use for.
    logger.setLevel(logging.ERROR)
    try:
        with tempfile.TemporaryDirectory() as folder:
            written = Path(folder) / "int8.onnx"
            quantize_static(
                source,
                written,
                _Reader(model.graph.input[0].name, pictures),
                quant_format=QuantFormat.QDQ,
                op_types_to_quantize=list(_QUANTISED),
                per_channel=True,
                weight_type=QuantType.QInt8,
                activation_type=QuantType.QUInt8,
                nodes_to_exclude=heads,
                calibrate_method=CalibrationMethod.MinMax,
            )
            quantised = onnx.load(written)
    finally:
        logger.setLevel(level)
    onnx.save(quantised, target)


class _Reader(CalibrationDataReader):  # type: ignore[misc]
    """Hands the calibration pictures over one at a time."""

    def __init__(self, name: str, pictures: Iterable[NDArray[np.float32]]) -> None:
        self._name = name
        self._pictures: Iterator[NDArray[np.float32]] = iter(pictures)

    def get_next(self) -> dict[str, NDArray[np.float32]] | None:
        """The next picture as a batch of one, None after the last."""
        picture = next(self._pictures, None)
        return None if picture is None else {self._name: picture[None]}
