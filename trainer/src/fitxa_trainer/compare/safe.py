"""Study (d): the safe level at the 90 % setting on both tests.

- *stated*: the deepest term whose calibrated probability (isotonic regression on validation) reaches 0.9;
- *certified*: the confidence is a logistic regression on several kinds of evidence (EVIDENCE) fitted on validation, and
  the threshold is certified there, in five folds by group of which each is judged by the other four;
- *certified under shift*: the same with the regression fitted on validation and the hidden providers (weights.py), and
  the threshold certified on both at once: nine of ten right on validation; and of the pictures of hidden providers,
  each judged by a regression that has not seen its provider, at most one in ten with a wrong proposal. Left out where
  no hidden provider has labels enough in the facet.

The members follow the tree (weights.py), so the terms above a proposed one are at least as sure as it. Nothing of the
tests is used for any choice.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fitxa_trainer.compare.calibrated import FOLDS, STUDIED, calibrate, folds_of
from fitxa_trainer.compare.methods import Part, Ranking
from fitxa_trainer.compare.tables import NAMES, SPLITS, Cell, Spread, Table
from fitxa_trainer.compare.weights import ENOUGH, WeightStudy
from fitxa_trainer.dataset.facets import PATH_SEPARATOR
from fitxa_trainer.dataset.hierarchy import Hierarchy, build_hierarchy
from fitxa_trainer.ensembles.combining import combine
from fitxa_trainer.ensembles.consistency import raise_parents
from fitxa_trainer.ensembles.logistic import Logistic, fit_logistic, log_odds
from fitxa_trainer.ensembles.metrics import Truth
from fitxa_trainer.ensembles.neighbours import nearest, support
from fitxa_trainer.ensembles.safe_level import PRECISION, Proposals, certify_threshold, propose
from fitxa_trainer.ensembles.shift import disagreement

Values = NDArray[np.float64]

POLICIES: tuple[str, ...] = ("stated", "certified", "certified under shift")

#: What the confidence under shift rests on, per picture and term.
EVIDENCE: tuple[str, ...] = (
    "log odds of the calibrated probability",
    "log odds of the lowest member's calibrated probability",
    "share of the ten nearest training pictures that have the term",
    "share of validation pictures that are nearer to the training pictures",
    "disagreement of the members",
)
#: Terms below this probability teach the regression nothing and are never proposed.
_HOPELESS = 0.02


@dataclass(frozen=True)
class Source:
    """Labelled pictures of one source as one run sees them.

    `probability` (pictures, terms) is calibrated without the pictures themselves; `evidence` is (pictures, terms, 5).
    """

    probability: Values
    evidence: Values
    truth: Truth
    depths: tuple[int, ...]
    tree: Hierarchy
    groups: NDArray[np.str_]


@dataclass(frozen=True)
class Outcome:
    """Threshold and proposals of one seed under one policy; the threshold is None when nothing could be certified."""

    threshold: float | None
    proposals: Proposals


class SafeStudy:
    """The policies for one facet and seed of the ensemble of `study`."""

    def __init__(self, study: WeightStudy, seed: int, facet: str) -> None:
        self._study = study
        self._facet = facet
        self._weights = study.weights(seed, facet, STUDIED)
        self._ranking = study.method.rankings[seed]
        self._validation = self._source(self._ranking, "validation", cross_fit=True)
        self._hidden = list(self._hidden_sources())

    def _hidden_sources(self) -> Sequence[Source]:
        names = list(self._weights)
        found = []
        for run in self._study.runs.hidden():
            if self._facet in run.terms and set(names) <= set(run.scores("outer").members):
                source = self._source(Ranking(tuple(Part(run, name) for name in names)), "outer")
                if len(source.truth) >= ENOUGH:
                    found.append(source)
        return found

    def _source(self, ranking: Ranking, split: str, cross_fit: bool = False) -> Source:
        """The labelled pictures of `split`; with `cross_fit` calibrated in folds, as the split is validation itself."""
        study, facet, run = self._study, self._facet, ranking.run
        tree = build_hierarchy(run.terms[facet])
        known, asked = study.domain(ranking, "validation", facet), study.domain(ranking, split, facet)
        labelled = (asked.truth > 0).any(axis=1)
        ids = np.array(run.scores(split).ids)[labelled]
        groups = study.pictures.groups(ids.tolist())
        folds = folds_of(groups) if cross_fit else None
        known_rows = (known.truth > 0).any(axis=1)

        def calibrated(known_scores: Values, asked_scores: Values) -> Values:
            return calibrate(known_scores[known_rows], known.truth[known_rows], asked_scores[labelled], folds)

        each = {name: calibrated(known.members[name], asked.members[name]) for name in self._weights}
        probability = calibrated(combine(known.members, self._weights), combine(asked.members, self._weights))
        per_picture = (
            study.distance(run, split)[labelled],
            disagreement(list(asked.members.values()))[labelled],
        )
        evidence = np.stack(
            [
                log_odds(probability),
                log_odds(np.min(list(each.values()), axis=0)),
                self._support(ranking, split)[labelled],
                *(np.broadcast_to(values[:, None], probability.shape) for values in per_picture),
            ],
            axis=2,
        )
        depths = tuple(key.count(PATH_SEPARATOR) + 1 for key in run.terms[facet])
        return Source(probability, evidence, asked.truth[labelled], depths, tree, groups)

    def _support(self, ranking: Ranking, split: str) -> Values:
        """The share of the ten nearest training pictures with labels in the facet that have a term."""
        run = ranking.run
        train = run.scores("train")
        truth = self._study.pictures.truth(train.ids, self._facet, run.terms[self._facet]) > 0
        labelled = truth.any(axis=1)
        found = nearest(run.scores(split).embedding, train.embedding[labelled])
        return support(found, truth[labelled]).astype(np.float64)

    def outcome(self, split: str, policy: str) -> Outcome | None:
        """The proposals for a test split; None where the policy cannot be had."""
        if not len(self._validation.truth):
            return None
        asked = self._source(self._ranking, split)
        if policy == "stated":
            return Outcome(PRECISION, propose(asked.probability, asked.truth, asked.depths, PRECISION))
        hidden = self._hidden if policy == "certified under shift" else []
        if policy == "certified under shift" and not hidden:
            return None
        threshold = self._threshold(hidden)
        confidence = _confidence(self._fit(self._validation, hidden), asked)
        return Outcome(threshold, propose(confidence, asked.truth, asked.depths, threshold))

    def _fit(self, validation: Source, hidden: Sequence[Source]) -> Logistic:
        """The regression on validation and the hidden providers, which together count as much as validation."""
        features, right, counts = [], [], []
        for source, share in [(validation, 1.0), *((one, 1.0 / max(1, len(hidden))) for one in hidden)]:
            rows = (source.probability >= _HOPELESS) & (source.truth >= 0)
            features.append(source.evidence[rows])
            right.append(source.truth[rows] > 0)
            counts.append(np.full(int(rows.sum()), share * 1000.0 / max(1, rows.sum())))
        return fit_logistic(np.concatenate(features), np.concatenate(right), np.concatenate(counts))

    def _threshold(self, hidden: Sequence[Source]) -> float | None:
        """The threshold certified on validation and on the hidden providers, all by regressions new to them."""
        validation = self._validation
        folds = folds_of(validation.groups)
        confidence = np.zeros_like(validation.probability)
        for fold in range(FOLDS):
            inside = folds == fold
            if inside.any() and not inside.all():
                fitted = self._fit(_rows(validation, ~inside), hidden)
                confidence[inside] = _confidence(fitted, _rows(validation, inside))
        if not hidden:
            return certify_threshold((confidence, validation.truth), validation.depths)
        others = []
        for place, source in enumerate(hidden):
            fitted = self._fit(validation, [*hidden[:place], *hidden[place + 1 :]])
            others.append((_confidence(fitted, source), source))
        return _certify((confidence, validation), others)


def _certify(known: tuple[Values, Source], others: Sequence[tuple[Values, Source]]) -> float | None:
    """A threshold certified on the known source and on all others taken together."""
    depth = max(max(source.depths) for _, source in [known, *others])
    new = [_by_depth(*one, depth) for one in others]
    together = (np.concatenate([values for values, _ in new]), np.concatenate([truth for _, truth in new]))
    return certify_threshold(_by_depth(*known, depth), tuple(range(1, depth + 2)), new=together)


def _by_depth(confidence: Values, source: Source, depth: int) -> tuple[Values, Truth]:
    """Confidence and truth of the most confident term at each depth, both (pictures, depth + 1).

    The safe term is among them, whatever the threshold, so sources with different vocabularies can be combined. The
    last column is right and never proposed: all pictures here are labelled, and those whose best terms are wrong count.
    """
    best = np.full((len(confidence), depth + 1), -1.0)
    truth = np.zeros((len(confidence), depth + 1), dtype=np.int8)
    truth[:, depth] = 1
    for level in range(1, depth + 1):
        columns = np.flatnonzero(np.asarray(source.depths) == level)
        if len(columns):
            known = np.where(source.truth[:, columns] >= 0, confidence[:, columns], -1.0)
            place = known.argmax(axis=1)[:, None]
            best[:, level - 1] = np.take_along_axis(known, place, axis=1)[:, 0]
            truth[:, level - 1] = np.take_along_axis(source.truth[:, columns], place, axis=1)[:, 0]
    return best, truth


def _rows(source: Source, rows: NDArray[np.bool_]) -> Source:
    return Source(
        source.probability[rows],
        source.evidence[rows],
        source.truth[rows],
        source.depths,
        source.tree,
        source.groups[rows],
    )


def _confidence(fitted: Logistic, source: Source) -> Values:
    """The regression's confidence, no parent below its children; hopeless terms get none."""
    stated = fitted.apply(source.evidence.reshape(-1, len(EVIDENCE))).reshape(source.probability.shape)
    return raise_parents(np.where(source.probability >= _HOPELESS, stated, 0.0), source.tree)


