"""`experiment`: prepare the pictures, train every method of a plan with every seed, and compare them."""

import argparse
import os
from pathlib import Path

from fitxa_trainer.commands.command import Command, add_cache, add_data, add_split
from fitxa_trainer.compare.report import write_report
from fitxa_trainer.dataset.examples import picture_files
from fitxa_trainer.experiments.plan import Places, load_plan, run_experiment
from fitxa_trainer.pictures.cache import prepare_pixels
from fitxa_trainer.progress import Progress


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--plan", type=Path, required=True, metavar="FILE", help="YAML of the methods, such as configs/experiment.yaml"
    )
    add_data(parser)
    add_split(parser)
    add_cache(parser)
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder of the run folders")
    parser.add_argument(
        "--only", action="append", default=[], metavar="METHOD", help="run this method alone; may be given again"
    )
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="runs at a time (default: 1)")
    parser.add_argument(
        "--limit-seconds", type=float, metavar="S", help="stop after S seconds; the same command resumes"
    )
    parser.add_argument("--results", type=Path, metavar="DIR", help="afterwards write tables, plots and page here")


def _run(options: argparse.Namespace, progress: Progress) -> object:
    places = Places(options.data, options.split, options.cache, options.out)
    plan = load_plan(options.plan)
    # Once, here: otherwise parallel runs would all decode the same pictures.
    pictures = picture_files(options.data)
    configs = [*plan.methods.values(), *([plan.left_out.config] if plan.left_out else [])]
    for cache in dict.fromkeys(config.cache for config in configs):
        prepare_pixels(options.cache, cache, pictures, os.cpu_count() or 1, progress)
    result = run_experiment(plan, places, progress, options.only, max(1, options.jobs), options.limit_seconds)
    if options.results is not None:
        write_report(options.out, options.data, options.results, progress)
    return result


COMMAND = Command(
    "experiment",
    "Train every method of a plan with every seed; finished runs are skipped, so a stopped experiment resumes.",
    _add_arguments,
    _run,
)
