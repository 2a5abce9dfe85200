"""The configuration of a run: one YAML file, checked key by key.

An unknown key is an error that suggests the nearest known one; a missing one takes its default where it has one.
"""

import dataclasses
import difflib
import types
import typing
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from fitxa_trainer.errors import InputError


@dataclass(frozen=True)
class SplitConfig:
    """Shares of all pictures, and the bits (of 255) in which near-duplicates may differ at most."""

    train: float = 0.7
    validation: float = 0.15
    test: float = 0.15
    near_duplicate_bits: int = 64


@dataclass(frozen=True)
class VocabularyConfig:
    """Training pictures that a tag must have to become a term of the bundle; 0 leaves the facet out."""

    objectTypes: int = 10
    materials: int = 10
    disciplines: int = 10
    subjects: int = 10


@dataclass(frozen=True)
class FeaturesConfig:
    """Backbone (lite0, lite1, lite2), its picture size in pixels, and how a picture gets there."""

    backbone: str = "lite0"
    size: int = 224
    fit: str = "fill"
    kernel: str = "cubic"
    #: Views of each training picture: 1 = the picture, 2 = and its mirror image, 3 to 6 = and crops.
    views: int = 2


@dataclass(frozen=True)
class TrainingConfig:
    """Training of the heads. Of `weight_decay` each member takes, per facet, what validation likes best."""

    epochs: int = 60
    batch: int = 256
    learning_rate: float = 1e-3
    weight_decay: tuple[float, ...] = (1.0, 4.0)
    dropout: float = 0.2
    #: Gaussian noise on the standardised features, in standard deviations.
    feature_noise: float = 0.5
    #: Epochs without a better validation R-Precision in any facet before training stops.
    patience: int = 12


@dataclass(frozen=True)
class BundleConfig:
    """What the bundle is called, and the picture of its self-test (an idInSource of the test split)."""

    id: str = "starter"
    version: str = "1.0.0"
    title: Mapping[str, str] = field(default_factory=dict)
    self_test_image: str = ""


@dataclass(frozen=True)
class Config:
    """One run."""

    seed: int = 1
    split: SplitConfig = field(default_factory=SplitConfig)
    vocabulary: VocabularyConfig = field(default_factory=VocabularyConfig)
    features: FeaturesConfig = field(default_factory=FeaturesConfig)
    training: TrainingConfig = field(default_factory=TrainingConfig)
    bundle: BundleConfig = field(default_factory=BundleConfig)


def load_config(path: Path, overrides: Sequence[str] = ()) -> Config:
    """The configuration in `path`, with `section.key=value` overrides laid over it.

    Raises InputError, naming the key, for a missing file, bad YAML, an unknown key or a value of the wrong kind.
    """
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"The configuration {path} cannot be read; give the path of a YAML file.") from error
    except yaml.YAMLError as error:
        place = str(error).replace("\n", " ")
        raise InputError(f"The configuration {path} is no valid YAML: {place}.") from error
    values: dict[str, Any] = {} if content is None else content
    for override in overrides:
        _lay_over(values, override)
    config: Config = _build(Config, values, str(path))
    _check_ranges(config, path)
    return config


def dump_config(config: Config) -> str:
    """The configuration as YAML, complete, as `load_config` reads it."""
    return yaml.safe_dump(_plain(config), sort_keys=False, allow_unicode=True)


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    return list(value) if isinstance(value, tuple) else dict(value) if isinstance(value, Mapping) else value


def _lay_over(values: dict[str, Any], override: str) -> None:
    key, separator, text = override.partition("=")
    if not separator:
        raise InputError(f"--set {override!r}: write it as section.key=value.")
    *sections, name = key.split(".")
    for section in sections:
        values = values.setdefault(section, {})
    values[name] = yaml.safe_load(text)


def _build(kind: type[Any], values: Any, where: str) -> Any:
    """An instance of the dataclass `kind` from a mapping; `where` names the place for messages."""
    if not isinstance(values, Mapping):
        raise InputError(f"{where}: expected a mapping of keys to values, not {values!r}.")
    hints = typing.get_type_hints(kind)
    arguments: dict[str, Any] = {}
    for key, value in values.items():
        if key not in hints:
            near = difflib.get_close_matches(str(key), hints, n=1, cutoff=0.5)
            hint = f"did you mean {near[0]!r}?" if near else f"known keys: {', '.join(hints)}."
            raise InputError(f"{where}: unknown key {key!r}; {hint}")
        arguments[key] = _convert(hints[key], value, f"{where}, {key}")
    return kind(**arguments)


def _convert(kind: Any, value: Any, where: str) -> Any:
    """`value` as `kind`: a dataclass, a tuple of floats, a mapping of strings, or a scalar."""
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        return _build(kind, value, where)
    origin = typing.get_origin(kind)
    if origin is tuple:
        items = value if isinstance(value, list) else [value]
        return tuple(_convert(float, item, where) for item in items)
    if isinstance(origin, type) and issubclass(origin, Mapping) and not isinstance(origin, types.GenericAlias):
        if not isinstance(value, Mapping) or not all(isinstance(item, str) for item in value.values()):
            raise InputError(f"{where}: expected a mapping of languages to texts, not {value!r}.")
        return dict(value)
    if kind is float and isinstance(value, str):  # YAML reads 1e-3 as a text, 1.0e-3 as a number
        try:
            return float(value)
        except ValueError:
            pass
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if type(value) is not kind:
        raise InputError(f"{where}: expected {kind.__name__}, not {value!r}.")
    return value


def _check_ranges(config: Config, path: Path) -> None:
    shares = (config.split.train, config.split.validation, config.split.test)
    if min(shares) <= 0 or abs(sum(shares) - 1) > 1e-6:
        raise InputError(f"{path}, split: train, validation and test must be above 0 and sum to 1, not {shares}.")
    if not 1 <= config.features.views <= 6:
        raise InputError(f"{path}, features.views: must be 1 to 6, not {config.features.views}.")
    if not 32 <= config.features.size <= 1024:
        raise InputError(f"{path}, features.size: must be 32 to 1024 pixels, not {config.features.size}.")
    training = config.training
    if min(training.epochs, training.batch, training.patience) < 1 or not training.weight_decay:
        raise InputError(f"{path}, training: epochs, batch and patience must be at least 1, weight_decay not empty.")
