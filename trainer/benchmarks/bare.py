"""The bare loops that our own is held against: compiled model, fused AdamW, data on the device, nothing else."""

import time
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

OUTPUTS = 1227
_CONTEXT, _WORDS = 77, 49408


def vision_step(name: str, batch: int, size: int, device: torch.device) -> Callable[[], None]:
    """One step of a timm model `name` with 1,227 sigmoid outputs on a batch that stays on the device."""
    import timm  # noqa: PLC0415 - only on the machine that is measured

    model: Any = timm.create_model(name, num_classes=OUTPUTS).to(device, memory_format=torch.channels_last).train()
    compiled = torch.compile(model)
    optimiser = torch.optim.AdamW(model.parameters(), lr=1e-4, weight_decay=0.05, fused=device.type == "cuda")
    images = torch.randn(batch, 3, size, size, device=device).contiguous(memory_format=torch.channels_last)
    truth = (torch.rand(batch, OUTPUTS, device=device) < 0.005).float()

    def step() -> None:
        with torch.autocast(device.type, dtype=torch.bfloat16):
            loss = functional.binary_cross_entropy_with_logits(compiled(images), truth)
        _learn(loss, optimiser)

    return step


def clip_step(name: str, batch: int, device: torch.device) -> Callable[[], None]:
    """One contrastive step of an open_clip model `name`: as many texts as pictures, both on the device."""
    import open_clip  # noqa: PLC0415 - only on the machine that is measured

    model: Any = open_clip.create_model(name).to(device).train()
    compiled = torch.compile(model)
    optimiser = torch.optim.AdamW(model.parameters(), lr=3e-5, weight_decay=0.1, fused=device.type == "cuda")
    size = model.visual.image_size[0]
    images = torch.randn(batch, 3, size, size, device=device).contiguous(memory_format=torch.channels_last)
    texts = torch.randint(1, _WORDS - 2, (batch, _CONTEXT), device=device)
    texts[:, 20] = _WORDS - 1  # the end of the text, which the tower looks for
    labels = torch.arange(batch, device=device)

    def step() -> None:
        with torch.autocast(device.type, dtype=torch.bfloat16):
            image, text, scale = compiled(images, texts)[:3]
            logits = scale * image @ text.t()
            loss = (functional.cross_entropy(logits, labels) + functional.cross_entropy(logits.t(), labels)) / 2
        _learn(loss, optimiser, clipped=model)

    return step


def images_per_second(step: Callable[[], None], steps: int, batch: int, device: torch.device) -> float:
    """The rate of `steps` steps, the device waited for before and after."""
    _wait(device)
    started = time.perf_counter()
    for _ in range(steps):
        step()
    _wait(device)
    return steps * batch / (time.perf_counter() - started)


def _learn(loss: Tensor, optimiser: torch.optim.Optimizer, clipped: nn.Module | None = None) -> None:
    """One step; the gradient of `clipped` is cut to norm 1, as the schedule of CLIP does."""
    optimiser.zero_grad(set_to_none=True)
    torch.autograd.backward(loss)
    if clipped is not None:
        nn.utils.clip_grad_norm_(clipped.parameters(), 1.0)
    optimiser.step()


def _wait(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)
