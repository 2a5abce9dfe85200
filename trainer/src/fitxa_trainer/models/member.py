"""What a network's member is: everything between the features of the trunk and the probabilities of one method."""

from abc import ABC, abstractmethod
from collections.abc import Mapping

import torch
from torch import Tensor, nn

Probabilities = dict[str, Tensor]


class Member(nn.Module, ABC):
    """One method on the features of the trunk. `name` is its task's name.

    `activation` says of the probabilities whether they sum to one over a facet ("softmax") or not ("sigmoid").
    A member computes in float32 even where the trunk runs in less: rounded scores would tie.
    """

    name: str
    activation: str

    @abstractmethod
    def loss(
        self, features: Tensor, targets: Mapping[str, Tensor], rows: Tensor, generator: torch.Generator | None
    ) -> Tensor:
        """The loss of a batch, a scalar: the sum over the facets.

        `features` (n, features) of the trunk, `targets` int8 (n, terms) per facet, `rows` int64 (n,) the pictures'
        places in the training split; on several GPUs each has all of it for the whole batch. `generator` lives on the
        device of the tensors; all draws come from it.
        """

    @abstractmethod
    def forward(self, features: Tensor) -> Probabilities:
        """Features (n, features) to the probabilities (n, terms) of each facet."""

    @abstractmethod
    def standardise_by(self, features: Tensor) -> None:
        """Take mean and deviation of the training `features` (n, features), where the member uses them."""

    @abstractmethod
    def folded(self) -> nn.Module:
        """A module with the same `forward` in evaluation mode and as few tensors as it takes: what is exported.

        Its parameters keep their names, so that a bundle's weights can be read back into a member.
        """


def float32_only(features: Tensor) -> torch.autocast:
    """A context in which nothing is computed in reduced precision."""
    return torch.autocast(features.device.type, enabled=False)
