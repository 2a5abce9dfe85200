"""Features of a frozen trunk, computed once from the pixel cache and kept on disk.

A feature belongs to a picture's bytes, the view of it, what made its pixels, the size at which it is looked at, and the
weights of the trunk: all are in its key, so a cache may be shared between runs and a stopped run resumes where it was.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from fitxa_trainer import stopping
from fitxa_trainer.models.network import Network
from fitxa_trainer.pictures.cache import PixelCache
from fitxa_trainer.pictures.preprocessing import REVISION
from fitxa_trainer.progress import Counter, Progress
from fitxa_trainer.training.augmentation import Draws, augment, whole
from fitxa_trainer.training.context import ComputeContext
from fitxa_trainer.training.sources import batches

#: Views in the order in which a run takes them: the picture itself, its mirror image, random crops.
VIEWS = ("whole", "mirror", "crop1", "crop2", "crop3", "crop4")

_BATCH = {"cpu": 16, "cuda": 256}
_SHARD = 2048
#: Side of the smallest crop, as a share of the picture's side.
_SMALLEST_CROP = 0.75

FeatureTable = NDArray[np.float32]


def view_draws(view: str, sha256: Sequence[str]) -> Draws:
    """How the named view (not "whole") is cut from the pictures; a crop depends on the picture's hash alone."""
    values = torch.ones(len(sha256), 9)
    values[:, 1:6] = 0.0
    for row, value in enumerate(sha256):
        width = height = 1.0
        x = y = 0.0
        mirrored = True
        if view != "mirror":
            seed = int(hashlib.sha256(f"{value}:{view}".encode()).hexdigest()[:16], 16)
            generator = np.random.default_rng(seed)
            width, height = generator.uniform(_SMALLEST_CROP, 1.0, size=2)
            left, top = generator.uniform(-1.0, 1.0, size=2)
            x, y = (1 - width) * left, (1 - height) * top
            mirrored = bool(generator.random() < 0.5)
        values[row, :6] = torch.tensor([-width if mirrored else width, 0.0, x, 0.0, height, y])
    return Draws(values)


class FeatureCache:
    """Features by picture hash and view, in shards of `.npz` in one folder per trunk and settings."""

    def __init__(self, root: Path, network: Network, name: str, pixels: PixelCache, size: int) -> None:
        """`name` is the backbone's, `size` the side in pixels at which the trunk looks at the pictures."""
        self._network = network
        self._pixels = pixels
        self._size = size
        settings = [name, trunk_digest(network.trunk), REVISION, asdict(pixels.config), size, _SMALLEST_CROP]
        settings += [network.preprocessing_mean, network.preprocessing_std]
        digest = hashlib.sha256(json.dumps(settings).encode()).hexdigest()[:12]
        self.folder = root / "features" / f"{name.replace(':', '-').replace('/', '-')}-{size}-{digest}"

    def load(self) -> dict[str, FeatureTable]:
        """Everything in the cache: "<sha256>:<view>" to a feature (features,)."""
        table: dict[str, FeatureTable] = {}
        for shard in sorted(self.folder.glob("*.npz")):
            with np.load(shard) as content:
                table.update(zip(content["keys"].tolist(), content["features"], strict=True))
        return table

    def compute(self, sha256: Sequence[str], views: Sequence[str], context: ComputeContext, progress: Progress) -> None:
        """Compute and store whatever is missing of these pictures and views; Stopped between two shards."""
        known = self.load()
        missing = {view: [value for value in dict.fromkeys(sha256) if f"{value}:{view}" not in known] for view in views}
        total = sum(len(values) for values in missing.values())
        if total == 0:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        self._network.eval()
        progress.stage("features", f"features of {total} views")
        with progress.counter(total, "views") as counter:
            for view, values in missing.items():
                for start in range(0, len(values), _SHARD):
                    part = values[start : start + _SHARD]
                    self._store([f"{value}:{view}" for value in part], self._features(part, view, context, counter))

    def _store(self, keys: Sequence[str], features: FeatureTable) -> None:
        """One more shard, named by what is in it."""
        name = hashlib.sha256("".join(keys).encode()).hexdigest()[:16]
        partial = self.folder / f"{name}.partial"
        with partial.open("wb") as stream:
            np.savez(stream, keys=np.array(keys), features=features)
        partial.replace(self.folder / f"{name}.npz")

    def _features(self, sha256: Sequence[str], view: str, context: ComputeContext, counter: Counter) -> FeatureTable:
        """Features (n, features) of one view. Every batch has the same shape: a short one ends in zeros.

        So a feature does not depend, to the last bit, on where its picture stood.
        """
        size = _BATCH[context.device.type]
        rows = self._pixels.rows(sha256)
        parts: list[FeatureTable] = []
        for start, stop in batches(len(rows), size):
            stopping.check()
            pixels = np.zeros((size, *self._pixels.pixels.shape[1:]), dtype=np.uint8)
            pixels[: stop - start] = self._pixels.pixels[rows[start:stop]]
            on_device = torch.from_numpy(pixels).to(context.device)
            with torch.inference_mode():
                images = self._view(on_device, view, list(sha256[start:stop]), context)
                features = self._network.embed(images.contiguous(memory_format=context.memory_format))
            parts.append(features[: stop - start].float().cpu().numpy())
            counter.add(stop - start)
        return np.concatenate(parts)

    def _view(self, pixels: Tensor, view: str, sha256: list[str], context: ComputeContext) -> Tensor:
        if view == "whole":
            return whole(pixels, self._size)
        padded = sha256 + [sha256[0]] * (len(pixels) - len(sha256))
        draws = view_draws(view, padded).to(context.device)
        return augment(pixels, draws, self._size, colours=False, smallest=_SMALLEST_CROP)

    def table(self, sha256: Sequence[str], views: Sequence[str]) -> FeatureTable:
        """The stored features, shape (pictures, views, features). KeyError when one was not computed."""
        known = self.load()
        result = np.empty((len(sha256), len(views), self._network.features), dtype=np.float32)
        for row, value in enumerate(sha256):
            for column, view in enumerate(views):
                result[row, column] = known[f"{value}:{view}"]
        return result


def trunk_digest(trunk: nn.Module) -> str:
    """SHA-256 over names and values of the trunk's weights: equal weights, equal digest, wherever they came from."""
    digest = hashlib.sha256()
    for name, value in trunk.state_dict().items():
        digest.update(name.encode())
        digest.update(value.detach().cpu().contiguous().reshape(-1).view(torch.uint8).numpy().tobytes())
    return digest.hexdigest()
