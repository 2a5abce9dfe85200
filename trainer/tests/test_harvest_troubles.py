"""A harvest that meets errors, limits, moved addresses and its own end."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from europeana import BRONZE, HTML, KEY, FakeEuropeana, Harvest, aat, arguments, picture, report_of, rows_of
from fitxa_trainer.dataset.examples import load_examples
from fitxa_trainer.harvest.client import Client
from workspace import REPOSITORY


def test_the_key_is_in_no_file(europeana: FakeEuropeana, harvest: Harvest, tmp_path: Path) -> None:
    europeana.add("100/a", [aat(BRONZE)])
    europeana.page_all("things", 5)
    harvest()
    for file in (path for path in tmp_path.rglob("*") if path.is_file()):
        assert KEY.encode() not in file.read_bytes(), file


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


def test_the_rate_holds_for_all_requests(europeana: FakeEuropeana, harvest: Harvest) -> None:
    for index in range(4):
        europeana.add(f"1/{index}", [aat(BRONZE)])
    europeana.page_all("things", 10)
    harvest(requests_per_second=20)
    moments = [moment for _, moment in europeana.log]
    assert len(moments) == 9
    assert moments[-1] - moments[0] >= 8 / 20 - 0.02


def test_a_killed_harvest_goes_on_where_it_was(europeana: FakeEuropeana, harvest: Harvest, tmp_path: Path) -> None:
    """Killed in the search, among the records and among the pictures; nothing is asked for twice but what was open."""
    for index in range(12):
        europeana.add(f"1/{index:02}", [aat(BRONZE)])
    europeana.page_all("things", 5)
    environment = os.environ | {"PYTHONPATH": str(REPOSITORY / "trainer" / "src"), "EUROPEANA_API_KEY": KEY}
    command = [sys.executable, "-m", "fitxa_trainer", *arguments(europeana, tmp_path)]
    for path in ("/record/v2/search.json", "/record/v2/1/06.json", europeana.thumbnail("1/07")):
        reached, killed = threading.Event(), threading.Event()

        def hang(reached: threading.Event = reached, killed: threading.Event = killed) -> None:
            reached.set()
            killed.wait()
            raise ConnectionAbortedError

        later = [] if "search" not in path else [europeana.answer("/record/v2/search.json?query=things&cursor=*", KEY)]
        europeana.log.clear() if later else None
        europeana.troubles[path] = [*later, hang]
        process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while not reached.wait(0.1):
            assert process.poll() is None, "it ended before it asked for this"
        process.send_signal(signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL
        killed.set()
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
    assert 0 < max(waits) <= 30
