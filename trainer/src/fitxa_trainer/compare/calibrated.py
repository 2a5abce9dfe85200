"""Study (c): calibration of the ensemble that a bundle can hold, fitted on validation, measured on both tests.

- *as they are*: the normalised scores taken as probabilities;
- *validation*: isotonic regression on validation, what a bundle holds;
- *validation and left-out*: the same curve fitted to validation and to the hidden providers (weights.py) together, each
  hidden provider counting as much as all others, and all of them as much as validation.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fitxa_trainer.calibration import Calibration, Reliability, fit_calibration, reliability
from fitxa_trainer.compare.tables import NAMES, SPLITS, Cell, Spread, Table
from fitxa_trainer.compare.weights import WeightStudy
from fitxa_trainer.ensemble import Domain, combine
from fitxa_trainer.metrics import Truth

#: The weighting that ships.
SHIPPED = "tree, left-out"
FITS: tuple[str, ...] = ("as they are", "validation", "validation and left-out")
BAR = 0.05

_IDENTITY = Calibration((0.0, 1.0), (0.0, 1.0))


@dataclass(frozen=True)
class Known:
    """Scores (pictures, terms) of one source with their truth."""

    scores: NDArray[np.float64]
    truth: Truth


def validation_scores(study: WeightStudy, seed: int, facet: str) -> Known:
    """The shipped ensemble on validation."""
    ranking = study.method.rankings[seed]
    domain = study.domain(ranking, "validation", facet)
    return Known(study.scores(seed, "validation", facet, SHIPPED), domain.truth)


def hidden_scores(study: WeightStudy, seed: int, facet: str) -> list[Known]:
    """The shipped weights on the pictures of each hidden provider, as the run that hides it scores them."""
    weights = study.weights(seed, facet, SHIPPED)
    domains: Sequence[Domain] = study.hidden(facet).domains
    return [Known(combine(domain.members, weights), domain.truth) for domain in domains]


def fit(study: WeightStudy, seed: int, facet: str, how: str) -> Calibration | None:
    """The curve of one of FITS; None where there is nothing to fit it to."""
    if how == "as they are":
        return _IDENTITY
    known = [validation_scores(study, seed, facet)]
    if how == "validation and left-out":
        hidden = hidden_scores(study, seed, facet)
        if not hidden:
            return None
        known += hidden
    labelled = [int((one.truth > 0).any(axis=1).sum()) for one in known]
    if not labelled[0] or {one.scores.shape[1] for one in known} == {0}:
        return None
    return _fit_together(known, labelled)


def _fit_together(known: Sequence[Known], labelled: Sequence[int]) -> Calibration:
    """One curve for sources whose vocabularies may differ: their scores are laid end to end, term by term."""
    width = max(one.scores.shape[1] for one in known)
    scores = np.zeros((sum(len(one.scores) for one in known), width))
    truth = np.full(scores.shape, -1, dtype=np.int8)
    weights = np.zeros(len(scores))
    first = 0
    for place, (one, count) in enumerate(zip(known, labelled, strict=True)):
        rows = slice(first, first + len(one.scores))
        scores[rows, : one.scores.shape[1]], truth[rows, : one.truth.shape[1]] = one.scores, one.truth
        share = 1.0 if place == 0 else 1.0 / (len(known) - 1)
        weights[rows] = share * labelled[0] / count
        first += len(one.scores)
    return fit_calibration(scores, truth, weights)


def calibration_table(study: WeightStudy) -> tuple[Table, Mapping[tuple[str, str], Reliability]]:
    """The calibration error by facet, split and fit; and the reliability of the fit on validation, seeds pooled."""
    columns = ("facet", "split", "pictures", *FITS)
    rows: list[list[Cell | Spread]] = []
    diagrams: dict[tuple[str, str], Reliability] = {}
    for facet in study.method.facets:
        for split, title in SPLITS.items():
            count = study.labelled(split, facet)
            if not count:
                continue
            errors: dict[str, list[float]] = {how: [] for how in FITS}
            shown: list[tuple[NDArray[np.float64], Truth]] = []
            for seed, ranking in study.method.rankings.items():
                scores = study.scores(seed, split, facet, SHIPPED)
                truth = study.domain(ranking, split, facet).truth
                for how in FITS:
                    curve = fit(study, seed, facet, how)
                    if curve is not None:
                        errors[how].append(reliability(curve.apply(scores), truth).error())
                        if how == "validation":
                            shown.append((curve.apply(scores), truth))
            rows.append(
                [NAMES[facet], title, count, *(Spread(tuple(found)) if found else None for found in errors.values())]
            )
            if shown:
                diagrams[facet, split] = reliability(
                    np.concatenate([probabilities for probabilities, _ in shown]),
                    np.concatenate([truth for _, truth in shown]),
                )
    return Table("c-calibration", columns, rows, {}), diagrams
