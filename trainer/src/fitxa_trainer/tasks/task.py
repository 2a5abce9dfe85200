"""What a task is."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Task:
    """A way to train one head per facet.

    `loss` takes logits and truth of one facet, both (n, terms) and every row with a true term, and the run's generator.
    `activate` turns logits (n, terms) into the probabilities that the bundle puts out.
    """

    name: str
    task: str
    activation: str
    loss: Callable[[Tensor, Tensor, torch.Generator], Tensor]
    activate: Callable[[Tensor], Tensor]
