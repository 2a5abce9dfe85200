"""card.json: every fact of a bundle's cards that model.json does not hold, so that a card can be written from files."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypedDict

from fitxa_trainer.bundles.cards.weaknesses import WeaknessFacts, find_weaknesses
from fitxa_trainer.bundles.evaluation import ENSEMBLE, Evaluation
from fitxa_trainer.bundles.parts import Part
from fitxa_trainer.bundles.variants import Variant
from fitxa_trainer.dataset.examples import Example
from fitxa_trainer.ensembles.metrics import FacetMetrics

_DROPPED_NAMED = 40
#: Tests first; validation figures are the least reliable.
_ORDER = ("inner", "outer", "validation")


class NetworkFacts(TypedDict):
    """One network: what it is and what its training cost. `kilowattHours` is null if the power is not known."""

    name: str
    backbone: str
    frozen: bool
    width: int
    height: int
    members: list[str]
    text: str
    device: str
    devices: int
    hours: float
    onGpu: bool
    kilowattHours: float | None


class Figures(TypedDict):
    """Metrics of one ranking over `images` pictures."""

    images: int
    rPrecision: float
    accAt1: float
    accAt10: float
    avgRankPos: float


class CalibrationFacts(TypedDict):
    """Expected calibration error and how many suggestions it counts."""

    ece: float
    suggestions: int


class SplitFacts(TypedDict):
    """The figures of one split: by facet and row, their mean over the facets by row, by facet and provider, the ECE."""

    facets: dict[str, dict[str, Figures]]
    mean: dict[str, Figures]
    providers: dict[str, dict[str, Figures]]
    calibration: dict[str, CalibrationFacts]


class VariantFacts(TypedDict):
    """One precision against fp32: `loss` of R-Precision by split, mean over the facets; null without pictures."""

    precision: str
    bytes: int
    loss: dict[str, float | None]
    difference: float


class DroppedFacts(TypedDict):
    """Tags of a facet with too few pictures: the first of them with their pictures, and how many others."""

    named: dict[str, int]
    others: int


class CardFacts(TypedDict):
    """The content of card.json. `notes` are the weaknesses that people wrote down, Markdown by language."""

    networks: list[NetworkFacts]
    pictures: dict[str, int]
    nearDuplicateBits: int
    onnxDifference: float
    splits: dict[str, SplitFacts]
    learnedElsewhere: bool
    variants: list[VariantFacts]
    dropped: dict[str, DroppedFacts]
    weaknesses: WeaknessFacts
    notes: dict[str, str]


@dataclass(frozen=True)
class CardInput:
    """What the facts come from; most of it is of packaging.Plan.

    `providers` is the ensemble by split, facet and provider, `notes` the weaknesses that people wrote down.
    """

    manifest: Mapping[str, Any]
    parts: Sequence[Part]
    splits: Mapping[str, Sequence[Example]]
    evaluations: Mapping[str, Evaluation]
    providers: Mapping[str, Mapping[str, Mapping[str, FacetMetrics]]]
    variants: Sequence[Variant]
    onnx_difference: float
    notes: Mapping[str, str]
    bits: int
    dropped: Mapping[str, Mapping[str, int]]
    learned_elsewhere: bool


def collect_facts(card: CardInput) -> CardFacts:
    """The facts of a bundle that was just measured."""
    splits = [split for split in _ORDER if split in card.evaluations]
    return {
        "networks": [_network(part) for part in card.parts],
        "pictures": {split: len(pictures) for split, pictures in card.splits.items() if pictures},
        "nearDuplicateBits": card.bits,
        "onnxDifference": card.onnx_difference,
        "splits": {split: _split(card.evaluations[split], card.providers[split]) for split in splits},
        "learnedElsewhere": card.learned_elsewhere,
        "variants": [_variant(variant, splits) for variant in card.variants],
        "dropped": {facet: _dropped(card.dropped.get(facet, {})) for facet in card.manifest["facets"]},
        "weaknesses": find_weaknesses(card.manifest, card.splits, card.evaluations),
        "notes": dict(card.notes),
    }


def _network(part: Part) -> NetworkFacts:
    view, effort = part.preprocessing, part.effort
    return {
        "name": part.name,
        "backbone": part.backbone,
        "frozen": part.network.frozen,
        "width": view.width,
        "height": view.height,
        "members": list(part.members),
        "text": part.text,
        "device": effort.device,
        "devices": effort.devices,
        "hours": effort.hours,
        "onGpu": effort.on_gpu,
        "kilowattHours": effort.kilowatt_hours(),
    }


def _split(evaluation: Evaluation, providers: Mapping[str, Mapping[str, FacetMetrics]]) -> SplitFacts:
    measured = {facet: rows for facet, rows in evaluation.rows.items() if rows[ENSEMBLE].images}
    names = dict.fromkeys(name for rows in measured.values() for name in rows)
    common = [name for name in names if all(name in rows for rows in measured.values())]
    return {
        "facets": {facet: {name: _figures(row) for name, row in rows.items()} for facet, rows in measured.items()},
        "mean": {name: _figures(_mean([rows[name] for rows in measured.values()])) for name in common},
        "providers": {
            facet: {provider: _figures(row) for provider, row in rows.items()} for facet, rows in providers.items()
        },
        "calibration": {
            facet: {"ece": diagram.error(), "suggestions": int(diagram.count.sum())}
            for facet, diagram in evaluation.reliability.items()
            if diagram.count.sum()
        },
    }


def _figures(row: FacetMetrics) -> Figures:
    return {
        "images": row.images,
        "rPrecision": row.r_precision,
        "accAt1": row.acc_at_1,
        "accAt10": row.acc_at_10,
        "avgRankPos": row.avg_rank_pos,
    }


def _mean(rows: Sequence[FacetMetrics]) -> FacetMetrics:
    """The mean over facets, each facet counting the same."""
    return FacetMetrics(
        images=sum(row.images for row in rows),
        r_precision=sum(row.r_precision for row in rows) / len(rows),
        acc_at_1=sum(row.acc_at_1 for row in rows) / len(rows),
        acc_at_10=sum(row.acc_at_10 for row in rows) / len(rows),
        avg_rank_pos=sum(row.avg_rank_pos for row in rows) / len(rows),
    )


def _variant(variant: Variant, splits: Sequence[str]) -> VariantFacts:
    losses = {split: variant.mean_loss(split) for split in splits}
    return {
        "precision": variant.precision,
        "bytes": variant.bytes,
        "loss": {split: None if math.isnan(loss) else loss for split, loss in losses.items()},
        "difference": variant.difference,
    }


def _dropped(tags: Mapping[str, int]) -> DroppedFacts:
    named = dict(list(tags.items())[:_DROPPED_NAMED])
    return {"named": named, "others": len(tags) - len(named)}
