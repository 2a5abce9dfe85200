"""Checks downloaded pictures (complete, decodable, large enough) and gives each a unique name."""

import hashlib
import re
from io import BytesIO
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from fitxa_trainer.harvest.client import UnusableError

_EXTENSIONS = {"JPEG": ".jpg", "PNG": ".png", "WEBP": ".webp", "TIFF": ".tif", "GIF": ".gif"}
_BEGINNINGS_OF_HTML = (b"<!doctype", b"<html", b"<?xml", b"<head", b"<script")
_LARGEST_PIXELS = 200_000_000


def check_picture(body: bytes, smallest_side: int) -> str:
    """The extension of the picture in `body`, by what it is. UnusableError, in words, for anything else."""
    if not body:
        raise UnusableError("empty file")
    if body[:64].lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_BEGINNINGS_OF_HTML):
        raise UnusableError("a page instead of a picture")
    try:
        with Image.open(BytesIO(body)) as picture:
            extension = _EXTENSIONS.get(picture.format or "")
            size = picture.size
            if extension is None:
                raise UnusableError(f"format {picture.format}")
            if size[0] * size[1] > _LARGEST_PIXELS:
                raise UnusableError("too many pixels")
            picture.load()
    except (UnidentifiedImageError, Image.DecompressionBombError) as error:
        raise UnusableError("no picture that can be opened") from error
    except (OSError, SyntaxError, ValueError) as error:
        raise UnusableError("broken picture") from error
    if min(size) < smallest_side:
        raise UnusableError("smaller than smallest_side")
    return extension


def store_picture(folder: Path, identifier: str, extension: str, body: bytes) -> str:
    """Write the picture of the record `identifier` below `folder`/images whole or not at all; its path in `folder`."""
    name = _file_name(identifier) + extension
    path = folder / "images" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".partial")
    partial.write_bytes(body)
    partial.replace(path)
    return f"images/{name}"


def _file_name(identifier: str) -> str:
    """`dataset/local id` as a path that every file system takes; what had to be changed gets a mark of its own."""
    dataset, _, local = identifier.partition("/")
    safe = re.sub(r"[^A-Za-z0-9_-]", "_", local)[:80]
    mark = "" if safe == local else "-" + hashlib.sha256(identifier.encode()).hexdigest()[:8]
    return f"{re.sub(r'[^A-Za-z0-9_-]', '_', dataset) or 'records'}/{safe}{mark}"
