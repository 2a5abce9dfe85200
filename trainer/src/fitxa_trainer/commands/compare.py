"""`compare`: tables, plots and page from finished runs."""

import argparse
from pathlib import Path

from fitxa_trainer.commands.command import Command, add_data
from fitxa_trainer.compare.report import write_report
from fitxa_trainer.progress import Progress


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--runs", type=Path, required=True, metavar="DIR", help="folder of the experiment's runs")
    add_data(parser)
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder of the results")


def _run(options: argparse.Namespace, progress: Progress) -> object:
    return {"tables": write_report(options.runs, options.data, options.out, progress), "page": str(options.out)}


COMMAND = Command(
    "compare",
    "Write the paper's tables, the studies beyond it, plots and a page from the scores of finished runs.",
    _add_arguments,
    _run,
)
