"""What to say when a GPU's memory does not suffice: the batch that would have fitted, found by trying."""

import gc
from collections.abc import Callable

import torch

from fitxa_trainer.errors import InputError


def largest_fitting(step: Callable[[int], object], batch: int) -> int:
    """The largest of batch/2, batch/4 … with which `step` runs; 0 when none does."""
    smaller = batch // 2
    while smaller and not _fits(step, smaller):
        smaller //= 2
    return smaller


def _fits(step: Callable[[int], object], batch: int) -> bool:
    release()
    try:
        step(batch)
    except torch.OutOfMemoryError:
        return False
    return True


def release() -> None:
    """Give unused memory back to the GPU."""
    if torch.cuda.is_available():
        gc.collect()
        torch.cuda.empty_cache()


def out_of_memory(batch: int, fitting: int) -> InputError:
    """The error to raise. `fitting` is 0 when nothing fits."""
    if fitting:
        return InputError(
            f"The GPU's memory does not suffice for training.batch {batch}; {fitting} fits: "
            f"add --set training.batch={fitting}.",
            "memory.batch",
            batch=batch,
            fitting=fitting,
        )
    return InputError(
        f"The GPU's memory does not suffice, not even for the smallest batch (training.batch is {batch}); "
        "take a smaller backbone or model.train_size, or end other programs on the GPU.",
        "memory.none",
        batch=batch,
    )
