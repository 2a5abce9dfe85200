"""The metrics of the EUFCC-340K paper, per facet.

They count the pictures that have at least one true tag inside the model's vocabulary; tags outside it are ignored.
Terms are ranked by score from high to low; between equal scores the one that comes first in the vocabulary wins.

- R-Precision = 1/N Σ r_i/R_i: R_i true tags of picture i, r_i of them among the top R_i.
- Acc@k = share of pictures with at least one true tag in the top k.
- AvgRankPos = 1/N Σ_i (1/R_i) Σ_j Pos_ij, positions from 1; lower is better.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float32] | NDArray[np.float64]
Truth = NDArray[np.bool_]


@dataclass(frozen=True)
class FacetMetrics:
    """The metrics of one facet over `images` pictures; all but `images` are NaN when there is none."""

    images: int
    r_precision: float
    acc_at_1: float
    acc_at_10: float
    avg_rank_pos: float


def positions(scores: Scores) -> NDArray[np.int64]:
    """The rank of each term, from 1, shape (pictures, terms) like `scores`; ties by vocabulary order."""
    order = np.argsort(-scores, axis=1, kind="stable")
    ranks = np.empty_like(order)
    np.put_along_axis(ranks, order, np.arange(1, scores.shape[1] + 1)[None, :], axis=1)
    return ranks


def facet_metrics(scores: Scores, truth: Truth) -> FacetMetrics:
    """The metrics of one facet from scores and truth, both of shape (pictures, terms)."""
    labelled = truth.any(axis=1)
    if not labelled.any():
        nan = float("nan")
        return FacetMetrics(0, nan, nan, nan, nan)
    truth = truth[labelled]
    ranks = positions(scores[labelled])
    relevant = truth.sum(axis=1)
    best = np.where(truth, ranks, ranks.shape[1] + 1).min(axis=1)
    return FacetMetrics(
        images=len(truth),
        r_precision=float(np.mean((truth & (ranks <= relevant[:, None])).sum(axis=1) / relevant)),
        acc_at_1=float(np.mean(best <= 1)),
        acc_at_10=float(np.mean(best <= 10)),
        avg_rank_pos=float(np.mean((ranks * truth).sum(axis=1) / relevant)),
    )
