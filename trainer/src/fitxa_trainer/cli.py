"""The command line: `python -m fitxa_trainer <command>`.

Results are JSON on stdout, progress is on stderr. Exit codes: 0 done, 2 wrong usage or bad input (one sentence).
"""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from fitxa_trainer import __version__
from fitxa_trainer.bundle import open_bundle
from fitxa_trainer.config import Config, load_config
from fitxa_trainer.data import load_examples
from fitxa_trainer.duplicates import merge_groups, near_duplicates, perceptual_hash
from fitxa_trainer.errors import InputError
from fitxa_trainer.evaluation import evaluate
from fitxa_trainer.jsonfile import write_json
from fitxa_trainer.packaging import export_bundle
from fitxa_trainer.parity import expected_probabilities, pictures_in
from fitxa_trainer.progress import Progress
from fitxa_trainer.runfolder import RunFolder
from fitxa_trainer.splits import SPLITS, assign_splits, read_splits, write_splits
from fitxa_trainer.training import prepare, train

Command = Callable[[argparse.Namespace, Progress], object]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    options = _parser().parse_args(arguments)
    command: Command = options.command
    try:
        result = command(options, Progress.on_stderr())
    except InputError as error:
        print(error, file=sys.stderr)
        return 2
    print(json.dumps(result, ensure_ascii=False))
    return 0


def _split(options: argparse.Namespace, progress: Progress) -> object:
    config = _config(options)
    examples = load_examples(options.data)
    hashes = np.stack([perceptual_hash(example.file) for example in progress.track(examples, "perceptual hashes")])
    pairs = near_duplicates(hashes, config.split.near_duplicate_bits)
    own = [example.group for example in examples]
    groups = merge_groups(own, pairs)
    shares = {split: getattr(config.split, split) for split in SPLITS}
    splits = assign_splits(examples, groups, shares, config.seed)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    write_splits(options.out, examples, splits, groups)
    return {
        "images": {split: splits.count(split) for split in SPLITS},
        "groups": {"given": len(set(own)), "joined": len(set(groups))},
        "nearDuplicatePairs": len(pairs),
    }


def _prepare(options: argparse.Namespace, progress: Progress) -> object:
    examples = load_examples(options.data)
    splits = read_splits(options.split, examples)
    prepare(_config(options), splits, options.cache, progress)
    return {"images": len(examples)}


def _train(options: argparse.Namespace, progress: Progress) -> object:
    examples = load_examples(options.data)
    return train(_config(options), examples, options.split, options.cache, RunFolder(options.run), progress)


def _export(options: argparse.Namespace, progress: Progress) -> object:
    manifest = export_bundle(RunFolder(options.run), load_examples(options.data), options.out, progress)
    return {"metrics": manifest["metrics"], "files": manifest["files"]}


def _evaluate(options: argparse.Namespace, progress: Progress) -> object:
    bundle = open_bundle(options.bundle)
    splits = read_splits(options.split, load_examples(options.data))
    progress.say(f"running {bundle.manifest['id']} on {len(splits[options.part])} pictures")
    result = evaluate(bundle, splits[options.part], splits["train"]).as_json()
    if options.out is not None:
        write_json(options.out, result)
    return result


def _parity(options: argparse.Namespace, progress: Progress) -> object:
    bundle = open_bundle(options.bundle)
    pictures = pictures_in(options.images)
    progress.say(f"running {bundle.manifest['id']} on {len(pictures)} pictures")
    write_json(options.out, expected_probabilities(bundle, pictures))
    return {"images": len(pictures)}


def _config(options: argparse.Namespace) -> Config:
    return load_config(options.config, options.set)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="fitxa_trainer",
        description="Train, measure and export Fitxa's model bundles from annotated photographs.",
        epilog="The order for a new bundle: split, prepare, train, export; then evaluate and parity. "
        "Results are JSON on stdout, progress is on stderr. Exit codes: 0 done, 2 wrong usage or bad input.",
    )
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    def add(name: str, command: Command, help: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=help, description=help)
        sub.set_defaults(command=command)
        return sub

    split = add("split", _split, "Deal the pictures out to train, validation and test, by group and near-duplicate.")
    _add_config(split)
    _add_data(split)
    split.add_argument("--out", type=Path, required=True, metavar="FILE", help="CSV file to write the split to")

    prepare_ = add(
        "prepare", _prepare, "Compute the backbone's features that training needs; goes on where it stopped."
    )
    _add_config(prepare_)
    _add_data(prepare_)
    _add_split(prepare_)
    _add_cache(prepare_)

    train_ = add("train", _train, "Train the heads and write a run folder; missing features are computed first.")
    _add_config(train_)
    _add_data(train_)
    _add_split(train_)
    _add_cache(train_)
    train_.add_argument("--run", type=Path, required=True, metavar="DIR", help="run folder to write")

    export = add("export", _export, "Make a bundle from a run folder: ONNX, calibration, metrics, card, self-test.")
    export.add_argument("--run", type=Path, required=True, metavar="DIR", help="run folder of a finished training")
    _add_data(export)
    export.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder of the bundle")

    evaluate_ = add("evaluate", _evaluate, "Measure a bundle on one part of a split, by running the bundle itself.")
    _add_bundle(evaluate_)
    _add_data(evaluate_)
    _add_split(evaluate_)
    evaluate_.add_argument("--part", choices=SPLITS, default="test", help="which part (default: test)")
    evaluate_.add_argument("--out", type=Path, metavar="FILE", help="also write the result to this JSON file")

    parity = add(
        "parity", _parity, "Write the bundle's probabilities for a folder of pictures, to compare the app with."
    )
    _add_bundle(parity)
    parity.add_argument("--images", type=Path, required=True, metavar="DIR", help="folder of pictures")
    parity.add_argument("--out", type=Path, required=True, metavar="FILE", help="JSON file to write")
    return parser


def _add_config(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--config", type=Path, required=True, metavar="FILE", help="YAML configuration of the run")
    parser.add_argument(
        "--set", action="append", default=[], metavar="SECTION.KEY=VALUE", help="override one key of the configuration"
    )


def _add_data(parser: argparse.ArgumentParser) -> None:
    help = "folder with annotations.csv (EUFCC dialect plus the column file) and its pictures"
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help=help)


def _add_split(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--split", type=Path, required=True, metavar="FILE", help="split file, made by split")


def _add_cache(parser: argparse.ArgumentParser) -> None:
    help = "folder of the feature cache; may be shared between runs"
    parser.add_argument("--cache", type=Path, required=True, metavar="DIR", help=help)


def _add_bundle(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--bundle", type=Path, required=True, metavar="DIR", help="folder of the bundle")
