"""Softmax (S): a softmax over the facet; the target is one of the picture's tags, drawn anew in every epoch."""

from torch import Tensor

from fitxa_trainer.losses import drawn_label_loss
from fitxa_trainer.tasks.task import Task


def _activate(logits: Tensor) -> Tensor:
    return logits.softmax(dim=1)


SOFTMAX = Task("softmax", "softmax", "softmax", drawn_label_loss, _activate)
