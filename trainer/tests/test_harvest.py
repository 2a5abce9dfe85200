"""What a harvest makes of Europeana's records and pictures, good ones and odd ones."""

from pathlib import Path

import pytest

from europeana import (
    BRONZE,
    BY,
    HTML,
    JAR_STAND,
    MUSICAL_INSTRUMENT,
    NUMISMATICS,
    PORTRAIT,
    FakeEuropeana,
    Harvest,
    aat,
    as_json,
    picture,
    report_of,
    rows_of,
)
from fitxa_trainer.dataset.examples import load_examples
from fitxa_trainer.harvest.settings import load_settings
from workspace import REPOSITORY


def test_records_become_rows_of_the_dialect_with_their_pictures(
    europeana: FakeEuropeana, harvest: Harvest, tmp_path: Path
) -> None:
    europeana.add("100/a", [aat(BRONZE), "http://www.wikidata.org/entity/Q34095", aat(PORTRAIT)])
    europeana.add("100/b", [("http://data.europeana.eu/concept/46", [])])
    europeana.add("200/c", [("http://data.europeana.eu/concept/base/9", [aat(NUMISMATICS)]), aat(JAR_STAND)])
    europeana.entities["46"] = [aat(MUSICAL_INSTRUMENT), "http://www.wikidata.org/entity/Q34379"]
    europeana.page_all("things", 2)
    result = harvest(filters=["TYPE:IMAGE"])
    assert result["pictures"] == 3
    rows = rows_of(tmp_path)
    assert rows["100/a"]["materials.hierarchy"] == "metall | metall no fèrric | aliatge de coure | bronze"
    assert rows["100/a"]["objectTypes.hierarchy"] == rows["100/a"]["subjects.hierarchy"] == "retrat"
    assert rows["100/b"]["objectTypes.hierarchy"] == "artefacte sonor | instrument de música"
    assert rows["200/c"]["classifications.hierarchy"] == "numismàtica"
    # Not in the published tree: English below the nearest broader term that is.
    assert rows["200/c"]["objectTypes.hierarchy"] == "eines i equips | equip de metal·listeria | nailmaker's anvil"
    first = rows["100/a"]
    assert (first["database"], first["repository.keeper"], first["aggregator"]) == ("Museum 100",) * 2 + (
        "An aggregator",
    )
    assert (first["rights"], first["licence"]) == (BY, f"CC BY 4.0 ({BY})")
    assert first["attribution"] == f"Thing 100/a by Somebody - Museum 100. CC BY - {BY}"
    assert (first["source_label"], first["#portraitMedia.original"]) == (
        "Objecte 100/a",
        f"{europeana.url}/media/1.jpg",
    )
    examples = load_examples(tmp_path / "out")
    assert [example.file.read_bytes() for example in examples] == [picture(number) for number in (1, 2, 3)]

    assert [query["cursor"] for query in europeana.queries] == [["*"], ["AoE2"]]
    asked = europeana.queries[0]
    assert (asked["reusability"], asked["thumbnail"], asked["qf"], asked["rows"]) == (
        ["open"],
        ["true"],
        ["TYPE:IMAGE"],
        ["100"],
    )
    assert "wskey" not in asked
    assert europeana.keys_elsewhere == europeana.keyless == []
    report = report_of(tmp_path)
    assert report["providers"] == {
        "Museum 100": {"pictures": 2, "labelsPerPicture": 2.0},
        "Museum 200": {"pictures": 1, "labelsPerPicture": 2.0},
    }
    assert report["picturesByFacets"] == {"1": 1, "2": 1, "3": 1, "4": 0}


def test_odd_records_are_left_out_and_counted(europeana: FakeEuropeana, harvest: Harvest, tmp_path: Path) -> None:
    europeana.add("1/good", [aat(BRONZE)])
    europeana.add("1/no-concept", [])
    europeana.add("1/unknown-id", [aat(300999999)])
    europeana.add("1/guide-term", [aat(300191098), aat(300264092)])
    europeana.add("1/style", [aat(300107948)])
    europeana.add("1/no-alignment", [("http://data.europeana.eu/concept/5", [])])
    europeana.add("1/closed", [aat(BRONZE)])
    europeana.records["1/closed"]["aggregations"][0]["webResources"][0]["webResourceEdmRights"] = {
        "def": ["http://rightsstatements.org/vocab/InC/1.0/"]
    }
    europeana.add("1/no-provider", [aat(BRONZE)])
    del europeana.records["1/no-provider"]["aggregations"][0]["edmDataProvider"]
    europeana.add("1/strange", [aat(BRONZE)])
    europeana.records["1/strange"] |= {"concepts": "none", "aggregations": {"a": 1}}
    europeana.add("1/empty", [aat(BRONZE)])
    europeana.troubles["/record/v2/1/empty.json"] = [as_json({"success": True, "object": {}})]
    europeana.add("2/unwanted", [aat(BRONZE)])
    europeana.page_all("things", 100)
    europeana.pages["things"][0][1].append("1/missing")
    result = harvest(without_providers=["Museum 2"])
    assert list(rows_of(tmp_path)) == ["1/good"]
    assert {reason: count for reason, count in result["refused"].items() if count} == {
        "record: no concept with a place in a facet": 4,
        "record: no data provider": 2,
        "record: no concept": 1,
        "record: rights are not open": 1,
        "record: not laid out as documented": 1,
        "record: provider left out": 1,
        "record: not found": 1,
    }
    assert europeana.requests_for("/record/v2/1/missing.json") == 1