def safe_tables(study: WeightStudy) -> tuple[Table, Table]:
    """The policies by facet and test, and the same on Outer by provider."""
    columns = ("facet", "policy", "threshold")
    columns_of = ("pictures", "with a proposal", "right", "at depth 2 or more", "mean depth", "wrong of all")
    rows: list[list[Cell | Spread]] = []
    providers: list[list[Cell | Spread]] = []
    for facet in study.method.facets:
        studies = {seed: SafeStudy(study, seed, facet) for seed in study.method.rankings}
        for policy in POLICIES:
            row: list[Cell | Spread] = [NAMES[facet], policy]
            threshold: Cell | Spread = None
            cells: list[Cell | Spread] = []
            for split in SPLITS:
                found = [one for one in (safe.outcome(split, policy) for safe in studies.values()) if one is not None]
                certified = [one.threshold for one in found if one.threshold is not None]
                threshold = Spread(tuple(certified)) if certified else threshold
                cells += _cells(found)
                if split == "outer":
                    providers += _provider_rows(study, facet, policy, found)
            rows.append([*row, threshold, *cells])
    titles = tuple(f"{title} {name}" for title in SPLITS.values() for name in columns_of)
    return (
        Table("d-safe-level", (*columns, *titles), rows, {}),
        Table("d-safe-by-provider", ("facet", "provider", "policy", *columns_of), providers, {}),
    )


