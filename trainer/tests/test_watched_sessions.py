"""Sessions with decided objects on runs whose members' quality is known, and the sums that are drawn from them."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from fitxa_trainer.compare import bootstrap, watched, watched_sessions
from fitxa_trainer.compare.bootstrap import Interval, Level, mean_interval, ratio_interval, share_interval
from fitxa_trainer.compare.methods import find_methods
from fitxa_trainer.compare.pictures import load_pictures
from fitxa_trainer.compare.runs import Runs, load_runs
from fitxa_trainer.compare.tables import Spread, Table
from fitxa_trainer.compare.watched_prior import DEFAULT, PRIORS, LearnedPrior, learn_prior, log_loss
from fitxa_trainer.compare.watched_sessions import watch
from fitxa_trainer.compare.watched_sources import (
    POLICIES,
    WatchedSource,
    hidden_sources,
    hold_session,
    known_sources,
    sources_of,
)
from fitxa_trainer.compare.weights import WeightStudy
from fitxa_trainer.dataset.hierarchy import build_hierarchy
from synthetic_runs import COUNTS, OUTER, World, make_run, make_world

#: Members that are good on known sources and of which all but one are poor on new ones.
NEAR = {"multilabel": 0.25, "softmax": 0.25, "clip-prompt": 0.3}
FAR = {"multilabel": 0.6, "softmax": 0.3, "clip-prompt": 0.6}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_world(tmp_path_factory.mktemp("watched") / "data")


@pytest.fixture(scope="module")
def folder(world: World) -> Path:
    runs = world.data.parent / "runs"
    for seed in (1, 2):
        make_run(world, runs, "shared-3", seed, NEAR, far_noise=FAR)
    for provider in ("clothing", "trashnet"):
        make_run(world, runs, f"without-{provider}", 1, NEAR, hidden=provider, far_noise=FAR)
    return runs


@pytest.fixture(scope="module")
def study(world: World, folder: Path) -> WeightStudy:
    runs = load_runs(folder)
    pictures = load_pictures(world.data, runs.reference().path / "split.csv")
    return WeightStudy(pictures, runs, find_methods(runs)["shared-3"])


def source(groups: list[str], truth: list[list[int]], probability: list[list[float]]) -> WatchedSource:
    """A source of the provider "p" with terms a, a | b and c."""
    values = np.array(probability)
    tree = build_hierarchy(("m/a", "m/a | b", "m/c"))
    marks = np.array(truth, dtype=np.int8)
    return WatchedSource("p", np.arange(len(groups)), values, values, marks, np.array(groups), (1, 2, 1), tree)


def test_objects_are_decided_whole_and_more_decisions_hold_the_fewer_ones() -> None:
    groups = [name for name in "abcdefghijkl" for _ in range(3)]
    one = source(groups, [[1, 1, 0]] * 36, [[0.8, 0.7, 0.1]] * 36)
    few, more = one.decided(3, draw=0), one.decided(7, draw=0)
    assert few is not None and more is not None
    assert len({groups[row] for row in np.flatnonzero(few)}) == 3 and few.sum() == 9
    assert (more >= few).all() and more.sum() == 21
    # Twelve objects: with eight decided fewer than five are left.
    assert one.decided(8, draw=0) is None and hold_session(one, DEFAULT, 8, 0) is None
    draws = [one.decided(3, draw) for draw in range(5)]
    assert len({found.tobytes() for found in draws if found is not None}) > 1


def test_a_session_says_what_each_policy_proposes() -> None:
    # All objects are c, the model says a | b: only what has looked at the decisions can know.
    wrong = source([str(number) for number in range(40)], [[0, 0, 1]] * 40, [[0.97, 0.95, 0.03]] * 40)
    session = hold_session(wrong, DEFAULT, 20, 0)
    assert session is not None and set(session.columns) == set(POLICIES)
    assert set(session.columns["stated"].tolist()) == {1} and set(session.columns["tested"].tolist()) == {-1}
    assert set(session.columns["adapted"].tolist()) == set(session.columns["watched"].tolist()) == {2}
    decided = wrong.decided(20, 0)
    assert decided is not None and sorted([*session.left, *np.flatnonzero(decided)]) == list(range(40))
    # The same model where it is right: nothing is lost.
    right = replace(wrong, truth=np.tile(np.array([[1, 1, 0]], dtype=np.int8), (40, 1)))
    session = hold_session(right, DEFAULT, 20, 0)
    assert session is not None and all(set(columns.tolist()) == {1} for columns in session.columns.values())
    # And where nobody can tell: every other object is c.
    marks = np.array([[1, 1, 0], [0, 0, 1]] * 20, dtype=np.int8)
    session = hold_session(replace(wrong, truth=marks), DEFAULT, 20, 0)
    assert session is not None and set(session.columns["watched"].tolist()) == {-1}


def test_sums_over_sessions_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watched_sessions, "DRAWS", 3)
    wrong = source([str(number) for number in range(40)], [[0, 0, 1]] * 40, [[0.97, 0.95, 0.03]] * 40)
    small = replace(
        wrong,
        provider="q",
        rows=np.arange(40, 44),
        **{name: getattr(wrong, name)[:4] for name in ("scores", "probability", "truth", "groups")},
    )
    found = watch({1: [wrong, small], 2: [wrong, small]}, DEFAULT, 20)
    assert found is not None and found.pictures() == 20 and found.left.sum() == 6 * 20
    assert {session.provider for session in found.sessions} == {"p"} and len(found.sessions) == 6
    stated, adapted = found.tallies["stated"], found.tallies["watched"]
    assert stated.proposed.sum() == 120 and stated.right.sum() == 0 and stated.deep.sum() == 120
    assert adapted.right.sum() == 120 and adapted.depth.sum() == 120 and adapted.deep.sum() == 0
    # R-Precision: one true term, last before the decisions and first after them.
    assert found.plain.sum() == 0 and found.gain.sum() == 120
    # Before: gaps of 0.97, 0.95 and 0.97.
    before, after = found.errors[1][0]
    assert before == pytest.approx((0.97 + 0.95 + 0.97) / 3) and after < 0.1
    assert watch({1: [small]}, DEFAULT, 20) is None


def test_sources_are_the_providers_with_labels(study: WeightStudy) -> None:
    known = known_sources(study, 1, "materials")
    assert [one.provider for one in known] == ["clothing", "trashnet"]
    rows = np.concatenate([one.rows for one in known])
    assert sorted(rows.tolist()) == list(range(COUNTS["validation"]))
    hidden = hidden_sources(study, 1, "materials")
    assert sorted(one.provider for one in hidden) == ["clothing", "trashnet"]
    # A hidden provider's pictures are those of training and validation.
    assert all(len(one.rows) == (COUNTS["train"] + COUNTS["validation"]) / 2 for one in hidden)
    weights = study.weights(1, "materials", "tree, left-out")
    (outer,) = sources_of(study, study.method.rankings[1], weights, "outer", "materials")
    assert outer.provider == OUTER and outer.probability.shape == (COUNTS["outer"], 6)


def test_the_prior_is_learned_from_known_and_hidden_sources_and_not_made_up(study: WeightStudy) -> None:
    learned = learn_prior(study, (10,))
    assert learned.prior in PRIORS and learned.known is not None and learned.hidden is not None
    # Members that fail on new sources: there the decisions tell most.
    assert learned.hidden[1] < learned.hidden[0]
    assert learned.hidden[0] - learned.hidden[1] > learned.known[0] - learned.known[1]
    assert learn_prior(study, (1000,)) == LearnedPrior(DEFAULT, None, None)
    assert log_loss(np.array([[0.5, 0.5], [0.25, 0.9]]), np.array([[1, 0], [1, -1]])) == pytest.approx(
        1.5 * np.log(2) + np.log(2) / 2
    )


def test_ratios_and_their_intervals() -> None:
    rng = np.random.default_rng(4)
    groups = rng.integers(0, 30, 100).astype(np.str_)
    values = rng.random(100)
    assert ratio_interval(values, np.ones(100), groups) == mean_interval(values, groups)
    share = share_interval(np.array([1.0, 1.0, 0.0]), np.array([2.0, 1.0, 1.0]), np.array(["a", "b", "c"]))
    assert share.mean == 0.5 and 0 <= share.low < 0.5 < share.high <= 1
    assert np.isnan(share_interval(np.zeros(2), np.zeros(2), np.array(["a", "b"])).mean)
    table = Table("t", ("gain", "share"), [[Interval(0.1, 0.05, 0.2), Level(0.9, 0.85, 0.95)]], {"gain": 2, "share": 2})
    assert table.markdown().splitlines()[-1] == "| +0.10 [+0.05, +0.20] | 0.90 [0.85, 0.95] |"


def test_the_tables_show_what_decisions_gain(study: WeightStudy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "DRAWS", 100)
    monkeypatch.setattr(watched_sessions, "DRAWS", 3)
    monkeypatch.setattr(watched, "COUNTS", (20, 500))
    tables = watched.watched_tables(study)
    calibration, safe, providers = tables.calibration, tables.safe, tables.providers
    assert [row[0] for row in tables.prior.rows] == ["Validation", "Hidden"]
    rows = {(row[0], row[1]): dict(zip(calibration.columns, row, strict=True)) for row in calibration.rows}
    # Nobody has five hundred objects, and Outer has no disciplines.
    assert set(rows) == {("Materials", "Inner"), ("Materials", "Outer"), ("Disciplines", "Inner")}
    outer = rows["Materials", "Outer"]
    assert outer["pictures left"] == COUNTS["outer"] - 20 and outer["sources"] == 1
    before, after = outer["validation"], outer["watched"]
    assert isinstance(before, Spread) and isinstance(after, Spread) and len(after.values) == 2
    assert after.mean < before.mean
    shares = {(row[0], row[1], row[2]): dict(zip(safe.columns, row, strict=True)) for row in safe.rows}
    watched_row, stated_row = (shares["Materials", policy, 20] for policy in ("watched", "stated"))
    assert watched_row["Inner pictures left"] == COUNTS["inner"] - 40
    right, stated = watched_row["Inner right"], stated_row["Inner with a proposal"]
    assert isinstance(right, Level) and right.mean > 0.9 and isinstance(stated, Level) and stated.mean > 0.5
    assert shares["Disciplines", "watched", 20]["Outer pictures left"] == 0
    assert shares["Materials", "watched", 500]["Inner pictures left"] == 0
    kinds = {(row[1], row[2]) for row in providers.rows if row[0] == "Materials"}
    assert kinds == {
        *(("Validation", name) for name in ("clothing", "trashnet")),
        *(("Hidden", name) for name in ("clothing", "trashnet")),
        *(("Inner", name) for name in ("clothing", "trashnet")),
        ("Outer", OUTER),
    }


def test_without_hidden_providers_the_prior_is_that_of_validation(study: WeightStudy) -> None:
    alone = Runs(tuple(run for run in study.runs.runs if run.hidden_provider is None))
    single = WeightStudy(study.pictures, alone, study.method)
    learned = learn_prior(single, (10,))
    assert hidden_sources(single, 1, "materials") == [] and learned.hidden is None and learned.prior in PRIORS
