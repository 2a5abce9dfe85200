"""The orders in which a cataloguer may work through the objects of a catalogue."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]


def file_order(objects: Sequence[str]) -> list[str]:
    """As the files come."""
    return list(dict.fromkeys(objects))


def random_order(objects: Sequence[str], seed: int) -> list[str]:
    """Drawn at random."""
    order = file_order(objects)
    np.random.default_rng(seed).shuffle(order)
    return order


def work_list(objects: Sequence[str], embeddings: Matrix, count: int) -> list[str]:
    """First the objects that represent most others: `count` of them, then the rest as the files come.

    Greedy facility location over each object's first picture: next comes the object that raises the sum, over all
    objects, of the similarity to the most similar chosen one the most. It needs no labels, so it holds for all facets.
    """
    names = file_order(objects)
    first = [objects.index(name) for name in names]
    similarity = embeddings[first] @ embeddings[first].T
    best = np.full(len(names), -1.0)
    chosen: list[int] = []
    for _ in range(min(count, len(names))):
        gain = np.maximum(similarity, best[:, None]).sum(axis=0)
        gain[chosen] = -np.inf
        chosen.append(int(np.argmax(gain)))
        best = np.maximum(best, similarity[:, chosen[-1]])
    rest = [name for place, name in enumerate(names) if place not in set(chosen)]
    return [names[place] for place in chosen] + rest
