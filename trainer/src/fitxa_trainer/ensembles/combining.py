"""Members to one ranking: the ensembles of the paper, with weights per facet if the data justify them.

A sigmoid member is normalised over the facet so that its probabilities sum to 1; a softmax member already does.
The ensemble's score of a term is the weighted sum of the members' normalised probabilities. These scores rank; how
likely a term is right is what the calibration says.

Weights are learned on *domains*: sets of labelled pictures, such as the validation split, or the pictures of a provider
that the members have never seen (leave_out.py). Each domain counts the same, whatever its size, since the next source
of pictures may be like any of them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fitxa_trainer.ensembles.metrics import Truth, picture_metrics

Probabilities = NDArray[np.float16] | NDArray[np.float32] | NDArray[np.float64]
Weights = dict[str, float]

#: Weights are tried in steps of one tenth.
_PARTS = 10
#: A learned weight replaces the equal one only when its gain is more than this many standard errors.
_NEEDED_STANDARD_ERRORS = 2.0


@dataclass(frozen=True)
class Domain:
    """Pictures of one source: normalised members, each (pictures, terms), and their truth."""

    members: Mapping[str, NDArray[np.float64]]
    truth: Truth


def normalise(probabilities: Probabilities, activation: str) -> NDArray[np.float64]:
    """The member's probabilities (n, terms) of one facet as a distribution over the facet."""
    values = probabilities.astype(np.float64)
    if activation == "sigmoid":
        values = values / np.maximum(values.sum(axis=1, keepdims=True), 1e-12)
    return values


def combine(members: Mapping[str, NDArray[np.float64]], weights: Mapping[str, float]) -> NDArray[np.float64]:
    """The ensemble's scores (n, terms) from normalised members and weights that sum to 1."""
    total = np.zeros_like(next(iter(members.values())))
    for name, values in members.items():
        total = total + weights[name] * values
    return total


def equal_weights(members: Mapping[str, object]) -> Weights:
    """The paper's weights."""
    return {name: 1.0 / len(members) for name in members}


def gated(
    members: Mapping[str, NDArray[np.float64]],
    near: Mapping[str, float],
    far: Mapping[str, float],
    shift: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Scores (n, terms) with weights that go from `near` to `far` as `shift` (n,) goes from 0 to 1."""
    share = shift[:, None]
    return (1.0 - share) * combine(members, near) + share * combine(members, far)


def learn_weights(members: Mapping[str, NDArray[np.float64]], truth: Truth) -> Weights:
    """Weights from one domain; see `learn_weights_over`."""
    return learn_weights_over([Domain(members, truth)])


def learn_weights_over(domains: Sequence[Domain], guard: Domain | None = None) -> Weights:
    """The weights of the best mean R-Precision over `domains`, in steps of a tenth; equal ones unless clearly beaten.

    "Clearly" means that the mean paired gain exceeds twice its standard error. Of the weights that are within one
    standard error of the best, those nearest to equal are taken, so that chance decides little. With `guard` only
    weights are looked at that lose nothing there against equal ones. Domains without a labelled picture do not count.
    """
    domains = [domain for domain in domains if (domain.truth > 0).any()]
    if not domains:
        raise ValueError("no domain has a labelled picture")
    equal = equal_weights(domains[0].members)
    reference = [_r_precision(domain, equal) for domain in domains]
    guarded = None if guard is None or not (guard.truth > 0).any() else guard
    floor = -np.inf if guarded is None else float(_r_precision(guarded, equal).mean())
    found: list[tuple[Weights, list[NDArray[np.float64]]]] = [(equal, reference)]
    for weights in _grid(list(equal)):
        if guarded is None or float(_r_precision(guarded, weights).mean()) >= floor:
            found.append((weights, [_r_precision(domain, weights) for domain in domains]))
    best = max(found, key=lambda item: _mean(item[1]))
    if not _clearly_above(best[1], reference, _NEEDED_STANDARD_ERRORS):
        return equal
    near_best = [weights for weights, values in found if not _clearly_above(best[1], values, 1.0)]
    return min(near_best, key=lambda weights: sum((weights[name] - equal[name]) ** 2 for name in equal))


def _grid(names: Sequence[str]) -> Iterator[Weights]:
    """All weights in steps of a tenth."""

    def parts(count: int, total: int) -> Iterator[tuple[int, ...]]:
        if count == 1:
            yield (total,)
            return
        for first in range(total + 1):
            for rest in parts(count - 1, total - first):
                yield (first, *rest)

    for split in parts(len(names), _PARTS):
        yield {name: part / _PARTS for name, part in zip(names, split, strict=True)}


def _r_precision(domain: Domain, weights: Mapping[str, float]) -> NDArray[np.float64]:
    return picture_metrics(combine(domain.members, weights), domain.truth).r_precision


def _mean(values: Sequence[NDArray[np.float64]]) -> float:
    return float(np.mean([part.mean() for part in values]))


def _clearly_above(
    first: Sequence[NDArray[np.float64]], second: Sequence[NDArray[np.float64]], standard_errors: float
) -> bool:
    """Whether the mean over domains of `first` exceeds that of `second` by more than so many standard errors."""
    gains = [one - other for one, other in zip(first, second, strict=True)]
    variance = sum(float(gain.var(ddof=1)) / len(gain) if len(gain) > 1 else 1.0 for gain in gains) / len(gains) ** 2
    return _mean(gains) > standard_errors * float(np.sqrt(variance))
