"""The harvest against a server that plays Europeana, good answers and odd ones."""

import csv
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from europeana import BY, KEY, Answer, FakeEuropeana, aat, as_json, picture
from fitxa_trainer.cli import main
from fitxa_trainer.dataset.data import load_examples
from fitxa_trainer.dataset.eufcc import Record
from fitxa_trainer.harvest.client import Client
from fitxa_trainer.harvest.dataset import drop_rare_tags
from fitxa_trainer.harvest.fetching import thumbnail
from fitxa_trainer.harvest.records import HarvestedRecord, aat_id, europeana_id
from fitxa_trainer.harvest.settings import load_settings
from fitxa_trainer.harvest.thesaurus import Thesaurus, load_thesaurus
from workspace import REPOSITORY

BRONZE, MUSICAL_INSTRUMENT, NUMISMATICS, PORTRAIT, JAR_STAND = 300010957, 300041620, 300054419, 300015637, 300429436
HTML: Answer = (200, "text/html", b"<html><body>Service under maintenance</body></html>", {})

Harvest = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def thesaurus() -> Thesaurus:
    return load_thesaurus()


@pytest.fixture
def europeana(monkeypatch: pytest.MonkeyPatch, thesaurus: Thesaurus) -> Iterator[FakeEuropeana]:
    monkeypatch.setenv("EUROPEANA_API_KEY", KEY)
    monkeypatch.setattr("fitxa_trainer.commands.harvest.load_thesaurus", lambda folder: thesaurus)
    monkeypatch.setattr("fitxa_trainer.harvest.client._FIRST_PAUSE", 0.01)
    fake = FakeEuropeana()
    yield fake
    fake.close()


