"""How much sources differ: the prior of watched.py, learned from providers of validation and from hidden ones.

Of each such source objects are drawn as decided, and the prior is taken under which the rest is least surprising: the
mean log loss of a picture over its terms. All providers of validation together count as much as all hidden ones, as
the next source may be like either. One prior serves all facets and all numbers of decisions, since what has many
sources in Object Types has one or two in the others. No test picture is looked at.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fitxa_trainer.compare.watched_sources import WatchedSource, hidden_sources, known_sources
from fitxa_trainer.compare.weights import WeightStudy
from fitxa_trainer.ensembles.metrics import Truth
from fitxa_trainer.ensembles.watched import ShiftPrior, learn_shift, object_shares

Values = NDArray[np.float64]

#: Priors that are tried, narrow ones first.
PRIORS: tuple[ShiftPrior, ...] = tuple(
    ShiftPrior(*deviations) for deviations in itertools.product((1.0, 2.0, 4.0), (0.25, 0.5, 1.0), (1.0, 2.0, 4.0))
)
#: Used where no source has enough objects to learn from.
DEFAULT = ShiftPrior(2.0, 0.5, 2.0)
_DRAWS = 2


@dataclass(frozen=True)
class LearnedPrior:
    """The prior, and the log loss of a picture without and with decisions under it: `known` and `hidden` providers.

    None if there is no such provider with objects enough.
    """

    prior: ShiftPrior
    known: tuple[float, float] | None
    hidden: tuple[float, float] | None


def learn_prior(study: WeightStudy, counts: Sequence[int]) -> LearnedPrior:
    """The prior for the numbers of decided objects in `counts`."""
    kinds: list[list[Values]] = [[], []]
    for seed in study.method.rankings:
        for facet in study.method.facets:
            for kind, find in zip(kinds, (known_sources, hidden_sources), strict=True):
                for source in find(study, seed, facet):
                    kind += [losses for count in counts if (losses := _losses(source, count)) is not None]
    means = [np.mean(kind, axis=0) if kind else None for kind in kinds]
    found = [mean[1:] for mean in means if mean is not None]
    if not found:
        return LearnedPrior(DEFAULT, None, None)
    best = int(np.argmin(np.sum(found, axis=0)))
    known, hidden = (None if mean is None else (float(mean[0]), float(mean[1 + best])) for mean in means)
    return LearnedPrior(PRIORS[best], known, hidden)


def _losses(source: WatchedSource, count: int) -> Values | None:
    """The log loss without decisions and under each of PRIORS, (1 + priors,); None when there are too few objects."""
    draws = []
    for draw in range(_DRAWS):
        decided = source.decided(count, draw)
        if decided is None:
            return None
        shares = object_shares(source.groups[decided])
        own, left, truth = source.probability[decided], source.probability[~decided], source.truth[~decided]
        shifts = (learn_shift(own, source.truth[decided], shares, prior) for prior in PRIORS)
        draws.append([log_loss(left, truth), *(log_loss(shift.apply(left, source.tree), truth) for shift in shifts)])
    return np.asarray(np.mean(draws, axis=0))


def log_loss(probability: Values, truth: Truth) -> float:
    """The mean over pictures of the log loss summed over terms, in nats; terms marked -1 are left out."""
    clipped = np.clip(probability, 1e-4, 1 - 1e-4)
    loss = -np.where(truth > 0, np.log(clipped), np.log(1 - clipped))
    return float(np.where(truth >= 0, loss, 0.0).sum(axis=1).mean())
