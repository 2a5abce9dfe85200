"""The Fréchet distance against SciPy's matrix root and against cases that can be computed by hand."""

import numpy as np
import pytest
from scipy.linalg import sqrtm

from fitxa_trainer.splitting.frechet import FeatureStatistics, distance_matrix, feature_statistics, frechet_distance


def by_scipy(first: FeatureStatistics, second: FeatureStatistics) -> float:
    root = sqrtm(first.covariance @ second.covariance)
    difference = first.mean - second.mean
    return float(difference @ difference + np.trace(first.covariance + second.covariance - 2 * root.real))


def features(seed: int, shape: tuple[int, int], shift: float = 0.0) -> np.ndarray:
    """Correlated features with a long-tailed spectrum, as those of a network are, and not below zero."""
    generator = np.random.default_rng(seed)
    mixing = generator.normal(size=(shape[1], shape[1])) / np.arange(1, shape[1] + 1)
    return np.maximum(generator.normal(size=shape) @ mixing + shift, 0).astype(np.float32)


@pytest.mark.filterwarnings("ignore:Matrix is:scipy.linalg.LinAlgWarning")  # singular, as meant; the trace holds
@pytest.mark.parametrize(
    ("first_shape", "second_shape"),
    [((500, 8), (300, 8)), ((400, 64), (90, 64)), ((40, 64), (500, 64)), ((30, 96), (25, 96)), ((2, 16), (50, 16))],
)
def test_equals_scipys_matrix_root_on_the_same_statistics(
    first_shape: tuple[int, int], second_shape: tuple[int, int]
) -> None:
    first, second = feature_statistics(features(1, first_shape)), feature_statistics(features(2, second_shape, 0.3))
    assert frechet_distance(first, second) == pytest.approx(by_scipy(first, second), abs=1e-3)
    assert frechet_distance(first, second) > 0.1


def test_of_one_dimension_is_the_textbook_formula() -> None:
    """For normal distributions on a line: (μ − μ′)² + (σ − σ′)²."""
    first, second = np.array([[1.0], [3.0], [5.0]]), np.array([[10.0], [11.0], [12.0]])
    found = frechet_distance(feature_statistics(first), feature_statistics(second))
    assert found == pytest.approx((3 - 11) ** 2 + (2 - 1) ** 2)


def test_of_diagonal_covariances_adds_up_over_the_dimensions() -> None:
    deviations, other = np.array([1.0, 2.0, 0.0]), np.array([3.0, 0.5, 1.0])
    means, moved = np.zeros(3), np.array([1.0, 0.0, 2.0])
    first = FeatureStatistics(means, np.diag(deviations**2))
    second = FeatureStatistics(moved, np.diag(other**2))
    expected = (moved**2).sum() + ((deviations - other) ** 2).sum()
    assert frechet_distance(first, second) == pytest.approx(expected)


def test_a_shift_of_all_features_adds_its_squared_length() -> None:
    values = features(3, (40, 12)).astype(np.float64)
    moved = feature_statistics(values + 0.5)
    assert frechet_distance(feature_statistics(values), moved) == pytest.approx(12 * 0.25, abs=1e-6)


def test_the_matrix_is_symmetric_and_an_identical_set_is_at_distance_zero() -> None:
    sets = [feature_statistics(features(seed, (20, 32))) for seed in (1, 2, 1)]
    matrix = distance_matrix(sets)
    assert np.array_equal(matrix, matrix.T)
    assert matrix[0, 2] == pytest.approx(0.0, abs=1e-6)
    assert matrix[0, 1] == pytest.approx(frechet_distance(sets[1], sets[0]), rel=1e-6)


def test_one_picture_has_no_covariance() -> None:
    with pytest.raises(ValueError, match="two pictures"):
        feature_statistics(np.ones((1, 4)))
