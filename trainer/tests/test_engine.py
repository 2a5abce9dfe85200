"""The loop: it learns, repeats itself, leaves what is unknown alone, and says what is wrong."""

import json
import math
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from fitxa_trainer.configuration.run import TrainingConfig, VocabularyConfig
from fitxa_trainer.dataset.examples import Vocabulary
from fitxa_trainer.errors import InputError
from fitxa_trainer.models.network import Network, build_network
from fitxa_trainer.progress import Progress
from fitxa_trainer.training import engine
from fitxa_trainer.training.averaging import RunningMean
from fitxa_trainer.training.checkpoint import Checkpoint
from fitxa_trainer.training.context import ComputeContext, compute_context
from fitxa_trainer.training.engine import Recorder, SplitData, train_network
from fitxa_trainer.training.memory import largest_fitting
from fitxa_trainer.training.prediction import predict
from fitxa_trainer.training.run_folder import RunFolder
from fitxa_trainer.training.scores import read_scores, scores_path
from fitxa_trainer.training.sources import FeatureSource
from tiny import FEATURES, tiny_config, tiny_data, tiny_train, tiny_trunk
from workspace import MINI

CPU = ComputeContext(torch.device("cpu"))


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_data(tmp_path_factory.mktemp("tiny"))


def _network(**terms: int) -> Network:
    keys = {facet: tuple(f"{facet}/{number}" for number in range(count)) for facet, count in terms.items()}
    with tiny_trunk():
        return build_network(tiny_config(), Vocabulary(keys, {}), ())


def _material(targets: Mapping[str, Any], seed: int = 0) -> SplitData:
    """Features of which the first tell the terms of the first facet."""
    arrays = {facet: np.array(values, dtype=np.int8) for facet, values in targets.items()}
    first = next(iter(arrays.values()))
    features = torch.randn(len(first), 2, FEATURES, generator=torch.Generator().manual_seed(seed))
    features[:, :, : first.shape[1]] += 3 * torch.from_numpy(first).float().unsqueeze(1)
    return SplitData(FeatureSource(features, CPU), arrays)


def _random_targets(pictures: int, terms: int, seed: int = 0) -> Any:
    return np.eye(terms, dtype=np.int8)[np.random.default_rng(seed).integers(0, terms, pictures)]


def _train(network: Network, train: SplitData, validation: SplitData, **settings: Any) -> list[dict[str, Any]]:
    lines: list[dict[str, Any]] = []
    recorder = Recorder(lambda entry: lines.append(dict(entry)), lambda checkpoint: None, Progress())
    config = tiny_config(**({"epochs": 4, "batch": 16, "head_learning_rate": 0.05} | settings)).training
    train_network(network, train, validation, config, 1, CPU, recorder)
    return lines


def test_it_learns_and_repeats_itself() -> None:
    train = _material({"materials": _random_targets(90, 4)})
    validation = _material({"materials": _random_targets(40, 4, seed=1)}, seed=1)
    lines, again = (_train(_network(materials=4), train, validation, epochs=10) for _ in range(2))
    assert lines[-1]["loss"] < 0.7 * lines[0]["loss"]
    assert lines[-1]["score"] > 0.9
    assert [line["losses"] for line in again] == [line["losses"] for line in lines]
    assert lines[0]["losses"].keys() == {"multilabel", "softmax"}
    assert lines[-1]["learningRate"] < 0.1 * lines[0]["learningRate"]


def test_what_is_unknown_leaves_its_head_alone() -> None:
    unknown = np.full((40, 2), -1)
    network = _network(materials=3, subjects=2)
    before = {name: value.clone() for name, value in network.state_dict().items()}
    targets = {"materials": _random_targets(40, 3), "subjects": unknown}
    labelled = {"materials": _random_targets(40, 3), "subjects": _random_targets(40, 2)}
    _train(network, _material(targets), _material(labelled), weight_decay=0.0)
    for name, value in network.state_dict().items():
        if "subjects" in name:
            assert torch.equal(value, before[name]), name
        if name.endswith("materials.weight"):
            assert not torch.equal(value, before[name]), name


def test_the_best_epoch_is_kept_and_patience_ends_the_run(root: Path, tmp_path: Path) -> None:
    config = tiny_config(epochs=40, patience=2, learning_rate=0.01)
    result = tiny_train(config, root, tmp_path / "run")
    lines = RunFolder(tmp_path / "run").metrics()
    scores = [line["score"] for line in lines]
    assert result["epochs"] == len(lines) < 40
    assert result["bestEpoch"] == int(np.argmax(scores)) + 1 == len(lines) - 2
    kept = np.mean([m["r_precision"] for facets in result["validation"].values() for m in facets.values()])
    assert kept == pytest.approx(max(scores), abs=1e-6)


