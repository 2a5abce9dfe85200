"""Trunks of timm and open_clip, small and with random weights: built, loaded from files, trained, exported."""

import importlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from fitxa_trainer.bundles.bundle import open_bundle
from fitxa_trainer.bundles.label_embeddings import read_label_embeddings
from fitxa_trainer.cli import main
from fitxa_trainer.configuration.run import Config, config_from, dump_config
from fitxa_trainer.dataset.examples import Vocabulary, load_examples
from fitxa_trainer.errors import InputError
from fitxa_trainer.models.backbones import Backbone, build_backbone, clip_tokens
from fitxa_trainer.models.clip import ClipMember
from fitxa_trainer.models.network import build_network
from fitxa_trainer.models.torchvision_import import import_torchvision
from fitxa_trainer.pictures.cache import open_cache
from fitxa_trainer.pictures.preprocessing import load_input
from fitxa_trainer.training.augmentation import whole
from fitxa_trainer.training.run_folder import RunFolder
from fitxa_trainer.training.scores import read_scores, scores_path
from processes import train_command
from tiny import SETTINGS, tiny_data
from workspace import MINI

import_torchvision()
timm, open_clip = importlib.import_module("timm"), importlib.import_module("open_clip")

_SIZE = 64
_TIMM, _CLIP = "timm:test_convnext", "open_clip:fitxa-test"
#: A CLIP model (Radford et al. 2021) of two layers a tower.
_CLIP_MODEL = {
    "embed_dim": 32,
    "vision_cfg": {"image_size": _SIZE, "layers": 2, "width": 64, "head_width": 32, "patch_size": 16},
    "text_cfg": {"context_length": 77, "vocab_size": 49408, "width": 32, "heads": 2, "layers": 2},
}
_RUNS: dict[str, tuple[list[str], dict[str, str]]] = {
    "timm": (["multilabel", "softmax"], {"backbone": _TIMM}),
    "clip": (["clip-prompt"], {"backbone": _CLIP, "text": "open_clip"}),
}


