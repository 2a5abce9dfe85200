"""The experiment: which runs a plan means, that finished ones are skipped, and how it stops; the training is acted."""

import sys
import threading
import time
from pathlib import Path

import pytest

from fitxa_trainer import stopping
from fitxa_trainer.dataset.eufcc import Record, write_eufcc
from fitxa_trainer.errors import InputError, Stopped
from fitxa_trainer.experiments import plan as experiment_plan
from fitxa_trainer.experiments.leave_out import (
    SplitRow,
    leave_out,
    left_out_providers,
    read_split_rows,
    write_split_rows,
)
from fitxa_trainer.experiments.plan import (
    Places,
    is_finished,
    load_plan,
    planned_runs,
    run_experiment,
    run_folders,
)
from fitxa_trainer.progress import Progress
from workspace import REPOSITORY

PLAN = """\
seeds: [1, 2]
base: {training: {epochs: 3, batch: 16}}
methods:
  multilabel: {tasks: [multilabel]}
  softmax: {tasks: [softmax], training: {learning_rate: 2.0e-4}}
left_out: {method: softmax, seeds: [1], minimum: 2, set: {training: {epochs: 7}}}
"""

#: Acts the command train: writes what a finished run has, fails for one name, waits for the end of stdin for another.
ACTOR = """\
import pathlib, sys
options = dict(zip(sys.argv[1::2], sys.argv[2::2]))
run = pathlib.Path(options["--run"])
with (run.parent / "order.txt").open("a") as order:
    order.write(run.name + "\\n")
if run.name == "softmax-s2" and (run.parent / "fail").exists():
    print("The picture x.jpg cannot be read.")
    sys.exit(2)
if (run.parent / "wait").exists():
    sys.stdin.read()
    sys.exit(75)
(run / "scores").mkdir(parents=True)
(run / "config.yaml").write_text(pathlib.Path(options["--config"]).read_text())
(run / "split.csv").write_text(pathlib.Path(options["--split"]).read_text())
(run / "result.json").write_text("{}")
(run / "scores" / "validation.npz").write_bytes(b"")
"""


def record(name: str, provider: str, **paths: str) -> Record:
    """A record with one label in each of the facets named."""
    return Record(name, {facet: (tuple(path.split(" | ")),) for facet, path in paths.items()}, database=provider)


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Places:
    data = tmp_path / "data"
    data.mkdir()
    records = [record(f"p{index}", "abc"[index % 3]) for index in range(9)]
    write_eufcc(data / "annotations.csv", records)
    splits = ["train"] * 5 + ["validation", "inner", "inner", "outer"]
    rows = [SplitRow(record.id, split, record.id) for record, split in zip(records, splits, strict=True)]
    write_split_rows(tmp_path / "split.csv", rows)
    (tmp_path / "actor.py").write_text(ACTOR, encoding="utf-8")
    (tmp_path / "plan.yaml").write_text(PLAN, encoding="utf-8")
    (tmp_path / "runs").mkdir()
    monkeypatch.setattr(experiment_plan, "TRAIN", (sys.executable, str(tmp_path / "actor.py")))
    monkeypatch.setattr(experiment_plan, "_POLL", 0.02)
    return Places(data, tmp_path / "split.csv", tmp_path / "cache", tmp_path / "runs")


def started(places: Places) -> list[str]:
    return (places.runs / "order.txt").read_text().splitlines()


def test_every_method_runs_with_every_seed_and_finished_runs_are_skipped(places: Places) -> None:
    plan = load_plan(places.runs.parent / "plan.yaml")
    result = run_experiment(plan, places, Progress())
    expected = ["multilabel-s1", "softmax-s1", "multilabel-s2", "softmax-s2", "without-a-s1", "without-b-s1"]
    assert result["runs"] == [*expected, "without-c-s1"] == started(places)
    assert [folder.name for folder in run_folders(places.runs)] == sorted(started(places))
    run_experiment(plan, places, Progress())
    assert len(started(places)) == 7
    written = (places.runs / "softmax-s2" / "config.yaml").read_text()
    assert "seed: 2" in written and "learning_rate: 0.0002" in written and "epochs: 3" in written
    assert "epochs: 7" in (places.runs / "without-a-s1" / "config.yaml").read_text()
    assert read_split_rows(places.runs / "without-a-s1" / "split.csv")[0] == SplitRow("p0", "outer", "p0")


def test_a_run_that_fails_is_named_with_its_reason_and_takes_no_other_along(places: Places) -> None:
    plan = load_plan(places.runs.parent / "plan.yaml")
    (places.runs / "fail").touch()
    with pytest.raises(InputError, match=r"1 of 4 runs failed \(softmax-s2\).*x\.jpg cannot be read"):
        run_experiment(plan, places, Progress(), only=["multilabel", "softmax"], jobs=2)
    assert sorted(started(places)) == ["multilabel-s1", "multilabel-s2", "softmax-s1", "softmax-s2"]
    (places.runs / "fail").unlink()
    run_experiment(plan, places, Progress(), only=["multilabel", "softmax"])
    assert started(places)[4:] == ["softmax-s2"]


