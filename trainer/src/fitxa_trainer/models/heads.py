"""One linear head per facet on the features of the trunk."""

import copy
from collections.abc import Mapping

import torch
from torch import Tensor, nn

from fitxa_trainer.models.inputs import FeatureInput
from fitxa_trainer.models.member import Member, Probabilities, float32_only
from fitxa_trainer.tasks import FacetTask


class LinearHeads(nn.Module):
    """Raw features to probabilities: one linear layer and one activation per facet."""

    def __init__(self, linear: nn.ModuleDict, tasks: nn.ModuleDict) -> None:
        super().__init__()
        self.linear = linear
        self.tasks = tasks

    def forward(self, features: Tensor) -> Probabilities:
        """Features (n, features) to the probabilities (n, terms) of each facet."""
        return {facet: self.tasks[facet](layer(features)) for facet, layer in self.linear.items()}


class HeadMember(Member):
    """One linear layer and one task per facet on standardised features.

    Weights begin at zero, so that no chance direction stays in them, and biases at what the terms' frequencies say.
    """

    def __init__(
        self,
        name: str,
        input: FeatureInput,
        features: int,
        tasks: Mapping[str, FacetTask],
        starts: Mapping[str, Tensor],
    ) -> None:
        """`starts` holds the first bias (terms,) of each facet."""
        super().__init__()
        self.name = name
        self.activation = next(iter(tasks.values())).activation
        self.input = input
        self.tasks = nn.ModuleDict(tasks)
        self.linear = nn.ModuleDict()
        for facet, start in starts.items():
            layer = nn.Linear(features, len(start))
            nn.init.zeros_(layer.weight)
            with torch.no_grad():
                layer.bias.copy_(start)
            self.linear[facet] = layer

    def standardise_by(self, features: Tensor) -> None:
        """Take mean and deviation of `features` (n, features)."""
        self.input.standardise_by(features)

    def loss(
        self, features: Tensor, targets: Mapping[str, Tensor], rows: Tensor, generator: torch.Generator | None
    ) -> Tensor:
        """The sum of the facets' losses."""
        with float32_only(features):
            inner = self.input(features, generator)
            losses = [
                self._task(facet).loss(layer(inner), targets[facet], generator) for facet, layer in self._layers()
            ]
            return torch.stack(losses).sum()

    def forward(self, features: Tensor) -> Probabilities:
        """Features (n, features) to the probabilities (n, terms) of each facet."""
        with float32_only(features):
            inner = self.input(features)
            return {facet: self._task(facet).activate(layer(inner)) for facet, layer in self._layers()}

    def folded(self) -> LinearHeads:
        """The same without standardisation: it goes into the layers."""
        linear = nn.ModuleDict({facet: self.input.folded_into(layer) for facet, layer in self._layers()})
        return LinearHeads(linear, copy.deepcopy(self.tasks)).eval()

    def _layers(self) -> list[tuple[str, nn.Linear]]:
        return [(facet, layer) for facet, layer in self.linear.items() if isinstance(layer, nn.Linear)]

    def _task(self, facet: str) -> FacetTask:
        task = self.tasks[facet]
        assert isinstance(task, FacetTask)
        return task
