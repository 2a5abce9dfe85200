"""A model bundle: a folder with model.json and its files, checked and run with onnxruntime.

The trainer measures exactly what ships: the same files, preprocessing and ensemble rule as in the application.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import onnxruntime
from numpy.typing import NDArray

from fitxa_trainer import stopping
from fitxa_trainer.ensembles.calibration import Calibration
from fitxa_trainer.ensembles.combining import combine, normalise
from fitxa_trainer.errors import InputError
from fitxa_trainer.pictures.preprocessing import Preprocessing, load_inputs
from fitxa_trainer.progress import Progress

MANIFEST = "model.json"
_BATCH = 16
#: Batches whose pictures are read ahead.
_AHEAD = 3

_CUDA = "CUDAExecutionProvider"

#: Probabilities (pictures, terms) by member and facet.
MemberOutputs = dict[str, dict[str, NDArray[np.float32]]]


def manifest_schema() -> dict[str, Any]:
    """The JSON Schema of model.json."""
    text = files("fitxa_trainer").joinpath("schemas/model.schema.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


def check_manifest(manifest: object, where: str) -> None:
    """Raise InputError, naming the key, when `manifest` breaks the schema."""
    error = jsonschema.exceptions.best_match(jsonschema.Draft202012Validator(manifest_schema()).iter_errors(manifest))
    if error is not None:
        raise InputError(f"{where}, {error.json_path}: {error.message[:200]}; export the bundle again.")


@dataclass(frozen=True)
class Compute:
    """Where networks run: `device` is cpu or cuda, `index` the GPU, `threads` those of one run (0: one a core)."""

    device: str = "cpu"
    index: int = 0
    threads: int = 0


@dataclass(frozen=True)
class Bundle:
    """An open bundle. `manifest` is the content of model.json; `sessions` hold its networks by file name."""

    folder: Path
    manifest: dict[str, Any]
    sessions: Mapping[str, onnxruntime.InferenceSession]

    @property
    def terms(self) -> dict[str, tuple[str, ...]]:
        """Term keys of each facet in output order."""
        return {facet: tuple(entry["terms"]) for facet, entry in self.manifest["facets"].items()}

    @property
    def name(self) -> str:
        """Id and version, as a person reads them."""
        return f"{self.manifest['id']} {self.manifest['version']}"

    def view(self, member: Mapping[str, Any]) -> Preprocessing:
        """How `member` (an entry of the manifest) sees a picture."""
        return read_preprocessing(member.get("preprocessing", self.manifest["preprocessing"]))

    def predict(self, pictures: Sequence[Path]) -> MemberOutputs:
        """Probabilities of every member and facet for `pictures`, as the networks put them out."""
        return predict_all([self], pictures)[0]

    def run(self, views: Mapping[Preprocessing, NDArray[np.float32]]) -> MemberOutputs:
        """Probabilities for the pictures whose network inputs (n, 3, height, width) are given by preprocessing."""
        found: dict[str, NDArray[np.float32]] = {}
        for file, session in self.sessions.items():
            member = next(member for member in self.manifest["members"] if member["file"] == file)
            names = [output.name for output in session.get_outputs()]
            values = session.run(names, {member["input"]: views[self.view(member)]})
            found.update({f"{file}/{name}": value for name, value in zip(names, values, strict=True)})
        return {
            member["name"]: {facet: found[f"{member['file']}/{output}"] for facet, output in member["outputs"].items()}
            for member in self.manifest["members"]
        }

    def distributions(self, outputs: MemberOutputs, facet: str) -> dict[str, NDArray[np.float64]]:
        """The probabilities of `facet`, normalised over the facet, of each member that knows it."""
        return {
            member["name"]: normalise(outputs[member["name"]][facet], member["activation"])
            for member in self.manifest["members"]
            if facet in member["outputs"]
        }

    def ensemble(self, outputs: MemberOutputs) -> dict[str, NDArray[np.float64]]:
        """The ensemble's scores (pictures, terms) of each facet."""
        return {
            facet: combine(self.distributions(outputs, facet), entry["weights"])
            for facet, entry in self.manifest["facets"].items()
        }

    def calibration(self, facet: str) -> Calibration:
        """The curve from ensemble score to probability of `facet`."""
        curve = self.manifest["facets"][facet]["calibration"]
        return Calibration(tuple(curve["score"]), tuple(curve["probability"]))


def predict_all(
    bundles: Sequence[Bundle], pictures: Sequence[Path], progress: Progress | None = None
) -> list[MemberOutputs]:
    """The probabilities that each bundle gives for `pictures`; a picture is read once for all of them.

    Raises InputError for a picture that cannot be read.
    """
    views = list(dict.fromkeys(bundle.view(member) for bundle in bundles for member in bundle.manifest["members"]))
    batches = [pictures[start : start + _BATCH] for start in range(0, len(pictures), _BATCH)]
    parts: list[list[MemberOutputs]] = [[] for _ in bundles]
    with (
        ThreadPoolExecutor(max_workers=1) as reader,
        (progress or Progress()).counter(len(pictures), "pictures") as counter,
    ):
        waiting = [reader.submit(_read, batch, views) for batch in batches[:_AHEAD]]
        for index, batch in enumerate(batches):
            stopping.check()
            inputs = waiting.pop(0).result()
            if index + _AHEAD < len(batches):
                waiting.append(reader.submit(_read, batches[index + _AHEAD], views))
            for bundle, found in zip(bundles, parts, strict=True):
                found.append(bundle.run(inputs))
            counter.add(len(batch))
    return [_joined(bundle, found) for bundle, found in zip(bundles, parts, strict=True)]


