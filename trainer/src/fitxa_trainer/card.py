"""card.md: what a bundle is, what it was made from, how good it is and where it fails; text in templates/card.md."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from string import Template
from typing import Any

from fitxa_trainer.attribution import Attribution, attributions
from fitxa_trainer.data import Example
from fitxa_trainer.evaluation import BASELINE, Evaluation
from fitxa_trainer.metrics import FacetMetrics
from fitxa_trainer.runfolder import RunFolder

_NAMES = {
    "objectTypes": "Object Types",
    "materials": "Materials",
    "disciplines": "Disciplines",
    "subjects": "Subjects",
}
_ROWS = {
    BASELINE: "tag frequency (no picture)",
    "multilabel": "multi-label (ML)",
    "softmax": "softmax (S)",
    "ensemble": "**ensemble ML+S**",
}
_KEEPERS_NAMED = 8


@dataclass(frozen=True)
class Measured:
    """What was measured on the exported file; `providers` is the ensemble on the test split, by facet and provider."""

    test: Evaluation
    validation: Evaluation
    providers: Mapping[str, Mapping[str, FacetMetrics]]
    onnx_difference: float


def render_card(
    manifest: Mapping[str, Any],
    run: RunFolder,
    examples: Sequence[Example],
    splits: Mapping[str, Sequence[Example]],
    measured: Measured,
    self_test: Example,
) -> str:
    """The card as Markdown."""
    config = run.config()
    template = files("fitxa_trainer").joinpath("templates/card.md").read_text(encoding="utf-8")
    return Template(template).substitute(
        title=f"{manifest['title']['en']} ({manifest['id']} {manifest['version']})",
        backbone=config.features.backbone,
        size=config.features.size,
        trainer_version=manifest["trainerVersion"],
        created=manifest["created"],
        **manifest["data"]["images"],
        bits=config.split.near_duplicate_bits,
        onnx_difference=f"{measured.onnx_difference:.0e}",
        test_table=_metrics_table(measured.test),
        provider_table=_provider_table(measured.providers),
        validation_table=_metrics_table(measured.validation),
        weights=_weights_list(manifest),
        vocabulary=_vocabulary_table(manifest, run),
        subject_train=_with_subjects(splits["train"]),
        subject_test=_with_subjects(splits["test"]),
        self_test=self_test.record.id,
        self_test_holder=self_test.record.keeper or self_test.record.database,
        self_test_licence=self_test.record.extra.get("licence", "no licence stated"),
        attributions=_attribution_table(attributions(examples)),
        fingerprint=manifest["data"]["fingerprint"],
        licence=f"{manifest['licence']['name']}. {manifest['licence']['text']}",
    )


def _with_subjects(examples: Sequence[Example]) -> int:
    return sum(bool(example.record.tags("subjects")) for example in examples)


def _metrics_table(evaluation: Evaluation) -> str:
    lines = [
        "| facet | pictures | ranking | R-Precision | Acc@1 | Acc@10 | AvgRankPos | ECE |",
        "| --- | ---: | --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for facet, rows in evaluation.rows.items():
        for name, label in _ROWS.items():
            row = rows[name]
            ece = f"{evaluation.ece[facet]:.3f}" if name == "ensemble" else ""
            lines.append(f"| {_NAMES[facet]} | {row.images} | {label} | {_figures(row)} | {ece} |")
    for name, label in _ROWS.items():
        lines.append(f"| mean | | {label} | {_figures(_mean([rows[name] for rows in evaluation.rows.values()]))} | |")
    return "\n".join(lines)


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
            f"| {_NAMES[facet]} | {provider} | {row.images} | {_figures(row)} |" for provider, row in rows.items()
        )
    return "\n".join(lines)


def _weights_list(manifest: Mapping[str, Any]) -> str:
    lines = []
    for facet, entry in manifest["facets"].items():
        weights = entry["weights"]
        text = ", ".join(f"{member} {weight:g}" for member, weight in weights.items())
        kind = "equal" if len(set(weights.values())) == 1 else "learned"
        lines.append(f"- {_NAMES[facet]}: {text} ({kind})")
    return "\n".join(lines)


def _vocabulary_table(manifest: Mapping[str, Any], run: RunFolder) -> str:
    config = run.config()
    dropped = run.read_json("vocabulary.json")["dropped"]
    lines = ["| facet | terms | pictures needed | tags dropped |", "| --- | ---: | ---: | --- |"]
    for facet, entry in manifest["facets"].items():
        names = ", ".join(f"{key.split('/', 1)[1].replace(' | ', ' › ')} ({n})" for key, n in dropped[facet].items())
        minimum = getattr(config.vocabulary, facet)
        lines.append(f"| {_NAMES[facet]} | {len(entry['terms'])} | {minimum} | {names or 'none'} |")
    return "\n".join(lines)


def _attribution_table(entries: Sequence[Attribution]) -> str:
    lines = ["| provider | pictures | licence | holders named |", "| --- | ---: | --- | --- |"]
    for entry in entries:
        keepers = entry["keepers"][:_KEEPERS_NAMED]
        more = " and others" if len(entry["keepers"]) > _KEEPERS_NAMED else ""
        lines.append(f"| {entry['provider']} | {entry['images']} | {entry['licence']} | {', '.join(keepers)}{more} |")
    return "\n".join(lines)
