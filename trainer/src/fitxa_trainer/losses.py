"""Losses of one facet. Rows without a true term are left out by the caller: they add no loss."""

import torch
from torch import Tensor
from torch.nn import functional


def multi_label_loss(logits: Tensor, truth: Tensor) -> Tensor:
    """Binary cross-entropy, summed over the terms and averaged over the pictures. Both (n, terms)."""
    return functional.binary_cross_entropy_with_logits(logits, truth, reduction="none").sum(dim=1).mean()


def drawn_label_loss(logits: Tensor, truth: Tensor, generator: torch.Generator) -> Tensor:
    """Softmax cross-entropy with one of the picture's true terms, drawn at random, as the target. Both (n, terms)."""
    target = torch.multinomial(truth, 1, generator=generator).squeeze(1)
    return functional.cross_entropy(logits, target)
