"""Logistic regression on a handful of features, by Newton's method."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]

_STEPS = 50
_CLOSE_ENOUGH = 1e-10


@dataclass(frozen=True)
class Logistic:
    """P(yes) = 1 / (1 + exp(-(bias + weights · (features - mean) / deviation)))."""

    mean: Values
    deviation: Values
    weights: Values
    bias: float

    def apply(self, features: Values) -> Values:
        """Probabilities (n,) of features (n, k)."""
        return sigmoid((features - self.mean) / self.deviation @ self.weights + self.bias)


def fit_logistic(
    features: Values, yes: NDArray[np.bool_], counts: Values | None = None, ridge: float = 1.0
) -> Logistic:
    """The regression of `yes` (n,) on `features` (n, k); `counts` (n,) says how often each row counts.

    Features are standardised; `ridge` is the penalty on half the squared weights (not on the bias), which also keeps
    the weights finite where a feature separates the classes.
    """
    counts = np.ones(len(yes)) if counts is None else counts
    share = counts / counts.sum()
    mean = share @ features
    deviation = np.maximum(np.sqrt(share @ (features - mean) ** 2), 1e-9)
    columns = np.column_stack([(features - mean) / deviation, np.ones(len(yes))])
    penalty = np.diag([ridge] * features.shape[1] + [1e-9])
    solution = np.zeros(columns.shape[1])
    for _ in range(_STEPS):
        stated = sigmoid(columns @ solution)
        gradient = columns.T @ (counts * (stated - yes)) + penalty @ solution
        curvature = (columns * (counts * stated * (1 - stated))[:, None]).T @ columns + penalty
        step = np.linalg.solve(curvature, gradient)
        # A step of more than a few units overshoots where probabilities are near 0 or 1.
        solution = solution - step / max(1.0, float(np.abs(step).max()) / 4.0)
        if float(np.abs(step).max()) < _CLOSE_ENOUGH:
            break
    return Logistic(mean, deviation, solution[:-1], float(solution[-1]))


def sigmoid(values: Values) -> Values:
    """The probability of log odds, any shape."""
    return np.asarray(0.5 * (1.0 + np.tanh(0.5 * values)))


def log_odds(probability: Values) -> Values:
    """The log odds of probabilities, any shape; what is nearer to 0 or 1 than a thousandth counts as a thousandth."""
    clipped = np.clip(probability, 1e-3, 1 - 1e-3)
    return np.asarray(np.log(clipped / (1 - clipped)))
