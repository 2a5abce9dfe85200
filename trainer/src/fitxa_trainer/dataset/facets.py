"""The four facets, their columns in the EUFCC dialect, and the keys of their terms.

A term key is `<facet>/<path>`, the path from the root down joined with " | ", for example
`materials/metall | metall no fèrric | aliatge de coure | bronze`. Keys hold the whole path because one
label may occur at several places in a tree.
"""

from collections.abc import Iterable

FACETS: tuple[str, ...] = ("objectTypes", "materials", "disciplines", "subjects")

#: Column of each facet in the CSV; Disciplines are called "classifications" there.
COLUMNS: dict[str, str] = {
    "objectTypes": "objectTypes.hierarchy",
    "materials": "materials.hierarchy",
    "disciplines": "classifications.hierarchy",
    "subjects": "subjects.hierarchy",
}

#: Facets whose nesting in the data is noise of co-occurrence: every label is a tag of its own.
FLAT_FACETS: frozenset[str] = frozenset({"disciplines"})

LABEL_SEPARATOR = " $ "
PATH_SEPARATOR = " | "

#: Catalan for "delete": a curation marker left in the published trees, never a term.
CURATION_MARKER = "ELIMINAR"

Path = tuple[str, ...]


def term_key(facet: str, path: Path) -> str:
    """The key of the term at `path` (labels from the root down) of `facet`."""
    return f"{facet}/{PATH_SEPARATOR.join(path)}"


def parse_cell(cell: str) -> tuple[Path, ...]:
    """The paths of one hierarchy cell: `paper $ material vegetal | fusta` gives two paths.

    Empty labels are skipped, so a stray separator adds nothing.
    """
    paths = []
    for label in cell.split(LABEL_SEPARATOR):
        path = tuple(part.strip() for part in label.split(PATH_SEPARATOR) if part.strip())
        if path:
            paths.append(path)
    return tuple(paths)


def format_cell(paths: Iterable[Path]) -> str:
    """The hierarchy cell of `paths`, the inverse of `parse_cell`."""
    return LABEL_SEPARATOR.join(PATH_SEPARATOR.join(path) for path in paths)


def tags_of(facet: str, paths: Iterable[Path]) -> frozenset[str]:
    """All tags of `paths`: every node on them, each as a term key.

    In a flat facet every label of a path is a tag of its own. The curation marker is no tag; in a tree
    it also ends the path, as what lies below it has no place of its own.
    """
    tags: set[str] = set()
    for path in paths:
        if facet in FLAT_FACETS:
            tags.update(term_key(facet, (label,)) for label in path if label != CURATION_MARKER)
            continue
        for depth, label in enumerate(path):
            if label == CURATION_MARKER:
                break
            tags.add(term_key(facet, path[: depth + 1]))
    return frozenset(tags)