def test_scores_are_what_the_kept_network_gives(root: Path, tmp_path: Path) -> None:
    tiny_train(tiny_config(epochs=1), root, tmp_path / "run")
    run = RunFolder(tmp_path / "run")
    with tiny_trunk():
        network = run.load_network()
    scores = read_scores(scores_path(run.path, "inner"))
    assert set(scores.probabilities) == {"multilabel", "softmax"}
    softmax = scores.probabilities["softmax"]["objectTypes"]
    assert softmax.sum(axis=1) == pytest.approx(np.ones(len(scores.ids)), abs=1e-5)
    assert scores.embedding.shape == (len(scores.ids), FEATURES)
    features = torch.from_numpy(scores.embedding.astype(np.float32))
    again = network.predict_from_features(features)["softmax"]["objectTypes"].detach().numpy()
    assert again == pytest.approx(softmax, abs=5e-3)
    train = read_scores(scores_path(run.path, "train"))
    assert not train.probabilities
    assert len(train.ids) == json.loads((run.path / "data.json").read_text(encoding="utf-8"))["images"]["train"]


def test_predictions_do_not_depend_on_the_batch() -> None:
    network = _network(materials=3)
    source = FeatureSource(torch.randn(17, 1, FEATURES, generator=torch.Generator().manual_seed(2)), CPU)
    first, second = (predict(network, source, batch, CPU) for batch in (4, 17))
    for member in ("multilabel", "softmax"):
        assert first.probabilities[member]["materials"] == pytest.approx(
            second.probabilities[member]["materials"], abs=1e-6
        )
    assert np.array_equal(first.embedding, second.embedding)


def test_a_loss_that_is_no_number_ends_the_run_with_a_remedy() -> None:
    network = _network(materials=3)
    train = _material({"materials": _random_targets(40, 3)})
    with torch.no_grad():
        next(iter(network.members.parameters())).fill_(math.nan)
    with pytest.raises(InputError, match="no longer a number; lower training"):
        _train(network, train, train, log_steps=1)


def test_too_little_memory_tells_the_batch_that_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    network = _network(materials=3)
    train = _material({"materials": _random_targets(90, 3)})
    known = Network.loss_from_features

    def greedy(self: Network, features: torch.Tensor, *others: Any) -> dict[str, torch.Tensor]:
        if len(features) > 10:
            raise torch.OutOfMemoryError
        return known(self, features, *others)

    monkeypatch.setattr(Network, "loss_from_features", greedy)
    with pytest.raises(InputError, match=r"does not suffice for training\.batch 64; 8 fits") as error:
        _train(network, train, train, batch=64)
    assert error.value.data == {"batch": 64, "fitting": 8}


