"""`embed-pictures`: what the image encoder gives for every picture of one or more datasets."""

import argparse
from pathlib import Path

from fitxa_trainer.adaptation.embeddings import embed_all
from fitxa_trainer.adaptation.encoder import embed_picture, open_encoder
from fitxa_trainer.commands.command import Command
from fitxa_trainer.dataset.examples import load_examples
from fitxa_trainer.progress import Progress


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    help = "folder with annotations.csv and pictures; may be given more than once"
    parser.add_argument("--data", type=Path, required=True, action="append", metavar="DIR", help=help)
    parser.add_argument("--encoder", type=Path, required=True, metavar="FILE", help="what fetch-encoder wrote")
    help = "folder of embeddings; what it already holds is kept"
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help=help)


def _run(options: argparse.Namespace, progress: Progress) -> object:
    encoder = open_encoder(options.encoder)
    examples = [example for data in options.data for example in load_examples(data)]
    count = embed_all(examples, lambda file: embed_picture(encoder, file), options.out, progress)
    return {"pictures": len(examples), "embedded": count}


COMMAND = Command(
    "embed-pictures",
    "Embed the pictures of datasets with the image encoder; a stopped run resumes where it was.",
    _add_arguments,
    _run,
)
