"""Packages trained networks as a bundle, and measures it.

Integrity: model.json lists every other file with its size and SHA-256, so the hash of model.json pins the whole bundle.
`export` prints that hash, and the application stores it with every run of predictions. There is no signature: anyone
who could place a forged bundle in the folder could also place a forged key beside it, and the ways in which bundles are
transferred (the installer, SSH to a machine of the museum) authenticate their origin.
"""

import hashlib
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

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
from fitxa_trainer.bundles.evaluation import ENSEMBLE, Evaluation, by_provider, manifest_figures, measure
from fitxa_trainer.bundles.label_embeddings import write_label_embeddings
from fitxa_trainer.bundles.onnx_networks import ExportNetwork, export_onnx, onnx_difference
from fitxa_trainer.bundles.parts import FacetEnsemble
from fitxa_trainer.bundles.plan import Plan, network_file
from fitxa_trainer.bundles.skeleton import MEASURED, SELF_TEST, skeleton
from fitxa_trainer.bundles.variants import Variant, compare, write_precision
from fitxa_trainer.dataset.examples import target_matrix
from fitxa_trainer.ensembles.calibration import fit_calibration
from fitxa_trainer.ensembles.combining import learn_weights
from fitxa_trainer.errors import InputError
from fitxa_trainer.folders import replace_folder, restore_folder
from fitxa_trainer.json_file import write_json
from fitxa_trainer.pictures.preprocessing import load_input, open_image
from fitxa_trainer.progress import Progress

VARIANTS = "variants.json"
#: ONNX against torch on the same input: more than this and nothing is exported.
MAX_ONNX_DIFFERENCE = 1e-4
_COMPARED_PICTURES = 32
_SELF_TEST_TERMS = 5
#: Validation pictures with a label of a facet from which a fine-tuning fits a new curve.
_CALIBRATED_FROM = 20


@dataclass(frozen=True)
class Exported:
    """A finished bundle: its manifest, the SHA-256 of model.json, and the measurements by split."""

    manifest: dict[str, Any]
    sha256: str
    evaluations: Mapping[str, Evaluation]
    outputs: Mapping[str, MemberOutputs]


def export_bundle(plan: Plan, out: Path, progress: Progress) -> Exported:
    """Write the bundle of `plan` to the folder `out`, atomically.

    Weights and calibration come from validation, every figure from running the exported files. Raises InputError when
    the folder exists and is no bundle, or a picture cannot be read; Stopped when asked to stop.
    """
    restore_folder(out)
    _check_folder(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{out.name}-", dir=out.parent) as work:
        exported = _export(plan, Path(work), progress)
        replace_folder(Path(work) / "bundle", out)
    return exported


def _export(plan: Plan, work: Path, progress: Progress) -> Exported:
    progress.stage("export", f"exporting {plan.id} {plan.version}")
    files = [network_file(plan, index) for index in range(len(plan.parts))]
    manifest = skeleton(plan, files)
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
    manifest["metrics"] |= {MEASURED[split]: _metrics(evaluation) for split, evaluation in found.items()}
    _describe(plan, shipped, found, outputs[plan.precision], variants, difference)
    manifest["files"] = {path.name: describe_file(path) for path in sorted(target.iterdir())}
    check_manifest(manifest, str(target / MANIFEST))
    write_json(target / MANIFEST, manifest)
    open_bundle(target)
    sha256 = hashlib.sha256((target / MANIFEST).read_bytes()).hexdigest()
    return Exported(manifest, sha256, found, outputs[plan.precision])


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
    for split in MEASURED:
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
