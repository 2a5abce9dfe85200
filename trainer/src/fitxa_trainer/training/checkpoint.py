"""Checkpoints: all that a run needs to resume as if it had never stopped, in one file that is replaced atomically."""

import os
import pickle
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from fitxa_trainer.errors import InputError

StateDict = dict[str, Tensor]


@dataclass
class TrainState:
    """How far a run is. `epoch` (from 1) is the one at work, of which `step` steps are done.

    `sums` are the losses of those steps by member; `seconds` and `pictures` count the training so far, `lines` those
    of metrics.jsonl.
    """

    epoch: int = 1
    step: int = 0
    sums: dict[str, float] = field(default_factory=dict)
    best_score: float = -1.0
    best_epoch: int = 0
    seconds: float = 0.0
    pictures: int = 0
    lines: int = 0


@dataclass
class Checkpoint:
    """`network`, `best` and `mean` (EMA) are state dicts; of a frozen trunk only what is trained."""

    state: TrainState
    network: StateDict
    optimiser: dict[str, Any]
    best: StateDict | None
    mean: StateDict | None


def save_checkpoint(path: Path, checkpoint: Checkpoint) -> None:
    """Write `checkpoint`; a reader finds this one or the previous one, never half a file."""
    partial = path.with_suffix(".partial")
    content = {
        "state": asdict(checkpoint.state),
        "network": checkpoint.network,
        "optimiser": checkpoint.optimiser,
        "best": checkpoint.best,
        "mean": checkpoint.mean,
    }
    with partial.open("wb") as stream:
        torch.save(content, stream)
        stream.flush()
        os.fsync(stream.fileno())
    partial.replace(path)


def load_checkpoint(path: Path, device: torch.device) -> Checkpoint | None:
    """The checkpoint in `path`, or None when there is none. InputError when it is damaged."""
    if not path.exists():
        return None
    try:
        content = torch.load(path, map_location=device, weights_only=True)
        state = TrainState(**content["state"])
        return Checkpoint(state, content["network"], content["optimiser"], content["best"], content["mean"])
    except (OSError, RuntimeError, KeyError, TypeError, ValueError, pickle.UnpicklingError) as error:
        raise InputError(f"The checkpoint {path} is damaged; delete it to start again.") from error
