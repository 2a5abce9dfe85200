"""Study (e): ML and S on one trunk against a trunk each; nearly all compute is the trunk's, so it halves."""

from collections.abc import Mapping

import numpy as np

from fitxa_trainer.compare.bootstrap import mean_interval, mean_over_facets, pooled
from fitxa_trainer.compare.methods import Method, measure
from fitxa_trainer.compare.pictures import Pictures
from fitxa_trainer.compare.runs import Run
from fitxa_trainer.compare.tables import NAMES, SPLITS, Cell, Spread, Table
from fitxa_trainer.ensembles.metrics import PictureMetrics

#: The method on one trunk, and the one on a trunk per member that it is held against.
PAIRS: tuple[tuple[str, str], ...] = (("shared", "ml+s"), ("shared-3", "ml+s+clip"))


def trunk_table(pictures: Pictures, methods: Mapping[str, Method]) -> Table:
    """R-Precision with one trunk and with several, and the paired difference, per facet and over all."""
    columns = ("ensemble", "split", "facet", "pictures", "a trunk each", "one trunk", "difference")
    rows: list[list[Cell | Spread]] = []
    for shared, separate in PAIRS:
        if shared not in methods or separate not in methods:
            continue
        for split, title in SPLITS.items():
            rows += _rows(pictures, methods[shared], methods[separate], split, title)
    return Table("e-one-trunk", columns, rows, {})


def _rows(pictures: Pictures, shared: Method, separate: Method, split: str, title: str) -> list[list[Cell | Spread]]:
    rows: list[list[Cell | Spread]] = []
    differences = []
    groups = pictures.groups(next(iter(shared.rankings.values())).run.scores(split).ids)
    for facet in shared.facets:
        one, each = (_results(pictures, method, split, facet) for method in (shared, separate))
        count = len(one[0].rows)
        if not count:
            continue
        difference = pooled(one) - pooled(each)
        differences.append((difference, groups[one[0].rows]))
        spreads = [Spread(tuple(result.mean().r_precision for result in found)) for found in (each, one)]
        interval = mean_interval(difference, groups[one[0].rows])
        rows.append([separate.label, title, NAMES[facet], count, *spreads, interval])
    if differences:
        rows.append([separate.label, title, "mean", None, None, None, mean_over_facets(differences)])
    return rows


def _results(pictures: Pictures, method: Method, split: str, facet: str) -> list[PictureMetrics]:
    return [
        measure(pictures, ranking, split, facet, ranking.scores(split, facet)) for ranking in method.rankings.values()
    ]


def effort_table(methods: Mapping[str, Method]) -> Table:
    """Passes of a trunk per picture, and the seconds that training took, summed over an ensemble's runs."""
    rows: list[list[Cell | Spread]] = []
    for name in [name for pair in PAIRS for name in reversed(pair)]:
        if name not in methods:
            continue
        seconds = []
        trunks = 0
        for ranking in methods[name].rankings.values():
            runs: dict[str, Run] = {str(part.run.path): part.run for part in ranking.parts}
            trunks = len(runs)
            seconds.append(sum(_seconds(run) for run in runs.values()))
        rows.append([methods[name].label, trunks, Spread(tuple(seconds))])
    return Table("e-effort", ("ensemble", "trunk passes a picture", "training seconds"), rows, {"training seconds": 0})


def _seconds(run: Run) -> float:
    """What result.json says of the time; NaN when it says nothing."""
    value = run.read_json("result.json").get("trainingSeconds")
    return float(value) if isinstance(value, int | float) else float(np.nan)
