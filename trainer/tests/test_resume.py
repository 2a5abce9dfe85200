"""Stopping and resuming: the same losses as without the stop, to the last bit."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from fitxa_trainer import stopping
from fitxa_trainer.configuration.run import Config, dump_config
from fitxa_trainer.errors import InputError, Stopped
from fitxa_trainer.locking import alone_in
from fitxa_trainer.progress import Progress
from fitxa_trainer.training.run_folder import RunFolder
from tiny import tiny_config, tiny_data, tiny_train
from workspace import MINI, REPOSITORY


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_data(tmp_path_factory.mktemp("tiny"))


def _losses(run: Path) -> list[tuple[Any, ...]]:
    """Everything that is logged and does not depend on the clock."""
    lines = [json.loads(line) for line in (run / "metrics.jsonl").read_text(encoding="utf-8").splitlines()]
    return [(line["epoch"], line["losses"], line["validation"], line["learningRate"]) for line in lines]


def _stop_after(monkeypatch: pytest.MonkeyPatch, steps: int) -> None:
    """Somebody asks to stop after so many looks."""
    looks = iter(range(10_000))
    monkeypatch.setattr(stopping, "requested", lambda: next(looks) >= steps)


@pytest.mark.parametrize(
    "config",
    [
        tiny_config(),
        tiny_config(ema=0.8, clip_norm=1.0, warmup_steps=4, repeated_augmentation=2),
    ],
    ids=["plain", "with everything"],
)
def test_stopped_anywhere_it_goes_on_with_the_same_losses(
    config: Config, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = tiny_train(config, root, tmp_path / "once")
    for steps in (2, 3, 0, 4):
        _stop_after(monkeypatch, steps)
        with pytest.raises(Stopped):
            tiny_train(config, root, tmp_path / "often")
        monkeypatch.undo()
        assert (tmp_path / "often" / "checkpoint.pt").exists()
        assert not (tmp_path / "often" / "result.json").exists()
    again = tiny_train(config, root, tmp_path / "often")
    assert _losses(tmp_path / "often") == _losses(tmp_path / "once")
    assert again["validation"] == result["validation"]
    first, second = (torch.load(tmp_path / name / "best.pt", weights_only=True) for name in ("once", "often"))
    assert all(torch.equal(first[name], second[name]) for name in first)
    assert not (tmp_path / "often" / "checkpoint.pt").exists()


def test_checkpoints_are_written_by_the_clock_and_survive_a_kill(root: Path, tmp_path: Path) -> None:
    """A run killed between two checkpoints resumes from the last, and repeats what came after it."""
    config = tiny_config(checkpoint_minutes=0.0)
    tiny_train(config, root, tmp_path / "once")
    saved: list[int] = []
    known = RunFolder.save_checkpoint

    def save(self: RunFolder, checkpoint: Any) -> None:
        known(self, checkpoint)
        saved.append(checkpoint.state.step)
        if len(saved) == 7:
            raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(RunFolder, "save_checkpoint", save)
        tiny_train(config, root, tmp_path / "killed")
    RunFolder(tmp_path / "killed").log({"epoch": 99})
    tiny_train(config, root, tmp_path / "killed")
    assert _losses(tmp_path / "killed") == _losses(tmp_path / "once")


def test_a_finished_run_says_so_and_another_configuration_is_refused(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tiny_config(epochs=1)
    result = tiny_train(config, root, tmp_path / "run")
    assert tiny_train(config, root, tmp_path / "run", Progress("lines")) == result
    assert "is finished; nothing is left to train" in capsys.readouterr().err
    with pytest.raises(InputError, match=r"another training\.epochs, training\.batch;"):
        tiny_train(tiny_config(epochs=2, batch=8), root, tmp_path / "run")
    assert tiny_train(tiny_config(epochs=1, device="cpu", log_steps=3), root, tmp_path / "run") == result


def test_one_process_at_a_time_works_in_a_folder(root: Path, tmp_path: Path) -> None:
    with alone_in(tmp_path / "run"), pytest.raises(InputError, match="Another process is at work in"):
        tiny_train(tiny_config(epochs=1), root, tmp_path / "run")
    tiny_train(tiny_config(epochs=1), root, tmp_path / "run")


def test_other_data_and_another_split_are_refused(root: Path, tmp_path: Path) -> None:
    config = tiny_config(epochs=1)
    tiny_train(config, root, tmp_path / "run")
    data = json.loads((tmp_path / "run" / "data.json").read_text(encoding="utf-8"))
    (tmp_path / "run" / "data.json").write_text(json.dumps(data | {"fingerprint": "x"}), encoding="utf-8")
    with pytest.raises(InputError, match="a run on other data"):
        tiny_train(config, root, tmp_path / "run")
    (tmp_path / "run" / "split.csv").write_text("other", encoding="utf-8")
    with pytest.raises(InputError, match="with another split"):
        tiny_train(config, root, tmp_path / "run")


def test_a_damaged_checkpoint_is_named(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = tiny_config(epochs=1)
    _stop_after(monkeypatch, 1)
    with pytest.raises(Stopped):
        tiny_train(config, root, tmp_path / "run")
    monkeypatch.undo()
    (tmp_path / "run" / "checkpoint.pt").write_bytes(b"nothing")
    with pytest.raises(InputError, match=r"checkpoint\.pt is damaged; delete it to start again"):
        tiny_train(config, root, tmp_path / "run")


def _by_signal(number: signal.Signals) -> Callable[["subprocess.Popen[str]"], None]:
    return lambda process: process.send_signal(number)


def _by_end_of_stdin(process: "subprocess.Popen[str]") -> None:
    assert process.stdin is not None
    process.stdin.close()


@pytest.mark.parametrize(
    "stop",
    [_by_signal(signal.SIGTERM), _by_signal(signal.SIGINT), _by_end_of_stdin],
    ids=["SIGTERM", "Ctrl+C", "end of stdin"],
)
def test_a_program_that_is_told_to_stop_can_go_on(
    stop: Callable[["subprocess.Popen[str]"], None], root: Path, tmp_path: Path
) -> None:
    (tmp_path / "a.yaml").write_text(dump_config(tiny_config(epochs=40)), encoding="utf-8")
    tests = REPOSITORY / "trainer" / "tests"
    command = [sys.executable, str(tests / "tiny.py"), "train", "--config", "a.yaml", "--data", str(MINI)]
    command += ["--split", str(root / "split.csv"), "--cache", str(root / "cache"), "--run", "run"]
    command += ["--progress", "jsonl", "--stop-on-stdin-close"]
    environment = os.environ | {"PYTHONPATH": f"{REPOSITORY / 'trainer' / 'src'}:{tests}"}
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if json.loads(line)["type"] == "epoch":
                break
        stop(process)
        last = json.loads(process.stdout.read().splitlines()[-1])
    assert process.returncode == 75
    assert (last["type"], last["code"]) == ("warning", "stopped")
    assert RunFolder(tmp_path / "run").has_checkpoint
    if stop is not _by_end_of_stdin:
        return  # how it was told makes no difference to what follows
    again = subprocess.run(
        [*command[:-1], "--resume"], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    lines = [json.loads(line) for line in again.stdout.splitlines()]
    assert lines[-1]["type"] == "result"
    assert lines[-1]["epochs"] == 40
    assert [line["epoch"] for line in RunFolder(tmp_path / "run").metrics()] == list(range(1, 41))
