"""A model bundle: a folder with model.json and its files, checked and run with onnxruntime.

This is how the trainer measures what ships: the same file, the same preprocessing, the same ensemble rule as the
application.
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

from fitxa_trainer.calibration import Calibration
from fitxa_trainer.ensemble import combine, normalise
from fitxa_trainer.errors import InputError
from fitxa_trainer.preprocessing import Preprocessing, load_input

MANIFEST = "model.json"
_BATCH = 16

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
        raise InputError(f"{where}, {error.json_path}: {error.message[:200]}; export the bundle anew.")


@dataclass(frozen=True)
class Bundle:
    """An opened bundle. `manifest` is model.json as it is."""

    folder: Path
    manifest: dict[str, Any]
    preprocessing: Preprocessing
    session: onnxruntime.InferenceSession

    @property
    def terms(self) -> dict[str, tuple[str, ...]]:
        """Term keys of each facet in output order."""
        return {facet: tuple(entry["terms"]) for facet, entry in self.manifest["facets"].items()}

    def predict(self, pictures: Sequence[Path]) -> MemberOutputs:
        """Probabilities of every member and facet for `pictures`, as the network puts them out."""
        starts = range(0, len(pictures), _BATCH)
        with ThreadPoolExecutor(max_workers=2) as pool:
            batches = pool.map(lambda start: self._read(pictures[start : start + _BATCH]), starts)
            names = [output.name for output in self.session.get_outputs()]
            parts = [self.session.run(names, {self.manifest["members"][0]["input"]: batch}) for batch in batches]
        merged = {name: np.concatenate([part[index] for part in parts]) for index, name in enumerate(names)}
        return {
            member["name"]: {facet: merged[output] for facet, output in member["outputs"].items()}
            for member in self.manifest["members"]
        }

    def _read(self, pictures: Sequence[Path]) -> NDArray[np.float32]:
        return np.stack([load_input(path, self.preprocessing) for path in pictures])

    def distributions(self, outputs: MemberOutputs, facet: str) -> dict[str, NDArray[np.float64]]:
        """Each member's probabilities of `facet`, normalised over the facet."""
        return {
            member["name"]: normalise(outputs[member["name"]][facet], member["activation"])
            for member in self.manifest["members"]
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


def open_bundle(folder: Path, manifest: Mapping[str, Any] | None = None) -> Bundle:
    """Open and check a bundle: schema, hashes and sizes of its files, shapes of its outputs.

    `manifest` takes the place of model.json while a bundle is being made. Raises InputError for anything wrong.
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
    settings = manifest["preprocessing"]
    preprocessing = Preprocessing(
        width=settings["width"],
        height=settings["height"],
        fit=settings["fit"],
        kernel=settings["kernel"],
        background=tuple(settings["background"]),
        mean=tuple(settings["mean"]),
        std=tuple(settings["std"]),
    )
    session = onnxruntime.InferenceSession(
        str(folder / manifest["members"][0]["file"]), providers=["CPUExecutionProvider"]
    )
    _check_outputs(where, manifest, session)
    return Bundle(folder, dict(manifest), preprocessing, session)


def describe_file(path: Path) -> dict[str, object]:
    """SHA-256 and size of a file, as the manifest lists them."""
    content = path.read_bytes()
    return {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}


def _check_files(folder: Path, listed: Mapping[str, Mapping[str, object]]) -> None:
    for name, entry in listed.items():
        path = folder / name
        if not path.is_file() or describe_file(path) != entry:
            raise InputError(f"The file {path} is missing or not the one its manifest names; restore the bundle.")


def _check_outputs(where: str, manifest: Mapping[str, Any], session: onnxruntime.InferenceSession) -> None:
    widths = {output.name: output.shape[1] for output in session.get_outputs()}
    for member in manifest["members"]:
        for facet, output in member["outputs"].items():
            terms = len(manifest["facets"][facet]["terms"])
            if widths.get(output) != terms:
                raise InputError(
                    f"{where}: output {output!r} has {widths.get(output)} values but facet {facet} has {terms} terms; "
                    "export the bundle anew."
                )
