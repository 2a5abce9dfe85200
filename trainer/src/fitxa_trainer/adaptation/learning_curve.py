"""The learning curve: a simulated cataloguer works through an institution that the base model has never seen.

After 0, 10, 20, 50, 100 and 200 decided objects each method suggests terms for all objects that are still open. Half of
the institutions, every second one by name, are for choosing (`validation`); the others are the test.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fitxa_trainer.adaptation.adapted import (
    Decided,
    adapted_score,
    filled,
    fit_scaling,
    linear_score,
    neighbour_vote,
)
from fitxa_trainer.adaptation.base_heads import left_out_probabilities
from fitxa_trainer.adaptation.orders import file_order, random_order, work_list
from fitxa_trainer.ensembles.calibration import expected_calibration_error
from fitxa_trainer.ensembles.metrics import facet_metrics

Matrix = NDArray[np.float64]

DECISIONS = (0, 10, 20, 50, 100, 200)
SEEDS = (1, 2, 3)
#: An institution takes part in a facet from so many labelled pictures and objects on.
LEAST_PICTURES = 60
LEAST_OBJECTS = 40
#: Objects that must be left open for a point of the curve.
LEAST_OPEN = 10


@dataclass(frozen=True)
class Source:
    """The labelled pictures of one institution in one facet, in file order.

    `embeddings` (pictures, features), `truth` and `base` (pictures, terms), `objects` names each picture's object.
    """

    facet: str
    institution: str
    embeddings: Matrix
    truth: NDArray[np.bool_]
    base: Matrix
    objects: tuple[str, ...]


@dataclass(frozen=True)
class Point:
    """One point of a curve. `open` counts the pictures that are judged."""

    facet: str
    institution: str
    part: str
    order: str
    decisions: int
    method: str
    open: int
    r_precision: float
    acc_at_10: float
    calibration_error: float


Method = Callable[[Decided, Matrix, Matrix], Matrix]


def _base(_: Decided, embeddings: Matrix, base: Matrix) -> Matrix:
    return base


def _frequency(decided: Decided, embeddings: Matrix, _: Matrix) -> Matrix:
    return np.broadcast_to(filled(decided)[1], (len(embeddings), decided.known.shape[1]))


def _neighbours(decided: Decided, embeddings: Matrix, _: Matrix) -> Matrix:
    return neighbour_vote(decided, filled(decided)[0], embeddings)


def _linear(decided: Decided, embeddings: Matrix, _: Matrix) -> Matrix:
    return linear_score(decided, filled(decided)[0], embeddings)


def _adapted(decided: Decided, embeddings: Matrix, base: Matrix) -> Matrix:
    return adapted_score(decided, embeddings, base)


#: What is compared, by what ranks the terms. Before the first decision all are the base model.
METHODS: Mapping[str, Method] = {
    "base": _base,
    "frequency": _frequency,
    "neighbours": _neighbours,
    "linear": _linear,
    "adapted": _adapted,
}


def sources(
    facet: str,
    embeddings: Matrix,
    truth: NDArray[np.bool_],
    institutions: Sequence[str],
    objects: Sequence[str],
) -> Iterator[Source]:
    """The institutions that take part in `facet`, each with a base model that was fitted to the others.

    All arguments are of the pictures that are labelled in the facet; `truth` is (pictures, terms).
    """
    for institution, rows, base in left_out_probabilities(embeddings, truth, institutions):
        names = tuple(objects[row] for row in rows)
        if len(rows) >= LEAST_PICTURES and len(set(names)) >= LEAST_OBJECTS:
            yield Source(facet, institution, embeddings[rows], truth[rows], base, names)


def parts(institutions: Sequence[str]) -> dict[str, str]:
    """Every second institution by name is for validation, the others for the test."""
    return {name: ("validation", "test")[place % 2] for place, name in enumerate(sorted(set(institutions)))}


def curve(source: Source, part: str) -> Iterator[Point]:
    """The points of every order and method."""
    orders = {"file": file_order(source.objects)}
    orders |= {f"random {seed}": random_order(source.objects, seed) for seed in SEEDS}
    orders["work list"] = work_list(source.objects, source.embeddings, max(DECISIONS))
    for name, order in orders.items():
        place_of = {key: place for place, key in enumerate(order)}
        places = np.array([place_of[key] for key in source.objects])
        for decisions in DECISIONS:
            if decisions <= len(order) - LEAST_OPEN:
                yield from _points(source, part, name, places, decisions)


def _points(source: Source, part: str, order: str, places: NDArray[np.int64], decisions: int) -> Iterator[Point]:
    done, open_ = np.flatnonzero(places < decisions), np.flatnonzero(places >= decisions)
    done = done[np.argsort(places[done], kind="stable")]
    decided = Decided(source.embeddings[done], source.truth[done].astype(np.int8), source.base[done], places[done])
    truth = source.truth[open_]
    for name, method in METHODS.items():
        scores = (method if decisions else _base)(decided, source.embeddings[open_], source.base[open_])
        found = facet_metrics(scores, truth)
        scaled = fit_scaling(decided).apply(scores) if decisions and name == "adapted" else scores
        error = expected_calibration_error(scaled, truth)
        yield Point(
            source.facet,
            source.institution,
            part,
            order,
            decisions,
            name,
            len(open_),
            found.r_precision,
            found.acc_at_10,
            error,
        )
