"""Features of the frozen backbone, computed once and kept in a cache on disk.

A feature belongs to the bytes of a picture, the view of it, the preprocessing and the weights of the backbone: all
four are in its key, so a cache may be shared between runs and a stopped run goes on where it was.
"""

import hashlib
import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, ImageOps

from fitxa_trainer.data import Example
from fitxa_trainer.models.efficientnet_lite import FEATURES, fuse_batch_norm, load_backbone, weights_path
from fitxa_trainer.preprocessing import REVISION, Preprocessing, normalise, open_image, resize
from fitxa_trainer.progress import Progress

#: Views in the order in which a run takes them: the picture itself, its mirror image, random crops.
VIEWS = ("whole", "mirror", "crop1", "crop2", "crop3", "crop4")

_BATCH = 16
_SHARD = 512
#: Side of the smallest crop, as a share of the picture's side.
_SMALLEST_CROP = 0.75

FeatureTable = NDArray[np.float32]


@dataclass(frozen=True)
class FeatureSpec:
    """Which backbone sees which version of a picture."""

    backbone: str
    preprocessing: Preprocessing

    def key(self) -> str:
        """Name of the cache folder: equal settings and weights, equal name."""
        weights = hashlib.sha256(weights_path(self.backbone).read_bytes()).hexdigest()
        text = json.dumps([self.backbone, weights, REVISION, asdict(self.preprocessing), _SMALLEST_CROP])
        digest = hashlib.sha256(text.encode()).hexdigest()[:12]
        size = f"{self.preprocessing.width}x{self.preprocessing.height}"
        return f"{self.backbone}-{size}-{self.preprocessing.fit}-{digest}"


def view_image(image: Image.Image, view: str, sha256: str) -> Image.Image:
    """The named view of a picture; a crop's place depends on the picture's hash alone."""
    if view == "whole":
        return image
    if view == "mirror":
        return ImageOps.mirror(image)
    generator = np.random.default_rng(int(hashlib.sha256(f"{sha256}:{view}".encode()).hexdigest()[:16], 16))
    share_x, share_y = generator.uniform(_SMALLEST_CROP, 1.0, size=2)
    left, top = generator.uniform(0.0, 1.0, size=2)
    width, height = max(1, round(image.width * share_x)), max(1, round(image.height * share_y))
    x, y = round((image.width - width) * left), round((image.height - height) * top)
    cropped = image.crop((x, y, x + width, y + height))
    return ImageOps.mirror(cropped) if generator.random() < 0.5 else cropped


class FeatureCache:
    """Features by picture hash and view, in shards of `.npz` in one folder per specification."""

    def __init__(self, root: Path, spec: FeatureSpec) -> None:
        self.spec = spec
        self.folder = root / "features" / spec.key()

    def load(self) -> dict[str, FeatureTable]:
        """Everything in the cache: "<sha256>:<view>" to a feature of shape (1280,)."""
        table: dict[str, FeatureTable] = {}
        for shard in sorted(self.folder.glob("*.npz")):
            with np.load(shard) as content:
                table.update(zip(content["keys"].tolist(), content["features"], strict=True))
        return table

    def compute(self, examples: Sequence[Example], views: Sequence[str], progress: Progress) -> None:
        """Compute and store whatever is missing for `examples` and `views`."""
        known = self.load().keys()
        missing = [(e, view) for view in views for e in examples if f"{e.sha256}:{view}" not in known]
        if not missing:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        network = fuse_batch_norm(load_backbone(self.spec.backbone))
        done = len(known)
        with ThreadPoolExecutor(max_workers=1) as reader:
            starts = range(0, len(missing), _SHARD)
            for start in progress.track(starts, f"features of {len(missing)} views"):
                part = missing[start : start + _SHARD]
                batches = [part[index : index + _BATCH] for index in range(0, len(part), _BATCH)]
                inputs = reader.map(self._read_batch, batches)
                with torch.inference_mode():
                    features = np.concatenate([network(batch).numpy() for batch in inputs])[: len(part)]
                done += len(part)
                keys = np.array([f"{example.sha256}:{view}" for example, view in part])
                partial = self.folder / "shard.partial"
                with partial.open("wb") as stream:
                    np.savez(stream, keys=keys, features=features)
                partial.rename(self.folder / f"{done:08d}.npz")

    def _read_batch(self, batch: Sequence[tuple[Example, str]]) -> torch.Tensor:
        """The network's input of a batch, always (16, 3, height, width): a short batch ends in zeros.

        With one shape for all a feature does not depend, to the last bit, on where its picture stood.
        """
        preprocessing = self.spec.preprocessing
        pixels = [
            resize(view_image(open_image(e.file, preprocessing.background), view, e.sha256), preprocessing)
            for e, view in batch
        ]
        padded = np.zeros((_BATCH, preprocessing.height, preprocessing.width, 3), dtype=np.uint8)
        padded[: len(pixels)] = pixels
        return torch.from_numpy(normalise(padded, preprocessing))

    def table(self, examples: Sequence[Example], views: Sequence[str]) -> FeatureTable:
        """The stored features, shape (pictures, views, 1280). KeyError when one was not computed."""
        known = self.load()
        result = np.empty((len(examples), len(views), FEATURES), dtype=np.float32)
        for row, example in enumerate(examples):
            for column, view in enumerate(views):
                result[row, column] = known[f"{example.sha256}:{view}"]
        return result
