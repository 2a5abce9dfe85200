"""Confidence intervals by paired bootstrap over pictures.

Pictures of one group (views of one object, pages of one document) are drawn together: they are not independent. The
seeds of a method are pooled: a picture's value is its mean over the seeds, so the interval says how far the result
depends on which pictures were tested, not on the draw of the seeds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from fitxa_trainer.ensembles.metrics import PictureMetrics

Values = NDArray[np.float64]

DRAWS = 2000
_SEED = 340


@dataclass(frozen=True)
class Interval:
    """A mean and its 95 % interval; NaN when there is nothing to average."""

    mean: float
    low: float
    high: float

    def excludes_zero(self) -> bool:
        """Whether the interval lies on one side of zero."""
        return self.low > 0 or self.high < 0


class Level(Interval):
    """The interval of a quantity that is no difference, and so is shown without a sign."""


def mean_interval(values: Values, groups: NDArray[np.str_]) -> Interval:
    """The mean of `values` (pictures,) with its interval; `groups` (pictures,) are drawn whole."""
    return mean_over_facets([(values, groups)])


def ratio_interval(parts: Values, wholes: Values, groups: NDArray[np.str_]) -> Interval:
    """The sum of `parts` over the sum of `wholes`, both (pictures,), with its interval; `groups` are drawn whole.

    NaN where `wholes` sum to nothing.
    """
    if not wholes.sum():
        nan = float("nan")
        return Interval(nan, nan, nan)
    names, places = np.unique(groups, return_inverse=True)
    drawn = _draws(len(names), DRAWS)
    sums = drawn @ np.bincount(places, weights=parts, minlength=len(names))
    totals = drawn @ np.bincount(places, weights=wholes, minlength=len(names))
    # A draw without anything to divide by says nothing.
    ratios = sums[totals > 0] / totals[totals > 0]
    low, high = np.quantile(ratios, [0.025, 0.975])
    return Interval(float(parts.sum() / wholes.sum()), float(low), float(high))


def share_interval(parts: Values, wholes: Values, groups: NDArray[np.str_]) -> Level:
    """The same where it is a share and no difference."""
    found = ratio_interval(parts, wholes, groups)
    return Level(found.mean, found.low, found.high)


@lru_cache(maxsize=8)
def _draws(groups: int, draws: int) -> NDArray[np.int64]:
    """How often each draw takes each group, (draws, groups); the same every time."""
    generator = np.random.default_rng(_SEED)
    return generator.multinomial(groups, np.full(groups, 1 / groups), size=draws)


def mean_over_facets(facets: Sequence[tuple[Values, NDArray[np.str_]]]) -> Interval:
    """The mean over facets of the mean over pictures; a group is drawn at once in all facets.

    Each facet gives (values, groups), both (pictures,), of the pictures that it labels.
    """
    facets = [facet for facet in facets if len(facet[0])]
    if not facets:
        nan = float("nan")
        return Interval(nan, nan, nan)
    names, places = np.unique(np.concatenate([groups for _, groups in facets]), return_inverse=True)
    drawn = _draws(len(names), DRAWS)
    means: list[Values] = []
    first = 0
    for values, groups in facets:
        own = places[first : first + len(groups)]
        first += len(groups)
        sums = drawn @ np.bincount(own, weights=values, minlength=len(names))
        counts = drawn @ np.bincount(own, minlength=len(names))
        # A draw without any picture of a small facet says nothing of it.
        means.append(np.where(counts > 0, sums / np.maximum(counts, 1), np.nan))
    averages = np.mean(means, axis=0)
    low, high = np.nanquantile(averages, [0.025, 0.975])
    return Interval(float(np.mean([values.mean() for values, _ in facets])), float(low), float(high))


def pooled(results: Sequence[PictureMetrics]) -> Values:
    """R-Precision of each labelled picture, (pictures,), averaged over the seeds."""
    return np.asarray(np.mean([result.r_precision for result in results], axis=0))
