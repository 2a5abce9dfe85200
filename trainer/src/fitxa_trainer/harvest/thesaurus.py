"""The AAT and the published trees: from an AAT id to its place in the four facets, as a path of labels.

A concept belongs to every facet that it has an ancestor of. Its path, from the root down:

- in a published tree: the tree's own Catalan path (the first, where an id stands at several places);
- elsewhere: from its nearest broader concept that a tree holds, that one's Catalan path, and below it the English
  labels of the AAT down to the concept; without such a concept the English labels alone.

Guide terms, names of hierarchies and facets are left out of every path and are never a place themselves. Of several
broader terms the preferred one within the facet counts. Disciplines lie flat: a path is the concept's label alone.
"""

import gzip
import json
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any

from fitxa_trainer.dataset.facets import CURATION_MARKER, FACETS, FLAT_FACETS
from fitxa_trainer.dataset.facets import Path as TermPath
from fitxa_trainer.errors import InputError

#: Where the files lie in a checkout of the repository.
DEFAULT_FOLDER = Path(__file__).parents[4] / "resources" / "vocabulary"

#: AAT ids at which a path ends, since above them the AAT leaves the facet.
_ROOTS = {"objectTypes": 300264092, "materials": 300264091, "disciplines": 300054134, "subjects": 300191098}

#: Order of the facets in the bits of the column `places`.
_BITS = ("objectTypes", "materials", "disciplines", "subjects")

_CONCEPT = "c"


@dataclass(frozen=True)
class Thesaurus:
    """Rows in the order of ids; see resources/vocabulary/README.md for the columns."""

    ids: Sequence[int]
    types: str
    places: str
    labels: Sequence[str]
    broader: Sequence[int]
    second: Mapping[int, int]
    #: Facet to AAT id to the path of its first node in the published tree.
    trees: Mapping[str, Mapping[int, TermPath]]

    def row_of(self, aat_id: int) -> int | None:
        """The row of an id, None for one that the AAT extract does not hold."""
        row = bisect_left(self.ids, aat_id)
        return row if row < len(self.ids) and self.ids[row] == aat_id else None

    def is_concept(self, aat_id: int) -> bool:
        """Whether the id is a concept, which alone may be assigned: no guide term, no name of a hierarchy or facet."""
        row = self.row_of(aat_id)
        return row is not None and self.types[row] == _CONCEPT

    def places_of(self, aat_id: int) -> dict[str, TermPath]:
        """The path of a concept in each of its facets, none for anything else."""
        row = self.row_of(aat_id)
        if row is None or self.types[row] != _CONCEPT:
            return {}
        return {facet: self._path(row, facet) for facet in FACETS if self._lies_in(row, facet)}

    def in_tree(self, aat_id: int, facet: str) -> bool:
        """Whether the published tree of `facet` holds the concept."""
        return aat_id in self.trees[facet]

    def nearest_in_tree(self, aat_id: int, facet: str) -> TermPath | None:
        """The path of the concept, or of its nearest broader one, that the published tree of `facet` holds."""
        row = self.row_of(aat_id)
        while row is not None:
            if self.ids[row] in self.trees[facet]:
                return self.trees[facet][self.ids[row]]
            row = self._above(row, facet)
        return None

    def _lies_in(self, row: int, facet: str) -> bool:
        bits = int(self.places[row], 16)
        return bool(bits >> _BITS.index(facet) & 1) or self.ids[row] in self.trees[facet]

    def _path(self, row: int, facet: str) -> TermPath:
        below: list[str] = []
        current: int | None = row
        while current is not None:
            known = self.trees[facet].get(self.ids[current])
            if known is not None:
                return (*known, *reversed(below)) if facet not in FLAT_FACETS or not below else (below[0],)
            if self.types[current] == _CONCEPT:
                below.append(self._label(current))
            current = self._above(current, facet)
        return (below[0],) if facet in FLAT_FACETS else tuple(reversed(below))

    def _above(self, row: int, facet: str) -> int | None:
        if self.ids[row] == _ROOTS[facet]:
            return None
        candidates = [above for above in (self.broader[row], self.second.get(row, -1)) if above >= 0]
        return next((above for above in candidates if self._lies_in(above, facet)), None)

    def _label(self, row: int) -> str:
        """The English label as one part of a path; an id without one is called by its number."""
        return self.labels[row].replace("|", "/").replace("$", "/").strip() or f"aat:{self.ids[row]}"


def load_thesaurus(folder: Path | None = None) -> Thesaurus:
    """The thesaurus from aat.json.gz and trees.json in `folder`, by default those of the repository.

    Raises InputError when a file is missing or laid out otherwise.
    """
    folder = DEFAULT_FOLDER if folder is None else folder
    try:
        with gzip.open(folder / "aat.json.gz", "rt", encoding="utf-8") as stream:
            aat = json.load(stream)
        trees = json.loads((folder / "trees.json").read_text(encoding="utf-8"))
        return Thesaurus(
            ids=list(accumulate(aat["id"])),
            types=aat["type"],
            places=aat["facets"],
            labels=aat["label"].split("\n"),
            broader=aat["broader"],
            second=dict(zip(aat["secondOf"], aat["second"], strict=True)),
            trees=_tree_paths(trees),
        )
    except (OSError, EOFError) as error:
        raise InputError(
            f"The vocabulary in {folder} cannot be read; give --vocabulary the folder resources/vocabulary "
            "of the repository."
        ) from error
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise InputError(f"The vocabulary in {folder} is laid out otherwise; give that of the repository.") from error


def _tree_paths(content: Mapping[str, Any]) -> dict[str, dict[int, TermPath]]:
    result: dict[str, dict[int, TermPath]] = {facet: {} for facet in FACETS}
    paths: list[TermPath] = []
    facets = [facet for facet, count in content["nodes"].items() for _ in range(count)]
    for row, facet in enumerate(facets):
        own, parent = content["published"][row], content["parent"][row]
        flat = parent < 0 or facet in FLAT_FACETS
        paths.append((own,) if flat else (*paths[parent], own))
        aat_id = content["aatId"][row]
        if aat_id and CURATION_MARKER not in paths[row]:
            result[facet].setdefault(aat_id, paths[row])
    return result
