"""The configuration file."""

from pathlib import Path

import pytest

from fitxa_trainer.config import Config, dump_config, load_config
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
    config = _load(tmp_path, "seed: 3", "training.learning_rate=2e-4", "training.weight_decay=[1, 1e-2]", "seed=4")
    assert (config.seed, config.training.learning_rate, config.training.weight_decay) == (4, 2e-4, (1.0, 0.01))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("traning: {epochs: 3}", "unknown key 'traning'; did you mean 'training'?"),
        ("training: {epoch: 3}", "unknown key 'epoch'; did you mean 'epochs'?"),
        ("training: {zzz: 3}", "known keys: epochs, batch"),
        ("training: {epochs: many}", "expected int, not 'many'"),
        ("training: {epochs: true}", "expected int, not True"),
        ("training: 3", "expected a mapping"),
        ("training: {weight_decay: []}", "weight_decay not empty"),
        ("split: {train: 0.9}", "sum to 1"),
        ("features: {views: 9}", "must be 1 to 6"),
        ("features: {size: 5}", "32 to 1024"),
        ("bundle: {title: {ca: 3}}", "mapping of languages"),
        ("seed: [", "no valid YAML"),
    ],
)
def test_a_wrong_key_or_value_is_named(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(InputError) as error:
        _load(tmp_path, text)
    assert words in str(error.value)
    assert "a.yaml" in str(error.value)


def test_an_override_needs_a_value(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"section\.key=value"):
        _load(tmp_path, "seed: 1", "seed")
