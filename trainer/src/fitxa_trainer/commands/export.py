"""`export`: make a bundle from a run folder."""

import argparse
from pathlib import Path

from fitxa_trainer.commands.command import Command, add_data, add_run
from fitxa_trainer.data import load_examples
from fitxa_trainer.packaging import export_bundle
from fitxa_trainer.progress import Progress
from fitxa_trainer.runfolder import RunFolder


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_run(parser)
    add_data(parser)
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder of the bundle")


def _run(options: argparse.Namespace, progress: Progress) -> object:
    manifest = export_bundle(RunFolder(options.run), load_examples(options.data), options.out, progress)
    return {"metrics": manifest["metrics"], "files": manifest["files"]}


COMMAND = Command(
    "export", "Make a bundle from a run folder: ONNX, calibration, metrics, card, self-test.", _add_arguments, _run
)
