"""`export`: make a bundle from one or more runs."""

import argparse
from pathlib import Path

from fitxa_trainer.bundles.from_runs import ExportChoices, export_runs
from fitxa_trainer.bundles.precision import PRECISIONS
from fitxa_trainer.commands.command import Command, add_data
from fitxa_trainer.dataset.examples import load_examples
from fitxa_trainer.progress import Progress
from fitxa_trainer.training.run_folder import RunFolder


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--runs", type=Path, nargs="+", required=True, metavar="RUN", help="run folders of finished trainings"
    )
    parser.add_argument(
        "--ensemble", type=Path, metavar="FILE", help="ensemble.json with weights and calibration (default: fit them)"
    )
    add_data(parser)
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder of the bundle")
    parser.add_argument(
        "--precision", choices=PRECISIONS, default="fp32", help="how the weights are stored (default: fp32)"
    )
    parser.add_argument(
        "--variants", action="store_true", help="measure every precision, whichever ships; written to variants.json"
    )
    parser.add_argument("--id", metavar="ID", help="id of the bundle (default: that of the first run)")
    parser.add_argument("--version", metavar="X.Y.Z", help="version of the bundle (default: that of the first run)")
    parser.add_argument("--title-ca", metavar="TEXT", help="title in Catalan (default: that of the first run)")
    parser.add_argument("--title-en", metavar="TEXT", help="title in English (default: that of the first run)")
    parser.add_argument(
        "--self-test", metavar="ID", help="idInSource of the picture of the self-test (default: that of the first run)"
    )
    for code, language in (("ca", "Catalan"), ("en", "English")):
        parser.add_argument(
            f"--weaknesses-{code}",
            type=Path,
            metavar="FILE",
            help=f"Markdown list to add to the known weaknesses of the card in {language}",
        )


def _run(options: argparse.Namespace, progress: Progress) -> object:
    choices = ExportChoices(
        precision=options.precision,
        variants=options.variants,
        id=options.id,
        version=options.version,
        title_ca=options.title_ca,
        title_en=options.title_en,
        self_test=options.self_test,
        weaknesses_ca=options.weaknesses_ca,
        weaknesses_en=options.weaknesses_en,
    )
    runs = [RunFolder(path) for path in options.runs]
    exported = export_runs(runs, options.ensemble, load_examples(options.data), options.out, choices, progress)
    return {
        "bundle": str(options.out),
        "manifestSha256": exported.sha256,
        "metrics": exported.manifest["metrics"],
        "files": exported.manifest["files"],
    }


COMMAND = Command(
    "export",
    "Make a bundle from one or more runs: ONNX, ensemble, calibration, metrics, card, self-test.",
    _add_arguments,
    _run,
)
