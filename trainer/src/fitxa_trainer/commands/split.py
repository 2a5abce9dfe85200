"""`split`: divide the pictures into training, validation, Inner and Outer test."""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fitxa_trainer.commands.command import Command, add_config, add_data
from fitxa_trainer.configuration.run import load_config
from fitxa_trainer.dataset.examples import Example, load_examples
from fitxa_trainer.json_file import write_json
from fitxa_trainer.progress import Progress
from fitxa_trainer.splitting.duplicates import perceptual_hash
from fitxa_trainer.splitting.features import describe_network, picture_features
from fitxa_trainer.splitting.make import image_counts, make_split
from fitxa_trainer.splitting.report import split_report
from fitxa_trainer.splitting.split_file import write_splits


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_config(parser)
    add_data(parser)
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="CSV file to write the split to")
    parser.add_argument(
        "--report", type=Path, metavar="FILE", help="JSON file that says why (default: split-report.json beside --out)"
    )
    parser.add_argument(
        "--cache", type=Path, metavar="DIR", help="folder of the features for the distances (default: beside --out)"
    )


def _run(options: argparse.Namespace, progress: Progress) -> object:
    config = load_config(options.config, options.set)
    examples = load_examples(options.data)
    folder: Path = options.out.parent
    folder.mkdir(parents=True, exist_ok=True)
    outer = config.split.outer

    def features(pictures: Sequence[Example]) -> NDArray[np.float32]:
        return picture_features(pictures, outer, options.cache or folder / "cache", progress)

    hashes = np.stack([perceptual_hash(example.file) for example in progress.track(examples, "perceptual hashes")])
    split = make_split(examples, hashes, features, config.split, config.vocabulary, config.seed)
    network = describe_network(outer) if split.ranking else {}
    report = split_report(examples, split, config, network)
    write_splits(options.out, examples, split.splits, split.groups)
    write_json(options.report or folder / "split-report.json", report)
    return {"images": image_counts(split), "outer": split.outer, "nearDuplicatePairs": len(split.pairs)}


COMMAND = Command(
    "split",
    "Deal the pictures out to training, validation, Inner and Outer test, by group and near-duplicate.",
    _add_arguments,
    _run,
)
