"""A lock on a folder. It is released when the process ends, however it ends."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from fitxa_trainer.errors import InputError


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Within the block no other process is in a block of the same folder. InputError when there is one already."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("a+b") as stream:
        try:
            _lock(stream)
        except OSError as error:
            raise InputError(
                f"Another process is at work in {folder}; wait until it has ended, or end it.", "folder.busy"
            ) from error
        yield


if sys.platform == "win32":
    import msvcrt

    def _lock(stream: IO[bytes]) -> None:
        stream.seek(0)
        msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(stream: IO[bytes]) -> None:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
