"""Scores that respect the tree: a parent never scores below its children.

What is a sheet of paper is paper, so a term that holds makes all above it hold. Members need not say so: their scores
are learned term by term. Each rule here turns scores (pictures, terms) into consistent ones.

- raise: a parent takes the highest score below it (the evidence for the child is evidence for the parent).
- lower: a child takes at most its parent's score (what holds less surely above cannot hold more surely below).
- product: the scores along the path multiplied, as if each said "given the parent".
- isotonic: the consistent scores with the least squared change, between raise and lower.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from fitxa_trainer.dataset.hierarchy import ROOT, Hierarchy

Values = NDArray[np.float64]


def violations(scores: Values, tree: Hierarchy) -> float:
    """The share of (picture, parent and child) in which the child scores above its parent; 0 in a flat facet."""
    children, parents = _edges(tree)
    if not len(children):
        return 0.0
    return float(np.mean(scores[:, children] > scores[:, parents] + 1e-9))


def _edges(tree: Hierarchy) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    children = np.array([place for place, parent in enumerate(tree.parents) if parent != ROOT], dtype=np.int64)
    return children, np.array([tree.parents[child] for child in children], dtype=np.int64)


def _top_down(tree: Hierarchy) -> list[int]:
    """The places of the terms that have a parent, parents first."""
    return [place for place in sorted(range(len(tree.terms)), key=tree.levels.__getitem__) if tree.levels[place]]


def raise_parents(scores: Values, tree: Hierarchy) -> Values:
    """Parents at least as high as anything below them."""
    result = scores.copy()
    for place in reversed(_top_down(tree)):
        parent = tree.parents[place]
        result[:, parent] = np.maximum(result[:, parent], result[:, place])
    return result


def raised_distribution(scores: Values, tree: Hierarchy) -> Values:
    """A member's scores (pictures, terms) with raised parents, as a distribution again.

    A weighted average of members that follow the tree follows it too, so a bundle need only raise its members.
    """
    raised = raise_parents(scores, tree)
    shares: Values = raised / np.maximum(raised.sum(axis=1, keepdims=True), 1e-12)
    return shares


def lower_children(scores: Values, tree: Hierarchy) -> Values:
    """Children at most as high as anything above them."""
    result = scores.copy()
    for place in _top_down(tree):
        result[:, place] = np.minimum(result[:, place], result[:, tree.parents[place]])
    return result


def multiply_paths(scores: Values, tree: Hierarchy) -> Values:
    """Scores, which must be from 0 to 1, multiplied along the path from the top."""
    result = scores.copy()
    for place in _top_down(tree):
        result[:, place] *= result[:, tree.parents[place]]
    return result


def isotonic(scores: Values, tree: Hierarchy) -> Values:
    """The consistent scores nearest to `scores` in squared error.

    Pool adjacent violators on a tree (Pardalos and Xue, "Algorithms for a class of isotonic regression problems",
    1999): from the bottom up each term joins, while one of the pools below scores above its own, the highest of them.
    """
    result = scores.copy()
    children, parents = _edges(tree)
    if not len(children):
        return result
    below = [tree.children(place) for place in range(len(tree.terms))]
    bottom_up = sorted(range(len(tree.terms)), key=lambda place: -tree.levels[place])
    for row in np.flatnonzero((scores[:, children] > scores[:, parents]).any(axis=1)):
        result[row] = _isotonic_row(scores[row].tolist(), below, bottom_up)
    return result


def _isotonic_row(scores: Sequence[float], below: Sequence[Sequence[int]], bottom_up: Sequence[int]) -> Values:
    """The isotonic scores of one picture. A pool is known by the place of its topmost term."""
    members: dict[int, list[int]] = {}
    sums: dict[int, float] = {}
    under: dict[int, list[int]] = {}

    def mean(pool: int) -> float:
        return sums[pool] / len(members[pool])

    for place in bottom_up:
        members[place], sums[place], under[place] = [place], scores[place], list(below[place])
        while under[place]:
            highest = max(under[place], key=mean)
            if mean(highest) <= mean(place):
                break
            under[place].remove(highest)
            under[place] += under.pop(highest)
            sums[place] += sums.pop(highest)
            members[place] += members.pop(highest)
    result = np.empty(len(scores))
    for pool, places in members.items():
        result[places] = mean(pool)
    return result


RULES: Mapping[str, Callable[[Values, Hierarchy], Values]] = {
    "raise": raise_parents,
    "lower": lower_children,
    "product": multiply_paths,
    "isotonic": isotonic,
}
