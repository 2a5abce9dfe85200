"""Two processes against one: the same losses, validation and weights."""

import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch

from fitxa_trainer.config import dump_config
from fitxa_trainer.training.runfolder import RunFolder
from fitxa_trainer.training.scores import read_scores, scores_path
from tiny import tiny_config, tiny_data, tiny_train
from workspace import MINI, REPOSITORY


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def _two_processes(root: Path, folder: Path, config: Path) -> list[subprocess.CompletedProcess[str]]:
    tests = REPOSITORY / "trainer" / "tests"
    command = [sys.executable, str(tests / "tiny.py"), "train", "--config", str(config), "--data", str(MINI)]
    command += ["--split", str(root / "split.csv"), "--cache", str(root / "cache"), "--run", str(folder / "two")]
    environment = os.environ | {
        "PYTHONPATH": f"{REPOSITORY / 'trainer' / 'src'}:{tests}",
        "WORLD_SIZE": "2",
        "MASTER_ADDR": "127.0.0.1",
        "MASTER_PORT": str(_free_port()),
    }
    processes = [
        subprocess.Popen(
            command, env=environment | {"RANK": str(rank)}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for rank in range(2)
    ]
    done = []
    for process in processes:
        out, err = process.communicate(timeout=240)
        done.append(subprocess.CompletedProcess(command, process.returncode, out, err))
    return done


def _numbers(values: Any) -> list[float]:
    if isinstance(values, dict):
        return [number for value in values.values() for number in _numbers(value)]
    return [float(values)]


def test_two_processes_give_what_one_gives(tmp_path: Path) -> None:
    """Softmax targets, augmentation and order are drawn; a facet is labelled in some pictures of a batch only."""
    root = tiny_data(tmp_path)
    config = tiny_config(epochs=2, clip_norm=5.0)
    (tmp_path / "a.yaml").write_text(dump_config(config), encoding="utf-8")
    processes = _two_processes(root, tmp_path, tmp_path / "a.yaml")
    assert [process.returncode for process in processes] == [0, 0], processes[0].stderr + processes[1].stderr
    assert "epoch 2/2" in processes[0].stderr
    assert (processes[1].stdout, "epoch" in processes[1].stderr) == ("", False)
    result = tiny_train(config, root, tmp_path / "one")
    one, two = RunFolder(tmp_path / "one"), RunFolder(tmp_path / "two")
    assert two.read_json("result.json")["processes"] == 2
    for first, second in zip(one.metrics(), two.metrics(), strict=True):
        assert second["losses"] == pytest.approx(first["losses"], abs=1e-5)
        assert _numbers(second["validation"]) == pytest.approx(_numbers(first["validation"]), abs=1e-6)
    weights = [torch.load(run.path / "best.pt", weights_only=True) for run in (one, two)]
    for name, value in weights[0].items():
        assert torch.allclose(value, weights[1][name], atol=1e-4), name
    assert result["bestEpoch"] == two.read_json("result.json")["bestEpoch"]
    for split in ("train", "validation", "inner", "outer"):
        alone, shared = (read_scores(scores_path(run.path, split)) for run in (one, two))
        assert alone.ids == shared.ids
        assert alone.embedding == pytest.approx(shared.embedding, abs=2e-2)
