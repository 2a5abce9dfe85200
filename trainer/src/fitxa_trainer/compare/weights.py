"""Study (a): ensemble weights that hold under shift.

Validation is drawn like the Inner test, so it cannot tell what holds on a new source. What it cannot tell is learned
from runs that have never seen one provider of the training data (leave_out.py): their pictures of that provider are new
to them, and no test picture is looked at. Compared, per facet:

- *equal*: the paper's weights, on members as they are. All others take members that follow the tree (a parent at least
  as high as its children, see tree_rules.py):
- *tree*: equal weights;
- *tree, validation*: weights learned on validation;
- *tree, left-out*: weights learned on the hidden providers, each counting the same, among those that lose nothing on
  validation against equal ones. A bundle can say these;
- *tree, gate (distance)*: per picture between *tree, validation* and weights learned on the hidden providers alone, as
  likely as the distance to the training pictures makes it that the source is new; *tree, gate (disagreement)*: the same
  by how much the members differ;
- *tree, sharpness*: no learning; per picture a member counts the more, the less entropy it has.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from fitxa_trainer.compare.bootstrap import Interval, mean_interval, pooled
from fitxa_trainer.compare.methods import Method, Part, Ranking, measure
from fitxa_trainer.compare.pictures import Pictures
from fitxa_trainer.compare.runs import Matrix, Run, Runs
from fitxa_trainer.compare.tables import NAMES, SPLITS, Cell, Spread, Table
from fitxa_trainer.dataset.hierarchy import build_hierarchy
from fitxa_trainer.ensembles.combining import Domain, Weights, combine, equal_weights, gated, learn_weights_over
from fitxa_trainer.ensembles.consistency import raised_distribution
from fitxa_trainer.ensembles.metrics import PictureMetrics
from fitxa_trainer.ensembles.shift import Values, disagreement, fit_gate, fit_shift_signal

#: Labelled pictures that a hidden provider must have in a facet to count there.
ENOUGH = 20

WEIGHTINGS: tuple[str, ...] = (
    "equal",
    "tree",
    "tree, sharpness",
    "tree, validation",
    "tree, left-out",
    "tree, gate (distance)",
    "tree, gate (disagreement)",
)


def as_double(members: Mapping[str, Matrix]) -> dict[str, NDArray[np.float64]]:
    """Members in double precision, as the ensemble takes them."""
    return {name: values.astype(np.float64) for name, values in members.items()}


@dataclass(frozen=True)
class HiddenSources:
    """What the runs that hide a provider teach about one facet.

    `domains` are their pictures of the hidden providers, `distance` and `disagreement` the signals of these pictures.
    """

    domains: Sequence[Domain]
    distance: Values
    disagreement: Values


@dataclass(frozen=True)
class WeightStudy:
    """The weightings of the ensemble `method` in all facets and seeds."""

    pictures: Pictures
    runs: Runs
    method: Method

    @cached_property
    def _cache(self) -> dict[tuple[object, ...], object]:
        return {}

    def domain(self, ranking: Ranking, split: str, facet: str) -> Domain:
        """The pictures of a split with what the members say, following the tree."""
        run = ranking.run
        tree = build_hierarchy(run.terms[facet])
        members = {
            name: raised_distribution(values.astype(np.float64), tree)
            for name, values in ranking.members(split, facet).items()
        }
        return Domain(members, self.pictures.truth(run.scores(split).ids, facet, run.terms[facet]))

    def distance(self, run: Run, split: str) -> Values:
        """The shift signal of each picture of `split`, (pictures,)."""
        key = ("distance", run.path, split)
        if key not in self._cache:
            train, validation = (run.scores(name).embedding for name in ("train", "validation"))
            self._cache[key] = fit_shift_signal(train, validation).apply(run.scores(split).embedding)
        return self._cache[key]  # type: ignore[return-value]

    def hidden(self, facet: str) -> HiddenSources:
        """The hidden providers with enough labelled pictures in `facet`."""
        key = ("hidden", facet)
        if key not in self._cache:
            self._cache[key] = self._find_hidden(facet)
        return self._cache[key]  # type: ignore[return-value]

    def _find_hidden(self, facet: str) -> HiddenSources:
        domains, distances, differences = [], [np.empty(0)], [np.empty(0)]
        names = [part.member for part in next(iter(self.method.rankings.values())).parts]
        for run in self.runs.hidden():
            if facet not in run.terms or not set(names) <= set(run.scores("outer").members):
                continue
            domain = self.domain(Ranking(tuple(Part(run, name) for name in names)), "outer", facet)
            labelled = (domain.truth > 0).any(axis=1)
            if labelled.sum() >= ENOUGH:
                domains.append(domain)
                distances.append(self.distance(run, "outer")[labelled])
                differences.append(disagreement(list(domain.members.values()))[labelled])
        return HiddenSources(domains, np.concatenate(distances), np.concatenate(differences))

    def weights(self, seed: int, facet: str, weighting: str) -> Weights:
        """The weights that a static weighting gives the members."""
        key = ("weights", seed, facet, weighting)
        if key not in self._cache:
            validation = self.domain(self.method.rankings[seed], "validation", facet)
            hidden = self.hidden(facet).domains
            if weighting == "tree, validation" and (validation.truth > 0).any():
                found = learn_weights_over([validation])
            elif weighting in ("tree, left-out", "hidden") and hidden:
                found = learn_weights_over(hidden, guard=None if weighting == "hidden" else validation)
            else:
                found = equal_weights(validation.members)
            self._cache[key] = found
        return self._cache[key]  # type: ignore[return-value]

    def scores(self, seed: int, split: str, facet: str, weighting: str) -> NDArray[np.float64]:
        """The ensemble's scores (pictures, terms) of `split` under one of WEIGHTINGS, or under a member's name."""
        ranking = self.method.rankings[seed]
        plain = as_double(ranking.members(split, facet))
        if weighting in plain:
            return plain[weighting]
        if weighting == "equal":
            return combine(plain, equal_weights(plain))
        members = self.domain(ranking, split, facet).members
        if weighting == "tree, sharpness":
            return _by_sharpness(members)
        if "gate" not in weighting:
            return combine(members, self.weights(seed, facet, weighting))
        near, far = (self.weights(seed, facet, name) for name in ("tree, validation", "hidden"))
        signal = "distance" if "distance" in weighting else "disagreement"
        return gated(members, near, far, self.novelty(seed, split, facet, signal))

    def novelty(self, seed: int, split: str, facet: str, signal: str) -> Values:
        """P(the source is new) of each picture of `split`, (pictures,), by its distance or the members' disagreement.

        0 where no hidden provider teaches anything.
        """
        hidden, ranking = self.hidden(facet), self.method.rankings[seed]
        if not hidden.domains:
            return np.zeros(len(ranking.run.scores(split).ids))
        if signal == "distance":
            gate = fit_gate(self.distance(ranking.run, "validation"), hidden.distance)
            return gate.apply(self.distance(ranking.run, split)[:, None])
        known, asked = (
            disagreement(list(self.domain(ranking, name, facet).members.values())) for name in ("validation", split)
        )
        return fit_gate(known, hidden.disagreement).apply(asked[:, None])

    def results(self, split: str, facet: str, weighting: str) -> list[PictureMetrics]:
        """The metrics of each labelled picture, seed by seed."""
        key = ("results", split, facet, weighting)
        if key not in self._cache:
            self._cache[key] = [
                measure(self.pictures, ranking, split, facet, self.scores(seed, split, facet, weighting))
                for seed, ranking in self.method.rankings.items()
            ]
        return self._cache[key]  # type: ignore[return-value]

    def best_member(self, split: str, facet: str) -> str:
        """The member with the best mean R-Precision on `split` itself: the bar is set with hindsight."""
        names = [part.member for part in next(iter(self.method.rankings.values())).parts]
        return max(names, key=lambda name: float(pooled(self.results(split, facet, name)).mean()))

    def gain(self, split: str, facet: str, weighting: str, over: str) -> Interval:
        """The paired difference in R-Precision between two weightings or members."""
        results = self.results(split, facet, weighting)
        ids = next(iter(self.method.rankings.values())).run.scores(split).ids
        groups = self.pictures.groups(ids)[results[0].rows]
        return mean_interval(pooled(results) - pooled(self.results(split, facet, over)), groups)

    def labelled(self, split: str, facet: str) -> int:
        """Labelled pictures of the facet in `split`."""
        return len(self.results(split, facet, "equal")[0].rows)


def _by_sharpness(members: Mapping[str, NDArray[np.float64]]) -> NDArray[np.float64]:
    """Members averaged with weights exp(-entropy), picture by picture."""
    stack = np.stack(list(members.values()))
    entropy = -np.sum(stack * np.log(np.maximum(stack, 1e-12)), axis=2)
    shares = np.exp(-entropy)
    return np.asarray(np.einsum("mn,mnt->nt", shares / shares.sum(axis=0), stack))


def weighting_table(studies: Sequence[WeightStudy]) -> Table:
    """R-Precision of each weighting in each facet on both tests, against equal weights and the best single member."""
    columns = (
        *("ensemble", "facet", "weighting"),
        *("Inner pictures", "Inner R-Prec", "Inner gain over equal"),
        *("Outer pictures", "Outer R-Prec", "Outer gain over equal", "Outer gain over best member", "best member"),
    )
    rows: list[list[Cell | Spread]] = []
    for study in studies:
        for facet in study.method.facets:
            for weighting in WEIGHTINGS:
                inner, outer = (_weighting_cells(study, split, facet, weighting) for split in SPLITS)
                rows.append([study.method.label, NAMES[facet], weighting, *inner[:3], *outer])
    return Table("a-ensemble-weights", columns, rows, {})


def _weighting_cells(study: WeightStudy, split: str, facet: str, weighting: str) -> list[Cell | Spread]:
    count = study.labelled(split, facet)
    if not count:
        return [0, None, None, None, None]
    values = Spread(tuple(result.mean().r_precision for result in study.results(split, facet, weighting)))
    best = study.best_member(split, facet)
    return [
        count,
        values,
        study.gain(split, facet, weighting, "equal"),
        study.gain(split, facet, weighting, best),
        best,
    ]


def learned_table(studies: Sequence[WeightStudy]) -> Table:
    """The weights that were learned, averaged over seeds, and from how many hidden providers."""
    rows: list[list[Cell | Spread]] = []
    for study in studies:
        for facet in study.method.facets:
            for weighting in ("tree, validation", "tree, left-out", "hidden"):
                found = [study.weights(seed, facet, weighting) for seed in study.method.rankings]
                text = ", ".join(f"{name} {np.mean([weights[name] for weights in found]):.2f}" for name in found[0])
                sources = len(study.hidden(facet).domains)
                rows.append([study.method.label, NAMES[facet], weighting, sources, text])
    return Table("a-learned-weights", ("ensemble", "facet", "weighting", "hidden providers", "weights"), rows, {})


def provider_table(
    pictures: Pictures, method: Method, rankings: Mapping[str, Callable[[str, str], list[PictureMetrics]]]
) -> Table:
    """R-Precision by provider of the Outer test; `rankings` gives per name the results of (split, facet), by seed."""
    columns = ("facet", "provider", "pictures", *rankings)
    rows: list[list[Cell | Spread]] = []
    providers = pictures.providers(next(iter(method.rankings.values())).run.scores("outer").ids)
    for facet in method.facets:
        found = {name: results("outer", facet) for name, results in rankings.items()}
        own = providers[next(iter(found.values()))[0].rows]
        for provider in sorted(set(own.tolist())):
            row: list[Cell | Spread] = [NAMES[facet], provider, int((own == provider).sum())]
            for results in found.values():
                row.append(Spread(tuple(float(r.r_precision[own == provider].mean()) for r in results)))
            rows.append(row)
    return Table("a-outer-by-provider", columns, rows, {})
