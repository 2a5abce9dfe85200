"""The last step of a harvest: the picture of every record, fetched, checked and stored."""

import hashlib
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from fitxa_trainer.harvest.client import Client, NotFoundError, UnusableError
from fitxa_trainer.harvest.images import check_picture, store_picture
from fitxa_trainer.harvest.settings import HarvestSettings
from fitxa_trainer.harvest.state import DONE, READ, REFUSED, State
from fitxa_trainer.progress import Progress

_MEGABYTE = 1_000_000
#: Pictures of one host that failed in a row, after which its others wait for the next time.
_PATIENCE = 3


def fetch_pictures(settings: HarvestSettings, client: Client, state: State, folder: Path, progress: Progress) -> None:
    """Fetch, check and store the picture of every record read; one that is of no use leaves the record out.

    A picture that cannot be had this time stays for the next, and so do all further ones of a host that failed often.
    """
    failures: Counter[str] = Counter()
    for identifier in progress.track(state.records(READ), "pictures"):
        content = state.content(identifier)
        url = _address(content, settings)
        host = urlsplit(url).netloc
        if failures[host] >= _PATIENCE:
            continue
        try:
            body = client.get_picture(url, round(settings.largest_megabytes * _MEGABYTE))
            file = store_picture(folder, identifier, check_picture(body, settings.smallest_side), body)
        except NotFoundError:
            state.settle(identifier, REFUSED, "picture: not found")
        except UnusableError as error:
            if error.passing:
                failures[host] += 1
            else:
                state.settle(identifier, REFUSED, f"picture: {error}")
        else:
            failures[host] = 0
            state.settle(identifier, DONE, content=content | {"file": file, "sha256": hashlib.sha256(body).hexdigest()})


def _address(content: Mapping[str, Any], settings: HarvestSettings) -> str:
    """The address of the wished version of the picture, of the other one where the record has not that."""
    original, preview = content["original"], content["preview"]
    choices = (preview, original) if settings.picture == "preview" else (original, preview)
    return thumbnail(next(url for url in choices if url))


def thumbnail(url: str) -> str:
    """`url`, in the third version of the Thumbnail API where it is of the second, at its larger width of 400 px.

    The second answers with an icon if there is no thumbnail, the third says that there is none. It names a picture
    by the MD5 hash of the address it was made from.
    """
    parts = urlsplit(url)
    source = parse_qs(parts.query).get("uri", [])
    if not parts.path.startswith("/thumbnail/v2/") or not source:
        return url
    name = hashlib.md5(source[0].encode(), usedforsecurity=False).hexdigest()
    return f"{parts.scheme}://{parts.netloc}/thumbnail/v3/400/{name}.jpg"