@pytest.fixture(scope="module", autouse=True)
def _small_clip_model(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Lets open_clip know the small model by name."""
    file = tmp_path_factory.mktemp("models") / f"{_CLIP.partition(':')[2]}.json"
    file.write_text(json.dumps(_CLIP_MODEL), encoding="utf-8")
    open_clip.add_model_config(file)


def _pictures(count: int = 2) -> Tensor:
    return torch.randn(count, 3, _SIZE, _SIZE, generator=torch.Generator().manual_seed(0))


def _built(name: str, weights: str = "none", drop_path: float = 0.0) -> Backbone:
    return build_backbone(name, weights, drop_path, _SIZE)


def _features(trunk: nn.Module) -> Tensor:
    with torch.inference_mode():
        features: Tensor = trunk.eval()(_pictures())
    return features


@pytest.mark.parametrize(
    ("name", "mean", "std"),
    [
        ("timm:convnext_atto", (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
        ("timm:test_vit", (0.5, 0.5, 0.5), (0.5, 0.5, 0.5)),
        (_CLIP, (0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711)),
    ],
)
def test_a_trunk_gives_features_and_has_the_normalisation_of_its_kind(
    name: str, mean: tuple[float, ...], std: tuple[float, ...]
) -> None:
    backbone = _built(name)
    features = _features(backbone.trunk)
    assert features.shape == (2, backbone.features)
    assert not torch.allclose(features[0], features[1], atol=1e-4)
    assert backbone.mean == pytest.approx([255 * value for value in mean])
    assert backbone.std == pytest.approx([255 * value for value in std])
    assert backbone.fixed_size is (name != "timm:convnext_atto")


def test_pictures_of_any_size_or_of_one() -> None:
    larger = torch.nn.functional.interpolate(_pictures(), 96)
    assert _built(_TIMM).trunk(larger).shape == (2, 64)
    settings = {"model": {"backbone": "timm:test_vit", "weights": "none", "size": _SIZE, "train_size": 96}}
    with pytest.raises(InputError, match=r"takes pictures of one size only; set it to 0 or 64"):
        build_network(config_from(settings), Vocabulary({"materials": ("materials/a",)}, {}), ())


def test_stochastic_depth_grows_to_the_last_block() -> None:
    trunk = _built("timm:convnext_atto", drop_path=0.4).trunk
    chances = [module.drop_prob for module in trunk.modules() if isinstance(module, timm.layers.DropPath)]
    assert chances == sorted(chances)
    assert chances[-1] == pytest.approx(0.4)
    assert torch.equal(_features(trunk), _features(trunk))
    with torch.inference_mode():
        drawn = [trunk.train()(_pictures(8)) for _ in range(2)]
    assert not torch.equal(drawn[0], drawn[1])
    assert not any(isinstance(module, timm.layers.DropPath) for module in _built("timm:convnext_atto").trunk.modules())


@pytest.mark.parametrize("ending", [".pth", ".safetensors"])
def test_weights_of_timm_come_from_a_file(ending: str, tmp_path: Path) -> None:
    """As they are published, with the classifier."""
    published = timm.create_model("test_convnext")
    _save(published.state_dict(), tmp_path / f"own{ending}")
    trunk = _built(_TIMM, str(tmp_path / f"own{ending}")).trunk
    with torch.inference_mode():
        expected = published.eval().forward_head(published.forward_features(_pictures()), pre_logits=True)
    assert torch.equal(_features(trunk), expected)
    assert not torch.equal(_features(_built(_TIMM).trunk), expected)


@pytest.mark.parametrize("ending", [".pt", ".safetensors"])
def test_weights_of_open_clip_come_from_a_file(ending: str, tmp_path: Path) -> None:
    published = open_clip.create_model(_CLIP.partition(":")[2], load_weights=False).eval()
    _save(published.state_dict(), tmp_path / f"own{ending}")
    backbone = _built(_CLIP, str(tmp_path / f"own{ending}"))
    tokens = clip_tokens(_CLIP, ["a vase", "an image of an object made of bronze"])
    assert tokens.shape == (2, 77)
    assert backbone.clip is not None
    encode_text: Any = backbone.clip.eval().encode_text
    with torch.inference_mode():
        assert torch.equal(_features(backbone.trunk), published.encode_image(_pictures()))
        assert torch.equal(encode_text(tokens), published.encode_text(tokens))


def _save(state: Mapping[str, Tensor], file: Path) -> None:
    if file.suffix == ".safetensors":
        save_file({name: value.contiguous() for name, value in state.items()}, file)
    else:
        torch.save(state, file)


@pytest.mark.parametrize(
    ("name", "source"),
    [
        (_TIMM, "timm:test_vit"),
        # Here timm finds no name that it knows, and says nothing.
        ("timm:test_resnet", "timm:test_vit"),
        (_CLIP, _TIMM),
        (_TIMM, None),
        (_CLIP, None),
    ],
)
def test_weights_of_another_model_are_refused(name: str, source: str | None, tmp_path: Path) -> None:
    file = tmp_path / "weights.pth"
    if source is None:
        file.write_text("no weights", encoding="utf-8")
    else:
        torch.save(_built(source).trunk.state_dict(), file)
    with pytest.raises(InputError, match=r"cannot be loaded into .* give weights of this very model") as error:
        _built(name, str(file))
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("timm:convnext_tinny", "timm knows no 'convnext_tinny'; did you mean 'convnext_tiny'"),
        ("open_clip:ViT-B-61", "open_clip knows no 'ViT-B-61'; did you mean 'ViT-B-16'"),
    ],
)
def test_an_unknown_name_is_answered_with_the_nearest(name: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        _built(name)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_data(tmp_path_factory.mktemp("libraries"))


def _config(kind: str) -> Config:
    tasks, trunk = _RUNS[kind]
    model = {**trunk, "weights": "none", "size": _SIZE, "train_size": _SIZE, "drop_path": 0.1}
    training = {"epochs": 1, "batch": 52, "device": "cpu"}
    return config_from({"tasks": tasks, "model": model, "training": training}, config_from(SETTINGS))


@pytest.fixture(scope="module")
def runs(root: Path) -> dict[str, RunFolder]:
    """A run of three steps with each library, by the command train."""
    for kind in _RUNS:
        (root / f"{kind}.yaml").write_text(dump_config(_config(kind)), encoding="utf-8")
        assert main(train_command(root, root / f"{kind}.yaml", root / kind)) == 0
    return {kind: RunFolder(root / kind) for kind in _RUNS}


@pytest.mark.parametrize("kind", list(_RUNS))
def test_a_run_trains_all_that_it_should(kind: str, runs: dict[str, RunFolder]) -> None:
    run = runs[kind]
    assert np.isfinite(list(run.metrics()[0]["losses"].values())).all()
    examples = {example.record.id: example for example in load_examples(MINI)}
    train = [examples[name] for name in read_scores(scores_path(run.path, "train")).ids]
    begun = dict(build_network(run.config(), run.vocabulary(), train).named_parameters())
    unchanged = {name for name, value in run.load_network().named_parameters() if torch.equal(value, begun[name])}
    # The scale of an open_clip model goes with its own texts; the member learns one of its own.
    assert unchanged == ({"members.clip-prompt.texts.tower.logit_scale"} if kind == "clip" else set())


@pytest.mark.parametrize("kind", list(_RUNS))
def test_a_run_that_is_loaded_gives_the_scores_that_were_written(
    kind: str, root: Path, runs: dict[str, RunFolder]
) -> None:
    run = runs[kind]
    scores = read_scores(scores_path(run.path, "inner"))
    cache = open_cache(root / "cache", run.config().cache)
    hashes = {example.record.id: example.sha256 for example in load_examples(MINI)}
    pixels = torch.from_numpy(cache.pixels[cache.rows(hashes[name] for name in scores.ids)])
    probabilities, embedding = run.load_network().predict(whole(pixels, _SIZE))
    assert embedding.numpy() == pytest.approx(scores.embedding.astype(np.float32), abs=5e-3)
    assert list(scores.probabilities) == _RUNS[kind][0]
    for member, facets in scores.probabilities.items():
        for facet, values in facets.items():
            assert probabilities[member][facet].numpy() == pytest.approx(values, abs=1e-5)


def test_both_go_into_one_bundle(root: Path, runs: dict[str, RunFolder]) -> None:
    """Members of different trunks, each with its own normalisation; ONNX gives what torch gives, tags are as read."""
    pictures = [example for example in load_examples(MINI) if example.record.id in set(_inner(runs["timm"]))]
    command = ["export", "--runs", *(str(run.path) for run in runs.values()), "--data", str(MINI)]
    command += ["--out", str(root / "bundle"), "--title-ca", "Prova", "--title-en", "Test"]
    assert main([*command, "--self-test", pictures[0].record.id]) == 0
    bundle = open_bundle(root / "bundle")
    found = bundle.predict([picture.file for picture in pictures])
    members = {member["name"]: member for member in bundle.manifest["members"]}
    assert set(members) == {"multilabel", "softmax", "clip-prompt"}
    for run in runs.values():
        network = run.load_network()
        view = bundle.view(members[next(iter(network.members))])
        assert view.mean == pytest.approx(network.preprocessing_mean, rel=1e-3)
        inputs = torch.from_numpy(np.stack([load_input(picture.file, view) for picture in pictures]))
        expected, _ = network.predict(inputs * network.std + network.mean)
        for member, facets in expected.items():
            for facet, values in facets.items():
                assert np.abs(found[member][facet] - values.numpy()).max() < 1e-4
    reader = runs["clip"].load_network().members["clip-prompt"]
    assert isinstance(reader, ClipMember)
    reading, vectors, _ = read_label_embeddings(bundle.folder, "clip-prompt")
    assert (reading.task, reading.encoder) == ("clip-prompt", "open_clip")
    for facet, terms in reader.term_embeddings().items():
        assert vectors[facet].numpy() == pytest.approx(terms.numpy(), abs=1e-3)


def _inner(run: RunFolder) -> list[str]:
    return list(read_scores(scores_path(run.path, "inner")).ids)


def test_clip_scores_without_training(root: Path) -> None:
    settings = {"tasks": ["zero-shot"], "model": {"text": "open_clip"}}
    (root / "none.yaml").write_text(dump_config(config_from(settings, _config("clip"))), encoding="utf-8")
    assert main(train_command(root, root / "none.yaml", root / "none")) == 0
    scores = read_scores(scores_path(root / "none", "inner"))
    for values in scores.probabilities["zero-shot"].values():
        assert values.sum(axis=1) == pytest.approx(np.ones(len(scores.ids)), abs=1e-4)
        assert values.std(axis=1).min() > 0


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (ImportError("No module named 'torchvision'"), r"needs timm; run: pip install fitxa-trainer\[hub\]\.$"),
        (
            RuntimeError("compiled for another CUDA. More."),
            "RuntimeError: compiled for another CUDA.; install the torchv",
        ),
    ],
)
def test_a_library_that_cannot_be_imported_is_told(
    error: Exception, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise error

    monkeypatch.setattr("fitxa_trainer.models.libraries.import_torchvision", fail)
    with pytest.raises(InputError, match=message):
        _built(_TIMM)
