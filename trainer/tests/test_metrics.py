"""The official metrics against an independent implementation, written from their definition with plain loops."""

import math
import random

import numpy as np
import pytest

from fitxa_trainer.metrics import facet_metrics


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
