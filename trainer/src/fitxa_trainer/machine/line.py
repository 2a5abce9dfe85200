"""The connection: requests and answers on the standard streams."""

import json
import os
import select
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

START = (
    "import json,sys;P=json.load(open(sys.argv[1],encoding='utf-8'));"
    "exec(P['loader'],{'PROGRAM':P,'ARGUMENTS':sys.argv[2:]})"
)

#: Marker before the first answer; output of a login script before it is skipped.
MARK = "FITXA-MACHINE-1"
#: A peer that is silent for this long is considered gone.
SILENCE_SECONDS = 60.0
CHUNK = 1 << 18


class Refused(Exception):
    """A request that cannot be done, with the code and data that Fitxa makes a sentence of."""

    def __init__(self, code: str, **data: object) -> None:
        super().__init__(code)
        self.answer = {"code": code, **data}


class Line:
    """The two directions of the connection."""

    def __init__(self, program: dict[str, Any]) -> None:
        self._program = program
        self._buffer = b""
        self._lock = threading.Lock()

    def itself(self, folder: Path) -> list[str]:
        """The command that starts this program again, from a copy in `folder`, without the connection."""
        copy = folder / "machine.json"
        copy.write_text(json.dumps(self._program), "utf-8")
        return [sys.executable, "-I", "-c", START, str(copy)]

    def say(self, message: dict[str, Any], raw: bytes = b"") -> None:
        """Send one answer, with the raw bytes that belong to it."""
        data = json.dumps(message).encode() + b"\n" + raw
        with self._lock:
            view = memoryview(data)
            while view:
                view = view[os.write(1, view) :]

    def request(self) -> dict[str, Any]:
        """Wait for the next request. EOFError when the other end is gone."""
        while True:
            line = self._take_line()
            if line.strip():
                request: dict[str, Any] = json.loads(line)
                return request

    def raw(self, count: int) -> Iterator[bytes]:
        """Yield the next `count` raw bytes in pieces."""
        while count > 0:
            if not self._buffer:
                self._fill()
            piece, self._buffer = self._buffer[:count], self._buffer[count:]
            count -= len(piece)
            yield piece

    def check(self) -> None:
        """Read the available data without waiting. EOFError when the other end is gone."""
        while select.select([0], [], [], 0)[0]:
            self._fill()

    def _take_line(self) -> bytes:
        while b"\n" not in self._buffer:
            self._fill()
        line, self._buffer = self._buffer.split(b"\n", 1)
        return line

    def _fill(self) -> None:
        if not select.select([0], [], [], SILENCE_SECONDS)[0]:
            raise EOFError
        data = os.read(0, CHUNK)
        if not data:
            raise EOFError
        self._buffer += data
