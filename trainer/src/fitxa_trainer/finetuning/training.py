"""Training of the heads (and, with a GPU, of the trunk) of one network of a fine-tuning."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from fitxa_trainer.configuration.run import Config, config_from
from fitxa_trainer.dataset.examples import Example, target_matrix
from fitxa_trainer.finetuning.catalogue import silent_terms
from fitxa_trainer.finetuning.network import (
    BaseNetwork,
    HeldNetwork,
    head_members,
    known_rows,
    settle,
    start_network,
)
from fitxa_trainer.models.backbones import BUNDLE
from fitxa_trainer.models.network import Network
from fitxa_trainer.pictures.cache import open_cache
from fitxa_trainer.pictures.preprocessing import Preprocessing
from fitxa_trainer.progress import Progress
from fitxa_trainer.training.context import ComputeContext, compute_context
from fitxa_trainer.training.curves import draw_curves
from fitxa_trainer.training.engine import Recorder, SplitData, train_network
from fitxa_trainer.training.features import VIEWS, FeatureCache
from fitxa_trainer.training.run_folder import RunFolder
from fitxa_trainer.training.sources import FeatureSource, PixelSource, Source

Terms = Mapping[str, Sequence[str]]
Splits = Mapping[str, Sequence[Example]]

#: How strongly heads are drawn back to the base (network.py). Chosen on the pictures of one museum against a
#: base trained on all others: less forgets those others, more gains them nothing.
STRENGTH = 0.3
_VIEWS = VIEWS[:2]

#: Schedules by whether the trunk is trained.
_FROZEN = {
    "epochs": 40,
    "batch": 64,
    "learning_rate": 2e-3,
    "weight_decay": 0.0,
    "feature_noise": 0.2,
    "feature_views": len(_VIEWS),
    "patience": 10,
}
_TRAINED = {
    "epochs": 20,
    "batch": 64,
    "learning_rate": 3e-5,
    "head_learning_rate": 1e-3,
    "weight_decay": 0.0,
    "warmup_steps": 20,
    "clip_norm": 1.0,
    "crop_scale": [0.4, 1.0],
    "patience": 6,
}


@dataclass(frozen=True)
class Settings:
    """Inputs for training one network: the bundle's folder and terms, the new terms, the facets to learn."""

    base_folder: Path
    base_terms: Terms
    terms: Terms
    learned: Sequence[str]
    trained_trunk: bool
    epochs: int | None
    seed: int


def cache_settings(view: Preprocessing) -> dict[str, object]:
    """The section cache for pictures as `view` sees them: nothing is resized later."""
    return {"size": view.width, "fit": view.fit, "kernel": view.kernel}


def network_config(base: BaseNetwork, settings: Settings, name: str) -> Config:
    """The configuration of a network's run."""
    schedule = dict(_TRAINED if settings.trained_trunk else _FROZEN)
    if settings.epochs is not None:
        schedule["epochs"] = settings.epochs
    values: dict[str, object] = {
        "name": name,
        "seed": settings.seed,
        "tasks": list(base.heads),
        "cache": cache_settings(base.preprocessing),
        "model": {
            "backbone": base.backbone,
            "weights": f"{BUNDLE}{settings.base_folder.resolve()}",
            "trunk": "trained" if settings.trained_trunk else "frozen",
            "size": base.preprocessing.width,
            "drop_rate": 0.1,
        },
        "training": schedule,
    }
    return config_from(values, where="fine-tune")


def train_heads(
    run: RunFolder,
    split_file: Path,
    cache: Path,
    base: BaseNetwork,
    settings: Settings,
    splits: Splits,
    progress: Progress,
) -> Network:
    """The trained network of `base`, from its own run folder where it is finished.

    Raises InputError when the bundle's weights do not fit or the GPU's memory does not suffice, Stopped after a
    checkpoint.
    """
    if run.is_finished:
        return run.load_network()
    config = network_config(base, settings, run.path.name)
    run.start(config, split_file)
    terms = {facet: list(keys) for facet, keys in settings.terms.items()}
    run.write_json("vocabulary.json", {"terms": terms, "dropped": {}})
    network = start_network(config, base, settings.base_folder, settings.base_terms, settings.terms, splits["train"])
    with compute_context(config.training) as context:
        return _train(run, config, cache, network, settings, splits, context, progress)


