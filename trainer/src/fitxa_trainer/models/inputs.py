"""What a member makes of the trunk's features before its first layer."""

import torch
from torch import Tensor, nn

#: A feature that hardly varies is not blown up by more than this allows.
_SMALLEST_DEVIATION = 1e-3


class FeatureInput(nn.Module):
    """Features standardised, and in training disturbed by noise and dropout.

    Mean and deviation of the training features are buffers, 0 and 1 until `standardise_by`. The noise (in standard
    deviations) keeps weights small in directions that carry little, so that a rounding difference of a pixel stays
    one of the score.
    """

    mean: Tensor
    deviation: Tensor

    def __init__(self, features: int, dropout: float, noise: float) -> None:
        super().__init__()
        self.dropout = dropout
        self.noise = noise
        self.register_buffer("mean", torch.zeros(features))
        self.register_buffer("deviation", torch.ones(features))

    @torch.no_grad()
    def standardise_by(self, features: Tensor) -> None:
        """Take mean and deviation of `features` (n, features)."""
        self.mean.copy_(features.mean(dim=0))
        self.deviation.copy_(features.std(dim=0).clamp_min(_SMALLEST_DEVIATION))

    def forward(self, features: Tensor, generator: torch.Generator | None = None) -> Tensor:
        """Features (n, features) to the same shape in float32; what is drawn in training comes from `generator`."""
        inner = (features.float() - self.mean) / self.deviation
        if self.training and self.noise > 0:
            inner = inner + self.noise * torch.randn(inner.shape, generator=generator, device=inner.device)
        if self.training and self.dropout > 0:
            kept = torch.rand(inner.shape, generator=generator, device=inner.device) >= self.dropout
            inner = inner * kept / (1 - self.dropout)
        return inner

    @torch.no_grad()
    def folded_into(self, layer: nn.Linear) -> nn.Linear:
        """A layer that does to raw features what `layer` does to standardised ones."""
        plain = nn.Linear(layer.in_features, layer.out_features)
        plain.weight.copy_(layer.weight / self.deviation)
        plain.bias.copy_(layer.bias - plain.weight @ self.mean)
        return plain
