"""Members to one ranking, and its calibration."""

import numpy as np
import pytest

from fitxa_trainer.calibration import MAX_POINTS, expected_calibration_error, fit_calibration
from fitxa_trainer.ensemble import combine, equal_weights, learn_weights, normalise
from fitxa_trainer.metrics import facet_metrics, positions


def test_sigmoids_are_normalised_and_averaged_with_equal_weights() -> None:
    sigmoid, softmax = np.array([[0.8, 0.4, 0.4]]), np.array([[0.1, 0.7, 0.2]])
    members = {"multilabel": normalise(sigmoid, "sigmoid"), "softmax": normalise(softmax, "softmax")}
    assert members["multilabel"].tolist() == [pytest.approx([0.5, 0.25, 0.25])]
    scores = combine(members, equal_weights(members))
    assert scores.tolist() == [pytest.approx([0.3, 0.475, 0.225])]


def test_a_sigmoid_member_that_knows_nothing_gives_no_nan() -> None:
    assert normalise(np.zeros((1, 3)), "sigmoid").tolist() == [[0.0, 0.0, 0.0]]


def test_weights_are_learned_only_where_they_clearly_pay() -> None:
    rng = np.random.default_rng(1)
    truth = np.eye(6, dtype=np.bool_)[rng.integers(0, 6, 400)]
    good = truth * 1.0 + rng.normal(0, 0.3, truth.shape)
    noise = rng.normal(0, 3.0, truth.shape)
    learned = learn_weights({"good": good, "noise": noise}, truth)
    assert learned["good"] >= 0.9 and sum(learned.values()) == pytest.approx(1.0)
    before = facet_metrics(combine({"good": good, "noise": noise}, {"good": 0.5, "noise": 0.5}), truth).r_precision
    assert facet_metrics(combine({"good": good, "noise": noise}, learned), truth).r_precision > before + 0.3
    twin = good + rng.normal(0, 0.01, truth.shape)
    assert learn_weights({"good": good, "twin": twin}, truth) == {"good": 0.5, "twin": 0.5}


def test_calibration_finds_known_probabilities() -> None:
    rng = np.random.default_rng(2)
    scores = rng.random((4000, 5))
    probability = scores**2
    truth = rng.random(scores.shape) < probability
    curve = fit_calibration(scores, truth)
    assert 2 <= len(curve.score) <= MAX_POINTS
    assert np.all(np.diff(curve.score) > 0) and np.all(np.diff(curve.probability) >= 0)
    fresh = rng.random((4000, 5))
    right = rng.random(fresh.shape) < fresh**2
    labelled = right.any(axis=1)
    # Only pictures with a label count, which lifts the true rate a little: compare with that rate, not with x².
    assert np.abs(curve.apply(np.array([0.5])) - right[labelled][np.abs(fresh[labelled] - 0.5) < 0.03].mean()) < 0.05
    assert expected_calibration_error(curve.apply(fresh), right) < 0.03
    assert expected_calibration_error(fresh, right) > 0.1


def test_calibration_keeps_the_ranking() -> None:
    rng = np.random.default_rng(3)
    scores = rng.random((50, 12))
    truth = rng.random(scores.shape) < scores
    calibrated = fit_calibration(scores, truth).apply(scores)
    order = np.argsort(-scores, axis=1)
    assert np.all(np.diff(np.take_along_axis(calibrated, order, axis=1), axis=1) <= 0)


def test_calibration_of_few_and_certain_pictures_claims_no_certainty() -> None:
    scores = np.array([[0.9, 0.1], [0.8, 0.2], [0.95, 0.05]])
    truth = np.array([[True, False]] * 3)
    curve = fit_calibration(scores, truth)
    assert max(curve.probability) < 1.0 and min(curve.probability) > 0.0


def test_calibration_error_equals_a_count_by_hand() -> None:
    # Bins of 1/15: 0.9 twice (one right) and 0.1 twice (none right); both pictures have a label.
    probabilities = np.array([[0.9, 0.1], [0.1, 0.9]])
    truth = np.array([[True, False], [True, False]])
    assert expected_calibration_error(probabilities, truth) == pytest.approx(0.5 * 0.4 + 0.5 * 0.4)
    assert positions(probabilities).tolist() == [[1, 2], [2, 1]]
