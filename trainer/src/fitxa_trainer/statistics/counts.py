"""Counts of a dataset: its providers, tags per picture, tags by frequency, and the tree of each facet.

The figures that the paper shows of its dataset, as numbers. A tag counts once per picture, ancestors included; a label
is a path as annotated, without those that another label of the same picture contains.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fitxa_trainer.dataset.eufcc import Record
from fitxa_trainer.dataset.facets import CURATION_MARKER, FACETS, FLAT_FACETS, term_key
from fitxa_trainer.dataset.facets import Path as TermPath


@dataclass(frozen=True)
class ProviderStats:
    """Pictures of one provider, all and labelled in each facet, and its different tags."""

    name: str
    pictures: int
    labelled: Mapping[str, int]
    tags: int


@dataclass(frozen=True)
class TreeNode:
    """A tag in the tree of its facet: labels at and below it, those at it alone, and pictures that have it.

    The labels of a node are its own and those of its children, so the children of a node fit into it; its pictures are
    not, since one picture may have several children of a node.
    """

    key: str
    parent: str | None
    depth: int
    labels: int
    own_labels: int
    pictures: int


@dataclass(frozen=True)
class DatasetStats:
    """All figures. `tags_per_picture` maps, by facet, the number of tags to the pictures with so many."""

    pictures: int
    providers: tuple[ProviderStats, ...]
    labelled: Mapping[str, int]
    by_facet_count: Mapping[int, int]
    tags_per_picture: Mapping[str, Mapping[int, int]]
    #: By facet: tag to pictures, most first.
    frequencies: Mapping[str, Mapping[str, int]]
    #: By facet: nodes, parents before their children, frequent siblings first.
    trees: Mapping[str, tuple[TreeNode, ...]]


def dataset_stats(records: Sequence[Record]) -> DatasetStats:
    """The figures of `records`."""
    tags = {facet: [record.tags(facet) for record in records] for facet in FACETS}
    frequencies = {facet: Counter(tag for own in tags[facet] for tag in own) for facet in FACETS}
    return DatasetStats(
        pictures=len(records),
        providers=_providers(records),
        labelled={facet: sum(bool(own) for own in tags[facet]) for facet in FACETS},
        by_facet_count=_sorted(Counter(sum(bool(tags[facet][row]) for facet in FACETS) for row in range(len(records)))),
        tags_per_picture={facet: _sorted(Counter(len(own) for own in tags[facet] if own)) for facet in FACETS},
        frequencies={facet: _by_count(frequencies[facet]) for facet in FACETS},
        trees={facet: _tree(facet, records, frequencies[facet]) for facet in FACETS},
    )


def _sorted(counts: Mapping[int, int]) -> dict[int, int]:
    return dict(sorted(counts.items()))


def _by_count(counts: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _providers(records: Sequence[Record]) -> tuple[ProviderStats, ...]:
    members: dict[str, list[Record]] = {}
    for record in records:
        members.setdefault(record.database, []).append(record)
    found = [
        ProviderStats(
            name=name,
            pictures=len(own),
            labelled={facet: sum(bool(record.tags(facet)) for record in own) for facet in FACETS},
            tags=len({tag for record in own for facet in FACETS for tag in record.tags(facet)}),
        )
        for name, own in members.items()
    ]
    return tuple(sorted(found, key=lambda provider: (-provider.pictures, provider.name)))


def _tree(facet: str, records: Sequence[Record], pictures: Mapping[str, int]) -> tuple[TreeNode, ...]:
    own: Counter[TermPath] = Counter()
    for record in records:
        own.update(labels_of(facet, record.paths.get(facet, ())))
    total: Counter[TermPath] = Counter()
    for path, count in own.items():
        for depth in range(1, len(path) + 1):
            total[path[:depth]] += count
    children: dict[TermPath, list[TermPath]] = {}
    for path in total:
        children.setdefault(path[:-1], []).append(path)
    nodes: list[TreeNode] = []

    def add(path: TermPath) -> None:
        key = term_key(facet, path)
        parent = term_key(facet, path[:-1]) if len(path) > 1 else None
        nodes.append(TreeNode(key, parent, len(path), total[path], own[path], pictures[key]))
        for child in sorted(children.get(path, ()), key=lambda other: (-total[other], other)):
            add(child)

    for top in sorted(children.get((), ()), key=lambda other: (-total[other], other)):
        add(top)
    return tuple(nodes)


def labels_of(facet: str, paths: Sequence[TermPath]) -> list[TermPath]:
    """The labels of one picture: its paths, each once, without those that another one contains.

    In a flat facet every part of a path is a label; the curation marker is none and ends a path in a tree.
    """
    if facet in FLAT_FACETS:
        return [(part,) for part in dict.fromkeys(part for path in paths for part in path) if part != CURATION_MARKER]
    cut = [path[: path.index(CURATION_MARKER)] if CURATION_MARKER in path else path for path in paths]
    unique = [path for path in dict.fromkeys(cut) if path]
    return [path for path in unique if not any(other != path and other[: len(path)] == path for other in unique)]
