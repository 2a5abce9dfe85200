"""From trained networks to a bundle that is measured before it is described.

Integrity: model.json lists every other file with its size and SHA-256, so the hash of model.json pins the whole bundle.
`export` tells that hash, and the application keeps it with every run of predictions. There is no signature by a key:
whoever could put a false bundle into the folder could put a false key beside it, and the ways by which bundles travel
(the installer, SSH to a machine of the museum) prove their origin themselves.
"""

import hashlib
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from fitxa_trainer import __version__
from fitxa_trainer.bundles.bundle import (
    MANIFEST,
    Bundle,
    MemberOutputs,
    check_manifest,
    describe_file,
    open_bundle,
    open_session,
    predict_all,
)
from fitxa_trainer.bundles.cards.calibration_plot import write_calibration_plot
from fitxa_trainer.bundles.cards.facts import CardInput, collect_facts
from fitxa_trainer.bundles.cards.files import PLOT, write_cards
from fitxa_trainer.bundles.cards.language import card_language
from fitxa_trainer.bundles.cards.licences import licence_of
from fitxa_trainer.bundles.evaluation import ENSEMBLE, Evaluation, by_provider, manifest_figures, measure
from fitxa_trainer.bundles.label_embeddings import write_label_embeddings
from fitxa_trainer.bundles.onnx_networks import INPUT, ExportNetwork, export_onnx, onnx_difference, output_name
from fitxa_trainer.bundles.parts import BaseBundle, Ensemble, FacetEnsemble, Part, terms_of
from fitxa_trainer.bundles.variants import Variant, compare, write_precision
from fitxa_trainer.dataset.attribution import attributions
from fitxa_trainer.dataset.examples import Example, fingerprint, target_matrix
from fitxa_trainer.ensembles.calibration import fit_calibration
from fitxa_trainer.ensembles.combining import learn_weights
from fitxa_trainer.errors import InputError
from fitxa_trainer.json_file import write_json
from fitxa_trainer.pictures.preprocessing import load_input, open_image
from fitxa_trainer.progress import Progress

SELF_TEST = "selftest.png"
VARIANTS = "variants.json"
TOLERANCE = 0.02
#: ONNX against torch on the same input: more than this and nothing is exported.
MAX_ONNX_DIFFERENCE = 1e-4
_COMPARED_PICTURES = 32
_SELF_TEST_TERMS = 5
#: Validation pictures with a label of a facet from which a fine-tuning fits the curve anew.
_CALIBRATED_FROM = 20
#: Splits that are measured, and their names in the manifest; `test` was there before there was an Outer test.
_MEASURED = {"validation": "validation", "inner": "test", "outer": "outer"}

#: What the manifest and the card call a task.
_TASKS = {"multilabel": "multi-label"}


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
    there by facet (`start`): the weights stay, a curve is fitted anew where there are enough validation pictures.
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


@dataclass(frozen=True)
class Exported:
    """A finished bundle: its manifest, the SHA-256 of model.json, and the measurements by split."""

    manifest: dict[str, Any]
    sha256: str
    evaluations: Mapping[str, Evaluation]
    outputs: Mapping[str, MemberOutputs]


