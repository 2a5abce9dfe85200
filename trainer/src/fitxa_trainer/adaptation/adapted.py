"""The model of one catalogue and one facet, made from its decided pictures alone and the base model's probabilities.

docs/science.md, "Learning from the first decisions", specifies the same for the application; the file
tests/fixtures/adaptation/parity.json holds both to it. Embeddings are rows e = (x - m) / |x - m|: x is what the image
encoder gives, m the mean over the base model's training pictures.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]
#: What is known, (pictures, terms): 1 the term is right, 0 it is wrong, -1 nobody has said.
Known = NDArray[np.int8]

#: Sharpness of the neighbours' vote: a picture that is 0.05 less similar counts for 1/e.
SHARPNESS = 20.0
#: Penalty of the linear model, in decided objects.
RIDGE = 1.0
#: Decided objects that the base model counts for.
BASE_OBJECTS = 1.0
#: Suggestions per picture from which the calibration learns: those that are shown.
SHOWN = 10
#: Decided objects from which on probabilities are calibrated.
CALIBRATED_FROM = 10
_BLOCKS = 5
_SMALLEST = 1e-4
_SLOPES = (0.25, 4.0)
_NEWTON_STEPS = 20
_HALVINGS = 30


@dataclass(frozen=True)
class Decided:
    """The decided pictures in the order of their decisions.

    `embeddings` (n, features), `known` (n, terms), `base` (n, terms): the base model's probabilities, 0 for a term it
    does not know. `objects` (n,) numbers the objects from 0 in the order in which they were decided.
    """

    embeddings: Matrix
    known: Known
    base: Matrix
    objects: NDArray[np.int64]

    @property
    def count(self) -> int:
        """How many objects."""
        return len(np.unique(self.objects))

    def weights(self) -> Matrix:
        """(n,): the pictures of an object share one vote."""
        _, inverse, counts = np.unique(self.objects, return_inverse=True, return_counts=True)
        return np.asarray(1.0 / counts[inverse], dtype=np.float64)

    def where(self, chosen: NDArray[np.bool_]) -> "Decided":
        """The chosen pictures alone."""
        return Decided(self.embeddings[chosen], self.known[chosen], self.base[chosen], self.objects[chosen])


def filled(decided: Decided) -> tuple[Matrix, Matrix]:
    """The targets (n, terms) with what nobody said replaced by the term's frequency, and the frequencies (terms,).

    The frequency of a term is its share among the decided objects that say something of it; 0 where none does.
    """
    weights = decided.weights()
    said = (decided.known >= 0).astype(np.float64)
    right = (decided.known == 1).astype(np.float64)
    total = weights @ said
    frequency = np.divide(weights @ right, total, out=np.zeros_like(total), where=total > 0)
    return right + (1.0 - said) * frequency, frequency


def neighbour_vote(decided: Decided, targets: Matrix, embeddings: Matrix) -> Matrix:
    """The weighted mean of `targets` (n, terms) for each of `embeddings` (queries, features), (queries, terms).

    Each decided picture weighs its share of its object times exp(SHARPNESS (s - largest s)), s being the cosine.
    """
    similarity = embeddings @ decided.embeddings.T
    nearness = np.exp(SHARPNESS * (similarity - similarity.max(axis=1, keepdims=True))) * decided.weights()
    return np.asarray((nearness @ targets) / nearness.sum(axis=1, keepdims=True))


def linear_score(decided: Decided, targets: Matrix, embeddings: Matrix) -> Matrix:
    """Weighted ridge regression of `targets` on the decided pictures, cut to 0..1, (queries, terms)."""
    weights = decided.weights()
    total = weights.sum()
    centre, mean = weights @ decided.embeddings / total, weights @ targets / total
    rows = decided.embeddings - centre
    if len(rows) <= rows.shape[1]:
        gram = rows @ rows.T + RIDGE * np.diag(1.0 / weights)
        coefficients = rows.T @ np.linalg.solve(gram, targets - mean)
    else:
        gram = (rows * weights[:, None]).T @ rows + RIDGE * np.eye(rows.shape[1])
        coefficients = np.linalg.solve(gram, (rows * weights[:, None]).T @ (targets - mean))
    return np.asarray(np.clip(mean + (embeddings - centre) @ coefficients, 0.0, 1.0))


def adapted_score(decided: Decided, embeddings: Matrix, base: Matrix) -> Matrix:
    """What ranks the terms, (queries, terms) in 0..1; `base` (queries, terms) are the base model's probabilities."""
    count = decided.count
    if count == 0:
        return base
    targets, _ = filled(decided)
    vote = neighbour_vote(decided, targets, embeddings)
    own = (vote + linear_score(decided, targets, embeddings)) / 2.0
    return np.asarray((count * own + BASE_OBJECTS * base) / (count + BASE_OBJECTS))


