"""Compares a fine-tuned bundle with its base on the same held-out pictures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fitxa_trainer.bundles.bundle import Bundle, MemberOutputs
from fitxa_trainer.bundles.evaluation import manifest_figures
from fitxa_trainer.dataset.examples import Example, target_matrix
from fitxa_trainer.ensembles.calibration import expected_calibration_error
from fitxa_trainer.ensembles.metrics import facet_metrics

Scores = NDArray[np.float64]


@dataclass(frozen=True)
class Ranking:
    """A bundle's output for the pictures, by facet over one list of terms: ranking scores, and probabilities."""

    scores: Mapping[str, Scores]
    probabilities: Mapping[str, Scores]


def ranking_of(bundle: Bundle, outputs: MemberOutputs, terms: Mapping[str, Sequence[str]]) -> Ranking:
    """The ensemble of `bundle` over `terms`. A term that it does not know gets 0: nothing that it knows is below."""
    scores: dict[str, Scores] = {}
    probabilities: dict[str, Scores] = {}
    for facet, own in bundle.ensemble(outputs).items():
        columns = {term: column for column, term in enumerate(bundle.terms[facet])}
        wide = np.zeros((len(own), len(terms[facet])))
        calibrated = np.zeros_like(wide)
        for column, term in enumerate(terms[facet]):
            if term in columns:
                wide[:, column] = own[:, columns[term]]
                calibrated[:, column] = bundle.calibration(facet).apply(own[:, columns[term]])
        scores[facet], probabilities[facet] = wide, calibrated
    return Ranking(scores, probabilities)


def figures(
    ranking: Ranking, terms: Mapping[str, Sequence[str]], examples: Sequence[Example]
) -> dict[str, dict[str, float | int]]:
    """The metrics of each facet that has labelled pictures, as model.json names them."""
    result: dict[str, dict[str, float | int]] = {}
    for facet, scores in ranking.scores.items():
        truth = target_matrix(examples, facet, terms[facet])
        row = facet_metrics(scores, truth)
        if row.images:
            result[facet] = manifest_figures(row, expected_calibration_error(ranking.probabilities[facet], truth))
    return result


def term_figures(
    new: Ranking, base: Ranking, terms: Mapping[str, Sequence[str]], examples: Sequence[Example]
) -> list[dict[str, object]]:
    """Per term that a held-out picture has: on how many, and the average precision in both bundles."""
    result: list[dict[str, object]] = []
    for facet, keys in terms.items():
        truth = target_matrix(examples, facet, keys)
        for column, term in enumerate(keys):
            marks = truth[:, column]
            if (marks > 0).any():
                values = {
                    name: average_precision(ranking.scores[facet][:, column], marks) if facet in ranking.scores else 0.0
                    for name, ranking in (("value", new), ("base", base))
                }
                result.append({"term": term, "pictures": int((marks > 0).sum()), **values})
    return result


def average_precision(scores: Scores, marks: NDArray[np.int8]) -> float:
    """The mean, over the pictures that have a term, of the precision among those that score at least as high.

    `scores` and `marks` (pictures,); pictures of which nothing is known (-1) are left out. A term that has one score
    for all pictures gets the share of pictures that have it. 0 when no picture has it.
    """
    known = marks >= 0
    values, right = scores[known], marks[known] > 0
    if not right.any():
        return 0.0
    above = values[None, :] >= values[right][:, None]
    precision = (above & right).sum(axis=1) / above.sum(axis=1)
    return round(float(precision.mean()), 4)
