"""A contrastive training step as one of two processes takes it; light to import, as each process imports it."""

import torch
from torch import Tensor, distributed

from fitxa_trainer.models.gather import gather_rows
from fitxa_trainer.tasks.losses import matching_loss


def work(rank: int, store: str, out: str) -> None:
    """One of two processes: half of the rows, gradients averaged as DistributedDataParallel does."""
    torch.set_num_threads(1)
    distributed.init_process_group("gloo", init_method=f"file://{store}", rank=rank, world_size=2)
    weight, inputs, keys = problem()
    part = slice(2 * rank, 2 * rank + 2)
    loss = pair_loss(weight, inputs[part], keys[part])
    torch.autograd.backward(loss)
    assert weight.grad is not None
    distributed.all_reduce(weight.grad)
    total = loss.detach().clone()
    distributed.all_reduce(total)
    if rank == 0:
        torch.save({"gradient": weight.grad / 2, "loss": total / 2}, out)
    distributed.destroy_process_group()


def problem() -> tuple[Tensor, Tensor, Tensor]:
    """What is trained (3, 3), four inputs and four texts (4, 3)."""
    generator = torch.Generator().manual_seed(0)
    weight = torch.randn(3, 3, generator=generator, requires_grad=True)
    return weight, torch.randn(4, 3, generator=generator), torch.randn(4, 3, generator=generator)


def pair_loss(weight: Tensor, inputs: Tensor, keys: Tensor) -> Tensor:
    """Both directions, over the rows of all processes."""
    queries, texts = inputs @ weight, keys @ weight
    own = torch.arange(len(inputs)) + (2 * distributed.get_rank() if distributed.is_initialized() else 0)
    ids = gather_rows(own)
    same = own[:, None] == ids[None, :]
    valid, all_valid = torch.ones(len(inputs), dtype=torch.bool), torch.ones(len(ids), dtype=torch.bool)
    scale = torch.tensor(2.0)
    to_text = matching_loss(queries, gather_rows(texts), same, valid, all_valid, scale)
    return (to_text + matching_loss(texts, gather_rows(queries), same, valid, all_valid, scale)) / 2
