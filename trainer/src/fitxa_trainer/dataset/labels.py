"""English and Catalan labels of terms, from the vocabulary of the repository (resources/vocabulary/trees.json).

A term that the trees do not hold is called by the last label of its path in every language; one that is named by its
AAT number alone, by that number.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from fitxa_trainer.dataset.facets import FLAT_FACETS, PATH_SEPARATOR, term_key
from fitxa_trainer.errors import InputError

Language = Literal["en", "ca"]

#: Where the file lies in a checkout of the repository.
DEFAULT_FILE = Path(__file__).parents[4] / "resources" / "vocabulary" / "trees.json"


@dataclass(frozen=True)
class Labels:
    """Labels by language and term key."""

    known: Mapping[str, Mapping[str, str]]

    def keys(self) -> list[str]:
        """The keys of all terms that have a label."""
        return sorted({key for labels in self.known.values() for key in labels})

    def label(self, key: str, language: Language) -> str:
        """The label of the term `key`, else that in the other language, else the fallback described above."""
        other = "ca" if language == "en" else "en"
        found = self.known[language].get(key) or self.known[other].get(key)
        return found or key.partition("/")[2].rpartition(PATH_SEPARATOR)[2]


def load_labels(path: Path | None = None) -> Labels:
    """The labels in `path`, by default those of the repository that this package lies in.

    Raises InputError when the file is missing or is not laid out as trees.json.
    """
    file = DEFAULT_FILE if path is None else path
    try:
        return _read(json.loads(file.read_text(encoding="utf-8")))
    except OSError as error:
        raise InputError(
            f"The labels {file} cannot be read; "
            "set labels to the file resources/vocabulary/trees.json of the repository."
        ) from error
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise InputError(
            f"The labels {file} are not laid out as trees.json; give the file of the repository."
        ) from error


def _read(content: Mapping[str, Any]) -> Labels:
    known: dict[str, dict[str, str]] = {"en": {}, "ca": {}}
    paths: list[tuple[str, ...]] = []
    facets = [facet for facet, count in content["nodes"].items() for _ in range(count)]
    for row, facet in enumerate(facets):
        own = content["published"][row]
        parent = content["parent"][row]
        flat = parent < 0 or facet in FLAT_FACETS
        paths.append((own,) if flat else (*paths[parent], own))
        for language, labels in known.items():
            label = content[language][row]
            if label is not None:
                labels[term_key(facet, paths[row])] = label
    return Labels(known)
