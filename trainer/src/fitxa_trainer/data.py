"""The annotated pictures of a run: records with their files, vocabularies and training targets."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fitxa_trainer.errors import InputError
from fitxa_trainer.eufcc import Record, read_eufcc
from fitxa_trainer.facets import FACETS

ANNOTATIONS = "annotations.csv"


@dataclass(frozen=True)
class Example:
    """One picture: its record, file and the SHA-256 of the file's bytes."""

    record: Record
    file: Path
    sha256: str

    @property
    def group(self) -> str:
        """Pictures of one object or document share a group; a picture without one stands alone."""
        return self.record.extra.get("group") or self.record.id


def load_examples(root: Path) -> list[Example]:
    """The pictures listed in `root`/annotations.csv, whose column `file` is relative to `root`.

    Raises InputError for a wrong CSV, a missing picture and an empty list.
    """
    records = read_eufcc(root / ANNOTATIONS, require=("file",))
    if not records:
        raise InputError(f"The annotations {root / ANNOTATIONS} list no picture; add at least one row.")
    return [Example(record, root / record.extra["file"], _hash_file(root, record)) for record in records]


def _hash_file(root: Path, record: Record) -> str:
    file = root / record.extra["file"]
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError as error:
        raise InputError(
            f"The picture {file} of {record.id!r} cannot be read; correct the column file of {root / ANNOTATIONS}."
        ) from error


def fingerprint(examples: Sequence[Example]) -> str:
    """SHA-256 over ids, picture hashes, groups and tags, whatever the order: equal data, equal fingerprint."""
    lines = []
    for example in examples:
        tags = sorted(tag for facet in FACETS for tag in example.record.tags(facet))
        lines.append("\t".join([example.record.id, example.sha256, example.group, *tags]))
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()


@dataclass(frozen=True)
class Vocabulary:
    """The terms of each facet in output order, and how many training pictures each dropped tag had."""

    terms: Mapping[str, tuple[str, ...]]
    dropped: Mapping[str, Mapping[str, int]]


def build_vocabulary(train: Sequence[Example], minimum: Mapping[str, int]) -> Vocabulary:
    """The tags with at least `minimum[facet]` pictures in `train`, sorted by key; a minimum of 0 leaves the facet out.

    Raises InputError when a facet keeps no term, or when none is asked for.
    """
    facets = [facet for facet in FACETS if minimum[facet] > 0]
    if not facets:
        raise InputError("The section vocabulary leaves out every facet; set at least one minimum above 0.")
    terms: dict[str, tuple[str, ...]] = {}
    dropped: dict[str, dict[str, int]] = {}
    for facet in facets:
        counts = Counter(tag for example in train for tag in example.record.tags(facet))
        terms[facet] = tuple(sorted(tag for tag, count in counts.items() if count >= minimum[facet]))
        dropped[facet] = {tag: counts[tag] for tag in sorted(counts) if counts[tag] < minimum[facet]}
        if not terms[facet]:
            raise InputError(
                f"The facet {facet} has no tag with {minimum[facet]} training pictures; "
                f"add pictures, or lower vocabulary.{facet} (0 leaves the facet out)."
            )
    return Vocabulary(terms, dropped)


def truth_matrix(examples: Sequence[Example], facet: str, terms: Sequence[str]) -> NDArray[np.bool_]:
    """Which terms are right for which picture, shape (pictures, terms); tags outside `terms` are ignored."""
    index = {term: column for column, term in enumerate(terms)}
    truth = np.zeros((len(examples), len(terms)), dtype=np.bool_)
    for row, example in enumerate(examples):
        for tag in example.record.tags(facet):
            if tag in index:
                truth[row, index[tag]] = True
    return truth
