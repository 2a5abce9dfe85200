"""Tables 1, 2 and 3: every method on the Inner and the Outer test, with the paper's figures beside ours.

Table 1 is the mean over facets on both tests, table 2 the Inner test per facet, table 3 the Outer test per facet, and
beside it by provider: the Outer test is a few whole providers, and what a method does on one says little of another. A
facet in which no picture of a split has a label is left out of the mean of that split, for all methods alike; a method
that does not rank every other facet has no mean.
"""

from collections.abc import Mapping
from dataclasses import astuple

from fitxa_trainer.compare.methods import Method, measure
from fitxa_trainer.compare.paper import PAPER, PAPER_R_PRECISION
from fitxa_trainer.compare.pictures import Pictures
from fitxa_trainer.compare.tables import NAMES, SPLITS, Spread, Table
from fitxa_trainer.ensembles.metrics import FacetMetrics

_METRICS: Mapping[str, str] = {
    "r_precision": "R-Prec",
    "acc_at_1": "Acc@1",
    "acc_at_10": "Acc@10",
    "avg_rank_pos": "AvgRankPos",
}

#: Metrics by facet and seed.
FacetResults = Mapping[str, Mapping[int, FacetMetrics]]


def measure_all(pictures: Pictures, methods: Mapping[str, Method], split: str) -> dict[str, FacetResults]:
    """The metrics of every method on `split`; facets without a labelled picture have `images` 0."""
    return {
        name: {
            facet: {
                seed: measure(pictures, ranking, split, facet, ranking.scores(split, facet)).mean()
                for seed, ranking in method.rankings.items()
            }
            for facet in method.facets
        }
        for name, method in methods.items()
    }


def labelled_facets(results: Mapping[str, FacetResults]) -> dict[str, int]:
    """The facets in which the split has labelled pictures, and how many (the most of any method)."""
    counts: dict[str, int] = {}
    for facets in results.values():
        for facet, seeds in facets.items():
            counts[facet] = max([counts.get(facet, 0), *(metrics.images for metrics in seeds.values())])
    return {facet: counts[facet] for facet in NAMES if counts.get(facet)}


def mean_over_facets(facets: FacetResults, counted: Mapping[str, int]) -> dict[str, Spread] | None:
    """Each metric averaged over the facets `counted`, with its spread over seeds; None when a facet is not ranked."""
    if not counted or not set(counted) <= set(facets):
        return None
    seeds = next(iter(facets.values()))
    return {
        metric: Spread(
            tuple(sum(getattr(facets[facet][seed], metric) for facet in counted) / len(counted) for seed in seeds)
        )
        for metric in _METRICS
    }


def table_of_means(methods: Mapping[str, Method], results: Mapping[str, Mapping[str, FacetResults]]) -> Table:
    """Table 1; `results` by split and method."""
    columns = ["method", "seeds"]
    for title in SPLITS.values():
        for metric in _METRICS.values():
            columns += [f"{title} {metric}", f"paper {title} {metric}"]
    rows = []
    for name, method in methods.items():
        row: list[str | int | float | Spread | None] = [method.label, len(method.rankings)]
        for split in SPLITS:
            means = mean_over_facets(results[split][name], labelled_facets(results[split]))
            figures = astuple(PAPER[name][split]) if name in PAPER else (None,) * len(_METRICS)
            for metric, paper in zip(_METRICS, figures, strict=True):
                row += [means[metric] if means else None, paper]
        rows.append(row)
    digits = {column: (2 if "paper" in column else 3) for column in columns}
    digits |= {column: 1 for column in columns if column.endswith("AvgRankPos")}
    return Table("table1", tuple(columns), rows, digits)


def table_of_facets(name: str, methods: Mapping[str, Method], results: Mapping[str, FacetResults], split: str) -> Table:
    """Table 2 or 3: one split, facet by facet."""
    columns = ("facet", "pictures", "method", *_METRICS.values(), "paper R-Prec")
    rows = []
    for facet, images in labelled_facets(results).items():
        for key, method in methods.items():
            if facet not in results[key]:
                continue
            seeds = results[key][facet]
            figures = [Spread(tuple(getattr(found, metric) for found in seeds.values())) for metric in _METRICS]
            paper = PAPER_R_PRECISION.get(key, {}).get(split, {}).get(facet)
            rows.append([NAMES[facet], images, method.label, *figures, paper])
    return Table(name, columns, rows, {"AvgRankPos": 2, "paper R-Prec": 2})


def table_of_providers(name: str, pictures: Pictures, methods: Mapping[str, Method], split: str) -> Table:
    """R-Precision of every method by facet and provider of `split`, a column for each with labelled pictures."""
    found: dict[str, dict[str, Spread]] = {}
    for key, method in methods.items():
        for facet, ranking in ((facet, one) for facet in method.facets for one in method.rankings.values()):
            values = measure(pictures, ranking, split, facet, ranking.scores(split, facet))
            own = pictures.providers(ranking.run.scores(split).ids)[values.rows]
            for provider in set(own.tolist()):
                cells = found.setdefault(f"{NAMES[facet]}, {provider}", {})
                seeds = cells[key].values if key in cells else ()
                cells[key] = Spread((*seeds, float(values.r_precision[own == provider].mean())))
    order = list(NAMES.values())
    titles = sorted(found, key=lambda title: (order.index(title.split(", ")[0]), title))
    rows = [[method.label, *(found[title].get(key) for title in titles)] for key, method in methods.items()]
    return Table(name, ("method", *titles), rows, {})
