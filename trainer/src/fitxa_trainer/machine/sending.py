"""Receiving the files of a run: each content once, verified, placed by name."""

import contextlib
import hashlib
import io
import os
import shutil
import time
from typing import Any

from fitxa_trainer.machine.line import Line, Refused
from fitxa_trainer.machine.store import SETTLED, Store, inside, sha256_of


def keep_list(line: Line, store: Store, request: dict[str, Any]) -> dict[str, Any]:
    """Receive a list that follows as raw bytes."""
    data = b"".join(line.raw(request["bytes"]))
    if hashlib.sha256(data).hexdigest() != request["list"]:
        raise Refused("damaged", file="list")
    path = store.lists / f"{request['list']}.json"
    part = path.with_suffix(f".{os.getpid()}.part")
    part.write_bytes(data)
    part.replace(path)
    return {}


def missing(_: Line, store: Store, request: dict[str, Any]) -> dict[str, Any]:
    """Contents of a list that are missing here: [index, bytes already received], each content once."""
    try:
        entries = store.list_of(request["list"])
    except Refused:
        return {"known": False}
    result, seen = [], set()
    for index, (_path, sha256, size) in enumerate(entries):
        if sha256 in seen:
            continue
        seen.add(sha256)
        if not store.has(sha256, size):
            part = store.part(sha256)
            arrived = part.stat().st_size if part.exists() else 0
            result.append([index, arrived if arrived <= size else 0])
    return {"known": True, "missing": result, "free": shutil.disk_usage(store.root).free}


def receive(line: Line, store: Store, request: dict[str, Any]) -> dict[str, Any]:
    """Receive contents that follow as raw bytes in the order of `files`, each from its offset, and verify each."""
    entries = store.list_of(request["list"])
    damaged = []
    received, told = 0, time.monotonic()
    for index, offset in request["files"]:
        name, sha256, size = entries[index]
        part = store.part(sha256)
        part.parent.mkdir(mode=0o700, exist_ok=True)
        # Written at given places, never appended: what still trickles in from a broken connection writes the same.
        part.touch(mode=0o600)
        with io.FileIO(part, "r+b") as file:
            file.seek(offset)
            for piece in line.raw(size - offset):
                write_all(line, file, piece)
                received += len(piece)
                if time.monotonic() - told > 0.2:
                    told = time.monotonic()
                    line.say({"progress": {"received": received}})
        if not settle(store, sha256, size):
            damaged.append(name)
    if damaged:
        raise Refused("damaged", file=damaged[0], count=len(damaged))
    os.sync()
    return {"received": received}


def write_all(line: Line, file: io.FileIO, piece: bytes) -> None:
    """Write a piece. EOFError, after saying why, when the disk does not take it: what still comes cannot be skipped."""
    view = memoryview(piece)
    try:
        while view:
            view = view[file.write(view) :]
    except OSError as error:
        line.say({"failed": {"code": "write", "folder": str(file.name), "detail": error.strerror or str(error)}})
        raise EOFError from error


def settle(store: Store, sha256: str, size: int) -> bool:
    """Move received contents into place after checking their hash."""
    part = store.part(sha256)
    with contextlib.suppress(FileNotFoundError):
        if part.stat().st_size != size or sha256_of(part) != sha256:
            part.unlink()
            return False
        os.utime(part, (SETTLED, SETTLED))
        part.replace(store.content(sha256))
    return store.content(sha256).exists()


def place(_: Line, store: Store, request: dict[str, Any]) -> dict[str, Any]:
    """Place the files of a list by name in a run's folder, as hard links if the file system supports them."""
    run = store.run(request["run"])
    run.mkdir(mode=0o700, exist_ok=True)
    for name, sha256, _size in store.list_of(request["list"]):
        target, source = inside(run, name), store.content(sha256)
        if target.exists() and target.samefile(source):
            continue
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        target.unlink(missing_ok=True)
        try:
            os.link(source, target)
        except OSError:
            shutil.copy2(source, target)
    return {"folder": str(run)}
