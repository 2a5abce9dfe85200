"""Trunks by name, with their weights and the normalisation that belongs to them.

Names: `lite0`, `lite1`, `lite2` (models/efficientnet_lite.py), `timm:<name>` (for example `timm:convnext_base`) and
`open_clip:<name>` (the image tower, for example `open_clip:ViT-B-16`). Weights: `package` (lite only), `none`, `hub`,
`hub:<tag>`, a file, or `bundle:<folder>`, which fills the trunk later from a bundle (models/network.py).
"""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from torch import Tensor, nn

from fitxa_trainer.errors import InputError
from fitxa_trainer.models.efficientnet_lite import (
    FEATURES,
    VARIANTS,
    EfficientNetLite,
    fuse_batch_norm,
    load_weights,
    weights_path,
)
from fitxa_trainer.pictures.preprocessing import MEAN, STD

BUNDLE = "bundle:"
_HUB = "hub"
#: Weights of an open_clip model when no tag is given: those of Radford et al. 2021, as in the paper.
_CLIP_TAG = "openai"
TIMM, OPEN_CLIP = "timm:", "open_clip:"
Triple = tuple[float, float, float]


@dataclass(frozen=True)
class Backbone:
    """A trunk from normalised pictures (n, 3, h, w) to features (n, features), as a freshly built module.

    `mean` and `std` are on the 0..255 scale. `clip` is the rest of an open_clip model, its text tower, else None.
    `fixed_size` says that the trunk takes pictures of one size only.
    """

    trunk: nn.Module
    features: int
    mean: Triple
    std: Triple
    clip: nn.Module | None = None
    fixed_size: bool = False


def build_backbone(name: str, weights: str, drop_path: float, size: int, pretrained: bool = True) -> Backbone:
    """The trunk `name` with `weights`, to be used on pictures of `size` x `size` pixels.

    `drop_path` is the chance of leaving out the last block in training. Without `pretrained` nothing is read or
    fetched and the weights are random: for networks whose trained weights are about to be loaded.
    Raises InputError for an unknown name, weights that do not fit it, and a library that is not installed.
    """
    if name in VARIANTS:
        return _lite(name, weights, drop_path, pretrained)
    if name.startswith(TIMM):
        return _timm(name.removeprefix(TIMM), weights, drop_path, size, pretrained)
    if name.startswith(OPEN_CLIP):
        return _open_clip(name.removeprefix(OPEN_CLIP), weights, size, pretrained)
    known = [*VARIANTS, f"{TIMM}<name>", f"{OPEN_CLIP}<name>"]
    raise InputError(f"model.backbone: {name!r} is unknown; {_suggestion(name, list(VARIANTS), known)}")


def _suggestion(name: str, names: Sequence[str], known: Sequence[str]) -> str:
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    return f"did you mean {near[0]!r}?" if near else f"choose one of {', '.join(known)}."


def _lite(variant: str, weights: str, drop_path: float, pretrained: bool) -> Backbone:
    network = EfficientNetLite(variant, drop_path)
    if weights == _HUB or weights.startswith(f"{_HUB}:"):
        raise InputError(
            f"model.weights: {variant} comes from a package, not from a hub; write 'package', 'none' or a file."
        )
    if weights.startswith(BUNDLE):
        fuse_batch_norm(network.eval())
    elif pretrained and weights != "none":
        load_weights(network, weights_path(variant) if weights == "package" else _file(weights))
    return Backbone(network, FEATURES, MEAN, STD)


def _file(weights: str) -> Path:
    path = Path(weights)
    if not path.is_file():
        choices = ["package", "none", _HUB]
        raise InputError(
            f"model.weights: {weights!r} is neither a file nor a known source; "
            f"{_suggestion(weights, choices, [*choices, 'hub:<tag>', 'bundle:<folder>', 'a file'])}"
        )
    return path


