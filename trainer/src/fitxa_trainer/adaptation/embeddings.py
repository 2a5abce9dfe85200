"""Embeddings of pictures, computed once and kept by the SHA-256 of each picture, in shards of one folder."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fitxa_trainer import stopping
from fitxa_trainer.dataset.examples import Example
from fitxa_trainer.errors import InputError
from fitxa_trainer.progress import Progress

Embedding = NDArray[np.float32]

_SHARD = 256


def read_embeddings(folder: Path) -> dict[str, Embedding]:
    """All embeddings in `folder` by the SHA-256 of the picture."""
    table: dict[str, Embedding] = {}
    for shard in sorted(folder.glob("*.npz")):
        with np.load(shard) as content:
            table.update(zip(content["keys"].tolist(), content["embeddings"], strict=True))
    return table


def embed_all(examples: Sequence[Example], embed: Callable[[Path], Embedding], folder: Path, progress: Progress) -> int:
    """Embed the pictures that `folder` does not hold yet; returns how many. Stopped after what is done is written."""
    known = read_embeddings(folder).keys()
    missing = {example.sha256: example.file for example in examples if example.sha256 not in known}
    folder.mkdir(parents=True, exist_ok=True)
    progress.stage("embed", f"embedding {len(missing)} pictures")
    with progress.counter(len(missing), "pictures") as counter:
        for shard in _shards(list(missing)):
            done: dict[str, Embedding] = {}
            for sha256 in shard:
                if stopping.requested():
                    break
                done[sha256] = embed(missing[sha256])
                counter.add(1)
            _write(folder, done)
            stopping.check()
    return len(missing)


def _shards(keys: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(keys), _SHARD):
        yield keys[start : start + _SHARD]


def _write(folder: Path, embeddings: Mapping[str, Embedding]) -> None:
    """One more shard, named by what is in it."""
    if not embeddings:
        return
    name = hashlib.sha256("".join(embeddings).encode()).hexdigest()[:16]
    partial = folder / f"{name}.partial"
    with partial.open("wb") as stream:
        np.savez(stream, keys=np.array(list(embeddings)), embeddings=np.stack(list(embeddings.values())))
    partial.replace(folder / f"{name}.npz")


def embedding_table(examples: Sequence[Example], folder: Path) -> NDArray[np.float64]:
    """The embeddings of `examples` (pictures, features), centred on their mean, rows of length one.

    Raises InputError when one was not computed.
    """
    known = read_embeddings(folder)
    try:
        rows = np.stack([known[example.sha256] for example in examples]).astype(np.float64)
    except KeyError as error:
        raise InputError(
            f"The folder {folder} lacks the embedding of the picture with SHA-256 {error.args[0]}; run embed-pictures."
        ) from error
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    rows -= rows.mean(axis=0)
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True))
