"""Trunks by name, with their weights and the normalisation that belongs to them.

Names: `lite0`, `lite1`, `lite2` (efficientnet_lite.py), and of the libraries (libraries.py) `timm:<name>` (for example
`timm:convnext_base`) and `open_clip:<name>` (the image tower, for example `open_clip:ViT-B-16`). Weights: `package`
(lite only), `none`, `hub`, `hub:<tag>`, a file, or `bundle:<folder>`, which fills the trunk later from a bundle
(network.py).
"""

from fitxa_trainer.errors import InputError
from fitxa_trainer.models.backbone import BUNDLE, HUB, Backbone, suggestion, weights_file
from fitxa_trainer.models.efficientnet_lite import (
    FEATURES,
    VARIANTS,
    EfficientNetLite,
    fuse_batch_norm,
    load_weights,
    weights_path,
)
from fitxa_trainer.models.libraries import OPEN_CLIP, TIMM, clip_tokens, open_clip_backbone, timm_backbone
from fitxa_trainer.pictures.preprocessing import MEAN, STD

__all__ = ["BUNDLE", "OPEN_CLIP", "TIMM", "Backbone", "build_backbone", "clip_tokens"]


def build_backbone(name: str, weights: str, drop_path: float, size: int, pretrained: bool = True) -> Backbone:
    """The trunk `name` with `weights`, to be used on pictures of `size` x `size` pixels.

    `drop_path` is the chance of leaving out the last block in training. Without `pretrained` nothing is read or
    fetched and the weights are random: for networks whose trained weights are about to be loaded.
    Raises InputError for an unknown name, weights that do not fit it, and a library that is not installed.
    """
    if name in VARIANTS:
        return _lite(name, weights, drop_path, pretrained)
    if name.startswith(TIMM):
        return timm_backbone(name.removeprefix(TIMM), weights, drop_path, size, pretrained)
    if name.startswith(OPEN_CLIP):
        return open_clip_backbone(name.removeprefix(OPEN_CLIP), weights, size, pretrained)
    known = [*VARIANTS, f"{TIMM}<name>", f"{OPEN_CLIP}<name>"]
    raise InputError(f"model.backbone: {name!r} is unknown; {suggestion(name, list(VARIANTS), known)}")


def _lite(variant: str, weights: str, drop_path: float, pretrained: bool) -> Backbone:
    network = EfficientNetLite(variant, drop_path)
    if weights == HUB or weights.startswith(f"{HUB}:"):
        raise InputError(
            f"model.weights: {variant} comes from a package, not from a hub; write 'package', 'none' or a file."
        )
    if weights.startswith(BUNDLE):
        fuse_batch_norm(network.eval())
    elif pretrained and weights != "none":
        load_weights(network, weights_path(variant) if weights == "package" else weights_file(weights))
    return Backbone(network, FEATURES, MEAN, STD)
