"""The safe level: of each picture and facet the deepest term whose confidence reaches a threshold.

The threshold for "nine of ten are right" is chosen on labelled pictures with a bound for finite samples, as in "Learn
then test" (Angelopoulos and others, 2021): a few thresholds are tested, each with the exact binomial bound of Clopper
and Pearson at a certainty that allows for their number (Bonferroni), and the loosest that passes is taken. The wished
precision then holds with the stated certainty for pictures of the same kind. Where too few pictures are known to
certify anything there is no threshold, and nothing is proposed.

On pictures of a source that the model has not seen, precision cannot be promised: there may be nothing right to
propose. What can be asked of a threshold there is that few pictures get a wrong proposal; or the first decisions on the
source itself are asked (`watched_threshold`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fitxa_trainer.ensembles.metrics import Truth

Values = NDArray[np.float64]

#: The 90 % setting, and how sure its bound is.
PRECISION, CERTAINTY = 0.90, 0.95
#: The largest share of pictures of a new source that may get a wrong proposal.
WRONG = 0.10
#: Thresholds that are tested, from the loosest on.
THRESHOLDS: tuple[float, ...] = (0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.93, 0.95, 0.97, 0.98, 0.99, 0.995)
#: Thresholds that decisions on a source are asked about, from the setting itself on.
WATCHED_THRESHOLDS: tuple[float, ...] = (PRECISION, 0.95, 0.98, 0.99)


@dataclass(frozen=True)
class Proposals:
    """The safe terms of pictures with labels in the facet: columns (pictures,), -1 if there is none.

    `right` and `depth` (proposals,) are of the pictures that have one; depth 1 is the top of the tree.
    """

    columns: NDArray[np.int64]
    right: NDArray[np.bool_]
    depth: NDArray[np.int64]

    @property
    def coverage(self) -> float:
        """The share of pictures that have a proposal; NaN without pictures."""
        return len(self.right) / len(self.columns) if len(self.columns) else float("nan")

    @property
    def wrong(self) -> float:
        """The share of pictures that have a wrong proposal; NaN without pictures."""
        return float((~self.right).sum()) / len(self.columns) if len(self.columns) else float("nan")

    @property
    def precision(self) -> float:
        """The share of proposals that are right; NaN without proposals."""
        return float(self.right.mean()) if len(self.right) else float("nan")


def safe_terms(confidence: Values, depths: Sequence[int], threshold: float) -> NDArray[np.int64]:
    """Columns (pictures,) of the deepest term at or above `threshold`, -1 if there is none.

    `confidence` is (pictures, terms); of equally deep terms the most confident is taken, then the first.
    """
    depth = np.asarray(depths, dtype=np.float64)
    # Confidence is at most 1, so half of it decides among equal depths only.
    rank = np.where(confidence >= threshold, depth[None, :] + 0.5 * confidence, -1.0)
    best = rank.argmax(axis=1)
    return np.where(rank[np.arange(len(rank)), best] > 0, best, -1)


def propose(confidence: Values, truth: Truth, depths: Sequence[int], threshold: float | None) -> Proposals:
    """The safe terms of the labelled pictures, judged by `truth` (pictures, terms); none when `threshold` is None.

    A term of which nobody knows (-1) is left out of the judgement, and of the proposals.
    """
    labelled = (truth > 0).any(axis=1)
    if threshold is None:
        none = np.full(int(labelled.sum()), -1, dtype=np.int64)
        return Proposals(none, np.empty(0, dtype=np.bool_), np.empty(0, dtype=np.int64))
    marks = truth[labelled]
    columns = safe_terms(np.where(marks < 0, -1.0, confidence[labelled]), depths, threshold)
    rows = np.flatnonzero(columns >= 0)
    return Proposals(columns, marks[rows, columns[rows]] > 0, np.asarray(depths, dtype=np.int64)[columns[rows]])


def lower_bound(right: int, tried: int, certainty: float = CERTAINTY) -> float:
    """The exact lower confidence bound of a share of which `right` of `tried` were seen (Clopper and Pearson, 1934)."""
    if right == 0:
        return 0.0
    factorials = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, tried + 1)))])
    hits = np.arange(right, tried + 1)
    ways = factorials[tried] - factorials[hits] - factorials[tried - hits]
    low, high = 0.0, 1.0
    for _ in range(50):
        middle = (low + high) / 2
        # The bound is the share at which this many hits or more are as unlikely as 1 - certainty.
        as_many = np.exp(ways + hits * np.log(middle) + (tried - hits) * np.log1p(-middle)).sum()
        low, high = (low, middle) if as_many > 1 - certainty else (middle, high)
    return low


def certify_threshold(
    known: tuple[Values, Truth],
    depths: Sequence[int],
    new: tuple[Values, Truth] | None = None,
    precision: float = PRECISION,
    certainty: float = CERTAINTY,
) -> float | None:
    """The loosest threshold that passes on pictures that the confidence was not fitted to; None if none does.

    On `known`, (confidence, truth), both (pictures, terms), the bound of the precision must reach `precision`; on
    `new`, pictures of sources that the model has not seen, at most WRONG of the pictures may get a wrong proposal, by
    the same kind of bound.
    """
    each = 1 - (1 - certainty) / len(THRESHOLDS)
    for threshold in THRESHOLDS:
        found = propose(*known, depths, threshold)
        if not len(found.right) or lower_bound(int(found.right.sum()), len(found.right), each) < precision:
            continue
        if new is not None:
            far = propose(*new, depths, threshold)
            harmless = len(far.columns) - int((~far.right).sum())
            if lower_bound(harmless, len(far.columns), each) < 1 - WRONG:
                continue
        return threshold
    return None


def next_is_right(right: float, wrong: float) -> float:
    """The chance that the next proposal is right after so many right and wrong ones (Laplace's rule of succession).

    It is the mean of the posterior of the precision when nothing was known of it: a new source owes nothing to others.
    """
    return (right + 1) / (right + wrong + 2)


def watched_threshold(
    confidence: Values,
    truth: Truth,
    depths: Sequence[int],
    counts: Values,
    precision: float = PRECISION,
) -> float | None:
    """The loosest of WATCHED_THRESHOLDS at which the decided pictures of a source show `precision`; None if none does.

    `confidence` and `truth` (pictures, terms) are of labelled pictures that the confidence was not fitted to; each
    counts `counts` (pictures,). Eight proposals, all right, are the fewest that show 90 %.
    """
    for threshold in WATCHED_THRESHOLDS:
        found = propose(confidence, truth, depths, threshold)
        counted = counts[found.columns >= 0]
        right = float(counted[found.right].sum())
        # Shares of objects add up to whole numbers only nearly.
        if next_is_right(right, float(counted.sum()) - right) >= precision - 1e-9:
            return threshold
    return None
