"""A small museum's catalogue made of the mini set, as the application writes it: decisions on closed facets."""

import csv
from collections.abc import Callable, Sequence
from pathlib import Path

from fitxa_trainer.dataset.facets import FACETS
from workspace import MINI

#: The museum calls its coins by a term that the base does not know.
NEW_TERM = "objectTypes/moneda | moneda d'euro"
#: Providers of the mini set whose pictures the museum has.
OWN = ("eurocoins", "clothing")

_COLUMNS = ("closed", *(f"{kind}.{facet}" for kind in ("rejected", "uncertain", "open") for facet in FACETS))

Row = dict[str, str]


def mini_rows() -> list[Row]:
    """The rows of the mini set."""
    with (MINI / "annotations.csv").open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def museum_rows() -> list[Row]:
    """The museum's rows: object types closed, coins named by the new term, materials rejected here and there."""
    rows: list[Row] = []
    for row in mini_rows():
        if row["database"] not in OWN:
            continue
        own = {**row, **dict.fromkeys(_COLUMNS, ""), "closed": "objectTypes", "classifications.hierarchy": ""}
        if row["database"] == "eurocoins":
            own["objectTypes.hierarchy"] += " | moneda d'euro"
            own["rejected.objectTypes"] = "indumentària"
        rows.append(own | {"database": "Museu de prova", "repository.keeper": "Museu de prova", "licence": ""})
    return rows


def write_catalogue(folder: Path, rows: Sequence[Row], change: Callable[[Row], Row] = dict) -> Path:
    """Write `rows`, each changed, with the pictures of the mini set beside them; returns the folder."""
    folder.mkdir(parents=True)
    (folder / "images").symlink_to(MINI / "images")
    with (folder / "annotations.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(change(row) for row in rows)
    return folder
