"""The experiment: every method of a plan with every seed, each as a run of its own, several at a time on one GPU.

A plan is a YAML file: `base` is a configuration, `methods` maps a method's name to what differs from it, `seeds` lists
the seeds, and `left_out` asks for runs of one method, with what `set` changes, that hide one provider each (see
leave_out.py). Runs are subprocesses of the command train, so a failed run does not affect others, and finished runs are
skipped next time.
"""

import difflib
import os
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from fitxa_trainer import stopping
from fitxa_trainer.configuration.run import Config, config_from, dump_config
from fitxa_trainer.configuration.yaml_file import merged, plain, read_yaml
from fitxa_trainer.dataset.eufcc import Record, read_eufcc
from fitxa_trainer.dataset.facets import FACETS
from fitxa_trainer.errors import InputError, Stopped
from fitxa_trainer.experiments.leave_out import (
    PREFIX,
    SplitRow,
    leave_out,
    left_out_providers,
    read_split_rows,
    trainable_facets,
    write_split_rows,
)
from fitxa_trainer.progress import Progress

_KEYS = ("base", "seeds", "methods", "left_out")
_LEFT_OUT_KEYS = {"method", "set", "seeds", "providers", "minimum"}
#: The command of one run; its options follow.
TRAIN: tuple[str, ...] = (sys.executable, "-m", "fitxa_trainer", "train")
#: Seconds between two checks of the runs, and seconds that a stopped run has for its checkpoint.
_POLL, _GRACE = 0.5, 60.0


@dataclass(frozen=True)
class LeftOut:
    """Runs like a method that hide one provider each: those named, or all with `minimum` pictures to train on."""

    config: Config
    seeds: tuple[int, ...]
    providers: tuple[str, ...]
    minimum: int


@dataclass(frozen=True)
class Plan:
    """What the experiment runs; `methods` are complete configurations except for the seed."""

    methods: Mapping[str, Config]
    seeds: tuple[int, ...]
    left_out: LeftOut | None


@dataclass(frozen=True)
class PlannedRun:
    """One run: its folder's name, its configuration, and the provider that it hides, if any."""

    name: str
    config: Config
    hidden: str | None = None


@dataclass(frozen=True)
class Places:
    """The folders and files of an experiment; `runs` is where run folders go."""

    data: Path
    split: Path
    cache: Path
    runs: Path


def load_plan(path: Path) -> Plan:
    """The plan in `path`; InputError, naming the key, for anything that is wrong in it."""
    values = read_yaml(path)
    for key in values:
        if key not in _KEYS:
            raise InputError(f"{path}: unknown key {key!r}; {_near(str(key), _KEYS)}")
    base, methods = _mapping(values, "base", path), _mapping(values, "methods", path)
    if not methods:
        raise InputError(f"{path}, methods: name at least one method.")
    configs = {
        str(name): config_from(merged(merged(base, over or {}), {"name": str(name)}), where=f"{path}, methods.{name}")
        for name, over in methods.items()
    }
    left_out = _left_out(values["left_out"], configs, path) if values.get("left_out") else None
    return Plan(configs, _integers(values.get("seeds", [1]), f"{path}, seeds"), left_out)


def _mapping(values: Mapping[str, Any], key: str, path: Path) -> dict[str, Any]:
    value = values.get(key) or {}
    if not isinstance(value, dict):
        raise InputError(f"{path}, {key}: expected a mapping, not {value!r}.")
    return value


def _integers(value: object, where: str) -> tuple[int, ...]:
    if not isinstance(value, list) or not value or not all(type(item) is int for item in value):
        raise InputError(f"{where}: expected a list of whole numbers, not {value!r}.")
    return tuple(value)


