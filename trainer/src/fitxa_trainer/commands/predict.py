"""`predict`: a bundle's suggestions for a folder, a list or shards of pictures, as run files."""

import argparse
import os
from pathlib import Path

from fitxa_trainer.bundles.bundle import Compute, best_device
from fitxa_trainer.commands.command import Command, add_bundle
from fitxa_trainer.errors import InputError
from fitxa_trainer.progress import Progress


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_bundle(parser)
    help = "folder of pictures, CSV file with a column file, WebDataset shard (.tar), or folder of shards"
    parser.add_argument("--source", type=Path, required=True, metavar="PATH", help=help)
    help = "folder of run files (Parquet); what it already holds is kept"
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help=help)
    help = "pictures per run file; a killed process loses the file in progress (default: 500)"
    parser.add_argument("--part", type=int, default=500, metavar="N", help=help)
    parser.add_argument("--batch", type=int, default=16, metavar="N", help="pictures per network run (default: 16)")
    help = "where networks run (default: cuda if onnxruntime supports it)"
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto", help=help)
    help = "threads per run, and as many for decoding (default: the cores, shared by the processes of the machine)"
    parser.add_argument("--threads", type=int, default=0, metavar="N", help=help)
    help = "also store the embeddings of this encoder (see fetch-encoder)"
    parser.add_argument("--encoder", type=Path, metavar="FILE", help=help)


def _run(options: argparse.Namespace, progress: Progress) -> object:
    if min(options.part, options.batch) < 1 or options.threads < 0:
        raise InputError("The options --part and --batch need 1 or more, --threads 0 or more.")
    try:
        from fitxa_trainer.predicting.predictor import Predictor, Settings  # noqa: PLC0415 - pyarrow is an extra
        from fitxa_trainer.predicting.run_folder import Workers, predict_source  # noqa: PLC0415 - as above
    except ImportError as error:
        raise InputError(
            "predict needs pyarrow; run: pip install fitxa-trainer[predict].", "predict.missing"
        ) from error
    workers = Workers.from_environment()
    threads = options.threads or max(1, (os.cpu_count() or 1) // workers.local_world)
    device = best_device() if options.device == "auto" else options.device
    compute = Compute(device, workers.local_rank, threads)
    settings = Settings(options.bundle, compute, options.encoder, threads, options.batch)
    predictor = Predictor(settings)
    progress.stage("predict", f"predicting with {predictor.bundle.name} on {device}")
    return predict_source(predictor, options.source, options.part, options.out, progress)


COMMAND = Command(
    "predict",
    "Write a bundle's suggestions for many pictures as run files; a stopped run resumes where it was. Under torchrun "
    "every process takes its share.",
    _add_arguments,
    _run,
)
