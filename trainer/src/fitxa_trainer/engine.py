"""The one training loop: heads on cached features, each facet kept at its best validation R-Precision.

The facets' heads share nothing that is trained, so choosing epoch and weight decay per facet is the same as
training each alone. Choices are made on the validation split only.
"""

import copy
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from fitxa_trainer.config import TrainingConfig
from fitxa_trainer.metrics import facet_metrics
from fitxa_trainer.models.heads import FacetHeads
from fitxa_trainer.tasks import Task


@dataclass(frozen=True)
class SplitTensors:
    """Features (pictures, views, features) and, per facet, truth (pictures, terms) of one split."""

    features: Tensor
    truth: Mapping[str, Tensor]


@dataclass
class Choice:
    """What validation chose for one facet."""

    r_precision: float
    loss: float
    epoch: int
    weight_decay: float


@dataclass(frozen=True)
class TrainedHeads:
    """Heads in evaluation mode and what was chosen per facet."""

    heads: FacetHeads
    choices: Mapping[str, Choice]


def train_heads(
    task: Task,
    train: SplitTensors,
    validation: SplitTensors,
    config: TrainingConfig,
    seed: int,
    log: Callable[[dict[str, object]], None],
) -> TrainedHeads:
    """Train `task` with every weight decay of `config` and put the best of each facet together.

    `log` gets one entry per epoch: task, weight decay, epoch, training loss, validation R-Precision per facet.
    """
    best: FacetHeads | None = None
    choices: dict[str, Choice] = {}
    for weight_decay in (config.weight_decay,):
        heads = _new_heads(train, config, seed)
        best = best if best is not None else copy.deepcopy(heads)
        _train_once(task, heads, best, choices, train, validation, config, weight_decay, seed, log)
    assert best is not None, "TrainingConfig.weight_decay is never empty"
    return TrainedHeads(best.eval(), choices)


def _new_heads(train: SplitTensors, config: TrainingConfig, seed: int) -> FacetHeads:
    torch.manual_seed(seed)
    outputs = {facet: truth.shape[1] for facet, truth in train.truth.items()}
    heads = FacetHeads(train.features.shape[2], outputs, 0.2, config.feature_noise)
    heads.standardise_by(train.features[:, 0])
    heads.start_from_frequencies(train.truth)
    return heads


def _train_once(
    task: Task,
    heads: FacetHeads,
    best: FacetHeads,
    choices: dict[str, Choice],
    train: SplitTensors,
    validation: SplitTensors,
    config: TrainingConfig,
    weight_decay: float,
    seed: int,
    log: Callable[[dict[str, object]], None],
) -> None:
    """One training; improves `best` and `choices` in place."""
    generator = torch.Generator().manual_seed(seed)
    groups = [
        {"params": [layer.get_parameter("weight") for layer in heads.facets.values()], "weight_decay": weight_decay},
        {"params": [layer.get_parameter("bias") for layer in heads.facets.values()], "weight_decay": 0.0},
    ]
    optimiser = torch.optim.AdamW(groups, lr=config.learning_rate)
    steps = config.epochs * math.ceil(len(train.features) / config.batch)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
    reached = dict.fromkeys(train.truth, -1.0)
    stale = 0
    for epoch in range(1, config.epochs + 1):
        training_loss = _train_epoch(task, heads, train, config.batch, optimiser, schedule, generator)
        losses, scores = _validate(task, heads, validation, seed)
        log(
            {
                "task": task.name,
                "weight_decay": weight_decay,
                "epoch": epoch,
                "loss": training_loss,
                "validation_loss": losses,
                "validation_r_precision": scores,
            }
        )
        stale += 1
        for facet, score in scores.items():
            if score > reached[facet]:
                reached[facet], stale = score, 0
            known = choices.get(facet)
            if known is None or (score, -losses[facet]) > (known.r_precision, -known.loss):
                choices[facet] = Choice(score, losses[facet], epoch, weight_decay)
                best.facets[facet].load_state_dict(heads.facets[facet].state_dict())
        if config.patience and stale >= config.patience:
            return


def _train_epoch(
    task: Task,
    heads: FacetHeads,
    train: SplitTensors,
    batch: int,
    optimiser: torch.optim.Optimizer,
    schedule: torch.optim.lr_scheduler.LRScheduler,
    generator: torch.Generator,
) -> float:
    """One pass over the training pictures, one random view of each; the mean loss of its batches."""
    heads.train()
    pictures, views = train.features.shape[:2]
    order = torch.randperm(pictures, generator=generator)
    chosen = torch.randint(views, (pictures,), generator=generator)
    total = 0.0
    batches = torch.split(order, batch)
    for rows in batches:
        logits = heads(train.features[rows, chosen[rows]])
        loss = _summed_loss(task, logits, {facet: truth[rows] for facet, truth in train.truth.items()}, generator)
        optimiser.zero_grad()
        torch.autograd.backward(loss)
        optimiser.step()
        schedule.step()
        total += loss.item()
    return total / len(batches)


def _summed_loss(
    task: Task, logits: Mapping[str, Tensor], truth: Mapping[str, Tensor], generator: torch.Generator
) -> Tensor:
    """The sum of the facets' losses; a picture without labels in a facet adds nothing to it."""
    total = torch.zeros(())
    for facet, facet_truth in truth.items():
        labelled = facet_truth.any(dim=1)
        if labelled.any():
            total = total + task.loss(logits[facet][labelled], facet_truth[labelled], generator)
    return total


@torch.inference_mode()
def _validate(
    task: Task, heads: FacetHeads, split: SplitTensors, seed: int
) -> tuple[dict[str, float], dict[str, float]]:
    """Loss and R-Precision per facet on the whole pictures; the drawn targets are the same in every epoch."""
    heads.eval()
    logits = heads(split.features[:, 0])
    losses: dict[str, float] = {}
    scores: dict[str, float] = {}
    for facet, truth in split.truth.items():
        labelled = truth.any(dim=1)
        generator = torch.Generator().manual_seed(seed)
        losses[facet] = task.loss(logits[facet][labelled], truth[labelled], generator).item()
        scores[facet] = facet_metrics(logits[facet].numpy(), truth.numpy() > 0).r_precision
    return losses, scores


@torch.inference_mode()
def predict(task: Task, heads: FacetHeads, features: Tensor) -> dict[str, NDArray[np.float32]]:
    """Probabilities (n, terms) per facet from raw features (n, features)."""
    heads.eval()
    return {facet: task.activate(logits).numpy() for facet, logits in heads(features).items()}
