"""The program that started this one: it may ask this one to stop, and its death ends this one.

The standard input ties the two together. Anything on it asks to stop; its end means that the parent is dead, as a
living one keeps it open. A thread reads it from the first moment, before anything large is imported. On Linux the
kernel sends SIGTERM too, which arrives even while an extension module holds the interpreter's lock.

`python -m fitxa_trainer.parent -m MODULE …` and `… -c CODE …` run another program under the same watch; it is ended as
soon as it is asked to stop. Any Python may be asked to do so, even one too old for the trainer: nothing here is newer
than Python 3.6.
"""

import ctypes
import os
import runpy
import signal
import sys
import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

#: Exit code of a program that was stopped; the same command continues its work.
STOPPED = 75

#: Seconds in which a program whose parent died may write its checkpoint.
GRACE = 3.0

#: `prctl` option of Linux: the signal that a process gets when its parent dies.
_PR_SET_PDEATHSIG = 1


def watch(stop: "Callable[[], bool]") -> None:
    """Watch the parent from now on; to be called once in a process, first of all.

    `stop` asks this program to stop and returns whether it can do so cleanly by now. Where it cannot, and the
    parent is dead, the program ends at once, with every process of its group.
    """
    _lead_group()
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    threading.Thread(target=_read, args=(stop,), name="parent", daemon=True).start()


def _read(stop: "Callable[[], bool]") -> None:
    # The descriptor and not the stream, whose lock would keep the interpreter from ending.
    while os.read(0, 4096):
        stop()
    if stop():
        time.sleep(GRACE)
    _end()


def _lead_group() -> None:
    """Make this process and those that it will start a group of their own, so that they can be ended together."""
    if hasattr(os, "setpgid") and os.getpgrp() != os.getpid():
        os.setpgid(0, 0)


def _end() -> None:
    """End this process and every other of its group."""
    if hasattr(os, "killpg"):
        os.killpg(os.getpgrp(), signal.SIGKILL)
    os._exit(STOPPED)


def _stop_now() -> bool:
    _end()
    return False


def main() -> None:
    """Run `-m MODULE …` or `-c CODE …` as Python itself does."""
    watch(_stop_now)
    kind, program = sys.argv[1:3]
    if kind == "-m":
        sys.argv = sys.argv[2:]
        runpy.run_module(program, run_name="__main__", alter_sys=True)
    else:
        sys.argv = ["-c", *sys.argv[3:]]
        exec(compile(program, "<string>", "exec"), {"__name__": "__main__"})


if __name__ == "__main__":
    main()