def test_bad_pictures_are_left_out_and_counted(europeana: FakeEuropeana, harvest: Harvest, tmp_path: Path) -> None:
    whole = picture(1, 200)
    answers = {
        "good": (200, "image/png", picture(1, kind="PNG"), {}),
        "html": HTML,
        "page-called-jpeg": (200, "image/jpeg", b"<!DOCTYPE html><title>sorry</title>", {}),
        "cut-in-half": (200, "image/jpeg", whole[: len(whole) // 2], {}),
        "empty": (200, "image/jpeg", b"", {}),
        "tiny": (200, "image/jpeg", picture(1, 20), {}),
        "noise": (200, "image/jpeg", bytes(range(256)) * 4, {}),
        "large": (200, "image/jpeg", b"\xff\xd8\xff" + bytes(50_000), {}),
    }
    for name, answer in answers.items():
        europeana.add(f"1/{name}", [aat(BRONZE)])
        europeana.pictures[europeana.thumbnail(f"1/{name}")] = answer
    europeana.add("1/gone", [aat(BRONZE)])
    del europeana.pictures[europeana.thumbnail("1/gone")]
    europeana.page_all("things", 100)
    result = harvest(largest_megabytes=0.04)
    assert list(rows_of(tmp_path)) == ["1/good"]
    assert rows_of(tmp_path)["1/good"]["file"] == "images/1/good.png"
    assert {reason: count for reason, count in result["refused"].items() if count} == {
        "picture: no picture but text/html": 1,
        "picture: a page instead of a picture": 1,
        "picture: broken picture": 1,
        "picture: empty file": 1,
        "picture: smaller than smallest_side": 1,
        "picture: no picture that can be opened": 1,
        "picture: larger than largest_megabytes": 1,
        "picture: not found": 1,
    }
    assert list((tmp_path / "out" / "images").rglob("*.partial")) == []


def test_a_file_that_many_records_share_stands_in_for_missing_ones(
    europeana: FakeEuropeana, harvest: Harvest, tmp_path: Path
) -> None:
    for index in range(9):
        europeana.add(f"1/{index}", [aat(BRONZE)])
        if index < 7:
            shared = picture(900 if index < 5 else 901)
            europeana.pictures[europeana.thumbnail(f"1/{index}")] = (200, "image/jpeg", shared, {})
    europeana.page_all("things", 100)
    assert harvest()["refused"]["picture: the same file in many records"] == 5
    rows = rows_of(tmp_path)
    assert list(rows) == ["1/5", "1/6", "1/7", "1/8"]
    assert rows["1/5"]["group"] == rows["1/6"]["group"] != rows["1/7"]["group"]


def test_records_of_several_queries_count_once_and_a_query_has_its_limit(
    europeana: FakeEuropeana, harvest: Harvest, tmp_path: Path
) -> None:
    for name in "abcde":
        europeana.add(f"1/{name}", [aat(BRONZE)])
    europeana.page_all("things", 2)
    europeana.pages["objects"] = [("*", ["1/a", "1/e"], None)]
    assert harvest(queries=["things", "objects"], records_per_query=3)["pictures"] == 4
    assert report_of(tmp_path)["queries"]["things"] == {"records": 3, "ended": "records_per_query"}
    assert list(rows_of(tmp_path)) == ["1/a", "1/b", "1/c", "1/e"]
    assert europeana.requests_for("/record/v2/1/a.json") == 1


def test_the_harvest_of_the_repository_can_be_read() -> None:
    settings = load_settings(REPOSITORY / "trainer" / "configs" / "harvest" / "europeana.yaml")
    assert {"furniture", "tool", "costume"} <= set(settings.queries)
    assert not {"photography", "painting"} & set(settings.queries)


def test_rare_tags_are_dropped_with_paths_cut_above_them(
    europeana: FakeEuropeana, harvest: Harvest, tmp_path: Path
) -> None:
    for index in range(3):
        europeana.add(f"1/bronze{index}", [aat(BRONZE)])
    europeana.add("1/brass", [aat(300010946)])
    europeana.add("1/paper", [aat(300014109)])
    europeana.page_all("things", 10)
    result = harvest(minimum_pictures=3)
    rows = rows_of(tmp_path)
    assert set(rows) == {"1/bronze0", "1/bronze1", "1/bronze2", "1/brass"}
    assert rows["1/brass"]["materials.hierarchy"].startswith("metall")
    assert "llautó" not in rows["1/brass"]["materials.hierarchy"]
    assert result["refused"]["tags: all too rare"] == 1
    assert "materials/paper" in report_of(tmp_path)["droppedTags"]["materials"]
    (tmp_path / "out" / "annotations.csv").unlink()
    assert "No picture of the harvest has a tag with 9 pictures" in harvest(expected=2, minimum_pictures=9)["error"]


@pytest.mark.parametrize(
    ("choice", "expected"), [("broader", "eines i equips | equip de metal·listeria"), ("drop", "")]
)
def test_concepts_outside_the_trees_can_be_given_by_a_broader_term_or_not_at_all(
    europeana: FakeEuropeana, harvest: Harvest, tmp_path: Path, choice: str, expected: str
) -> None:
    europeana.add("1/a", [aat(JAR_STAND), aat(BRONZE)])
    europeana.page_all("things", 10)
    harvest(outside_trees=choice)
    assert rows_of(tmp_path)["1/a"]["objectTypes.hierarchy"] == expected
