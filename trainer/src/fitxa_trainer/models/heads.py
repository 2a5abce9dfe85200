"""One linear head per facet on the features of a frozen backbone."""

from collections.abc import Mapping

import torch
from torch import Tensor, nn

Logits = dict[str, Tensor]


class FacetHeads(nn.Module):
    """Standardised features, dropout, one linear layer per facet.

    Mean and deviation of the training features are buffers, so the heads take raw features.
    """

    mean: Tensor
    deviation: Tensor

    def __init__(self, features: int, outputs: Mapping[str, int], dropout: float) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(features))
        self.register_buffer("deviation", torch.ones(features))
        self.dropout = nn.Dropout(dropout)
        self.facets = nn.ModuleDict({facet: nn.Linear(features, count) for facet, count in outputs.items()})

    def standardise_by(self, features: Tensor) -> None:
        """Take mean and deviation of `features`, shape (n, features)."""
        self.mean.copy_(features.mean(dim=0))
        self.deviation.copy_(features.std(dim=0).clamp_min(1e-3))

    def forward(self, features: Tensor) -> Logits:
        """Features (n, features) to logits (n, terms) of each facet."""
        inner = self.dropout((features - self.mean) / self.deviation)
        return {facet: layer(inner) for facet, layer in self.facets.items()}
