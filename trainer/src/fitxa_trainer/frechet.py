"""The Fréchet distance between sets of pictures, over the features of a pre-trained network.

d² = ‖μ − μ′‖² + tr(Σ + Σ′ − 2(ΣΣ′)^½): Dowson and Landau, "The Fréchet distance between multivariate normal
distributions" (1982), for features as in Heusel and others (2017). Σ is the covariance with divisor n − 1.

ΣΣ′ is not symmetric, but has the eigenvalues of Σ^½ Σ′ Σ^½, which is. So the trace of its root is the sum of the
square roots of the eigenvalues of that product, all in float64. Nothing is added to the diagonals: with fewer pictures
than features both matrices are singular, the eigenvalues that are zero come out as rounding errors of either sign, and
those below 0 count as 0. The only regularisation is that clamp.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]


@dataclass(frozen=True)
class FeatureStatistics:
    """Mean (d,), covariance (d, d) and the symmetric root of the covariance (d, d) of one set of pictures."""

    mean: Matrix
    covariance: Matrix
    root: Matrix


def feature_statistics(features: NDArray[np.float32] | Matrix) -> FeatureStatistics:
    """The statistics of `features`, shape (n, d), n at least 2.

    Raises ValueError for fewer pictures: one alone has no covariance.
    """
    if len(features) < 2:
        raise ValueError(f"A covariance needs at least two pictures, not {len(features)}.")
    values = np.asarray(features, dtype=np.float64)
    mean = values.mean(axis=0)
    centred = values - mean
    covariance = centred.T @ centred / (len(values) - 1)
    return FeatureStatistics(mean, covariance, _symmetric_root(covariance))


def _symmetric_root(matrix: Matrix) -> Matrix:
    """The positive semi-definite root of a positive semi-definite `matrix`."""
    values, vectors = np.linalg.eigh(matrix)
    root: Matrix = (vectors * np.sqrt(np.clip(values, 0.0, None))) @ vectors.T
    return root


def frechet_distance(first: FeatureStatistics, second: FeatureStatistics) -> float:
    """d² between two sets; symmetric up to rounding, 0 for equal statistics."""
    product = first.root @ second.covariance @ first.root
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