def _left_out(value: object, methods: Mapping[str, Config], path: Path) -> LeftOut:
    if not isinstance(value, dict) or not set(value) <= _LEFT_OUT_KEYS:
        keys = ", ".join(sorted(_LEFT_OUT_KEYS))
        raise InputError(f"{path}, left_out: expected a mapping with the keys {keys}, not {value!r}.")
    method = str(value.get("method"))
    if method not in methods:
        raise InputError(f"{path}, left_out.method: no method is called {method!r}; {_near(method, methods)}")
    providers = value.get("providers") or []
    if not isinstance(providers, list):
        raise InputError(f"{path}, left_out.providers: expected a list of names, not {providers!r}.")
    seeds = _integers(value.get("seeds", [1]), f"{path}, left_out.seeds")
    over = _mapping(value, "set", path)
    config = config_from(merged(plain(methods[method]), over), where=f"{path}, left_out.set")
    return LeftOut(config, seeds, tuple(map(str, providers)), int(value.get("minimum", 50)))


def planned_runs(
    plan: Plan, rows: Sequence[SplitRow], records: Mapping[str, Record], only: Sequence[str] = ()
) -> list[PlannedRun]:
    """All runs of `plan`, seed by seed, so that an interrupted experiment has complete seeds; `only` picks methods.

    Runs that hide a provider are called `without-<provider>`. Raises InputError for an unknown name in `only`.
    """
    runs = [
        PlannedRun(f"{name}-s{seed}", _with_seed(config, name, seed))
        for seed in plan.seeds
        for name, config in plan.methods.items()
    ]
    if plan.left_out is not None:
        left = plan.left_out
        providers = left.providers or left_out_providers(rows, records, left.minimum)
        runs += [
            PlannedRun(
                f"{PREFIX}{provider}-s{seed}",
                _with_seed(_without(left.config, rows, records, provider), f"{PREFIX}{provider}", seed),
                hidden=provider,
            )
            for seed in left.seeds
            for provider in providers
        ]
    names = list(dict.fromkeys(run.config.name for run in runs))
    for name in only:
        if name not in names:
            raise InputError(f"--only: the plan has no method {name!r}; {_near(name, names)}")
    return [run for run in runs if not only or run.config.name in only]


def _near(name: str, known: Iterable[str]) -> str:
    names = list(known)
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    return f"did you mean {near[0]!r}?" if near else f"known are {', '.join(names)}."


def _with_seed(config: Config, name: str, seed: int) -> Config:
    return config_from(merged(plain(config), {"name": name, "seed": seed}))


def _without(config: Config, rows: Sequence[SplitRow], records: Mapping[str, Record], provider: str) -> Config:
    """The configuration without the facets that nobody but `provider` can teach."""
    minimum = {facet: getattr(config.vocabulary, facet) for facet in FACETS}
    left = trainable_facets(leave_out(rows, records, provider), records, minimum)
    return config_from(merged(plain(config), {"vocabulary": {facet: 0 for facet in FACETS if facet not in left}}))


def is_finished(folder: Path) -> bool:
    """Whether the run in `folder` is finished: its result and its scores exist."""
    return (folder / "result.json").exists() and (folder / "scores" / "validation.npz").exists()


def run_experiment(
    plan: Plan, places: Places, progress: Progress, only: Sequence[str] = (), jobs: int = 1, limit: float | None = None
) -> dict[str, object]:
    """Run what is not finished, `jobs` runs at a time; returns which runs there are and how long each took.

    After `limit` seconds, or when asked to stop, running runs write a checkpoint and Stopped is raised. Raises
    InputError, after all others are done, when runs failed.
    """
    started = time.monotonic()
    rows = read_split_rows(places.split)
    records = {record.id: record for record in read_eufcc(places.data / "annotations.csv")}
    runs = planned_runs(plan, rows, records, only)
    waiting = [run for run in runs if not is_finished(places.runs / run.name)]
    progress.stage("experiment", f"{len(runs)} runs, {len(runs) - len(waiting)} of them finished before")
    seconds: dict[str, float] = {}
    failed: dict[str, str] = {}
    active: list[_Active] = []
    with progress.counter(len(runs), "runs") as counter:
        counter.add(len(runs) - len(waiting))
        try:
            while waiting or active:
                while waiting and len(active) < jobs:
                    run = waiting.pop(0)
                    active.append(_start(run, _split_of(run, rows, records, places), places, jobs))
                    progress.say(f"{run.name} begins")
                for done in [item for item in active if item.process.poll() is not None]:
                    active.remove(done)
                    _finish(done, places, seconds, failed, progress)
                    counter.add(1)
                if stopping.requested() or (limit is not None and time.monotonic() - started > limit):
                    raise Stopped
                time.sleep(_POLL)
        finally:
            _stop(active)
    if failed:
        name, reason = next(iter(failed.items()))
        raise InputError(
            f"{len(failed)} of {len(runs)} runs failed ({', '.join(failed)}); {name} said: {reason} "
            "The same command runs them again."
        )
    return {"runs": [run.name for run in runs], "seconds": {name: round(value, 1) for name, value in seconds.items()}}


