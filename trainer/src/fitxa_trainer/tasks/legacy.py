"""The two tasks of the frozen heads, for the loop that does not know networks."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from fitxa_trainer.losses import drawn_label_loss, multi_label_loss


@dataclass(frozen=True)
class Task:
    """A way to train one head per facet."""

    name: str
    task: str
    activation: str
    loss: Callable[[Tensor, Tensor, torch.Generator], Tensor]
    activate: Callable[[Tensor], Tensor]


MULTILABEL = Task("multilabel", "multi-label", "sigmoid", lambda a, b, _: multi_label_loss(a, b), torch.sigmoid)
SOFTMAX = Task("softmax", "softmax", "softmax", drawn_label_loss, lambda logits: logits.softmax(dim=1))
TASKS: tuple[Task, ...] = (MULTILABEL, SOFTMAX)
