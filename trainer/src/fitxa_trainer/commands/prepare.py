"""`prepare`: compute what training reads."""

import argparse

from fitxa_trainer.commands.command import Command, add_cache, add_config, add_data, add_split
from fitxa_trainer.config import load_config
from fitxa_trainer.data import load_examples
from fitxa_trainer.progress import Progress
from fitxa_trainer.splits import read_splits
from fitxa_trainer.training import prepare


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_config(parser)
    add_data(parser)
    add_split(parser)
    add_cache(parser)


def _run(options: argparse.Namespace, progress: Progress) -> object:
    examples = load_examples(options.data)
    splits = read_splits(options.split, examples)
    prepare(load_config(options.config, options.set), splits, options.cache, progress)
    return {"images": len(examples)}


COMMAND = Command(
    "prepare", "Compute the backbone's features that training needs; goes on where it stopped.", _add_arguments, _run
)
