"""The losses of one facet, and the contrastive one.

Targets are int8 (n, terms): 1 the term applies, 0 it does not, -1 nobody knows. Whatever is unknown adds neither loss
nor gradient. A loss is a mean over the pictures that have something to say; without one it is 0. No function looks at a
value on the host: shapes never depend on data, and what does not count is multiplied by 0, so that a training step
needs no synchronisation with the device.
"""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional

#: Takes the place of a logit that is out of the running: its share of a softmax is 0, and so is its gradient.
OUT = -1e4


def mean_where(values: Tensor, mask: Tensor) -> Tensor:
    """The mean of `values` (n,) over the rows where `mask` (n,) is true; 0 when it is nowhere."""
    weights = mask.to(values.dtype)
    return (values * weights).sum() / weights.sum().clamp_min(1.0)


def multi_label_loss(logits: Tensor, targets: Tensor) -> Tensor:
    """Binary cross-entropy, summed over the known terms, averaged over the pictures that have any. Both (n, terms)."""
    known = targets >= 0
    each = functional.binary_cross_entropy_with_logits(logits, (targets > 0).to(logits.dtype), reduction="none")
    return mean_where((each * known).sum(dim=1), known.any(dim=1))


def draw_positive(targets: Tensor, generator: torch.Generator | None) -> Tensor:
    """One of the true terms of each row, each with equal chance: int64 (n,); any place in a row that has none."""
    chance = torch.rand(targets.shape, generator=generator, device=targets.device)
    return ((chance + 1.0) * (targets > 0)).argmax(dim=1)


def drawn_label_loss(
    logits: Tensor,
    targets: Tensor,
    generator: torch.Generator | None,
    weights: Tensor | None = None,
    smoothing: float = 0.0,
) -> Tensor:
    """Softmax cross-entropy with one of the picture's true terms, drawn at random, as the target.

    `weights` (terms,) multiply the loss of a drawn term. `smoothing` is the share of the target that is spread evenly
    over the known terms (Szegedy et al. 2016). Unknown terms are left out of the denominator. Averaged over
    the pictures with a true term.
    """
    drawn = draw_positive(targets, generator)
    known = targets >= 0
    logs = logits.masked_fill(~known, OUT).log_softmax(dim=1)
    each = -logs.gather(1, drawn.unsqueeze(1)).squeeze(1)
    if smoothing > 0:
        even = -(logs * known).sum(dim=1) / known.sum(dim=1).clamp_min(1)
        each = (1 - smoothing) * each + smoothing * even
    if weights is not None:
        each = each * weights[drawn]
    return mean_where(each, (targets > 0).any(dim=1))


def grouped_log_softmax(logits: Tensor, groups: Sequence[Tensor], slots: Tensor) -> Tensor:
    """Log softmax (n, terms) within groups of terms.

    `groups`, each int64 (groups, longest), hold the terms of each group, filled up with the number of terms; `slots`
    int64 (terms,) each term's position when all are concatenated.
    """
    padded = functional.pad(logits, (0, 1), value=OUT)
    logs = [padded[:, alike].log_softmax(dim=2).flatten(1) for alike in groups]
    return torch.cat(logs, dim=1)[:, slots]


def labels_of(targets: Tensor, on_path: Tensor) -> Tensor:
    """1 where a term is a label of the picture, else 0: float (n, terms).

    A label is a true term without a true term below it. `on_path` (terms, terms) is 1 at [t, a] where a is t or
    stands above it.
    """
    true = (targets > 0).to(on_path.dtype)
    covered = (true @ on_path) - true > 0
    return true * ~covered


def path_loss(
    logits: Tensor, targets: Tensor, groups: Sequence[Tensor], slots: Tensor, on_path: Tensor, weights: Tensor
) -> Tensor:
    """Cross-entropy within each group that the path of a label runs through, summed along the path.

    Averaged over the labels of a picture, then over the pictures that have one. `weights` (terms,) multiply the
    cross-entropy whose target is the term. A term above a label is taken as true whatever `targets` says; other unknown
    terms are left out of the denominators.
    """
    labels = labels_of(targets, on_path)
    passes = labels @ on_path
    logs = grouped_log_softmax(logits.masked_fill((targets < 0) & (passes == 0), OUT), groups, slots)
    count = labels.sum(dim=1)
    each = -(passes * weights * logs).sum(dim=1) / count.clamp_min(1.0)
    return mean_where(each, count > 0)


def matching_loss(
    queries: Tensor, keys: Tensor, same: Tensor, valid: Tensor, keys_valid: Tensor, scale: Tensor
) -> Tensor:
    """Softmax cross-entropy of each query against all keys, the target spread evenly over its matching keys.

    `queries` (n, d) and `keys` (m, d) have length 1, `same` bool (n, m) says what matches. Rows and columns that are
    not `valid` (n,) or `keys_valid` (m,) are left out. Several matches are several positives, as in Yang et al. 2022
    (UniCL): no key that matches is taken for a wrong one.
    """
    logits = (scale * queries @ keys.t()).masked_fill(~keys_valid, OUT)
    matches = (same & keys_valid).to(logits.dtype)
    shares = matches / matches.sum(dim=1, keepdim=True).clamp_min(1.0)
    return mean_where(-(shares * logits.log_softmax(dim=1)).sum(dim=1), valid)