def test_a_time_limit_lets_the_runs_under_way_end_in_good_order(places: Places) -> None:
    plan = load_plan(places.runs.parent / "plan.yaml")
    (places.runs / "wait").touch()
    with pytest.raises(Stopped):
        run_experiment(plan, places, Progress(), only=["multilabel"], jobs=2, limit=4.0)
    assert sorted(started(places)) == ["multilabel-s1", "multilabel-s2"]
    assert not is_finished(places.runs / "multilabel-s1")


def test_a_wish_to_stop_is_heard(places: Places) -> None:
    plan = load_plan(places.runs.parent / "plan.yaml")
    (places.runs / "wait").touch()

    def stop_once_begun() -> None:
        while not (places.runs / "order.txt").exists():
            time.sleep(0.02)
        stopping._flag.set()

    with stopping.listening():
        threading.Thread(target=stop_once_begun).start()
        with pytest.raises(Stopped):
            run_experiment(plan, places, Progress(), only=["multilabel"])
    assert started(places) == ["multilabel-s1"]


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("seeds: [1, 2]", "seeds: 1", "list of whole numbers"),
        ("seeds: [1, 2]", "seed: [1]", "did you mean 'seeds'"),
        ("tasks: [multilabel]", "tasks: [multilable]", r"methods\.multilabel.*did you mean 'multilabel'"),
        ("method: softmax", "method: softmaxx", "did you mean 'softmax'"),
        ("epochs: 7", "epoch: 7", r"left_out\.set.*did you mean 'epochs'"),
        ("minimum: 2", "minimal: 2", "with the keys method"),
    ],
)
def test_a_wrong_plan_is_refused_with_a_hint(tmp_path: Path, before: str, after: str, message: str) -> None:
    (tmp_path / "plan.yaml").write_text(PLAN.replace(before, after), encoding="utf-8")
    with pytest.raises(InputError, match=message):
        load_plan(tmp_path / "plan.yaml")


def test_the_committed_plan_holds_every_method_of_the_paper_with_three_seeds() -> None:
    plan = load_plan(REPOSITORY / "trainer" / "configs" / "experiment.yaml")
    runs = planned_runs(plan, [SplitRow("p", "train", "p")] * 60, {"p": record("p", "museum")})
    assert len(runs) == 3 * 14 + 1 and runs[-1].hidden == "museum" and runs[-1].config.name == "without-museum"
    tasks = {task for config in plan.methods.values() for task in config.tasks}
    assert len(tasks) == 9
    assert plan.methods["clip-prompt-ca"].clip.language == "ca"
    assert len(plan.methods["multilabel-heldout"].vocabulary.held_out) == 12
    with pytest.raises(InputError, match="did you mean 'softmax'"):
        planned_runs(plan, [], {}, only=["sofmax"])


def test_a_hidden_provider_is_in_no_picture_that_is_trained_on() -> None:
    rows = [
        SplitRow("a1", "train", "g1"),
        SplitRow("b1", "train", "g1"),
        SplitRow("b2", "train", "g2"),
        SplitRow("a2", "validation", "g3"),
        SplitRow("a3", "inner", "g4"),
        SplitRow("b3", "outer", "g5"),
    ]
    records = {row.id: record(row.id, row.id[0]) for row in rows}
    assert left_out_providers(rows, records, 2) == ["a", "b"]
    assert left_out_providers(rows, records, 3) == []
    found = {row.id: row.split for row in leave_out(rows, records, "a")}
    # b1 is a near-duplicate of a1, so it may not be trained on; the tests are set aside.
    assert found == {"a1": "outer", "b1": "inner", "b2": "train", "a2": "outer", "a3": "inner", "b3": "inner"}


def test_a_facet_that_only_the_hidden_provider_teaches_is_left_out_of_the_run(places: Places) -> None:
    records, rows = {}, []
    for split, count in (("train", 6), ("validation", 2)):
        for number in range(count):
            both = {"materials": ("paper", "vidre")[number % 2], "disciplines": ("x", "y")[number % 2]}
            records[f"a-{split}{number}"] = record(f"a-{split}{number}", "a", **both)
            records[f"b-{split}{number}"] = record(f"b-{split}{number}", "b", materials=both["materials"])
            rows += [SplitRow(f"{letter}-{split}{number}", split, f"{letter}{split}{number}") for letter in "ab"]
    vocabulary = "  vocabulary: {objectTypes: 0, materials: 2, disciplines: 2, subjects: 0}\n"
    (places.runs.parent / "facets.yaml").write_text(
        PLAN.replace("base: {training: {epochs: 3, batch: 16}}", f"base:\n{vocabulary}"), encoding="utf-8"
    )
    runs = {run.name: run for run in planned_runs(load_plan(places.runs.parent / "facets.yaml"), rows, records)}
    assert runs["softmax-s1"].config.vocabulary.disciplines == 2
    without = runs["without-a-s1"].config.vocabulary
    assert (without.materials, without.disciplines) == (2, 0)
    assert runs["without-b-s1"].config.vocabulary.disciplines == 2
