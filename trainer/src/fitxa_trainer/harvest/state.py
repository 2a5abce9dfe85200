"""What a harvest has done so far, in one SQLite file beside its pictures.

Every step commits by itself, so a harvest that was killed loses at most the request it was at. The key of the API is
not in the file, nor is any answer as it came: answers repeat the key.
"""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from fitxa_trainer.errors import InputError

_SCHEMA = """
CREATE TABLE settings (text TEXT NOT NULL);
CREATE TABLE query (text TEXT PRIMARY KEY, cursor TEXT NOT NULL, taken INTEGER NOT NULL, ended TEXT NOT NULL);
CREATE TABLE page (query TEXT NOT NULL, cursor TEXT NOT NULL, PRIMARY KEY (query, cursor));
CREATE TABLE record (id TEXT PRIMARY KEY, state TEXT NOT NULL, reason TEXT NOT NULL, content TEXT NOT NULL);
CREATE INDEX record_state ON record (state);
CREATE TABLE alignment (entity TEXT PRIMARY KEY, ids TEXT NOT NULL);
"""

#: A record was found (new), read (read), has its picture (done), or is left out for a reason (refused).
NEW, READ, DONE, REFUSED = "new", "read", "done", "refused"

FIRST_CURSOR = "*"


@dataclass(frozen=True)
class QueryState:
    """Progress of a search: the cursor of the next page, records taken, and why it ended (empty: it did not)."""

    cursor: str
    taken: int
    ended: str


class State:
    """The state file at `path`, a new one if there is none."""

    def __init__(self, path: Path, settings: str) -> None:
        """`settings` is what the harvest looks for; InputError when the file belongs to another one."""
        fresh = not path.exists()
        self._connection = sqlite3.connect(path, isolation_level=None)
        try:
            if fresh:
                self._connection.executescript(f"BEGIN;{_SCHEMA}COMMIT;")
                self._connection.execute("INSERT INTO settings VALUES (?)", (settings,))
            known = self._connection.execute("SELECT text FROM settings").fetchone()
        except sqlite3.DatabaseError as error:
            self._connection.close()
            raise InputError(f"{path} is no state of a harvest; choose another folder or remove the file.") from error
        if known is None or known[0] != settings:
            self._connection.close()
            raise InputError(
                f"The folder {path.parent} holds a harvest with other settings; choose another folder for this one."
            )

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def query(self, text: str) -> QueryState:
        """How far the search for `text` is."""
        row = self._connection.execute("SELECT cursor, taken, ended FROM query WHERE text = ?", (text,)).fetchone()
        return QueryState(*row) if row else QueryState(FIRST_CURSOR, 0, "")

    def take_page(self, text: str, cursor: str, found: Sequence[str], following: str, ended: str) -> None:
        """Note the page at `cursor` with the records `found`, the cursor of the next one, and why it is the last."""
        known = self.query(text)
        with _transaction(self._connection) as connection:
            connection.executemany("INSERT OR IGNORE INTO record VALUES (?, ?, '', '')", [(id_, NEW) for id_ in found])
            connection.execute("INSERT OR IGNORE INTO page VALUES (?, ?)", (text, cursor))
            connection.execute(
                "INSERT OR REPLACE INTO query VALUES (?, ?, ?, ?)", (text, following, known.taken + len(found), ended)
            )

    def was_read(self, text: str, cursor: str) -> bool:
        """Whether the page at `cursor` of a search was taken before."""
        row = self._connection.execute("SELECT 1 FROM page WHERE query = ? AND cursor = ?", (text, cursor)).fetchone()
        return row is not None

    def records(self, state: str) -> list[str]:
        """The ids of the records in `state`, in the order in which they were found."""
        rows = self._connection.execute("SELECT id FROM record WHERE state = ? ORDER BY rowid", (state,))
        return [row[0] for row in rows]

    def content(self, identifier: str) -> dict[str, object]:
        """What was kept of a record."""
        row = self._connection.execute("SELECT content FROM record WHERE id = ?", (identifier,)).fetchone()
        content: dict[str, object] = json.loads(row[0])
        return content

    def settle(self, identifier: str, state: str, reason: str = "", content: object | None = None) -> None:
        """Bring a record into `state`; without `content` what was kept of it stays."""
        text = None if content is None else json.dumps(content, ensure_ascii=False)
        self._connection.execute(
            "UPDATE record SET state = ?, reason = ?, content = coalesce(?, content) WHERE id = ?",
            (state, reason, text, identifier),
        )

    def refusals(self) -> dict[str, int]:
        """Records left out, by reason."""
        rows = self._connection.execute(
            "SELECT reason, count(*) FROM record WHERE state = ? GROUP BY reason ORDER BY count(*) DESC, reason",
            (REFUSED,),
        )
        return dict(rows)

    def alignments(self, entity: str) -> list[int] | None:
        """The AAT ids of a concept of Europeana's own, None when it was not looked up yet."""
        row = self._connection.execute("SELECT ids FROM alignment WHERE entity = ?", (entity,)).fetchone()
        return None if row is None else json.loads(row[0])

    def remember_alignments(self, entity: str, ids: Sequence[int]) -> None:
        """Note the AAT ids of a concept of Europeana's own."""
        self._connection.execute("INSERT OR REPLACE INTO alignment VALUES (?, ?)", (entity, json.dumps(list(ids))))


class _transaction:
    """A transaction around the block."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def __enter__(self) -> sqlite3.Connection:
        self._connection.execute("BEGIN")
        return self._connection

    def __exit__(self, kind: object, *_: object) -> None:
        self._connection.execute("COMMIT" if kind is None else "ROLLBACK")
