"""Splits by group: no object, document or near-duplicate is in two of them.

Groups are dealt out by iterative stratification (Sechidis, Tsoumakas and Vlahavas, "On the Stratification of
Multi-Label Data", 2011), here with whole groups as units: the rarest tag first, each of its groups to the split that
lacks most of that tag. The provider counts as one more tag, so that every split has its share of each.
"""

import csv
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from fitxa_trainer.data import Example
from fitxa_trainer.errors import InputError
from fitxa_trainer.facets import FACETS

SPLITS: tuple[str, ...] = ("train", "validation", "test")
_HEADER = ("idInSource", "split", "group")


def assign_splits(
    examples: Sequence[Example], groups: Sequence[str], shares: Mapping[str, float], seed: int
) -> list[str]:
    """The split of each example; equal input and seed give equal splits.

    `groups` are the groups after near-duplicates were joined; `shares` are the wished parts of all pictures.
    """
    members: dict[str, list[int]] = defaultdict(list)
    for index, group in enumerate(groups):
        members[group].append(index)
    tags = {group: _group_tags(examples, rows) for group, rows in members.items()}
    order = [str(name) for name in np.random.default_rng(seed).permutation(sorted(members))]

    totals: Counter[str] = sum(tags.values(), Counter())
    wanted_tags = {split: {tag: shares[split] * count for tag, count in totals.items()} for split in SPLITS}
    wanted_images = {split: shares[split] * len(examples) for split in SPLITS}
    open_tags = Counter(totals)
    chosen: dict[str, str] = {}

    def place(group: str, split: str) -> None:
        chosen[group] = split
        wanted_images[split] -= len(members[group])
        for tag, count in tags[group].items():
            wanted_tags[split][tag] -= count
        open_tags.subtract(tags[group])

    while left := {tag: count for tag, count in open_tags.items() if count > 0}:
        tag = min(left, key=lambda name: (left[name], name))
        waiting = [group for group in order if group not in chosen and tags[group][tag]]
        for group in sorted(waiting, key=lambda name: -tags[name][tag]):
            place(group, max(SPLITS, key=lambda split: (wanted_tags[split][tag], wanted_images[split])))
    return [chosen[group] for group in groups]


def _group_tags(examples: Sequence[Example], rows: Sequence[int]) -> Counter[str]:
    """How many pictures of a group have each tag, the provider counted as a tag."""
    counts: Counter[str] = Counter()
    for row in rows:
        record = examples[row].record
        counts[f"database/{record.database}"] += 1
        for facet in FACETS:
            counts.update(record.tags(facet))
    return counts


def write_splits(path: Path, examples: Sequence[Example], splits: Sequence[str], groups: Sequence[str]) -> None:
    """Write the split and the joined group of each picture as CSV."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(_HEADER)
        writer.writerows(
            (example.record.id, split, group) for example, split, group in zip(examples, splits, groups, strict=True)
        )


def read_splits(path: Path, examples: Sequence[Example]) -> dict[str, list[Example]]:
    """The examples of each split, in the order of `examples`.

    Raises InputError when the file is missing or damaged, or when it and the data do not list the same pictures.
    """
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream))
    except FileNotFoundError as error:
        raise InputError(f"The split file {path} does not exist; make it with the command split.") from error
    for line, row in enumerate(rows, start=2):
        if tuple(row) != _HEADER or row["split"] not in SPLITS:
            raise InputError(f"{path}, line {line}: not a row of a split file; make it anew with the command split.")
    split_of = {row["idInSource"]: row["split"] for row in rows}
    unknown = {example.record.id for example in examples} ^ split_of.keys()
    if unknown:
        raise InputError(
            f"The split file {path} and the annotations differ in {len(unknown)} pictures, "
            f"for example {min(unknown)!r}; make it anew with the command split."
        )
    result: dict[str, list[Example]] = {split: [] for split in SPLITS}
    for example in examples:
        result[split_of[example.record.id]].append(example)
    return result
