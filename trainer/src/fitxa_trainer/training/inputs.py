"""The inputs of a run: pictures of each split, terms, targets, and the pixel cache."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from fitxa_trainer.configuration.run import Config
from fitxa_trainer.dataset.examples import (
    Example,
    Vocabulary,
    build_vocabulary,
    fingerprint,
    load_examples,
    target_matrix,
)
from fitxa_trainer.dataset.facets import FACETS
from fitxa_trainer.errors import InputError
from fitxa_trainer.models.network import Network
from fitxa_trainer.pictures.cache import PixelCache, open_cache
from fitxa_trainer.progress import Progress
from fitxa_trainer.splitting.split_file import SPLITS, read_splits
from fitxa_trainer.training.context import ComputeContext
from fitxa_trainer.training.features import VIEWS, FeatureCache
from fitxa_trainer.training.sources import FeatureSource, PixelSource, Source

Splits = Mapping[str, Sequence[Example]]


@dataclass(frozen=True)
class Inputs:
    """What a run is made from: the pictures of each split that are in the cache, the terms, the cache."""

    config: Config
    splits: Splits
    vocabulary: Vocabulary
    cache: PixelCache
    cache_root: Path
    fingerprint: str

    def hashes(self, split: str) -> list[str]:
        """The SHA-256 of each picture of a split."""
        return [example.sha256 for example in self.splits[split]]

    def targets(self, split: str) -> dict[str, NDArray[np.int8]]:
        """Per facet what is known of the pictures of a split, (pictures, terms): 1 yes, 0 no, -1 unknown."""
        return {
            facet: target_matrix(self.splits[split], facet, terms) for facet, terms in self.vocabulary.terms.items()
        }


def read_inputs(config: Config, data: Path, split_file: Path, cache_root: Path, progress: Progress) -> Inputs:
    """Examples, splits, vocabulary and cache of a run; what cannot be used is left out, with a warning.

    Raises InputError for a wrong CSV, a missing cache, an empty split, and a facet without labels.
    """
    cache = open_cache(cache_root, config.cache)
    examples = load_examples(data, cache.index.sha256, keep_missing=True)
    everything = read_splits(split_file, examples)
    splits = {split: [e for e in everything[split] if e.sha256 and cache.has(e.sha256)] for split in SPLITS}
    lost = sum(len(everything[split]) - len(splits[split]) for split in SPLITS)
    if lost:
        progress.warning(
            "pictures.missing",
            f"{lost} pictures of the split are not in the cache and are left out; prepare says why.",
            count=lost,
        )
    for split in ("train", "validation"):
        if not splits[split]:
            raise InputError(f"The split {split} has no picture that is in the cache; make another split.")
    minimum = {facet: getattr(config.vocabulary, facet) for facet in FACETS}
    vocabulary = build_vocabulary(splits["train"], minimum, config.vocabulary.held_out)
    inputs = Inputs(config, splits, vocabulary, cache, cache_root, fingerprint(examples))
    _check_labels(inputs.targets("validation"))
    return inputs


def _check_labels(validation: Mapping[str, NDArray[np.int8]]) -> None:
    for facet, targets in validation.items():
        if not (targets == 1).any():
            raise InputError(
                f"No validation picture has a label in the facet {facet}; add pictures or make another split, "
                f"or leave the facet out with vocabulary.{facet}: 0.",
                "facet.noValidation",
                facet=facet,
            )


def ignored_tags(splits: Splits, vocabulary: Vocabulary) -> dict[str, dict[str, int]]:
    """How many tags of the pictures are no terms, by facet and split."""
    counts: dict[str, dict[str, int]] = {}
    for facet, terms in vocabulary.terms.items():
        known = frozenset(terms)
        counts[facet] = {
            split: sum(len(example.record.tags(facet) - known) for example in splits[split]) for split in SPLITS
        }
    return counts


class SplitSources:
    """The pictures of each split as the network takes them: pixels, or features where the trunk is frozen."""

    def __init__(self, inputs: Inputs, network: Network, context: ComputeContext, progress: Progress) -> None:
        self._inputs = inputs
        self._context = context
        config = inputs.config
        self._features: FeatureCache | None = None
        if network.frozen:
            self._features = FeatureCache(
                inputs.cache_root, network, config.model.backbone, inputs.cache, config.model.size
            )
            if context.first:
                for split in SPLITS:
                    self._features.compute(self._inputs.hashes(split), self._views(split), context, progress)
            context.wait()

    def of(self, split: str, resident: bool = False) -> Source:
        """The pictures of one split; with `resident` pixels stay on a GPU if its budget allows."""
        config, hashes = self._inputs.config, self._inputs.hashes(split)
        if self._features is not None:
            table = self._features.table(hashes, self._views(split))
            return FeatureSource(torch.from_numpy(table), self._context)
        cache = self._inputs.cache
        return PixelSource(cache.pixels, cache.rows(hashes), config.model, config.training, self._context, resident)

    def _views(self, split: str) -> tuple[str, ...]:
        return VIEWS[: self._inputs.config.training.feature_views] if split == "train" else VIEWS[:1]