def test_the_batch_that_fits_can_be_taken_in_the_same_folder(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = Network.loss_from_features

    def greedy(self: Network, features: torch.Tensor, *others: Any) -> dict[str, torch.Tensor]:
        if len(features) > 10:
            raise torch.OutOfMemoryError
        return known(self, features, *others)

    monkeypatch.setattr(Network, "loss_from_features", greedy)
    with pytest.raises(InputError, match=r"add --set training\.batch=6") as error:
        tiny_train(tiny_config(epochs=1), root, tmp_path / "run")
    batch = error.value.data["fitting"]
    assert tiny_train(tiny_config(epochs=1, batch=batch), root, tmp_path / "run")["epochs"] == 1
    assert RunFolder(tmp_path / "run").config().training.batch == batch


def test_pictures_that_do_not_fit_at_once_are_looked_at_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    network = _network(materials=3)
    source = FeatureSource(torch.randn(17, 1, FEATURES, generator=torch.Generator().manual_seed(2)), CPU)
    expected = predict(network, source, 17, CPU)
    known = Network.predict_from_features

    def greedy(self: Network, features: torch.Tensor) -> Any:
        if len(features) > most:
            raise torch.OutOfMemoryError
        return known(self, features)

    monkeypatch.setattr(Network, "predict_from_features", greedy)
    most = 4
    found = predict(network, source, 17, CPU)
    assert np.array_equal(found.embedding, expected.embedding)
    for member, facets in expected.probabilities.items():
        assert found.probabilities[member]["materials"] == pytest.approx(facets["materials"], abs=1e-6)
    most = 0
    with pytest.raises(InputError, match="not even for the smallest batch"):
        predict(network, source, 17, CPU)


def test_the_largest_fitting_batch_is_found_by_halving() -> None:
    tried: list[int] = []

    def step(size: int) -> None:
        tried.append(size)
        if size > 5:
            raise torch.OutOfMemoryError

    assert largest_fitting(step, 100) == 3
    assert tried == [50, 25, 12, 6, 3]

    def never(size: int) -> None:
        raise torch.OutOfMemoryError

    assert largest_fitting(never, 100) == 0


def test_a_gpu_that_is_not_there_is_an_error() -> None:
    if torch.cuda.is_available():
        pytest.skip("this machine has a GPU")
    with pytest.raises(InputError, match="no GPU can be used here"), compute_context(TrainingConfig(device="cuda")):
        pass
    with compute_context(TrainingConfig(device="auto", deterministic=True)) as context:
        assert (context.device.type, context.amp) == ("cpu", None)
        assert torch.are_deterministic_algorithms_enabled()
    assert not torch.are_deterministic_algorithms_enabled()


def test_reduced_precision_learns_too(root: Path, tmp_path: Path) -> None:
    full, reduced = (
        tiny_train(tiny_config(epochs=2, amp=amp), root, tmp_path / amp)["score"] for amp in ("off", "bf16")
    )
    assert reduced == pytest.approx(full, abs=0.08)
    losses = [RunFolder(tmp_path / amp).metrics()[-1]["loss"] for amp in ("off", "bf16")]
    assert losses[0] != losses[1]
    assert losses[1] == pytest.approx(losses[0], rel=0.03)


def test_the_running_mean_follows_the_weights() -> None:
    network = torch.nn.Linear(1, 1, bias=False)
    with torch.no_grad():
        network.weight.fill_(0.0)
    mean = RunningMean(network, decay=0.5)
    with torch.no_grad():
        network.weight.fill_(1.0)
    expected = 0.0
    for step in range(1, 30):
        mean.update(step)
        decay = min(0.5, (1 + step) / (10 + step))
        expected = decay * expected + (1 - decay)
    with mean.in_place():
        assert network.weight.item() == pytest.approx(expected, abs=1e-6)
    assert network.weight.item() == 1.0


def test_checkpoints_keep_what_is_trained_only() -> None:
    network = _network(materials=3)
    network.frozen = True
    saved: list[Checkpoint] = []
    train = _material({"materials": _random_targets(40, 3)})
    config = tiny_config(epochs=2, checkpoint_minutes=0.0).training
    train_network(network, train, train, config, 1, CPU, Recorder(lambda entry: None, saved.append, Progress()))
    assert saved
    assert all(name.startswith("members.") for name in saved[-1].network)
    assert engine.trained_state(network).keys() == saved[-1].network.keys()


class TestWhatCannotBeTrained:
    """Each is one sentence."""

    def test_a_facet_without_validation_labels(self, root: Path, tmp_path: Path) -> None:
        lines = (root / "split.csv").read_text(encoding="utf-8").splitlines(keepends=True)
        coins = tmp_path / "split.csv"
        coins.write_text(
            "".join(
                line.replace(",validation,", ",train,") if not line.startswith("clothing") else line for line in lines
            ),
            encoding="utf-8",
        )
        (tmp_path / "cache").symlink_to(root / "cache")
        with pytest.raises(InputError, match="No validation picture has a label in the facet") as error:
            tiny_train(tiny_config(), tmp_path, tmp_path / "run")
        assert error.value.code == "facet.noValidation"

    def test_no_cache(self, root: Path, tmp_path: Path) -> None:
        (tmp_path / "split.csv").symlink_to(root / "split.csv")
        with pytest.raises(InputError, match="run the command prepare"):
            tiny_train(tiny_config(), tmp_path, tmp_path / "run")

    def test_pictures_that_were_refused_are_left_out_and_counted(
        self, root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        (tmp_path / "split.csv").symlink_to(root / "split.csv")
        folder = next((root / "cache" / "pixels").iterdir())
        copy = tmp_path / "cache" / "pixels" / folder.name
        copy.mkdir(parents=True)
        (copy / "pixels.npy").symlink_to(folder / "pixels.npy")
        index = json.loads((folder / "index.json").read_text(encoding="utf-8"))
        for name in list(index["pictures"])[:9]:
            index["pictures"].pop(name)
            index["refused"][name] = ["truncated", 1, 1]
        (copy / "index.json").write_text(json.dumps(index), encoding="utf-8")
        config = replace(tiny_config(epochs=1), vocabulary=VocabularyConfig(20, 5, 5, 0))
        tiny_train(config, tmp_path, tmp_path / "run", Progress("lines"))
        told = capsys.readouterr().err
        assert "9 pictures of the split are not in the cache" in told
        assert "are no terms of this run" in told
        data = RunFolder(tmp_path / "run").read_json("data.json")
        assert sum(data["images"].values()) == len((MINI / "annotations.csv").read_text("utf-8").splitlines()) - 1 - 9
        assert data["ignoredTags"]["objectTypes"]["train"] > 0
