"""The pixel cache: every picture decoded and resized once, in one file that is mapped into memory.

`<cache>/pixels/<settings>/pixels.npy` is (rows, side, side, 3) uint8, `index.json` says which picture is in which row,
by its name in the data and by the SHA-256 of its file, and which were refused and why. While `prepare` works it
appends to `journal.jsonl`; a killed run resumes from there. Training reads nothing but the cache.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import asdict, dataclass, field
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fitxa_trainer import stopping
from fitxa_trainer.configuration.run import CacheConfig
from fitxa_trainer.errors import InputError
from fitxa_trainer.locking import alone_in
from fitxa_trainer.pictures.preprocessing import REVISION, Preprocessing
from fitxa_trainer.pictures.workers import MISSING_STAMP, Job, Outcome, run_jobs, stamp_of, start_worker
from fitxa_trainer.progress import Progress

_FORMAT = 1
_CHUNK = 16
_AHEAD = 4

Stamp = tuple[int, int]


@dataclass
class Index:
    """The index of the cache. Names are those of the column `file`."""

    rows: dict[str, int] = field(default_factory=dict)
    sha256: dict[str, str] = field(default_factory=dict)
    stamps: dict[str, Stamp] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)

    def take(self, outcome: Outcome) -> None:
        """Add the outcome of one picture."""
        self.stamps[outcome.name] = outcome.stamp
        self.refused.pop(outcome.name, None)
        if outcome.refused:
            self.refused[outcome.name] = outcome.refused
            self.rows.pop(outcome.name, None)
            self.sha256.pop(outcome.name, None)
        else:
            self.rows[outcome.name] = outcome.row
            self.sha256[outcome.name] = outcome.sha256


def preprocessing_of(config: CacheConfig) -> Preprocessing:
    """How a picture gets into the cache."""
    return Preprocessing(config.size, config.size, fit=config.fit, kernel=config.kernel)


def cache_folder(root: Path, config: CacheConfig) -> Path:
    """The folder of the cache with these settings below `root`."""
    return root / "pixels" / f"{config.size}-{config.fit}-{config.kernel}-r{REVISION}"


class PixelCache:
    """Reads a prepared cache."""

    def __init__(self, folder: Path, config: CacheConfig, index: Index) -> None:
        self.folder = folder
        self.config = config
        self.index = index
        self._row_of_sha256 = {sha256: index.rows[name] for name, sha256 in index.sha256.items()}
        # Copy on write: torch takes no read-only memory, and nobody writes.
        self.pixels: NDArray[np.uint8] = np.lib.format.open_memmap(folder / "pixels.npy", mode="c")

    @property
    def preprocessing(self) -> Preprocessing:
        """What made the pixels."""
        return preprocessing_of(self.config)

    def has(self, sha256: str) -> bool:
        """Whether the picture with this hash is in the cache."""
        return sha256 in self._row_of_sha256

    def rows(self, sha256: Iterable[str]) -> NDArray[np.int64]:
        """The rows of `pixels` for the pictures with these hashes. InputError when one was not prepared."""
        try:
            return np.array([self._row_of_sha256[value] for value in sha256], dtype=np.int64)
        except KeyError as error:
            raise InputError(
                f"The cache {self.folder} lacks the picture with SHA-256 {error.args[0]}; run the command prepare."
            ) from error


def open_cache(root: Path, config: CacheConfig) -> PixelCache:
    """The cache below `root` with these settings. InputError when `prepare` has not made it."""
    folder = cache_folder(root, config)
    index = _read_index(folder)
    if index is None or not index.rows:
        raise InputError(
            f"The cache {root} holds no pictures of {config.size} px ({config.fit}, {config.kernel}); "
            "run the command prepare with the same configuration.",
            "cache.missing",
        )
    return PixelCache(folder, config, index)


@dataclass(frozen=True)
class Prepared:
    """What `prepare_pixels` did: pictures in the cache, written now, and refused by reason (with three examples)."""

    folder: Path
    pictures: int
    written: int
    refused: Mapping[str, int]
    examples: Mapping[str, Sequence[str]]

    def as_json(self) -> dict[str, object]:
        """As the command prints it."""
        return {
            "folder": str(self.folder),
            "pictures": self.pictures,
            "written": self.written,
            "refused": dict(self.refused),
            "examples": {reason: list(names) for reason, names in self.examples.items()},
        }


def prepare_pixels(
    root: Path, config: CacheConfig, pictures: Mapping[str, Path], workers: int, progress: Progress
) -> Prepared:
    """Bring `pictures` (name to file) into the cache below `root`; what is there already is left alone.

    `workers` processes decode. A picture that cannot be read is refused and counted. Raises InputError when not one
    picture is left or another process fills the same cache, Stopped when asked to stop: the next call resumes.
    """
    folder = cache_folder(root, config)
    with alone_in(folder):
        return _prepare(folder, config, pictures, workers, progress)


def _prepare(
    folder: Path, config: CacheConfig, pictures: Mapping[str, Path], workers: int, progress: Progress
) -> Prepared:
    index = _read_index(folder) or Index()
    if (folder / "journal.jsonl").exists():
        _write_index(folder, config, index)
    jobs = list(_open_jobs(pictures, index))
    written = 0
    if jobs:
        rows = 1 + max([job.row for job in jobs] + list(index.rows.values()))
        _make_room(folder / "pixels.npy", rows, config.size)
        progress.stage("prepare", f"decoding {len(jobs)} pictures to {config.size} px with {workers} processes")
        with (
            (folder / "journal.jsonl").open("a", encoding="utf-8") as journal,
            progress.counter(len(jobs), "pictures") as counter,
        ):
            for outcomes in _outcomes(jobs, folder / "pixels.npy", preprocessing_of(config), workers):
                for outcome in outcomes:
                    index.take(outcome)
                    written += outcome.written
                    journal.write(json.dumps(asdict(outcome), ensure_ascii=False) + "\n")
                journal.flush()
                counter.add(len(outcomes))
                stopping.check()
        _write_index(folder, config, index)
    return _sum_up(folder, pictures, index, written)


def _open_jobs(pictures: Mapping[str, Path], index: Index) -> Iterator[Job]:
    """The pictures that are new, changed, or were refused and changed; each with the row that it gets."""
    free = 1 + max(index.rows.values(), default=-1)
    for name, file in pictures.items():
        stamp = stamp_of(file)
        if stamp is None and name in index.rows:
            continue  # the cache may travel without the pictures
        if index.stamps.get(name) == (stamp or MISSING_STAMP):
            continue
        row = index.rows.get(name)
        if row is None:
            row, free = free, free + 1
        yield Job(name, file, row, index.sha256.get(name, ""))


def _outcomes(jobs: Sequence[Job], pixels: Path, preprocessing: Preprocessing, workers: int) -> Iterator[list[Outcome]]:
    """The outcomes of `jobs`, some at a time, in the order in which they end."""
    chunks = [jobs[start : start + _CHUNK] for start in range(0, len(jobs), _CHUNK)]
    if workers <= 1 or len(chunks) == 1:
        yield from (run_jobs(chunk, pixels, preprocessing) for chunk in chunks)
        return
    waiting: set[Future[list[Outcome]]] = set()
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=start_worker) as executor:
        try:
            for chunk in chunks:
                waiting.add(executor.submit(run_jobs, chunk, pixels, preprocessing))
                while len(waiting) >= _AHEAD * workers:
                    done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                    yield from (future.result() for future in done)
            while waiting:
                done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                yield from (future.result() for future in done)
        except BrokenProcessPool as error:
            raise InputError(
                "A process that decodes pictures ended, probably for want of memory; "
                "run prepare again with fewer --workers, it resumes from here."
            ) from error
        finally:
            executor.shutdown(wait=True, cancel_futures=True)


def _make_room(file: Path, rows: int, size: int) -> None:
    """Make `file` hold at least `rows` pictures; those in it stay. The file is sparse: it takes what is written."""
    known = np.lib.format.open_memmap(file, mode="r").shape[0] if file.exists() else 0
    if known >= rows:
        return
    header = {"descr": "|u1", "fortran_order": False, "shape": (rows, size, size, 3)}
    with file.open("r+b" if known else "w+b") as stream:
        # numpy leaves room in the header for a longer first axis, so the pixels stay where they are.
        np.lib.format.write_array_header_1_0(stream, header)
        stream.truncate(stream.tell() + rows * size * size * 3)


def _read_index(folder: Path) -> Index | None:
    """The index plus the journal of a stopped `prepare`; None when there is nothing."""
    index = Index()
    file, journal = folder / "index.json", folder / "journal.jsonl"
    if not file.exists() and not journal.exists():
        return None
    try:
        if file.exists():
            content = json.loads(file.read_text(encoding="utf-8"))
            for name, (row, sha256, size, changed) in content["pictures"].items():
                index.take(Outcome(name, row, sha256, (size, changed)))
            for name, (reason, size, changed) in content["refused"].items():
                index.take(Outcome(name, -1, stamp=(size, changed), refused=reason))
        if journal.exists():
            for line in journal.read_text(encoding="utf-8").splitlines(keepends=True):
                if line.endswith("\n"):  # the last line of a killed process may be cut off
                    values = json.loads(line)
                    index.take(Outcome(**values | {"stamp": tuple(values["stamp"])}))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"The cache {folder} has a damaged index; delete the folder and run prepare.") from error
    return index


def _write_index(folder: Path, config: CacheConfig, index: Index) -> None:
    partial = folder / "index.json.partial"
    content = {
        "format": _FORMAT,
        "preprocessing": asdict(config) | {"revision": REVISION},
        "pictures": {name: [row, index.sha256[name], *index.stamps[name]] for name, row in index.rows.items()},
        "refused": {name: [reason, *index.stamps[name]] for name, reason in index.refused.items()},
    }
    partial.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    partial.replace(folder / "index.json")
    (folder / "journal.jsonl").unlink(missing_ok=True)


def _sum_up(folder: Path, pictures: Mapping[str, Path], index: Index, written: int) -> Prepared:
    refused = {name: index.refused[name] for name in pictures if name in index.refused}
    if len(refused) == len(pictures):
        reasons = ", ".join(f"{count} {reason}" for reason, count in Counter(refused.values()).most_common())
        raise InputError(f"None of the {len(pictures)} pictures can be used ({reasons}); check the column file.")
    counts = Counter(refused.values())
    examples = {reason: [name for name, own in refused.items() if own == reason][:3] for reason in counts}
    return Prepared(folder, len(pictures) - len(refused), written, counts, examples)
