"""Sentence embeddings kept in a file, for machines without the sentence encoder's package.

The file is a NumPy `.npz` with `keys` (SHA-256 of encoder and text, as hex), `vectors` float32 (texts, 384).
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from fitxa_trainer.errors import InputError
from fitxa_trainer.text.encoder import DIMENSIONS, ENCODER, encode_sentences


def embed_sentences(texts: Sequence[str], cache: Path | None = None) -> Tensor:
    """Unit vectors float32 (n, 384) of `texts`, from the file `cache` as far as it holds them, else from the encoder.

    Raises InputError when the file cannot be read, or when texts are left over and the encoder is not installed.
    """
    known = _load(cache) if cache is not None else {}
    missing = sorted({text for text in texts if _key(text) not in known})
    if missing:
        try:
            computed = encode_sentences(missing)
        except InputError as error:
            if cache is None:
                raise
            raise InputError(
                f"The embeddings {cache} lack {len(missing)} texts, such as {missing[0]!r}; run embed-texts again "
                "with this configuration and data where the sentence encoder is installed."
            ) from error
        known |= {_key(text): vector.numpy() for text, vector in zip(missing, computed, strict=True)}
    vectors = np.empty((len(texts), DIMENSIONS), dtype=np.float32)
    for row, text in enumerate(texts):
        vectors[row] = known[_key(text)]
    return torch.from_numpy(vectors)


def write_embeddings(path: Path, texts: Sequence[str]) -> int:
    """Embed `texts`, each once, and write them to `path`; the number of different texts.

    What the file already holds is kept and not computed again. InputError when the encoder is not installed.
    """
    known = _load(path) if path.exists() else {}
    fresh = sorted({text for text in texts if _key(text) not in known})
    vectors = encode_sentences(fresh).numpy() if fresh else np.empty((0, DIMENSIONS), dtype=np.float32)
    known |= {_key(text): vector for text, vector in zip(fresh, vectors, strict=True)}
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{path.name}.partial")
    with partial.open("wb") as stream:
        np.savez(stream, keys=np.array(list(known)), vectors=np.stack(list(known.values())))
    partial.replace(path)
    return len(set(texts))


def _key(text: str) -> str:
    return hashlib.sha256(f"{ENCODER}\n{text}".encode()).hexdigest()


def _load(path: Path) -> dict[str, NDArray[np.float32]]:
    try:
        with np.load(path) as content:
            return dict(zip(content["keys"].tolist(), content["vectors"], strict=True))
    except (OSError, ValueError, KeyError, BadZipFile) as error:
        raise InputError(f"The embeddings {path} cannot be read; run embed-texts again.") from error
