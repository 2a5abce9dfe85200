"""The split file: which picture is for training, which for validation and which for one of the two tests."""

import csv
from collections.abc import Sequence
from pathlib import Path

from fitxa_trainer.dataset.examples import Example
from fitxa_trainer.errors import InputError

#: `inner` are pictures of the same providers as those of training, `outer` are providers of their own.
SPLITS: tuple[str, ...] = ("train", "validation", "inner", "outer")

#: Stands in the file for a picture of no split: it would bring a near-duplicate of an Outer picture into another.
LEFT_OUT = "left-out"

_HEADER = ("idInSource", "split", "group")


def write_splits(path: Path, examples: Sequence[Example], splits: Sequence[str], groups: Sequence[str]) -> None:
    """Write the split and the joined group of each picture as CSV."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(_HEADER)
        writer.writerows(
            (example.record.id, split, group) for example, split, group in zip(examples, splits, groups, strict=True)
        )


def read_splits(path: Path, examples: Sequence[Example]) -> dict[str, list[Example]]:
    """The examples of each split, in the order of `examples`; pictures left out are in none.

    Raises InputError when the file is missing or damaged, or when it and the data do not list the same pictures.
    """
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream))
    except FileNotFoundError as error:
        raise InputError(f"The split file {path} does not exist; make it with the command split.") from error
    for line, row in enumerate(rows, start=2):
        if tuple(row) != _HEADER or row["split"] not in (*SPLITS, LEFT_OUT):
            raise InputError(f"{path}, line {line}: not a row of a split file; run the command split again.")
    split_of = {row["idInSource"]: row["split"] for row in rows}
    unknown = {example.record.id for example in examples} ^ split_of.keys()
    if unknown:
        raise InputError(
            f"The split file {path} and the annotations differ in {len(unknown)} pictures, "
            f"for example {min(unknown)!r}; run the command split again."
        )
    result: dict[str, list[Example]] = {split: [] for split in SPLITS}
    for example in examples:
        if split_of[example.record.id] != LEFT_OUT:
            result[split_of[example.record.id]].append(example)
    return result
