"""Tables that are written twice: as CSV with all digits, and as Markdown to be read."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from fitxa_trainer.compare.bootstrap import Interval, Level

Cell = str | int | float | Interval | None

NAMES: Mapping[str, str] = {
    "objectTypes": "Object Types",
    "materials": "Materials",
    "disciplines": "Disciplines",
    "subjects": "Subjects",
}
SPLITS: Mapping[str, str] = {"inner": "Inner", "outer": "Outer"}


@dataclass(frozen=True)
class Spread:
    """A mean over seeds and its standard deviation (n - 1)."""

    values: tuple[float, ...]

    @property
    def mean(self) -> float:
        """The mean."""
        return float(np.mean(self.values))

    @property
    def deviation(self) -> float:
        """The standard deviation; 0 for one seed."""
        return float(np.std(self.values, ddof=1)) if len(self.values) > 1 else 0.0


@dataclass(frozen=True)
class Table:
    """Rows of cells under columns; `digits` says how many decimals a column shows (3 where not said)."""

    name: str
    columns: tuple[str, ...]
    rows: Sequence[Sequence[Cell | Spread]]
    digits: Mapping[str, int]

    def markdown(self) -> str:
        """The table as Markdown, numbers to the right."""
        numeric = [
            any(not isinstance(row[place], str | None) for row in self.rows) for place in range(len(self.columns))
        ]
        lines = ["| " + " | ".join(self.columns) + " |"]
        lines.append("| " + " | ".join("---:" if number else "---" for number in numeric) + " |")
        for row in self.rows:
            cells = [_text(cell, self.digits.get(column, 3)) for cell, column in zip(row, self.columns, strict=True)]
            lines.append("| " + " | ".join(cells) + " |")
        return "\n".join(lines)

    def part(self, columns: Sequence[str], **rows: str) -> "Table":
        """The table with some of its columns, and the rows that have the text `rows[column]` in each column named."""
        places = [self.columns.index(column) for column in columns]
        wanted = {self.columns.index(column): text for column, text in rows.items()}
        kept = [row for row in self.rows if all(row[place] == text for place, text in wanted.items())]
        return Table(self.name, tuple(columns), [[row[place] for place in places] for row in kept], self.digits)

    def write_csv(self, folder: Path) -> None:
        """Write `<name>.csv` to `folder`; a mean with spread or interval takes further columns."""
        kinds = [next((row[i] for row in self.rows if row[i] is not None), None) for i in range(len(self.columns))]
        header: list[str] = []
        for column, kind in zip(self.columns, kinds, strict=True):
            header.append(column)
            header += [f"{column} {suffix}" for suffix in _suffixes(kind)]
        with (folder / f"{self.name}.csv").open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerow(header)
            for row in self.rows:
                writer.writerow([value for cell, kind in zip(row, kinds, strict=True) for value in _values(cell, kind)])


def _suffixes(kind: Cell | Spread) -> tuple[str, ...]:
    if isinstance(kind, Spread):
        return ("sd", "seeds")
    return ("low", "high") if isinstance(kind, Interval) else ()


def _values(cell: Cell | Spread, kind: Cell | Spread) -> list[str | int]:
    if isinstance(cell, Spread):
        return [_number(cell.mean), _number(cell.deviation), len(cell.values)]
    if isinstance(cell, Interval):
        return [_number(cell.mean), _number(cell.low), _number(cell.high)]
    if cell is None:
        return [""] * (1 + len(_suffixes(kind)))
    return [_number(cell) if isinstance(cell, float) else cell]


def _number(value: float) -> str:
    return "" if np.isnan(value) else f"{value:.6g}"


def _text(cell: Cell | Spread, digits: int) -> str:
    match cell:
        case None:
            return "–"
        case Spread():
            if np.isnan(cell.mean):
                return "–"
            text = f"{cell.mean:.{digits}f}"
            return text if len(cell.values) == 1 else f"{text} ± {cell.deviation:.{digits}f}"
        case Interval():
            # A gain has a sign; a share has none.
            sign = "" if isinstance(cell, Level) else "+"
            mean, low, high = (f"{value:{sign}.{digits}f}" for value in (cell.mean, cell.low, cell.high))
            return "–" if np.isnan(cell.mean) else f"{mean} [{low}, {high}]"
        case float():
            return "–" if np.isnan(cell) else f"{cell:.{digits}f}"
        case _:
            return str(cell)
