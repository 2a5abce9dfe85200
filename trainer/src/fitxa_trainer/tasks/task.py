"""What a task does with the logits of one facet."""

from abc import ABC, abstractmethod

import torch
from torch import Tensor, nn


class FacetTask(nn.Module, ABC):
    """One facet's loss and activation. What it has of tensors moves with the network, and none of it is trained.

    Targets are int8 (n, terms): 1 yes, 0 no, -1 unknown.
    """

    #: Of `activate`: "softmax" sums to one over the facet, "sigmoid" does not.
    activation: str

    @abstractmethod
    def loss(self, logits: Tensor, targets: Tensor, generator: torch.Generator | None) -> Tensor:
        """The loss, a scalar, of float32 logits (n, terms); whatever it draws, it draws from `generator`."""

    @abstractmethod
    def activate(self, logits: Tensor) -> Tensor:
        """Logits (n, terms) to the probabilities (n, terms) that the bundle puts out."""

    @abstractmethod
    def starting_logits(self, targets: Tensor) -> Tensor:
        """The logits (terms,) that say how frequent each term is in the training `targets` (pictures, terms).

        A head begins with them as its bias. Otherwise hundreds of steps go into telling that most terms are rare.
        """

    def forward(self, logits: Tensor) -> Tensor:
        """`activate`, for exporters and hooks that call a module."""
        return self.activate(logits)
