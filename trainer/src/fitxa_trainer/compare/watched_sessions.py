"""Many sessions (watched_sources.py) added up: calibration, R-Precision and safe terms after first decisions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from fitxa_trainer.compare.watched_sources import POLICIES, Session, WatchedSource, hold_session
from fitxa_trainer.ensembles.calibration import expected_calibration_error
from fitxa_trainer.ensembles.metrics import picture_metrics
from fitxa_trainer.ensembles.watched import ShiftPrior

Values = NDArray[np.float64]

#: How often the decided objects are drawn.
DRAWS = 20


@dataclass
class Tally:
    """Sums over draws and seeds by picture, (pictures,): proposals, right ones, those at depth 2 or more, depths."""

    proposed: Values
    right: Values
    deep: Values
    depth: Values

    def add(self, session: Session, policy: str) -> tuple[int, int]:
        """Count the proposals of a session; returns how many there are, and how many are right."""
        columns = session.columns[policy]
        places = np.flatnonzero(columns >= 0)
        rows = session.source.rows[session.left[places]]
        right = session.source.truth[session.left[places], columns[places]] > 0
        depth = np.asarray(session.source.depths)[columns[places]]
        self.proposed[rows] += 1
        self.right[rows] += right
        self.deep[rows] += depth >= 2
        self.depth[rows] += depth
        return len(rows), int(right.sum())


@dataclass(frozen=True)
class SessionFigures:
    """One session: the calibration error before and after, and (proposals, right ones) by policy."""

    provider: str
    before: float
    after: float
    proposals: dict[str, tuple[int, int]]


@dataclass
class Watched:
    """All sessions on a facet of a split with one number of decided objects.

    `left` (pictures,) says in how many sessions a picture was left, `gain` sums what R-Precision gained in them;
    `errors` holds by run the calibration errors (before, after) of the sources of a draw taken together.
    """

    providers: NDArray[np.str_]
    groups: NDArray[np.str_]
    left: Values
    plain: Values
    gain: Values
    tallies: dict[str, Tally]
    errors: dict[int, list[tuple[float, float]]] = field(default_factory=dict)
    sessions: list[SessionFigures] = field(default_factory=list)

    def pictures(self, rows: NDArray[np.bool_] | None = None) -> int:
        """Pictures left in a draw, on average."""
        left = self.left if rows is None else self.left[rows]
        draws = sum(len(found) for found in self.errors.values())
        return round(float(left.sum()) / max(1, draws))


def watch(sources: Mapping[int, Sequence[WatchedSource]], prior: ShiftPrior, count: int) -> Watched | None:
    """The sessions with `count` decided objects on the sources of one split, by run; None when none has enough."""
    found: Watched | None = None
    for run, own in sources.items():
        for draw in range(DRAWS):
            held = [hold_session(source, prior, count, draw) for source in own]
            sessions = [session for session in held if session is not None]
            if not sessions:
                return None
            found = found or _empty(own)
            found.errors.setdefault(run, []).append(_errors(sessions))
            for session in sessions:
                _count(found, session)
    return found


def _empty(sources: Sequence[WatchedSource]) -> Watched:
    """Nothing counted yet, for the labelled pictures of a split."""
    size = sum(len(source.rows) for source in sources)
    width = max(len(text) for source in sources for text in (source.provider, *source.groups.tolist()))
    providers, groups = np.empty(size, dtype=f"U{width}"), np.empty(size, dtype=f"U{width}")
    for source in sources:
        providers[source.rows], groups[source.rows] = source.provider, source.groups
    tallies = {policy: Tally(*(np.zeros(size) for _ in range(4))) for policy in POLICIES}
    return Watched(providers, groups, np.zeros(size), np.zeros(size), np.zeros(size), tallies)


def _errors(sessions: Sequence[Session]) -> tuple[float, float]:
    """The calibration error of all pictures left, as validation says and after the decisions."""
    truth = np.concatenate([session.source.truth[session.left] for session in sessions])
    before = np.concatenate([session.source.probability[session.left] for session in sessions])
    after = np.concatenate([session.adapted for session in sessions])
    return expected_calibration_error(before, truth), expected_calibration_error(after, truth)


def _count(found: Watched, session: Session) -> None:
    source, left = session.source, session.left
    rows = source.rows[left]
    plain = picture_metrics(source.scores[left], source.truth[left]).r_precision
    # Where the calibrated curve is flat the score still separates terms.
    moved = picture_metrics(session.adapted + 1e-6 * source.scores[left], source.truth[left]).r_precision
    found.left[rows] += 1
    found.plain[rows] += plain
    found.gain[rows] += moved - plain
    proposals = {policy: tally.add(session, policy) for policy, tally in found.tallies.items()}
    found.sessions.append(SessionFigures(source.provider, *_errors([session]), proposals))
