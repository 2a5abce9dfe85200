"""What the first decisions on a source say of all its pictures.

A source that the model has not seen may hold terms that look otherwise there, or that are far more or less common than
in the training data, and nothing in the model can tell. A cataloguer's first decisions can. They move the calibrated
log odds z of a picture and term to

    z + bias + slope · z + shift[term],

one bias and one slope for the source, one shift for each term, all normal around 0 with the deviations of a prior:
without decisions nothing moves, and few decisions move little. The most probable values (MAP) of this hierarchical
logistic regression are found by Newton's method. Platt's scaling is the bias and the slope alone; the shifts are what
Saerens, Latinne and Decaestecker ("Adjusting the outputs of a classifier to new a priori probabilities", 2002) call new
priors, here learned from labels.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fitxa_trainer.dataset.hierarchy import Hierarchy
from fitxa_trainer.ensembles.consistency import lower_children
from fitxa_trainer.ensembles.logistic import log_odds, sigmoid
from fitxa_trainer.ensembles.metrics import Truth

Values = NDArray[np.float64]

_STEPS = 100
_CLOSE_ENOUGH = 1e-8
#: A Newton step of more log odds than this overshoots where probabilities are near 0 or 1.
_LONGEST_STEP = 3.0


@dataclass(frozen=True)
class ShiftPrior:
    """Standard deviations, in log odds (the slope's without a unit), of what sources differ in."""

    bias: float
    slope: float
    term: float


@dataclass(frozen=True)
class SourceShift:
    """What the decisions on a source have moved; `term` is (terms,)."""

    bias: float
    slope: float
    term: Values

    def apply(self, probability: Values, tree: Hierarchy) -> Values:
        """Probabilities (pictures, terms) moved; no term stays surer than those above it."""
        stated = log_odds(probability)
        return lower_children(sigmoid(stated + self.bias + self.slope * stated + self.term), tree)


def object_shares(groups: NDArray[np.str_]) -> Values:
    """What each picture counts, (pictures,), so that every object (a group of pictures) counts one."""
    _, places, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    return np.asarray(1.0 / sizes[places])


def learn_shift(probability: Values, truth: Truth, counts: Values, prior: ShiftPrior) -> SourceShift:
    """The shift of a source from its decided pictures.

    `probability` and `truth` are (pictures, terms), `counts` (pictures,) says what each picture counts. Terms marked -1
    are left out.
    """
    stated = log_odds(probability)
    common = np.stack([np.ones_like(stated), stated], axis=2)
    flat = common.reshape(-1, 2)
    weight = counts[:, None] * (truth >= 0)
    right = truth > 0
    narrow, narrow_term = np.array([prior.bias, prior.slope]) ** -2.0, prior.term**-2.0
    moved, term = np.zeros(2), np.zeros(stated.shape[1])
    for _ in range(_STEPS):
        now = sigmoid(stated + common @ moved + term)
        slack, curve = weight * (now - right), weight * now * (1 - now)
        # The terms meet only in bias and slope, so they are eliminated and a system of two remains.
        gradient_term, curve_term = slack.sum(axis=0) + narrow_term * term, curve.sum(axis=0) + narrow_term
        gradient = slack.reshape(-1) @ flat + narrow * moved
        bent = curve[:, :, None] * common
        shared = bent.sum(axis=0)
        own = bent.reshape(-1, 2).T @ flat + np.diag(narrow)
        step = np.linalg.solve(
            own - shared.T @ (shared / curve_term[:, None]), gradient - shared.T @ (gradient_term / curve_term)
        )
        step_term = (gradient_term - shared @ step) / curve_term
        longest = max(float(np.abs(step).max()), float(np.abs(step_term).max(initial=0.0)))
        damping = min(1.0, _LONGEST_STEP / max(longest, 1e-12))
        moved, term = moved - damping * step, term - damping * step_term
        if longest < _CLOSE_ENOUGH:
            break
    return SourceShift(float(moved[0]), float(moved[1]), term)