@pytest.fixture
def harvest(europeana: FakeEuropeana, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Harvest:
    """Runs the command to its end and returns its result; keywords replace settings."""

    def run(expected: int = 0, **settings: Any) -> dict[str, Any]:
        capsys.readouterr()
        code = main(arguments(europeana, tmp_path, **settings))
        captured = capsys.readouterr()
        assert KEY not in captured.out + captured.err
        assert code == expected, captured.err
        result: dict[str, Any] = json.loads(captured.out) if code == 0 else {"error": captured.err}
        return result

    return run


def arguments(europeana: FakeEuropeana, folder: Path, **settings: Any) -> list[str]:
    values = {"queries": ["things"], "requests_per_second": 2000, "retries": 3, "minimum_pictures": 1} | settings
    (folder / "harvest.yaml").write_text(json.dumps(values), encoding="utf-8")
    paths = ["--config", str(folder / "harvest.yaml"), "--out", str(folder / "out"), "--api", europeana.url]
    return ["harvest", *paths, "--progress", "lines"]


def rows_of(folder: Path) -> dict[str, dict[str, str]]:
    with (folder / "out" / "annotations.csv").open(encoding="utf-8", newline="") as stream:
        return {row["idInSource"]: row for row in csv.DictReader(stream)}


def report_of(folder: Path) -> dict[str, Any]:
    report: dict[str, Any] = json.loads((folder / "out" / "harvest-report.json").read_text(encoding="utf-8"))
    return report


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


def test_the_key_is_in_no_file(europeana: FakeEuropeana, harvest: Harvest, tmp_path: Path) -> None:
    europeana.add("100/a", [aat(BRONZE)])
    europeana.page_all("things", 5)
    harvest()
    for file in (path for path in tmp_path.rglob("*") if path.is_file()):
        assert KEY.encode() not in file.read_bytes(), file


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


def test_passing_troubles_are_waited_out(europeana: FakeEuropeana, harvest: Harvest, tmp_path: Path) -> None:
    europeana.add("1/a", [aat(BRONZE)])
    europeana.add("1/b", [aat(BRONZE)])
    europeana.page_all("things", 1)
    broken_off = (200, "application/json", b'{"success": true, "obj', {"Content-Length": "9000"})
    thumbnail_a = europeana.thumbnail("1/a")
    cut = (200, "image/jpeg", picture(1)[:300], {"Content-Length": str(len(picture(1)))})
    europeana.troubles = {
        "/record/v2/search.json": [HTML, (500, "text/plain", b"oops", {})],
        "/record/v2/1/a.json": [(429, "application/json", b"{}", {"Retry-After": "1"}), (503, "text/html", b"", {})],
        "/record/v2/1/b.json": [broken_off],
        thumbnail_a: [cut, (502, "text/html", b"<html>", {})],
    }
    result = harvest()
    assert result["pictures"] == 2
    assert result["unfinished"] == {"records": 0, "pictures": 0}
    assert result["furtherTries"] == 7
    # 2 pages, 2 records, 2 thumbnails, and the tries before
    assert result["requests"] == len(europeana.log) == 6 + 7
    first, second, third = europeana.times_of("/record/v2/1/a.json")
    assert 1.0 <= second - first < 2.0
    assert third - second < 0.5


def test_what_lasts_is_tried_again_the_next_time(europeana: FakeEuropeana, harvest: Harvest, tmp_path: Path) -> None:
    for name in "abc":
        europeana.add(f"1/{name}", [aat(BRONZE)])
    europeana.page_all("things", 10)
    europeana.troubles["/record/v2/1/b.json"] = [HTML] * 4
    europeana.troubles[europeana.thumbnail("1/c")] = [(500, "text/plain", b"", {})] * 4
    result = harvest()
    assert (result["pictures"], result["unfinished"]) == (1, {"records": 1, "pictures": 1})
    result = harvest()
    assert (result["pictures"], result["unfinished"]) == (3, {"records": 0, "pictures": 0})
    assert europeana.requests_for("/record/v2/1/a.json") == 1
    assert europeana.requests_for("/record/v2/search.json") == 1


def test_an_api_that_stays_away_ends_the_work_with_a_sentence(
    europeana: FakeEuropeana, harvest: Harvest, tmp_path: Path
) -> None:
    europeana.add("1/a", [aat(BRONZE)])
    europeana.page_all("things", 10)
    europeana.troubles["/record/v2/search.json"] = [(500, "text/plain", b"", {})] * 4
    message = harvest(expected=2)["error"]
    assert "does not answer the search for 'things' (status 500)" in message
    assert harvest()["pictures"] == 1


def test_a_pause_of_hours_is_said_rather_than_waited(europeana: FakeEuropeana, harvest: Harvest) -> None:
    europeana.add("1/a", [aat(BRONZE)])
    europeana.page_all("things", 10)
    europeana.troubles["/record/v2/1/a.json"] = [(429, "application/json", b"{}", {"Retry-After": "40000"})]
    assert "asks to wait 11.1 hours" in harvest(expected=2)["error"]


@pytest.mark.parametrize("repeated", ["*", "AoE1", "AoE2"])
def test_a_cursor_that_repeats_ends_the_search(
    europeana: FakeEuropeana, harvest: Harvest, tmp_path: Path, repeated: str
) -> None:
    for name in "abc":
        europeana.add(f"1/{name}", [aat(BRONZE)])
    europeana.pages["things"] = [("*", ["1/a"], "AoE1"), ("AoE1", ["1/b"], "AoE2"), ("AoE2", ["1/c"], repeated)]
    assert harvest()["pictures"] == 3
    assert report_of(tmp_path)["queries"] == {"things": {"records": 3, "ended": "repeated cursor"}}
    assert europeana.requests_for("/record/v2/search.json") == 3


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


def test_a_wrong_or_missing_key_is_said_by_the_name_of_its_variable(
    europeana: FakeEuropeana, harvest: Harvest, monkeypatch: pytest.MonkeyPatch
) -> None:
    europeana.add("1/a", [aat(BRONZE)])
    europeana.page_all("things", 1)
    monkeypatch.setenv("EUROPEANA_API_KEY", "wrong-and-secret")
    message = harvest(expected=2)["error"]
    assert "does not accept the API key (status 401)" in message
    assert "EUROPEANA_API_KEY" in message
    assert "wrong-and-secret" not in message
    monkeypatch.delenv("EUROPEANA_API_KEY")
    assert "EUROPEANA_API_KEY is not set" in harvest(expected=2)["error"]


def test_another_harvest_does_not_mix_into_the_folder(europeana: FakeEuropeana, harvest: Harvest) -> None:
    europeana.add("1/a", [aat(BRONZE)])
    europeana.page_all("things", 1)
    europeana.page_all("others", 1)
    harvest()
    assert "other settings" in harvest(expected=2, queries=["others"])["error"]
    assert harvest(requests_per_second=100, minimum_pictures=1)["requests"] == 0
    assert "did you mean 'queries'" in harvest(expected=2, query=["x"])["error"]


def test_the_harvest_of_the_repository_can_be_read() -> None:
    settings = load_settings(REPOSITORY / "trainer" / "configs" / "harvest" / "europeana.yaml")
    assert {"furniture", "tool", "costume"} <= set(settings.queries)
    assert not {"photography", "painting"} & set(settings.queries)


def test_the_rate_holds_for_all_requests(europeana: FakeEuropeana, harvest: Harvest) -> None:
    for index in range(4):
        europeana.add(f"1/{index}", [aat(BRONZE)])
    europeana.page_all("things", 10)
    harvest(requests_per_second=20)
    moments = [moment for _, moment in europeana.log]
    assert len(moments) == 9
    assert moments[-1] - moments[0] >= 8 / 20 - 0.02


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


def test_a_killed_harvest_goes_on_where_it_was(europeana: FakeEuropeana, harvest: Harvest, tmp_path: Path) -> None:
    """Killed in the search, among the records and among the pictures; nothing is asked for twice but what was open."""
    for index in range(12):
        europeana.add(f"1/{index:02}", [aat(BRONZE)])
    europeana.page_all("things", 5)
    environment = os.environ | {"PYTHONPATH": str(REPOSITORY / "trainer" / "src"), "EUROPEANA_API_KEY": KEY}
    command = [sys.executable, "-m", "fitxa_trainer", *arguments(europeana, tmp_path)]
    for path in ("/record/v2/search.json", "/record/v2/1/06.json", europeana.thumbnail("1/07")):
        reached: list[bool] = []

        def hang(reached: list[bool] = reached) -> None:
            reached.append(True)
            time.sleep(3)
            raise ConnectionAbortedError

        later = [] if "search" not in path else [europeana.answer("/record/v2/search.json?query=things&cursor=*", KEY)]
        europeana.log.clear() if later else None
        europeana.troubles[path] = [*later, hang]
        process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while not reached and process.poll() is None:
            time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL
    result = harvest()
    assert (result["pictures"], list(rows_of(tmp_path))) == (12, [f"1/{index:02}" for index in range(12)])
    assert europeana.requests_for("/record/v2/search.json") == 4
    assert europeana.requests_for("/record/v2/1/06.json") == 2
    assert sum(found.startswith("/record/v2/1/") for found, _ in europeana.log) == 13
    assert sum(found.startswith("/thumbnail/") for found, _ in europeana.log) == 13
    examples = load_examples(tmp_path / "out")
    assert [example.file.read_bytes() for example in examples] == [picture(index + 1) for index in range(12)]


def test_no_key_goes_to_other_hosts(europeana: FakeEuropeana, harvest: Harvest) -> None:
    elsewhere = FakeEuropeana()
    elsewhere.pictures["/media/x.jpg"] = (200, "image/jpeg", picture(5), {})
    europeana.add("1/a", [aat(BRONZE)])
    europeana.records["1/a"]["aggregations"][0]["edmIsShownBy"] = f"{elsewhere.url}/media/x.jpg"
    europeana.add("1/b", [aat(BRONZE)])
    target = f"{elsewhere.url}/record/v2/1/b.json"
    europeana.troubles["/record/v2/1/b.json"] = [(301, "text/html", b"", {"Location": target})]
    europeana.add("1/c", [("http://data.europeana.eu/concept/7", [])])
    moved = (301, "text/html", b"", {"Location": "/entity/concept/8.json"})
    europeana.troubles["/entity/concept/7.json"] = [moved]
    europeana.entities["8"] = [aat(BRONZE)]
    europeana.page_all("things", 10)
    result = harvest(picture="original")
    elsewhere.close()
    assert (result["pictures"], result["refused"]["record: not found"]) == (2, 1)
    assert [found for found, _ in elsewhere.log] == ["/media/x.jpg"]
    assert elsewhere.keys_elsewhere == []


def test_a_retry_after_may_be_a_date(europeana: FakeEuropeana) -> None:
    europeana.records["1/a"] = {"about": "/1/a"}
    waits: list[float] = []
    client = Client(europeana.url, KEY, 1000, 2, waits.append)
    date = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(time.time() + 30))
    europeana.troubles["/record/v2/1/a.json"] = [(503, "text/html", b"", {"Retry-After": date})]
    assert client.get_json("/record/v2/1/a.json")["object"] == {"about": "/1/a"}
    assert max(waits) == pytest.approx(30, abs=2)


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
