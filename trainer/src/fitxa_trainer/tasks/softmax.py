"""Softmax (S) and Softmax (WCE): a softmax over the facet; the target is a tag drawn at every step."""

import torch
from torch import Tensor

from fitxa_trainer.tasks.losses import drawn_label_loss
from fitxa_trainer.tasks.task import FacetTask
from fitxa_trainer.tasks.weights import class_weights


def draw_frequencies(targets: Tensor) -> Tensor:
    """How often each term is drawn as the target in one pass over `targets` (pictures, terms): float (terms,)."""
    positive = (targets > 0).float()
    return (positive / positive.sum(dim=1, keepdim=True).clamp_min(1.0)).sum(dim=0)


class Softmax(FacetTask):
    """The terms of a facet compete; in the weighted form the loss of a rare term counts for more.

    Weights are the inverse of how often a term is drawn (`class_weights`). In the unweighted form all are 1.
    """

    activation = "softmax"
    weights: Tensor

    def __init__(self, targets: Tensor, weighted: bool, smoothing: float) -> None:
        super().__init__()
        weights = class_weights(draw_frequencies(targets), power=1.0) if weighted else torch.ones(targets.shape[1])
        self.register_buffer("weights", weights)
        self.weighted = weighted
        self.smoothing = smoothing

    def loss(self, logits: Tensor, targets: Tensor, generator: torch.Generator | None) -> Tensor:
        """`drawn_label_loss`."""
        return drawn_label_loss(logits, targets, generator, self.weights if self.weighted else None, self.smoothing)

    def activate(self, logits: Tensor) -> Tensor:
        """The softmax over the facet."""
        return logits.softmax(dim=1)

    def starting_logits(self, targets: Tensor) -> Tensor:
        """The log of how often each term is drawn; as often as all others if the loss makes up for it."""
        drawn = draw_frequencies(targets)
        share = (drawn + 0.5) / (drawn.sum() + 0.5 * len(drawn))
        return torch.log(share * self.weights)
