"""The comparison, on run folders whose members' quality is known."""

import csv
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from fitxa_trainer.cli import main
from fitxa_trainer.compare import bootstrap, unseen, watched_sessions
from fitxa_trainer.compare.bootstrap import mean_interval, mean_over_facets
from fitxa_trainer.compare.methods import find_methods
from fitxa_trainer.compare.page import update_page
from fitxa_trainer.compare.paper_tables import labelled_facets, measure_all, table_of_means, table_of_providers
from fitxa_trainer.compare.pictures import Pictures, load_pictures
from fitxa_trainer.compare.qualitative import choose, thumbnail, verdict
from fitxa_trainer.compare.runs import Runs, load_runs
from fitxa_trainer.compare.safe import SafeStudy
from fitxa_trainer.compare.tables import Spread, Table
from fitxa_trainer.compare.trunks import trunk_table
from fitxa_trainer.compare.unseen import facets_of, hits, queries
from fitxa_trainer.compare.weights import WeightStudy
from fitxa_trainer.ensembles.neighbours import nearest
from fitxa_trainer.errors import InputError
from fitxa_trainer.experiments.leave_out import write_split_rows
from synthetic_runs import COUNTS, OUTER, TERMS, World, make_run, make_world

#: The softmax member holds on new sources, the multi-label one does not; on known ones they are equally good.
NEAR = {"multilabel": 0.25, "softmax": 0.25, "clip-prompt": 0.45}
FAR = {"multilabel": 2.0, "softmax": 0.2, "clip-prompt": 2.0}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_world(tmp_path_factory.mktemp("world") / "data")


@pytest.fixture(scope="module")
def folder(world: World) -> Path:
    runs = world.data.parent / "runs"
    for seed in (1, 2):
        for member, noise in NEAR.items():
            make_run(world, runs, member, seed, {member: noise}, far_noise={member: FAR[member]})
        pair = {name: NEAR[name] for name in ("multilabel", "softmax")}
        make_run(world, runs, "shared", seed, pair, far_noise={name: FAR[name] for name in pair})
        make_run(world, runs, "shared-3", seed, NEAR, far_noise=FAR)
        make_run(world, runs, "multilabel-materials", seed, {"multilabel": 0.0}, facets=["materials"])
        held_out = ["materials/paper | cartró"]
        make_run(world, runs, "multilabel-heldout", seed, {"multilabel": 0.1}, held_out=held_out)
    for provider in ("clothing", "trashnet"):
        make_run(world, runs, f"without-{provider}", 1, NEAR, hidden=provider, far_noise=FAR)
    return runs


@pytest.fixture(scope="module")
def runs(folder: Path) -> Runs:
    return load_runs(folder)


@pytest.fixture(scope="module")
def pictures(world: World, runs: Runs) -> Pictures:
    return load_pictures(world.data, runs.reference().path / "split.csv")


@pytest.fixture(scope="module")
def study(pictures: Pictures, runs: Runs) -> WeightStudy:
    return WeightStudy(pictures, runs, find_methods(runs)["shared-3"])


def test_methods_are_found_with_their_seeds_and_members(runs: Runs) -> None:
    methods = find_methods(runs)
    assert list(methods) == [
        *("multilabel", "multilabel-materials", "softmax", "clip-prompt"),
        *("ml+s", "ml+s+clip", "shared", "shared-3"),
    ]
    assert [run.hidden_provider for run in runs.hidden()] == ["clothing", "trashnet"]
    ranking = methods["shared-3"].rankings[2]
    assert [part.member for part in ranking.parts] == ["multilabel", "softmax", "clip-prompt"]
    scores = ranking.scores("inner", "materials")
    assert scores.shape == (COUNTS["inner"], 6) and scores.sum(axis=1) == pytest.approx(1.0, abs=1e-5)


def test_a_perfect_member_has_perfect_figures_and_outer_leaves_out_the_facet_without_labels(
    runs: Runs, pictures: Pictures
) -> None:
    methods = find_methods(runs)
    results = {split: measure_all(pictures, methods, split) for split in ("inner", "outer")}
    assert labelled_facets(results["inner"]) == {"materials": 80, "disciplines": 80}
    assert labelled_facets(results["outer"]) == {"materials": 60}
    perfect = results["outer"]["multilabel-materials"]["materials"][1]
    assert perfect.r_precision == perfect.acc_at_1 == 1.0
    assert perfect.avg_rank_pos == pytest.approx(1.38, abs=0.1)
    table = table_of_means(methods, results)
    rows = {str(row[0]): dict(zip(table.columns, row, strict=True)) for row in table.rows}
    # One facet of two is not enough for a mean on Inner; on Outer it is all there is.
    alone = rows["Multi-label, Materials alone"]
    assert alone["Inner R-Prec"] is None and alone["Outer R-Prec"] == Spread((1.0, 1.0))
    softmax = rows["Softmax (S)"]
    assert softmax["paper Inner R-Prec"] == 0.77
    assert isinstance(softmax["Outer R-Prec"], Spread) and isinstance(rows["Multi-label (ML)"]["Outer R-Prec"], Spread)
    assert softmax["Outer R-Prec"].mean > rows["Multi-label (ML)"]["Outer R-Prec"].mean + 0.2


