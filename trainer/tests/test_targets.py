"""Training targets: what a picture says of a term, in the paper's data and in data from the application."""

from pathlib import Path
from typing import ClassVar

import pytest

from fitxa_trainer.dataset.eufcc import Record
from fitxa_trainer.dataset.examples import Example, build_vocabulary, target_matrix
from fitxa_trainer.dataset.facets import parse_cell
from fitxa_trainer.errors import InputError

TERMS = tuple(
    f"materials/{path}"
    for path in ("fusta", "metall", "metall | ferro", "metall | or", "metall | or | or blanc", "paper", "paper | cartó")
)


def _example(materials: str, **extra: str) -> Example:
    return Example(Record("a", {"materials": parse_cell(materials)}, extra=extra), Path("a.jpg"), "")


def _targets(example: Example) -> list[int]:
    row: list[int] = target_matrix([example], "materials", TERMS)[0].tolist()
    return row


def test_labels_of_the_paper_are_known_in_full_or_not_at_all() -> None:
    assert _targets(_example("metall | or")) == [0, 1, 0, 1, 0, 0, 0]
    assert _targets(_example("")) == [-1] * 7


def test_a_facet_that_is_not_closed_says_nothing() -> None:
    assert _targets(_example("metall | or", closed="objectTypes;subjects")) == [-1] * 7
    assert _targets(_example("metall | or", closed="")) == [-1] * 7


def test_a_closed_facet_follows_the_rules_of_the_application() -> None:
    accepted = _example("metall | or", closed="objectTypes; materials")
    assert _targets(accepted) == [0, 1, 0, 1, -1, 0, 0]
    row = _targets(
        _example(
            "metall",
            closed="materials",
            **{"rejected.materials": "metall | or", "uncertain.materials": "fusta", "open.materials": "paper | cartó"},
        )
    )
    assert row == [-1, 1, -1, 0, 0, 0, -1]
    assert _targets(_example("", closed="materials")) == [0] * 7


class TestVocabulary:
    MINIMUM: ClassVar[dict[str, int]] = {"objectTypes": 0, "materials": 2, "disciplines": 0, "subjects": 0}

    def test_terms_held_out_are_dropped_and_counted(self) -> None:
        train = [_example("metall | or"), _example("metall | or"), _example("paper $ fusta"), _example("paper")]
        vocabulary = build_vocabulary(train, self.MINIMUM, ("materials/metall | or",))
        assert vocabulary.terms["materials"] == ("materials/metall", "materials/paper")
        assert vocabulary.dropped["materials"] == {"materials/fusta": 1, "materials/metall | or": 2}
        with pytest.raises(InputError, match="no training picture has the tag 'materials/x'"):
            build_vocabulary(train, self.MINIMUM, ("materials/x",))

    def test_one_term_is_not_enough(self) -> None:
        with pytest.raises(InputError, match="has one term only"):
            build_vocabulary([_example("paper"), _example("paper")], self.MINIMUM)
        with pytest.raises(InputError, match="no tag with 2 training pictures"):
            build_vocabulary([_example("paper"), _example("fusta")], self.MINIMUM)
