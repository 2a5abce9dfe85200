"""What only a GPU does: compiling, exact repetition there, its memory running out, bf16, libraries' trunks, NCCL.

Everything goes through the command train, on the pictures of the mini set. Nothing is fetched: weights are random or
those of the package of EfficientNet-Lite0.
Losses are means over an epoch of five steps.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from fitxa_trainer import stopping
from fitxa_trainer.cli import DONE, STOPPED, main
from fitxa_trainer.configuration.run import config_from, dump_config
from fitxa_trainer.models.clip import ClipMember
from fitxa_trainer.models.network import Network
from fitxa_trainer.training.memory import release
from fitxa_trainer.training.run_folder import RunFolder
from fitxa_trainer.training.scores import read_scores, scores_path
from processes import TESTS, free_port, numbers, run_python, train_command
from tiny import SETTINGS, tiny_data

pytestmark = [
    pytest.mark.skipif(not torch.cuda.is_available(), reason="this machine has no GPU that torch can use"),
    # Compilers and libraries of trunks warn of their own affairs.
    pytest.mark.filterwarnings("default"),
]

_MODEL = {"backbone": "lite0", "weights": "none", "size": 64, "train_size": 64, "drop_path": 0.2}
_TRAINING = {"epochs": 2, "batch": 21, "learning_rate": 1e-3, "head_learning_rate": 3e-3, "device": "cuda"}
_HEAD_TASKS = ["multilabel", "softmax", "softmax-weighted", "hsoftmax-nodes", "hsoftmax-levels"]
_GIB = 2**30
#: A trunk that has learned from pictures, without draws of its own, and settings with which it learns steadily:
#: two ways of computing the same stay close.
_LEARNING = {"weights": "package", "drop_path": 0.0}
_SMOOTH: dict[str, Any] = {"epochs": 3, "learning_rate": 1e-4, "clip_norm": 1.0, "amp": "off"}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_data(tmp_path_factory.mktemp("gpu"))


@pytest.fixture(autouse=True)
def _memory_given_back() -> Iterator[None]:
    yield
    release()


def _write_config(file: Path, tasks: list[str], model: Mapping[str, object] | None = None, **training: object) -> Path:
    """The settings of the tiny trunk's tests with a real trunk and a GPU, `model` and `training` laid over them."""
    values = {"tasks": tasks, "model": _MODEL | dict(model or {}), "training": _TRAINING | training}
    file.write_text(dump_config(config_from(values, config_from(SETTINGS))), encoding="utf-8")
    return file


def _train(
    root: Path, run: Path, tasks: list[str], model: Mapping[str, object] | None = None, **training: object
) -> RunFolder:
    """The command train to its end."""
    config = _write_config(run.with_suffix(".yaml"), tasks, model, **training)
    assert main(train_command(root, config, run)) == DONE
    return RunFolder(run)


def _losses(run: RunFolder) -> list[list[float]]:
    """By epoch the losses of the members; each must be a number."""
    losses = [numbers(line["losses"]) for line in run.metrics()]
    assert np.isfinite(losses).all()
    return losses


def _everything(run: RunFolder) -> list[tuple[Any, ...]]:
    """What is logged and does not depend on the clock."""
    return [(line["epoch"], line["losses"], line["validation"], line["learningRate"]) for line in run.metrics()]


def _same_weights(first: RunFolder, second: RunFolder) -> bool:
    one, two = (torch.load(run.path / "best.pt", map_location="cpu", weights_only=True) for run in (first, second))
    return one.keys() == two.keys() and all(torch.equal(one[name], two[name]) for name in one)


@pytest.mark.parametrize("tasks", [["multilabel", "softmax"], _HEAD_TASKS], ids=["two tasks", "every head"])
def test_deterministic_runs_repeat_themselves_to_the_last_bit(tasks: list[str], root: Path, tmp_path: Path) -> None:
    """Reduced precision, stochastic depth and colours included."""
    first, second = (_train(root, tmp_path / name, tasks, deterministic=True) for name in ("first", "second"))
    assert _everything(first) == _everything(second)
    assert _same_weights(first, second)
    assert first.read_json("result.json")["device"] == torch.cuda.get_device_name()


