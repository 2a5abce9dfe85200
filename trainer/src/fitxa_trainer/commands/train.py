"""`train`: train the members of a run."""

import argparse

from fitxa_trainer.commands.command import Command, add_cache, add_config, add_data, add_run, add_split
from fitxa_trainer.config import load_config
from fitxa_trainer.data import load_examples
from fitxa_trainer.progress import Progress
from fitxa_trainer.runfolder import RunFolder
from fitxa_trainer.training import train


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_config(parser)
    add_data(parser)
    add_split(parser)
    add_cache(parser)
    add_run(parser)


def _run(options: argparse.Namespace, progress: Progress) -> object:
    examples = load_examples(options.data)
    config = load_config(options.config, options.set)
    return train(config, examples, options.split, options.cache, RunFolder(options.run), progress)


COMMAND = Command(
    "train", "Train the heads and write a run folder; missing features are computed first.", _add_arguments, _run
)
