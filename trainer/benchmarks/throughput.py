"""How near our training comes to a bare loop, both measured in turns in the same process.

    python benchmarks/throughput.py --data DIR --work DIR --model convnext [--where host] [--pictures 25600]

Ours is the loop of `train`: pictures of a prepared pixel cache (288 px), random crops and mirror images on the device,
masks per facet, 1,227 outputs in four facets, metrics, validation and log after every epoch. The bare loop is a
compiled model with fused AdamW on one batch that stays on the device. Weights are random: speed only. The cache is
repeated to the number of pictures. `--where device` keeps the pictures on the GPU, `host` gathers every
batch from the memory map. The first epoch compiles and is not counted. Under torchrun only ours is measured (see
scaling.py).

Prints one JSON object. `ratio` is ours to bare, of the best rounds; `epochRatio` counts validation in.
"""

import argparse
import json
import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from bare import clip_step, images_per_second, vision_step
from workload import Workload, make_workload

from fitxa_trainer.configuration.run import Config, config_from, load_config
from fitxa_trainer.dataset.examples import picture_files
from fitxa_trainer.models.network import build_network
from fitxa_trainer.pictures.cache import open_cache, prepare_pixels
from fitxa_trainer.progress import Progress
from fitxa_trainer.training.context import ComputeContext, compute_context
from fitxa_trainer.training.engine import Recorder, SplitData, train_network
from fitxa_trainer.training.run_folder import environment
from fitxa_trainer.training.sources import PixelSource

#: The trunk of both loops, and the configuration whose task, text side and schedule ours runs. Without the warm-up and
#: the gradient clipping of the paper, CLIP with random weights diverges within two epochs.
MODELS: dict[str, dict[str, str]] = {
    "convnext": {"backbone": "timm:convnext_base", "schedule": "paper-multilabel"},
    "convnext-tiny": {"backbone": "timm:convnext_tiny", "schedule": "paper-multilabel"},
    "vit": {"backbone": "timm:vit_base_patch16_clip_224", "schedule": "paper-multilabel"},
    "clip": {"backbone": "open_clip:ViT-B-16", "schedule": "paper-clip-prompt"},
    "lite0": {"backbone": "lite0", "schedule": "paper-multilabel"},
}
CONFIGS = Path(__file__).parents[1] / "configs"
#: The paper's schedule, for the extrapolation.
PAPER_PICTURES, PAPER_EPOCHS = 277_000, 25
#: Share of the pictures that validates.
_VALIDATION = 0.05


