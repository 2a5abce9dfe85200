"""`ensemble`: weights and calibration of several members, for export."""

import argparse
from pathlib import Path

from fitxa_trainer.commands.command import Command, add_data
from fitxa_trainer.compare.shipped import CONSISTENCY, WEIGHTS, write_ensemble
from fitxa_trainer.progress import Progress


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--runs",
        type=Path,
        nargs="+",
        required=True,
        metavar="DIR",
        help="run folders whose members are taken together",
    )
    add_data(parser)
    parser.add_argument(
        "--weights",
        choices=WEIGHTS,
        default="validation",
        help="equal, learned on validation, or on providers hidden from training (default: validation)",
    )
    parser.add_argument(
        "--hidden", type=Path, metavar="DIR", help="folder with the experiment's runs that hide a provider (left-out)"
    )
    parser.add_argument(
        "--consistency",
        choices=CONSISTENCY,
        default="none",
        help="what the exported members do with the tree: nothing, or raise parents to their children (default: none)",
    )
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="JSON file to write, for export")


def _run(options: argparse.Namespace, progress: Progress) -> object:
    return write_ensemble(
        options.runs, options.data, options.out, options.weights, options.hidden, options.consistency, progress
    )


COMMAND = Command(
    "ensemble",
    "Learn the weights of several members per facet, and the calibration of what they say together.",
    _add_arguments,
    _run,
)
