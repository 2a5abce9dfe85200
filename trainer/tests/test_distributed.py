"""Two processes against one: the same losses, validation and weights."""

from pathlib import Path

import pytest
import torch

from fitxa_trainer.configuration.run import dump_config
from fitxa_trainer.training.run_folder import RunFolder
from fitxa_trainer.training.scores import read_scores, scores_path
from processes import TESTS, in_two_processes, numbers, train_command
from tiny import tiny_config, tiny_data, tiny_train


def test_two_processes_give_what_one_gives(tmp_path: Path) -> None:
    """Softmax targets, augmentation and order are drawn; a facet is labelled in some pictures of a batch only."""
    root = tiny_data(tmp_path)
    config = tiny_config(epochs=2, clip_norm=5.0, device="cpu")
    (tmp_path / "a.yaml").write_text(dump_config(config), encoding="utf-8")
    command = train_command(root, tmp_path / "a.yaml", tmp_path / "two")
    processes = in_two_processes([str(TESTS / "tiny.py"), *command])
    assert [process.returncode for process in processes] == [0, 0], processes[0].stderr + processes[1].stderr
    assert "epoch 2/2" in processes[0].stderr
    assert (processes[1].stdout, "epoch" in processes[1].stderr) == ("", False)
    result = tiny_train(config, root, tmp_path / "one")
    one, two = RunFolder(tmp_path / "one"), RunFolder(tmp_path / "two")
    assert two.read_json("result.json")["processes"] == 2
    for first, second in zip(one.metrics(), two.metrics(), strict=True):
        assert second["losses"] == pytest.approx(first["losses"], abs=1e-5)
        assert numbers(second["validation"]) == pytest.approx(numbers(first["validation"]), abs=1e-6)
    weights = [torch.load(run.path / "best.pt", weights_only=True) for run in (one, two)]
    for name, value in weights[0].items():
        assert torch.allclose(value, weights[1][name], atol=1e-4), name
    assert result["bestEpoch"] == two.read_json("result.json")["bestEpoch"]
    for split in ("train", "validation", "inner", "outer"):
        alone, shared = (read_scores(scores_path(run.path, split)) for run in (one, two))
        assert alone.ids == shared.ids
        assert alone.embedding == pytest.approx(shared.embedding, abs=2e-2)
