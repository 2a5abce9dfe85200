"""A small bundle to go out from, made by the commands as a person gives them."""

from pathlib import Path

from fitxa_trainer.cli import main
from workspace import CONFIG, MINI


def make_base(folder: Path) -> None:
    """Train a bundle on the mini set into `folder`/base; its self-test is the first picture of the Inner test."""
    config, split, run = folder / "mini.yaml", folder / "split.csv", folder / "mini"
    config.write_text(CONFIG, encoding="utf-8")
    _do("split", "--config", config, "--data", MINI, "--out", split)
    lines = split.read_text(encoding="utf-8").splitlines()
    first = next(line.split(",")[0] for line in lines if ",inner," in line)
    config.write_text(CONFIG.replace("SELF_TEST", first), encoding="utf-8")
    _do("prepare", "--config", config, "--data", MINI, "--cache", folder / "cache")
    _do("train", "--config", config, "--data", MINI, "--split", split, "--cache", folder / "cache", "--run", run)
    _do("export", "--run", run, "--data", MINI, "--out", folder / "base")


def _do(*words: object) -> None:
    assert main([str(word) for word in words]) == 0