@dataclass(frozen=True)
class _Active:
    """A running run."""

    run: PlannedRun
    process: subprocess.Popen[bytes]
    log: IO[bytes]
    started: float


def _split_of(run: PlannedRun, rows: Sequence[SplitRow], records: Mapping[str, Record], places: Places) -> Path:
    """The split file of `run`, written where it hides a provider."""
    if run.hidden is None:
        return places.split
    path = places.runs / "plan" / f"{PREFIX}{run.hidden}.csv"
    write_split_rows(path, leave_out(rows, records, run.hidden))
    return path


def _start(run: PlannedRun, split: Path, places: Places, jobs: int) -> _Active:
    """Start `run`; its output goes to plan/<name>.log, and the end of our pipe to it stops it."""
    folder = places.runs / "plan"
    folder.mkdir(parents=True, exist_ok=True)
    config_file = folder / f"{run.name}.yaml"
    config_file.write_text(dump_config(run.config), encoding="utf-8")
    log = (folder / f"{run.name}.log").open("ab")
    threads = str(max(1, (os.cpu_count() or 1) // jobs))
    process = subprocess.Popen(
        [
            *TRAIN,
            *("--config", config_file, "--data", places.data, "--split", split),
            *("--cache", places.cache, "--run", places.runs / run.name),
            *("--progress", "jsonl", "--stop-on-stdin-close"),
        ],
        stdin=subprocess.PIPE,
        stdout=log,
        stderr=subprocess.STDOUT,
        env={**os.environ, "OMP_NUM_THREADS": threads},
    )
    return _Active(run, process, log, time.monotonic())


def _finish(
    done: _Active, places: Places, seconds: dict[str, float], failed: dict[str, str], progress: Progress
) -> None:
    """Record how a run ended."""
    name = done.run.name
    _close(done)
    if done.process.returncode == 0 and is_finished(places.runs / name):
        seconds[name] = time.monotonic() - done.started
        progress.say(f"{name} took {seconds[name]:.0f} s")
        return
    lines = (places.runs / "plan" / f"{name}.log").read_text(encoding="utf-8", errors="replace").strip().splitlines()
    failed[name] = lines[-1] if lines else f"exit code {done.process.returncode}."
    progress.warning("experiment.run", f"{name} failed: {failed[name]}", run=name)


def _stop(active: Sequence[_Active]) -> None:
    """Let running runs write their checkpoints and end; kill those that do not end in time."""
    for item in active:
        item.process.terminate()
    end = time.monotonic() + _GRACE
    for item in active:
        try:
            item.process.wait(max(0.0, end - time.monotonic()))
        except subprocess.TimeoutExpired:
            item.process.kill()
            item.process.wait()
        _close(item)


def _close(item: _Active) -> None:
    if item.process.stdin is not None:
        item.process.stdin.close()
    item.log.close()


def run_folders(runs: Path) -> Iterator[Path]:
    """The finished runs under `runs`, by name."""
    for folder in sorted(runs.iterdir()):
        if (folder / "config.yaml").exists() and is_finished(folder):
            yield folder
