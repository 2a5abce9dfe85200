"""A server that plays Europeana's APIs as documented, with the odd answers that a long harvest meets."""

import csv
import hashlib
import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from PIL import Image

KEY = "a-key-that-nobody-may-see"
BY = "http://creativecommons.org/licenses/by/4.0/"

BRONZE, MUSICAL_INSTRUMENT, NUMISMATICS, PORTRAIT, JAR_STAND = 300010957, 300041620, 300054419, 300015637, 300429436

#: Status, content type, body and further headers of an answer.
Answer = tuple[int, str, bytes, Mapping[str, str]]
HTML: Answer = (200, "text/html", b"<html><body>Service under maintenance</body></html>", {})

#: Runs the command to its end and returns its result; keywords replace settings.
Harvest = Callable[..., dict[str, Any]]


def picture(number: int, side: int = 80, kind: str = "JPEG") -> bytes:
    """A small picture of its own for every number."""
    colour = (number * 37 % 256, number * 91 % 256, number * 53 % 256)
    body = BytesIO()
    Image.new("RGB", (side, side + number % 7), colour).save(body, kind)
    return body.getvalue()


def aat(number: int) -> str:
    return f"http://vocab.getty.edu/aat/{number}"


@dataclass
class FakeEuropeana:
    """Records by id, pages of them by query, and what goes wrong: path to answers that come before the right one."""

    records: dict[str, dict[str, Any]] = field(default_factory=dict)
    pages: dict[str, list[tuple[str, list[str], str | None]]] = field(default_factory=dict)
    entities: dict[str, list[str]] = field(default_factory=dict)
    pictures: dict[str, Answer] = field(default_factory=dict)
    troubles: dict[str, list[Answer | Callable[[], None]]] = field(default_factory=dict)
    #: Requests in order: path and time; and how many came for each path.
    log: list[tuple[str, float]] = field(default_factory=list)
    queries: list[dict[str, list[str]]] = field(default_factory=list)
    keyless: list[str] = field(default_factory=list)
    keys_elsewhere: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        fake = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                try:
                    status, kind, body, headers = fake.answer(self.path, self.headers.get("X-Api-Key"))
                except ConnectionAbortedError:
                    return
                self.send_response(status)
                self.send_header("Content-Type", kind)
                if "Content-Length" not in headers:
                    self.send_header("Content-Length", str(len(body)))
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None:
                """Nothing on stderr."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def requests_for(self, path: str) -> int:
        return Counter(found for found, _ in self.log)[path]

    def times_of(self, path: str) -> list[float]:
        return [moment for found, moment in self.log if found == path]

    def answer(self, target: str, key: str | None) -> Answer:
        parts = urlsplit(target)
        path = unquote(parts.path)
        self.log.append((path, time.monotonic()))
        if path.startswith(("/record/", "/entity/")) and key != KEY:
            self.keyless.append(path)
            return as_json({"apikey": key, "success": False, "error": f"Invalid API key: {key}"}, 401)
        if path.startswith("/media/") and key is not None:
            self.keys_elsewhere.append(path)
        if self.troubles.get(path):
            trouble = self.troubles[path].pop(0)
            if not callable(trouble):
                return trouble
            trouble()
        return self._right_answer(path, parts.query)

    def _right_answer(self, path: str, query: str) -> Answer:
        if path == "/record/v2/search.json":
            return self._search(parse_qs(query))
        if path.startswith("/record/v2/"):
            record = self.records.get(path.removeprefix("/record/v2/").removesuffix(".json"))
            found = {"apikey": KEY, "success": True, "object": record}
            return as_json(found) if record is not None else as_json({"success": False, "error": "none"}, 404)
        if path.startswith("/entity/concept/"):
            number = path.removeprefix("/entity/concept/").removesuffix(".json")
            if number not in self.entities:
                return as_json({"success": False, "error": "gone"}, 410)
            uri = f"http://data.europeana.eu/concept/{number}"
            return as_json({"id": uri, "type": "Concept", "exactMatch": self.entities[number]})
        return self.pictures.get(path, (404, "text/html", b"<html>not here</html>", {}))

    def _search(self, parameters: dict[str, list[str]]) -> Answer:
        self.queries.append(parameters)
        for cursor, ids, following in self.pages[parameters["query"][0]]:
            if cursor == parameters["cursor"][0]:
                link = f"{self.url}/record/v2/x.json?wskey={KEY}"
                items = [{"id": f"/{identifier}", "type": "IMAGE", "link": link} for identifier in ids]
                content = {"apikey": KEY, "success": True, "itemsCount": len(items), "items": items}
                return as_json(content | ({"nextCursor": following} if following is not None else {}))
        return as_json({"success": False, "error": "unknown cursor"}, 400)

    def add(self, identifier: str, concepts: Sequence[str | tuple[str, list[str]]]) -> None:
        """A record whose picture is the thumbnail of its original."""
        number = len(self.records) + 1
        original = f"{self.url}/media/{number}.jpg"
        self.records[identifier] = content_of(identifier, concepts, original, self.url)
        self.pictures[f"/media/{number}.jpg"] = (200, "image/jpeg", picture(number, 300), {})
        self.pictures[self.thumbnail(identifier)] = (200, "image/jpeg", picture(number), {})

    def thumbnail(self, identifier: str) -> str:
        """The path of a record's thumbnail in the third version of the API."""
        source = self.records[identifier]["aggregations"][0]["edmIsShownBy"]
        return f"/thumbnail/v3/400/{hashlib.md5(source.encode()).hexdigest()}.jpg"

    def page_all(self, query: str, size: int) -> None:
        """All records in pages of `size` under `query`."""
        ids = list(self.records)
        starts = range(0, len(ids), size)
        names = ["*", *(f"AoE{start}" for start in starts[1:])]
        following: list[str | None] = [*names[1:], None]
        self.pages[query] = [
            (name, ids[start : start + size], after)
            for name, start, after in zip(names, starts, following, strict=True)
        ]


def content_of(
    identifier: str, concepts: Sequence[str | tuple[str, list[str]]], original: str, url: str
) -> dict[str, Any]:
    """The object of the Record API, with the fields that a harvest reads and some that it does not."""
    named = [(concept, []) if isinstance(concept, str) else concept for concept in concepts]
    museum = f"Museum {identifier.partition('/')[0]}"
    return {
        "about": f"/{identifier}",
        "aggregations": [
            {
                "about": f"/aggregation/provider/{identifier}",
                "edmDataProvider": {"def": [museum]},
                "edmProvider": {"en": ["An aggregator"]},
                "edmIsShownBy": original,
                "edmRights": {"def": [BY]},
                "webResources": [
                    {
                        "about": original,
                        "webResourceEdmRights": {"def": [BY]},
                        "textAttributionSnippet": f"Thing {identifier} by Somebody - {museum}. CC BY\n- {BY}",
                    }
                ],
            }
        ],
        "concepts": [
            {"about": uri, "prefLabel": {"en": ["x"]}} | ({"exactMatch": matches} if matches else {})
            for uri, matches in named
        ],
        "europeanaAggregation": {
            "edmPreview": f"{url}/thumbnail/v2/url.json?{urlencode({'uri': original, 'type': 'IMAGE'})}"
        },
        "proxies": [
            {"europeanaProxy": True, "dcTitle": {"en": ["Title of Europeana"]}},
            {"europeanaProxy": False, "dcTitle": {"ca": [f"Objecte {identifier}"]}},
        ],
        "type": "IMAGE",
    }


def as_json(content: object, status: int = 200) -> Answer:
    return status, "application/json;charset=UTF-8", json.dumps(content).encode(), {}


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
