"""The study of the learning curve over every facet and institution, and its tables."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fitxa_trainer.adaptation.learning_curve import Point, Source, curve, parts, sources
from fitxa_trainer.dataset.examples import Example, target_matrix
from fitxa_trainer.dataset.facets import FACETS
from fitxa_trainer.progress import Progress

#: Orders of one kind are averaged.
_KINDS = {"random 1": "random", "random 2": "random", "random 3": "random"}


def run_study(examples: Sequence[Example], embeddings: NDArray[np.float64], progress: Progress) -> list[Point]:
    """The points of all curves; `embeddings` (pictures, features) belong to `examples`. Stopped between two curves."""
    taking_part = [source for facet in FACETS for source in _sources(facet, examples, embeddings)]
    part_of = parts([source.institution for source in taking_part])
    return [
        point
        for source in progress.track(taking_part, "institutions")
        for point in curve(source, part_of[source.institution])
    ]


def _sources(facet: str, examples: Sequence[Example], embeddings: NDArray[np.float64]) -> Iterator[Source]:
    rows = [row for row, example in enumerate(examples) if example.record.tags(facet)]
    labelled = [examples[row] for row in rows]
    terms = sorted({tag for example in labelled for tag in example.record.tags(facet)})
    yield from sources(
        facet,
        embeddings[rows],
        target_matrix(labelled, facet, terms) == 1,
        [example.record.database for example in labelled],
        [f"{example.record.database}/{example.group}" for example in labelled],
    )


def write_tables(points: Sequence[Point], folder: Path) -> None:
    """Write `g-learning-curve.csv` (means) and `g-learning-curve-by-institution.csv`."""
    folder.mkdir(parents=True, exist_ok=True)
    columns = [field.name for field in fields(Point)]
    rows = [[round(value, 4) if isinstance(value, float) else value for value in astuple(point)] for point in points]
    _write(folder / "g-learning-curve-by-institution.csv", columns, rows)
    names = ("part", "facet", "order", "decisions", "method", "institutions")
    _write(folder / "g-learning-curve.csv", [*names, "r_precision", "acc_at_10", "calibration_error"], _means(points))


def _means(points: Sequence[Point]) -> Iterator[list[object]]:
    """Means over institutions, in which random orders count as one."""
    groups: dict[tuple[str, str, str, int, str], list[Point]] = {}
    for point in points:
        order = _KINDS.get(point.order, point.order)
        groups.setdefault((point.part, point.facet, order, point.decisions, point.method), []).append(point)
    for key, own in groups.items():
        yield [
            *key,
            len({point.institution for point in own}),
            *(
                round(float(np.mean([getattr(point, name) for point in own])), 4)
                for name in ("r_precision", "acc_at_10", "calibration_error")
            ),
        ]


def summary(points: Sequence[Point]) -> Mapping[str, float]:
    """The largest shortfall of the adapted model against the best other method, by part: means over institutions."""
    shortfalls: dict[str, float] = {}
    means: dict[tuple[object, ...], dict[str, float]] = {}
    for part, facet, order, decisions, method, _, value, *_ in _means(points):
        means.setdefault((part, facet, order, decisions), {})[str(method)] = float(str(value))
    for (part, *_), own in means.items():
        short = max(own.values()) - own["adapted"]
        shortfalls[str(part)] = round(max(shortfalls.get(str(part), 0.0), short), 4)
    return shortfalls


def _write(path: Path, columns: Sequence[str], rows: Sequence[Sequence[object]] | Iterator[list[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)