def _train(
    run: RunFolder,
    config: Config,
    cache: Path,
    network: Network,
    settings: Settings,
    splits: Splits,
    context: ComputeContext,
    progress: Progress,
) -> Network:
    known = known_rows(settings.base_terms, settings.terms)
    held = HeldNetwork(network, known, STRENGTH)
    context.take(held)
    pixels = open_cache(cache, config.cache)
    features = FeatureCache(cache, held, config.model.backbone, pixels, config.model.size)
    hashes = {split: [example.sha256 for example in splits[split]] for split in ("train", "validation")}
    targets = {
        split: {facet: target_matrix(splits[split], facet, keys) for facet, keys in settings.terms.items()}
        for split in hashes
    }
    features.compute(hashes["train"], _VIEWS, context, progress)
    table = torch.from_numpy(features.table(hashes["train"], _VIEWS))
    settle(
        held,
        {facet: rows.to(context.device) for facet, rows in known.items()},
        table[:, 0].to(context.device),
        {facet: torch.from_numpy(values).to(context.device) for facet, values in targets["train"].items()},
    )
    held.hold()

    sources: dict[str, Source]
    if settings.trained_trunk:
        sources = {
            split: PixelSource(
                pixels.pixels, pixels.rows(values), config.model, config.training, context, resident=split == "train"
            )
            for split, values in hashes.items()
        }
    else:
        features.compute(hashes["validation"], _VIEWS[:1], context, progress)
        validation = torch.from_numpy(features.table(hashes["validation"], _VIEWS[:1]))
        sources = {"train": FeatureSource(table, context), "validation": FeatureSource(validation, context)}
    silent = {facet: silent_terms(splits["train"], facet, settings.terms[facet]) for facet in settings.learned}
    materials = {split: SplitData(source, _spoken(targets[split], silent)) for split, source in sources.items()}
    progress.stage("train", f"training {', '.join(held.members)} on {context.device}")
    aside = _set_aside(held, settings.learned)
    checkpoint = run.checkpoint(context.device)
    run.keep_metrics(checkpoint.state.lines if checkpoint is not None else 0)
    recorder = Recorder(run.log, run.save_checkpoint, progress)
    state = train_network(
        held, materials["train"], materials["validation"], config.training, config.seed, context, recorder, checkpoint
    )
    _put_back(held, aside)
    draw_curves(run.metrics(), run.path / "curves.svg")
    held.cpu()
    run.save_network(held)
    run.write_json(
        "result.json",
        {
            "name": config.name,
            "tasks": list(config.tasks),
            "activations": held.activations(),
            "bestEpoch": state.best_epoch,
            "epochs": state.epoch - 1,
            "score": state.best_score,
            "trainingSeconds": round(state.seconds, 1),
            "pictures": state.pictures,
            "processes": context.world,
            "device": torch.cuda.get_device_name(context.device) if context.device.type == "cuda" else "cpu",
        },
    )
    run.drop_checkpoint()
    return held.eval()


def _spoken(
    targets: Mapping[str, NDArray[np.int8]], silent: Mapping[str, NDArray[np.bool_]]
) -> dict[str, NDArray[np.int8]]:
    """The targets of the facets in `silent`, those of the terms of which the catalogue says nothing made unknown."""
    return {facet: np.where(columns, np.int8(-1), targets[facet]) for facet, columns in silent.items()}


Aside = dict[tuple[str, str, str], nn.Module]


def _set_aside(network: Network, learned: Sequence[str]) -> Aside:
    """Take the facets out of the members that the catalogue says too little about; they stay as the base has them."""
    aside: Aside = {}
    for member in head_members(network):
        for kind, modules in (("linear", member.linear), ("tasks", member.tasks)):
            for facet in [facet for facet in modules if facet not in learned]:
                aside[member.name, kind, facet] = modules.pop(facet)
    return aside


def _put_back(network: Network, aside: Aside) -> None:
    for (name, kind, facet), module in aside.items():
        modules = getattr(network.members[name], kind)
        modules[facet] = module
