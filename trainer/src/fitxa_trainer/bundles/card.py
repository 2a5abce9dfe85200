"""card.md: what a bundle is, what it was made from, how good it is and where it fails; text in templates/card.md."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from string import Template
from typing import Any

from fitxa_trainer.bundles.evaluation import BASELINE, ENSEMBLE, Evaluation
from fitxa_trainer.bundles.names import FACET_NAMES, SPLIT_NAMES, TASK_NAMES
from fitxa_trainer.bundles.parts import Part
from fitxa_trainer.bundles.variants import Variant
from fitxa_trainer.bundles.weaknesses import weaknesses
from fitxa_trainer.dataset.attribution import Attribution
from fitxa_trainer.dataset.data import Example
from fitxa_trainer.ensembles.metrics import FacetMetrics

_KEEPERS_NAMED = 8
_DROPPED_NAMED = 40
#: Tests first; what validation says is the least honest.
_ORDER = ("inner", "outer", "validation")


@dataclass(frozen=True)
class CardInput:
    """What the card tells. `providers` is the ensemble by split, facet and provider; the rest is of packaging.Plan."""

    manifest: Mapping[str, Any]
    parts: Sequence[Part]
    splits: Mapping[str, Sequence[Example]]
    evaluations: Mapping[str, Evaluation]
    providers: Mapping[str, Mapping[str, Mapping[str, FacetMetrics]]]
    variants: Sequence[Variant]
    precision: str
    onnx_difference: float
    self_test_credit: str
    weaknesses: str
    bits: int
    dropped: Mapping[str, Mapping[str, int]]
    learned_elsewhere: bool


def render_card(card: CardInput) -> str:
    """The card as Markdown."""
    manifest = card.manifest
    template = files("fitxa_trainer").joinpath("templates/card.md").read_text(encoding="utf-8")
    counts = [
        f"{len(card.splits[split])} pictures for {name}"
        for split, name in SPLIT_NAMES.items()
        if card.splits.get(split)
    ]
    return Template(template).substitute(
        title=f"{manifest['title']['en']} ({manifest['id']} {manifest['version']})",
        facet_count=len(manifest["facets"]),
        networks=_networks(card.parts),
        trainer_version=manifest["trainerVersion"],
        created=manifest["created"],
        precision=card.precision,
        counts=", ".join(counts),
        bits=card.bits,
        onnx_difference=f"{card.onnx_difference:.0e}",
        tables="\n\n".join(_tables(card, split) for split in _ORDER if split in card.evaluations),
        calibration_table=_calibration_table(card.evaluations),
        consistency=_CONSISTENCY[manifest["consistency"]],
        weights_origin=_weights_origin(card),
        weights=_weights_list(manifest),
        precision_text=_precision_text(card),
        vocabulary=_vocabulary_table(card),
        weaknesses="\n".join([*weaknesses(manifest, card.splits, card.evaluations), card.weaknesses]).strip(),
        effort=_effort_table(card.parts),
        self_test=card.self_test_credit,
        attributions=_attribution_table(manifest["data"]["attribution"]),
        fingerprint=manifest["data"]["fingerprint"],
        licence=f"{manifest['licence']['name']}. {manifest['licence']['text']}",
    )


def _networks(parts: Sequence[Part]) -> str:
    texts = []
    for part in parts:
        names = ", ".join(TASK_NAMES.get(member, member) for member in part.members)
        trunk = "frozen" if part.network.frozen else "trained"
        text = "" if part.text == "none" else f", tags read by {part.text}"
        view = part.preprocessing
        texts.append(f"{part.backbone} ({trunk} trunk) at {view.width} x {view.height} px with {names}{text}")
    return f"{'One network' if len(parts) == 1 else f'{len(parts)} networks'}: {'; '.join(texts)}."


def _tables(card: CardInput, split: str) -> str:
    name = SPLIT_NAMES[split]
    text = f"### {name[0].upper()}{name[1:]}\n\n{_metrics_table(card, card.evaluations[split])}"
    if split == "validation":
        return text
    return (
        f"{text}\n\n### {name[0].upper()}{name[1:]} by provider, ensemble\n\n{_provider_table(card.providers[split])}"
    )


def _metrics_table(card: CardInput, evaluation: Evaluation) -> str:
    lines = [
        "| facet | pictures | ranking | R-Precision | Acc@1 | Acc@10 | AvgRankPos | ECE |",
        "| --- | ---: | --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    labels = _labels(card.manifest)
    measured = {facet: rows for facet, rows in evaluation.rows.items() if rows[ENSEMBLE].images}
    for facet, rows in measured.items():
        for name, label in labels.items():
            if name in rows:
                ece = f"{evaluation.ece[facet]:.3f}" if name == ENSEMBLE else ""
                row = rows[name]
                lines.append(f"| {FACET_NAMES[facet]} | {row.images} | {label} | {_figures(row)} | {ece} |")
    for name, label in labels.items():
        if measured and all(name in rows for rows in measured.values()):
            lines.append(f"| mean | | {label} | {_figures(_mean([rows[name] for rows in measured.values()]))} | |")
    return "\n".join(lines)


def _labels(manifest: Mapping[str, Any]) -> dict[str, str]:
    """The rows of a metrics table by name: the ranking without a picture, the members, their ensemble."""
    members = {
        entry["name"]: TASK_NAMES.get(entry["name"], f"{entry['name']} ({entry['task']})")
        for entry in manifest["members"]
    }
    return {BASELINE: "tag frequency (no picture)", **members, ENSEMBLE: "**ensemble**"}


def _figures(row: FacetMetrics) -> str:
    return f"{row.r_precision:.3f} | {row.acc_at_1:.3f} | {row.acc_at_10:.3f} | {row.avg_rank_pos:.2f}"


def _mean(rows: Sequence[FacetMetrics]) -> FacetMetrics:
    """The mean over facets, each facet counting the same."""
    return FacetMetrics(
        images=sum(row.images for row in rows),
        r_precision=sum(row.r_precision for row in rows) / len(rows),
        acc_at_1=sum(row.acc_at_1 for row in rows) / len(rows),
        acc_at_10=sum(row.acc_at_10 for row in rows) / len(rows),
        avg_rank_pos=sum(row.avg_rank_pos for row in rows) / len(rows),
    )


def _provider_table(providers: Mapping[str, Mapping[str, FacetMetrics]]) -> str:
    lines = [
        "| facet | provider | pictures | R-Precision | Acc@1 | Acc@10 | AvgRankPos |",
        "| --- | --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for facet, rows in providers.items():
        lines.extend(
            f"| {FACET_NAMES[facet]} | {provider or '(none named)'} | {row.images} | {_figures(row)} |"
            for provider, row in rows.items()
        )
    return "\n".join(lines)


def _calibration_table(evaluations: Mapping[str, Evaluation]) -> str:
    """ECE by facet and split, and how many suggestions it counts."""
    splits = [split for split in _ORDER if split in evaluations]
    lines = [
        f"| ECE (suggestions) | {' | '.join(SPLIT_NAMES[split] for split in splits)} |",
        f"| --- |{' ---: |' * len(splits)}",
    ]
    for facet in next(iter(evaluations.values())).rows:
        cells = []
        for split in splits:
            diagram = evaluations[split].reliability[facet]
            count = int(diagram.count.sum())
            cells.append(f"{diagram.error():.3f} ({count})" if count else "")
        lines.append(f"| {FACET_NAMES[facet]} | {' | '.join(cells)} |")
    return "\n".join(lines)


_CONSISTENCY = {
    "none": "",
    "raise": "Before that each member gives a term at least the value of every narrower one. ",
}


def _weights_origin(card: CardInput) -> str:
    if "base" in card.manifest:
        return (
            "The weights are those of the base; the calibration curves too, where fewer than 20 validation pictures "
            "have a label in the facet:"
        )
    if card.learned_elsewhere:
        return "Weights per facet and the calibration curves were learned by the command ensemble:"
    return (
        "Weights per facet were learned on validation and kept only where their gain in R-Precision exceeds twice its "
        "standard error; elsewhere they are equal:"
    )


def _weights_list(manifest: Mapping[str, Any]) -> str:
    lines = []
    for facet, entry in manifest["facets"].items():
        weights = entry["weights"]
        text = ", ".join(f"{member} {weight:.3g}" for member, weight in weights.items())
        equal = max(weights.values()) - min(weights.values()) < 1e-6
        lines.append(f"- {FACET_NAMES[facet]}: {text} ({'equal' if equal else 'learned'})")
    return "\n".join(lines)


def _precision_text(card: CardInput) -> str:
    text = f"The networks of this bundle are stored in {card.precision}; inputs and outputs are fp32."
    if not card.variants:
        return text
    splits = [split for split in _ORDER if split in card.evaluations]
    columns = " | ".join(f"loss in R-Precision, {SPLIT_NAMES[split]}" for split in splits)
    lines = [
        f"{text} Against fp32, on the same pictures (mean over the facets; a negative loss is a gain):",
        "",
        f"| precision | bytes | {columns} | largest difference of a probability |",
        f"| --- | ---: |{' ---: |' * len(splits)} ---: |",
    ]
    for variant in card.variants:
        losses = " | ".join(f"{variant.mean_loss(split):.4f}" for split in splits)
        shipped = " (shipped)" if variant.precision == card.precision else ""
        lines.append(f"| {variant.precision}{shipped} | {variant.bytes} | {losses} | {variant.difference:.4f} |")
    return "\n".join(lines)


def _vocabulary_table(card: CardInput) -> str:
    lines = ["| facet | terms | tags with too few pictures |", "| --- | ---: | --- |"]
    for facet, entry in card.manifest["facets"].items():
        dropped = list(card.dropped.get(facet, {}).items())
        names = ", ".join(f"{_path(key)} ({count})" for key, count in dropped[:_DROPPED_NAMED])
        more = f" and {len(dropped) - _DROPPED_NAMED} others" if len(dropped) > _DROPPED_NAMED else ""
        lines.append(f"| {FACET_NAMES[facet]} | {len(entry['terms'])} | {names or 'none'}{more} |")
    return "\n".join(lines)


def _path(key: str) -> str:
    return key.split("/", 1)[1].replace(" | ", " › ")


def _effort_table(parts: Sequence[Part]) -> str:
    lines = ["| network | device | hours | energy of the devices, at most |", "| --- | --- | ---: | ---: |"]
    gpu_hours = 0.0
    for part in parts:
        effort = part.effort
        energy = effort.kilowatt_hours()
        gpu_hours += effort.hours * effort.devices if effort.on_gpu else 0.0
        device = effort.device if effort.devices == 1 else f"{effort.devices} x {effort.device}"
        shown = "not known" if energy is None else f"{energy:.2f} kWh"
        lines.append(f"| {part.name} | {device} | {effort.hours:.2f} | {shown} |")
    total = (
        f"GPU hours in all: {gpu_hours:.2f}. Counted are the trainings that this bundle is made of, not those of other "
        "seeds and methods."
    )
    return "\n".join([*lines, "", total])


def _attribution_table(entries: Sequence[Attribution]) -> str:
    lines = ["| provider | pictures | licence | holders named |", "| --- | ---: | --- | --- |"]
    for entry in entries:
        keepers = entry["keepers"][:_KEEPERS_NAMED]
        more = " and others" if len(entry["keepers"]) > _KEEPERS_NAMED else ""
        lines.append(f"| {entry['provider']} | {entry['images']} | {entry['licence']} | {', '.join(keepers)}{more} |")
    return "\n".join(lines)
