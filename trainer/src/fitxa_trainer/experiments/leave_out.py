"""Splits that hide one provider of the training data, so that shift can be learned about without any test picture.

A run on such a split has never seen the provider; its `outer` scores say how the methods fare on a source that is new
to them. The real tests are not touched: their pictures are under `inner` there, and nothing reads them.
"""

import csv
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from fitxa_trainer.dataset.eufcc import Record
from fitxa_trainer.dataset.facets import FACETS
from fitxa_trainer.errors import InputError

#: What the runs on such splits are called: this and the provider.
PREFIX = "without-"


@dataclass(frozen=True)
class SplitRow:
    """One line of a split file."""

    id: str
    split: str
    group: str


def read_split_rows(path: Path) -> list[SplitRow]:
    """The lines of a split file. InputError when it is missing or no split file."""
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            return [SplitRow(row["idInSource"], row["split"], row["group"]) for row in csv.DictReader(stream)]
    except (OSError, KeyError, UnicodeDecodeError) as error:
        raise InputError(f"The split file {path} cannot be read; make it with the command split.") from error


def left_out_providers(rows: Sequence[SplitRow], records: Mapping[str, Record], minimum: int) -> list[str]:
    """The providers with at least `minimum` pictures in training and validation, by name."""
    counts: dict[str, int] = {}
    for row in rows:
        if row.split in ("train", "validation"):
            provider = records[row.id].database
            counts[provider] = counts.get(provider, 0) + 1
    return sorted(provider for provider, count in counts.items() if count >= minimum)


def leave_out(rows: Sequence[SplitRow], records: Mapping[str, Record], provider: str) -> list[SplitRow]:
    """The split without `provider`: what it has in training and validation becomes `outer`.

    A picture of another provider that shares a group with one of them is set aside with the tests.
    """
    hidden = {
        row.group for row in rows if row.split in ("train", "validation") and records[row.id].database == provider
    }

    def place(row: SplitRow) -> str:
        if row.split not in ("train", "validation"):
            return "inner" if row.split in ("inner", "outer") else row.split
        if records[row.id].database == provider:
            return "outer"
        return "inner" if row.group in hidden else row.split

    return [SplitRow(row.id, place(row), row.group) for row in rows]


def trainable_facets(
    rows: Sequence[SplitRow], records: Mapping[str, Record], minimum: Mapping[str, int]
) -> frozenset[str]:
    """The facets that a run can learn: two tags have `minimum` training pictures, and one of them is in validation.

    A facet whose minimum is 0 is left out anyhow.
    """
    found = set()
    for facet in FACETS:
        counts = Counter(tag for row in rows if row.split == "train" for tag in records[row.id].tags(facet))
        terms = {tag for tag, count in counts.items() if 0 < minimum[facet] <= count}
        if len(terms) > 1 and any(records[row.id].tags(facet) & terms for row in rows if row.split == "validation"):
            found.add(facet)
    return frozenset(found)


def write_split_rows(path: Path, rows: Sequence[SplitRow]) -> None:
    """Write a split file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(("idInSource", "split", "group"))
        writer.writerows((row.id, row.split, row.group) for row in rows)
