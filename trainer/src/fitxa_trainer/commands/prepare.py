"""`prepare`: decode and resize every picture once, into the cache that training reads."""

import argparse
import os

from fitxa_trainer.commands.command import Command, add_cache, add_config, add_data
from fitxa_trainer.configuration.run import load_config
from fitxa_trainer.dataset.examples import picture_files
from fitxa_trainer.pictures.cache import prepare_pixels
from fitxa_trainer.progress import Progress


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_config(parser)
    add_data(parser)
    add_cache(parser)
    parser.add_argument(
        "--workers",
        type=int,
        default=os.cpu_count() or 1,
        metavar="N",
        help="processes that decode (default: one per core)",
    )


def _run(options: argparse.Namespace, progress: Progress) -> object:
    config = load_config(options.config, options.set)
    pictures = picture_files(options.data)
    return prepare_pixels(options.cache, config.cache, pictures, options.workers, progress).as_json()


COMMAND = Command(
    "prepare",
    "Decode every picture once into the cache that training reads; resumes where it stopped.",
    _add_arguments,
    _run,
)
