"""Confidence intervals by paired bootstrap over pictures.

Pictures of one group (views of one object, pages of one document) are drawn together: they are not independent. The
seeds of a method are pooled: a picture's value is its mean over the seeds, so the interval says how far the result
depends on which pictures were tested, not on the draw of the seeds.
"""

from collections.abc import Sequence
from dataclasses import dataclass

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


def mean_interval(values: Values, groups: NDArray[np.str_]) -> Interval:
    """The mean of `values` (pictures,) with its interval; `groups` (pictures,) are drawn whole."""
    return mean_over_facets([(values, groups)])


def mean_over_facets(facets: Sequence[tuple[Values, NDArray[np.str_]]]) -> Interval:
    """The mean over facets of the mean over pictures; a group is drawn at once in all facets.

    Each facet gives (values, groups), both (pictures,), of the pictures that it labels.
    """
    facets = [facet for facet in facets if len(facet[0])]
    if not facets:
        nan = float("nan")
        return Interval(nan, nan, nan)
    names, places = np.unique(np.concatenate([groups for _, groups in facets]), return_inverse=True)
    generator = np.random.default_rng(_SEED)
    drawn = generator.multinomial(len(names), np.full(len(names), 1 / len(names)), size=DRAWS)
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