def _check_library_weights(weights: str, backbone: str) -> None:
    if weights == "package":
        raise InputError(
            f"model.weights: no package holds the weights of {backbone}; write 'hub', 'hub:<tag>', 'none' or a file."
        )


def _timm(name: str, weights: str, drop_path: float, size: int, pretrained: bool) -> Backbone:
    try:
        import timm  # noqa: PLC0415 - an extra that only these backbones need
    except ImportError as error:
        raise InputError(f"model.backbone: {TIMM}{name} needs timm; run: pip install fitxa-trainer[hub].") from error
    _check_library_weights(weights, f"{TIMM}{name}")
    if weights.startswith(f"{_HUB}:"):
        name = f"{_base(name)}.{weights.removeprefix(f'{_HUB}:')}"
    if not timm.is_model(_base(name)):
        names = timm.list_models()
        raise InputError(f"model.backbone: timm knows no {name!r}; {_suggestion(name, names, names[:5])}")
    options: dict[str, Any] = {"num_classes": 0, "drop_path_rate": drop_path, "pretrained": False}
    if pretrained and not weights.startswith(BUNDLE) and weights != "none":
        options["pretrained"] = True
        if not weights.startswith(_HUB):
            options["pretrained_cfg_overlay"] = {"file": str(_file(weights)), "hf_hub_id": None, "url": ""}
    try:
        fixed = bool(timm.get_pretrained_cfg(name).fixed_input_size)
        if fixed:
            options["img_size"] = size
        trunk = timm.create_model(name, **options)
    except (OSError, RuntimeError, ValueError) as error:
        raise InputError(f"model.weights: {weights!r} cannot be loaded into timm:{name} ({error}).") from error
    config = trunk.pretrained_cfg
    mean, std = _scaled(config["mean"]), _scaled(config["std"])
    return Backbone(trunk, trunk.num_features, mean, std, fixed_size=fixed)


def _base(name: str) -> str:
    """A timm name without the tag of its weights."""
    return name.partition(".")[0]


def _scaled(values: Sequence[float]) -> Triple:
    """From the 0..1 scale to that of pixel values."""
    red, green, blue = (255.0 * value for value in values)
    return (red, green, blue)


def _open_clip(name: str, weights: str, size: int, pretrained: bool) -> Backbone:
    try:
        import open_clip  # noqa: PLC0415 - an extra that only these backbones need
    except ImportError as error:
        raise InputError(
            f"model.backbone: {OPEN_CLIP}{name} needs open_clip; run: pip install fitxa-trainer[hub]."
        ) from error
    _check_library_weights(weights, f"{OPEN_CLIP}{name}")
    if name not in open_clip.list_models():
        names = open_clip.list_models()
        raise InputError(f"model.backbone: open_clip knows no {name!r}; {_suggestion(name, names, names[:5])}")
    tag = (weights.removeprefix(_HUB).removeprefix(":") or _CLIP_TAG) if weights.startswith(_HUB) else None
    source: str | None = None
    if pretrained and not weights.startswith(BUNDLE) and weights != "none":
        source = tag or str(_file(weights))
    # The weights of Radford et al. want another activation than the architecture of that name has.
    quick = tag is not None and bool((open_clip.get_pretrained_cfg(name, tag) or {}).get("quick_gelu"))
    try:
        clip = open_clip.create_model(
            name, pretrained=source, force_image_size=size, force_quick_gelu=quick, load_weights=source is not None
        )
    except (OSError, RuntimeError, ValueError) as error:
        raise InputError(f"model.weights: {weights!r} cannot be loaded into open_clip:{name} ({error}).") from error
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
    try:
        import open_clip  # noqa: PLC0415 - an extra that only these backbones need
    except ImportError as error:
        raise InputError(f"{backbone} needs open_clip; run: pip install fitxa-trainer[hub].") from error
    tokens: Tensor = open_clip.get_tokenizer(backbone.removeprefix(OPEN_CLIP))(list(texts))
    return tokens
