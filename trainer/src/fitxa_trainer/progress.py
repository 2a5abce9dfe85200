"""Progress for people (bars on a terminal, few lines elsewhere) and for programs (JSON Lines on stdout).

JSON Lines follow schemas/progress.schema.json; every line is one object with a `type`.
"""

import json
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from tqdm import tqdm

from fitxa_trainer import stopping
from fitxa_trainer.errors import InputError

T = TypeVar("T")

STYLES = ("auto", "bars", "lines", "jsonl", "quiet")

#: Seconds between two messages of one stage.
_PAUSE = {"lines": 2.0, "jsonl": 0.2}


@dataclass
class Progress:
    """Reports progress. `style` is one of bars, lines, jsonl and quiet."""

    style: str = "quiet"
    stage_name: str = field(default="", init=False)

    @staticmethod
    def of_style(style: str) -> "Progress":
        """Progress in `style`; "auto" is bars on a terminal and lines elsewhere."""
        if style == "auto":
            style = "bars" if sys.stderr.isatty() else "lines"
        return Progress(style)

    def stage(self, name: str, text: str) -> None:
        """Start a stage: `name` for programs, `text` for people."""
        self.stage_name = name
        self._emit({"type": "stage", "name": name})
        self.say(text)

    def say(self, text: str) -> None:
        """One line for people only."""
        if self.style == "bars":
            tqdm.write(text, file=sys.stderr)
        elif self.style == "lines":
            print(text, file=sys.stderr, flush=True)

    def track(self, items: Sequence[T], label: str) -> Iterator[T]:
        """Yield `items`, telling how far it is; raises Stopped between two items when somebody asked to stop."""
        with self.counter(len(items), label) as counter:
            for item in items:
                stopping.check()
                yield item
                counter.add(1)

    def counter(self, total: int, label: str, done: int = 0) -> "Counter":
        """A count from `done` up to `total`, to be used as a context manager."""
        return Counter(self, total, label, done)

    def epoch(self, values: Mapping[str, object], text: str) -> None:
        """The end of an epoch: `values` as in the schema, `text` for people."""
        self._emit({"type": "epoch", **values})
        self.say(text)

    def warning(self, code: str, message: str, **data: object) -> None:
        """A warning: the work continues."""
        self._emit({"type": "warning", "code": code, "data": data, "message": message})
        self.say(message)

    def error(self, error: InputError) -> None:
        """Report an error; people see it in every style."""
        self._emit({"type": "error", "code": error.code, "data": error.data, "message": str(error)})
        if self.style != "jsonl":
            print(error, file=sys.stderr)

    def result(self, result: object) -> None:
        """Print the result as JSON on stdout, in every style."""
        if self.style == "jsonl":
            self._emit({"type": "result", **(result if isinstance(result, Mapping) else {"value": result})})
        else:
            print(json.dumps(result, ensure_ascii=False))

    def _emit(self, line: Mapping[str, object]) -> None:
        if self.style == "jsonl":
            try:
                print(json.dumps(line, ensure_ascii=False, allow_nan=False, default=str), flush=True)
            except BrokenPipeError:
                # The reader is gone. The closed stdin stops the work, and its checkpoint must not fail because of this.
                self.style = "quiet"


class Counter:
    """Progress of one stage; call `add` after each piece of work."""

    def __init__(self, progress: Progress, total: int, label: str, done: int) -> None:
        self._progress = progress
        self._total = total
        self._label = label
        self._done = self._first = done
        self._started = self._shown = time.monotonic()
        self._bar = (
            tqdm(total=total, initial=done, desc=label, file=sys.stderr, leave=False)
            if progress.style == "bars"
            else None
        )

    def __enter__(self) -> "Counter":
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.close()

    def add(self, count: int) -> None:
        """`count` more pieces are done."""
        self._done += count
        if self._bar is not None:
            self._bar.update(count)
            return
        now = time.monotonic()
        if now - self._shown < _PAUSE.get(self._progress.style, 0.0) and self._done < self._total:
            return
        self._shown = now
        elapsed = now - self._started
        left = elapsed / max(1, self._done - self._first) * (self._total - self._done)
        if self._progress.style == "jsonl":
            self._progress._emit(
                {
                    "type": "progress",
                    "stage": self._progress.stage_name or self._label,
                    "done": self._done,
                    "total": self._total,
                    "secondsLeft": round(left, 1),
                }
            )
        else:
            self._progress.say(f"{self._label}: {self._done}/{self._total} in {elapsed:.0f} s")
