"""What first decisions say of a source: shifts by hand and against a general solver, the test by hand, the promise."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import minimize

from fitxa_trainer.dataset.hierarchy import build_hierarchy
from fitxa_trainer.ensembles.logistic import log_odds, sigmoid
from fitxa_trainer.ensembles.safe_level import next_is_right, safe_terms, watched_threshold
from fitxa_trainer.ensembles.watched import ShiftPrior, Values, learn_shift, object_shares

PRIOR = ShiftPrior(2.0, 0.5, 2.0)
TREE = build_hierarchy(("m/a", "m/a | b", "m/c"))


def test_the_shift_of_one_term_by_hand() -> None:
    # Four pictures at even odds, three of them right. The log odds move by s = bias + term, whose prior variance is
    # log 2 + 2 log 2: 4 (sigmoid(s) - 3/4) + s / (3 log 2) = 0 holds at s = log 2, a third of it being the bias.
    prior = ShiftPrior(np.sqrt(np.log(2)), 1.0, np.sqrt(2 * np.log(2)))
    truth = np.array([[1], [1], [1], [0]], dtype=np.int8)
    shift = learn_shift(np.full((4, 1), 0.5), truth, np.ones(4), prior)
    assert shift.bias == pytest.approx(np.log(2) / 3) and shift.term == pytest.approx(2 * np.log(2) / 3)
    assert shift.slope == 0.0
    assert shift.apply(np.array([[0.5]]), build_hierarchy(("m/a",))) == pytest.approx(2 / 3)


def test_the_shift_is_the_most_probable_one() -> None:
    rng = np.random.default_rng(3)
    probability = rng.beta(0.3, 0.5, (12, 5))
    truth = rng.integers(-1, 2, (12, 5)).astype(np.int8)
    counts = rng.uniform(0.2, 1.0, 12)
    stated = log_odds(probability)

    def surprise(values: NDArray[np.float64]) -> float:
        bias, slope, term = values[0], values[1], values[2:]
        now = np.clip(sigmoid(stated + bias + slope * stated + term), 1e-12, 1 - 1e-12)
        loss = np.where(truth > 0, -np.log(now), np.where(truth == 0, -np.log(1 - now), 0.0))
        return float((counts[:, None] * loss).sum() + (bias / 2) ** 2 / 2 + (slope / 0.5) ** 2 / 2 + term @ term / 8)

    shift = learn_shift(probability, truth, counts, PRIOR)
    expected = minimize(surprise, np.zeros(7), tol=1e-12).x
    assert [shift.bias, shift.slope, *shift.term] == pytest.approx(expected, abs=1e-4)


def test_no_decisions_move_nothing_and_children_stay_below_their_parents() -> None:
    probability = np.array([[0.7, 0.4, 0.2], [0.9, 0.9, 0.05]])
    nothing = learn_shift(np.empty((0, 3)), np.empty((0, 3), dtype=np.int8), np.empty(0), PRIOR)
    assert nothing.apply(probability, TREE) == pytest.approx(probability)
    # Twelve objects that are b whatever the model says of it: b rises, but not above a.
    decided = np.tile([[0.6, 0.1, 0.1]], (12, 1))
    shift = learn_shift(decided, np.tile(np.array([[1, 1, 0]], dtype=np.int8), (12, 1)), np.ones(12), PRIOR)
    moved = shift.apply(decided[:1], TREE)[0]
    assert moved[0] >= moved[1] > 0.7 and moved[2] < 0.1


def test_views_of_one_object_count_as_one() -> None:
    assert object_shares(np.array(["a", "b", "a", "a"])) == pytest.approx([1 / 3, 1, 1 / 3, 1 / 3])
    probability, truth = np.array([[0.8, 0.3, 0.1]]), np.array([[0, 0, 1]], dtype=np.int8)
    one = learn_shift(probability, truth, np.ones(1), PRIOR)
    many = learn_shift(np.repeat(probability, 4, axis=0), np.repeat(truth, 4, axis=0), np.full(4, 0.25), PRIOR)
    assert many.term == pytest.approx(one.term) and many.bias == pytest.approx(one.bias)


def test_the_rule_of_succession_by_hand() -> None:
    assert next_is_right(0, 0) == 0.5
    assert next_is_right(8, 0) == next_is_right(17, 1) == 0.9
    assert next_is_right(7, 0) < 0.9 and next_is_right(16, 1) < 0.9


def test_the_decided_pictures_choose_the_loosest_threshold_that_they_show() -> None:
    def asked(stated: list[float], right: list[int], counts: list[float] | None = None) -> float | None:
        confidence = np.column_stack([stated, np.zeros(len(stated))])
        truth = np.column_stack([right, 1 - np.array(right)])
        shares = np.ones(len(stated)) if counts is None else np.array(counts)
        return watched_threshold(confidence, truth, (1, 1), shares)

    assert asked([0.99] * 7, [1] * 7) is None
    assert asked([0.92] * 8, [1] * 8) == 0.9
    # One wrong at 0.92 needs seventeen right; without it eight are enough.
    assert asked([0.92, *[0.96] * 16], [0, *[1] * 16]) == 0.95
    assert asked([0.92, *[0.96] * 17], [0, *[1] * 17]) == 0.9
    # What is not proposed shows nothing, and three views of an object are one proposal.
    assert asked([0.5] * 40, [1] * 40) is None
    assert asked([0.99] * 24, [1] * 24, [1 / 3] * 24) == 0.9
    assert asked([0.99] * 21, [1] * 21, [1 / 3] * 21) is None


def _source(rng: np.random.Generator, known: bool) -> tuple[Values, NDArray[np.int8]]:
    """Confidences and truth of 60 pictures over three terms.

    The model is sure of the first or the second term. In a source that it does not know nearly all are of the third
    term, which it takes for the first.
    """
    term = np.where(rng.random(60) < (0.6 if known else 0.97), 0, 1)
    probability = np.full((60, 3), 0.02)
    probability[np.arange(60), term] = 0.96
    right = rng.random(60) < (0.97 if known else 0.97 * (term == 1))
    truth = np.zeros((60, 3), dtype=np.int8)
    truth[np.arange(60), np.where(right, term, 2)] = 1
    return probability, truth


def _hits(confidence: Values, truth: NDArray[np.int8]) -> list[bool]:
    """Whether each safe term at the 90 % setting is right."""
    columns = safe_terms(confidence, (1, 1, 1), 0.9)
    rows = np.flatnonzero(columns >= 0)
    return list((truth[rows, columns[rows]] > 0).tolist())


def test_decisions_turn_a_mistake_that_the_model_cannot_see_into_the_right_term() -> None:
    rng = np.random.default_rng(8)
    flat = build_hierarchy(("m/a", "m/b", "m/c"))
    before: list[bool] = []
    after: list[bool] = []
    for _ in range(10):
        probability, truth = _source(rng, known=False)
        shift = learn_shift(probability[:20], truth[:20], np.ones(20), PRIOR)
        before += _hits(probability[20:], truth[20:])
        after += _hits(shift.apply(probability[20:], flat), truth[20:])
    assert len(before) == 400 and np.mean(before) < 0.1
    # A source of which one decision in twenty says otherwise stays just below the setting.
    assert len(after) > 150 and np.mean(after) > 0.93


def test_a_source_that_the_decisions_do_not_vouch_for_gets_no_proposals() -> None:
    rng = np.random.default_rng(9)
    passed = {True: 0, False: 0}
    for known in passed:
        for _ in range(30):
            probability, truth = _source(rng, known)
            passed[known] += watched_threshold(probability[:20], truth[:20], (1, 1, 1), np.ones(20)) is not None
    assert passed[True] >= 24 and passed[False] == 0
