"""The bundle that ships: complete, small enough, and giving the figures that the application is compared with."""

import json

import numpy as np
import pytest

from fitxa_trainer.bundles.bundle import Bundle, open_bundle
from fitxa_trainer.bundles.parity import expected_probabilities, pictures_in
from fitxa_trainer.dataset.facets import FACETS
from workspace import REPOSITORY

STARTER = REPOSITORY / "resources" / "models" / "starter"
PARITY = REPOSITORY / "tests" / "fixtures" / "parity"


@pytest.fixture(scope="module")
def starter() -> Bundle:
    return open_bundle(STARTER)


def test_it_is_complete_and_small(starter: Bundle) -> None:
    assert tuple(starter.terms) == FACETS
    assert {path.name for path in STARTER.iterdir()} == {"model.json", *starter.manifest["files"]}
    assert sum(path.stat().st_size for path in STARTER.iterdir()) <= 30_000_000


def test_every_term_key_belongs_to_its_facet_and_has_its_parent(starter: Bundle) -> None:
    for facet, terms in starter.terms.items():
        for term in terms:
            assert term.startswith(f"{facet}/")
            parent, separator, _ = term.rpartition(" | ")
            assert not separator or parent in terms


def test_its_self_test_passes(starter: Bundle) -> None:
    expectation = starter.manifest["selfTest"]
    outputs = starter.predict([STARTER / expectation["image"]])
    for member, facets in expectation["expected"].items():
        for facet, best in facets.items():
            scores = {term: float(outputs[member][facet][0, i]) for i, term in enumerate(starter.terms[facet])}
            assert [scores[entry["term"]] for entry in best] == pytest.approx(
                [entry["score"] for entry in best], abs=expectation["tolerance"]
            )


def test_it_calibrates_to_five_in_a_hundred(starter: Bundle) -> None:
    for figures in starter.manifest["metrics"]["test"].values():
        assert figures["ece"] <= 0.05


def test_the_parity_pictures_give_what_is_recorded(starter: Bundle) -> None:
    recorded = json.loads((PARITY / "expected.json").read_text(encoding="utf-8"))
    found = json.loads(json.dumps(expected_probabilities(starter, pictures_in(PARITY / "images"))))
    assert found["bundle"] == recorded["bundle"], "run the command parity again"
    assert len(recorded["images"]) == 20
    for now, then in zip(found["images"], recorded["images"], strict=True):
        assert (now["file"], now["sha256"]) == (then["file"], then["sha256"])
        for facet in FACETS:
            assert np.allclose(now["ensemble"][facet], then["ensemble"][facet], atol=1e-3)
            for member in now["members"]:
                assert np.allclose(now["members"][member][facet], then["members"][member][facet], atol=1e-3)


def test_every_parity_picture_is_credited() -> None:
    text = (PARITY / "ATTRIBUTION.md").read_text(encoding="utf-8")
    assert all(f"| {picture.name} |" in text for picture in pictures_in(PARITY / "images"))
    assert sum(picture.stat().st_size for picture in pictures_in(PARITY / "images")) < 3_000_000