def _read(pictures: Sequence[Path], views: Sequence[Preprocessing]) -> dict[Preprocessing, NDArray[np.float32]]:
    """The networks' inputs (n, 3, height, width) of `pictures` for each preprocessing."""
    inputs: dict[Preprocessing, list[NDArray[np.float32]]] = {view: [] for view in views}
    for path in pictures:
        for view, images in load_inputs(path, views).items():
            inputs[view].append(images)
    return {view: np.stack(images) for view, images in inputs.items()}


def _joined(bundle: Bundle, parts: Sequence[MemberOutputs]) -> MemberOutputs:
    """The outputs of all batches one after the other; with no batch at all, of no picture."""
    return {
        member["name"]: {
            facet: np.concatenate([part[member["name"]][facet] for part in parts])
            if parts
            else np.empty((0, len(bundle.terms[facet])), dtype=np.float32)
            for facet in member["outputs"]
        }
        for member in bundle.manifest["members"]
    }


def read_preprocessing(settings: Mapping[str, Any]) -> Preprocessing:
    """The preprocessing that a manifest describes."""
    return Preprocessing(
        width=settings["width"],
        height=settings["height"],
        fit=settings["fit"],
        kernel=settings["kernel"],
        background=tuple(settings["background"]),
        mean=tuple(settings["mean"]),
        std=tuple(settings["std"]),
    )


def open_bundle(folder: Path, manifest: Mapping[str, Any] | None = None, compute: Compute | None = None) -> Bundle:
    """Open and check a bundle: schema, hashes and sizes of its files, shapes of its outputs.

    `manifest` takes the place of model.json while a bundle is being made. Raises InputError for any fault.
    """
    where = str(folder / MANIFEST)
    if manifest is None:
        try:
            manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        except (OSError, json.JSONDecodeError) as error:
            raise InputError(f"The bundle {folder} has no readable {MANIFEST}; give a bundle's folder.") from error
        check_manifest(manifest, where)
        assert manifest is not None
        _check_files(folder, manifest["files"])
    networks = dict.fromkeys(member["file"] for member in manifest["members"])
    sessions = {file: open_session(folder / file, compute) for file in networks}
    _check_outputs(where, manifest, sessions)
    return Bundle(folder, dict(manifest), sessions)


def open_session(path: Path, compute: Compute | None = None) -> onnxruntime.InferenceSession:
    """A session for the ONNX file at `path`; its threads sleep between runs.

    Raises InputError when `compute` asks for a GPU that onnxruntime cannot use.
    """
    compute = compute or Compute()
    options = onnxruntime.SessionOptions()
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3
    options.intra_op_num_threads = compute.threads
    providers: list[str | tuple[str, dict[str, int]]] = ["CPUExecutionProvider"]
    if compute.device == "cuda" and best_device() == "cuda":
        providers.insert(0, (_CUDA, {"device_id": compute.index}))
    session = onnxruntime.InferenceSession(str(path), options, providers=providers)
    if compute.device == "cuda" and _CUDA not in session.get_providers():
        raise InputError(
            "onnxruntime cannot use the GPU; install onnxruntime-gpu in place of onnxruntime and check the driver, "
            "or choose the device cpu.",
            "device.none",
        )
    return session


def best_device() -> str:
    """`cuda` where this build of onnxruntime knows it, else `cpu`."""
    return "cuda" if _CUDA in onnxruntime.get_available_providers() else "cpu"


def describe_file(path: Path) -> dict[str, object]:
    """SHA-256 and size of a file, as the manifest lists them."""
    content = path.read_bytes()
    return {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}


def _check_files(folder: Path, listed: Mapping[str, Mapping[str, object]]) -> None:
    for name, entry in listed.items():
        path = folder / name
        if not path.is_file() or describe_file(path) != entry:
            raise InputError(f"The file {path} is missing or not the one its manifest names; restore the bundle.")


def _check_outputs(
    where: str, manifest: Mapping[str, Any], sessions: Mapping[str, onnxruntime.InferenceSession]
) -> None:
    widths = {
        file: {output.name: output.shape[1] for output in session.get_outputs()} for file, session in sessions.items()
    }
    for member in manifest["members"]:
        for facet, output in member["outputs"].items():
            terms = len(manifest["facets"][facet]["terms"])
            found = widths[member["file"]].get(output)
            if found != terms:
                raise InputError(
                    f"{where}: output {output!r} has {found} values but facet {facet} has {terms} terms; "
                    "export the bundle again."
                )
