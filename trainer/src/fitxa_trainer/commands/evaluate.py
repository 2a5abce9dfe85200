"""`evaluate`: measure a bundle by running it."""

import argparse
from pathlib import Path

from fitxa_trainer.bundles.bundle import open_bundle
from fitxa_trainer.bundles.evaluation import evaluate
from fitxa_trainer.commands.command import Command, add_bundle, add_data, add_split
from fitxa_trainer.dataset.examples import load_examples
from fitxa_trainer.errors import InputError
from fitxa_trainer.json_file import write_json
from fitxa_trainer.progress import Progress
from fitxa_trainer.splitting.split_file import SPLITS, read_splits


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_bundle(parser)
    add_data(parser)
    add_split(parser)
    parser.add_argument("--part", choices=SPLITS, default="inner", help="which part of the split (default: inner)")
    parser.add_argument("--out", type=Path, metavar="FILE", help="also write the result to this JSON file")


def _run(options: argparse.Namespace, progress: Progress) -> object:
    bundle = open_bundle(options.bundle)
    splits = read_splits(options.split, load_examples(options.data))
    examples = splits[options.part]
    if not examples:
        raise InputError(f"The split {options.split} has no picture in {options.part}; choose another --part.")
    progress.stage("measure", f"running {bundle.name} on {len(examples)} pictures")
    result = evaluate(bundle, examples, splits["train"], progress).as_json()
    if options.out is not None:
        write_json(options.out, result)
    return result


COMMAND = Command(
    "evaluate", "Measure a bundle on one part of a split, by running the bundle itself.", _add_arguments, _run
)
