"""Nearest neighbours among embeddings: likeness between pictures, and terms suggested by the pictures most alike.

A model cannot name a term that it was not trained on. Its embedding still places a picture beside those that look like
it, so a term can come from accepted objects, from the first one on.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fitxa_trainer.ensembles.metrics import top_terms

Matrix = NDArray[np.float32]

NEIGHBOURS = 10
_CHUNK = 4096


@dataclass(frozen=True)
class Neighbours:
    """Of each query the most similar entries of a bank, best first: rows and cosine similarities, (queries, k)."""

    rows: NDArray[np.int64]
    similarity: Matrix

    def distance(self) -> NDArray[np.float64]:
        """Mean cosine distance to the neighbours, (queries,): how far a picture is from what is known."""
        return np.asarray(1.0 - self.similarity.mean(axis=1, dtype=np.float64))


def nearest(queries: Matrix, bank: Matrix, count: int = NEIGHBOURS) -> Neighbours:
    """The `count` entries of `bank` (m, features) nearest to each of `queries` (n, features), rows of length one."""
    rows = [np.empty((0, min(count, len(bank))), dtype=np.int64)]
    values = [np.empty((0, min(count, len(bank))), dtype=np.float32)]
    for first in range(0, len(queries), _CHUNK):
        similarity = queries[first : first + _CHUNK] @ bank.T
        best = top_terms(similarity, count)
        rows.append(best)
        values.append(np.take_along_axis(similarity, best, axis=1))
    return Neighbours(np.concatenate(rows), np.concatenate(values).astype(np.float32))


def support(neighbours: Neighbours, truth: NDArray[np.bool_]) -> Matrix:
    """The share of each query's neighbours that have a term, (queries, terms); `truth` (m, terms) is the bank's."""
    return np.asarray(truth[neighbours.rows].mean(axis=1, dtype=np.float32))


def term_similarity(queries: Matrix, bank: Matrix, truth: NDArray[np.bool_]) -> Matrix:
    """Per term the similarity of the most similar entry that has it, (queries, terms); -1 for a term that none has.

    One good example suffices, so a rare term can compete with a common one.
    """
    similarity = queries @ bank.T
    result = np.full((len(queries), truth.shape[1]), -1.0, dtype=np.float32)
    for term in range(truth.shape[1]):
        rows = np.flatnonzero(truth[:, term])
        if len(rows):
            result[:, term] = similarity[:, rows].max(axis=1)
    return result
