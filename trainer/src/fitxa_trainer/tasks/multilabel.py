"""Multi-label (ML): a sigmoid per tag, binary cross-entropy."""

import torch
from torch import Tensor

from fitxa_trainer.tasks.losses import multi_label_loss
from fitxa_trainer.tasks.task import FacetTask


class MultiLabel(FacetTask):
    """Every term is a question of its own; an unknown one is not asked."""

    activation = "sigmoid"

    def loss(self, logits: Tensor, targets: Tensor, generator: torch.Generator | None) -> Tensor:
        """`multi_label_loss`; nothing is drawn."""
        return multi_label_loss(logits, targets)

    def activate(self, logits: Tensor) -> Tensor:
        """The sigmoid of each logit."""
        return logits.sigmoid()

    def starting_logits(self, targets: Tensor) -> Tensor:
        """The log odds of each term's frequency among the pictures that know it."""
        positive = (targets > 0).sum(dim=0)
        known = (targets >= 0).sum(dim=0)
        return torch.logit((positive + 0.5) / (known + 1.0))