def test_figures_by_provider_average_to_those_of_the_facet(runs: Runs, pictures: Pictures) -> None:
    methods = find_methods(runs)
    table = table_of_providers("by-provider", pictures, methods, "inner")
    rows = {str(row[0]): dict(zip(table.columns, row, strict=True)) for row in table.rows}
    ids = runs.reference().scores("inner").ids
    providers = pictures.providers(ids).tolist()
    titles = {name: f"Disciplines, {name}" for name in sorted(set(providers))}
    assert len(titles) > 1 and set(titles.values()) <= set(table.columns)
    facet = measure_all(pictures, methods, "inner")["softmax"]["disciplines"]
    cells = {name: rows["Softmax (S)"][title] for name, title in titles.items()}
    mean = sum(cell.mean * providers.count(name) for name, cell in cells.items() if isinstance(cell, Spread))
    assert mean / len(ids) == pytest.approx(np.mean([found.r_precision for found in facet.values()]))
    assert all(rows["Multi-label, Materials alone"][title] is None for title in titles.values())


def test_weights_learned_on_hidden_providers_beat_equal_ones_on_a_new_source(study: WeightStudy) -> None:
    weights = study.weights(1, "materials", "tree, left-out")
    assert weights["softmax"] >= 0.6
    gain = study.gain("outer", "materials", "tree, left-out", "equal")
    assert gain.low > 0.05
    assert study.best_member("outer", "materials") == "softmax"
    assert study.gain("outer", "materials", "tree, left-out", "softmax").mean > -0.03
    assert study.gain("inner", "materials", "tree, left-out", "equal").mean > -0.02
    # Validation cannot know: it is like Inner.
    assert study.weights(1, "materials", "tree, validation")["softmax"] < weights["softmax"]


def test_the_gate_opens_on_the_new_source(study: WeightStudy) -> None:
    ranking = study.method.rankings[1]
    distance = {split: study.distance(ranking.run, split) for split in ("inner", "outer")}
    assert distance["inner"].mean() == pytest.approx(0.5, abs=0.12) and distance["outer"].mean() > 0.9
    assert study.gain("outer", "materials", "tree, gate (distance)", "equal").low > 0.05


def test_without_hidden_providers_nothing_is_made_up(study: WeightStudy, runs: Runs, pictures: Pictures) -> None:
    alone = WeightStudy(pictures, Runs(tuple(run for run in runs.runs if run.hidden_provider is None)), study.method)
    assert set(alone.weights(1, "materials", "tree, left-out").values()) == {1 / 3}
    assert SafeStudy(alone, 1, "materials").outcome("inner", "certified under shift") is None


def test_the_safe_level_under_shift_is_right_where_the_stated_one_is_not(study: WeightStudy) -> None:
    safe = SafeStudy(study, 1, "materials")
    stated = safe.outcome("inner", "stated")
    assert stated is not None and stated.threshold == 0.9 and stated.proposals.coverage > 0.5
    for split in ("inner", "outer"):
        found = safe.outcome(split, "certified under shift")
        assert found is not None
        assert found.threshold is None or found.proposals.precision >= 0.88


def test_one_trunk_against_several_is_a_paired_difference(pictures: Pictures, runs: Runs) -> None:
    table = trunk_table(pictures, find_methods(runs))
    rows = [row for row in table.rows if row[1] == "Inner" and row[2] == "mean"]
    assert len(rows) == 2
    interval = rows[0][-1]
    # Members of equal noise: the interval holds zero.
    assert not isinstance(interval, str | int | float | Spread | None) and not interval.excludes_zero()


def test_a_split_without_pictures_has_empty_scores_and_one_whose_file_is_lost_is_refused(
    world: World, tmp_path: Path
) -> None:
    run = make_run(world, tmp_path, "softmax", 1, {"softmax": 0.1})
    (run / "scores" / "outer.npz").unlink()
    with pytest.raises(InputError, match=r"outer\.npz cannot be read"):
        load_runs(tmp_path).reference().scores("outer")
    write_split_rows(run / "split.csv", [row for row in world.rows if row.split != "outer"])
    empty = load_runs(tmp_path).reference().scores("outer")
    assert empty.ids == () and empty.members["softmax"]["materials"].shape == (0, 6)
    assert nearest(empty.embedding, load_runs(tmp_path).reference().scores("train").embedding).rows.shape == (0, 10)


