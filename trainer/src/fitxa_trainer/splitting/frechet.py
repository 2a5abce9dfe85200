"""The Fréchet distance between sets of pictures, over the features of a pre-trained network.

d² = ‖μ − μ′‖² + tr(Σ + Σ′ − 2(ΣΣ′)^½): Dowson and Landau, "The Fréchet distance between multivariate normal
distributions" (1982), for features as in Heusel and others (2017). Σ is the covariance with divisor n − 1.

ΣΣ′ is not symmetric. But with a factor F of Σ = FFᵀ its eigenvalues other than 0 are those of FᵀΣ′F, which is. So the
trace of its root is the sum of the square roots of the eigenvalues of that product, all in float64. With fewer pictures
than features F is the centred features themselves, and the product as small as their number; else F is the symmetric
root of Σ. Nothing is added to the diagonals: where the matrices are singular, eigenvalues that are zero come out as
rounding errors of either sign, and those below 0 count as 0. The only regularisation is that clamp.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]


@dataclass(frozen=True)
class FeatureStatistics:
    """Mean (d,) and covariance (d, d) of one set of pictures; `centred` is a factor (d, n), where n is less than d."""

    mean: Matrix
    covariance: Matrix
    centred: Matrix | None = None

    @cached_property
    def factor(self) -> Matrix:
        """F with FFᵀ = covariance, shape (d, k), k at most d."""
        if self.centred is not None:
            return self.centred
        values, vectors = np.linalg.eigh(self.covariance)
        root: Matrix = (vectors * np.sqrt(np.clip(values, 0.0, None))) @ vectors.T
        return root

    @property
    def rank_bound(self) -> int:
        """Columns of `factor`, known without computing it."""
        return len(self.mean) if self.centred is None else self.centred.shape[1]


def feature_statistics(features: NDArray[np.float32] | Matrix) -> FeatureStatistics:
    """The statistics of `features`, shape (n, d), n at least 2.

    Raises ValueError for fewer pictures: one alone has no covariance.
    """
    if len(features) < 2:
        raise ValueError(f"A covariance needs at least two pictures, not {len(features)}.")
    values = np.asarray(features, dtype=np.float64)
    mean = values.mean(axis=0)
    centred = (values - mean).T / np.sqrt(len(values) - 1)
    return FeatureStatistics(mean, centred @ centred.T, centred if len(values) < len(mean) else None)


def frechet_distance(first: FeatureStatistics, second: FeatureStatistics) -> float:
    """d² between two sets; symmetric up to rounding, 0 for equal statistics."""
    small, large = (first, second) if first.rank_bound <= second.rank_bound else (second, first)
    product = small.factor.T @ large.covariance @ small.factor
    eigenvalues = np.linalg.eigvalsh((product + product.T) / 2)
    trace_of_root = np.sqrt(np.clip(eigenvalues, 0.0, None)).sum()
    difference = first.mean - second.mean
    traces = np.trace(first.covariance) + np.trace(second.covariance)
    return float(difference @ difference + traces - 2 * trace_of_root)


def distance_matrix(sets: Sequence[FeatureStatistics]) -> Matrix:
    """d² of all pairs, shape (sets, sets): symmetric, with zeros on the diagonal."""
    result = np.zeros((len(sets), len(sets)))
    for row, first in enumerate(sets):
        for column in range(row + 1, len(sets)):
            result[row, column] = result[column, row] = frechet_distance(first, sets[column])
    return result
