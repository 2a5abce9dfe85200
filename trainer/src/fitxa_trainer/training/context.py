"""Where a run computes: the device, the precision, and its share of the work under torchrun."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
import torch.distributed as dist
from torch import nn

from fitxa_trainer.configuration.run import TrainingConfig
from fitxa_trainer.errors import InputError


@dataclass(frozen=True)
class ComputeContext:
    """A device with its precision, and which of `world` processes this one is."""

    device: torch.device
    amp: torch.dtype | None = None
    channels_last: bool = False
    rank: int = 0
    world: int = 1

    @property
    def first(self) -> bool:
        """Whether this process writes and speaks."""
        return self.rank == 0

    @property
    def name(self) -> str:
        """What the device is called."""
        return torch.cuda.get_device_name(self.device) if self.device.type == "cuda" else "cpu"

    @property
    def memory_format(self) -> torch.memory_format:
        """Of pictures and convolutions."""
        return torch.channels_last if self.channels_last else torch.contiguous_format

    def take(self, network: nn.Module) -> None:
        """Bring `network` here, in§context, its convolutions in the memory format of pictures."""
        network.to(self.device)
        if self.channels_last:
            nn.utils.convert_conv2d_weight_memory_format(network, torch.channels_last)

    def autocast(self) -> torch.autocast:
        """A context in which the network computes in reduced precision, where that was asked for."""
        return torch.autocast(self.device.type, dtype=self.amp, enabled=self.amp is not None)

    def part(self, batch: int) -> slice:
        """This process's part of a batch that all processes share; `batch` is a multiple of `world`."""
        own = batch // self.world
        return slice(self.rank * own, (self.rank + 1) * own)

    def agreed(self, wish: bool) -> bool:
        """Whether any process has the wish."""
        if self.world == 1:
            return wish
        flag = torch.tensor([float(wish)], device=self.device)
        dist.all_reduce(flag, dist.ReduceOp.MAX)
        return bool(flag.item() > 0)

    def wait(self) -> None:
        """Until all processes are here."""
        if self.world > 1:
            dist.barrier()


def gpu_index() -> int:
    """Which GPU of the machine this process takes."""
    return int(os.environ.get("LOCAL_RANK", "0"))


def _device(wish: str) -> torch.device:
    if wish == "cpu":
        return torch.device("cpu")
    if torch.cuda.is_available():
        return torch.device("cuda", gpu_index())
    if wish == "cuda":
        raise InputError(
            "training.device: cuda was asked for, but no GPU can be used here; "
            "check the driver and the build of torch, or write auto or cpu.",
            "device.none",
        )
    return torch.device("cpu")


@contextmanager
def compute_context(config: TrainingConfig) -> Iterator[ComputeContext]:
    """The context that `config` and torchrun ask for; process group and settings of torch are put back after the block.

    Raises InputError when a GPU was asked for and there is none.
    """
    device = _device(config.device)
    rank, world = int(os.environ.get("RANK", "0")), int(os.environ.get("WORLD_SIZE", "1"))
    amp = torch.bfloat16 if config.amp == "bf16" or (config.amp == "auto" and device.type == "cuda") else None
    known = torch.get_float32_matmul_precision(), torch.backends.cudnn.benchmark
    deterministic = torch.are_deterministic_algorithms_enabled()
    if config.deterministic:
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
        torch.use_deterministic_algorithms(True)
    else:
        torch.set_float32_matmul_precision("high")
        # The search for the fastest algorithm takes about 40 s for a depthwise network: only for runs worth compiling.
        torch.backends.cudnn.benchmark = device.type == "cuda" and config.compile
    if device.type == "cuda":
        torch.cuda.set_device(device)
    if world > 1:
        dist.init_process_group("nccl" if device.type == "cuda" else "gloo", rank=rank, world_size=world)
    try:
        yield ComputeContext(device, amp, config.channels_last, rank, world)
    finally:
        if world > 1:
            dist.destroy_process_group()
        torch.set_float32_matmul_precision(known[0])
        torch.backends.cudnn.benchmark = known[1]
        torch.use_deterministic_algorithms(deterministic)
