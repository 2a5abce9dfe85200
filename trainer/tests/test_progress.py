"""Progress for people and for programs: every line of a real training is as the schema says."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import fitxa_trainer
from fitxa_trainer import stopping
from fitxa_trainer.cli import main
from fitxa_trainer.configuration.run import dump_config
from fitxa_trainer.errors import Stopped
from fitxa_trainer.progress import Progress
from tiny import tiny_config, tiny_data, tiny_trunk
from workspace import MINI

SCHEMA = json.loads(
    (Path(fitxa_trainer.__file__).parent / "schemas" / "progress.schema.json").read_text(encoding="utf-8")
)


def _run(capsys: pytest.CaptureFixture[str], code: int, *arguments: str | Path) -> list[dict[str, Any]]:
    """The lines of a command with --progress jsonl, each checked."""
    capsys.readouterr()
    with tiny_trunk():
        assert main([*map(str, arguments), "--progress", "jsonl"]) == code
    captured = capsys.readouterr()
    assert captured.err == ""
    lines = [json.loads(line) for line in captured.out.splitlines()]
    for line in lines:
        jsonschema.validate(line, SCHEMA)
    return lines


def test_every_line_of_a_training_is_as_the_schema_says(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tiny_data(tmp_path)
    config = tmp_path / "a.yaml"
    config.write_text(dump_config(tiny_config(epochs=2)), encoding="utf-8")
    cache = tmp_path / "fresh"
    common = ("--config", config, "--data", MINI, "--cache", cache)
    lines = _run(capsys, 0, "prepare", *common, "--workers", "1")
    assert [line["type"] for line in (lines[0], lines[-1])] == ["stage", "result"]
    assert lines[-1]["pictures"] == 174

    train = ("train", *common, "--split", tmp_path / "split.csv", "--run", tmp_path / "run")
    lines = _run(capsys, 0, *train)
    stages = [line["name"] for line in lines if line["type"] == "stage"]
    assert stages == ["train", "measure"]
    epochs = [line for line in lines if line["type"] == "epoch"]
    assert [(line["epoch"], line["epochs"]) for line in epochs] == [(1, 2), (2, 2)]
    assert set(epochs[0]["validation"]) == {"objectTypes", "materials", "disciplines"}
    assert epochs[-1]["secondsLeft"] == 0
    steps = [line for line in lines if line["type"] == "progress"]
    assert steps[-1]["done"] == steps[-1]["total"]
    assert (lines[-1]["type"], lines[-1]["run"]) == ("result", str(tmp_path / "run"))

    lines = _run(capsys, 0, *train)
    assert [line["code"] for line in lines if line["type"] == "warning"] == ["run.finished"]
    lines = _run(capsys, 2, *train, "--set", "training.epochs=3")
    assert (lines[-1]["type"], lines[-1]["code"]) == ("error", "run.differs")
    assert lines[-1]["data"] == {"keys": ["training.epochs"]}
    lines = _run(capsys, 2, *train[:-1], tmp_path / "other", "--resume")
    assert "no checkpoint to resume from" in lines[-1]["message"]


def test_the_schema_refuses_what_it_does_not_know() -> None:
    for line in ({"type": "x"}, {"type": "stage"}, {"type": "progress", "stage": "a", "done": -1, "total": 1}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(line, SCHEMA)


def test_people_get_lines_and_the_result_stands_alone(capsys: pytest.CaptureFixture[str]) -> None:
    progress = Progress("lines")
    assert list(progress.track([1, 2, 3], "pieces")) == [1, 2, 3]
    progress.warning("a.b", "Take care.")
    progress.result({"a": 1})
    captured = capsys.readouterr()
    assert captured.err.splitlines() == ["pieces: 3/3 in 0 s", "Take care."]
    assert json.loads(captured.out) == {"a": 1}


def test_bars_go_to_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    progress = Progress("bars")
    list(progress.track([1, 2, 3], "pieces"))
    progress.say("done")
    captured = capsys.readouterr()
    assert "pieces:   0%" in captured.err and "0/3" in captured.err and captured.err.endswith("done\n")
    assert captured.out == ""


def test_a_tracked_loop_can_be_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []
    with stopping.listening():
        with pytest.raises(Stopped):
            for item in Progress().track([1, 2, 3], "pieces"):
                seen.append(item)
                if item == 2:
                    stopping.request()
        assert stopping.requested()
    assert not stopping.requested()
    assert seen == [1, 2]
