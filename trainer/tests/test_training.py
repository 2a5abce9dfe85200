"""Training the heads on a real mini set: what is reached, that it repeats, what adds no loss."""

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from fitxa_trainer.config import TrainingConfig
from fitxa_trainer.engine import SplitTensors, train_heads
from fitxa_trainer.errors import InputError
from fitxa_trainer.losses import drawn_label_loss, multi_label_loss
from fitxa_trainer.progress import Progress
from fitxa_trainer.runfolder import RunFolder
from fitxa_trainer.tasks import TASKS
from fitxa_trainer.tasks.multilabel import MULTILABEL
from fitxa_trainer.training import train
from workspace import Workspace


def _validation(workspace: Workspace) -> dict[str, dict[str, dict[str, float]]]:
    result: Any = workspace.result
    validation: dict[str, dict[str, dict[str, float]]] = result["validation"]
    return validation


def test_the_mini_set_is_learned(workspace: Workspace) -> None:
    found = _validation(workspace)
    assert found["objectTypes"]["ensemble"]["r_precision"] > 0.75
    assert found["materials"]["ensemble"]["r_precision"] > 0.9
    assert found["disciplines"]["ensemble"]["r_precision"] > 0.9
    assert set(found["objectTypes"]) == {"multilabel", "softmax", "equal", "ensemble"}


def test_losses_fall_and_the_same_seed_gives_the_same_losses(workspace: Workspace, tmp_path: Path) -> None:
    again = RunFolder(tmp_path / "again")
    result = train(workspace.config, workspace.examples, workspace.split_file, workspace.cache, again, Progress())
    first = (workspace.run.path / "metrics.jsonl").read_text().splitlines()
    assert (again.path / "metrics.jsonl").read_text().splitlines() == first
    assert result == workspace.result
    entries = [json.loads(line) for line in first]
    for task in TASKS:
        losses = [entry["loss"] for entry in entries if entry["task"] == task.name]
        assert losses[-1] < 0.6 * losses[0]


def test_features_computed_anew_give_the_same_run(workspace: Workspace, tmp_path: Path) -> None:
    fresh = RunFolder(tmp_path / "fresh")
    result: Any = train(
        workspace.config, workspace.examples, workspace.split_file, tmp_path / "cache", fresh, Progress()
    )
    found, expected = result["validation"]["objectTypes"], _validation(workspace)["objectTypes"]
    assert found["ensemble"]["r_precision"] == pytest.approx(expected["ensemble"]["r_precision"], abs=1e-6)


def test_the_run_folder_tells_how_it_was_made(workspace: Workspace) -> None:
    assert workspace.run.config() == workspace.config
    environment = workspace.run.read_json("env.json")
    assert environment["packages"]["torch"].startswith("2.13.0")
    data = workspace.run.read_json("data.json")
    assert sum(data["images"].values()) == len(workspace.examples)
    assert len(data["fingerprint"]) == 64
    with pytest.raises(InputError, match="finished run"):
        workspace.run.start(workspace.config, workspace.split_file)


def test_a_tag_below_the_minimum_is_dropped_and_counted(workspace: Workspace) -> None:
    vocabulary = workspace.run.read_json("vocabulary.json")
    assert "materials/resina | resina fòssil | ambre" in vocabulary["terms"]["materials"]
    assert "subjects" not in vocabulary["terms"]
    assert all(count < 5 for facet in vocabulary["dropped"].values() for count in facet.values())


def test_a_run_without_heads_is_refused(workspace: Workspace, tmp_path: Path) -> None:
    copy = RunFolder(tmp_path / "copy")
    shutil.copytree(workspace.run.path, copy.path)
    (copy.path / "heads.pt").unlink()
    with pytest.raises(InputError, match=r"no heads\.pt"):
        copy.load_heads({"materials": ("a",)}, 1280)


def test_a_picture_without_labels_in_a_facet_adds_no_loss() -> None:
    """Two facets; only the first is labelled: the second's head stays where it began."""
    generator = torch.Generator().manual_seed(0)
    features = torch.randn(40, 1, 8, generator=generator)
    truth = {"materials": (features[:, 0, :3] > 0).float(), "subjects": torch.zeros(40, 2)}
    truth["subjects"][0, 1] = 1
    validation = SplitTensors(features, truth)
    unlabelled = SplitTensors(features, truth | {"subjects": torch.zeros(40, 2)})
    config = TrainingConfig(epochs=3, batch=10, weight_decay=0.0, patience=9)
    heads = train_heads(MULTILABEL, unlabelled, validation, config, 1, lambda entry: None).heads.facets
    assert not heads["subjects"].get_parameter("weight").any()
    assert heads["materials"].get_parameter("weight").any()


def test_losses_equal_their_formulas() -> None:
    logits = torch.tensor([[2.0, -1.0, 0.5]])
    truth = torch.tensor([[1.0, 0.0, 1.0]])
    p = 1 / (1 + np.exp(-logits.numpy()))
    expected = -(np.log(p[0, 0]) + np.log(1 - p[0, 1]) + np.log(p[0, 2]))
    assert multi_label_loss(logits, truth).item() == pytest.approx(expected, rel=1e-5)

    logs = -torch.log_softmax(logits, dim=1)[0]
    drawn = {
        round(drawn_label_loss(logits, truth, torch.Generator().manual_seed(seed)).item(), 4) for seed in range(20)
    }
    assert drawn == {round(logs[0].item(), 4), round(logs[2].item(), 4)}
