"""The section `split` of a configuration: which pictures are for training, validation and the two tests."""

from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True)
class OuterConfig:
    """The Outer test: whole providers. `rule` is fid (two providers, by Fréchet distance), named or none."""

    rule: Literal["fid", "named", "none"] = "fid"
    #: Rule fid: smallest and largest share of all pictures that a provider may hold.
    shares: tuple[float, ...] = (0.02, 0.05)
    #: Rule fid: labels, as given and all facets together, with which the first provider is not of a single category.
    minimum_labels: int = 3
    #: Rule fid: share of a provider's pictures that must have a tag which enough pictures remain for to train with.
    minimum_covered: float = 0.5
    #: Rule named: the providers, as in the column database.
    providers: tuple[str, ...] = ()
    #: Providers of the Outer test besides those of the rule.
    also: tuple[str, ...] = ()
    #: Rule fid: network of the features and its weights, named as in the section model, and side of its pictures.
    backbone: str = "lite2"
    weights: str = "package"
    size: int = 260


@dataclass(frozen=True)
class MinimumConfig:
    """Pictures that a tag of each facet is to have in the Inner test, and again in validation."""

    objectTypes: int = 5
    materials: int = 5
    disciplines: int = 5
    subjects: int = 20


@dataclass(frozen=True)
class SplitConfig:
    """Sizes are shares of all pictures, met as well as whole groups and the minima allow."""

    outer: OuterConfig = field(default_factory=OuterConfig)
    #: Inner and Outer test together.
    tests: float = 0.15
    #: Inner test at least, however much the Outer test takes.
    inner_at_least: float = 0.05
    validation: float = 0.10
    #: Inner test, and again validation: wished share of the pictures of a tag.
    tag_share: float = 0.33
    minimum: MinimumConfig = field(default_factory=MinimumConfig)
    #: Bits (of 255) of the perceptual hash in which near-duplicates differ at most.
    near_duplicate_bits: int = 64
