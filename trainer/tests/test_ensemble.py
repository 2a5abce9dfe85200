"""Members to one ranking, and its calibration."""

import numpy as np
import pytest
from sklearn.isotonic import IsotonicRegression

from fitxa_trainer.ensembles.calibration import MAX_POINTS, _isotonic, expected_calibration_error, fit_calibration
from fitxa_trainer.ensembles.combining import (
    Domain,
    combine,
    equal_weights,
    gated,
    learn_weights,
    learn_weights_over,
    normalise,
)
from fitxa_trainer.ensembles.metrics import facet_metrics, positions


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


def _domain(rng: np.random.Generator, noise: dict[str, float], count: int = 300) -> Domain:
    """Pictures of one of six terms each; a member's scores are the truth plus its noise."""
    truth = np.eye(6, dtype=np.bool_)[rng.integers(0, 6, count)]
    return Domain({name: truth + rng.normal(0, sigma, truth.shape) for name, sigma in noise.items()}, truth)


def test_weights_over_domains_favour_what_holds_on_new_sources() -> None:
    rng = np.random.default_rng(4)
    known = _domain(rng, {"a": 0.4, "b": 0.4, "c": 0.6})
    sources = [_domain(rng, {"a": 2.0, "b": 0.4, "c": 2.0}), _domain(rng, {"a": 2.0, "b": 0.5, "c": 2.0}, 40)]
    learned = learn_weights_over([known, *sources])
    assert learned["b"] >= 0.6 and sum(learned.values()) == pytest.approx(1.0)
    # Each source counts the same, however many pictures it has: 40 good ones for c outweigh nothing, 2,000 neither.
    large = _domain(rng, {"a": 2.0, "b": 0.5, "c": 0.3}, 2000)
    assert learn_weights_over([known, *sources])["b"] >= learn_weights_over([known, large])["b"]


def test_a_guard_refuses_weights_that_lose_on_known_pictures() -> None:
    rng = np.random.default_rng(5)
    known = _domain(rng, {"a": 0.5, "b": 0.9})
    source = _domain(rng, {"a": 3.0, "b": 0.3})
    free, guarded = learn_weights_over([source]), learn_weights_over([source], guard=known)
    assert free["b"] > guarded["b"]
    equal = facet_metrics(combine(known.members, equal_weights(known.members)), known.truth).r_precision
    assert facet_metrics(combine(known.members, guarded), known.truth).r_precision >= equal
    assert facet_metrics(combine(known.members, free), known.truth).r_precision < equal


def test_a_gate_goes_from_near_to_far_weights_picture_by_picture() -> None:
    members = {"a": np.array([[1.0, 0.0]] * 3), "b": np.array([[0.0, 1.0]] * 3)}
    found = gated(members, {"a": 1.0, "b": 0.0}, {"a": 0.0, "b": 1.0}, np.array([0.0, 0.25, 1.0]))
    assert found.tolist() == [[1.0, 0.0], [0.75, 0.25], [0.0, 1.0]]


def test_calibration_is_isotonic_regression_before_it_is_drawn_with_few_points() -> None:
    rng = np.random.default_rng(6)
    scores = rng.integers(0, 40, 3000) / 40
    hits = rng.random(3000) < scores
    weights = rng.integers(1, 4, 3000).astype(np.float64)
    order = np.argsort(scores, kind="stable")
    expected = IsotonicRegression().fit(scores, hits, sample_weight=weights).predict(scores[order])
    blocks = _isotonic(scores, hits, weights)
    found = np.concatenate([np.full(round(block.count), block.hits / block.count) for block in blocks])
    assert found == pytest.approx(np.repeat(expected, weights[order].astype(int)))


def test_calibration_leaves_out_what_nobody_knows() -> None:
    scores = np.array([[0.9, 0.1, 0.9], [0.8, 0.2, 0.9]])
    known = np.array([[1, 0, -1], [1, 0, -1]], dtype=np.int8)
    assert fit_calibration(scores, known) == fit_calibration(scores[:, :2], known[:, :2])
    assert expected_calibration_error(scores, known) == expected_calibration_error(scores[:, :2], known[:, :2])


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
