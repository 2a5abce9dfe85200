"""The common form of a trunk, and errors about names and weights."""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from torch import nn

from fitxa_trainer.errors import InputError

BUNDLE = "bundle:"
HUB = "hub"
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


def suggestion(name: str, names: Sequence[str], known: Sequence[str]) -> str:
    """The end of a sentence about an unknown `name`: the nearest of `names`, else what is `known`."""
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    return f"did you mean {near[0]!r}?" if near else f"choose one of {', '.join(known)}."


def weights_file(weights: str) -> Path:
    """The file that model.weights names. InputError when there is none."""
    path = Path(weights)
    if not path.is_file():
        choices = ["package", "none", HUB]
        raise InputError(
            f"model.weights: {weights!r} is neither a file nor a known source; "
            f"{suggestion(weights, choices, [*choices, 'hub:<tag>', 'bundle:<folder>', 'a file'])}"
        )
    return path
