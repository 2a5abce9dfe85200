"""torchvision for libraries that import it, where its compiled part does not fit torch.

The wheels of torchvision on PyPI are compiled for torch with CUDA. Beside a build of torch for CPUs their compiled part
is not loaded, and importing torchvision fails because it gives shapes to two operators that are not there then. timm
and open_clip use neither: declared, without an implementation, they let the rest be imported.
"""

import importlib
import sys

import torch

_OPERATORS = ("nms", "qnms")
_SIGNATURE = "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"


def import_torchvision() -> None:
    """Import torchvision, with or without its operators.

    Raises ImportError when it is not installed, and RuntimeError when it does not fit torch otherwise.
    """
    try:
        importlib.import_module("torchvision")
        return
    except RuntimeError as error:
        if f"operator torchvision::{_OPERATORS[0]} does not exist" not in str(error):
            raise
    for name in [name for name in sys.modules if name.partition(".")[0] == "torchvision"]:
        del sys.modules[name]  # what the failed import left behind
    for operator in _OPERATORS:
        torch.library.define(f"torchvision::{operator}", _SIGNATURE)
    importlib.import_module("torchvision")
