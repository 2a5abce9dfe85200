"""Stopping cleanly: Ctrl+C, SIGTERM and, where asked for, the parent (parent.py) raise a flag.

Work that takes long calls `check()` (or looks at `requested()`) where it can stop without loss; `Progress.track` does
so between items. A second Ctrl+C ends the program at once.
"""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from fitxa_trainer.errors import Stopped

_flag = threading.Event()
_listening = threading.Event()


def requested() -> bool:
    """Whether the program was asked to stop."""
    return _flag.is_set()


def request() -> bool:
    """Ask the program to stop, as Ctrl+C does; returns whether it works within `listening` by now."""
    _flag.set()
    return _listening.is_set()


def check() -> None:
    """Raise Stopped if the program was asked to stop."""
    if _flag.is_set():
        raise Stopped


@contextmanager
def listening() -> Iterator[None]:
    """Within the block Ctrl+C and SIGTERM raise the flag. A request that came before it counts."""
    known: dict[int, object] = {}
    if threading.current_thread() is threading.main_thread():
        known = {number: signal.signal(number, _on_signal) for number in (signal.SIGINT, signal.SIGTERM)}
    _listening.set()
    try:
        yield
    finally:
        _listening.clear()
        for number, handler in known.items():
            signal.signal(number, handler)  # type: ignore[arg-type]
        _flag.clear()


def _on_signal(number: int, frame: FrameType | None) -> None:
    if _flag.is_set() and number == signal.SIGINT:
        raise KeyboardInterrupt
    _flag.set()
