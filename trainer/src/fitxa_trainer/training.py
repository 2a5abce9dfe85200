"""The command train: from cached features to heads, ensemble weights and validation metrics in a run folder."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch

from fitxa_trainer.config import Config
from fitxa_trainer.data import Example, Vocabulary, build_vocabulary, fingerprint, truth_matrix
from fitxa_trainer.engine import SplitTensors, predict, train_heads
from fitxa_trainer.ensemble import combine, equal_weights, learn_weights, normalise
from fitxa_trainer.errors import InputError
from fitxa_trainer.facets import FACETS
from fitxa_trainer.features import VIEWS, FeatureCache, FeatureSpec
from fitxa_trainer.metrics import facet_metrics
from fitxa_trainer.models.heads import FacetHeads
from fitxa_trainer.preprocessing import Preprocessing
from fitxa_trainer.progress import Progress
from fitxa_trainer.runfolder import RunFolder
from fitxa_trainer.splits import SPLITS, read_splits
from fitxa_trainer.tasks import TASKS


def feature_spec(config: Config) -> FeatureSpec:
    """The features that `config` asks for."""
    features = config.features
    return FeatureSpec(
        features.backbone, Preprocessing(features.size, features.size, fit=features.fit, kernel=features.kernel)
    )


def prepare(config: Config, splits: Mapping[str, Sequence[Example]], cache_root: Path, progress: Progress) -> None:
    """Compute every feature that `train` needs: all pictures whole, the training pictures in all views."""
    cache = FeatureCache(cache_root, feature_spec(config))
    cache.compute([example for split in SPLITS for example in splits[split]], VIEWS[:1], progress)
    cache.compute(splits["train"], VIEWS[1 : config.features.views], progress)


def train(
    config: Config,
    examples: Sequence[Example],
    split_file: Path,
    cache_root: Path,
    run: RunFolder,
    progress: Progress,
) -> dict[str, object]:
    """Train all members; returns what result.json holds.

    Raises InputError for an empty facet, a split without labels, or a run folder already used.
    """
    splits = read_splits(split_file, examples)
    vocabulary = build_vocabulary(splits["train"], asdict(config.vocabulary))
    run.start(config, split_file)
    run.write_json("data.json", _describe_data(examples, splits))
    run.write_json("vocabulary.json", {"terms": vocabulary.terms, "dropped": vocabulary.dropped})
    prepare(config, splits, cache_root, progress)
    cache = FeatureCache(cache_root, feature_spec(config))
    training = _tensors(splits["train"], vocabulary, cache, VIEWS[: config.features.views])
    validation = _tensors(splits["validation"], vocabulary, cache, VIEWS[:1])
    _check_labels(validation)

    # One thread: for matrices this small more of them cost time, and sums come out the same on every machine.
    torch.set_num_threads(1)
    members: dict[str, FacetHeads] = {}
    choices: dict[str, object] = {}
    for task in TASKS:
        progress.say(f"training {task.name}")
        trained = train_heads(task, training, validation, config.training, config.seed, run.log)
        members[task.name] = trained.heads
        choices[task.name] = {facet: asdict(choice) for facet, choice in trained.choices.items()}
    run.save_heads(members)
    result = {"choices": choices, **_weigh_members(members, validation)}
    run.write_json("result.json", result)
    return result


def _describe_data(examples: Sequence[Example], splits: Mapping[str, Sequence[Example]]) -> dict[str, object]:
    return {
        "fingerprint": fingerprint(examples),
        "images": {split: len(splits[split]) for split in SPLITS},
        "labelled": {
            facet: {split: sum(bool(e.record.tags(facet)) for e in splits[split]) for split in SPLITS}
            for facet in FACETS
        },
    }


def _tensors(
    examples: Sequence[Example], vocabulary: Vocabulary, cache: FeatureCache, views: Sequence[str]
) -> SplitTensors:
    truth = {
        facet: torch.from_numpy(truth_matrix(examples, facet, terms).astype(np.float32))
        for facet, terms in vocabulary.terms.items()
    }
    return SplitTensors(torch.from_numpy(cache.table(examples, views)), truth)


def _check_labels(validation: SplitTensors) -> None:
    for facet, truth in validation.truth.items():
        if not truth.any():
            raise InputError(
                f"No validation picture has a label in the facet {facet}; add pictures or make another split."
            )


def _weigh_members(members: Mapping[str, FacetHeads], validation: SplitTensors) -> dict[str, object]:
    """Ensemble weights per facet, and the validation metrics of members and ensembles."""
    outputs = {task.name: predict(task, members[task.name], validation.features[:, 0]) for task in TASKS}
    weights: dict[str, dict[str, float]] = {}
    metrics: dict[str, dict[str, dict[str, float]]] = {}
    for facet, facet_truth in validation.truth.items():
        truth = facet_truth.numpy() > 0
        distributions = {task.name: normalise(outputs[task.name][facet], task.activation) for task in TASKS}
        weights[facet] = learn_weights(distributions, truth)
        rows = {name: facet_metrics(values, truth) for name, values in distributions.items()}
        rows["equal"] = facet_metrics(combine(distributions, equal_weights(distributions)), truth)
        rows["ensemble"] = facet_metrics(combine(distributions, weights[facet]), truth)
        metrics[facet] = {name: asdict(row) for name, row in rows.items()}
    mean = {
        name: float(np.mean([metrics[facet][name]["r_precision"] for facet in metrics]))
        for name in next(iter(metrics.values()))
    }
    return {"weights": weights, "validation": metrics, "mean_r_precision": mean}
