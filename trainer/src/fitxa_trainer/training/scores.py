"""The scores files of a run: what its network gave for each picture of a split.

`<run>/scores/<split>.npz` holds `ids` (text), `<member>/<facet>` float32 (n, terms) as activated, and `embedding`
float16 (n, features); that of the training split only ids and embedding. Everything after training works from them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fitxa_trainer.errors import InputError
from fitxa_trainer.training.prediction import Predictions


@dataclass(frozen=True)
class ScoresFile:
    """One split: `ids` in file order, probabilities (n, terms) by member and facet, embeddings (n, features)."""

    ids: tuple[str, ...]
    probabilities: Mapping[str, Mapping[str, NDArray[np.float32]]]
    embedding: NDArray[np.float16]


def scores_path(run: Path, split: str) -> Path:
    """Where the scores of `split` are in the run folder."""
    return run / "scores" / f"{split}.npz"


def write_scores(path: Path, ids: Sequence[str], predictions: Predictions) -> None:
    """Write one scores file atomically."""
    path.parent.mkdir(parents=True, exist_ok=True)
    arrays: dict[str, NDArray[np.generic]] = {
        "ids": np.array(list(ids), dtype=np.str_),
        "embedding": predictions.embedding.astype(np.float16),
    }
    for member, facets in predictions.probabilities.items():
        for facet, values in facets.items():
            arrays[f"{member}/{facet}"] = values
    partial = path.with_suffix(".partial")
    with partial.open("wb") as stream:
        np.savez(stream, **arrays)  # type: ignore[arg-type]
    partial.replace(path)


def read_scores(path: Path) -> ScoresFile:
    """Read one scores file. InputError when it is missing or damaged."""
    try:
        with np.load(path) as content:
            arrays = {key: content[key] for key in content.files}
        ids, embedding = tuple(arrays.pop("ids").tolist()), arrays.pop("embedding")
    except (OSError, ValueError, KeyError) as error:
        raise InputError(f"The scores file {path} cannot be read; run the command train again.") from error
    probabilities: dict[str, dict[str, NDArray[np.float32]]] = {}
    for key, values in arrays.items():
        member, _, facet = key.partition("/")
        probabilities.setdefault(member, {})[facet] = values
    return ScoresFile(ids, probabilities, embedding)
