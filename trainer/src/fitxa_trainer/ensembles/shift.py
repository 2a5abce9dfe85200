"""How far a picture is from what the model was trained on.

The signal is the mean cosine distance to the ten nearest training pictures, in the model's own embedding, said as the
share of validation pictures that are nearer: 0.5 is an ordinary picture, 1 is farther than all of them. As a share it
means the same for every model.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fitxa_trainer.ensembles.logistic import Logistic, fit_logistic
from fitxa_trainer.ensembles.neighbours import Matrix, nearest

Values = NDArray[np.float64]


@dataclass(frozen=True)
class ShiftSignal:
    """The training embeddings and the distances of validation, sorted, that distances are compared with."""

    bank: Matrix
    ordinary: Values

    def apply(self, embedding: Matrix) -> Values:
        """Shares from 0 to 1, (pictures,), of embeddings (pictures, features) with rows of length one."""
        distance = nearest(embedding, self.bank).distance()
        return np.asarray(np.searchsorted(self.ordinary, distance) / len(self.ordinary))


def fit_shift_signal(train: Matrix, validation: Matrix) -> ShiftSignal:
    """The signal of a model from its embeddings of the training and the validation split, rows of length one."""
    return ShiftSignal(train, np.sort(nearest(validation, train).distance()))


def disagreement(members: list[Values]) -> Values:
    """How much members differ over a picture, (pictures,): the Jensen-Shannon divergence in bits over log2(members).

    0 says that all distributions (pictures, terms) are equal, 1 that they have nothing in common.
    """
    mean = np.mean(members, axis=0)
    own = np.mean([_entropy(member) for member in members], axis=0)
    return np.asarray((_entropy(mean) - own) / np.log2(len(members)))


def _entropy(values: Values) -> Values:
    return np.asarray(-np.sum(values * np.log2(np.maximum(values, 1e-12)), axis=1))


def fit_gate(near: Values, far: Values) -> Logistic:
    """P(a picture is of a new source) from a signal, taking pictures known and new to be equally many.

    `near` (n,) are the signals of validation, `far` (m,) those of pictures of providers that the model has not seen.
    """
    signals = np.concatenate([near, far])[:, None]
    new = np.arange(len(signals)) >= len(near)
    counts = np.where(new, 0.5 / max(1, len(far)), 0.5 / max(1, len(near))) * len(signals)
    return fit_logistic(signals, new, counts)
