"""Data sources for training and evaluation: cached pictures, or their features if the trunk is frozen."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from fitxa_trainer.configuration.run import ModelConfig, TrainingConfig
from fitxa_trainer.training.augmentation import Draws, augment, draw, whole
from fitxa_trainer.training.context import ComputeContext

_GIB = 2**30


@dataclass(frozen=True)
class Fetched:
    """The raw material of a batch on the device, and what was drawn for it."""

    values: Tensor
    draws: Draws | None

    def first(self, count: int) -> "Fetched":
        """The material of the first `count` pictures."""
        return Fetched(self.values[:count], None if self.draws is None else Draws(self.draws.values[:count]))


class Source(Protocol):
    """Pictures in one form. `pixels` says whether the inputs go through the trunk."""

    pixels: bool

    def __len__(self) -> int:
        """How many pictures."""

    def fetch(self, rows: Tensor, generator: torch.Generator, part: slice) -> Fetched:
        """The material of a training batch: `part` of `rows` (int64, CPU). Draws are made for all rows.

        May run in another thread, and may return before the copy to the device is done: it is on the current stream.
        """

    def inputs(self, fetched: Fetched) -> Tensor:
        """The network's training inputs from what was fetched."""

    def whole(self, start: int, stop: int) -> Tensor:
        """The network's inputs in use, for the pictures from `start` to `stop`."""


class PixelSource:
    """Pictures of the pixel cache: in memory of the device where they fit, else gathered for each batch."""

    pixels = True

    def __init__(
        self,
        pixels: NDArray[np.uint8],
        rows: NDArray[np.int64],
        model: ModelConfig,
        training: TrainingConfig,
        context: ComputeContext,
        resident: bool = False,
    ) -> None:
        """`rows` are the pictures' rows in `pixels`; `resident` keeps them on a GPU if its budget allows."""
        self._rows = torch.from_numpy(rows)
        self._model = model
        self._training = training
        self._context = context
        self._host = torch.from_numpy(pixels)
        self._resident: Tensor | None = None
        needed = len(rows) * int(np.prod(pixels.shape[1:]))
        if resident and context.device.type == "cuda" and needed <= training.device_cache_gib * _GIB:
            self._resident = self._load_all()

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def is_resident(self) -> bool:
        """Whether the pictures are on the device."""
        return self._resident is not None

    def fetch(self, rows: Tensor, generator: torch.Generator, part: slice) -> Fetched:
        """Pixels uint8 (n, side, side, 3) and what augments them."""
        draws = Draws(draw(len(rows), self._training, generator).values[part])
        return Fetched(self._gather(rows[part]), _sent(draws, self._context.device))

    def inputs(self, fetched: Fetched) -> Tensor:
        """Augmented pictures, float32 (n, 3, train_size, train_size), values 0..255."""
        assert fetched.draws is not None, "fetch draws for pictures"
        size = self._model.train_size or self._model.size
        smallest = math.sqrt(self._training.crop_scale[0])
        images = augment(fetched.values, fetched.draws, size, self._training.colour_jitter > 0, smallest)
        return images.contiguous(memory_format=self._context.memory_format)

    def whole(self, start: int, stop: int) -> Tensor:
        """Pictures, float32 (n, 3, size, size), values 0..255."""
        images = whole(self._gather(torch.arange(start, stop)), self._model.size)
        return images.contiguous(memory_format=self._context.memory_format)

    def _gather(self, rows: Tensor) -> Tensor:
        device = self._context.device
        if self._resident is not None:
            return self._resident[rows.pin_memory().to(device, non_blocking=True)]
        own = self._rows[rows]
        if device.type == "cpu":
            return self._host[own]
        gathered = torch.empty((len(own), *self._host.shape[1:]), dtype=torch.uint8, pin_memory=True)
        torch.index_select(self._host, 0, own, out=gathered)
        return gathered.to(device, non_blocking=True)

    def _load_all(self, chunk: int = 1024) -> Tensor | None:
        shape = (len(self._rows), *self._host.shape[1:])
        try:
            resident = torch.empty(shape, dtype=torch.uint8, device=self._context.device)
        except torch.OutOfMemoryError:
            return None
        for start in range(0, len(self._rows), chunk):
            part = slice(start, start + chunk)
            resident[part] = self._host[self._rows[part]].to(self._context.device)
        return resident


class FeatureSource:
    """Features of a frozen trunk, float32 (pictures, views, features); in use the first view counts."""

    pixels = False

    def __init__(self, features: Tensor, context: ComputeContext) -> None:
        self._features = features.to(context.device)

    def __len__(self) -> int:
        return len(self._features)

    def fetch(self, rows: Tensor, generator: torch.Generator, part: slice) -> Fetched:
        """The features of one random view of each picture."""
        views = torch.randint(self._features.shape[1], (len(rows),), generator=generator)
        device = self._features.device
        return Fetched(self._features[rows[part].to(device), views[part].to(device)], None)

    def inputs(self, fetched: Fetched) -> Tensor:
        """The features as they are."""
        return fetched.values

    def whole(self, start: int, stop: int) -> Tensor:
        """Features of the pictures themselves."""
        return self._features[start:stop, 0]


def _sent(draws: Draws, device: torch.device) -> Draws:
    return Draws(draws.values.pin_memory()).to(device) if device.type == "cuda" else draws


def batches(count: int, batch: int) -> Sequence[tuple[int, int]]:
    """Start and stop of the batches that cover `count` pictures."""
    return [(start, min(start + batch, count)) for start in range(0, count, batch)]
