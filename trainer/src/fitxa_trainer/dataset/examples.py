"""The annotated pictures of a run: records with their files, vocabularies and training targets."""

import hashlib
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fitxa_trainer.dataset.eufcc import Record, read_eufcc
from fitxa_trainer.dataset.facets import FACETS, FLAT_FACETS, PATH_SEPARATOR, parse_cell, tags_of, term_key
from fitxa_trainer.dataset.facets import Path as TermPath
from fitxa_trainer.errors import InputError

ANNOTATIONS = "annotations.csv"


@dataclass(frozen=True)
class Example:
    """One picture: its record, file and the SHA-256 of the file's bytes."""

    record: Record
    file: Path
    sha256: str

    @property
    def group(self) -> str:
        """Pictures of one object or document share a group; a picture without one is its own group."""
        return self.record.extra.get("group") or self.record.id


def load_examples(root: Path, known: Mapping[str, str] | None = None, keep_missing: bool = False) -> list[Example]:
    """The pictures listed in `root`/annotations.csv, whose column `file` is relative to `root`.

    `known` has SHA-256 values by `file`; those pictures are not read, nor need they be there. With `keep_missing` a
    picture that cannot be read is in the list with an empty hash, else it is an error. Raises InputError for a wrong
    CSV, an empty list and, without `keep_missing`, a missing picture.
    """
    records = read_eufcc(root / ANNOTATIONS, require=("file",))
    if not records:
        raise InputError(f"The annotations {root / ANNOTATIONS} list no picture; add at least one row.")
    known = known or {}
    return [
        Example(record, root / name, known.get(name) or _hash_file(root, record, keep_missing))
        for record, name in ((record, record.extra["file"]) for record in records)
    ]


def picture_files(root: Path) -> dict[str, Path]:
    """The pictures listed in `root`/annotations.csv by their column `file`, not looked at. InputError as above."""
    records = read_eufcc(root / ANNOTATIONS, require=("file",))
    if not records:
        raise InputError(f"The annotations {root / ANNOTATIONS} list no picture; add at least one row.")
    return {record.extra["file"]: root / record.extra["file"] for record in records}


def _hash_file(root: Path, record: Record, keep_missing: bool) -> str:
    file = root / record.extra["file"]
    try:
        with file.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        if keep_missing:
            return ""
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


def build_vocabulary(
    train: Sequence[Example], minimum: Mapping[str, int], held_out: Collection[str] = ()
) -> Vocabulary:
    """The tags with at least `minimum[facet]` pictures in `train`, sorted by key; a minimum of 0 leaves the facet out.

    Tags in `held_out` are no terms, whatever their count. Raises InputError when a facet keeps fewer than two terms,
    when none is asked for, or when a tag to be held out occurs nowhere.
    """
    facets = [facet for facet in FACETS if minimum[facet] > 0]
    if not facets:
        raise InputError("The section vocabulary leaves out every facet; set at least one minimum above 0.")
    counts = {facet: Counter(tag for example in train for tag in example.record.tags(facet)) for facet in facets}
    unknown = sorted(set(held_out) - {tag for own in counts.values() for tag in own})
    if unknown:
        raise InputError(f"vocabulary.held_out: no training picture has the tag {unknown[0]!r}; take it out.")
    terms: dict[str, tuple[str, ...]] = {}
    dropped: dict[str, dict[str, int]] = {}
    for facet, own in counts.items():
        terms[facet] = tuple(
            sorted(tag for tag, count in own.items() if count >= minimum[facet] and tag not in held_out)
        )
        dropped[facet] = {tag: own[tag] for tag in sorted(own) if tag not in terms[facet]}
        _check_terms(facet, terms[facet], minimum[facet])
    return Vocabulary(terms, dropped)


def _check_terms(facet: str, terms: Sequence[str], minimum: int) -> None:
    remedy = f"add pictures, or lower vocabulary.{facet} (0 leaves the facet out)."
    if not terms:
        raise InputError(
            f"The facet {facet} has no tag with {minimum} training pictures; {remedy}",
            "facet.empty",
            facet=facet,
            minimum=minimum,
        )
    if len(terms) == 1:
        raise InputError(
            f"The facet {facet} has one term only ({terms[0]}), so there is nothing to tell apart; {remedy}",
            "facet.oneTerm",
            facet=facet,
            term=terms[0],
        )


def target_matrix(examples: Sequence[Example], facet: str, terms: Sequence[str]) -> NDArray[np.int8]:
    """What is known of each picture and term, shape (pictures, terms): 1 yes, 0 no, -1 unknown.

    Tags outside `terms` are ignored. In data without the column `closed` a facet with labels is known in full and one
    without them not at all. With it, only a facet that was closed is known: see `_closed_row`.
    """
    columns = {term: column for column, term in enumerate(terms)}
    targets = np.full((len(examples), len(terms)), -1, dtype=np.int8)
    for row, example in enumerate(examples):
        closed = example.record.extra.get("closed")
        if closed is not None:
            if facet in [name.strip() for name in closed.split(";")]:
                targets[row] = _closed_row(example.record, facet, terms, columns)
            continue
        tags = example.record.tags(facet)
        if tags:
            targets[row] = 0
            targets[row, [columns[tag] for tag in tags if tag in columns]] = 1
    return targets


def _closed_row(record: Record, facet: str, terms: Sequence[str], columns: Mapping[str, int]) -> NDArray[np.int8]:
    """The targets of a facet that a cataloguer closed, shape (terms).

    Accepted terms and the broader ones are right. Unknown are the uncertain ones, suggestions still open, and what is
    narrower than an accepted term and undecided: the cataloguer may have stopped at the level that was safe. A
    rejected term is wrong, and so is what is narrower than it. Everything else is wrong: closing says that the list is
    complete.
    """
    row = np.zeros(len(terms), dtype=np.int8)
    accepted = _leaves(record.paths.get(facet, ()), facet)
    rejected = _leaves(parse_cell(record.extra.get(f"rejected.{facet}", "")), facet)
    unknown = _leaves(parse_cell(record.extra.get(f"uncertain.{facet}", "")), facet)
    unknown |= _leaves(parse_cell(record.extra.get(f"open.{facet}", "")), facet)
    for term, column in columns.items():
        if term in unknown or (_below(term, accepted) and term not in rejected and not _below(term, rejected)):
            row[column] = -1
    row[[columns[tag] for tag in record.tags(facet) if tag in columns]] = 1
    return row


def _leaves(paths: Sequence[TermPath], facet: str) -> set[str]:
    """The terms that the paths end in; in a flat facet every label is a term."""
    if facet in FLAT_FACETS:
        return set(tags_of(facet, paths))
    return {term_key(facet, path) for path in paths}


def _below(term: str, others: Collection[str]) -> bool:
    """Whether one of `others` is broader than `term`."""
    return any(term.startswith(other + PATH_SEPARATOR) for other in others)
