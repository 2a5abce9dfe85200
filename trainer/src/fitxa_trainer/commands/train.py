"""`train`: train the members of a run, or resume it."""

import argparse

from fitxa_trainer.commands.command import Command, add_cache, add_config, add_data, add_run, add_split
from fitxa_trainer.configuration.run import load_config
from fitxa_trainer.errors import InputError
from fitxa_trainer.progress import Progress
from fitxa_trainer.training.run_folder import RunFolder
from fitxa_trainer.training.train import train


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_config(parser)
    add_data(parser)
    add_split(parser)
    add_cache(parser)
    add_run(parser)
    parser.add_argument("--resume", action="store_true", help="resume only: an error without a checkpoint")


def _run(options: argparse.Namespace, progress: Progress) -> object:
    config = load_config(options.config, options.set)
    run = RunFolder(options.run)
    if options.resume and not run.is_finished and not run.has_checkpoint:
        raise InputError(f"The run folder {options.run} has no checkpoint to resume from; leave out --resume.")
    return {"run": str(options.run), **train(config, options.data, options.split, options.cache, run, progress)}


COMMAND = Command("train", "Train the members of a run from the cache, or resume it.", _add_arguments, _run)
