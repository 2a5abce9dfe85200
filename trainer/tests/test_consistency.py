"""Consistent scores against hand-made trees and a general solver."""

import numpy as np
import pytest
from scipy.optimize import LinearConstraint, minimize

from fitxa_trainer.dataset.hierarchy import build_hierarchy
from fitxa_trainer.ensembles.consistency import RULES, isotonic, multiply_paths, violations

#: a has b (with d and e) and c; f stands alone.
TERMS = ("m/a", "m/a | b", "m/a | b | d", "m/a | b | e", "m/a | c", "m/f")
TREE = build_hierarchy(TERMS)


def scores(*values: float) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    return np.array([values])


def test_each_rule_by_hand() -> None:
    given = scores(0.5, 0.2, 0.6, 0.1, 0.4, 0.9)
    assert RULES["raise"](given, TREE).tolist() == [[0.6, 0.6, 0.6, 0.1, 0.4, 0.9]]
    assert RULES["lower"](given, TREE).tolist() == [[0.5, 0.2, 0.2, 0.1, 0.4, 0.9]]
    assert RULES["product"](given, TREE)[0] == pytest.approx([0.5, 0.1, 0.06, 0.01, 0.2, 0.9])
    # b and d pool at 0.4, which is below a.
    assert RULES["isotonic"](given, TREE)[0] == pytest.approx([0.5, 0.4, 0.4, 0.1, 0.4, 0.9])


def test_a_pool_takes_along_what_hangs_on_it() -> None:
    # d over b over a: all three pool, and then c, which is above their mean, joins them too.
    given = scores(0.0, 0.3, 0.6, 0.0, 0.35, 0.5)
    pooled = (0.0 + 0.3 + 0.6 + 0.35) / 4
    assert isotonic(given, TREE)[0] == pytest.approx([pooled, pooled, pooled, 0.0, pooled, 0.5])


def test_isotonic_scores_are_the_nearest_consistent_ones() -> None:
    rng = np.random.default_rng(3)
    edges = [(child, parent) for child, parent in enumerate(TREE.parents) if parent >= 0]
    matrix = np.zeros((len(edges), len(TERMS)))
    for row, (child, parent) in enumerate(edges):
        matrix[row, parent], matrix[row, child] = 1.0, -1.0
    for given in rng.random((25, len(TERMS))):
        solved = minimize(
            lambda x, y: float(np.sum((x - y) ** 2)),
            given,
            args=(given,),
            method="SLSQP",
            constraints=[LinearConstraint(matrix, 0.0, np.inf)],
            options={"ftol": 1e-14},
        )
        assert isotonic(given[None, :], TREE)[0] == pytest.approx(solved.x, abs=1e-5)


@pytest.mark.parametrize("rule", sorted(RULES))
def test_every_rule_leaves_no_child_above_its_parent_and_consistent_scores_alone(rule: str) -> None:
    rng = np.random.default_rng(4)
    given = rng.random((40, len(TERMS)))
    assert violations(given, TREE) > 0.2
    assert violations(RULES[rule](given, TREE), TREE) == 0.0
    consistent = scores(0.9, 0.8, 0.7, 0.6, 0.1, 0.2)
    if rule != "product":
        assert RULES[rule](consistent, TREE).tolist() == consistent.tolist()


def test_a_flat_facet_stays_as_it_is() -> None:
    flat = build_hierarchy(("d/x", "d/y"))
    given = scores(0.1, 0.9)
    assert violations(given, flat) == 0.0
    assert all(rule(given, flat).tolist() == given.tolist() for rule in RULES.values())


def test_a_gap_in_the_vocabulary_is_bridged() -> None:
    tree = build_hierarchy(("m/a", "m/a | b | d"))
    assert multiply_paths(scores(0.5, 0.5), tree).tolist() == [[0.5, 0.25]]
