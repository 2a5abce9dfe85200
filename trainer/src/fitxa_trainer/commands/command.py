"""What a command is, and the options that several commands share."""

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from fitxa_trainer.progress import Progress


@dataclass(frozen=True)
class Command:
    """One command of the command line.

    `run` returns what is printed as the result (JSON). It raises InputError for bad input (exit code 2), and Stopped
    when stopped (exit code 75).
    """

    name: str
    help: str
    add_arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace, Progress], object]


def add_config(parser: argparse.ArgumentParser) -> None:
    """`--config FILE` and `--set SECTION.KEY=VALUE`; read them with `load_config(options.config, options.set)`."""
    parser.add_argument("--config", type=Path, required=True, metavar="FILE", help="YAML configuration of the run")
    parser.add_argument(
        "--set", action="append", default=[], metavar="SECTION.KEY=VALUE", help="override one key of the configuration"
    )


def add_data(parser: argparse.ArgumentParser) -> None:
    """`--data DIR`."""
    help = "folder with annotations.csv (EUFCC dialect plus the column file) and its pictures"
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help=help)


def add_split(parser: argparse.ArgumentParser) -> None:
    """`--split FILE`."""
    parser.add_argument("--split", type=Path, required=True, metavar="FILE", help="split file, made by split")


def add_cache(parser: argparse.ArgumentParser) -> None:
    """`--cache DIR`."""
    help = "folder of the cache that prepare makes; may be shared between runs"
    parser.add_argument("--cache", type=Path, required=True, metavar="DIR", help=help)


def add_run(parser: argparse.ArgumentParser) -> None:
    """`--run DIR`."""
    parser.add_argument("--run", type=Path, required=True, metavar="DIR", help="run folder of a training")


def add_bundle(parser: argparse.ArgumentParser) -> None:
    """`--bundle DIR`."""
    parser.add_argument("--bundle", type=Path, required=True, metavar="DIR", help="folder of the bundle")
