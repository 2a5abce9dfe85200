"""Shared fixtures: the mini set, its split, one training and its export, a stand-in for Europeana."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

from europeana import KEY, FakeEuropeana, Harvest, arguments
from fitxa_trainer.bundles.bundle import Bundle, open_bundle
from fitxa_trainer.bundles.from_runs import ExportChoices, export_runs
from fitxa_trainer.cli import main
from fitxa_trainer.configuration.run import load_config
from fitxa_trainer.dataset.examples import Example, load_examples, picture_files
from fitxa_trainer.harvest.thesaurus import Thesaurus, load_thesaurus
from fitxa_trainer.pictures.cache import prepare_pixels
from fitxa_trainer.progress import Progress
from fitxa_trainer.training.run_folder import RunFolder
from fitxa_trainer.training.train import train
from workspace import CONFIG, MINI, Workspace


@pytest.fixture(scope="session", autouse=True)
def _few_threads() -> None:
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def examples() -> list[Example]:
    return load_examples(MINI)


@pytest.fixture(scope="session")
def workspace(examples: list[Example], tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    folder = tmp_path_factory.mktemp("mini")
    config_file, split_file = folder / "mini.yaml", folder / "split.csv"
    config_file.write_text(CONFIG, encoding="utf-8")
    assert main(["split", "--config", str(config_file), "--data", str(MINI), "--out", str(split_file)]) == 0
    test_ids = [line.split(",")[0] for line in split_file.read_text().splitlines() if ",inner," in line]
    config_file.write_text(CONFIG.replace("SELF_TEST", test_ids[0]), encoding="utf-8")
    config = load_config(config_file)
    run = RunFolder(folder / "run")
    prepare_pixels(folder / "cache", config.cache, picture_files(MINI), 1, Progress())
    result = train(config, MINI, split_file, folder / "cache", run, Progress())
    return Workspace(config, config_file, examples, split_file, folder / "cache", run, result)


@pytest.fixture(scope="session")
def bundle(workspace: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    folder = tmp_path_factory.mktemp("bundle") / "mini"
    choices = ExportChoices(precision="fp16", variants=True)
    export_runs([workspace.run], None, workspace.examples, folder, choices, Progress())
    return open_bundle(folder)


@pytest.fixture
def fails(capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Runs a command that must end with exit code 2 and one line on stderr; returns that line."""

    def run(*arguments: str | Path) -> str:
        capsys.readouterr()
        assert main([str(argument) for argument in arguments]) == 2
        captured = capsys.readouterr()
        lines = captured.err.strip().splitlines()
        assert captured.out == ""
        assert "Traceback" not in captured.err
        assert lines[-1].endswith((".", "?"))
        return lines[-1]

    return run


@pytest.fixture(scope="session")
def thesaurus() -> Thesaurus:
    return load_thesaurus()


@pytest.fixture
def europeana(monkeypatch: pytest.MonkeyPatch, thesaurus: Thesaurus) -> Iterator[FakeEuropeana]:
    monkeypatch.setenv("EUROPEANA_API_KEY", KEY)
    monkeypatch.setattr("fitxa_trainer.commands.harvest.load_thesaurus", lambda folder: thesaurus)
    monkeypatch.setattr("fitxa_trainer.harvest.client._FIRST_PAUSE", 0.01)
    fake = FakeEuropeana()
    yield fake
    fake.close()


@pytest.fixture
def harvest(europeana: FakeEuropeana, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Harvest:
    """Runs the command to its end and returns its result; keywords replace settings."""

    def run(expected: int = 0, **settings: Any) -> dict[str, Any]:
        capsys.readouterr()
        code = main(arguments(europeana, tmp_path, **settings))
        captured = capsys.readouterr()
        assert KEY not in captured.out + captured.err
        assert code == expected, captured.err
        result: dict[str, Any] = json.loads(captured.out) if code == 0 else {"error": captured.err}
        return result

    return run
