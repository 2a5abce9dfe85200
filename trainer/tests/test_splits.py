"""Splits: nothing that belongs together is in two of them."""

import csv
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageEnhance

from fitxa_trainer.dataset.examples import Example
from fitxa_trainer.errors import InputError
from fitxa_trainer.splitting.duplicates import merge_groups, near_duplicates, perceptual_hash
from fitxa_trainer.splitting.split_file import read_splits, write_splits
from workspace import Workspace

BITS = 64


@pytest.fixture(scope="module")
def hashes(examples: list[Example]) -> np.ndarray:
    return np.stack([perceptual_hash(example.file) for example in examples])


def test_no_group_and_no_near_duplicate_is_in_two_splits(workspace: Workspace, hashes: np.ndarray) -> None:
    splits = read_splits(workspace.split_file, workspace.examples)
    split_of = {example.record.id: split for split, members in splits.items() for example in members}
    by_group: dict[str, set[str]] = defaultdict(set)
    for example in workspace.examples:
        by_group[example.group].add(split_of[example.record.id])
    assert all(len(found) == 1 for found in by_group.values())
    for left, right in near_duplicates(hashes, BITS):
        assert split_of[workspace.examples[left].record.id] == split_of[workspace.examples[right].record.id]


def test_copies_under_another_name_and_group_join_their_original(examples: list[Example], tmp_path: Path) -> None:
    """What makes a near-duplicate in practice: other compression, size, exposure, a trimmed edge."""
    originals = examples[::12]
    files, groups = [example.file for example in originals], [example.group for example in originals]
    for index, example in enumerate(originals):
        image = Image.open(example.file)
        width, height = image.size
        changed = (
            ImageEnhance.Brightness(image).enhance(1.15),
            image.resize((width * 2, height * 2)),
            image.crop((1, 1, width - 1, height - 1)),
        )[index % 3]
        changed.save(tmp_path / f"{index}.jpg", quality=55)
        files.append(tmp_path / f"{index}.jpg")
        groups.append(f"copy {index}")
    merged = merge_groups(groups, near_duplicates(np.stack([perceptual_hash(file) for file in files]), BITS))
    assert merged[: len(originals)] == merged[len(originals) :]


def test_different_objects_stay_apart(examples: list[Example], hashes: np.ndarray) -> None:
    pairs = near_duplicates(hashes, BITS)
    strangers = [
        (left, right) for left, right in pairs if examples[left].record.database != examples[right].record.database
    ]
    assert strangers == []


def test_distances_equal_a_count_bit_by_bit(hashes: np.ndarray) -> None:
    few = hashes[:40]
    bits = np.unpackbits(few, axis=1).astype(int)
    expected = [(i, j) for i in range(40) for j in range(i + 1, 40) if int(np.abs(bits[i] - bits[j]).sum()) <= 100]
    assert near_duplicates(few, 100) == expected


def test_groups_join_across_chains() -> None:
    assert merge_groups(["b", "a", "c", "d"], [(0, 1), (1, 2)]) == ["a", "a", "a", "d"]


def test_a_split_of_other_data_is_refused(examples: list[Example], tmp_path: Path) -> None:
    path = tmp_path / "split.csv"
    write_splits(path, examples, ["train"] * len(examples), [example.group for example in examples])
    assert len(read_splits(path, examples)["train"]) == len(examples)
    write_splits(path, examples, ["left-out", *["outer"] * (len(examples) - 1)], [e.group for e in examples])
    assert {split: len(found) for split, found in read_splits(path, examples).items()} == {
        **{"train": 0, "validation": 0, "inner": 0},
        "outer": len(examples) - 1,
    }
    with pytest.raises(InputError, match="differ in 1 pictures"):
        read_splits(path, examples[1:])
    rows = list(csv.reader(path.read_text().splitlines()))
    rows[1][1] = "test"
    with path.open("w", newline="") as stream:
        csv.writer(stream).writerows(rows)
    with pytest.raises(InputError, match="line 2"):
        read_splits(path, examples)
