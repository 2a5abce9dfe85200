"""The tree of a facet's terms, read from the term keys.

A key is `<facet>/a | b | c`: the path from the root down. A term whose parent is not among the terms hangs on its
nearest ancestor that is, else on the root, so that a vocabulary with gaps still gives one tree. Keys without a path
(disciplines, `<facet>/aat:300...`) lie flat under the root.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from fitxa_trainer.dataset.facets import PATH_SEPARATOR

ROOT = -1


@dataclass(frozen=True)
class Hierarchy:
    """A tree over terms, by their places in the vocabulary's order; the root itself is no term.

    `parents` holds the place of each term's parent, or ROOT. `levels` counts the terms above a term: 0 is directly
    under the root.
    """

    terms: tuple[str, ...]
    parents: tuple[int, ...]
    levels: tuple[int, ...]

    def children(self, term: int) -> tuple[int, ...]:
        """The places of the terms directly under `term` (ROOT for those on top)."""
        return tuple(place for place, parent in enumerate(self.parents) if parent == term)

    def path(self, term: int) -> tuple[int, ...]:
        """The places of the terms from the top down to `term`, which is the last."""
        path = [term]
        while self.parents[path[-1]] != ROOT:
            path.append(self.parents[path[-1]])
        return tuple(reversed(path))

    def siblings(self) -> tuple[tuple[int, ...], ...]:
        """The children of the root, then those of every term that has some: each term is in one group."""
        groups: dict[int, list[int]] = {}
        for place, parent in enumerate(self.parents):
            groups.setdefault(parent, []).append(place)
        return tuple(tuple(groups[parent]) for parent in sorted(groups))

    def by_level(self) -> tuple[tuple[int, ...], ...]:
        """The terms of each level, from the top down: each term is in one group."""
        return tuple(
            tuple(place for place, own in enumerate(self.levels) if own == level)
            for level in range(max(self.levels, default=-1) + 1)
        )

    def path_places(self) -> Tensor:
        """int64 (terms, depth): the path of each term, filled up with the number of terms, which is no place."""
        depth = max(self.levels, default=0) + 1
        places = torch.full((len(self.terms), depth), len(self.terms), dtype=torch.int64)
        for term in range(len(self.terms)):
            path = self.path(term)
            places[term, : len(path)] = torch.tensor(path)
        return places

    def on_path(self) -> Tensor:
        """float32 (terms, terms): 1 at [t, a] where a is t or broader than t, else 0."""
        matrix = torch.zeros(len(self.terms), len(self.terms))
        for term in range(len(self.terms)):
            matrix[term, list(self.path(term))] = 1.0
        return matrix


def build_hierarchy(terms: Sequence[str]) -> Hierarchy:
    """The tree over `terms`, keys of one facet in the vocabulary's order."""
    places = {key: place for place, key in enumerate(terms)}
    parents = tuple(_nearest(key, places) for key in terms)
    levels: dict[int, int] = {ROOT: -1}
    for place in sorted(range(len(terms)), key=lambda place: terms[place].count(PATH_SEPARATOR)):
        levels[place] = levels[parents[place]] + 1
    return Hierarchy(tuple(terms), parents, tuple(levels[place] for place in range(len(terms))))


def _nearest(key: str, places: dict[str, int]) -> int:
    """The place of the nearest term above `key` that is in `places`, or ROOT."""
    while PATH_SEPARATOR in key:
        key = key.rpartition(PATH_SEPARATOR)[0]
        if key in places:
            return places[key]
    return ROOT


def pad_groups(groups: Sequence[Sequence[int]], fill: int) -> list[Tensor]:
    """The groups as rows of int64 tensors (groups, longest), filled up with `fill`, in the order of their sizes.

    Groups of like size (up to 1, 2, 4, 8, ... members) share a tensor, so that less than half of it is filling: in the
    tree of object types one tensor for all would be 98 % filling.
    """
    alike: dict[int, list[Sequence[int]]] = {}
    for group in groups:
        alike.setdefault((len(group) - 1).bit_length(), []).append(group)
    tensors: list[Tensor] = []
    for size in sorted(alike):
        longest = max(len(group) for group in alike[size])
        rows = [[*group, *[fill] * (longest - len(group))] for group in alike[size]]
        tensors.append(torch.tensor(rows, dtype=torch.int64))
    return tensors
