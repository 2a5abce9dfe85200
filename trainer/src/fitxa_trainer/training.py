"""The command train: from the pixel cache to a run folder with weights, curves, scores and a result."""

import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from fitxa_trainer.cache import PixelCache, open_cache
from fitxa_trainer.config import Config
from fitxa_trainer.curves import TensorBoard, draw_curves
from fitxa_trainer.data import Example, Vocabulary, build_vocabulary, fingerprint, load_examples, target_matrix
from fitxa_trainer.engine import Material, Recorder, train_network
from fitxa_trainer.errors import InputError
from fitxa_trainer.facets import FACETS
from fitxa_trainer.features import VIEWS, FeatureCache
from fitxa_trainer.metrics import facet_metrics
from fitxa_trainer.models.network import Network, build_network
from fitxa_trainer.place import Place, placed
from fitxa_trainer.prediction import Predictions, predict
from fitxa_trainer.progress import Progress
from fitxa_trainer.runfolder import RunFolder
from fitxa_trainer.scores import scores_path, write_scores
from fitxa_trainer.sources import FeatureSource, PixelSource, Source
from fitxa_trainer.splits import SPLITS, read_splits

#: Pictures that are looked at together when nothing is learned.
_BATCH = {"cpu": 32, "cuda": 256}

#: Seconds between two drawings of the curves.
_CURVES_PAUSE = 20.0

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


def train(
    config: Config, data: Path, split_file: Path, cache_root: Path, run: RunFolder, progress: Progress
) -> dict[str, object]:
    """Train a run, or go on with it; returns what result.json holds.

    The pictures come from the cache below `cache_root`; those it refused are left out and counted. A run folder with
    the same configuration, split and data goes on from its checkpoint, a finished one says so and returns its result.
    Raises InputError for data, splits or settings that cannot be trained with, Stopped after a checkpoint.
    """
    inputs = read_inputs(config, data, split_file, cache_root, progress)
    with placed(config.training) as place:
        if not place.first:
            progress = Progress()
        if run.is_finished:
            run.start(config, split_file)
            _check_data(run, inputs)
            progress.warning("run.finished", f"The run {run.path} is finished; nothing is left to train.")
            result: dict[str, object] = run.read_json("result.json")
            return result
        if place.first:
            _begin(run, inputs, split_file, progress)
        place.wait()
        return _train(inputs, run, place, progress)


