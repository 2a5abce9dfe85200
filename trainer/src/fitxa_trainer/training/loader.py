"""A thread that has the next batches ready on the device while the network works on this one."""

import queue
import threading
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from fitxa_trainer.training.context import ComputeContext
from fitxa_trainer.training.sampling import Sampler, step_seed
from fitxa_trainer.training.sources import Fetched, Source

#: Batches that wait ready.
_AHEAD = 3


@dataclass(frozen=True)
class Batch:
    """One step's material. `rows` int64 (batch,) are the pictures of all processes, on the device."""

    step: int
    fetched: Fetched
    rows: Tensor
    seed: int
    ready: torch.cuda.Event | None


def batches_of(source: Source, sampler: Sampler, epoch: int, first: int, context: ComputeContext) -> Iterator[Batch]:
    """The batches of `epoch` from step `first` on, fetched ahead by a thread.

    On a GPU the copies run on a stream of their own; whoever takes a batch waits for `ready` on its stream.
    """
    ready: queue.Queue[Batch | BaseException | None] = queue.Queue(_AHEAD)
    ended = threading.Event()

    def put(item: Batch | BaseException | None) -> None:
        while not ended.is_set():
            try:
                ready.put(item, timeout=0.1)
                return
            except queue.Full:
                continue

    def work() -> None:
        try:
            stream = None
            if context.device.type == "cuda":
                stream = torch.cuda.Stream(context.device)  # type: ignore[no-untyped-call]
            order = sampler.order(epoch)
            for step in range(first, sampler.steps):
                if ended.is_set():
                    return
                put(_fetch(source, sampler, order, epoch, step, context, stream))
            put(None)
        except BaseException as error:  # it is raised again in the thread that waits for batches
            put(error)

    thread = threading.Thread(target=work, name="loader", daemon=True)
    thread.start()
    try:
        while (item := ready.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            yield item
    finally:
        ended.set()
        thread.join()


def _fetch(
    source: Source,
    sampler: Sampler,
    order: Tensor,
    epoch: int,
    step: int,
    context: ComputeContext,
    stream: torch.cuda.Stream | None,
) -> Batch:
    seed = step_seed(sampler.seed, epoch, step)
    generator = torch.Generator().manual_seed(seed)
    rows = sampler.rows(order, step)
    if stream is None:
        return Batch(step, source.fetch(rows, generator, context.part(len(rows))), rows.to(context.device), seed, None)
    with torch.cuda.stream(stream):
        fetched = source.fetch(rows, generator, context.part(len(rows)))
        on_device = rows.pin_memory().to(context.device, non_blocking=True)
        ready = torch.cuda.Event()  # type: ignore[no-untyped-call]
        ready.record(stream)
    return Batch(step, fetched, on_device, seed, ready)


def take(batch: Batch, context: ComputeContext) -> None:
    """Let the current stream wait for the batch, and keep its memory until that stream has used it."""
    if batch.ready is None:
        return
    current = torch.cuda.current_stream(context.device)
    current.wait_event(batch.ready)
    draws = batch.fetched.draws
    for tensor in (batch.fetched.values, batch.rows, *([] if draws is None else [draws.values])):
        tensor.record_stream(current)
