"""What the throughput benchmark runs: the paper's schedules."""

import argparse
import importlib

import pytest

from workspace import REPOSITORY


@pytest.mark.parametrize(
    ("model", "task", "clip_norm", "warmup"),
    [("clip", "clip-prompt", 1.0, 500), ("lite0", "multilabel", 0.0, 0)],
)
def test_the_benchmark_runs_the_schedule_of_the_paper(
    model: str, task: str, clip_norm: float, warmup: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(REPOSITORY / "trainer" / "benchmarks"))
    options = argparse.Namespace(model=model, cache_size=288, size=224, rounds=2, batch=64, eager=False, where="host")
    config = importlib.import_module("throughput").configuration(options)
    assert config.tasks == (task,)
    assert (config.training.clip_norm, config.training.warmup_steps) == (clip_norm, warmup)
    assert (config.training.epochs, config.training.batch, config.model.weights) == (3, 64, "none")