def read_inputs(config: Config, data: Path, split_file: Path, cache_root: Path, progress: Progress) -> Inputs:
    """Examples, splits, vocabulary and cache of a run; what cannot be used is left out and told as warnings.

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
    return Inputs(config, splits, vocabulary, cache, cache_root, fingerprint(examples))


def _begin(run: RunFolder, inputs: Inputs, split_file: Path, progress: Progress) -> None:
    """Write what the run is made from; check that what is there is of the same run."""
    run.start(inputs.config, split_file)
    _check_data(run, inputs)
    ignored = ignored_tags(inputs.splits, inputs.vocabulary)
    count = sum(sum(facets.values()) for facets in ignored.values())
    if count:
        progress.warning(
            "tags.ignored",
            f"{count} tags of pictures are no terms of this run (too rare or held out) and are ignored.",
            count=count,
        )
    run.write_json(
        "data.json",
        {
            "fingerprint": inputs.fingerprint,
            "images": {split: len(inputs.splits[split]) for split in SPLITS},
            "labelled": {
                facet: {split: sum(bool(e.record.tags(facet)) for e in inputs.splits[split]) for split in SPLITS}
                for facet in FACETS
            },
            "ignoredTags": ignored,
            "refused": len(inputs.cache.index.refused),
        },
    )
    run.write_json(
        "vocabulary.json", {"terms": dict(inputs.vocabulary.terms), "dropped": dict(inputs.vocabulary.dropped)}
    )


def _check_data(run: RunFolder, inputs: Inputs) -> None:
    if (run.path / "data.json").exists() and run.read_json("data.json")["fingerprint"] != inputs.fingerprint:
        raise InputError(
            f"The run folder {run.path} holds a run on other data; give another folder to train on these.",
            "run.differs",
            keys=["data"],
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


def _train(inputs: Inputs, run: RunFolder, place: Place, progress: Progress) -> dict[str, object]:
    config = inputs.config
    network = build_network(config, inputs.vocabulary, inputs.splits["train"])
    place.take(network)
    sources = _Sources(inputs, network, place, progress)
    validation = Material(sources.of("validation"), _targets(inputs, "validation"))
    _check_labels(validation)
    standing = None
    if any(parameter.requires_grad for parameter in network.parameters()):
        train_material = Material(sources.of("train"), _targets(inputs, "train"))
        if isinstance(train_material.source, FeatureSource):
            network.standardise_by(train_material.source.whole(0, len(train_material.source)))
        checkpoint = run.checkpoint(place.device)
        if place.first:
            run.keep_metrics(checkpoint.standing.lines if checkpoint is not None else 0)
        progress.stage("train", f"training {', '.join(config.tasks)} on {place.device}")
        with closing(TensorBoard(run.path / "tensorboard") if place.first else TensorBoard(None)) as board:

            recorder = Recorder(_Log(run, board).take, run.save_checkpoint, progress)
            standing = train_network(
                network, train_material, validation, config.training, config.seed, place, recorder, checkpoint
            )
        if place.first:
            draw_curves(run.metrics(), run.path / "curves.svg")
    progress.stage("measure", "computing the scores of every split")
    found = _score(network, inputs, sources, run, place)
    result: dict[str, object] = {
        "name": config.name,
        "tasks": list(config.tasks),
        "activations": network.activations(),
        "bestEpoch": standing.best_epoch if standing is not None else 0,
        "epochs": standing.epoch - 1 if standing is not None else 0,
        "score": standing.best_score if standing is not None else None,
        "trainingSeconds": round(standing.seconds, 1) if standing is not None else 0.0,
        "pictures": standing.pictures if standing is not None else 0,
        "processes": place.world,
        "device": torch.cuda.get_device_name(place.device) if place.device.type == "cuda" else "cpu",
        "validation": _metrics(found, validation.targets) if place.first else {},
    }
    if place.first:
        run.save_network(network)
        run.write_json("result.json", result)
        run.drop_checkpoint()
    place.wait()
    return result


class _Log:
    """Takes the line of an epoch to metrics.jsonl, to TensorBoard and, now and then, into the curves."""

    def __init__(self, run: RunFolder, board: TensorBoard) -> None:
        self._run = run
        self._board = board
        self._drawn = 0.0

    def take(self, entry: Mapping[str, object]) -> None:
        """One line."""
        self._run.log(entry)
        self._board.write(entry)
        if time.monotonic() - self._drawn >= _CURVES_PAUSE:
            draw_curves(self._run.metrics(), self._run.path / "curves.svg")
            self._drawn = time.monotonic()


class _Sources:
    """The pictures of each split as the network takes them: pixels, or features where the trunk is frozen."""

    def __init__(self, inputs: Inputs, network: Network, place: Place, progress: Progress) -> None:
        self._inputs = inputs
        self._place = place
        config = inputs.config
        self._features: FeatureCache | None = None
        if network.frozen:
            self._features = FeatureCache(
                inputs.cache_root, network, config.model.backbone, inputs.cache, config.model.size
            )
            if place.first:
                for split in SPLITS:
                    self._features.compute(self._hashes(split), self._views(split), place, progress)
            place.wait()

    def of(self, split: str) -> Source:
        """The pictures of one split."""
        config, hashes = self._inputs.config, self._hashes(split)
        if self._features is not None:
            table = self._features.table(hashes, self._views(split))
            return FeatureSource(torch.from_numpy(table), self._place)
        cache = self._inputs.cache
        return PixelSource(
            cache.pixels, cache.rows(hashes), config.model, config.training, self._place, resident=split == "train"
        )

    def _hashes(self, split: str) -> list[str]:
        return [example.sha256 for example in self._inputs.splits[split]]

    def _views(self, split: str) -> tuple[str, ...]:
        return VIEWS[: self._inputs.config.training.feature_views] if split == "train" else VIEWS[:1]


def _targets(inputs: Inputs, split: str) -> dict[str, NDArray[np.int8]]:
    return {
        facet: target_matrix(inputs.splits[split], facet, terms) for facet, terms in inputs.vocabulary.terms.items()
    }


def _check_labels(validation: Material) -> None:
    for facet, targets in validation.targets.items():
        if not (targets == 1).any():
            raise InputError(
                f"No validation picture has a label in the facet {facet}; add pictures or make another split, "
                f"or leave the facet out with vocabulary.{facet}: 0.",
                "facet.noValidation",
                facet=facet,
            )


def _score(network: Network, inputs: Inputs, sources: _Sources, run: RunFolder, place: Place) -> Predictions:
    """Write the scores of every split; returns those of validation."""
    kept: Predictions | None = None
    for split in SPLITS:
        examples = inputs.splits[split]
        if not examples:
            continue
        found = predict(network, sources.of(split), _BATCH[place.device.type], place, exact=True)
        if split == "validation":
            kept = found
        if place.first:
            shown = found if split != "train" else Predictions({}, found.embedding)
            write_scores(scores_path(run.path, split), [example.record.id for example in examples], shown)
    assert kept is not None, "read_inputs refuses a split without validation"
    return kept


def _metrics(found: Predictions, targets: Mapping[str, NDArray[np.int8]]) -> dict[str, dict[str, dict[str, float]]]:
    return {
        member: {facet: asdict(facet_metrics(values, targets[facet])) for facet, values in facets.items()}
        for member, facets in found.probabilities.items()
    }
