"""The run folder: all inputs and results of a run.

config.yaml, env.json, data.json, vocabulary.json, split.csv; while it trains checkpoint.pt; metrics.jsonl,
curves.svg, tensorboard/ (where the package is installed), best.pt, scores/, result.json.
"""

import json
import os
import platform
import shutil
import subprocess
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import torch

from fitxa_trainer import __version__
from fitxa_trainer.configuration.run import Config, differing_keys, dump_config, load_config
from fitxa_trainer.dataset.examples import Vocabulary
from fitxa_trainer.errors import InputError
from fitxa_trainer.json_file import write_json
from fitxa_trainer.models.network import Network, build_network
from fitxa_trainer.training.checkpoint import Checkpoint, load_checkpoint, save_checkpoint

_PACKAGES = ("torch", "torchvision", "timm", "open_clip_torch", "numpy", "pillow", "onnx", "onnxruntime")

#: Keys that may differ when a run resumes: they say where and how often, not what.
_FREE = {f"training.{key}" for key in ("device", "checkpoint_minutes", "log_steps", "device_cache_gib", "compile")}


class RunFolder:
    """Reads and writes the files of one run."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.split_file = path / "split.csv"

    @property
    def is_finished(self) -> bool:
        """Whether the run is finished."""
        return (self.path / "result.json").exists()

    @property
    def has_checkpoint(self) -> bool:
        """Whether the run can be resumed."""
        return (self.path / "checkpoint.pt").exists()

    def start(self, config: Config, split_file: Path) -> None:
        """Make the folder and keep configuration, split and environment in it; what the same run left before stays.

        Where there is nothing to resume, as after a batch that the memory did not hold, another configuration may
        take its place. Else raises InputError, naming the key, for a run of another configuration or split.
        """
        if self.is_finished or self.has_checkpoint:
            self.check_same(config, split_file)
        self.path.mkdir(parents=True, exist_ok=True)
        (self.path / "config.yaml").write_text(dump_config(config), encoding="utf-8")
        if split_file.resolve() != self.split_file.resolve():
            shutil.copyfile(split_file, self.split_file)
        self.write_json("env.json", environment())

    def check_same(self, config: Config, split_file: Path) -> None:
        """Raise InputError, naming the key, when the folder holds a run of another configuration or split."""
        differing = [key for key in differing_keys(self.config(), config) if key not in _FREE]
        if differing:
            raise InputError(
                f"The run folder {self.path} holds a run with another {', '.join(differing)}; "
                "give another folder, or the same configuration to resume.",
                "run.differs",
                keys=differing,
            )
        if self.split_file.exists() and self.split_file.read_bytes() != split_file.read_bytes():
            raise InputError(
                f"The run folder {self.path} holds a run with another split than {split_file}; give another folder.",
                "run.differs",
                keys=["split.csv"],
            )

    def config(self) -> Config:
        """The configuration of the run. InputError when there is none."""
        return load_config(self.path / "config.yaml")

    def vocabulary(self) -> Vocabulary:
        """The terms of the run. InputError when the run did not get that far."""
        content = self.read_json("vocabulary.json")
        return Vocabulary({facet: tuple(terms) for facet, terms in content["terms"].items()}, content["dropped"])

    def load_network(self) -> Network:
        """The trained network, on the CPU, in evaluation mode. InputError when the run did not get that far."""
        network = build_network(self.config(), self.vocabulary(), (), pretrained=False)
        try:
            state = torch.load(self.path / "best.pt", map_location="cpu", weights_only=True)
            network.load_state_dict(state)
        except (OSError, RuntimeError) as error:
            raise InputError(f"The run folder {self.path} has no readable best.pt; run the command train.") from error
        return network.eval()

    def save_network(self, network: Network) -> None:
        """Keep the trained network."""
        partial = self.path / "best.partial"
        torch.save(network.state_dict(), partial)
        partial.replace(self.path / "best.pt")

    def checkpoint(self, device: torch.device) -> Checkpoint | None:
        """The last checkpoint, or None. InputError when it is damaged."""
        return load_checkpoint(self.path / "checkpoint.pt", device)

    def save_checkpoint(self, checkpoint: Checkpoint) -> None:
        """Replace the last checkpoint."""
        save_checkpoint(self.path / "checkpoint.pt", checkpoint)

    def drop_checkpoint(self) -> None:
        """Remove the checkpoint of a finished run."""
        (self.path / "checkpoint.pt").unlink(missing_ok=True)

    def log(self, entry: Mapping[str, object]) -> None:
        """Append one line to metrics.jsonl."""
        with (self.path / "metrics.jsonl").open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(entry) + "\n")

    def metrics(self) -> list[dict[str, Any]]:
        """The lines of metrics.jsonl."""
        file = self.path / "metrics.jsonl"
        return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()] if file.exists() else []

    def keep_metrics(self, lines: int) -> None:
        """Cut metrics.jsonl to its first `lines` lines: those that the checkpoint knows of."""
        file = self.path / "metrics.jsonl"
        known = file.read_text(encoding="utf-8").splitlines(keepends=True) if file.exists() else []
        file.write_text("".join(known[:lines]), encoding="utf-8")

    def write_json(self, name: str, value: object) -> None:
        """Write a JSON file of the run."""
        write_json(self.path / name, value)

    def read_json(self, name: str) -> Any:
        """Read a JSON file of the run. InputError when the run did not get that far."""
        try:
            return json.loads((self.path / name).read_text(encoding="utf-8"))
        except (OSError, json.JSONDecodeError) as error:
            raise InputError(f"The run folder {self.path} has no readable {name}; run the command train.") from error


def environment() -> dict[str, object]:
    """Versions, machine and revision of the source, to compare figures."""
    gpu = torch.cuda.get_device_name() if torch.cuda.is_available() else None
    return {
        "trainer": __version__,
        "revision": _revision(),
        "python": platform.python_version(),
        "platform": platform.platform(),
        "cpus": os.cpu_count(),
        "gpu": gpu,
        "gpus": torch.cuda.device_count(),
        "cuda": torch.version.cuda,
        "packages": {name: found for name in _PACKAGES if (found := _version(name)) is not None},
    }


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _revision() -> str | None:
    """The git revision of the source, None outside a checkout."""
    try:
        done = subprocess.run(
            ["git", "describe", "--always", "--dirty", "--abbrev=12"],
            cwd=Path(__file__).parent,
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.strip()
