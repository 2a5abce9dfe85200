"""Everything that a bundle is made from, before the first file of it is written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from fitxa_trainer.bundles.parts import BaseBundle, Ensemble, FacetEnsemble, Part
from fitxa_trainer.dataset.examples import Example


@dataclass(frozen=True)
class SelfTest:
    """The picture that the application tests a bundle with, and whom to credit for it."""

    file: Path
    credit: str


@dataclass(frozen=True)
class Plan:
    """Everything that a bundle is made from.

    `splits` are the pictures by split, `ensemble` what was learned elsewhere (None: weights and curves are fitted here,
    on validation), `precision` the one that ships, `variants` those that are measured beside it. `weaknesses` is
    Markdown for the card by language. `bits` is how many of 255 bits near-duplicates of the split differ in at most,
    `dropped` counts the pictures of tags that are no terms. A fine-tuning names its `base` and gives what it takes from
    there by facet (`start`): the weights stay, a new curve is fitted where there are enough validation pictures.
    `consistency` is what the networks do to the members' outputs: none, or raise (consistency.py).
    """

    id: str
    version: str
    title: Mapping[str, str]
    parts: Sequence[Part]
    splits: Mapping[str, Sequence[Example]]
    self_test: SelfTest
    ensemble: Ensemble | None = None
    precision: str = "fp32"
    variants: Sequence[str] = ()
    weaknesses: Mapping[str, str] = field(default_factory=dict)
    bits: int = 0
    dropped: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    start: Mapping[str, FacetEnsemble] = field(default_factory=dict)
    base: BaseBundle | None = None
    consistency: str = "none"


def network_file(plan: Plan, index: int) -> str:
    """The name of the ONNX file of part `index`: the first is called like the bundle, others also like their run."""
    return f"{plan.id}.onnx" if index == 0 else f"{plan.id}-{plan.parts[index].name}.onnx"