@dataclass(frozen=True)
class Scaling:
    """From score to probability: sigmoid(slope · log odds of the score + shift).

    Rank by the score: the smallest and the largest probabilities are equal.
    """

    slope: float = 1.0
    shift: float = 0.0

    def apply(self, scores: Matrix) -> Matrix:
        """Probabilities of the shape of `scores`."""
        return _sigmoid(self.slope * _log_odds(scores) + self.shift)


def fit_scaling(decided: Decided) -> Scaling:
    """Learn from decisions that were still ahead: the first half predicts the next tenth, and so on to the end.

    So the scaling sees, as the open objects will, terms that nobody had used yet. Slope and shift are the most
    probable ones under normal priors around 1 and 0 of deviation 1 (Newton's method), the slope within 0.25 to 4.
    """
    count = decided.count
    if count < CALIBRATED_FROM:
        return Scaling()
    places = np.unique(decided.objects, return_inverse=True)[1]
    odds: list[Matrix] = []
    hits: list[Matrix] = []
    weights: list[Matrix] = []
    for block in range(_BLOCKS):
        first, last = count * (_BLOCKS + block) // (2 * _BLOCKS), count * (_BLOCKS + block + 1) // (2 * _BLOCKS)
        test = (places >= first) & (places < last)
        if not test.any():
            continue
        later = decided.where(test)
        scores = adapted_score(decided.where(places < first), later.embeddings, later.base)
        shown = np.argsort(-scores, axis=1, kind="stable")[:, :SHOWN]
        known = np.take_along_axis(later.known, shown, axis=1)
        said = known >= 0
        odds.append(_log_odds(np.take_along_axis(scores, shown, axis=1)[said]))
        hits.append((known[said] == 1).astype(np.float64))
        weights.append(np.broadcast_to(later.weights()[:, None], known.shape)[said])
    return _most_probable(np.concatenate(odds), np.concatenate(hits), np.concatenate(weights))


def _most_probable(odds: Matrix, hits: Matrix, weights: Matrix) -> Scaling:
    """Newton's method; a step that does not lower the surprise is halved, up to thirty times, else it is the last."""

    def surprise(slope: float, shift: float) -> float:
        z = slope * odds + shift
        return float(weights @ (np.logaddexp(0.0, z) - hits * z) + ((slope - 1.0) ** 2 + shift**2) / 2.0)

    slope, shift = 1.0, 0.0
    for _ in range(_NEWTON_STEPS):
        stated = _sigmoid(slope * odds + shift)
        error, curvature = weights * (stated - hits), weights * stated * (1.0 - stated)
        gradient = np.array([error @ odds + slope - 1.0, error.sum() + shift])
        cross = curvature @ odds
        hessian = np.array([[curvature @ (odds * odds) + 1.0, cross], [cross, curvature.sum() + 1.0]])
        step = np.linalg.solve(hessian, gradient)
        before = surprise(slope, shift)
        for halving in range(_HALVINGS):
            share = 0.5**halving
            next_slope = float(np.clip(slope - share * step[0], *_SLOPES))
            next_shift = float(shift - share * step[1])
            if surprise(next_slope, next_shift) < before:
                break
        else:
            break
        slope, shift = next_slope, next_shift
    return Scaling(slope, shift)


def _log_odds(values: Matrix) -> Matrix:
    inside = np.clip(values, _SMALLEST, 1.0 - _SMALLEST)
    return np.asarray(np.log(inside / (1.0 - inside)))


def _sigmoid(values: Matrix) -> Matrix:
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(values, -500.0, 500.0))))
