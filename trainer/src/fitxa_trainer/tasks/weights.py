"""Weights of terms in a cross-entropy, so that rare ones are heard."""

from torch import Tensor

#: Bounds of a weight: beyond them a handful of pictures would steer the whole network.
LOWEST, HIGHEST = 0.1, 10.0


def class_weights(frequencies: Tensor, power: float) -> Tensor:
    """Weights (terms,) from how often each term is a target (terms,).

    The weight is 1 / frequency ** power (power 1: inverse frequency; 0.5: its root; a term that never is a target
    counts as seen once), scaled so that the mean over the targets is 1 and a weighted loss stays on the scale of the
    unweighted one, then kept within 0.1 and 10.
    """
    seen = frequencies.clamp_min(1.0)
    weights = seen.pow(-power)
    return (weights * seen.sum() / (weights * seen).sum()).clamp(LOWEST, HIGHEST)
