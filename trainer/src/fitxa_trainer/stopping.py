"""Stopping in good order: Ctrl+C, SIGTERM and, where asked for, a closed stdin raise a flag.

Work that takes long calls `check()` (or looks at `requested()`) where it can stop without loss; `Progress.track` does
so between items. A second Ctrl+C ends the program at once.
"""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from fitxa_trainer.errors import Stopped

_flag = threading.Event()


def requested() -> bool:
    """Whether somebody asked the program to stop."""
    return _flag.is_set()


def request() -> None:
    """Ask the program to stop, as Ctrl+C does."""
    _flag.set()


def check() -> None:
    """Raise Stopped when somebody asked the program to stop."""
    if _flag.is_set():
        raise Stopped


@contextmanager
def listening(stdin: bool = False) -> Iterator[None]:
    """Within the block Ctrl+C and SIGTERM raise the flag, and with `stdin` the end of the standard input too."""
    _flag.clear()
    known: dict[int, object] = {}
    if threading.current_thread() is threading.main_thread():
        known = {number: signal.signal(number, _on_signal) for number in (signal.SIGINT, signal.SIGTERM)}
    if stdin:
        threading.Thread(target=_watch_stdin, name="stdin", daemon=True).start()
    try:
        yield
    finally:
        for number, handler in known.items():
            signal.signal(number, handler)  # type: ignore[arg-type]
        _flag.clear()


def _on_signal(number: int, frame: FrameType | None) -> None:
    if _flag.is_set() and number == signal.SIGINT:
        raise KeyboardInterrupt
    _flag.set()


def _watch_stdin() -> None:
    """Read until the end; what comes is thrown away. The descriptor is read, as a stream's lock would block the end."""
    if sys.stdin is not None:
        descriptor = sys.stdin.fileno()
        while os.read(descriptor, 4096):
            pass
    _flag.set()
