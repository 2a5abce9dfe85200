"""Which pictures a step sees, and the seed of all that is drawn in it.

Both follow from (seed, epoch, step) alone, so a resumed run and one on several GPUs see and draw the same.
"""

import math
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor


@dataclass(frozen=True)
class Sampler:
    """Batches of `batch` pictures out of `pictures`, each picture `repeats` times side by side.

    `repeats` above 1 is repeated augmentation (Hoffer et al., "Augment your batch", 2020): an epoch has as many steps
    as without, and so sees only one in `repeats` of the pictures. Every batch is full: the last one is filled up with
    pictures of the epoch's begin. `batch` is cut to what the pictures fill, in multiples of `multiple`.
    """

    pictures: int
    wished_batch: int
    repeats: int
    seed: int
    multiple: int = 1

    @property
    def batch(self) -> int:
        """Pictures of a step, repeats counted."""
        return max(self.multiple, min(self.wished_batch, self.pictures) // self.multiple * self.multiple)

    @property
    def steps(self) -> int:
        """Steps of an epoch."""
        return math.ceil(self.pictures / self.batch)

    def order(self, epoch: int) -> Tensor:
        """The pictures of an epoch in the order of its steps, int64 (steps * batch,)."""
        generator = torch.Generator().manual_seed(step_seed(self.seed, epoch, -1))
        order = torch.randperm(self.pictures, generator=generator)
        needed = self.steps * self.batch
        return order.repeat(2)[: math.ceil(needed / self.repeats)].repeat_interleave(self.repeats)[:needed]

    def rows(self, order: Tensor, step: int) -> Tensor:
        """The pictures of one step (from 0), int64 (batch,)."""
        return order[step * self.batch : (step + 1) * self.batch]


def step_seed(*numbers: int) -> int:
    """A seed that follows from `numbers` (each above -2) and from nothing else."""
    return int(np.random.SeedSequence([number + 1 for number in numbers]).generate_state(1, np.uint64)[0] >> 1)
