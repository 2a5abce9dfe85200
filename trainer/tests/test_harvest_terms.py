"""Addresses, rights, and the places of concepts in the facets."""

import pytest

from europeana import BRONZE, PORTRAIT
from fitxa_trainer.dataset.eufcc import Record
from fitxa_trainer.harvest.dataset import drop_rare_tags
from fitxa_trainer.harvest.fetching import thumbnail
from fitxa_trainer.harvest.records import HarvestedRecord, aat_id, europeana_id
from fitxa_trainer.harvest.thesaurus import Thesaurus


def test_dropping_counts_every_node_on_the_paths() -> None:
    def record(name: str, *paths: tuple[str, ...]) -> Record:
        empty: dict[str, tuple[tuple[str, ...], ...]] = {"materials": (), "disciplines": (), "subjects": ()}
        return Record(name, {"objectTypes": paths, **empty})

    records = [record("1", ("a", "b", "c")), record("2", ("a", "b"), ("a", "d")), record("3", ("a", "d"), ("e",))]
    kept, dropped = drop_rare_tags(records, 2)
    assert [found.paths["objectTypes"] for found in kept] == [
        (("a", "b"),),
        (("a", "b"), ("a", "d")),
        (("a", "d"),),
    ]
    assert dropped["objectTypes"] == {"objectTypes/a | b | c": 1, "objectTypes/e": 1}


def test_thumbnails_are_asked_for_where_a_missing_one_is_said_to_be_missing() -> None:
    found = thumbnail("https://api.europeana.eu/thumbnail/v2/url.json?uri=http%3A%2F%2Fa.org%2Fb%20c.jpg&type=IMAGE")
    assert found == "https://api.europeana.eu/thumbnail/v3/400/8813fef2bfde07143d1cc70d663e9af5.jpg"
    assert thumbnail("https://a.org/b.jpg?size=1") == "https://a.org/b.jpg?size=1"


@pytest.mark.parametrize(
    ("uri", "number"),
    [
        ("http://vocab.getty.edu/aat/300010957", 300010957),
        ("https://vocab.getty.edu/page/aat/300010957", 300010957),
        ("http://vocab.getty.edu/aat/term/1000011035-en", None),
        ("http://vocab.getty.edu/ulan/500115588", None),
        ("http://vocab.getty.edu/aat/3000109570", None),
        ("http://data.europeana.eu/concept/46", None),
    ],
)
def test_aat_addresses(uri: str, number: int | None) -> None:
    assert aat_id(uri) == number


def test_europeana_addresses() -> None:
    assert europeana_id("http://data.europeana.eu/concept/base/46") == europeana_id(
        "http://data.europeana.eu/concept/46"
    )
    assert europeana_id("http://data.europeana.eu/agent/46") is None


@pytest.mark.parametrize(
    ("rights", "open_", "licence"),
    [
        ("http://creativecommons.org/publicdomain/mark/1.0/", True, "Public Domain Mark 1.0"),
        ("http://creativecommons.org/publicdomain/zero/1.0/", True, "CC0 1.0"),
        ("https://creativecommons.org/licenses/by-sa/3.0/nl/", True, "CC BY-SA 3.0 NL"),
        ("http://creativecommons.org/licenses/by-nc/4.0/", False, "CC BY-NC 4.0"),
        ("http://creativecommons.org/licenses/by-nd/4.0/", False, "CC BY-ND 4.0"),
        ("http://rightsstatements.org/vocab/NoC-NC/1.0/", False, ""),
    ],
)
def test_rights(rights: str, open_: bool, licence: str) -> None:
    record = HarvestedRecord("1/a", "m", "", "", rights, "", "", "", "", ())
    assert record.is_open == open_
    assert record.licence == (f"{licence} ({rights})" if licence else rights)


def test_places_follow_the_ancestors_and_the_published_trees(thesaurus: Thesaurus) -> None:
    assert thesaurus.places_of(BRONZE) == {"materials": ("metall", "metall no fèrric", "aliatge de coure", "bronze")}
    assert thesaurus.places_of(PORTRAIT) == {"objectTypes": ("retrat",), "subjects": ("retrat",)}
    # geomorphology is in no tree; Disciplines lie flat
    assert thesaurus.places_of(300054547) == {"disciplines": ("geomorphology",)}
    # Cuban is a style, Objects Facet a facet, visual works by subject type a guide term of the AAT
    assert thesaurus.places_of(300107948) == thesaurus.places_of(300264092) == thesaurus.places_of(300191098) == {}


def test_no_path_holds_a_guide_term_and_every_tree_term_has_its_own_path(thesaurus: Thesaurus) -> None:
    for row in range(0, len(thesaurus.ids), 37):
        for path in thesaurus.places_of(thesaurus.ids[row]).values():
            assert path
            assert all(part and not part.startswith("<") for part in path)
    for facet, paths in thesaurus.trees.items():
        for number, path in paths.items():
            if thesaurus.is_concept(number):
                assert thesaurus.places_of(number)[facet] == path
