"""The sources of studies (c) and (d) with a watcher: one provider's pictures, some objects of which are decided.

A session is one source, one draw of the objects that a person decides, and what is then said of the rest. Objects are
drawn whole (all their pictures are decided), and the more objects are decided the longer the same list is read.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fitxa_trainer.compare.calibrated import FOLDS, STUDIED, calibrate, folds_of
from fitxa_trainer.compare.methods import Part, Ranking
from fitxa_trainer.compare.weights import ENOUGH, WeightStudy
from fitxa_trainer.dataset.facets import PATH_SEPARATOR
from fitxa_trainer.dataset.hierarchy import Hierarchy, build_hierarchy
from fitxa_trainer.ensembles.combining import combine
from fitxa_trainer.ensembles.metrics import Truth
from fitxa_trainer.ensembles.safe_level import PRECISION, safe_terms, watched_threshold
from fitxa_trainer.ensembles.watched import ShiftPrior, learn_shift, object_shares

Values = NDArray[np.float64]
Columns = NDArray[np.int64]

#: What proposes safe terms; see watched.py.
POLICIES: tuple[str, ...] = ("stated", "tested", "adapted", "watched")
#: Objects that must be left to judge a session by.
LEFT = 5


@dataclass(frozen=True)
class WatchedSource:
    """The labelled pictures of one provider as one run sees them.

    `rows` (pictures,) are their rows among the labelled pictures of the split; `scores`, `probability` (calibrated on
    validation, without the pictures themselves) and `truth` are (pictures, terms).
    """

    provider: str
    rows: NDArray[np.int64]
    scores: Values
    probability: Values
    truth: Truth
    groups: NDArray[np.str_]
    depths: tuple[int, ...]
    tree: Hierarchy

    def decided(self, count: int, draw: int) -> NDArray[np.bool_] | None:
        """Which pictures are decided, (pictures,), when `count` objects are; None when too few objects are left."""
        names, places = np.unique(self.groups, return_inverse=True)
        if len(names) < count + LEFT:
            return None
        order = np.random.default_rng([draw, *self.provider.encode()]).permutation(len(names))
        return np.asarray(np.isin(places, order[:count]))


@dataclass(frozen=True)
class Session:
    """What is said of the pictures left, `left` (pictures left,) being their places in the source.

    `adapted` (pictures left, terms) are the probabilities after the decisions; `columns` (pictures left,) the safe term
    of each by policy, -1 if there is none.
    """

    source: WatchedSource
    left: NDArray[np.int64]
    adapted: Values
    columns: Mapping[str, Columns]


def sources_of(
    study: WeightStudy, ranking: Ranking, weights: Mapping[str, float], split: str, facet: str
) -> list[WatchedSource]:
    """The providers of `split`; validation itself is calibrated in folds. None where validation calibrates nothing."""
    run = ranking.run
    known, asked = study.domain(ranking, "validation", facet), study.domain(ranking, split, facet)
    known_rows, labelled = ((domain.truth > 0).any(axis=1) for domain in (known, asked))
    if not known_rows.any():
        return []
    ids = np.array(run.scores(split).ids)[labelled].tolist()
    groups, providers = study.pictures.groups(ids), study.pictures.providers(ids)
    scores, truth = combine(asked.members, weights)[labelled], asked.truth[labelled]
    known_scores = combine(known.members, weights)[known_rows]
    folds = folds_of(groups) if split == "validation" else None
    probability = calibrate(known_scores, known.truth[known_rows], scores, folds)
    depths = tuple(key.count(PATH_SEPARATOR) + 1 for key in run.terms[facet])
    tree = build_hierarchy(run.terms[facet])
    found = []
    for provider in sorted(set(providers.tolist())):
        rows = np.flatnonzero(providers == provider)
        own = (scores[rows], probability[rows], truth[rows], groups[rows])
        found.append(WatchedSource(provider, rows, *own, depths, tree))
    return found


def known_sources(study: WeightStudy, seed: int, facet: str) -> list[WatchedSource]:
    """The providers of validation."""
    return sources_of(study, study.method.rankings[seed], study.weights(seed, facet, STUDIED), "validation", facet)


def hidden_sources(study: WeightStudy, seed: int, facet: str) -> list[WatchedSource]:
    """The hidden providers with enough labelled pictures, as the runs that hide them see them."""
    weights = study.weights(seed, facet, STUDIED)
    found = []
    for run in study.runs.hidden():
        if facet in run.terms and set(weights) <= set(run.scores("outer").members):
            ranking = Ranking(tuple(Part(run, name) for name in weights))
            sources = sources_of(study, ranking, weights, "outer", facet)
            found += [source for source in sources if len(source.rows) >= ENOUGH]
    return found


def hold_session(source: WatchedSource, prior: ShiftPrior, count: int, draw: int) -> Session | None:
    """The session in which `count` objects of `source` are decided; None when too few objects would be left."""
    decided = source.decided(count, draw)
    if decided is None:
        return None
    rows, left = np.flatnonzero(decided), np.flatnonzero(~decided)
    adapted = _adapt(source, prior, rows, left)
    stated = source.probability
    counts = object_shares(source.groups[rows])
    plain = watched_threshold(stated[rows], source.truth[rows], source.depths, counts)
    judged = _judged_by_others(source, prior, rows, draw)
    shown = watched_threshold(judged, source.truth[rows], source.depths, counts)
    columns = {
        "stated": safe_terms(stated[left], source.depths, PRECISION),
        "tested": _safe(stated[left], source.depths, plain),
        "adapted": safe_terms(adapted, source.depths, PRECISION),
        "watched": _safe(adapted, source.depths, shown),
    }
    return Session(source, left, adapted, columns)


def _safe(confidence: Values, depths: Sequence[int], threshold: float | None) -> Columns:
    """The safe terms, none without a threshold."""
    if threshold is None:
        return np.full(len(confidence), -1, dtype=np.int64)
    return safe_terms(confidence, depths, threshold)


def _adapt(source: WatchedSource, prior: ShiftPrior, decided: NDArray[np.int64], asked: NDArray[np.int64]) -> Values:
    """Probabilities of the pictures `asked` after those `decided`."""
    counts = object_shares(source.groups[decided])
    shift = learn_shift(source.probability[decided], source.truth[decided], counts, prior)
    return shift.apply(source.probability[asked], source.tree)


def _judged_by_others(source: WatchedSource, prior: ShiftPrior, decided: NDArray[np.int64], draw: int) -> Values:
    """Probabilities of the decided pictures, each after the decisions of the other folds; objects stay together."""
    names, places = np.unique(source.groups[decided], return_inverse=True)
    folds = (np.random.default_rng(draw).permutation(len(names)) % FOLDS)[places]
    judged = np.zeros((len(decided), source.probability.shape[1]))
    for fold in range(FOLDS):
        inside = folds == fold
        judged[inside] = _adapt(source, prior, decided[~inside], decided[inside])
    return judged
