"""The safe level: which term it proposes, its bound against scipy, and that the promise holds on fresh pictures."""

import numpy as np
import pytest
from scipy.stats import beta

from fitxa_trainer.ensembles.safe_level import Values, certify_threshold, lower_bound, propose, safe_terms

DEPTHS = (1, 2, 3, 1)


def test_the_deepest_term_above_the_threshold_is_proposed() -> None:
    confidence = np.array([[0.99, 0.95, 0.85, 0.2], [0.89, 0.5, 0.5, 0.1], [0.95, 0.1, 0.1, 0.97]])
    assert safe_terms(confidence, DEPTHS, 0.9).tolist() == [1, -1, 3]
    assert safe_terms(confidence, DEPTHS, 0.8).tolist() == [2, 0, 3]


def test_proposals_are_judged_over_labelled_pictures_only() -> None:
    confidence = np.array([[0.99, 0.95, 0.1, 0.2], [0.95, 0.1, 0.1, 0.1], [0.99, 0.99, 0.99, 0.99], [0.1] * 4])
    truth = np.array([[1, 1, 0, 0], [0, 0, 0, 1], [0, 0, 0, 0], [1, 0, 0, 0]], dtype=np.int8)
    found = propose(confidence, truth, DEPTHS, 0.9)
    assert found.columns.tolist() == [1, 0, -1]
    assert found.right.tolist() == [True, False] and found.depth.tolist() == [2, 1]
    assert found.coverage == pytest.approx(2 / 3) and found.precision == 0.5
    none = propose(confidence, truth, DEPTHS, None)
    assert none.coverage == 0.0 and np.isnan(none.precision)


def test_what_nobody_knows_is_neither_proposed_nor_judged() -> None:
    found = propose(np.array([[0.99, 0.98, 0.1, 0.1]]), np.array([[1, -1, 0, 0]], dtype=np.int8), DEPTHS, 0.9)
    assert found.columns.tolist() == [0] and found.precision == 1.0


@pytest.mark.parametrize(("right", "tried"), [(0, 5), (1, 1), (29, 29), (95, 100), (880, 1000), (3, 40)])
def test_the_bound_is_that_of_clopper_and_pearson(right: int, tried: int) -> None:
    expected = 0.0 if right == 0 else float(beta.ppf(0.05, right, tried - right + 1))
    assert lower_bound(right, tried) == pytest.approx(expected, abs=1e-9)


def _sample(rng: np.random.Generator, count: int) -> tuple[Values, np.ndarray[tuple[int, int], np.dtype[np.bool_]]]:
    """Confidences that say too much: a term that claims p is right with p cubed."""
    confidence = np.sort(rng.random((count, 3)), axis=1)[:, ::-1]
    drawn = rng.random((count, 1)) < confidence**3
    truth = np.column_stack([drawn, np.ones(count, dtype=np.bool_)])
    return np.column_stack([confidence, np.zeros(count)]), truth


def test_a_certified_threshold_keeps_its_promise_on_fresh_pictures() -> None:
    rng = np.random.default_rng(5)
    kept, plain_kept = [], []
    for _ in range(20):
        threshold = certify_threshold(_sample(rng, 4000), DEPTHS)
        assert threshold is not None and threshold > 0.9
        fresh = _sample(rng, 20000)
        kept.append(propose(*fresh, DEPTHS, threshold).precision >= 0.9)
        plain_kept.append(propose(*fresh, DEPTHS, 0.9).precision >= 0.9)
    # Certainty 0.95, so at most a few of 20 may fail; trusting the stated confidence fails always.
    assert sum(kept) >= 17
    assert not any(plain_kept)


def test_pictures_of_a_new_source_may_seldom_get_a_wrong_proposal() -> None:
    rng = np.random.default_rng(6)
    easy_confidence, _ = _sample(rng, 2500)
    easy = (easy_confidence, np.ones_like(easy_confidence, dtype=np.bool_))
    # Of the new source nothing that is proposed is right; a share of 1 - t² of the pictures has a proposal.
    hopeless_confidence = np.column_stack([np.sqrt(rng.random(2500)), np.zeros((2500, 3))])
    hopeless = (hopeless_confidence, np.tile(np.array([False, False, False, True]), (2500, 1)))
    assert certify_threshold(easy, DEPTHS) == 0.5
    threshold = certify_threshold(easy, DEPTHS, new=hopeless)
    assert threshold == 0.97
    assert propose(*hopeless, DEPTHS, threshold).wrong == pytest.approx(1 - 0.97**2, abs=0.02)
    nothing = (np.zeros((2500, 4)), hopeless[1])
    assert certify_threshold(easy, DEPTHS, new=nothing) == 0.5


def test_too_few_pictures_certify_nothing() -> None:
    # All right in n tries bounds the share by (0.05 / 12) ** (1 / n), which reaches 0.9 at n = 53.
    for count, expected in ((52, None), (53, 0.5)):
        known = (np.full((count, 1), 0.99), np.ones((count, 1), dtype=np.bool_))
        assert certify_threshold(known, (1,)) == expected