def test_a_held_out_term_is_found_by_likeness_and_more_objects_help(pictures: Pictures, runs: Runs) -> None:
    (facet,) = facets_of(pictures, runs.method("multilabel-heldout")[1])
    assert facet.held_out == ("materials/paper | cartró",)
    rows = queries(pictures, facet, "inner")
    truth = [("paper", "cartró") in pictures.examples[f"inner{row:03d}"].record.paths["materials"] for row in rows]
    assert all(truth) and len(rows) > 10
    found = hits(pictures, facet, "inner", 5, draws=3)
    # Six terms in all, so a list of ten shows every term that some accepted object has.
    assert found["neighbours"].mean() == 1.0 and found["merged"].mean() == 1.0


def test_intervals_hold_the_true_mean_and_groups_widen_them() -> None:
    rng = np.random.default_rng(1)
    inside, widths = 0, []
    for _ in range(60):
        values = rng.normal(0.1, 1.0, 120)
        interval = mean_interval(values, np.arange(120).astype(np.str_))
        inside += interval.low <= 0.1 <= interval.high
        widths.append(interval.high - interval.low)
    assert inside >= 51
    assert np.mean(widths) == pytest.approx(2 * 1.96 / np.sqrt(120), rel=0.1)
    repeated = np.repeat(rng.normal(0, 1, 30), 4)
    groups = np.repeat(np.arange(30), 4).astype(np.str_)
    alone, together = mean_interval(repeated, np.arange(120).astype(np.str_)), mean_interval(repeated, groups)
    assert together.high - together.low > 1.5 * (alone.high - alone.low)


def test_the_mean_over_facets_counts_each_facet_the_same() -> None:
    many, few = np.zeros(100), np.ones(4)
    names = [np.array([f"{letter}{i}" for i in range(n)]) for letter, n in (("a", 100), ("b", 4))]
    interval = mean_over_facets([(many, names[0]), (few, names[1]), (np.empty(0), np.empty(0, dtype=np.str_))])
    assert interval.mean == interval.low == interval.high == 0.5


def test_tables_are_written_with_all_digits_and_shown_with_few(tmp_path: Path) -> None:
    table = Table("t", ("name", "value"), [["a", Spread((0.5, 0.7001))], ["b", None]], {"value": 2})
    assert table.markdown().splitlines()[2:] == ["| a | 0.60 ± 0.14 |", "| b | – |"]
    table.write_csv(tmp_path)
    assert list(csv.reader((tmp_path / "t.csv").read_text(encoding="utf-8").splitlines())) == [
        ["name", "value", "value sd", "value seeds"],
        ["a", "0.60005", "0.141492", "2"],
        ["b", "", "", ""],
    ]


def test_a_page_keeps_what_is_written_by_hand(tmp_path: Path) -> None:
    page = tmp_path / "README.md"
    update_page(page, {"one": ("First", "old"), "two": ("Second", "stays")})
    page.write_text(page.read_text().replace("## First", "## First\n\nRead by a person."))
    update_page(page, {"one": ("First", "new"), "three": ("Third", "more")})
    text = page.read_text()
    assert "Read by a person." in text and "old" not in text and "new" in text
    assert text.index("stays") < text.index("## Third")
    update_page(page, {"one": ("First", "new")})
    assert page.read_text() == text


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        ("materials/metall", "correct"),
        ("materials/metall | bronze", "correct"),
        ("materials/metall | bronze | daurat", "plausible"),
        ("materials/metall | ferro", "plausible"),
        ("materials/paper", "wrong"),
        ("disciplines/botànica", "wrong"),
    ],
)
def test_plausible_is_a_relative_in_the_tree(term: str, expected: str) -> None:
    true = frozenset({"materials/metall", "materials/metall | bronze", "disciplines/numismàtica"})
    facet = term.partition("/")[0]
    assert verdict(term, frozenset(key for key in true if key.startswith(facet))) == expected


def test_twenty_pictures_are_drawn_over_both_tests_and_their_thumbnails_are_small(
    pictures: Pictures, runs: Runs, world: World
) -> None:
    run = runs.reference()
    shown = choose(pictures, {split: run.scores(split).ids for split in ("inner", "outer")})
    assert len(shown) == 20 and sum(one.split == "outer" for one in shown) == 10
    assert {one.example.record.database for one in shown} == {"clothing", "trashnet", OUTER}
    assert len(thumbnail(world.data / "images" / "outer000.jpg")) <= 15_000


