"""One picture into the pixel cache: what the worker processes of `prepare` do.

Kept apart from the rest so that a worker imports little: no torch.
"""

import hashlib
import multiprocessing
import os
import signal
import threading
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, UnidentifiedImageError

from fitxa_trainer.errors import InputError
from fitxa_trainer.pictures.preprocessing import Preprocessing, open_image, resize

#: Reasons for which a picture is refused.
MISSING, UNREADABLE, NO_PICTURE, TRUNCATED, DAMAGED, TOO_LARGE = (
    "missing",
    "unreadable",
    "not a picture",
    "truncated",
    "damaged",
    "too large",
)

_TRUNCATED_WORDS = ("truncated", "unexpected end", "premature", "not processed")


#: Placeholder for size and time of a missing file.
MISSING_STAMP = (0, 0)


@dataclass(frozen=True)
class Job:
    """One picture: its name in the data, its file, the row it goes to, and its hash where an earlier one is known."""

    name: str
    file: Path
    row: int
    known_sha256: str


@dataclass(frozen=True)
class Outcome:
    """What became of a job: `sha256` and `stamp` (bytes, time of change), or why it was refused.

    `written` is false for a picture whose bytes are those known: its row holds.
    """

    name: str
    row: int
    sha256: str = ""
    stamp: tuple[int, int] = MISSING_STAMP
    written: bool = False
    refused: str = ""


def stamp_of(file: Path) -> tuple[int, int] | None:
    """Size in bytes and time of the last change in nanoseconds; None when there is no such file."""
    try:
        status = file.stat()
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns


def run_jobs(jobs: Sequence[Job], pixels_file: Path, preprocessing: Preprocessing) -> list[Outcome]:
    """Do `jobs`, writing into the memory map in `pixels_file`; a bad picture is an outcome, never an error."""
    warnings.simplefilter("ignore", Image.DecompressionBombWarning)
    pixels = np.lib.format.open_memmap(pixels_file, mode="r+")
    outcomes = [_run(job, pixels, preprocessing) for job in jobs]
    pixels.flush()
    return outcomes


def _run(job: Job, pixels: "np.memmap[tuple[int, ...], np.dtype[np.uint8]]", preprocessing: Preprocessing) -> Outcome:
    stamp = stamp_of(job.file)
    if stamp is None:
        return Outcome(job.name, job.row, refused=MISSING)
    try:
        with job.file.open("rb") as stream:
            sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
        if sha256 == job.known_sha256:
            return Outcome(job.name, job.row, sha256, stamp)
        pixels[job.row] = resize(open_image(job.file, preprocessing.background), preprocessing)
    except Exception as error:  # decoders raise of every kind; one bad picture must not end the work on the others
        return Outcome(job.name, job.row, stamp=stamp, refused=_reason(error))
    return Outcome(job.name, job.row, sha256, stamp, written=True)


def _reason(error: Exception) -> str:
    cause = error.__cause__ if isinstance(error, InputError) and error.__cause__ is not None else error
    if isinstance(cause, Image.DecompressionBombError | MemoryError):
        return TOO_LARGE
    if isinstance(cause, FileNotFoundError):
        return MISSING
    if isinstance(cause, UnidentifiedImageError):
        return NO_PICTURE
    if any(words in str(cause).lower() for words in _TRUNCATED_WORDS):
        return TRUNCATED
    return UNREADABLE if isinstance(cause, PermissionError | IsADirectoryError) else DAMAGED


def start_worker() -> None:
    """Leave Ctrl+C to the parent, and end when it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
