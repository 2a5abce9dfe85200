"""Answers requests until the other end is gone."""

import contextlib
import json
import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fitxa_trainer.machine.fetching import files, remove, send
from fitxa_trainer.machine.line import MARK, Line, Refused
from fitxa_trainer.machine.looking import check, install
from fitxa_trainer.machine.running import follow, start, state, stop, supervise
from fitxa_trainer.machine.sending import keep_list, missing, place, receive
from fitxa_trainer.machine.store import Store

HEARTBEAT_SECONDS = 3.0

REQUESTS: dict[str, Callable[[Line, Store, dict[str, Any]], dict[str, Any]]] = {
    "check": check,
    "keepList": keep_list,
    "missing": missing,
    "receive": receive,
    "place": place,
    "start": start,
    "state": state,
    "follow": follow,
    "stop": stop,
    "files": files,
    "send": send,
    "remove": remove,
}


def serve(program: dict[str, Any]) -> None:
    """Answer requests until the other end is gone."""
    line = Line(program)
    line.say({"mark": MARK, "python": list(sys.version_info[:3]), "program": sys.executable})

    def beat() -> None:
        while True:
            time.sleep(HEARTBEAT_SECONDS)
            try:
                line.say({"alive": True})
            except OSError:
                # No one is listening any more; what was started for the connection ends with it.
                os._exit(0)

    threading.Thread(target=beat, daemon=True).start()
    store: Store | None = None
    while True:
        request = line.request()
        try:
            if request["do"] == "open":
                store = Store(request["folder"])
                line.say({"done": {"folder": str(store.root)}})
            elif store is not None:
                line.say({"done": REQUESTS[request["do"]](line, store, request)})
        except Refused as refused:
            line.say({"failed": refused.answer})
        except BrokenPipeError:
            raise
        except OSError as error:
            detail = f"{error.strerror or error}"
            line.say({"failed": {"code": "system", "file": str(error.filename or ""), "detail": detail}})


def main(program: dict[str, Any], arguments: list[str]) -> None:
    """Serve a connection, or be one of the programs that outlive it. `program`: what loader.py was given."""
    match arguments:
        case ["supervise", run, lock]:
            supervise(Path(run), int(lock))
        case ["install", root, packages]:
            sys.exit(install(Path(root), json.loads(Path(packages).read_text("utf-8"))))
        case _:
            with contextlib.suppress(EOFError, BrokenPipeError):
                serve(program)