def test_the_command_writes_tables_plots_pictures_and_page(
    folder: Path,
    world: World,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bootstrap, "DRAWS", 100)
    monkeypatch.setattr(unseen, "COUNTS", (1, 5))
    monkeypatch.setattr(watched_sessions, "DRAWS", 1)
    out = tmp_path / "results"
    assert main(["compare", "--runs", str(folder), "--data", str(world.data), "--out", str(out)]) == 0
    printed = json.loads(capsys.readouterr().out)
    expected = {"table1", "table2", "table3", "a-ensemble-weights", "c-watched", "d-watched", "f-unseen-terms"}
    assert expected <= set(printed["tables"])
    assert all((out / f"{name}.csv").exists() for name in printed["tables"])
    page = (out / "README.md").read_text(encoding="utf-8")
    for name in ("methods", "weights", "calibration", "unseen"):
        assert f"({name}.svg)" in page and (out / f"{name}.svg").read_text().startswith("<?xml")
    assert "no labels in Object Types, Disciplines, Subjects, which the mean leaves out" in page
    pictures_page = (out / "qualitative.html").read_text(encoding="utf-8")
    assert pictures_page.count("<article>") == 20 and "✓ correct" in pictures_page
    assert pictures_page.count('<i lang="ca">') > 100


def test_the_ensemble_file_holds_runs_weights_and_calibration(
    folder: Path, world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "ensemble.json"
    base = ["ensemble", "--data", str(world.data), "--out", str(out), "--runs", str(folder / "shared-3-s1")]
    learned = [*base, "--weights", "left-out", "--hidden", str(folder)]
    assert main(learned) == 0
    content = json.loads(out.read_text(encoding="utf-8"))
    assert set(content["members"]) == set(NEAR) and content["members"]["softmax"].endswith("shared-3-s1")
    entry = content["facets"]["materials"]
    assert sum(entry["weights"].values()) == pytest.approx(1.0) and entry["weights"]["softmax"] >= 0.6
    assert np.all(np.diff(entry["calibration"]["score"]) > 0) and len(entry["calibration"]["score"]) <= 20
    assert content["metrics"]["materials"]["inner"]["ece"] < 0.1
    assert content["metrics"]["disciplines"]["outer"] is None
    assert main([*learned, "--consistency", "raise"]) == 0
    raised = json.loads(out.read_text(encoding="utf-8"))
    assert (content["consistency"], raised["consistency"]) == ("none", "raise")
    assert raised["facets"]["materials"]["calibration"] != entry["calibration"]
    flat = [found["facets"]["disciplines"]["calibration"]["score"] for found in (content, raised)]
    assert flat[1] == pytest.approx(flat[0], abs=1e-5)
    capsys.readouterr()
    assert main([*base, "--weights", "left-out"]) == 2
    assert "--hidden and --weights left-out go together" in capsys.readouterr().err


def test_runs_that_do_not_fit_are_refused(
    folder: Path, world: World, tmp_path: Path, fails: Callable[..., str]
) -> None:
    data = ["--data", world.data, "--out", tmp_path / "out"]
    assert "holds no finished run" in fails("compare", "--runs", tmp_path, *data)
    assert "does not exist" in fails("compare", "--runs", tmp_path / "none", *data)
    message = fails("ensemble", "--runs", folder / "shared-s1", folder / "softmax-s1", *data)
    assert "both have a member 'softmax'" in message
    other = make_run(world, tmp_path / "other", "softmax", 9, {"softmax": 0.1}, hidden="clothing")
    assert "different splits" in fails("ensemble", "--runs", folder / "multilabel-s1", other, *data)
    broken = make_run(world, tmp_path / "broken", "softmax", 1, {"softmax": 0.1}, facets=["materials"])
    scores = np.load(broken / "scores" / "inner.npz")
    arrays = {key: scores[key] for key in scores.files}
    arrays["softmax/materials"] = arrays["softmax/materials"] * np.nan
    np.savez(broken / "scores" / "inner.npz", **arrays)
    assert "values that are not numbers" in fails("compare", "--runs", tmp_path / "broken", *data)
    assert TERMS["materials"][0] == "materials/metall"


def test_data_that_is_not_that_of_the_runs_is_refused(world: World, tmp_path: Path) -> None:
    make_world(tmp_path / "data")
    split = tmp_path / "split.csv"
    split.write_text("idInSource,split,group\nelsewhere,train,x\n", encoding="utf-8")
    with pytest.raises(InputError, match="differ in"):
        load_pictures(tmp_path / "data", split)
