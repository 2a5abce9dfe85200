"""Study (c): calibration of the ensemble that a bundle can hold, measured on both tests.

- *as they are*: the normalised scores taken as probabilities;
- *validation*: isotonic regression on validation, what a bundle holds;
- *validation and left-out*: one curve for validation and the hidden providers (weights.py) together, each hidden
  provider counting as much as any other, and all of them as much as validation;
- *gate (distance)*: two curves, of validation and of the hidden providers, mixed per picture as likely as its distance
  to the training pictures makes it that its source is new.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fitxa_trainer.compare.tables import NAMES, SPLITS, Cell, Spread, Table
from fitxa_trainer.compare.weights import WeightStudy
from fitxa_trainer.ensembles.calibration import Calibration, Reliability, fit_calibration, reliability
from fitxa_trainer.ensembles.combining import combine
from fitxa_trainer.ensembles.metrics import Truth

Values = NDArray[np.float64]

#: The weighting that studies (c) and (d) rest on: learned under shift, and such that a bundle can say it.
STUDIED = "tree, left-out"
FITS: tuple[str, ...] = ("as they are", "validation", "validation and left-out", "gate (distance)")
#: Folds, by group, in which validation is calibrated where it is judged itself.
FOLDS = 5


@dataclass(frozen=True)
class Known:
    """Scores (pictures, terms) of one source with their truth, and for how many pictures they count together."""

    scores: Values
    truth: Truth
    counts_for: float


def probabilities(study: WeightStudy, seed: int, split: str, facet: str, how: str) -> Values | None:
    """The probabilities (pictures, terms) of `split` under one of FITS; None if there is nothing to fit it to."""
    scores = study.scores(seed, split, facet, STUDIED)
    if how == "as they are":
        return scores
    validation, hidden = _validation(study, seed, facet), _hidden(study, seed, facet)
    if not validation.counts_for or (how != "validation" and not hidden):
        return None
    if how == "validation":
        return fit_together([validation]).apply(scores)
    if how == "validation and left-out":
        return fit_together([validation, *hidden]).apply(scores)
    share = study.novelty(seed, split, facet, "distance")[:, None]
    return (1 - share) * fit_together([validation]).apply(scores) + share * fit_together(hidden).apply(scores)


def _validation(study: WeightStudy, seed: int, facet: str) -> Known:
    """The studied ensemble on validation, counting for its labelled pictures."""
    truth = study.domain(study.method.rankings[seed], "validation", facet).truth
    scores = study.scores(seed, "validation", facet, STUDIED)
    return Known(scores, truth, float((truth > 0).any(axis=1).sum()))


def _hidden(study: WeightStudy, seed: int, facet: str) -> list[Known]:
    """The studied weights on each hidden provider, as the run that hides it scores it; all count as validation."""
    weights = study.weights(seed, facet, STUDIED)
    domains = study.hidden(facet).domains
    share = _validation(study, seed, facet).counts_for / max(1, len(domains))
    return [Known(combine(domain.members, weights), domain.truth, share) for domain in domains]


def fit_together(sources: Sequence[Known]) -> Calibration:
    """One curve for sources whose vocabularies may differ: what they lack is filled up with terms that nobody knows."""
    width = max(source.scores.shape[1] for source in sources)
    scores, truth, weights = [], [], []
    for source in sources:
        missing = ((0, 0), (0, width - source.scores.shape[1]))
        scores.append(np.pad(source.scores, missing))
        truth.append(np.pad(source.truth.astype(np.int8), missing, constant_values=-1))
        labelled = max(1, int((source.truth > 0).any(axis=1).sum()))
        weights.append(np.full(len(source.scores), source.counts_for / labelled))
    return fit_calibration(np.concatenate(scores), np.concatenate(truth), np.concatenate(weights))


def folds_of(groups: NDArray[np.str_]) -> NDArray[np.int64]:
    """The fold of each picture, (pictures,); a group is in one fold."""
    names, places = np.unique(groups, return_inverse=True)
    return (np.random.default_rng(0).permutation(len(names)) % FOLDS)[places]


def calibrate(known: Values, truth: Truth, asked: Values, folds: NDArray[np.int64] | None) -> Values:
    """Probabilities of `asked`; with `folds` (both are the same pictures) each fold by the curve of the others."""
    if not len(known):
        return np.zeros_like(asked)
    if folds is None:
        return fit_calibration(known, truth).apply(asked)
    result = np.zeros_like(asked)
    for fold in range(FOLDS):
        inside = folds == fold
        if inside.any() and not inside.all():
            result[inside] = fit_calibration(known[~inside], truth[~inside]).apply(asked[inside])
    return result


def calibration_table(study: WeightStudy) -> tuple[Table, Mapping[tuple[str, str], Reliability]]:
    """The calibration error by facet, split and fit; and the reliability of the fit on validation, seeds pooled."""
    rows: list[list[Cell | Spread]] = []
    diagrams: dict[tuple[str, str], Reliability] = {}
    for facet in study.method.facets:
        for split, title in SPLITS.items():
            if not study.labelled(split, facet):
                continue
            errors: list[Cell | Spread] = []
            for how in FITS:
                found = _by_seed(study, split, facet, how)
                errors.append(Spread(tuple(reliability(*one).error() for one in found)) if found else None)
                if how == "validation" and found:
                    pooled = (np.concatenate([one[part] for one in found]) for part in (0, 1))
                    diagrams[facet, split] = reliability(*pooled)
            rows.append([NAMES[facet], title, study.labelled(split, facet), *errors])
    return Table("c-calibration", ("facet", "split", "pictures", *FITS), rows, {}), diagrams


def _by_seed(study: WeightStudy, split: str, facet: str, how: str) -> list[tuple[Values, Truth]]:
    """Probabilities and truth of every seed for which the fit can be had."""
    found = []
    for seed, ranking in study.method.rankings.items():
        stated = probabilities(study, seed, split, facet, how)
        if stated is not None:
            found.append((stated, study.domain(ranking, split, facet).truth))
    return found