def _cells(found: Sequence[Outcome]) -> list[Cell | Spread]:
    """Pictures, and over seeds: coverage, precision, share with a proposal at depth 2 or more, mean depth, wrong."""
    proposals = [one.proposals for one in found]
    if not proposals or not len(proposals[0].columns):
        return [0, None, None, None, None, None]
    filled = [one for one in proposals if len(one.right)]
    return [
        len(proposals[0].columns),
        Spread(tuple(one.coverage for one in proposals)),
        Spread(tuple(one.precision for one in filled)) if filled else None,
        Spread(tuple(float((one.depth >= 2).sum()) / len(one.columns) for one in proposals)),
        Spread(tuple(float(one.depth.mean()) for one in filled)) if filled else None,
        Spread(tuple(one.wrong for one in proposals)),
    ]


def _provider_rows(study: WeightStudy, facet: str, policy: str, found: Sequence[Outcome]) -> list[list[Cell | Spread]]:
    """The outcome of a policy on Outer, provider by provider."""
    if not found or not len(found[0].proposals.columns):
        return []
    ranking = next(iter(study.method.rankings.values()))
    labelled = (study.domain(ranking, "outer", facet).truth > 0).any(axis=1)
    ids = np.array(ranking.run.scores("outer").ids)[labelled].tolist()
    own = study.pictures.providers(ids)
    rows: list[list[Cell | Spread]] = []
    for provider in sorted(set(own.tolist())):
        part = [Outcome(one.threshold, _part(one.proposals, own == provider)) for one in found]
        rows.append([NAMES[facet], provider, policy, *_cells(part)])
    return rows


def _part(proposals: Proposals, rows: NDArray[np.bool_]) -> Proposals:
    """The proposals of some of the pictures."""
    inside = rows[proposals.columns >= 0]
    return Proposals(proposals.columns[rows], proposals.right[inside], proposals.depth[inside])
