"""The command export: from a run folder to a bundle that is measured before it is described."""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import torch

from fitxa_trainer import __version__
from fitxa_trainer.attribution import attributions
from fitxa_trainer.bundle import MANIFEST, Bundle, MemberOutputs, check_manifest, describe_file, open_bundle
from fitxa_trainer.calibration import fit_calibration
from fitxa_trainer.card import Measured, render_card
from fitxa_trainer.config import Config
from fitxa_trainer.data import Example, truth_matrix
from fitxa_trainer.errors import InputError
from fitxa_trainer.evaluation import Evaluation, by_provider, measure, run_bundle
from fitxa_trainer.export import INPUT, BundleNetwork, export_onnx, output_name
from fitxa_trainer.jsonfile import write_json
from fitxa_trainer.models.efficientnet_lite import FEATURES, fuse_batch_norm, load_backbone
from fitxa_trainer.preprocessing import load_input, open_image
from fitxa_trainer.progress import Progress
from fitxa_trainer.runfolder import RunFolder
from fitxa_trainer.splits import read_splits
from fitxa_trainer.tasks import TASKS
from fitxa_trainer.training import feature_spec

SELF_TEST = "selftest.png"
CARD = "card.md"
TOLERANCE = 0.02
#: ONNX against torch on the same input: more than this and nothing is exported.
MAX_ONNX_DIFFERENCE = 1e-4
_SELF_TEST_TERMS = 5

LICENCE = {
    "name": "Apache-2.0",
    "text": (
        "The trunk is EfficientNet-Lite (TensorFlow TPU models, Apache-2.0), unchanged. The heads were trained on the "
        "pictures listed under data.attribution; none of them is part of this bundle except the self-test picture, "
        "which is credited in card.md."
    ),
}


def export_bundle(run: RunFolder, examples: Sequence[Example], out: Path, progress: Progress) -> dict[str, Any]:
    """Write the bundle of `run` to the folder `out` and return its manifest.

    Calibration is fitted on validation, metrics are measured on the exported file. Raises InputError when the folder
    exists and is no bundle, or when the configuration names no self-test picture of the test split.
    """
    config = run.config()
    splits = read_splits(run.split_file, examples)
    self_test = _self_test_example(config, splits["test"])
    _make_folder(out)
    network = _network(config, run)
    onnx_file = f"{config.bundle.id}.onnx"
    progress.say(f"exporting {onnx_file}")
    export_onnx(network, config.features.size, out / onnx_file)
    open_image(self_test.file).save(out / SELF_TEST, optimize=True)

    manifest = _skeleton(config, run, onnx_file, examples)
    bundle = open_bundle(out, manifest)
    difference = onnx_difference(network, bundle, [example.file for example in splits["test"][:64]])
    progress.say(f"largest difference between ONNX and torch: {difference:.1e}")
    if difference > MAX_ONNX_DIFFERENCE:
        raise RuntimeError(f"ONNX and torch differ by {difference}, more than {MAX_ONNX_DIFFERENCE}")

    progress.say("calibrating on the validation split")
    outputs, speed = run_bundle(bundle, splits["validation"])
    _calibrate(bundle, outputs, splits["validation"])
    validation = measure(bundle, outputs, speed, splits["validation"], splits["train"])
    progress.say("measuring the test split")
    outputs, speed = run_bundle(bundle, splits["test"])
    test = measure(bundle, outputs, speed, splits["test"], splits["train"])

    manifest = bundle.manifest
    manifest["metrics"] = {"test": _metrics(test), "validation": _metrics(validation)}
    manifest["selfTest"]["expected"] = _expected(bundle, out / SELF_TEST)
    measured = Measured(test, validation, by_provider(bundle, outputs, splits["test"]), difference)
    (out / CARD).write_text(render_card(manifest, run, examples, splits, measured, self_test), encoding="utf-8")
    manifest["files"] = {name: describe_file(out / name) for name in (onnx_file, SELF_TEST, CARD)}
    check_manifest(manifest, str(out / MANIFEST))
    write_json(out / MANIFEST, manifest)
    open_bundle(out)
    return manifest


def onnx_difference(network: BundleNetwork, bundle: Bundle, pictures: Sequence[Path]) -> float:
    """The largest absolute difference of any probability between torch and the bundle's ONNX file."""
    inputs = np.stack([load_input(path, bundle.preprocessing) for path in pictures])
    with torch.inference_mode():
        expected = [output.numpy() for output in network(torch.from_numpy(inputs))]
    found = bundle.session.run(network.names, {INPUT: inputs})
    return max(float(np.abs(left - right).max()) for left, right in zip(expected, found, strict=True))


