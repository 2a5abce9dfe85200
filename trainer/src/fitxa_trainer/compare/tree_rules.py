"""Study (b): scores that follow the tree, and what each rule does to R-Precision.

The rules (consistency.py) are laid over the normalised scores of every member and of the ensemble with equal weights.
Facets without a tree (Disciplines, and any in which no term is below another) have nothing to make consistent.
Which rule is used elsewhere (weights.py) was decided on validation and on the hidden providers, which are in the
table too; each hidden provider counts the same there.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fitxa_trainer.compare.bootstrap import mean_over_facets, pooled
from fitxa_trainer.compare.methods import Method, Part, Ranking, measure
from fitxa_trainer.compare.pictures import Pictures
from fitxa_trainer.compare.runs import Runs
from fitxa_trainer.compare.tables import NAMES, SPLITS, Cell, Spread, Table
from fitxa_trainer.compare.weights import ENOUGH
from fitxa_trainer.dataset.hierarchy import build_hierarchy
from fitxa_trainer.ensembles.consistency import RULES, violations

Scores = NDArray[np.float64]

_ENSEMBLE = "ensemble"


@dataclass(frozen=True)
class _Set:
    """Rankings (of the seeds) of the pictures of one split."""

    rankings: Sequence[Ranking]
    split: str


def tree_table(pictures: Pictures, runs: Runs, method: Method) -> Table:
    """Violations without a rule, and per rule the change of R-Precision on validation, hidden providers and tests."""
    rankings = list(method.rankings.values())
    names = [part.member for part in rankings[0].parts]
    sets = {"Validation": [_Set(rankings, "validation")], "Hidden providers": _hidden(runs, names)}
    sets |= {title: [_Set(rankings, split)] for split, title in SPLITS.items()}
    columns = ("facet", "scores", "pictures of", "violations", "R-Prec", *(f"{rule}: change" for rule in RULES))
    rows: list[list[Cell | Spread]] = []
    for facet in method.facets:
        if not any(build_hierarchy(rankings[0].run.terms[facet]).levels):
            continue
        for name in [*names, _ENSEMBLE]:
            for title, parts in sets.items():
                cells = _cells(pictures, parts, facet, name)
                if cells is not None:
                    rows.append([NAMES[facet], name, title, *cells])
    return Table("b-hierarchy", columns, rows, {})


def _hidden(runs: Runs, members: Sequence[str]) -> list[_Set]:
    """The runs that hide a provider and have all members, each on the pictures of that provider."""
    return [
        _Set([Ranking(tuple(Part(run, member) for member in members))], "outer")
        for run in runs.hidden()
        if set(members) <= set(run.scores("outer").members)
    ]


def _read(ranking: Ranking, split: str, facet: str, name: str) -> Scores:
    """The scores (pictures, terms) of a member or of the ensemble."""
    if name == _ENSEMBLE:
        return ranking.scores(split, facet).astype(np.float64)
    return ranking.members(split, facet)[name].astype(np.float64)


def _cells(pictures: Pictures, sets: Sequence[_Set], facet: str, name: str) -> list[Cell | Spread] | None:
    """Violations, R-Precision and changes, each set counting the same; None when none labels the facet."""
    found_violations, before = [], []
    changes: dict[str, list[tuple[Scores, NDArray[np.str_]]]] = {rule: [] for rule in RULES}
    for one in sets:
        if not all(facet in ranking.facets for ranking in one.rankings):
            continue
        tree = build_hierarchy(one.rankings[0].run.terms[facet])
        scores = [_read(ranking, one.split, facet, name) for ranking in one.rankings]
        plain = [measure(pictures, r, one.split, facet, s) for r, s in zip(one.rankings, scores, strict=True)]
        if not len(plain[0].rows) or (len(sets) > 1 and len(plain[0].rows) < ENOUGH):
            continue
        groups = pictures.groups(one.rankings[0].run.scores(one.split).ids)[plain[0].rows]
        found_violations.append(float(np.mean([violations(values, tree) for values in scores])))
        before.append([result.mean().r_precision for result in plain])
        for rule, apply in RULES.items():
            ruled = zip(one.rankings, scores, strict=True)
            after = [measure(pictures, r, one.split, facet, apply(s, tree)) for r, s in ruled]
            changes[rule].append((pooled(after) - pooled(plain), groups))
    if not before:
        return None
    spread = Spread(tuple(np.mean(before, axis=0).tolist()))
    return [float(np.mean(found_violations)), spread, *(mean_over_facets(found) for found in changes.values())]