def configuration(options: argparse.Namespace) -> Config:
    """Ours: the paper's schedule on random weights, with as many epochs as rounds are measured."""
    model = MODELS[options.model]
    paper = load_config(CONFIGS / f"{model['schedule']}.yaml")
    return config_from(
        {
            "cache": {"size": options.cache_size},
            "model": {
                "backbone": model["backbone"],
                "weights": "none",
                "size": options.size,
                "train_size": options.size,
                "drop_rate": 0.0,
                "drop_path": 0.0,
            },
            "training": {
                "epochs": options.rounds + 1,
                "batch": options.batch,
                "compile": not options.eager,
                "device_cache_gib": 60.0 if options.where == "device" else 0.0,
                "checkpoint_minutes": 1e9,
            },
        },
        paper,
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder with annotations.csv and pictures")
    parser.add_argument("--work", type=Path, required=True, help="folder for the cache, its repetition and the log")
    parser.add_argument("--model", choices=MODELS, default="convnext")
    parser.add_argument("--where", choices=("host", "device"), default="host")
    parser.add_argument("--pictures", type=int, default=25_600)
    parser.add_argument("--batch", type=int, default=128, help="pictures of a step, over all GPUs")
    parser.add_argument("--size", type=int, default=224)
    parser.add_argument("--cache-size", type=int, default=288)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--bare-steps", type=int, default=100, help="steps of a bare round; 0: only ours")
    parser.add_argument("--eager", action="store_true", help="compile neither")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    config = configuration(options)
    if os.environ.get("RANK", "0") == "0":
        prepare_pixels(options.work, config.cache, picture_files(options.data), options.workers, Progress("lines"))
    with compute_context(config.training) as context:
        workload = _workload(config, options, context)
        result = _measure(config, options, workload, context)
    if context.first:
        print(json.dumps(result))


def _workload(config: Config, options: argparse.Namespace, context: ComputeContext) -> Workload:
    """The first process writes the repeated cache, the others wait for it."""
    if not context.first:
        context.wait()
    cache = open_cache(options.work, config.cache)
    workload = make_workload(
        cache, options.work / f"pixels-{config.cache.size}-{options.pictures}.npy", options.pictures
    )
    if context.first:
        context.wait()
    return workload


def _material(workload: Workload, config: Config, context: ComputeContext, rows: slice, resident: bool) -> SplitData:
    places = np.arange(len(workload.examples))[rows]
    source = PixelSource(workload.pixels, places, config.model, config.training, context, resident)
    return SplitData(source, {facet: values[rows] for facet, values in workload.targets.items()})


def _measure(
    config: Config, options: argparse.Namespace, workload: Workload, context: ComputeContext
) -> dict[str, Any]:
    validating = max(options.batch, int(_VALIDATION * options.pictures))
    parts = slice(validating, None), slice(0, validating)
    network = build_network(config, workload.vocabulary, workload.examples[parts[0]])
    context.take(network)
    train = _material(workload, config, context, parts[0], resident=True)
    validation = _material(workload, config, context, parts[1], resident=False)
    step = _bare(options, context) if options.bare_steps and context.world == 1 else None
    bare: list[float] = []
    ours: list[dict[str, Any]] = []
    seconds: list[float] = []
    begun = time.perf_counter()

    def take(entry: Mapping[str, object]) -> None:
        """The end of one of our epochs: now a round of the bare loop, then the next epoch begins."""
        nonlocal begun
        seconds.append(time.perf_counter() - begun)
        ours.append(dict(entry))
        with (options.work / "metrics.jsonl").open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(entry) + "\n")
        if step is not None:
            bare.append(images_per_second(step, options.bare_steps, options.batch, context.device))
        begun = time.perf_counter()

    recorder = Recorder(take, lambda checkpoint: None, Progress("lines" if context.first else "quiet"))
    train_network(network, train, validation, config.training, config.seed, context, recorder)
    return _summary(options, context, ours[1:], bare[1:], seconds[1:], len(train.source))


def _bare(options: argparse.Namespace, context: ComputeContext) -> Callable[[], None]:
    name = MODELS[options.model]["backbone"].partition(":")[2]
    if options.eager:
        torch.compiler.set_stance("force_eager")
    if options.model == "clip":
        return clip_step(name, options.batch, context.device)
    return vision_step(name or "efficientnet_lite0", options.batch, options.size, context.device)


def _summary(
    options: argparse.Namespace,
    context: ComputeContext,
    ours: list[dict[str, Any]],
    bare: list[float],
    seconds: list[float],
    pictures: int,
) -> dict[str, Any]:
    if not context.first:
        return {}
    rate = max(entry["imagesPerSecond"] for entry in ours)
    epoch_rate = max(pictures / value for value in seconds)
    best = max(bare, default=None)
    return {
        "model": options.model,
        "batch": options.batch,
        "size": options.size,
        "compiled": not options.eager,
        "pictures": f"{pictures}, a smaller cache repeated",
        "where": options.where,
        "gpus": context.world,
        "ours": [entry["imagesPerSecond"] for entry in ours],
        "bare": [round(value, 1) for value in bare],
        "ratio": None if best is None else round(rate / best, 4),
        "epochRatio": None if best is None else round(epoch_rate / best, 4),
        "waitingShare": [entry["waitingShare"] for entry in ours],
        "gpuMemoryGib": [entry.get("gpuMemoryGib") for entry in ours],
        "epochSeconds": [round(value, 2) for value in seconds],
        "paperHours": {
            "training": round(PAPER_PICTURES * PAPER_EPOCHS / rate / 3600, 2),
            "withValidation": round(PAPER_PICTURES * PAPER_EPOCHS / epoch_rate / 3600, 2),
        },
        "environment": environment(),
    }


if __name__ == "__main__":
    main()
