"""The metrics of the EUFCC-340K paper, per facet.

They count the pictures that have at least one true tag inside the model's vocabulary; tags outside it are ignored.
Terms are ranked by score from high to low; **between equal scores the one that comes first in the vocabulary wins**,
everywhere: in the metrics, in a top ten and in the app. A term of which a picture's labels say nothing (-1 in the
targets of app data) is left out of that picture's ranking.

- R-Precision = 1/N Σ r_i/R_i: R_i true tags of picture i, r_i of them among the top R_i.
- Acc@k = share of pictures with at least one true tag in the top k.
- AvgRankPos = 1/N Σ_i (1/R_i) Σ_j Pos_ij, positions from 1; lower is better.

All four follow from the positions of the true tags alone, and the position of a tag is one plus the number of terms
that beat it. So nothing is sorted: each true tag is compared with its picture's scores, in blocks that fit the
processor's cache, on several threads.
"""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fitxa_trainer.errors import InputError

Scores = NDArray[np.float16] | NDArray[np.float32] | NDArray[np.float64]
#: True or 1: right; False or 0: wrong; -1: nobody knows.
Truth = NDArray[np.bool_] | NDArray[np.int8]

#: Comparisons of a block: float32 scores of that many terms stay in a core's cache.
_BLOCK = 1 << 19
_THREADS = min(8, os.cpu_count() or 1)


@dataclass(frozen=True)
class FacetMetrics:
    """The metrics of one facet over `images` pictures; all but `images` are NaN when there is none."""

    images: int
    r_precision: float
    acc_at_1: float
    acc_at_10: float
    avg_rank_pos: float


@dataclass(frozen=True)
class PictureMetrics:
    """The metrics of each labelled picture, to average, resample or group.

    `rows` (pictures,) are their rows in the matrices; `r_precision` and `avg_rank_pos` (pictures,) as in the paper
    before the mean; `best` (pictures,) is the position of the first true tag.
    """

    rows: NDArray[np.int64]
    r_precision: NDArray[np.float64]
    best: NDArray[np.int64]
    avg_rank_pos: NDArray[np.float64]

    def mean(self) -> FacetMetrics:
        """The metrics of the paper over all pictures."""
        if not len(self.rows):
            nan = float("nan")
            return FacetMetrics(0, nan, nan, nan, nan)
        return FacetMetrics(
            images=len(self.rows),
            r_precision=float(self.r_precision.mean()),
            acc_at_1=float((self.best <= 1).mean()),
            acc_at_10=float((self.best <= 10).mean()),
            avg_rank_pos=float(self.avg_rank_pos.mean()),
        )


def facet_metrics(scores: Scores, truth: Truth) -> FacetMetrics:
    """The metrics of one facet from scores and truth, both of shape (pictures, terms).

    Raises InputError when a labelled picture has a score that is not a number.
    """
    return picture_metrics(scores, truth).mean()


def picture_metrics(scores: Scores, truth: Truth) -> PictureMetrics:
    """The metrics of each labelled picture, from scores and truth of shape (pictures, terms).

    Raises InputError when a labelled picture has a score that is not a number.
    """
    right = truth > 0
    relevant = right.sum(axis=1)
    rows = np.flatnonzero(relevant)
    relevant = relevant[rows]
    starts = np.concatenate([[0], np.cumsum(relevant)])
    found = np.empty(int(starts[-1]), dtype=np.int64)

    def count(first: int, last: int) -> None:
        found[starts[first] : starts[last]] = _true_positions(scores[rows[first:last]], truth[rows[first:last]])

    with ThreadPoolExecutor(_THREADS) as pool:
        list(pool.map(lambda block: count(*block), _blocks(starts, scores.shape[1])))

    owner = np.repeat(np.arange(len(rows)), relevant)
    hits = np.bincount(owner, weights=found <= relevant[owner], minlength=len(rows))
    sums = np.bincount(owner, weights=found, minlength=len(rows))
    best = np.minimum.reduceat(found, starts[:-1]) if len(rows) else np.empty(0, dtype=np.int64)
    return PictureMetrics(rows, hits / relevant, best, sums / relevant)


def _blocks(starts: NDArray[np.int64], terms: int) -> Iterator[tuple[int, int]]:
    """First and last labelled picture of each block; `starts` counts the true tags of the pictures before."""
    size = max(1, _BLOCK // max(1, terms))
    first = 0
    while first < len(starts) - 1:
        last = max(first + 1, int(np.searchsorted(starts, starts[first] + size, side="right")) - 1)
        yield first, last
        first = last


def _true_positions(scores: Scores, truth: Truth) -> NDArray[np.int64]:
    """Positions of the true tags of a block, picture by picture in vocabulary order."""
    values = _numbers(scores)
    if truth.dtype != np.bool_ and (truth < 0).any():
        values = np.where(truth < 0, -np.inf, values)
    owner, column = np.nonzero(truth > 0)
    own = values[owner, column][:, None]
    rivals = values[owner]
    beaten_by = np.count_nonzero(rivals > own, axis=1)
    ties = rivals == own
    # A tag always equals itself; only where it equals others too does the vocabulary's order decide.
    tied = np.flatnonzero(np.count_nonzero(ties, axis=1) > 1)
    before = np.arange(values.shape[1])[None, :] < column[tied, None]
    beaten_by[tied] += np.count_nonzero(ties[tied] & before, axis=1)
    return np.asarray(beaten_by + 1, dtype=np.int64)


def _numbers(scores: Scores) -> NDArray[np.floating[Any]]:
    """The scores in single precision at least; InputError when one is not a number."""
    values = np.asarray(scores, dtype=np.promote_types(scores.dtype, np.float32))
    if np.isnan(values).any():
        raise InputError(
            "Some scores are not numbers, so the training diverged; train again with a lower training.learning_rate."
        )
    return values


def positions(scores: Scores) -> NDArray[np.int64]:
    """The rank of each term, from 1, shape (pictures, terms) like `scores`; ties by vocabulary order."""
    order = np.argsort(-scores, axis=1, kind="stable")
    ranks = np.empty_like(order)
    np.put_along_axis(ranks, order, np.arange(1, scores.shape[1] + 1)[None, :], axis=1)
    return ranks


def top_terms(scores: Scores, count: int) -> NDArray[np.int64]:
    """Columns of the `count` best terms of each picture, best first, shape (pictures, min(count, terms)).

    Ties by vocabulary order. Only the terms at or above the last place are sorted. Raises InputError for a score that
    is not a number.
    """
    terms = scores.shape[1]
    count = min(count, terms)
    result = np.empty((len(scores), count), dtype=np.int64)
    step = max(1, _BLOCK // max(1, terms))

    def take(first: int) -> None:
        values = _numbers(scores[first : first + step])
        last: NDArray[np.floating[Any]] = np.partition(values, terms - count, axis=1)[:, terms - count, None]
        chosen = values >= last
        # Of the terms that tie for the last places the first in the vocabulary are taken.
        tied = np.flatnonzero(np.count_nonzero(chosen, axis=1) > count)
        clear, equal = values[tied] > last[tied], values[tied] == last[tied]
        room = count - np.count_nonzero(clear, axis=1)[:, None]
        chosen[tied] = clear | (equal & (np.cumsum(equal, axis=1) <= room))
        columns = np.nonzero(chosen)[1].reshape(len(values), count)
        order = np.argsort(-np.take_along_axis(values, columns, axis=1), axis=1, kind="stable")
        result[first : first + step] = np.take_along_axis(columns, order, axis=1)

    with ThreadPoolExecutor(_THREADS) as pool:
        list(pool.map(take, range(0, len(scores), step)))
    return result
