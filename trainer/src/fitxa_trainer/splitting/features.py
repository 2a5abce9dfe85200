"""Features of whole pictures for the distances between providers, straight from the files and kept on disk.

`split` comes before `prepare`, and its network is not that of the training; so this is a small cache of its own. An
interrupted computation resumes.
"""

import hashlib
import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from fitxa_trainer.configuration.split import OuterConfig
from fitxa_trainer.dataset.examples import Example
from fitxa_trainer.models.backbones import build_backbone
from fitxa_trainer.pictures.preprocessing import REVISION, Pixels, Preprocessing, open_image, resize
from fitxa_trainer.progress import Progress

_BATCH = 16
_SHARD = 512


def describe_network(config: OuterConfig) -> dict[str, object]:
    """The network of the features, as the report names it."""
    return {
        "backbone": config.backbone,
        "weights": config.weights,
        "preprocessing": asdict(Preprocessing(config.size, config.size)),
        "revision": REVISION,
    }


def picture_features(
    examples: Sequence[Example], config: OuterConfig, root: Path, progress: Progress
) -> NDArray[np.float32]:
    """The features of `examples`, shape (pictures, features); those below `root` already are read from there.

    Raises InputError for a picture that cannot be decoded and a network that is not to be had.
    """
    digest = hashlib.sha256(json.dumps(describe_network(config)).encode()).hexdigest()[:12]
    folder = root / "distances" / f"{config.backbone.replace(':', '-').replace('/', '-')}-{config.size}-{digest}"
    known = _load(folder)
    missing = list({example.sha256: example for example in examples if example.sha256 not in known}.values())
    if missing:
        folder.mkdir(parents=True, exist_ok=True)
        _compute(missing, config, folder, len(known), progress)
        known = _load(folder)
    return np.stack([known[example.sha256] for example in examples])


def _load(folder: Path) -> dict[str, NDArray[np.float32]]:
    """Everything stored: the SHA-256 of a picture to its feature, shape (features,)."""
    table: dict[str, NDArray[np.float32]] = {}
    for shard in sorted(folder.glob("*.npz")):
        with np.load(shard) as content:
            table.update(zip(content["sha256"].tolist(), content["features"], strict=True))
    return table


def _compute(missing: Sequence[Example], config: OuterConfig, folder: Path, stored: int, progress: Progress) -> None:
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    backbone = build_backbone(config.backbone, config.weights, 0.0, config.size)
    trunk = backbone.trunk.eval().requires_grad_(False).to(device)
    mean, std = (torch.tensor(values, device=device)[:, None, None] for values in (backbone.mean, backbone.std))
    preprocessing = Preprocessing(config.size, config.size)

    def pixels(example: Example) -> Pixels:
        return resize(open_image(example.file), preprocessing)

    shard: list[NDArray[np.float32]] = []
    first = 0
    starts = range(0, len(missing), _BATCH)
    with ThreadPoolExecutor(max_workers=2) as readers, torch.inference_mode():
        for start in progress.track(starts, f"features of {len(missing)} pictures, in batches"):
            batch = np.stack(list(readers.map(pixels, missing[start : start + _BATCH])))
            images = torch.from_numpy(batch).to(device).permute(0, 3, 1, 2).float()
            shard.append(trunk((images - mean) / std).float().cpu().numpy())
            end = start + len(batch)
            if end - first >= _SHARD or end == len(missing):
                _store(folder / f"{stored + end:08d}.npz", missing[first:end], np.concatenate(shard))
                shard, first = [], end


def _store(path: Path, examples: Sequence[Example], features: NDArray[np.float32]) -> None:
    """Write a shard atomically."""
    partial = path.with_suffix(".partial")
    with partial.open("wb") as stream:
        np.savez(stream, sha256=np.array([example.sha256 for example in examples]), features=features)
    partial.replace(path)
