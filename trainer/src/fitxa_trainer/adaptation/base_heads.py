"""A base model that has never seen an institution: linear heads on frozen embeddings, fitted to all the others.

Ridge regression of 0 and 1 per term. All pictures of an institution together weigh the square root of their number, so
that no source drowns the others. The sums over each institution are kept, so that leaving one out costs one solution of
a small system.
"""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]

#: Penalty, as a share of the total weight of the pictures.
RIDGE = 0.03
#: Pictures of other institutions from which on the base knows a term.
KNOWN_FROM = 5


def left_out_probabilities(
    embeddings: Matrix, truth: NDArray[np.bool_], institutions: Sequence[str]
) -> Iterator[tuple[str, NDArray[np.int64], Matrix]]:
    """For each institution: its rows, and the probabilities (rows, terms) of heads fitted without it.

    `embeddings` (pictures, features), `truth` (pictures, terms) of pictures that are labelled in the facet. A term of
    fewer than KNOWN_FROM pictures elsewhere has probability 0.
    """
    names = np.array(institutions)
    inputs = np.hstack([embeddings, np.ones((len(embeddings), 1))])
    targets = truth.astype(np.float64)
    sums: dict[str, tuple[Matrix, Matrix]] = {}
    for name in sorted(set(institutions)):
        rows = np.flatnonzero(names == name)
        weight = len(rows) ** -0.5
        sums[name] = weight * inputs[rows].T @ inputs[rows], weight * inputs[rows].T @ targets[rows]
    squares = np.sum([own for own, _ in sums.values()], axis=0)
    products = np.sum([own for _, own in sums.values()], axis=0)
    for name, (own_squares, own_products) in sums.items():
        rows = np.flatnonzero(names == name)
        rest = squares - own_squares
        penalty = np.full(len(rest), RIDGE * rest[-1, -1])
        penalty[-1] *= 1e-6  # the constant is all but free
        heads = np.linalg.solve(rest + np.diag(penalty), products - own_products)
        known = targets.sum(axis=0) - targets[rows].sum(axis=0) >= KNOWN_FROM
        yield name, rows, np.clip(inputs[rows] @ heads, 0.0, 1.0) * known
