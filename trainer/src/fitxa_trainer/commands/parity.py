"""`parity`: write what a bundle gives for a folder of pictures, to compare the application with."""

import argparse
from pathlib import Path

from fitxa_trainer.bundles.bundle import open_bundle
from fitxa_trainer.bundles.parity import expected_probabilities, pictures_in
from fitxa_trainer.commands.command import Command, add_bundle
from fitxa_trainer.json_file import write_json
from fitxa_trainer.progress import Progress


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_bundle(parser)
    parser.add_argument("--images", type=Path, required=True, metavar="DIR", help="folder of pictures")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="JSON file to write")


def _run(options: argparse.Namespace, progress: Progress) -> object:
    bundle = open_bundle(options.bundle)
    pictures = pictures_in(options.images)
    progress.say(f"running {bundle.manifest['id']} on {len(pictures)} pictures")
    write_json(options.out, expected_probabilities(bundle, pictures))
    return {"images": len(pictures)}


COMMAND = Command(
    "parity",
    "Write the bundle's probabilities for a folder of pictures, to compare the app with.",
    _add_arguments,
    _run,
)
