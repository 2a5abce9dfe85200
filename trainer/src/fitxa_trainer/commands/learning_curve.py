"""`learning-curve`: how fast suggestions improve while a cataloguer decides, institution by institution."""

import argparse
from pathlib import Path

from fitxa_trainer.adaptation.embeddings import embedding_table
from fitxa_trainer.adaptation.study import run_study, summary, write_tables
from fitxa_trainer.commands.command import Command
from fitxa_trainer.dataset.examples import load_examples
from fitxa_trainer.progress import Progress


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    help = "folder with annotations.csv and pictures; may be given more than once"
    parser.add_argument("--data", type=Path, required=True, action="append", metavar="DIR", help=help)
    parser.add_argument("--embeddings", type=Path, required=True, metavar="DIR", help="what embed-pictures wrote")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder for the tables")


def _run(options: argparse.Namespace, progress: Progress) -> object:
    examples = [example for data in options.data for example in load_examples(data)]
    points = run_study(examples, embedding_table(examples, options.embeddings), progress)
    write_tables(points, options.out)
    return {"points": len(points), "largestShortfall": dict(summary(points))}


COMMAND = Command(
    "learning-curve",
    "Simulate a cataloguer in every institution, with a model that has seen only the others; write tables.",
    _add_arguments,
    _run,
)
