"""Study (b): scores that follow the tree, and what each rule does to R-Precision.

The rules (consistency.py) are laid over the normalised scores of every member and of the ensemble with equal weights.
Facets without a tree (Disciplines, and any in which no term stands below another) have nothing to make consistent.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from fitxa_trainer.compare.bootstrap import mean_interval, pooled
from fitxa_trainer.compare.methods import Method, Ranking, measure
from fitxa_trainer.compare.pictures import Pictures
from fitxa_trainer.compare.tables import NAMES, SPLITS, Cell, Spread, Table
from fitxa_trainer.consistency import RULES, violations
from fitxa_trainer.hierarchy import Hierarchy, build_hierarchy

Scores = NDArray[np.float64]


def tree_table(pictures: Pictures, method: Method) -> Table:
    """Violations without a rule, and per rule the change of R-Precision on both tests."""
    names = [part.member for part in next(iter(method.rankings.values())).parts]
    columns = ("facet", "scores", "split", "violations", "R-Prec", *(f"{rule}: change" for rule in RULES))
    rows: list[list[Cell | Spread]] = []
    for facet in method.facets:
        tree = build_hierarchy(next(iter(method.rankings.values())).run.terms[facet])
        if not any(tree.levels):
            continue
        for name in [*names, "ensemble"]:
            for split, title in SPLITS.items():
                cells = _cells(pictures, method, split, facet, _reader(name), tree)
                if cells is not None:
                    rows.append([NAMES[facet], name, title, *cells])
    return Table("b-hierarchy", columns, rows, {})


def _reader(name: str) -> Callable[[Ranking, str, str], Scores]:
    """How the scores of a member, or of the ensemble, are read from a ranking."""

    def read(ranking: Ranking, split: str, facet: str) -> Scores:
        if name == "ensemble":
            return ranking.scores(split, facet).astype(np.float64)
        return ranking.members(split, facet)[name].astype(np.float64)

    return read


def _cells(
    pictures: Pictures,
    method: Method,
    split: str,
    facet: str,
    read: Callable[[Ranking, str, str], Scores],
    tree: Hierarchy,
) -> list[Cell | Spread] | None:
    """Violations, R-Precision and changes; None when the split labels no picture in the facet."""
    rankings = list(method.rankings.values())
    scores = [read(ranking, split, facet) for ranking in rankings]
    before = [measure(pictures, r, split, facet, s) for r, s in zip(rankings, scores, strict=True)]
    if not len(before[0].rows):
        return None
    groups = pictures.groups(rankings[0].run.scores(split).ids)[before[0].rows]
    cells: list[Cell | Spread] = [
        float(np.mean([violations(values, tree) for values in scores])),
        Spread(tuple(result.mean().r_precision for result in before)),
    ]
    for rule in RULES.values():
        after = [measure(pictures, r, split, facet, rule(s, tree)) for r, s in zip(rankings, scores, strict=True)]
        cells.append(mean_interval(pooled(after) - pooled(before), groups))
    return cells
