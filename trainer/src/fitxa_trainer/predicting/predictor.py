"""A part's pictures through a bundle: read and decoded in threads, ahead of the network."""

import hashlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from fitxa_trainer import __version__, stopping
from fitxa_trainer.adaptation import encoder as encoders
from fitxa_trainer.bundles.bundle import MANIFEST, Bundle, Compute, MemberOutputs, open_bundle
from fitxa_trainer.errors import InputError
from fitxa_trainer.pictures.preprocessing import Preprocessing, load_inputs
from fitxa_trainer.predicting.pictures import Part, Picture
from fitxa_trainer.predicting.run_file import PartRows, RunInfo

Inputs = dict[Preprocessing, NDArray[np.float32]]

#: Batches read ahead while one is running.
_AHEAD = 3


@dataclass(frozen=True)
class Settings:
    """How to predict. `encoder` is an image encoder's file; `readers` threads decode; a run has `batch` pictures."""

    bundle: Path
    compute: Compute
    encoder: Path | None = None
    readers: int = 2
    batch: int = 16


@dataclass(frozen=True)
class _Loaded:
    """One picture: its inputs by view, or the reason why there are none."""

    sha256: str | None
    inputs: Inputs
    problem: str | None = None


class Predictor:
    """An open bundle, and optionally an encoder. Raises InputError if one cannot be opened."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.bundle: Bundle = open_bundle(settings.bundle, compute=settings.compute)
        self.encoder: onnxruntime.InferenceSession | None = (
            None if settings.encoder is None else encoders.open_encoder(settings.encoder)
        )
        views = dict.fromkeys(self.bundle.view(member) for member in self.bundle.manifest["members"])
        if self.encoder is not None:
            views[encoders.VIEW] = None
        self._views = list(views)

    @property
    def info(self) -> RunInfo:
        """The description of this run for run files."""
        manifest = self.bundle.manifest
        pinned = hashlib.sha256((self.bundle.folder / MANIFEST).read_bytes()).hexdigest()
        return RunInfo(
            bundle={"id": manifest["id"], "version": manifest["version"], "sha256": pinned},
            device=self.settings.compute.device,
            trainer=__version__,
            embeddings=None if self.encoder is None else encoders.SHA256,
        )

    def predict(self, part: Part) -> PartRows:
        """The bundle's outputs for the part's pictures. Raises Stopped between two batches.

        Batches never span parts, so that a part's rows do not depend on the process that computes them.
        """
        size = self.settings.batch
        batches = [part.pictures[start : start + size] for start in range(0, len(part.pictures), size)]
        loaded: list[_Loaded] = []
        outputs: list[MemberOutputs] = []
        embeddings: list[NDArray[np.float32]] = []
        with ThreadPoolExecutor(self.settings.readers) as readers:
            waiting = [[readers.submit(self._load, one) for one in batch] for batch in batches[:_AHEAD]]
            for index in range(len(batches)):
                try:
                    stopping.check()
                    found = [future.result() for future in waiting.pop(0)]
                except BaseException:
                    readers.shutdown(wait=False, cancel_futures=True)
                    raise
                if index + _AHEAD < len(batches):
                    waiting.append([readers.submit(self._load, one) for one in batches[index + _AHEAD]])
                loaded += found
                ready = [one.inputs for one in found if one.problem is None]
                if ready:
                    outputs.append(self._run(ready))
                    embeddings += [self._embed(inputs) for inputs in ready if self.encoder is not None]
        return PartRows(
            [one.sha256 for one in loaded],
            [one.problem for one in loaded],
            self._joined(outputs),
            None if self.encoder is None else np.reshape(embeddings, (len(embeddings), encoders.FEATURES)),
        )

    def _load(self, picture: Picture) -> _Loaded:
        """A picture that cannot be used is an outcome, never an error: it must not end the work on the others."""
        sha256 = None
        try:
            content = picture.read()
            sha256 = hashlib.sha256(content).hexdigest()
            return _Loaded(sha256, load_inputs(picture.file, self._views, content))
        except OSError as error:
            return _Loaded(sha256, {}, f"cannot be read: {error.strerror or error}")
        except (InputError, Image.DecompressionBombError, MemoryError) as error:
            cause = error.__cause__ or error
            # Pillow's own message contains a memory address.
            reason = "no picture" if isinstance(cause, UnidentifiedImageError) else cause
            return _Loaded(sha256, {}, f"cannot be decoded: {reason}")

    def _run(self, ready: Sequence[Inputs]) -> MemberOutputs:
        """On a GPU every batch has the same size, so that kernels are selected only once."""
        count = len(ready)
        wanted = self.settings.batch if self.settings.compute.device == "cuda" else count
        padded = [*ready, *[ready[-1]] * (wanted - count)]
        outputs = self.bundle.run({view: np.stack([one[view] for one in padded]) for view in self._views})
        return {
            member: {facet: values[:count] for facet, values in facets.items()} for member, facets in outputs.items()
        }

    def _embed(self, inputs: Inputs) -> NDArray[np.float32]:
        assert self.encoder is not None
        return encoders.embed_input(self.encoder, inputs[encoders.VIEW])

    def _joined(self, outputs: Sequence[MemberOutputs]) -> MemberOutputs:
        """The concatenated outputs of all batches; without any batch, those of zero pictures."""
        return {
            member["name"]: {
                facet: np.concatenate(
                    [np.empty((0, len(self.bundle.terms[facet])), np.float32)]
                    + [one[member["name"]][facet] for one in outputs]
                )
                for facet in member["outputs"]
            }
            for member in self.bundle.manifest["members"]
        }
