"""Shift: distances, disagreement, the gate, logistic regression and nearest neighbours, on data with known answers."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import NearestNeighbors

from fitxa_trainer.ensembles.logistic import fit_logistic
from fitxa_trainer.ensembles.neighbours import Matrix, nearest, support, term_similarity
from fitxa_trainer.ensembles.shift import disagreement, fit_gate, fit_shift_signal


def directions(rng: np.random.Generator, count: int, centre: int, spread: float = 0.3) -> Matrix:
    """Unit vectors around one axis of twenty."""
    values = rng.normal(0, spread, (count, 20))
    values[:, centre] += 1
    unit: Matrix = (values / np.linalg.norm(values, axis=1, keepdims=True)).astype(np.float32)
    return unit


def test_neighbours_are_those_of_scikit_learn() -> None:
    rng = np.random.default_rng(1)
    queries, bank = directions(rng, 30, 0, 1.0), directions(rng, 200, 1, 1.0)
    found = nearest(queries, bank, 7)
    distance, rows = NearestNeighbors(n_neighbors=7, metric="cosine").fit(bank).kneighbors(queries)
    assert np.array_equal(found.rows, rows)
    assert found.distance() == pytest.approx(distance.mean(axis=1), abs=1e-5)


def test_support_and_likeness_of_terms_by_hand() -> None:
    bank = np.eye(3, dtype=np.float32)
    queries = np.array([[0.8, 0.6, 0.0]], dtype=np.float32)
    truth = np.array([[1, 0, 0], [1, 1, 0], [0, 0, 0]], dtype=np.bool_)
    assert support(nearest(queries, bank, 2), truth).tolist() == [[1.0, 0.5, 0.0]]
    assert term_similarity(queries, bank, truth)[0] == pytest.approx([0.8, 0.6, -1.0])


def test_the_signal_is_uniform_on_ordinary_pictures_and_near_one_on_strange_ones() -> None:
    rng = np.random.default_rng(2)
    signal = fit_shift_signal(directions(rng, 500, 0), directions(rng, 400, 0))
    ordinary, strange = signal.apply(directions(rng, 400, 0)), signal.apply(directions(rng, 50, 7))
    assert ordinary.mean() == pytest.approx(0.5, abs=0.06)
    assert strange.min() > 0.9


def test_disagreement_is_zero_for_equal_members_and_one_for_disjoint_ones() -> None:
    first, second = np.array([[1.0, 0.0], [0.5, 0.5]]), np.array([[0.0, 1.0], [0.5, 0.5]])
    assert disagreement([first, second]) == pytest.approx([1.0, 0.0], abs=1e-9)


def test_logistic_regression_is_that_of_scikit_learn() -> None:
    rng = np.random.default_rng(3)
    features = rng.normal(size=(300, 3)) * [1.0, 5.0, 0.1] + [0.0, 2.0, -1.0]
    yes = rng.random(300) < 1 / (1 + np.exp(-(features[:, 0] - 0.3 * features[:, 1])))
    standard = (features - features.mean(axis=0)) / features.std(axis=0)
    expected = LogisticRegression(C=1.0, tol=1e-10, max_iter=1000).fit(standard, yes).predict_proba(standard)[:, 1]
    assert fit_logistic(features, yes).apply(features) == pytest.approx(expected, abs=1e-5)


def test_counts_weigh_as_repeated_rows_and_separable_classes_stay_finite() -> None:
    features = np.array([[0.0], [1.0], [2.0], [3.0]])
    yes = np.array([False, True, False, True])
    counts = np.array([1.0, 2.0, 1.0, 3.0])
    repeated = np.repeat(np.arange(4), counts.astype(int))
    assert fit_logistic(features, yes, counts).apply(features) == pytest.approx(
        fit_logistic(features[repeated], yes[repeated]).apply(features)
    )
    separated = fit_logistic(features, np.array([False, False, True, True])).apply(features)
    assert np.all(np.isfinite(separated)) and separated[0] < 0.5 < separated[3]


def test_the_gate_opens_for_signals_of_new_sources_whatever_the_numbers_of_pictures() -> None:
    rng = np.random.default_rng(4)
    gate = fit_gate(rng.uniform(0, 1, 900), rng.uniform(0.8, 1, 60))
    low, high = gate.apply(np.array([[0.3], [0.97]]))
    assert low < 0.1 and high > 0.6
    same = fit_gate(rng.uniform(0, 1, 900), rng.uniform(0, 1, 900)).apply(np.array([[0.1], [0.9]]))
    assert same == pytest.approx([0.5, 0.5], abs=0.1)
