"""From the ensemble's score to the probability that the term is right.

Isotonic regression (pool adjacent violators) on the validation split, drawn as a piecewise-linear curve that never
falls, so that a ranking by score stays as it is.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fitxa_trainer.ensembles.metrics import Scores, Truth, top_terms

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

    def apply(self, scores: Scores) -> Values:
        """Probabilities of `scores`, any shape."""
        return np.interp(scores, self.score, self.probability)


@dataclass
class _Block:
    """A run of neighbouring scores that share one probability."""

    count: float
    score_sum: float
    hits: float

    def rate(self) -> float:
        # Half a hit and half a miss are added, so that a small block does not claim certainty.
        return (self.hits + 0.5) / (self.count + 1.0)

    def join(self, other: "_Block") -> "_Block":
        return _Block(self.count + other.count, self.score_sum + other.score_sum, self.hits + other.hits)


def fit_calibration(scores: Scores, truth: Truth, weights: Sequence[float] | Values | None = None) -> Calibration:
    """The curve from scores and truth, both (pictures, terms), over the pictures with a label in the facet.

    `weights` (pictures,) says for how many pictures each counts, 1 where not given. Terms marked -1 are left out.
    """
    labelled = (truth > 0).any(axis=1)
    known = truth[labelled] >= 0
    flat = scores[labelled][known].astype(np.float64)
    hits = truth[labelled][known] > 0
    counts = np.ones(len(truth)) if weights is None else np.asarray(weights, dtype=np.float64)
    counts = np.broadcast_to(counts[labelled][:, None], known.shape)[known]
    blocks = _reduce(_monotone(_isotonic(flat, hits, counts)))
    return Calibration(
        tuple(round(block.score_sum / block.count, 6) for block in blocks),
        tuple(round(block.rate(), 6) for block in blocks),
    )


def _isotonic(scores: Values, hits: NDArray[np.bool_], counts: Values) -> list[_Block]:
    """Blocks of the isotonic regression of `hits` on `scores`, all (values,): hit rates rise from block to block."""
    order = np.argsort(scores, kind="stable")
    scores, counts = scores[order], counts[order]
    columns = np.stack([counts, counts * scores, counts * hits[order]])
    # Equal scores are one block; so are, at once, neighbours whose rate does not rise.
    columns = np.add.reduceat(columns, _starts(np.diff(scores) > 0), axis=1)
    columns = np.add.reduceat(columns, _starts(np.diff(columns[2] / columns[0]) > 0), axis=1)
    blocks: list[_Block] = []
    for count, score_sum, hit_sum in columns.T.tolist():
        blocks.append(_Block(count, score_sum, hit_sum))
        while len(blocks) > 1 and blocks[-2].hits / blocks[-2].count >= blocks[-1].hits / blocks[-1].count:
            last = blocks.pop()
            blocks[-1] = blocks[-1].join(last)
    return blocks


def _starts(new: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Where blocks begin; `new` says of every value but the first whether it begins one."""
    return np.concatenate([[0], np.flatnonzero(new) + 1])


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


@dataclass(frozen=True)
class Reliability:
    """Stated against observed probability: per filled bin the shown suggestions, their mean and their hit rate."""

    count: NDArray[np.int64]
    stated: Values
    observed: Values

    def error(self) -> float:
        """The expected calibration error: the gaps, weighted by count. NaN when nothing is shown."""
        if not self.count.sum():
            return float("nan")
        return float(np.sum(self.count * np.abs(self.stated - self.observed)) / self.count.sum())


def reliability(probabilities: Scores, truth: Truth) -> Reliability:
    """The reliability diagram over the shown suggestions, in 15 equal bins.

    Shown are the 10 most probable terms of each picture that has a label in the facet. Both (pictures, terms).
    """
    labelled = (truth > 0).any(axis=1)
    shown = top_terms(probabilities[labelled], SHOWN)
    stated = np.take_along_axis(probabilities[labelled], shown, axis=1).astype(np.float64)
    marks = np.take_along_axis(truth[labelled].astype(np.int8), shown, axis=1)
    stated, right = stated[marks >= 0], marks[marks >= 0] > 0
    bins = np.minimum((stated * _BINS).astype(np.int64), _BINS - 1)
    count = np.bincount(bins, minlength=_BINS)
    filled = count > 0
    return Reliability(
        count[filled],
        np.bincount(bins, weights=stated, minlength=_BINS)[filled] / count[filled],
        np.bincount(bins, weights=right, minlength=_BINS)[filled] / count[filled],
    )


def expected_calibration_error(probabilities: Scores, truth: Truth) -> float:
    """Mean gap between stated and observed probability over the shown suggestions (see `reliability`)."""
    return reliability(probabilities, truth).error()
