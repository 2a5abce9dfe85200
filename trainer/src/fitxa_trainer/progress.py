"""Progress for people on stderr: one line that rewrites itself on a terminal, few lines elsewhere."""

import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TextIO, TypeVar

T = TypeVar("T")


@dataclass
class Progress:
    """Where progress is written; `stream` None keeps silent."""

    stream: TextIO | None = None

    @staticmethod
    def on_stderr() -> "Progress":
        """Progress on the standard error stream."""
        return Progress(sys.stderr)

    def say(self, text: str) -> None:
        """One line."""
        if self.stream is not None:
            print(text, file=self.stream, flush=True)

    def track(self, items: Sequence[T], label: str) -> Iterator[T]:
        """Yield `items`, telling how far it is, at most every two seconds."""
        started = shown = time.monotonic()
        for index, item in enumerate(items):
            yield item
            now = time.monotonic()
            if now - shown >= 2 or index + 1 == len(items):
                shown = now
                self.say(f"{label}: {index + 1}/{len(items)} in {now - started:.0f} s")
