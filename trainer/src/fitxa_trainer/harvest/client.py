"""HTTP to Europeana and to the hosts of pictures: one rate limit, retries, validated responses.

A request is tried again after a lost connection, a cut answer, 429 and any 5xx, and where the API sends something other
than JSON; the pause doubles each time, with a random part, or is what the server asks for in Retry-After (RFC 9110).
The API key goes out in the header X-Api-Key, as the documentation prefers, so it stands in no address, and goes to no
host but the API's.
"""

import random
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar
from urllib.parse import urljoin, urlsplit

import requests

from fitxa_trainer import __version__, stopping
from fitxa_trainer.errors import InputError

#: Variable of the environment that holds the key; there is no other way to give it.
KEY_VARIABLE = "EUROPEANA_API_KEY"

_TIMEOUT = (10.0, 60.0)
_FIRST_PAUSE = 1.0
_LONGEST_PAUSE = 120.0
#: If a server asks for a longer pause than this, give up until the next run.
_LONGEST_WAIT_ASKED = 3600.0
_REDIRECTS = 5
_CHUNK = 1 << 16

T = TypeVar("T")

Parameters = Sequence[tuple[str, str]]


class NotFoundError(Exception):
    """The server says that this does not exist (404, 410), or refuses the client permanently."""


class UnusableError(Exception):
    """The response is unusable; the message says why, without the address.

    `passing` where another time may bring something better: every try failed for a reason that may pass.
    """

    def __init__(self, message: str, passing: bool = False) -> None:
        super().__init__(message)
        self.passing = passing


class Client:
    """Requests to the API at `api` with `key`, and to other hosts without it."""

    def __init__(
        self, api: str, key: str, per_second: float, retries: int, wait: Callable[[float], None] | None = None
    ) -> None:
        """`wait` pauses for so many seconds; by default it can be interrupted by a wish to stop."""
        self._api = api.rstrip("/")
        self._key = key
        self._interval = 1.0 / per_second
        self._retries = retries
        self._wait = wait or pause
        self._next = 0.0
        self._session = requests.Session()
        self._session.headers["User-Agent"] = f"fitxa-trainer/{__version__}"
        #: Requests sent, and tries after the first, since the start of the program.
        self.requests = 0
        self.repeats = 0

    def get_json(self, path: str, parameters: Parameters = ()) -> Mapping[str, Any]:
        """The JSON object at `path` of the API.

        Raises NotFoundError, UnusableError after the last try, InputError when the key is not accepted.
        """
        return self._tried(lambda: self._json_once(path, parameters))

    def get_picture(self, url: str, largest: int) -> bytes:
        """The body at `url`, at most `largest` bytes, whole and said to be a picture. Raises as `get_json`."""
        if urlsplit(url).scheme not in ("http", "https"):
            raise UnusableError("the address is no http address")
        return self._tried(lambda: self._picture_once(url, largest))

    def _tried(self, attempt: Callable[[], T]) -> T:
        problem = ""
        for count in range(self._retries + 1):
            if count:
                self.repeats += 1
            try:
                return attempt()
            except _AgainError as error:
                problem = str(error)
                if count < self._retries:
                    growing = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2**count) * random.uniform(0.5, 1.0)
                    self._wait(error.after if error.after is not None else growing)
        raise UnusableError(problem, passing=True)

    def _json_once(self, path: str, parameters: Parameters) -> Mapping[str, Any]:
        url = self._api + path
        host = urlsplit(self._api).netloc
        for _ in range(_REDIRECTS):
            with self._send(url, parameters, {"X-Api-Key": self._key, "Accept": "application/json"}) as answer:
                if answer.is_redirect:
                    url, parameters = urljoin(url, answer.headers["Location"]), ()
                    if urlsplit(url).netloc != host:
                        raise NotFoundError
                    continue
                if answer.status_code in (401, 403):
                    raise InputError(
                        f"Europeana does not accept the API key (status {answer.status_code}); "
                        f"correct the environment variable {KEY_VARIABLE}.",
                        "harvest.key",
                    )
                return self._json_object(answer)
        raise NotFoundError

    def _json_object(self, answer: requests.Response) -> Mapping[str, Any]:
        try:
            content = answer.json()
        except requests.exceptions.JSONDecodeError as error:
            kind = answer.headers.get("Content-Type", "").partition(";")[0] or "an unnamed type"
            raise _AgainError(f"no JSON but {kind}") from error
        except requests.RequestException as error:
            raise _AgainError("the answer broke off") from error
        if answer.status_code != 200 or not isinstance(content, dict) or content.get("success") is False:
            said = content.get("error") or content.get("message") if isinstance(content, dict) else None
            detail = f", {said}".replace(self._key, "***") if said else ""
            raise UnusableError(f"status {answer.status_code}{detail}")
        return content

    def _picture_once(self, url: str, largest: int) -> bytes:
        with self._send(url, (), {"Accept": "image/*"}, follow=True) as answer:
            if answer.status_code != 200:
                raise UnusableError(f"status {answer.status_code}")
            kind = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
            if not kind.startswith("image/") and kind != "application/octet-stream":
                raise UnusableError(f"no picture but {kind or 'an unnamed type'}")
            body = bytearray()
            try:
                for chunk in answer.iter_content(_CHUNK):
                    body += chunk
                    if len(body) > largest:
                        raise UnusableError("larger than largest_megabytes")
            except requests.RequestException as error:
                raise _AgainError("the answer broke off") from error
            return bytes(body)

    def _send(
        self, url: str, parameters: Parameters, headers: Mapping[str, str], follow: bool = False
    ) -> requests.Response:
        """One request in its turn. Raises _AgainError, NotFoundError; other answers are the caller's."""
        now = time.monotonic()
        if self._next > now:
            self._wait(self._next - now)
        self._next = max(now, self._next) + self._interval
        self.requests += 1
        try:
            answer = self._session.get(
                url, params=list(parameters), headers=headers, timeout=_TIMEOUT, stream=True, allow_redirects=follow
            )
        except (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError) as error:
            raise _AgainError("no connection") from error
        except requests.RequestException as error:
            raise UnusableError(f"the address cannot be asked for ({type(error).__name__})") from error
        status = answer.status_code
        if status == 429 or status >= 500:
            after = _retry_after(answer)
            answer.close()
            raise _AgainError(f"status {status}", after)
        if status in (404, 410):
            answer.close()
            raise NotFoundError
        return answer


class _AgainError(Exception):
    """This attempt failed, a retry may succeed; `after` is the pause in seconds that the server requests."""

    def __init__(self, message: str, after: float | None = None) -> None:
        super().__init__(message)
        self.after = after


def pause(seconds: float) -> None:
    """Wait; raises Stopped within a quarter of a second when somebody asks to stop."""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        stopping.check()
        time.sleep(min(0.25, left))


def _retry_after(answer: requests.Response) -> float | None:
    """Seconds to wait, from Retry-After in seconds or as a date; None without one, or with one that says nothing."""
    value = answer.headers.get("Retry-After", "").strip()
    if not value:
        return None
    try:
        seconds = float(value)
    except ValueError:
        try:
            moment = parsedate_to_datetime(value)
        except ValueError:
            return None
        seconds = (moment.astimezone(UTC) - datetime.now(UTC)).total_seconds()
    if seconds > _LONGEST_WAIT_ASKED:
        raise InputError(
            f"The server asks to wait {seconds / 3600:.1f} hours; run the same command again after that.",
            "harvest.wait",
        )
    return max(0.0, seconds)
