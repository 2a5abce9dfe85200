"""A folder of run files: one process's part of the work, and what an earlier run left of it."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq

from fitxa_trainer import stopping
from fitxa_trainer.errors import InputError
from fitxa_trainer.predicting.pictures import Part, parts_of, share_of
from fitxa_trainer.predicting.predictor import Predictor
from fitxa_trainer.predicting.run_file import is_written, write_part
from fitxa_trainer.progress import Progress


@dataclass(frozen=True)
class Workers:
    """This process among `world`, and among those of its machine, as set by torchrun; one process by default."""

    rank: int = 0
    world: int = 1
    local_rank: int = 0
    local_world: int = 1

    @staticmethod
    def from_environment() -> "Workers":
        """As torchrun sets them. No process group is needed: the processes do not communicate."""
        names = ("RANK", "WORLD_SIZE", "LOCAL_RANK", "LOCAL_WORLD_SIZE")
        return Workers(*(int(os.environ.get(name, default)) for name, default in zip(names, "0101", strict=True)))


def predict_source(predictor: Predictor, source: Path, size: int, out: Path, progress: Progress) -> dict[str, int]:
    """Predict this process's parts of `source` into the folder `out`; existing parts are kept.

    A part's file appears only when it is complete, so a process that is killed loses the part in progress and no
    other. Raises InputError when the source holds no picture, Stopped when somebody asked to stop.
    """
    workers = Workers.from_environment()
    out.mkdir(parents=True, exist_ok=True)
    total = sum(len(part.pictures) for part in parts_of(source, size, workers.rank, workers.world))
    if total == 0 and not any(parts_of(source, size)):
        raise InputError(f"The source {source} holds no picture; give a folder, a CSV file or shards with pictures.")
    info = predictor.info
    names: set[str] = set()
    counts = {"pictures": 0, "refused": 0, "parts": 0, "kept": 0}
    with progress.counter(total, "pictures") as counter:
        for part in parts_of(source, size, workers.rank, workers.world):
            stopping.check()
            names.add(part.name)
            counts["parts"] += 1
            counts["pictures"] += len(part.pictures)
            if is_written(out / part.name, part, info):
                counts["kept"] += 1
                counts["refused"] += refused_in(out / part.name)
            else:
                counts["refused"] += predict_part(predictor, part, out)
            counter.add(len(part.pictures))
    remove_surplus(out, names, workers)
    return counts


def predict_part(predictor: Predictor, part: Part, out: Path) -> int:
    """Predict one part and write its file; returns how many of its pictures were refused."""
    rows = predictor.predict(part)
    write_part(out / part.name, part, rows, predictor.bundle, predictor.info)
    return sum(problem is not None for problem in rows.problems)


def refused_in(file: Path) -> int:
    """How many pictures of a run file have a problem."""
    problems = pq.read_table(file, columns=["problem"]).column("problem")
    return int(len(problems) - problems.null_count)


def remove_surplus(out: Path, names: Iterable[str], workers: Workers) -> None:
    """Remove this process's files from an earlier run over a longer source."""
    wanted = set(names)
    for file in out.glob("part-*-*.parquet"):
        if share_of(file.name) % workers.world == workers.rank and file.name not in wanted:
            file.unlink()
