"""The command train in processes of its own: several that share the work, each with its part of the environment."""

import os
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from workspace import MINI, REPOSITORY

TESTS = REPOSITORY / "trainer" / "tests"


def environment() -> dict[str, str]:
    """What a process needs to find the trainer and the tests' modules, with all that this one has."""
    own = [str(REPOSITORY / "trainer" / "src"), str(TESTS), os.environ.get("PYTHONPATH", "")]
    return os.environ | {"PYTHONPATH": os.pathsep.join(path for path in own if path)}


def train_command(root: Path, config: Path, run: Path) -> list[str]:
    """The words of `train` on the split and the cache of `tiny_data` below `root`."""
    words = ["train", "--config", str(config), "--data", str(MINI), "--split", str(root / "split.csv")]
    return [*words, "--cache", str(root / "cache"), "--run", str(run)]


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def run_python(program: list[str]) -> None:
    """Run a Python program to its end; what it said is in the error if it fails."""
    command = [sys.executable, *program]
    done = subprocess.run(command, env=environment(), capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def in_two_processes(program: list[str]) -> list["subprocess.CompletedProcess[str]"]:
    """Run a Python program twice at a time, as torchrun does for two processes of one machine."""
    shared = environment() | {"WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(free_port())}
    command = [sys.executable, *program]
    processes = [
        subprocess.Popen(
            command,
            env=shared | {"RANK": str(rank), "LOCAL_RANK": str(rank)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for rank in range(2)
    ]
    done = []
    for process in processes:
        out, err = process.communicate(timeout=240)
        done.append(subprocess.CompletedProcess(command, process.returncode, out, err))
    return done


def numbers(values: Mapping[str, Any] | float) -> list[float]:
    """All numbers of a nested mapping, in its order."""
    if isinstance(values, Mapping):
        return [number for value in values.values() for number in numbers(value)]
    return [float(values)]
