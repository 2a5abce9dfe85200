"""The run folder: everything that a run was made from and what came out.

config.yaml, env.json, data.json, vocabulary.json, split.csv, metrics.jsonl, heads.pt, result.json.
"""

import json
import os
import platform
import shutil
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch

from fitxa_trainer import __version__
from fitxa_trainer.config import Config, dump_config, load_config
from fitxa_trainer.errors import InputError
from fitxa_trainer.jsonfile import write_json
from fitxa_trainer.models.heads import FacetHeads

_PACKAGES = ("torch", "numpy", "pillow", "onnx", "onnxruntime")


class RunFolder:
    """Reads and writes the files of one run."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.split_file = path / "split.csv"

    def start(self, config: Config, split_file: Path) -> None:
        """Make the folder, empty its metrics, and keep the configuration, the split and the environment.

        Raises InputError when the folder already holds a finished run.
        """
        if (self.path / "result.json").exists():
            raise InputError(f"The run folder {self.path} holds a finished run; give another one or delete it.")
        self.path.mkdir(parents=True, exist_ok=True)
        (self.path / "config.yaml").write_text(dump_config(config), encoding="utf-8")
        shutil.copyfile(split_file, self.split_file)
        (self.path / "metrics.jsonl").write_text("", encoding="utf-8")
        environment = {
            "trainer": __version__,
            "python": platform.python_version(),
            "platform": platform.platform(),
            "cpus": os.cpu_count(),
            "packages": {name: version(name) for name in _PACKAGES},
        }
        self.write_json("env.json", environment)

    def config(self) -> Config:
        """The configuration of the run. InputError when there is none."""
        return load_config(self.path / "config.yaml")

    def log(self, entry: Mapping[str, object]) -> None:
        """Append one line to metrics.jsonl."""
        with (self.path / "metrics.jsonl").open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(entry) + "\n")

    def write_json(self, name: str, value: object) -> None:
        """Write a JSON file of the run."""
        write_json(self.path / name, value)

    def read_json(self, name: str) -> Any:
        """Read a JSON file of the run. InputError when the run did not get that far."""
        try:
            return json.loads((self.path / name).read_text(encoding="utf-8"))
        except (OSError, json.JSONDecodeError) as error:
            raise InputError(f"The run folder {self.path} has no readable {name}; run the command train.") from error

    def save_heads(self, members: Mapping[str, FacetHeads]) -> None:
        """Keep the trained heads of every member."""
        torch.save({name: heads.state_dict() for name, heads in members.items()}, self.path / "heads.pt")

    def load_heads(self, terms: Mapping[str, tuple[str, ...]], features: int) -> dict[str, FacetHeads]:
        """The trained heads of every member, in evaluation mode. InputError when the run did not get that far."""
        try:
            states = torch.load(self.path / "heads.pt", weights_only=True)
        except OSError as error:
            raise InputError(f"The run folder {self.path} has no heads.pt; run the command train.") from error
        members: dict[str, FacetHeads] = {}
        for name, state in states.items():
            outputs = {facet: len(keys) for facet, keys in terms.items()}
            heads = FacetHeads(features, outputs, dropout=0.0, noise=0.0)
            heads.load_state_dict(state)
            members[name] = heads.eval()
        return members
