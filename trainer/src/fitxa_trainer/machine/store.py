"""The folder on this machine that holds what was sent and the runs."""

import hashlib
import json
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fitxa_trainer.machine.line import Refused

#: Time given to received contents, so that a later change of one is seen without reading it again.
SETTLED = 1_000_000_000
DAY = 86_400
RUN_DAYS, LIST_DAYS = 30, 90

README = f"""This folder belongs to Fitxa, which trains its models here (fitxa train --ssh).
A run's folder in runs/ is removed once its model has been fetched and checked. Stopped and failed runs stay, so that
they can resume; after {RUN_DAYS} days without work they are removed. files/ keeps what was sent, so that the next run
sends only what changed; what no run has used for {LIST_DAYS} days is removed. python/ holds the Python environment.
While nothing runs, the whole folder may be deleted: the next run sends everything again.
"""


def sha256_of(path: Path) -> str:
    """SHA-256 of a file's contents, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_json(path: Path, content: object) -> None:
    """Write a JSON file atomically."""
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    part.write_text(json.dumps(content), "utf-8")
    part.replace(path)


def read_json(path: Path) -> Any:
    """Contents of a JSON file, None if there is none."""
    try:
        return json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return None


def inside(folder: Path, name: str) -> Path:
    """The file of a relative path within `folder`; Refused if it would lead out of it."""
    parts = name.split("/")
    if any(part in ("", ".", "..") for part in parts) or "\0" in name:
        raise Refused("name", file=name)
    return folder.joinpath(*parts)


class Store:
    """The folder on this machine."""

    def __init__(self, folder: str) -> None:
        self.root = Path(folder).expanduser().absolute()
        self.files, self.lists, self.runs = self.root / "files", self.root / "lists", self.root / "runs"
        try:
            for part in (self.root, self.files, self.lists, self.runs):
                part.mkdir(mode=0o700, parents=True, exist_ok=True)
            (self.root / "README.txt").write_text(README, "utf-8")
        except OSError as error:
            raise Refused("write", folder=str(self.root), detail=error.strerror or str(error)) from error

    def content(self, sha256: str) -> Path:
        """Where contents of this hash are kept."""
        return self.files / sha256[:2] / sha256

    def part(self, sha256: str) -> Path:
        """Where contents of this hash are while they arrive."""
        return self.content(sha256).with_suffix(".part")

    def has(self, sha256: str, size: int) -> bool:
        """Whether the contents are here. Contents changed since they were verified are verified again."""
        path = self.content(sha256)
        try:
            found = path.stat()
        except FileNotFoundError:
            return False
        if found.st_size == size and int(found.st_mtime) == SETTLED:
            return True
        if found.st_size == size and sha256_of(path) == sha256:
            os.utime(path, (SETTLED, SETTLED))
            return True
        path.unlink()
        return False

    def list_of(self, sha256: str) -> list[list[Any]]:
        """The files of a list: path, sha256, bytes. Refused when the list was never sent."""
        path = self.lists / f"{sha256}.json"
        content = read_json(path)
        if content is None:
            raise Refused("noList")
        # Its time of change is that of its last use.
        os.utime(path)
        entries: list[list[Any]] = content
        return entries

    def run(self, name: str) -> Path:
        """A run's folder."""
        return inside(self.runs, name.replace("/", "\0"))

    def tidy(self, is_running: Callable[[Path], bool]) -> dict[str, int]:
        """Remove expired files by the rule in README.txt; returns the number of runs and contents removed."""
        now = time.time()
        old = [run for run in self.runs.iterdir() if now - newest(run) > RUN_DAYS * DAY and not is_running(run)]
        for run in old:
            shutil.rmtree(run)
        used: set[str] = set()
        for path in self.lists.iterdir():
            if now - path.stat().st_mtime > LIST_DAYS * DAY:
                path.unlink()
            elif path.suffix == ".json":
                used.update(entry[1] for entry in read_json(path))
        gone = 0
        for path in self.files.glob("*/*"):
            # Partial contents belong to no complete list yet; they expire when nothing has arrived for days.
            if path.stem not in used and now - path.stat().st_ctime > LIST_DAYS * DAY:
                path.unlink()
                gone += 1
        return {"runs": len(old), "files": gone}


def newest(folder: Path) -> float:
    """When something in the folder itself last changed."""
    return max((path.lstat().st_mtime for path in [folder, *folder.iterdir()]), default=0.0)
