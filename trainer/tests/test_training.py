"""The command train on a real frozen trunk and the mini set: what is reached, that it repeats, what it leaves."""

from typing import Any

import numpy as np
import pytest
import torch

from fitxa_trainer.pictures.cache import open_cache
from fitxa_trainer.progress import Progress
from fitxa_trainer.training.augmentation import whole
from fitxa_trainer.training.run_folder import RunFolder
from fitxa_trainer.training.scores import read_scores, scores_path
from fitxa_trainer.training.train import train
from workspace import MINI, Workspace


def _precision(result: Any, member: str, facet: str) -> float:
    value: float = result["validation"][member][facet]["r_precision"]
    return value


def test_the_mini_set_is_learned(workspace: Workspace) -> None:
    for member in ("multilabel", "softmax"):
        assert _precision(workspace.result, member, "objectTypes") > 0.75
        assert _precision(workspace.result, member, "materials") > 0.9
        assert _precision(workspace.result, member, "disciplines") > 0.9
    losses = [line["losses"] for line in workspace.run.metrics()]
    assert all(losses[-1][member] < 0.6 * losses[0][member] for member in losses[0])


def test_the_same_seed_gives_the_same_losses(workspace: Workspace, tmp_path: Any) -> None:
    again = RunFolder(tmp_path / "again")
    result: Any = train(workspace.config, MINI, workspace.split_file, workspace.cache, again, Progress())
    lines, first = again.metrics(), workspace.run.metrics()
    assert [line["losses"] for line in lines] == [line["losses"] for line in first]
    known: Any = workspace.result
    assert result["validation"] == known["validation"]


def test_the_run_folder_tells_how_it_was_made(workspace: Workspace) -> None:
    run = workspace.run
    assert run.config() == workspace.config
    environment = run.read_json("env.json")
    assert environment["packages"]["torch"] == torch.__version__
    assert environment["python"] and environment["cpus"]
    data = run.read_json("data.json")
    assert sum(data["images"].values()) == len(workspace.examples)
    assert len(data["fingerprint"]) == 64
    for name in ("best.pt", "curves.svg", "split.csv", "result.json", "scores/inner.npz"):
        assert (run.path / name).stat().st_size > 0
    assert not run.has_checkpoint
    assert "<svg" in (run.path / "curves.svg").read_text(encoding="utf-8")


def test_a_tag_below_the_minimum_is_dropped_and_counted(workspace: Workspace) -> None:
    vocabulary = workspace.run.vocabulary()
    assert "materials/resina | resina fòssil | ambre" in vocabulary.terms["materials"]
    assert "subjects" not in vocabulary.terms
    assert all(count < 5 for facet in vocabulary.dropped.values() for count in facet.values())


def test_the_kept_network_gives_the_scores_that_were_written(workspace: Workspace) -> None:
    """From disk and through the pixels, as a bundle does; features were computed in batches of another size."""
    network = workspace.run.load_network()
    assert not network.training
    cache = open_cache(workspace.cache, workspace.config.cache)
    scores = read_scores(scores_path(workspace.run.path, "inner"))
    by_id = {example.record.id: example.sha256 for example in workspace.examples}
    rows = cache.rows(by_id[name] for name in scores.ids[:8])
    probabilities, embedding = network.predict(whole(torch.from_numpy(cache.pixels[rows]), 96))
    assert embedding.numpy() == pytest.approx(scores.embedding[:8].astype(np.float32), abs=5e-3)
    for member, facets in scores.probabilities.items():
        for facet, values in facets.items():
            assert probabilities[member][facet].numpy() == pytest.approx(values[:8], abs=1e-4)
