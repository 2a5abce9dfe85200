"""Cells of the EUFCC dialect and the tags they stand for (docs/science.md, "Facets and trees")."""

from fitxa_trainer.dataset.facets import format_cell, parse_cell, tags_of, term_key


def test_a_cell_gives_every_node_on_its_paths() -> None:
    paths = parse_cell("paper $ material vegetal | fusta")
    assert paths == (("paper",), ("material vegetal", "fusta"))
    assert tags_of("materials", paths) == {
        "materials/paper",
        "materials/material vegetal",
        "materials/material vegetal | fusta",
    }


def test_a_key_holds_the_whole_path() -> None:
    path = ("metall", "metall no fèrric", "aliatge de coure", "bronze")
    assert term_key("materials", path) == "materials/metall | metall no fèrric | aliatge de coure | bronze"


def test_disciplines_are_flat() -> None:
    tags = tags_of("disciplines", parse_cell("enginyeria forestal | numismàtica"))
    assert tags == {"disciplines/enginyeria forestal", "disciplines/numismàtica"}


def test_the_curation_marker_is_no_tag() -> None:
    paths = parse_cell("eines i equips | ulleres | ELIMINAR | de sol $ ELIMINAR")
    assert tags_of("objectTypes", paths) == {"objectTypes/eines i equips", "objectTypes/eines i equips | ulleres"}
    assert tags_of("disciplines", parse_cell("ELIMINAR | botànica")) == {"disciplines/botànica"}


def test_empty_cells_and_stray_separators_add_nothing() -> None:
    assert parse_cell("") == ()
    assert parse_cell("paper $ ") == (("paper",),)


def test_a_label_with_commas_and_quotes_survives() -> None:
    cell = "component d'artefacte | disseny $ llapis conte®"
    assert format_cell(parse_cell(cell)) == cell
