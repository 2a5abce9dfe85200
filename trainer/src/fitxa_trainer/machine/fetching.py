"""Sending the results of a run, and removing them afterwards."""

import shutil
from typing import Any

from fitxa_trainer.machine.line import CHUNK, Line, Refused
from fitxa_trainer.machine.running import running
from fitxa_trainer.machine.store import Store, inside, sha256_of


def files(_: Line, store: Store, request: dict[str, Any]) -> dict[str, Any]:
    """The files of a folder of a run: name, sha256, bytes; without those that end as `except` says or are too large."""
    run = store.run(request["run"])
    folder = inside(run, request["folder"])
    found = sorted(
        path
        for path in folder.rglob("*")
        if path.is_file()
        and not path.is_symlink()
        and path.suffix not in request["except"]
        and path.stat().st_size <= request["largest"]
    )
    return {"files": [[path.relative_to(folder).as_posix(), sha256_of(path), path.stat().st_size] for path in found]}


def send(line: Line, store: Store, request: dict[str, Any]) -> dict[str, Any]:
    """Send a file of a run from `offset` on as raw bytes."""
    path = inside(store.run(request["run"]), request["file"])
    with path.open("rb") as file:
        file.seek(request["offset"])
        while piece := file.read(CHUNK):
            line.say({"bytes": len(piece)}, piece)
            line.check()
    return {}


def remove(_: Line, store: Store, request: dict[str, Any]) -> dict[str, Any]:
    """Remove a run's folder and expired files. Refused while the run is running."""
    run = store.run(request["run"])
    if running(run):
        raise Refused("running")
    if run.exists():
        shutil.rmtree(run)
    return store.tidy(running)
