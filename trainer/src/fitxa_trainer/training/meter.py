"""Cost of an epoch: pictures per second, the share of time spent waiting for data, GPU memory."""

import time
from dataclasses import dataclass, field

import torch

from fitxa_trainer.training.context import ComputeContext


@dataclass
class Meter:
    """Marks the begin of an epoch, and of every step the moment its data are there and the moment it ends.

    On a GPU the moments are events on its stream, read when the epoch has ended, so measuring costs no waiting.
    """

    context: ComputeContext
    pictures: int = 0
    _started: float = field(default_factory=time.monotonic)
    _waited: float = 0.0
    _mark: float = field(default_factory=time.monotonic)
    _last: torch.cuda.Event | None = None
    _pairs: list[tuple[torch.cuda.Event, torch.cuda.Event]] = field(default_factory=list)

    def data_there(self) -> None:
        """The step's data are there."""
        if self.context.device.type == "cuda":
            event = self._event()
            if self._last is not None:
                self._pairs.append((self._last, event))
        else:
            self._waited += time.monotonic() - self._mark

    def step_ended(self, pictures: int) -> None:
        """The step's work is done, or on a GPU given out."""
        self.pictures += pictures
        self._mark = time.monotonic()
        if self.context.device.type == "cuda":
            self._last = self._event()

    def elapsed(self) -> float:
        """Seconds since the begin, by the clock of the host."""
        return time.monotonic() - self._started

    def figures(self) -> dict[str, float]:
        """`seconds`, `imagesPerSecond`, `waitingShare`, and on a GPU `gpuMemoryGib`; waits for the device."""
        figures: dict[str, float] = {}
        if self.context.device.type == "cuda":
            torch.cuda.synchronize(self.context.device)
            self._waited = sum(first.elapsed_time(second) for first, second in self._pairs) / 1000
            figures["gpuMemoryGib"] = round(torch.cuda.max_memory_allocated(self.context.device) / 2**30, 3)
        seconds = time.monotonic() - self._started
        return {
            "seconds": round(seconds, 3),
            "imagesPerSecond": round(self.pictures / max(seconds, 1e-9), 2),
            "waitingShare": round(min(1.0, self._waited / max(seconds, 1e-9)), 4),
            **figures,
        }

    def _event(self) -> torch.cuda.Event:
        event = torch.cuda.Event(enable_timing=True)  # type: ignore[no-untyped-call]
        event.record()
        return event
