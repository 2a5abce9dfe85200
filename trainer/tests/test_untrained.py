"""A run of the task zero-shot."""

from pathlib import Path

import numpy as np

from fitxa_trainer.configuration.run import config_from
from fitxa_trainer.progress import Progress
from fitxa_trainer.training.run_folder import RunFolder
from fitxa_trainer.training.scores import read_scores, scores_path
from fitxa_trainer.training.train import train
from tiny import SETTINGS, tiny_data
from workspace import MINI


def test_scores_come_without_training_and_beat_chance(tmp_path: Path) -> None:
    root = tiny_data(tmp_path)
    config = config_from(SETTINGS | {"tasks": ["zero-shot"], "model": {"backbone": "lite0", "size": 48}})
    run = RunFolder(tmp_path / "run")
    result = train(config, MINI, root / "split.csv", root / "cache", run, Progress())
    assert run.is_finished
    assert result["epochs"] == 0
    scores = read_scores(scores_path(run.path, "validation"))
    materials = scores.probabilities["zero-shot"]["materials"]
    assert np.allclose(materials.sum(axis=1), 1, atol=1e-5)
    validation = run.read_json("result.json")["validation"]["zero-shot"]
    terms = run.vocabulary().terms
    for facet in ("objectTypes", "materials"):
        figures = validation[facet]
        assert figures["avg_rank_pos"] < (len(terms[facet]) + 1) / 2
    assert not read_scores(scores_path(run.path, "train")).probabilities
    assert read_scores(scores_path(run.path, "train")).embedding.shape[1] == 1280
