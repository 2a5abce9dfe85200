"""`split`: deal the pictures out to train, validation and test."""

import argparse
from pathlib import Path

import numpy as np

from fitxa_trainer.commands.command import Command, add_config, add_data
from fitxa_trainer.config import load_config
from fitxa_trainer.data import load_examples
from fitxa_trainer.duplicates import merge_groups, near_duplicates, perceptual_hash
from fitxa_trainer.progress import Progress
from fitxa_trainer.splits import SPLITS, assign_splits, write_splits


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_config(parser)
    add_data(parser)
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="CSV file to write the split to")


def _run(options: argparse.Namespace, progress: Progress) -> object:
    config = load_config(options.config, options.set)
    examples = load_examples(options.data)
    hashes = np.stack([perceptual_hash(example.file) for example in progress.track(examples, "perceptual hashes")])
    pairs = near_duplicates(hashes, config.split.near_duplicate_bits)
    own = [example.group for example in examples]
    groups = merge_groups(own, pairs)
    shares = {split: getattr(config.split, split) for split in SPLITS}
    splits = assign_splits(examples, groups, shares, config.seed)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    write_splits(options.out, examples, splits, groups)
    return {
        "images": {split: splits.count(split) for split in SPLITS},
        "groups": {"given": len(set(own)), "joined": len(set(groups))},
        "nearDuplicatePairs": len(pairs),
    }


COMMAND = Command(
    "split", "Deal the pictures out to train, validation and test, by group and near-duplicate.", _add_arguments, _run
)
