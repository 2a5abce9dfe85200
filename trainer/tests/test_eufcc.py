"""Reader and writer of the CSV dialect."""

from pathlib import Path

import pytest

from fitxa_trainer.dataset.eufcc import HEADER, read_eufcc, write_eufcc
from fitxa_trainer.errors import InputError
from workspace import MINI

ROW = "a,moneda,,metall | bronze,,db,museu,numismàtica\n"


def _write(path: Path, *rows: str, header: str = ",".join(HEADER)) -> Path:
    path.write_text(header + "\n" + "".join(rows), encoding="utf-8")
    return path


def test_writing_what_was_read_gives_the_same_file(tmp_path: Path) -> None:
    write_eufcc(tmp_path / "again.csv", read_eufcc(MINI / "annotations.csv"))
    assert (tmp_path / "again.csv").read_text(encoding="utf-8") == (MINI / "annotations.csv").read_text(
        encoding="utf-8"
    )


def test_a_record_has_the_tags_of_each_facet(tmp_path: Path) -> None:
    (record,) = read_eufcc(_write(tmp_path / "a.csv", ROW))
    assert record.tags("objectTypes") == {"objectTypes/moneda"}
    assert record.tags("materials") == {"materials/metall", "materials/metall | bronze"}
    assert record.tags("disciplines") == {"disciplines/numismàtica"}
    assert record.tags("subjects") == frozenset()


def test_cells_with_commas_line_breaks_and_a_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    text = "\ufeff" + ",".join(HEADER) + '\n0012,"moneda, rara",,,"=1+1","a ""b""\nc",,\n'
    path.write_text(text, encoding="utf-8")
    (record,) = read_eufcc(path)
    assert (record.id, record.portrait, record.database) == ("0012", "=1+1", 'a "b"\nc')
    assert record.tags("objectTypes") == {"objectTypes/moneda, rara"}


@pytest.mark.parametrize(
    ("header", "rows", "words"),
    [
        ("idInSource,objectTypes.hierarchy", "a,b\n", ["subjects.hierarchy", "header"]),
        (",".join(HEADER), ROW + ROW, ["line 3", "'a'", "twice"]),
        (",".join(HEADER), ROW.replace("a,", ",", 1), ["line 2", "idInSource is empty"]),
        (",".join(HEADER), "a,b,c,d,e,f,g,h,i\n", ["line 2", "as many cells"]),
        (",".join(HEADER), "a,b\n", ["line 2", "as many cells"]),
    ],
)
def test_a_damaged_file_is_refused_with_the_place(tmp_path: Path, header: str, rows: str, words: list[str]) -> None:
    with pytest.raises(InputError) as error:
        read_eufcc(_write(tmp_path / "a.csv", rows, header=header))
    assert all(word in str(error.value) for word in words)


def test_a_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes((",".join(HEADER) + "\n" + ROW).encode("latin-1"))
    with pytest.raises(InputError, match="UTF-8"):
        read_eufcc(tmp_path / "a.csv")
