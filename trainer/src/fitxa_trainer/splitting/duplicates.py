"""Near-duplicates by perceptual hash, so that no two pictures of one thing land in two splits.

The hash is the classic DCT hash: the picture in grey at 64 x 64, its two-dimensional discrete cosine transform, the
16 x 16 lowest frequencies without the constant, each compared with their median. 255 bits rather than the
usual 63, because pages and products on white share their coarsest frequencies without being duplicates.

The threshold (split.near_duplicate_bits, 64 by default), looked at on the 7,143 photographs of the experiment: up to
34 bits a pair is one picture, recoloured, cropped or taken twice; from 40 to 64 it is mostly another thing of the kind
in the same pose before the same ground, which is better kept together too; coins alone pair with strangers. Past it
nothing was found that leaks: in the features of a network (EfficientNet-Lite2) no two pictures of different splits are
more alike than 0.96 by the cosine, and the nearest of them show different things.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from fitxa_trainer.pictures.preprocessing import open_image

_SIDE = 64
_LOW = 16
HASH_BYTES = _LOW * _LOW // 8

Hashes = NDArray[np.uint8]


def _dct_matrix() -> NDArray[np.float64]:
    """The first `_LOW` rows of the orthonormal DCT-II of length `_SIDE`, shape (16, 64)."""
    rows = np.arange(_LOW)[:, None]
    columns = np.arange(_SIDE)[None, :]
    return np.cos(np.pi * rows * (2 * columns + 1) / (2 * _SIDE))


_DCT = _dct_matrix()


def perceptual_hash(path: Path) -> Hashes:
    """The hash of the picture in `path`: 256 bits as 32 bytes, the first bit always 0."""
    grey = open_image(path).convert("L").resize((_SIDE, _SIDE), Image.Resampling.BICUBIC)
    low = (_DCT @ np.asarray(grey, dtype=np.float64) @ _DCT.T).ravel()
    bits = low > np.median(low[1:])
    bits[0] = False
    return np.packbits(bits)


def near_duplicates(hashes: Hashes, threshold: int) -> list[tuple[int, int]]:
    """All pairs (i, j), i < j, whose hashes (n, 32) differ in at most `threshold` bits."""
    words = np.ascontiguousarray(hashes).view(np.uint64)
    pairs: list[tuple[int, int]] = []
    for row in range(len(words) - 1):
        distance = np.bitwise_count(words[row + 1 :] ^ words[row]).sum(axis=1, dtype=np.int64)
        pairs.extend((row, row + 1 + int(other)) for other in np.flatnonzero(distance <= threshold))
    return pairs


def merge_groups(groups: Sequence[str], pairs: Sequence[tuple[int, int]]) -> list[str]:
    """`groups` with those joined that a pair connects; a joined group has the name that sorts first."""
    parent: dict[str, str] = {group: group for group in groups}

    def root(name: str) -> str:
        while parent[name] != name:
            parent[name] = parent[parent[name]]
            name = parent[name]
        return name

    for left, right in pairs:
        first, second = sorted((root(groups[left]), root(groups[right])))
        parent[second] = first
    return [root(group) for group in groups]
