"""One linear head per facet on the features of a frozen backbone."""

from collections.abc import Mapping

import torch
from torch import Tensor, nn

Logits = dict[str, Tensor]


class FacetHeads(nn.Module):
    """Standardised features, one linear layer per facet; in training with dropout and noise on the features.

    Mean and deviation of the training features are buffers, so the heads take raw features. The noise (in standard
    deviations) keeps weights small in directions that carry little, so that a rounding difference of a pixel stays
    one of the score; for the same reason weights begin at zero.
    """

    mean: Tensor
    deviation: Tensor

    def __init__(self, features: int, outputs: Mapping[str, int], dropout: float, noise: float) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(features))
        self.register_buffer("deviation", torch.ones(features))
        self.dropout = nn.Dropout(dropout)
        self.noise = noise
        self.facets = nn.ModuleDict({facet: nn.Linear(features, count) for facet, count in outputs.items()})
        for layer in self.facets.values():
            nn.init.zeros_(layer.get_parameter("weight"))

    def standardise_by(self, features: Tensor) -> None:
        """Take mean and deviation of `features`, shape (n, features)."""
        self.mean.copy_(features.mean(dim=0))
        self.deviation.copy_(features.std(dim=0).clamp_min(1e-3))

    @torch.no_grad()
    def start_from_frequencies(self, truth: Mapping[str, Tensor]) -> None:
        """Set each term's bias to the log odds of its frequency in `truth` (n, terms) among the labelled pictures.

        Otherwise hundreds of steps go into telling that most terms are rare.
        """
        for facet, values in truth.items():
            labelled = values[values.any(dim=1)]
            frequency = (labelled.sum(dim=0) + 0.5) / (len(labelled) + 1.0)
            self.facets[facet].get_parameter("bias").copy_(torch.logit(frequency))

    def forward(self, features: Tensor) -> Logits:
        """Features (n, features) to logits (n, terms) of each facet."""
        inner = (features - self.mean) / self.deviation
        if self.training:
            inner = inner + self.noise * torch.randn_like(inner)
        inner = self.dropout(inner)
        return {facet: layer(inner) for facet, layer in self.facets.items()}
