"""Members to one ranking: ensemble ML+S of the paper, with weights per facet where validation earns them.

A sigmoid member is normalised over the facet so that its probabilities sum to 1; a softmax member already does.
The ensemble's score of a term is the weighted sum of the members' normalised probabilities. These scores rank; how
likely a term is right is what the calibration says.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from fitxa_trainer.metrics import Truth, positions

Probabilities = NDArray[np.float32] | NDArray[np.float64]

_STEPS = 21
#: A learned weight replaces the equal one only when its gain is more than this many standard errors.
_NEEDED_STANDARD_ERRORS = 2.0


def normalise(probabilities: Probabilities, activation: str) -> NDArray[np.float64]:
    """The member's probabilities (n, terms) of one facet as a distribution over the facet."""
    values = probabilities.astype(np.float64)
    if activation == "sigmoid":
        values = values / np.maximum(values.sum(axis=1, keepdims=True), 1e-12)
    return values


def combine(members: Mapping[str, NDArray[np.float64]], weights: Mapping[str, float]) -> NDArray[np.float64]:
    """The ensemble's scores (n, terms) from normalised members and weights that sum to 1."""
    total = np.zeros_like(next(iter(members.values())))
    for name, values in members.items():
        total = total + weights[name] * values
    return total


def equal_weights(members: Mapping[str, object]) -> dict[str, float]:
    """The paper's weights."""
    return {name: 1.0 / len(members) for name in members}


def learn_weights(members: Mapping[str, NDArray[np.float64]], truth: Truth) -> dict[str, float]:
    """Weights of two members from validation data, in steps of 0.05; the equal ones unless clearly beaten.

    "Clearly" means that the mean paired gain in R-Precision exceeds twice its standard error.
    """
    equal = equal_weights(members)
    if len(members) != 2:
        return equal
    first, second = members
    labelled = truth.any(axis=1)
    reference = _r_precisions(combine(members, equal)[labelled], truth[labelled])
    best, best_gain = equal, 0.0
    for share in np.linspace(0.0, 1.0, _STEPS):
        weights = {first: float(round(share, 2)), second: float(round(1 - share, 2))}
        gains = _r_precisions(combine(members, weights)[labelled], truth[labelled]) - reference
        gain = float(gains.mean())
        error = float(gains.std(ddof=1) / np.sqrt(len(gains))) if len(gains) > 1 else np.inf
        if gain > best_gain and gain > _NEEDED_STANDARD_ERRORS * error:
            best, best_gain = weights, gain
    return best


def _r_precisions(scores: NDArray[np.float64], truth: Truth) -> NDArray[np.float64]:
    """R-Precision of each picture."""
    relevant = truth.sum(axis=1)
    hits = (truth & (positions(scores) <= relevant[:, None])).sum(axis=1)
    return np.asarray(hits / relevant, dtype=np.float64)
