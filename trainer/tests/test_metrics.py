"""The official metrics against independent implementations: plain loops from their definition, and scikit-learn."""

import math
import random

import numpy as np
import pytest
from sklearn.metrics import coverage_error, top_k_accuracy_score

from fitxa_trainer.ensembles import metrics
from fitxa_trainer.ensembles.metrics import facet_metrics, picture_metrics, positions, top_terms
from fitxa_trainer.errors import InputError


def reference(
    terms: list[str], scores: list[dict[str, float]], labels: list[set[str]]
) -> tuple[int, float, float, float, float]:
    """R-Precision, Acc@1, Acc@10 and AvgRankPos by dictionaries and sorting; `labels` may hold unknown tags."""
    precision, first, ten, rank = [], [], [], []
    for values, tags in zip(scores, labels, strict=True):
        known = {tag for tag in tags if tag in terms}
        if not known:
            continue
        ranking = sorted(terms, key=lambda term: (-values[term], terms.index(term)))
        precision.append(sum(term in known for term in ranking[: len(known)]) / len(known))
        first.append(ranking[0] in known)
        ten.append(any(term in known for term in ranking[:10]))
        rank.append(sum(ranking.index(tag) + 1 for tag in known) / len(known))
    count = len(precision)
    return count, sum(precision) / count, sum(first) / count, sum(ten) / count, sum(rank) / count


@pytest.mark.parametrize("seed", range(12))
def test_metrics_equal_the_reference_with_ties_missing_labels_and_unknown_tags(seed: int) -> None:
    rng = random.Random(seed)
    terms = [f"t{index}" for index in range(rng.choice([3, 9, 25, 60]))]
    levels = rng.choice([2, 5, 1000])
    scores = [{term: rng.randrange(levels) / levels for term in terms} for _ in range(80)]
    tags = [*terms, "unknown1", "unknown2"]
    labels = [set(rng.sample(tags, rng.randint(0, 3))) for _ in range(80)]

    matrix = np.array([[values[term] for term in terms] for values in scores])
    truth = np.array([[term in known for term in terms] for known in labels])
    found = facet_metrics(matrix, truth)
    expected = reference(terms, scores, labels)
    assert found.images == expected[0]
    assert (found.r_precision, found.acc_at_1, found.acc_at_10, found.avg_rank_pos) == pytest.approx(expected[1:])


def test_a_worked_example() -> None:
    scores = np.array([[0.9, 0.5, 0.5, 0.1]])
    truth = np.array([[False, False, True, True]])
    # Ranking t0 t1 t2 t3: the tie goes to the earlier term. R = 2, none of the top 2 is right, positions 3 and 4.
    found = facet_metrics(scores, truth)
    assert (found.r_precision, found.acc_at_1, found.acc_at_10, found.avg_rank_pos) == (0.0, 0.0, 1.0, 3.5)


def test_a_facet_without_labels_has_no_metrics() -> None:
    found = facet_metrics(np.zeros((3, 2)), np.zeros((3, 2), dtype=np.bool_))
    assert found.images == 0
    assert math.isnan(found.r_precision)


def test_single_labels_without_ties_agree_with_scikit_learn() -> None:
    rng = np.random.default_rng(5)
    scores = rng.permuted(np.tile(np.linspace(0, 1, 40), (300, 1)), axis=1)
    label = rng.integers(0, 40, 300)
    truth = np.eye(40, dtype=np.bool_)[label]
    found = facet_metrics(scores, truth)
    assert found.acc_at_1 == top_k_accuracy_score(label, scores, k=1) == found.r_precision
    assert found.acc_at_10 == pytest.approx(top_k_accuracy_score(label, scores, k=10))
    assert found.avg_rank_pos == pytest.approx(coverage_error(truth, scores))


def test_the_last_true_tag_stands_where_scikit_learn_says() -> None:
    rng = np.random.default_rng(6)
    scores = rng.permuted(np.tile(np.linspace(0, 1, 30), (200, 1)), axis=1)
    truth = rng.random(scores.shape) < 0.1
    truth[:, 0] |= ~truth.any(axis=1)
    last = np.where(truth, positions(scores), 0).max(axis=1)
    assert last.mean() == pytest.approx(coverage_error(truth, scores))
    ranks = positions(scores)
    by_hand = [ranks[row][truth[row]].mean() for row in range(200)]
    assert picture_metrics(scores, truth).avg_rank_pos == pytest.approx(by_hand)


def test_small_blocks_and_half_precision_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(7)
    scores = rng.integers(0, 6, (70, 13)).astype(np.float16)
    truth = rng.random(scores.shape) < 0.15
    whole, best = facet_metrics(scores.astype(np.float64), truth), top_terms(scores, 4)
    monkeypatch.setattr(metrics, "_BLOCK", 30)
    assert facet_metrics(scores, truth) == whole
    assert np.array_equal(top_terms(scores, 4), best)


def test_the_top_terms_are_the_first_positions_also_with_ties() -> None:
    rng = np.random.default_rng(8)
    for levels in (1, 2, 7, 1000):
        scores = rng.integers(0, levels, (60, 25)).astype(np.float32)
        for count in (1, 10, 25, 40):
            expected = np.argsort(positions(scores), axis=1)[:, : min(count, 25)]
            assert np.array_equal(top_terms(scores, count), expected)


def test_a_term_of_which_nobody_knows_stands_outside_the_ranking() -> None:
    scores = np.array([[0.9, 0.5, 0.4, 0.1], [0.9, 0.5, 0.4, 0.1]])
    targets = np.array([[-1, 1, 0, 1], [-1, 0, 0, -1]], dtype=np.int8)
    # Without t0: t1 first, t2 second, t3 third. The second picture has no true tag and does not count.
    found = facet_metrics(scores, targets)
    assert found == metrics.FacetMetrics(images=1, r_precision=0.5, acc_at_1=1.0, acc_at_10=1.0, avg_rank_pos=2.0)


def test_scores_that_are_no_numbers_are_refused() -> None:
    scores = np.array([[0.1, np.nan]])
    with pytest.raises(InputError, match="learning_rate"):
        facet_metrics(scores, np.array([[True, False]]))
    with pytest.raises(InputError, match="are not numbers"):
        top_terms(scores, 1)
