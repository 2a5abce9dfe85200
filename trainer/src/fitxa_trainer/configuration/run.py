"""The configuration of a run: one YAML file, checked key by key.

An unknown key is an error that suggests the nearest known one; a missing one takes its default. A file may start with
`extends: <file beside it>` and then contains only the differences.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import yaml

from fitxa_trainer.configuration.split import SplitConfig
from fitxa_trainer.configuration.yaml_file import build, lay_over, merged, plain, read_yaml
from fitxa_trainer.errors import InputError

TaskName = Literal[
    "multilabel",
    "softmax",
    "softmax-weighted",
    "hsoftmax-nodes",
    "hsoftmax-levels",
    "clip-one-tag",
    "clip-all-tags",
    "clip-prompt",
    "zero-shot",
]


@dataclass(frozen=True)
class VocabularyConfig:
    """Training pictures that a tag must have to become a term of the run; 0 leaves the facet out."""

    objectTypes: int = 10
    materials: int = 10
    disciplines: int = 10
    subjects: int = 10
    #: Term keys kept out of training, whatever their count: terms that the model must never see.
    held_out: tuple[str, ...] = ()


@dataclass(frozen=True)
class CacheConfig:
    """The pictures that training reads: side in pixels, and how a picture gets there."""

    size: int = 288
    fit: Literal["fill", "contain"] = "fill"
    kernel: Literal["linear", "cubic", "lanczos3"] = "cubic"


@dataclass(frozen=True)
class ModelConfig:
    """The trunk.

    `backbone` is lite0, lite1, lite2, timm:<name> or open_clip:<name>. `weights` is package, none, hub, hub:<tag>,
    bundle:<folder> or a file. `size` is the side in pixels at which the model is used, `train_size` that of the crops
    in training (0: the same). `text` is the encoder that CLIP tasks read tags with.
    """

    backbone: str = "lite2"
    weights: str = "package"
    trunk: Literal["trained", "frozen"] = "trained"
    size: int = 288
    train_size: int = 0
    #: Dropout before the heads.
    drop_rate: float = 0.2
    #: Stochastic depth: the chance with which the last block is left out in training; the first never is.
    drop_path: float = 0.1
    text: Literal["none", "minilm", "open_clip"] = "none"


@dataclass(frozen=True)
class ClipConfig:
    """CLIP tasks: the language of tags and prompts, the first temperature of the similarities, and embeddings.

    `text_cache` is a file that embed-texts wrote, for a machine without the sentence encoder's package.
    """

    language: Literal["en", "ca"] = "en"
    temperature: float = 0.07
    text_cache: str | None = None


@dataclass(frozen=True)
class TrainingConfig:
    """The schedule. `batch` counts pictures over all GPUs together."""

    epochs: int = 25
    batch: int = 128
    optimiser: Literal["adamw"] = "adamw"
    learning_rate: float = 1e-4
    #: Of the heads; 0: the same as the trunk's.
    head_learning_rate: float = 0.0
    weight_decay: float = 0.05
    betas: tuple[float, ...] = (0.9, 0.999)
    eps: float = 1e-8
    warmup_steps: int = 0
    #: Largest norm of the gradient; 0: not clipped.
    clip_norm: float = 0.0
    schedule: Literal["cosine", "constant"] = "cosine"
    #: Each picture of a batch is in it this many times, augmented differently each time.
    repeated_augmentation: int = 1
    #: Area of a random crop as a share of the picture, and its width to height as a ratio, each from .. to.
    crop_scale: tuple[float, ...] = (0.25, 1.0)
    crop_ratio: tuple[float, ...] = (0.75, 4 / 3)
    flip: bool = True
    #: Largest change of brightness, contrast and saturation, as a share.
    colour_jitter: float = 0.0
    #: Softening of the targets of softmax tasks.
    label_smoothing: float = 0.0
    #: Gaussian noise on standardised features, in standard deviations (frozen trunk).
    feature_noise: float = 0.0
    #: Views of each training picture of which a frozen trunk gives features: the picture, its mirror image, crops.
    feature_views: int = 2
    #: Reduced precision: auto is bf16 on a GPU and off on a CPU.
    amp: Literal["auto", "bf16", "off"] = "auto"
    compile: bool = False
    channels_last: bool = True
    deterministic: bool = False
    #: Decay per step of the running mean of the weights that is validated and kept; 0: none.
    ema: float = 0.0
    #: Epochs without a better validation R-Precision before training stops; 0: never.
    patience: int = 0
    #: Minutes between two checkpoints inside an epoch; one is written after every epoch besides.
    checkpoint_minutes: float = 10.0
    #: Steps between two readings of the losses.
    log_steps: int = 20
    #: Pictures are kept on the GPU when all of them take at most this many GiB.
    device_cache_gib: float = 16.0
    device: Literal["auto", "cpu", "cuda"] = "auto"


@dataclass(frozen=True)
class BundleConfig:
    """What the bundle is called, and the picture of its self-test (an idInSource of a test split)."""

    id: str = "starter"
    version: str = "1.0.0"
    title: Mapping[str, str] = field(default_factory=dict)
    self_test_image: str = ""


@dataclass(frozen=True)
class Config:
    """One run."""

    name: str = "run"
    seed: int = 1
    #: File of the terms' labels; null: the one of the repository.
    labels: str | None = None
    split: SplitConfig = field(default_factory=SplitConfig)
    vocabulary: VocabularyConfig = field(default_factory=VocabularyConfig)
    cache: CacheConfig = field(default_factory=CacheConfig)
    model: ModelConfig = field(default_factory=ModelConfig)
    tasks: tuple[TaskName, ...] = ("multilabel",)
    clip: ClipConfig = field(default_factory=ClipConfig)
    training: TrainingConfig = field(default_factory=TrainingConfig)
    bundle: BundleConfig = field(default_factory=BundleConfig)


def load_config(path: Path, overrides: Sequence[str] = ()) -> Config:
    """The configuration in `path`, with `section.key=value` overrides laid over it.

    Raises InputError, naming the key, for a missing file, bad YAML, an unknown key or a value of the wrong kind.
    """
    values = read_yaml(path)
    for override in overrides:
        lay_over(values, override)
    config: Config = build(Config, values, str(path))
    _check_ranges(config, path)
    return config


def config_from(values: Mapping[str, object], base: Config | None = None, where: str = "configuration") -> Config:
    """A configuration from a mapping, laid over `base` (default: the defaults). InputError as in `load_config`."""
    start = plain(base) if base is not None else {}
    config: Config = build(Config, merged(start, dict(values)), where)
    _check_ranges(config, Path(where))
    return config


def dump_config(config: Config) -> str:
    """The configuration as YAML, complete, as `load_config` reads it."""
    return yaml.safe_dump(plain(config), sort_keys=False, allow_unicode=True)


def differing_keys(first: Config, second: Config) -> list[str]:
    """The keys, as `section.key`, in which two configurations differ."""
    return _differences(plain(first), plain(second), "")


def _differences(first: Mapping[str, object], second: Mapping[str, object], prefix: str) -> list[str]:
    keys: list[str] = []
    for key, value in first.items():
        other = second[key]
        if isinstance(value, dict) and isinstance(other, dict) and value.keys() == other.keys():
            keys += _differences(value, other, f"{prefix}{key}.")
        elif value != other:
            keys.append(f"{prefix}{key}")
    return keys


def _check_ranges(config: Config, path: Path) -> None:
    """Raise InputError, naming the key, for a value that cannot be."""
    _check_split(config.split, path)
    for key, size in (("cache", config.cache.size), ("model", config.model.size)):
        if not 32 <= size <= 1024:
            raise InputError(f"{path}, {key}.size: must be 32 to 1024 pixels, not {size}.")
    if config.model.train_size and not 32 <= config.model.train_size <= 1024:
        raise InputError(f"{path}, model.train_size: must be 0 or 32 to 1024, not {config.model.train_size}.")
    if not config.tasks or len(set(config.tasks)) != len(config.tasks):
        raise InputError(f"{path}, tasks: name at least one task, and each only once.")
    _check_training(config.training, path)


def _check_training(training: TrainingConfig, path: Path) -> None:
    if min(training.epochs, training.batch, training.repeated_augmentation, training.log_steps) < 1:
        raise InputError(f"{path}, training: epochs, batch, repeated_augmentation and log_steps must be at least 1.")
    if not 1 <= training.feature_views <= 6:
        raise InputError(f"{path}, training.feature_views: must be 1 to 6, not {training.feature_views}.")
    for key, pair in (
        ("betas", training.betas),
        ("crop_scale", training.crop_scale),
        ("crop_ratio", training.crop_ratio),
    ):
        if len(pair) != 2 or pair[0] > pair[1] or pair[0] < 0:
            raise InputError(f"{path}, training.{key}: give two numbers, the smaller first, not {list(pair)}.")
    if training.crop_scale[0] == 0 or training.crop_scale[1] > 1 or training.crop_ratio[0] == 0:
        raise InputError(f"{path}, training: crop_scale must be above 0 and at most 1, crop_ratio above 0.")
    if training.learning_rate <= 0 or min(training.weight_decay, training.clip_norm, training.patience) < 0:
        raise InputError(f"{path}, training: learning_rate must be above 0; the others not below.")
    if not 0 <= training.ema < 1:
        raise InputError(f"{path}, training.ema: must be at least 0 and below 1, not {training.ema}.")


def _check_split(split: SplitConfig, path: Path) -> None:
    """Raise InputError for sizes that leave nothing to train with, or an Outer test that says two things."""
    if not 0 < split.validation < 1 or not 0 < split.inner_at_least < 1 or split.tests + split.validation >= 1:
        raise InputError(
            f"{path}, split: validation and inner_at_least must be above 0, and tests and validation together below 1."
        )
    if not 0 < split.tag_share < 1:
        raise InputError(f"{path}, split.tag_share: must be above 0 and below 1, not {split.tag_share}.")
    outer = split.outer
    if len(outer.shares) != 2 or not 0 <= outer.shares[0] <= outer.shares[1] <= 1:
        raise InputError(
            f"{path}, split.outer.shares: give two numbers from 0 to 1, the smaller first, not {list(outer.shares)}."
        )
    if not 0 <= outer.minimum_covered <= 1 or outer.minimum_labels < 1:
        raise InputError(f"{path}, split.outer: minimum_covered must be 0 to 1, minimum_labels at least 1.")
    if (outer.rule == "named") != bool(outer.providers):
        raise InputError(f"{path}, split.outer: name providers with the rule named, and with no other.")
