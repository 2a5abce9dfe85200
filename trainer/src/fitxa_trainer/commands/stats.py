"""`stats`: what a dataset is made of, as data and as plots."""

import argparse
from pathlib import Path

from fitxa_trainer.commands.command import Command
from fitxa_trainer.dataset.eufcc import read_eufcc
from fitxa_trainer.dataset.examples import ANNOTATIONS
from fitxa_trainer.dataset.labels import load_labels
from fitxa_trainer.errors import InputError
from fitxa_trainer.progress import Progress
from fitxa_trainer.statistics.counts import dataset_stats
from fitxa_trainer.statistics.files import summary, write_stats


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    help = "folder with annotations.csv, or such a file itself; the pictures are not looked at"
    parser.add_argument("--data", type=Path, required=True, metavar="PATH", help=help)
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder to write the files to")
    parser.add_argument("--language", choices=("en", "ca"), default="en", help="language of the plots (default: en)")
    parser.add_argument("--labels", type=Path, metavar="FILE", help="labels of the terms (default: the repository's)")
    parser.add_argument("--no-plots", action="store_true", help="write the data only")


def _run(options: argparse.Namespace, progress: Progress) -> object:
    source: Path = options.data
    records = read_eufcc(source / ANNOTATIONS if source.is_dir() else source)
    if not records:
        raise InputError(f"The annotations {source} list no picture; add at least one row.")
    labels = load_labels(options.labels)
    stats = dataset_stats(records)
    options.out.mkdir(parents=True, exist_ok=True)
    files = write_stats(options.out, stats, labels)
    if not options.no_plots:
        from fitxa_trainer.statistics.plots import write_plots  # noqa: PLC0415 - needs matplotlib, the data do not

        progress.say("drawing")
        files += write_plots(options.out, stats, labels, options.language)
    return {**summary(stats), "files": [file.name for file in files]}


COMMAND = Command(
    "stats",
    "Count providers, tags per picture, tags by frequency and trees of a dataset, as CSV, JSON, PNG and SVG.",
    _add_arguments,
    _run,
)
