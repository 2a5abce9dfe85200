"""The command line: what it prints, what it refuses and how."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fitxa_trainer.bundles.bundle import Bundle
from fitxa_trainer.cli import main
from workspace import MINI, REPOSITORY, Workspace

COMMANDS = ("harvest", "stats", "split", "prepare", "train", "export", "card", "evaluate", "fine-tune", "parity")
Fails = Callable[..., str]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit:
        main([command, "--help"])
    assert exit.value.code == 0
    text = capsys.readouterr().out
    assert "usage: fitxa_trainer" in text
    assert all(len(line.split("  ")) > 1 for line in text.splitlines() if line.startswith("  --"))


def test_it_runs_as_a_module() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "fitxa_trainer", "--help"],
        capture_output=True,
        text=True,
        check=True,
        cwd=REPOSITORY / "trainer",
        env={"PYTHONPATH": "src", "PATH": ""},
    )
    assert all(command in done.stdout for command in COMMANDS)


def test_evaluate_prints_json_and_nothing_else(
    workspace: Workspace, bundle: Bundle, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    out = tmp_path / "figures.json"
    arguments = ["evaluate", "--bundle", str(bundle.folder), "--data", str(MINI), "--split", str(workspace.split_file)]
    assert main([*arguments, "--out", str(out)]) == 0
    printed: Any = json.loads(capsys.readouterr().out)
    assert printed == json.loads(out.read_text(encoding="utf-8"))
    assert set(printed["facets"]["materials"]["rows"]) == {"multilabel", "softmax", "ensemble", "frequency"}
    assert printed["imagesPerSecond"] > 0


def test_parity_writes_every_probability(bundle: Bundle, tmp_path: Path) -> None:
    shutil.copy(next((MINI / "images").iterdir()), tmp_path / "one.jpg")
    out = tmp_path / "expected.json"
    assert main(["parity", "--bundle", str(bundle.folder), "--images", str(tmp_path), "--out", str(out)]) == 0
    (picture,) = json.loads(out.read_text(encoding="utf-8"))["images"]
    for facet, terms in bundle.terms.items():
        assert len(picture["ensemble"][facet]) == len(picture["members"]["softmax"][facet]) == len(terms)


def test_parity_refuses_an_empty_folder(bundle: Bundle, tmp_path: Path, fails: Fails) -> None:
    assert "holds no picture" in fails("parity", "--bundle", bundle.folder, "--images", tmp_path, "--out", "x.json")


class TestBadData:
    """Each is one sentence that names the place."""

    @pytest.fixture
    def data(self, tmp_path: Path) -> Path:
        shutil.copytree(MINI, tmp_path / "data")
        return tmp_path / "data"

    def split(self, fails: Fails, workspace: Workspace, data: Path) -> str:
        return fails("split", "--config", workspace.config_file, "--data", data, "--out", data / "split.csv")

    def test_a_missing_picture(self, fails: Fails, workspace: Workspace, data: Path) -> None:
        picture = sorted((data / "images").iterdir())[3]
        picture.unlink()
        assert picture.name in self.split(fails, workspace, data)

    def test_a_damaged_picture(self, fails: Fails, workspace: Workspace, data: Path) -> None:
        picture = sorted((data / "images").iterdir())[3]
        picture.write_bytes(b"nothing")
        assert f"{picture.name} cannot be decoded" in self.split(fails, workspace, data)

    def test_a_wrong_header(self, fails: Fails, workspace: Workspace, data: Path) -> None:
        annotations = data / "annotations.csv"
        annotations.write_text(annotations.read_text(encoding="utf-8").replace("materials.hierarchy", "material", 1))
        assert "lack the column materials.hierarchy" in self.split(fails, workspace, data)

    def test_no_picture_at_all(self, fails: Fails, workspace: Workspace, data: Path) -> None:
        annotations = data / "annotations.csv"
        annotations.write_text(annotations.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
        assert "list no picture" in self.split(fails, workspace, data)

    def test_no_data_folder(self, fails: Fails, workspace: Workspace, tmp_path: Path) -> None:
        assert "do not exist" in self.split(fails, workspace, tmp_path)

    def test_an_empty_facet(self, fails: Fails, workspace: Workspace, tmp_path: Path) -> None:
        message = fails(
            *("train", "--config", workspace.config_file, "--set", "vocabulary.subjects=5", "--data", MINI),
            *("--split", workspace.split_file, "--cache", workspace.cache, "--run", tmp_path / "run"),
        )
        assert "facet subjects has no tag with 5 training pictures" in message

    def test_an_unknown_key(self, fails: Fails, workspace: Workspace, tmp_path: Path) -> None:
        message = fails(
            *("split", "--config", workspace.config_file, "--set", "training.epoch=5", "--data", MINI),
            *("--out", tmp_path / "split.csv"),
        )
        assert "unknown key 'epoch'; did you mean 'epochs'?" in message

    def test_a_missing_split_file(self, fails: Fails, workspace: Workspace, tmp_path: Path) -> None:
        message = fails(
            *("train", "--config", workspace.config_file, "--data", MINI),
            *("--split", tmp_path / "none.csv", "--cache", workspace.cache, "--run", tmp_path / "run"),
        )
        assert "make it with the command split" in message

    def test_no_bundle(self, fails: Fails, workspace: Workspace, tmp_path: Path) -> None:
        message = fails(
            "evaluate", "--bundle", tmp_path, "--data", MINI, "--split", workspace.split_file, "--part", "inner"
        )
        assert "has no readable model.json" in message