def test_pictures_kept_on_the_gpu_are_those_sent_batch_by_batch(root: Path, tmp_path: Path) -> None:
    kept, sent = (
        _train(root, tmp_path / f"{gib}", ["multilabel"], deterministic=True, device_cache_gib=gib)
        for gib in (1.0, 0.0)
    )
    assert _everything(kept) == _everything(sent)


def test_stopped_it_goes_on_with_the_same_losses(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stopped within the first epoch and after it, each time by the command's own way of being stopped."""
    tasks = ["multilabel", "softmax"]
    settings: dict[str, Any] = {"deterministic": True, "ema": 0.8, "clip_norm": 1.0, "log_steps": 1}
    once = _train(root, tmp_path / "once", tasks, **settings)
    command = train_command(root, tmp_path / "once.yaml", tmp_path / "often")
    for wishes in ([False, False, True], [False, False, False, True]):
        with monkeypatch.context() as patch:
            patch.setattr(stopping, "requested", iter(wishes).__next__)
            assert main(command) == STOPPED
        assert (tmp_path / "often" / "checkpoint.pt").exists()
    assert main([*command, "--resume"]) == DONE
    often = RunFolder(tmp_path / "often")
    assert _everything(often) == _everything(once)
    assert _same_weights(often, once)


def test_a_batch_too_large_is_told_with_one_that_fits_and_that_one_runs(
    root: Path, tmp_path: Path, fails: Callable[..., str]
) -> None:
    """EfficientNet-Lite0 keeps about 104 MB of activations per picture of 256 px in float32: 2 GiB hold 13 of 104."""
    model = {"size": 256, "train_size": 256}
    config = _write_config(tmp_path / "a.yaml", ["multilabel"], model, epochs=1, batch=104, amp="off")
    command = train_command(root, config, tmp_path / "run")
    release()
    torch.cuda.set_per_process_memory_fraction(2 * _GIB / torch.cuda.get_device_properties(0).total_memory)
    try:
        told = fails(*command)
        found = re.search(
            r"does not suffice for training\.batch 104; (\d+) fits: add --set (training\.batch=\1)\.$", told
        )
        assert found is not None, told
        assert 1 <= int(found[1]) <= 52
        assert main([*command, "--set", found[2]]) == DONE
    finally:
        torch.cuda.set_per_process_memory_fraction(1.0)
    result = RunFolder(tmp_path / "run").read_json("result.json")
    assert result["pictures"] >= 104


class _Precision:
    """Notes in which precision the losses of training steps are computed."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.seen: set[object] = set()
        known = Network.loss_from_features

        def noted(network: Network, features: Tensor, *others: Any) -> dict[str, Tensor]:
            self.seen.add(torch.get_autocast_dtype("cuda") if torch.is_autocast_enabled("cuda") else None)
            return known(network, features, *others)

        monkeypatch.setattr(Network, "loss_from_features", noted)


def _check_scores(run: RunFolder, members: list[str]) -> None:
    pictures = run.read_json("data.json")["images"]
    for split in ("validation", "inner", "outer"):
        scores = read_scores(scores_path(run.path, split))
        assert len(scores.ids) == pictures[split]
        assert list(scores.probabilities) == members
        assert np.isfinite(scores.embedding.astype(np.float32)).all()
        for facets in scores.probabilities.values():
            for values in facets.values():
                assert 0 <= values.min() <= values.max() <= 1


def test_a_trunk_of_timm_is_trained_in_bf16_and_exported(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("timm", reason="timm is not installed")
    precision = _Precision(monkeypatch)
    model = {"backbone": "timm:convnext_tiny"}
    run = _train(root, tmp_path / "run", ["multilabel", "softmax"], model, learning_rate=3e-4)
    assert precision.seen == {torch.bfloat16}
    losses = _losses(run)
    assert sum(losses[-1]) < sum(losses[0])
    _check_scores(run, ["multilabel", "softmax"])

    pytest.importorskip("onnx", reason="onnx is not installed")
    pytest.importorskip("onnxscript", reason="onnxscript is not installed")
    from fitxa_trainer.bundles.bundle import open_session  # noqa: PLC0415 - needs onnxruntime
    from fitxa_trainer.bundles.onnx_networks import ExportNetwork, export_onnx, onnx_difference  # noqa: PLC0415 - needs onnx

    network = run.load_network()
    exported = ExportNetwork(network, {name: name for name in network.members}, run.vocabulary().terms)
    export_onnx(exported, 64, tmp_path / "network.onnx")
    inputs = np.random.default_rng(0).standard_normal((3, 3, 64, 64)).astype(np.float32)
    assert onnx_difference(exported, open_session(tmp_path / "network.onnx"), inputs) < 1e-4


def test_a_clip_model_of_open_clip_is_trained_in_bf16(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both towers learn: the picture's as the trunk, the text's within the member."""
    pytest.importorskip("open_clip", reason="open_clip is not installed")
    precision = _Precision(monkeypatch)
    model = {"backbone": "open_clip:ViT-S-32", "text": "open_clip"}
    run = _train(root, tmp_path / "run", ["clip-prompt"], model, learning_rate=3e-4)
    assert precision.seen == {torch.bfloat16}
    losses = _losses(run)
    assert losses[-1] < losses[0]
    _check_scores(run, ["clip-prompt"])
    member = run.load_network().members["clip-prompt"]
    assert isinstance(member, ClipMember)
    for facet, vectors in member.term_embeddings().items():
        assert len(vectors) == len(run.vocabulary().terms[facet])
        assert vectors.norm(dim=1) == pytest.approx(1.0, abs=1e-5)


def test_a_compiled_run_has_the_losses_of_one_that_is_not(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without stochastic depth, which a compiled trunk draws otherwise, losses are equal within 1 %.

    Compiled and plain kernels add up in another order. On a CPU, summing in another order changes these losses by
    0.2 % at most, while training takes a quarter off them.
    """
    from torch._dynamo.utils import counters  # noqa: PLC0415 - loads the compiler

    # No TensorFloat-32 in convolutions: what remains of a difference is the order of sums.
    monkeypatch.setattr(torch.backends.cudnn, "allow_tf32", False)
    # cuDNN's search for the fastest algorithm, which a compiled run does, would take most of the time.
    monkeypatch.setattr(torch.backends.cudnn, "benchmark_limit", 1)
    plain = _losses(_train(root, tmp_path / "plain", ["multilabel", "softmax"], _LEARNING, **_SMOOTH))
    counters.clear()
    compiled = _losses(
        _train(root, tmp_path / "compiled", ["multilabel", "softmax"], _LEARNING, **_SMOOTH, compile=True)
    )
    assert counters["stats"]["unique_graphs"] >= 1
    assert sum(plain[-1]) < 0.85 * sum(plain[0])
    assert np.array(compiled) == pytest.approx(np.array(plain), rel=0.01)


@pytest.mark.skipif(torch.cuda.device_count() < 2, reason="this machine has fewer than two GPUs")
@pytest.mark.parametrize(
    ("flags", "program", "model"),
    [([], str(TESTS / "tiny.py"), {"size": 48, "train_size": 32}), (["-m"], "fitxa_trainer", _LEARNING)],
    ids=["tiny trunk", "lite0"],
)
def test_two_gpus_give_what_one_gives(
    flags: list[str],
    program: str,
    model: Mapping[str, object],
    root: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Under torchrun, over NCCL; the batch norms of lite0 take the statistics of the whole batch."""
    monkeypatch.setenv("NVIDIA_TF32_OVERRIDE", "0")  # what remains of a difference is the order of sums
    settings = _SMOOTH | {"batch": 20, "deterministic": True}
    config = _write_config(tmp_path / "a.yaml", ["multilabel", "softmax"], model, **settings)
    torchrun = ["-m", "torch.distributed.run", "--nproc-per-node", "2", "--master-addr", "127.0.0.1"]
    torchrun += ["--master-port", str(free_port())]
    run_python([*flags, program, *train_command(root, config, tmp_path / "one")])
    run_python([*torchrun, *flags, "--", program, *train_command(root, config, tmp_path / "two")])
    one, two = RunFolder(tmp_path / "one"), RunFolder(tmp_path / "two")
    assert (one.read_json("result.json")["processes"], two.read_json("result.json")["processes"]) == (1, 2)
    assert np.array(_losses(two)) == pytest.approx(np.array(_losses(one)), rel=0.01)
