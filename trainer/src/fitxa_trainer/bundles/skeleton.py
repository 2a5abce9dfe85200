"""The manifest of a bundle without the figures that need a run of the bundle."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from fitxa_trainer import __version__
from fitxa_trainer.bundles.cards.language import card_language
from fitxa_trainer.bundles.cards.licences import licence_of
from fitxa_trainer.bundles.onnx_networks import INPUT, output_name
from fitxa_trainer.bundles.parts import Part, terms_of
from fitxa_trainer.bundles.plan import Plan
from fitxa_trainer.dataset.attribution import attributions
from fitxa_trainer.dataset.examples import fingerprint

SELF_TEST = "selftest.png"
TOLERANCE = 0.02
#: Splits that are measured, and their names in the manifest; `test` is older than the Outer test.
MEASURED = {"validation": "validation", "inner": "test", "outer": "outer"}

#: What the manifest and the card call a task.
_TASKS = {"multilabel": "multi-label"}


def skeleton(plan: Plan, files: Sequence[str]) -> dict[str, Any]:
    """The manifest without the measured figures."""
    first = plan.parts[0].preprocessing
    terms = terms_of(plan.parts)
    examples = [example for split in plan.splits.values() for example in split]
    members: list[dict[str, Any]] = []
    for file, part in zip(files, plan.parts, strict=True):
        for own, name in part.members.items():
            member = part.network.members[own]
            entry: dict[str, Any] = {
                "name": name,
                "task": _TASKS.get(own, own),
                "file": file,
                "input": INPUT,
                "outputs": {facet: output_name(name, facet) for facet in part.terms},
                "activation": member.activation,
                "backbone": part.backbone,
            }
            if part.text != "none" and own.startswith("clip"):
                entry["text"] = part.text
            if part.preprocessing != first:
                entry["preprocessing"] = _settings(part)
            members.append(entry)
    return {
        "schemaVersion": 1,
        "id": plan.id,
        "version": plan.version,
        "created": datetime.now(UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z"),
        "title": dict(plan.title),
        "licence": licence_of(
            [part.backbone for part in plan.parts], [part.text for part in plan.parts], card_language("en")
        ),
        "trainerVersion": __version__,
        "precision": plan.precision,
        "consistency": plan.consistency,
        "files": {},
        "preprocessing": _settings(plan.parts[0]),
        "members": members,
        "facets": {
            facet: {
                "terms": list(keys),
                "weights": _equal([entry["name"] for entry in members if facet in entry["outputs"]]),
                "calibration": {"score": [0.0, 1.0], "probability": [0.0, 1.0]},
            }
            for facet, keys in terms.items()
        },
        "selfTest": {"image": SELF_TEST, "credit": plan.self_test.credit, "expected": {}, "tolerance": TOLERANCE},
        "metrics": {"test": {}, "validation": {}},
        "data": {
            "fingerprint": fingerprint(examples),
            "images": {
                MEASURED.get(split, split): len(pictures) for split, pictures in plan.splits.items() if pictures
            },
            "attribution": [*attributions(examples), *(plan.base.attribution if plan.base else ())],
        },
        **({"base": {"id": plan.base.id, "version": plan.base.version}} if plan.base else {}),
    }


def _equal(names: Sequence[str]) -> dict[str, float]:
    return {name: 1.0 / len(names) for name in names}


def _settings(part: Part) -> dict[str, Any]:
    """The preprocessing of `part` as the manifest holds it."""
    values = asdict(part.preprocessing)
    plain = {key: list(value) if isinstance(value, tuple) else value for key, value in values.items()}
    return {**plain, "layout": "NCHW", "colour": "srgb"}
