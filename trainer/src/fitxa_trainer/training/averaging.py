"""The running mean of the weights (EMA)."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import torch
from torch import Tensor, nn


class RunningMean:
    """mean = decay * mean + (1 - decay) * weights after every step, buffers included; whole numbers are copied.

    In the first steps the decay is smaller, (1 + steps) / (10 + steps), so that the start is soon forgotten.
    """

    def __init__(self, network: nn.Module, decay: float) -> None:
        self._decay = decay
        self._network = network
        self.values = {name: value.detach().clone() for name, value in network.state_dict().items()}

    @torch.no_grad()
    def update(self, steps: int) -> None:
        """Take the network's weights in after step `steps` (from 1)."""
        decay = min(self._decay, (1 + steps) / (10 + steps))
        current = self._network.state_dict()
        floats = [name for name, value in self.values.items() if value.is_floating_point()]
        torch._foreach_lerp_([self.values[name] for name in floats], [current[name] for name in floats], 1 - decay)
        for name, value in self.values.items():
            if not value.is_floating_point():
                value.copy_(current[name])

    @contextmanager
    def in_place(self) -> Iterator[None]:
        """Within the block the network has the mean weights."""
        own = {name: value.detach().clone() for name, value in self._network.state_dict().items()}
        self._network.load_state_dict(self.values)
        try:
            yield
        finally:
            self._network.load_state_dict(own)

    def load(self, values: Mapping[str, Tensor]) -> None:
        """Continue from `values` of an earlier object."""
        for name, value in self.values.items():
            value.copy_(values[name])
