"""Reader and writer of the CSV dialect of the EUFCC-340K dataset.

Columns: idInSource, objectTypes.hierarchy, subjects.hierarchy, materials.hierarchy, #portraitMedia.original,
database, repository.keeper, classifications.hierarchy. In a hierarchy cell " $ " separates labels and " | "
joins the path of one label from the root down. Further columns are kept as they are; the trainer knows `file`,
`licence`, `source_label` and `group`.
"""

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from fitxa_trainer.dataset.facets import COLUMNS, FACETS, format_cell, parse_cell, tags_of
from fitxa_trainer.dataset.facets import Path as TermPath
from fitxa_trainer.errors import InputError

HEADER: tuple[str, ...] = (
    "idInSource",
    "objectTypes.hierarchy",
    "subjects.hierarchy",
    "materials.hierarchy",
    "#portraitMedia.original",
    "database",
    "repository.keeper",
    "classifications.hierarchy",
)


@dataclass(frozen=True)
class Record:
    """One annotated picture. `paths` holds the labels of each facet in the order of the file."""

    id: str
    paths: Mapping[str, tuple[TermPath, ...]]
    portrait: str = ""
    database: str = ""
    keeper: str = ""
    extra: Mapping[str, str] = field(default_factory=dict)

    def tags(self, facet: str) -> frozenset[str]:
        """The term keys of every node on the paths of `facet`."""
        return tags_of(facet, self.paths.get(facet, ()))


def read_eufcc(path: Path, require: Sequence[str] = ()) -> list[Record]:
    """The records of a CSV file in the EUFCC dialect, in file order.

    `require` names columns that must be there besides those of the dialect. Raises InputError, naming file and line,
    for a missing file or column, a row with too many cells, an empty or a repeated idInSource.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream, strict=True)
            _check_header(path, reader.fieldnames or (), require)
            return _read_rows(path, reader)
    except FileNotFoundError as error:
        raise InputError(f"The annotations {path} do not exist; give the path of a CSV file.") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"The annotations {path} are no CSV in UTF-8 ({error}); save them as such.") from error


def _check_header(path: Path, columns: Sequence[str], require: Sequence[str]) -> None:
    missing = [name for name in (*HEADER, *require) if name not in columns]
    if missing:
        raise InputError(f"The annotations {path} lack the column {', '.join(missing)}; add it to the header row.")


def _read_rows(path: Path, reader: "csv.DictReader[str]") -> list[Record]:
    records: list[Record] = []
    seen: set[str] = set()
    for row in reader:
        where = f"{path}, line {reader.line_num}"
        if None in row or None in row.values():
            raise InputError(f"{where}: the row has not as many cells as the header; quote cells that hold commas.")
        identifier = row["idInSource"].strip()
        if not identifier:
            raise InputError(f"{where}: idInSource is empty; every picture needs a name of its own.")
        if identifier in seen:
            raise InputError(f"{where}: idInSource {identifier!r} occurs twice; every picture needs a name of its own.")
        seen.add(identifier)
        records.append(
            Record(
                id=identifier,
                paths={facet: parse_cell(row[COLUMNS[facet]]) for facet in FACETS},
                portrait=row["#portraitMedia.original"],
                database=row["database"],
                keeper=row["repository.keeper"],
                extra={name: value for name, value in row.items() if name not in HEADER},
            )
        )
    return records


def write_eufcc(path: Path, records: Iterable[Record]) -> None:
    """Write `records` in the EUFCC dialect; extra columns follow in the order of the first record."""
    rows = list(records)
    extra = list(rows[0].extra) if rows else []
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow([*HEADER, *extra])
        for record in rows:
            cells = {COLUMNS[facet]: format_cell(record.paths.get(facet, ())) for facet in FACETS} | {
                "idInSource": record.id,
                "#portraitMedia.original": record.portrait,
                "database": record.database,
                "repository.keeper": record.keeper,
            }
            writer.writerow([*(cells[name] for name in HEADER), *(record.extra[name] for name in extra)])