def export_bundle(plan: Plan, out: Path, progress: Progress) -> Exported:
    """Write the bundle of `plan` to the folder `out`, whole or not at all.

    Weights and calibration come from validation, every figure from running the exported files. Raises InputError when
    the folder exists and is no bundle, or a picture cannot be read; Stopped when somebody asked to stop.
    """
    _check_folder(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{out.name}-", dir=out.parent) as work:
        exported = _export(plan, Path(work), progress)
        if out.exists():
            shutil.rmtree(out)
        (Path(work) / "bundle").rename(out)
    return exported


def _export(plan: Plan, work: Path, progress: Progress) -> Exported:
    progress.stage("export", f"exporting {plan.id} {plan.version}")
    files = [network_file(plan, index) for index in range(len(plan.parts))]
    manifest = _skeleton(plan, files)
    folders = {name: work / name for name in dict.fromkeys(["fp32", *plan.variants, plan.precision])}
    for folder in folders.values():
        folder.mkdir()
    difference = _write_fp32(plan, files, folders["fp32"], progress)
    sources = {file: part.preprocessing for file, part in zip(files, plan.parts, strict=True)}
    for precision, folder in folders.items():
        if precision != "fp32":
            progress.say(f"storing the networks in {precision}")
            write_precision(precision, sources, folders["fp32"], folder, plan.splits["train"])

    bundles = {precision: open_bundle(folder, manifest) for precision, folder in folders.items()}
    outputs = _run_splits(plan, bundles, progress)
    shipped = bundles[plan.precision]
    _put_together(plan, shipped, outputs[plan.precision].get("validation"), progress)
    evaluations = {
        precision: {
            split: measure(bundles[precision], found, 0.0, plan.splits[split], plan.splits["train"])
            for split, found in by_split.items()
        }
        for precision, by_split in outputs.items()
    }
    variants = [_compared(bundles, outputs, evaluations, precision) for precision in bundles if precision != "fp32"]

    target = work / "bundle"
    folders[plan.precision].rename(target)
    shipped = open_bundle(target, shipped.manifest)
    found = evaluations[plan.precision]
    open_image(plan.self_test.file).save(target / SELF_TEST, optimize=True)
    manifest["selfTest"]["expected"] = _expected(shipped, target / SELF_TEST)
    manifest["metrics"] |= {_MEASURED[split]: _metrics(evaluation) for split, evaluation in found.items()}
    _describe(plan, shipped, found, outputs[plan.precision], variants, difference)
    manifest["files"] = {path.name: describe_file(path) for path in sorted(target.iterdir())}
    check_manifest(manifest, str(target / MANIFEST))
    write_json(target / MANIFEST, manifest)
    open_bundle(target)
    sha256 = hashlib.sha256((target / MANIFEST).read_bytes()).hexdigest()
    return Exported(manifest, sha256, found, outputs[plan.precision])


def network_file(plan: Plan, index: int) -> str:
    """The name of the ONNX file of part `index`: the first is called like the bundle, others also like their run."""
    return f"{plan.id}.onnx" if index == 0 else f"{plan.id}-{plan.parts[index].name}.onnx"


def _check_folder(out: Path) -> None:
    """InputError unless `out` is free for a bundle: not there, empty, or an older bundle."""
    if out.exists() and (not out.is_dir() or (any(out.iterdir()) and not (out / MANIFEST).exists())):
        raise InputError(f"The folder {out} is not empty and holds no bundle; give another one.")


def _write_fp32(plan: Plan, files: Sequence[str], folder: Path, progress: Progress) -> float:
    """Write the networks as trained; the largest difference of any probability between ONNX and torch."""
    difference = 0.0
    compared = (plan.splits["inner"] or plan.splits["validation"])[:_COMPARED_PICTURES]
    for file, part in zip(files, plan.parts, strict=True):
        progress.say(f"exporting {file}")
        network = ExportNetwork(part.network, part.members, part.terms, plan.consistency)
        export_onnx(network, part.preprocessing.width, folder / file)
        inputs = np.stack([load_input(example.file, part.preprocessing) for example in compared])
        difference = max(difference, onnx_difference(network, open_session(folder / file), inputs))
    progress.say(f"largest difference between ONNX and torch: {difference:.1e}")
    if not difference <= MAX_ONNX_DIFFERENCE:
        raise RuntimeError(f"ONNX and torch differ by {difference}, more than {MAX_ONNX_DIFFERENCE}")
    return difference


def _run_splits(plan: Plan, bundles: Mapping[str, Bundle], progress: Progress) -> dict[str, dict[str, MemberOutputs]]:
    """The outputs of every precision on every split that is measured and has pictures."""
    outputs: dict[str, dict[str, MemberOutputs]] = {precision: {} for precision in bundles}
    for split in _MEASURED:
        examples = plan.splits.get(split, ())
        if examples:
            progress.say(f"running the bundle on {len(examples)} pictures of {split}")
            found = predict_all(list(bundles.values()), [example.file for example in examples], progress)
            for precision, values in zip(bundles, found, strict=True):
                outputs[precision][split] = values
    return outputs


def _put_together(plan: Plan, bundle: Bundle, outputs: MemberOutputs | None, progress: Progress) -> None:
    """Put the weights and the calibration curve of every facet into the manifest of `bundle`."""
    for facet, entry in bundle.manifest["facets"].items():
        if plan.ensemble is not None:
            learned = plan.ensemble.facets.get(facet)
            if learned is None or not learned.weights.keys() <= entry["weights"].keys():
                raise InputError(
                    f"The ensemble has no weights of these members for the facet {facet}; learn it from the same runs."
                )
            _take(entry, learned)
            continue
        truth = target_matrix(plan.splits["validation"], facet, bundle.terms[facet])
        labelled = int((truth > 0).any(axis=1).sum())
        known = plan.start.get(facet)
        if known is not None:
            _take(entry, known)
            if labelled < _CALIBRATED_FROM:
                continue
        if outputs is None or not labelled:
            progress.warning(
                "export.notCalibrated",
                f"No validation picture has a label of {facet}: its scores are shown as they are.",
                facet=facet,
            )
            continue
        if known is None:
            entry["weights"] = learn_weights(bundle.distributions(outputs, facet), truth)
        curve = fit_calibration(bundle.ensemble(outputs)[facet], truth)
        entry["calibration"] = {"score": list(curve.score), "probability": list(curve.probability)}


def _take(entry: dict[str, Any], ensemble: FacetEnsemble) -> None:
    """Let a facet of the manifest have the weights and the curve of `ensemble`; members without a weight get none."""
    entry["weights"] = {name: ensemble.weights.get(name, 0.0) for name in entry["weights"]}
    entry["calibration"] = {"score": list(ensemble.score), "probability": list(ensemble.probability)}


def _compared(
    bundles: Mapping[str, Bundle],
    outputs: Mapping[str, Mapping[str, MemberOutputs]],
    evaluations: Mapping[str, Mapping[str, Evaluation]],
    precision: str,
) -> Variant:
    return compare(
        precision,
        bundles[precision],
        {split: (evaluations["fp32"][split], found) for split, found in evaluations[precision].items()},
        [(outputs["fp32"][split], found) for split, found in outputs[precision].items()],
    )


def _describe(
    plan: Plan,
    bundle: Bundle,
    evaluations: Mapping[str, Evaluation],
    outputs: Mapping[str, MemberOutputs],
    variants: Sequence[Variant],
    difference: float,
) -> None:
    """Write the files that explain the bundle: cards, calibration plot, variants, label embeddings."""
    write_calibration_plot(evaluations, bundle.folder / PLOT)
    if variants:
        shipped = {"shipped": plan.precision, "variants": [variant.as_json() for variant in variants]}
        write_json(bundle.folder / VARIANTS, shipped)
    write_label_embeddings(plan.parts, bundle.folder)
    providers = {split: by_provider(bundle, found, plan.splits[split]) for split, found in outputs.items()}
    found = CardInput(
        manifest=bundle.manifest,
        parts=plan.parts,
        splits=plan.splits,
        evaluations=evaluations,
        providers=providers,
        variants=variants,
        onnx_difference=difference,
        notes=plan.weaknesses,
        bits=plan.bits,
        dropped=plan.dropped,
        learned_elsewhere=plan.ensemble is not None,
    )
    write_cards(bundle.folder, bundle.manifest, collect_facts(found))


def _skeleton(plan: Plan, files: Sequence[str]) -> dict[str, Any]:
    """The manifest without what is only known once the bundle has been run."""
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
                _MEASURED.get(split, split): len(pictures) for split, pictures in plan.splits.items() if pictures
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


def _metrics(evaluation: Evaluation) -> dict[str, dict[str, float | int]]:
    """The ensemble's metrics as the manifest holds them; facets without pictures are left out."""
    result: dict[str, dict[str, float | int]] = {}
    for facet, rows in evaluation.rows.items():
        row = rows[ENSEMBLE]
        if row.images:
            result[facet] = manifest_figures(row, evaluation.ece[facet])
    return result


def _expected(bundle: Bundle, picture: Path) -> dict[str, dict[str, list[dict[str, object]]]]:
    """The five best terms of each member and facet on the self-test picture."""
    result: dict[str, dict[str, list[dict[str, object]]]] = {}
    for member, facets in bundle.predict([picture]).items():
        result[member] = {}
        for facet, values in facets.items():
            best = np.argsort(-values[0], kind="stable")[:_SELF_TEST_TERMS].tolist()
            result[member][facet] = [
                {"term": bundle.terms[facet][index], "score": round(float(values[0, index]), 6)} for index in best
            ]
    return result
