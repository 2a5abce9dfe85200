"""`fine-tune`: make a bundle that knows a museum's catalogue, from its decisions and another bundle."""

import argparse
from pathlib import Path

from fitxa_trainer.commands.command import Command, add_data
from fitxa_trainer.finetuning.run import Request, fine_tune
from fitxa_trainer.progress import Progress


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_data(parser)
    parser.add_argument("--base", type=Path, required=True, metavar="DIR", help="folder of the bundle to go out from")
    parser.add_argument(
        "--run", type=Path, required=True, metavar="DIR", help="run folder; give the same one to resume"
    )
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder of the new bundle")
    parser.add_argument("--id", required=True, metavar="ID", help="id of the new bundle")
    parser.add_argument("--version", default="1.0.0", metavar="X.Y.Z", help="its version (default: 1.0.0)")
    parser.add_argument("--title-ca", metavar="TEXT", help="its title in Catalan (default: its id)")
    parser.add_argument("--title-en", metavar="TEXT", help="its title in English (default: its id)")
    parser.add_argument(
        "--trunk",
        choices=("auto", "frozen", "trained"),
        default="auto",
        help="auto trains the trunk too on a GPU with many pictures, else the heads alone (default: auto)",
    )
    parser.add_argument(
        "--epochs", type=int, metavar="N", help="passes over the pictures (default: as the trunk needs)"
    )
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="of the split and of training (default: 1)")
    parser.add_argument(
        "--labels", type=Path, metavar="FILE", help="trees.json with the terms' labels (default: the repository's)"
    )


def _run(options: argparse.Namespace, progress: Progress) -> object:
    request = Request(
        data=options.data,
        base=options.base,
        run=options.run,
        out=options.out,
        id=options.id,
        version=options.version,
        title={"ca": options.title_ca or options.id, "en": options.title_en or options.id},
        trunk=options.trunk,
        epochs=options.epochs,
        seed=options.seed,
        labels=options.labels,
    )
    return fine_tune(request, progress)


COMMAND = Command(
    "fine-tune",
    "Train a bundle further on the decisions of a catalogue; everything from the data to the new bundle.",
    _add_arguments,
    _run,
)
