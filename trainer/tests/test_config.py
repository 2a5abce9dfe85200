"""The configuration file."""

from pathlib import Path

import pytest

from fitxa_trainer.configuration.run import Config, config_from, differing_keys, dump_config, load_config
from fitxa_trainer.errors import InputError
from workspace import REPOSITORY


def _load(tmp_path: Path, text: str, *overrides: str) -> Config:
    (tmp_path / "a.yaml").write_text(text, encoding="utf-8")
    return load_config(tmp_path / "a.yaml", overrides)


def test_what_is_dumped_is_read_back(tmp_path: Path) -> None:
    config = load_config(REPOSITORY / "trainer" / "configs" / "starter.yaml")
    assert _load(tmp_path, dump_config(config)) == config
    assert config.bundle.title["ca"] == "Model inicial"


def test_overrides_take_the_type_of_their_key(tmp_path: Path) -> None:
    config = _load(tmp_path, "seed: 3", "training.learning_rate=2e-4", "training.betas=[0, 1e-2]", "seed=4")
    assert (config.seed, config.training.learning_rate, config.training.betas) == (4, 2e-4, (0.0, 0.01))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("traning: {epochs: 3}", "unknown key 'traning'; did you mean 'training'?"),
        ("training: {epoch: 3}", "unknown key 'epoch'; did you mean 'epochs'?"),
        ("training: {zzz: 3}", "known keys: epochs, batch"),
        ("training: {epochs: many}", "expected int, not 'many'"),
        ("training: {epochs: true}", "expected int, not True"),
        ("training: 3", "expected a mapping"),
        ("training: {betas: []}", "give two numbers"),
        ("training: {device: gpu}", "'gpu' is not a choice; one of auto, cpu, cuda."),
        ("training: {schedule: cosin}", "did you mean 'cosine'?"),
        ("tasks: [multilable]", "'multilable' is not a choice; did you mean 'multilabel'?"),
        ("tasks: [softmax, softmax]", "each only once"),
        ("labels: 3", "expected str, not 3"),
        ("extends: a.yaml", "extends itself"),
        ("extends: none.yaml", "cannot be read"),
        ("split: {tests: 0.9}", "together below 1"),
        ("training: {feature_views: 9}", "must be 1 to 6"),
        ("model: {size: 5}", "32 to 1024"),
        ("bundle: {title: {ca: 3}}", "mapping of languages"),
        ("seed: [", "no valid YAML"),
    ],
)
def test_a_wrong_key_or_value_is_named(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(InputError) as error:
        _load(tmp_path, text)
    assert words in str(error.value)
    assert ".yaml" in str(error.value)


def test_an_override_needs_a_value(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"section\.key=value"):
        _load(tmp_path, "seed: 1", "seed")


def test_a_file_may_say_only_what_differs(tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text("training: {epochs: 3, batch: 8}\nseed: 5\n", encoding="utf-8")
    config = _load(tmp_path, "extends: base.yaml\ntraining: {epochs: 4, amp: off}\nlabels: null\n")
    assert (config.seed, config.training.epochs, config.training.batch) == (5, 4, 8)
    assert (config.training.amp, config.labels) == ("off", None)


def test_keys_that_differ_are_named() -> None:
    first = config_from({"training": {"epochs": 3}})
    second = config_from({"training": {"epochs": 4}, "tasks": ["softmax"]})
    assert differing_keys(first, second) == ["tasks", "training.epochs"]
    assert differing_keys(first, config_from({}, first)) == []


CONFIGS = sorted(file for file in (REPOSITORY / "trainer" / "configs").glob("*.yaml") if file.stem != "experiment")


@pytest.mark.parametrize("file", CONFIGS, ids=[file.stem for file in CONFIGS])
def test_every_configuration_of_the_repository_can_be_read(file: Path) -> None:
    config = load_config(file)
    assert config.name


def test_the_schedules_are_those_of_the_paper() -> None:
    """Section 4 of the paper."""
    folder = REPOSITORY / "trainer" / "configs"
    for task in ("multilabel", "softmax", "softmax-weighted", "hsoftmax-nodes", "hsoftmax-levels"):
        config = load_config(folder / f"paper-{task}.yaml")
        training = config.training
        assert (config.tasks, config.name) == ((task,), task)
        assert (config.model.backbone, config.model.train_size) == ("timm:convnext_base", 224)
        assert (training.epochs, training.batch, training.schedule) == (25, 128, "cosine")
        assert (training.learning_rate, training.weight_decay, training.flip) == (1e-4, 0.05, True)
        assert training.repeated_augmentation > 1
    single = load_config(folder / "paper-multilabel-materials.yaml").vocabulary
    assert (single.objectTypes, single.materials, single.disciplines, single.subjects) == (0, 10, 0, 0)
    for task in ("clip-one-tag", "clip-all-tags", "clip-prompt"):
        config = load_config(folder / f"paper-{task}.yaml")
        training = config.training
        assert (config.tasks, config.model.backbone) == ((task,), "open_clip:ViT-B-16")
        assert (config.model.weights, config.model.text) == ("hub:openai", "open_clip")
        assert (training.epochs, training.batch, training.warmup_steps, training.clip_norm) == (100, 64, 500, 1.0)
        assert (training.learning_rate, training.weight_decay) == (3e-5, 0.1)
        assert (training.betas, training.eps) == ((0.9, 0.99), 1e-8)