def _self_test_example(config: Config, test: Sequence[Example]) -> Example:
    for example in test:
        if example.record.id == config.bundle.self_test_image:
            return example
    raise InputError(
        f"bundle.self_test_image {config.bundle.self_test_image!r} is no picture of the test split; "
        "name one whose licence allows to ship it."
    )


def _make_folder(out: Path) -> None:
    """An empty folder at `out`; an older bundle there makes way, anything else is left alone."""
    if out.exists() and any(out.iterdir()):
        if not (out / MANIFEST).exists():
            raise InputError(f"The folder {out} is not empty and holds no bundle; give another one.")
        shutil.rmtree(out)
    out.mkdir(parents=True, exist_ok=True)


def _network(config: Config, run: RunFolder) -> BundleNetwork:
    terms = {facet: tuple(keys) for facet, keys in run.read_json("vocabulary.json")["terms"].items()}
    trunk = fuse_batch_norm(load_backbone(config.features.backbone))
    return BundleNetwork(trunk, run.load_heads(terms, FEATURES)).eval()


def _skeleton(config: Config, run: RunFolder, onnx_file: str, examples: Sequence[Example]) -> dict[str, Any]:
    """The manifest without what is only known once the bundle has been run."""
    terms = run.read_json("vocabulary.json")["terms"]
    weights = run.read_json("result.json")["weights"]
    data = run.read_json("data.json")
    preprocessing = asdict(feature_spec(config).preprocessing)
    return {
        "schemaVersion": 1,
        "id": config.bundle.id,
        "version": config.bundle.version,
        "created": datetime.now(UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z"),
        "title": dict(config.bundle.title),
        "licence": LICENCE,
        "trainerVersion": __version__,
        "files": {},
        "preprocessing": {
            **{key: list(value) if isinstance(value, tuple) else value for key, value in preprocessing.items()},
            "layout": "NCHW",
            "colour": "srgb",
        },
        "members": [
            {
                "name": task.name,
                "task": task.task,
                "file": onnx_file,
                "input": INPUT,
                "outputs": {facet: output_name(task.name, facet) for facet in terms},
                "activation": task.activation,
            }
            for task in TASKS
        ],
        "facets": {
            facet: {
                "terms": terms[facet],
                "weights": weights[facet],
                "calibration": {"score": [0.0, 1.0], "probability": [0.0, 1.0]},
            }
            for facet in terms
        },
        "selfTest": {"image": SELF_TEST, "expected": {}, "tolerance": TOLERANCE},
        "metrics": {},
        "data": {
            "fingerprint": data["fingerprint"],
            "images": data["images"],
            "attribution": attributions(examples),
        },
    }


def _calibrate(bundle: Bundle, outputs: MemberOutputs, examples: Sequence[Example]) -> None:
    """Put the calibration curve of every facet into the manifest of `bundle`."""
    for facet, scores in bundle.ensemble(outputs).items():
        curve = fit_calibration(scores, truth_matrix(examples, facet, bundle.terms[facet]))
        bundle.manifest["facets"][facet]["calibration"] = {
            "score": list(curve.score),
            "probability": list(curve.probability),
        }


def _metrics(evaluation: Evaluation) -> dict[str, dict[str, float | int]]:
    """The ensemble's metrics as the manifest holds them."""
    result: dict[str, dict[str, float | int]] = {}
    for facet, rows in evaluation.rows.items():
        row = rows["ensemble"]
        result[facet] = {
            "images": row.images,
            "rPrecision": round(row.r_precision, 4),
            "accAt1": round(row.acc_at_1, 4),
            "accAt10": round(row.acc_at_10, 4),
            "avgRankPos": round(row.avg_rank_pos, 4),
            "ece": round(evaluation.ece[facet], 4),
        }
    return result


def _expected(bundle: Bundle, picture: Path) -> dict[str, dict[str, list[dict[str, object]]]]:
    """The five best terms of each member and facet on the self-test picture."""
    result: dict[str, dict[str, list[dict[str, object]]]] = {}
    for member, facets in bundle.predict([picture]).items():
        result[member] = {}
        for facet, values in facets.items():
            best: Mapping[int, float] = {int(i): float(values[0, i]) for i in np.argsort(-values[0], kind="stable")}
            top = list(best.items())[:_SELF_TEST_TERMS]
            result[member][facet] = [
                {"term": bundle.terms[facet][index], "score": round(score, 6)} for index, score in top
            ]
    return result
