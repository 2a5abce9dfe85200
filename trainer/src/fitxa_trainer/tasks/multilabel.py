"""Multi-label (ML): a sigmoid per tag, binary cross-entropy."""

import torch
from torch import Tensor

from fitxa_trainer.losses import multi_label_loss
from fitxa_trainer.tasks.task import Task


def _loss(logits: Tensor, truth: Tensor, generator: torch.Generator) -> Tensor:
    return multi_label_loss(logits, truth)


MULTILABEL = Task("multilabel", "multi-label", "sigmoid", _loss, torch.sigmoid)
