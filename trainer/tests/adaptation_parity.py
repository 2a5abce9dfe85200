"""The cases that hold the application's adapted model to the trainer's; run it to rewrite the file.

PYTHONPATH=src python tests/adaptation_parity.py
"""

import json
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fitxa_trainer.adaptation.adapted import (
    Decided,
    adapted_score,
    filled,
    fit_scaling,
    linear_score,
    neighbour_vote,
)
from workspace import REPOSITORY

FILE = REPOSITORY / "tests" / "fixtures" / "adaptation" / "parity.json"
_FEATURES, _TERMS, _QUERIES = 8, 5, 4
_DIGITS = 9


def unit(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True))


def case(name: str, objects: list[int], seed: int) -> dict[str, Any]:
    """One case: random pictures around one centre per term; some terms unsaid, the last one unknown to the base."""
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(_TERMS, _FEATURES))
    truth = rng.random((len(objects), _TERMS)) < 0.4
    embeddings = unit(truth @ centres + rng.normal(size=(len(objects), _FEATURES)))
    known = np.where(rng.random(truth.shape) < 0.15, -1, truth).astype(np.int8)
    base = rng.random((len(objects), _TERMS)) * 0.6
    queries, query_base = unit(rng.normal(size=(_QUERIES, _FEATURES))), rng.random((_QUERIES, _TERMS)) * 0.6
    base[:, -1] = query_base[:, -1] = 0.0
    # What the application reads is rounded, so it is rounded before anything is computed from it.
    embeddings, base, queries, query_base = (
        np.round(values, _DIGITS) for values in (embeddings, base, queries, query_base)
    )
    decided = Decided(embeddings, known, base, np.array(objects, dtype=np.int64))
    score = adapted_score(decided, queries, query_base)
    scaling = fit_scaling(decided)
    steps: dict[str, Any] = {}
    if objects:
        targets, frequency = filled(decided)
        steps = {
            "targets": rounded(targets),
            "frequency": rounded(frequency),
            "vote": rounded(neighbour_vote(decided, targets, queries)),
            "linear": rounded(linear_score(decided, targets, queries)),
        }
    return {
        "name": name,
        "decided": {
            "objects": objects,
            "embeddings": embeddings.tolist(),
            "known": known.tolist(),
            "base": base.tolist(),
        },
        "open": {"embeddings": queries.tolist(), "base": query_base.tolist()},
        "expected": {
            **steps,
            "score": rounded(score),
            "slope": round(scaling.slope, _DIGITS),
            "shift": round(scaling.shift, _DIGITS),
            "probability": rounded(scaling.apply(score)),
        },
    }


def rounded(values: NDArray[np.float64]) -> Any:
    return np.round(values, _DIGITS).tolist()


def cases() -> list[dict[str, Any]]:
    """Nothing decided; fewer pictures than features; more, with several pictures of an object; enough to calibrate."""
    return [
        case("nothing decided", [], 1),
        case("fewer pictures than features", [0, 1, 2, 2, 3], 2),
        case("more pictures than features", [0, 0, 0, 1, 2, 3, 3, 4, 5, 6, 7], 3),
        case("calibrated", [0, 1, 1, *range(2, 24), 23, 23], 4),
    ]


if __name__ == "__main__":
    FILE.parent.mkdir(parents=True, exist_ok=True)
    FILE.write_text(json.dumps({"cases": cases()}, indent=1) + "\n", encoding="utf-8")
