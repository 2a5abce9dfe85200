"""A CLIP-like member from a configuration: which texts it reads, and with what."""

import copy
from collections.abc import Mapping, Sequence
from pathlib import Path

import torch
from torch import Tensor

from fitxa_trainer.configuration.run import Config
from fitxa_trainer.dataset.examples import Vocabulary
from fitxa_trainer.dataset.labels import load_labels
from fitxa_trainer.errors import InputError
from fitxa_trainer.models.backbones import OPEN_CLIP, Backbone, clip_tokens
from fitxa_trainer.models.clip import ClipMember, ClipTower, SentenceAdapter, TextSide
from fitxa_trainer.models.inputs import FeatureInput
from fitxa_trainer.text.cache import embed_sentences
from fitxa_trainer.text.encoder import DIMENSIONS
from fitxa_trainer.text.prompts import all_tags_texts, prompt_texts, tag_texts

#: Tokens of a text that an open_clip tower reads.
_CONTEXT = 77


def build_clip_member(
    name: str,
    config: Config,
    vocabulary: Vocabulary,
    targets: Mapping[str, Tensor],
    backbone: Backbone,
    pretrained: bool,
    first: bool,
) -> ClipMember:
    """The member `name` (of CLIP_TASKS) before its first step.

    `targets` int8 (pictures, terms) per facet of the training split. Without `pretrained` the texts of the terms
    are left empty, to be loaded with the weights. All but the `first` member get a copy of the text tower of their own.
    Raises InputError when the text side is not chosen, not installed or does not fit the backbone.
    """
    terms = [key for keys in vocabulary.terms.values() for key in keys]
    counts = {facet: len(keys) for facet, keys in vocabulary.terms.items()}
    tower = config.model.text == "open_clip"
    if pretrained:
        of_terms, of_rows = training_texts(name, config, vocabulary.terms, targets)
        unique = sorted({*of_terms, *(text for text in of_rows or () if text)})
        place = {text: row for row, text in enumerate(unique)}
        table = _read_texts(unique, config)
        text_of_term = torch.tensor([place[text] for text in of_terms])
        text_of_row = None if of_rows is None else torch.tensor([place.get(text, -1) for text in of_rows])
    else:
        table = torch.zeros(len(terms), _CONTEXT, dtype=torch.int64) if tower else torch.zeros(len(terms), DIMENSIONS)
        text_of_term = torch.arange(len(terms))
        text_of_row = torch.empty(0, dtype=torch.int64) if name == "clip-all-tags" else None
    input = None if tower else FeatureInput(backbone.features, config.model.drop_rate, feature_noise(config))
    return ClipMember(
        name,
        input,
        backbone.features,
        _text_side(config, backbone, first),
        counts,
        table[text_of_term],
        table,
        text_of_term,
        text_of_row,
        config.clip.temperature,
    )


def feature_noise(config: Config) -> float:
    """The noise on features; none with a trained trunk, whose features have no fixed deviation to measure it in."""
    return config.training.feature_noise if config.model.trunk == "frozen" else 0.0


def training_texts(
    name: str, config: Config, terms: Mapping[str, Sequence[str]], targets: Mapping[str, Tensor]
) -> tuple[list[str], list[str] | None]:
    """The text of each term, facet after facet, and of each picture if the task reads one text per picture."""
    labels = load_labels(None if config.labels is None else Path(config.labels))
    keys = [key for own in terms.values() for key in own]
    tags = tag_texts(keys, labels, config.clip.language)
    if name == "clip-prompt":
        return prompt_texts(keys, labels, config.clip.language), None
    return tags, all_tags_texts(targets, terms, tags) if name == "clip-all-tags" else None


def _read_texts(texts: Sequence[str], config: Config) -> Tensor:
    """Texts as the text side takes them: token numbers (n, length), or sentence embeddings (n, 384)."""
    if config.model.text == "open_clip":
        return clip_tokens(config.model.backbone, texts)
    if config.model.text == "minilm":
        return embed_sentences(texts, None if config.clip.text_cache is None else Path(config.clip.text_cache))
    raise InputError("model.text: a CLIP task reads texts; set it to minilm or open_clip.")


def _text_side(config: Config, backbone: Backbone, first: bool) -> TextSide:
    if config.model.text == "minilm":
        return SentenceAdapter(DIMENSIONS)
    if backbone.clip is None:
        raise InputError(
            f"model.text: open_clip needs a backbone {OPEN_CLIP}<name>, not {config.model.backbone}; "
            "choose one, or set model.text to minilm."
        )
    return ClipTower(backbone.clip if first else copy.deepcopy(backbone.clip), backbone.features)
