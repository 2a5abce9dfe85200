"""Studies (c) and (d) with a watcher: what a cataloguer's first decisions on a source do for the rest of it.

A source is a provider, as in the app it is an imported folder. Of each provider of both tests some objects, drawn at
random, are decided; what is said of its other pictures is judged, over many draws and all seeds. Calibration and
R-Precision are those of probabilities that the decisions have moved (ensembles/watched.py). Safe terms at the 90 %
setting, all on the same pictures:

- *stated*: the calibrated probability reaches 0.9; decisions are not looked at;
- *tested*: the same probability, at a threshold that the decided pictures of the source allow (`watched_threshold`),
  else nothing;
- *adapted*: the probability moved by the decisions reaches 0.9; not tested;
- *watched*: the moved probability, at a threshold that the decided pictures allow, each judged by the decisions of the
  others.

A provider with too few objects to have some left is no source there. The prior of what sources differ in comes from
validation and hidden providers (watched_prior.py), the test needs none; nothing else is learned. How the rule fares on
those providers stands in the table by provider too: how many decisions it needs can be read there.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fitxa_trainer.compare.bootstrap import ratio_interval, share_interval
from fitxa_trainer.compare.calibrated import STUDIED
from fitxa_trainer.compare.tables import NAMES, SPLITS, Cell, Spread, Table
from fitxa_trainer.compare.watched_prior import LearnedPrior, learn_prior
from fitxa_trainer.compare.watched_sessions import SessionFigures, Watched, watch
from fitxa_trainer.compare.watched_sources import (
    POLICIES,
    WatchedSource,
    hidden_sources,
    known_sources,
    sources_of,
)
from fitxa_trainer.compare.weights import WeightStudy
from fitxa_trainer.ensembles.safe_level import PRECISION
from fitxa_trainer.ensembles.watched import ShiftPrior

#: Objects of a source that are decided.
COUNTS: tuple[int, ...] = (10, 20, 40)
#: The largest calibration error of the bar.
ERROR = 0.05

_HIDDEN = "Hidden"
_SAFE = ("with a proposal", "right", "at depth 2 or more", "mean depth", "wrong of all")
#: Sessions by facet, title of the split, and number of decided objects; hidden providers are a split each.
_Found = dict[tuple[str, str, int], list[Watched]]


@dataclass(frozen=True)
class WatchedTables:
    """The prior; calibration and R-Precision by facet, test and decided objects; the safe level; both by provider."""

    prior: Table
    calibration: Table
    safe: Table
    providers: Table


def watched_tables(study: WeightStudy) -> WatchedTables:
    """Hold all sessions and draw the tables from them."""
    learned = learn_prior(study, COUNTS)
    found = _all_sessions(study, learned.prior)
    return WatchedTables(
        _prior_table(learned), _calibration_table(found), _safe_table(study, found), _provider_table(found)
    )


def _prior_table(learned: LearnedPrior) -> Table:
    """The deviations, and by kind of provider the log loss of a picture without and with decisions."""
    prior = learned.prior
    rows: list[list[Cell | Spread]] = [
        [title, *(losses or (None, None)), prior.bias, prior.slope, prior.term]
        for title, losses in (("Validation", learned.known), (_HIDDEN, learned.hidden))
    ]
    columns = ("providers", "log loss", "log loss watched", "deviation of bias", "of slope", "of a term")
    return Table("c-watched-prior", columns, rows, {"deviation of bias": 2, "of slope": 2, "of a term": 2})


def _all_sessions(study: WeightStudy, prior: ShiftPrior) -> _Found:
    found: _Found = {}
    for facet in study.method.facets:
        for title, splits in _splits(study, facet):
            for count in COUNTS:
                held = [one for sources in splits if (one := watch(sources, prior, count)) is not None]
                if held:
                    found[facet, title, count] = held
    return found


def _splits(study: WeightStudy, facet: str) -> Iterator[tuple[str, list[Mapping[int, Sequence[WatchedSource]]]]]:
    """Title and sources by run; the hidden providers, which differ in their terms, are a split each."""
    rankings = study.method.rankings
    yield "Validation", [{seed: known_sources(study, seed, facet) for seed in rankings}]
    hidden: dict[str, dict[int, Sequence[WatchedSource]]] = {}
    for source in (source for seed in rankings for source in hidden_sources(study, seed, facet)):
        own = hidden.setdefault(source.provider, {})
        own[len(own)] = [source]
    yield _HIDDEN, list(hidden.values())
    for split, title in SPLITS.items():
        weights = {seed: study.weights(seed, facet, STUDIED) for seed in rankings}
        yield title, [{seed: sources_of(study, one, weights[seed], split, facet) for seed, one in rankings.items()}]


def _calibration_table(found: _Found) -> Table:
    columns = (
        *("facet", "split", "decided objects", "sources", "pictures left", "validation", "watched"),
        *("draws at most 0.05", "R-Prec", "R-Prec watched", "gain"),
    )
    rows: list[list[Cell | Spread]] = []
    for (facet, title, count), (one, *_) in found.items():
        if title not in SPLITS.values():
            continue
        by_seed = [np.mean(errors, axis=0) for errors in one.errors.values()]
        after = [error for errors in one.errors.values() for _, error in errors]
        rows.append(
            [
                *(NAMES[facet], title, count, len({session.provider for session in one.sessions})),
                one.pictures(),
                Spread(tuple(float(before) for before, _ in by_seed)),
                Spread(tuple(float(error) for _, error in by_seed)),
                float(np.mean(np.asarray(after) <= ERROR)),
                *_precision_cells(one, np.ones(len(one.left), dtype=np.bool_)),
            ]
        )
    return Table("c-watched", columns, rows, {})


def _precision_cells(one: Watched, rows: NDArray[np.bool_]) -> list[Cell | Spread]:
    """R-Precision before and after the decisions on the same pictures, and the gain of a picture with its interval."""
    left = one.left[rows]
    plain, gain = float(one.plain[rows].sum() / left.sum()), ratio_interval(one.gain[rows], left, one.groups[rows])
    return [plain, plain + gain.mean, gain]


def _safe_cells(one: Watched, policy: str, rows: NDArray[np.bool_]) -> list[Cell | Spread]:
    """Share with a proposal, share right, at depth 2 or more, mean depth, wrong of all."""
    tally, left, groups = one.tallies[policy], one.left[rows], one.groups[rows]
    proposed, right = tally.proposed[rows], tally.right[rows]
    return [
        share_interval(proposed, left, groups),
        share_interval(right, proposed, groups),
        float(tally.deep[rows].sum() / left.sum()),
        float(tally.depth[rows].sum() / proposed.sum()) if proposed.sum() else None,
        share_interval(proposed - right, left, groups),
    ]


def _safe_table(study: WeightStudy, found: _Found) -> Table:
    titles = tuple(f"{title} {name}" for title in SPLITS.values() for name in ("pictures left", *_SAFE))
    rows: list[list[Cell | Spread]] = []
    for facet in study.method.facets:
        for policy in POLICIES:
            for count in COUNTS:
                cells: list[Cell | Spread] = []
                for title in SPLITS.values():
                    held = found.get((facet, title, count), [])
                    cells += [] if held else [0, *(None for _ in _SAFE)]
                    for one in held:
                        cells += [one.pictures(), *_safe_cells(one, policy, np.ones(len(one.left), dtype=np.bool_))]
                rows.append([NAMES[facet], policy, count, *cells])
    return Table("d-watched", ("facet", "policy", "decided objects", *titles), rows, {})


def _provider_table(found: _Found) -> Table:
    """The watched policy; *sessions* is the share of sessions with a proposal, *kept* that of those 90 % right."""
    columns = (
        *("facet", "split", "provider", "decided objects", "pictures left", *_SAFE, "sessions", "kept"),
        *("error, validation", "error, watched", "R-Prec", "R-Prec watched", "gain"),
    )
    rows: list[list[Cell | Spread]] = []
    for (facet, title, count), held in found.items():
        for one in held:
            for provider, sessions in _by_provider(one):
                rows.append([NAMES[facet], title, provider, count, *_provider_cells(one, provider, sessions)])
    return Table("d-watched-by-provider", columns, rows, {})


def _provider_cells(one: Watched, provider: str, sessions: Sequence[SessionFigures]) -> list[Cell | Spread]:
    own = one.providers == provider
    proposals = [session.proposals["watched"] for session in sessions]
    shares = [right / proposed for proposed, right in proposals if proposed]
    return [
        one.pictures(own),
        *_safe_cells(one, "watched", own),
        len(shares) / len(sessions),
        float(np.mean(np.asarray(shares) >= PRECISION)) if shares else None,
        float(np.mean([session.before for session in sessions])),
        float(np.mean([session.after for session in sessions])),
        *_precision_cells(one, own),
    ]


def _by_provider(one: Watched) -> Iterator[tuple[str, list[SessionFigures]]]:
    for provider in sorted({session.provider for session in one.sessions}):
        yield provider, [session for session in one.sessions if session.provider == provider]
