"""A trunk of two convolutions in place of a real one, so that tests of the loop train it in seconds.

As a program (`python tests/tiny.py train …`) it is the command line with that trunk.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import torch
from torch import nn

from fitxa_trainer.cli import main
from fitxa_trainer.configuration.run import Config, config_from
from fitxa_trainer.dataset.examples import load_examples, picture_files
from fitxa_trainer.models.backbones import Backbone
from fitxa_trainer.pictures.cache import prepare_pixels
from fitxa_trainer.progress import Progress
from fitxa_trainer.splitting.split_file import write_splits
from fitxa_trainer.training.run_folder import RunFolder
from fitxa_trainer.training.train import train
from workspace import MINI

FEATURES = 24

SETTINGS: dict[str, Any] = {
    "seed": 5,
    "vocabulary": {"objectTypes": 5, "materials": 5, "disciplines": 5, "subjects": 0},
    "cache": {"size": 48},
    "model": {"backbone": "lite0", "size": 48, "train_size": 32},
    "tasks": ["multilabel", "softmax"],
    "training": {"epochs": 3, "batch": 24, "learning_rate": 3e-3, "head_learning_rate": 1e-2, "colour_jitter": 0.2},
}


def tiny_backbone(name: str, weights: str, drop_path: float, size: int, pretrained: bool = True) -> Backbone:
    """Stands in for `build_backbone`. No batch norm: several processes shall give what one gives."""
    trunk = nn.Sequential(
        nn.Conv2d(3, 8, 4, stride=4), nn.ReLU(), nn.Conv2d(8, FEATURES, 2, stride=2), nn.ReLU(), _Pool()
    )
    return Backbone(trunk, FEATURES, (127.0,) * 3, (64.0,) * 3)


class _Pool(nn.Module):
    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return images.mean(dim=(2, 3))


@contextmanager
def tiny_trunk() -> Iterator[None]:
    """Within the block every backbone is the tiny one."""
    with mock.patch("fitxa_trainer.models.network.build_backbone", tiny_backbone):
        yield


def tiny_config(**training: Any) -> Config:
    """The settings with other values in the section training."""
    return config_from({"training": training}, config_from(SETTINGS))


def tiny_data(root: Path) -> Path:
    """A split and a cache of the mini set below `root`: every fifth picture validates, two of them test."""
    examples = load_examples(MINI)
    places = ("train", "train", "train", "validation", "train", "inner", "train", "validation", "train", "outer")
    splits = [places[index % len(places)] for index in range(len(examples))]
    write_splits(root / "split.csv", examples, splits, [example.group for example in examples])
    prepare_pixels(root / "cache", config_from(SETTINGS).cache, picture_files(MINI), 1, Progress())
    return root


def tiny_train(config: Config, root: Path, run: Path, progress: Progress | None = None) -> dict[str, Any]:
    """Train with the tiny trunk."""
    with tiny_trunk():
        return train(config, MINI, root / "split.csv", root / "cache", RunFolder(run), progress or Progress())


if __name__ == "__main__":
    torch.set_num_threads(1)
    with tiny_trunk():
        sys.exit(main())
