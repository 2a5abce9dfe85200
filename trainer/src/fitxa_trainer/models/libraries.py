"""Trunks that the libraries timm and open_clip know by name, and their weights. Both libraries are an extra."""

import importlib
from collections.abc import Sequence
from pickle import UnpicklingError
from types import ModuleType
from typing import Any

import torch
from safetensors import SafetensorError
from torch import Tensor, nn

from fitxa_trainer.errors import InputError
from fitxa_trainer.models.backbone import BUNDLE, HUB, Backbone, Triple, suggestion, weights_file
from fitxa_trainer.models.torchvision_import import import_torchvision

TIMM, OPEN_CLIP = "timm:", "open_clip:"
#: Weights of an open_clip model when no tag is given: those of Radford et al. 2021, as in the paper.
_CLIP_TAG = "openai"
#: What the libraries raise for weights that cannot be read, fetched or brought into the model.
_UNFIT = (OSError, RuntimeError, ValueError, KeyError, EOFError, UnpicklingError, SafetensorError)


def timm_backbone(name: str, weights: str, drop_path: float, size: int, pretrained: bool) -> Backbone:
    """The model `name` of timm without its classifier; arguments and errors as in `build_backbone`."""
    timm = _library("timm", f"{TIMM}{name}")
    _check_weights(weights, f"{TIMM}{name}")
    if weights.startswith(f"{HUB}:"):
        name = f"{_base(name)}.{weights.removeprefix(f'{HUB}:')}"
    if not timm.is_model(_base(name)):
        names = timm.list_models()
        raise InputError(f"model.backbone: timm knows no {name!r}; {suggestion(name, names, names[:5])}")
    options: dict[str, Any] = {"num_classes": 0, "drop_path_rate": drop_path}
    reads = pretrained and not weights.startswith(BUNDLE) and weights != "none"
    source: dict[str, Any] = {"pretrained": reads}
    if reads and not weights.startswith(HUB):
        source["pretrained_cfg_overlay"] = {"file": str(weights_file(weights)), "hf_hub_id": None, "url": ""}
    try:
        fixed = bool(timm.get_pretrained_cfg(name).fixed_input_size)
        if fixed:
            options["img_size"] = size
        if "pretrained_cfg_overlay" in source:
            trunk: Any = _from_file(timm, name, options, source)
        else:
            trunk = timm.create_model(name, **options, **source)
    except _UNFIT as error:
        raise _unfit(weights, f"{TIMM}{name}", error) from error
    config = trunk.pretrained_cfg
    mean, std = _scaled(config["mean"]), _scaled(config["std"])
    return Backbone(trunk, trunk.num_features, mean, std, fixed_size=fixed)


def _library(name: str, backbone: str) -> ModuleType:
    """timm or open_clip: an extra that only their trunks need."""
    try:
        import_torchvision()
        return importlib.import_module(name)
    except ImportError as error:
        raise InputError(f"model.backbone: {backbone} needs {name}; run: pip install fitxa-trainer[hub].") from error
    except RuntimeError as error:
        raise InputError(
            f"model.backbone: {name} cannot be used here ({_first_sentence(error)}); "
            "install the torchvision that goes with this version and build of torch."
        ) from error


def _check_weights(weights: str, backbone: str) -> None:
    if weights == "package":
        raise InputError(
            f"model.weights: no package holds the weights of {backbone}; write 'hub', 'hub:<tag>', 'none' or a file."
        )


def _unfit(weights: str, backbone: str, error: Exception) -> InputError:
    return InputError(
        f"model.weights: {weights!r} cannot be loaded into {backbone} ({_first_sentence(error)}); "
        "give weights of this very model."
    )


def _first_sentence(error: Exception) -> str:
    """The first sentence of what a library says, which may fill pages."""
    lines = str(error).splitlines() or [""]
    return f"{type(error).__name__}: {lines[0].partition('. ')[0].rstrip(':.')}"


def _base(name: str) -> str:
    """A timm name without the tag of its weights."""
    return name.partition(".")[0]


def _from_file(timm: ModuleType, name: str, options: dict[str, Any], source: dict[str, Any]) -> nn.Module:
    """The model with the weights of a file; ValueError when the file leaves some of its weights as they began.

    timm passes over names that it does not know: a file of another model would leave the model untrained.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        trunk: nn.Module = timm.create_model(name, **options, **source)
        torch.manual_seed(0)
        untrained: nn.Module = timm.create_model(name, **options, pretrained=False)
    began = dict(untrained.named_parameters())
    left = [
        key
        for key, value in trunk.named_parameters()
        if torch.equal(value, began[key]) and bool((value != value.flatten()[0]).any())
    ]
    if left:
        raise ValueError(f"it lacks {len(left)} weights, such as {left[0]}")
    return trunk


def _scaled(values: Sequence[float]) -> Triple:
    """From the 0..1 scale to that of pixel values."""
    red, green, blue = (255.0 * value for value in values)
    return (red, green, blue)


def open_clip_backbone(name: str, weights: str, size: int, pretrained: bool) -> Backbone:
    """The image tower of the model `name` of open_clip; arguments and errors as in `build_backbone`."""
    open_clip = _library("open_clip", f"{OPEN_CLIP}{name}")
    _check_weights(weights, f"{OPEN_CLIP}{name}")
    if name not in open_clip.list_models():
        names = open_clip.list_models()
        raise InputError(f"model.backbone: open_clip knows no {name!r}; {suggestion(name, names, names[:5])}")
    tag = (weights.removeprefix(HUB).removeprefix(":") or _CLIP_TAG) if weights.startswith(HUB) else None
    source: str | None = None
    if pretrained and not weights.startswith(BUNDLE) and weights != "none":
        source = tag or str(weights_file(weights))
    # The weights of Radford et al. want another activation than the architecture of that name has.
    quick = tag is not None and bool((open_clip.get_pretrained_cfg(name, tag) or {}).get("quick_gelu"))
    try:
        clip = open_clip.create_model(
            name, pretrained=source, force_image_size=size, force_quick_gelu=quick, load_weights=source is not None
        )
    except _UNFIT as error:
        raise _unfit(weights, f"{OPEN_CLIP}{name}", error) from error
    trunk = clip.visual
    # The towers part: the trunk belongs to the network, the text tower to the members that read.
    clip.visual = nn.Identity()
    clip.logit_scale.requires_grad_(False)
    mean, std = _scaled(trunk.image_mean), _scaled(trunk.image_std)
    return Backbone(trunk, trunk.output_dim, mean, std, clip, fixed_size=True)


def clip_tokens(backbone: str, texts: Sequence[str]) -> Tensor:
    """Token numbers int64 (n, length) of `texts` for the text tower of `backbone`, an open_clip model.

    Raises InputError when `backbone` is none, or open_clip is not installed.
    """
    if not backbone.startswith(OPEN_CLIP):
        raise InputError(f"model.text: open_clip needs a backbone {OPEN_CLIP}<name>, not {backbone}.")
    tokens: Tensor = _library("open_clip", backbone).get_tokenizer(backbone.removeprefix(OPEN_CLIP))(list(texts))
    return tokens
