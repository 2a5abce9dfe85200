"""Rows of all processes of a training on several GPUs, with the gradient that belongs to them."""

from typing import Any

import torch
from torch import Tensor, distributed


class _Gather(torch.autograd.Function):
    """All-gather whose backward sums what every process says of the rows of this one."""

    @staticmethod
    def forward(context: Any, rows: Tensor) -> Tensor:
        context.count = len(rows)
        parts = [torch.empty_like(rows) for _ in range(distributed.get_world_size())]
        distributed.all_gather(parts, rows.contiguous())
        return torch.cat(parts)

    @staticmethod
    def backward(context: Any, gradient: Tensor) -> Tensor:
        total = gradient.contiguous()
        distributed.all_reduce(total)
        start = distributed.get_rank() * context.count
        return total[start : start + context.count]


def gather_rows(rows: Tensor) -> Tensor:
    """The rows (n, ...) of every process, one after the other; `rows` itself if there is one process only.

    Every process must give as many rows as the others. With gradients averaged over the processes, as
    DistributedDataParallel does, the mean of the processes' losses is what is minimised.
    """
    if _processes() == 1:
        return rows
    gathered: Tensor = _Gather.apply(rows)  # type: ignore[no-untyped-call]  # torch leaves it without types
    return gathered


def own_part(rows: Tensor) -> Tensor:
    """This process's share of `rows` (n, ...), where n is a multiple of the processes: `gather_rows` undoes it."""
    own = len(rows) // _processes()
    rank = distributed.get_rank() if _processes() > 1 else 0
    return rows[rank * own : (rank + 1) * own]


def _processes() -> int:
    return distributed.get_world_size() if distributed.is_available() and distributed.is_initialized() else 1
