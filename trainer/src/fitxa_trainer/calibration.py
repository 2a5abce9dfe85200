"""From the ensemble's score to the probability that the term is right.

Isotonic regression (pool adjacent violators) on the validation split, drawn as a piecewise-linear curve that never
falls, so that a ranking by score stays as it is.
"""

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fitxa_trainer.metrics import Truth, positions

Values = NDArray[np.float64]

MAX_POINTS = 20
#: Suggestions of a picture and facet that a person sees, and that the calibration error counts.
SHOWN = 10
_BINS = 15


@dataclass(frozen=True)
class Calibration:
    """Points of the curve: `score` strictly rising, `probability` never falling; constant outside."""

    score: tuple[float, ...]
    probability: tuple[float, ...]

    def apply(self, scores: Values) -> Values:
        """Probabilities of `scores`, any shape."""
        return np.interp(scores, self.score, self.probability)


@dataclass
class _Block:
    """A run of neighbouring scores that share one probability."""

    count: float
    score_sum: float
    hits: float

    def rate(self) -> float:
        # Half a hit and half a miss more keep a small block from claiming certainty.
        return (self.hits + 0.5) / (self.count + 1.0)

    def join(self, other: "_Block") -> "_Block":
        return _Block(self.count + other.count, self.score_sum + other.score_sum, self.hits + other.hits)


def fit_calibration(scores: Values, truth: Truth) -> Calibration:
    """The curve from scores and truth, both (pictures, terms), over the pictures with a label in the facet."""
    labelled = truth.any(axis=1)
    flat, hits = scores[labelled].ravel(), truth[labelled].ravel()
    order = np.argsort(flat, kind="stable")
    blocks: list[_Block] = []
    for score, hit in zip(flat[order].tolist(), hits[order].tolist(), strict=True):
        blocks.append(_Block(1.0, score, float(hit)))
        while len(blocks) > 1 and blocks[-2].hits / blocks[-2].count >= blocks[-1].hits / blocks[-1].count:
            last = blocks.pop()
            blocks[-1] = blocks[-1].join(last)
    blocks = _reduce(_monotone(blocks))
    return Calibration(
        tuple(round(block.score_sum / block.count, 6) for block in blocks),
        tuple(round(block.rate(), 6) for block in blocks),
    )


def _monotone(blocks: list[_Block]) -> list[_Block]:
    """Join neighbours until the smoothed rates rise and the scores differ after rounding."""
    result: list[_Block] = []
    for block in blocks:
        result.append(block)
        while len(result) > 1 and (
            result[-2].rate() >= result[-1].rate()
            or result[-1].score_sum / result[-1].count - result[-2].score_sum / result[-2].count < 1e-5
        ):
            last = result.pop()
            result[-1] = result[-1].join(last)
    return result


def _reduce(blocks: list[_Block]) -> list[_Block]:
    """At most MAX_POINTS blocks: again and again the two neighbours join that lose least squared error."""
    blocks = list(blocks)
    while len(blocks) > MAX_POINTS:
        costs = [
            left.count * right.count / (left.count + right.count) * (left.rate() - right.rate()) ** 2
            for left, right in itertools.pairwise(blocks)
        ]
        index = int(np.argmin(costs))
        blocks[index : index + 2] = [blocks[index].join(blocks[index + 1])]
    return _monotone(blocks)


def expected_calibration_error(probabilities: Values, truth: Truth) -> float:
    """Mean gap between stated and observed probability over the shown suggestions, in 15 equal bins.

    Shown are the 10 most probable terms of each picture that has a label in the facet. Both (pictures, terms).
    """
    labelled = truth.any(axis=1)
    shown = positions(probabilities[labelled]) <= SHOWN
    stated, right = probabilities[labelled][shown], truth[labelled][shown]
    bins = np.minimum((stated * _BINS).astype(np.int64), _BINS - 1)
    gap = 0.0
    for index in np.unique(bins):
        inside = bins == index
        gap += inside.mean() * abs(float(stated[inside].mean()) - float(right[inside].mean()))
    return float(gap)
