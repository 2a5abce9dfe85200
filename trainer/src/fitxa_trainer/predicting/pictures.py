"""The pictures to predict, and how they are cut into parts.

A source is a folder of pictures, a CSV file with a column `file`, a shard of WebDataset (a .tar file) or a folder of
shards. Parts follow from the source alone, not from the number of processes, so that any number of them leaves the same
files. Only the current part of a source is held in memory: it may list fifty million pictures.
"""

import csv
import os
import tarfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from fitxa_trainer.errors import InputError

_PICTURES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff"})
_SHARD = ".tar"
_FILE_COLUMN = "file"


@dataclass(frozen=True)
class Picture:
    """A picture: `key` names it in the run file; its data are `size` bytes of `file` from `offset`, by default all."""

    key: str
    file: Path
    offset: int = 0
    size: int = -1

    def read(self) -> bytes:
        """The picture's bytes. Raises OSError."""
        with self.file.open("rb") as stream:
            if self.offset:
                stream.seek(self.offset)
            return stream.read(self.size)


@dataclass(frozen=True)
class Part:
    """Pictures that are predicted, and whose rows are written, together. Parts of one `share` go to one process."""

    share: int
    number: int
    pictures: tuple[Picture, ...]

    @property
    def name(self) -> str:
        """The name of its file; sorting by name gives the order of the source."""
        return f"part-{self.share:08d}-{self.number:05d}.parquet"


def share_of(name: str) -> int:
    """The share of a part by the name of its file."""
    return int(name.split("-")[1])


def parts_of(source: Path, size: int, rank: int = 0, world: int = 1) -> Iterator[Part]:
    """The parts, of at most `size` pictures, that process `rank` of `world` predicts, in the order of the source.

    Every shard is a share; in a folder or a list, every part is. Raises InputError for a source that cannot be read
    or that is of no known kind.
    """
    shards = _shards(source)
    if shards:
        for share, shard in enumerate(shards):
            if share % world == rank:
                for number, pictures in enumerate(_cut(_in_shard(shard), size)):
                    yield Part(share, number, pictures)
        return
    pictures_of = _in_folder(source) if source.is_dir() else _in_list(source)
    for share, pictures in enumerate(_cut(pictures_of, size)):
        if share % world == rank:
            yield Part(share, 0, pictures)


def _cut(pictures: Iterable[Picture], size: int) -> Iterator[tuple[Picture, ...]]:
    stream = iter(pictures)
    while part := tuple(islice(stream, size)):
        yield part


def _shards(source: Path) -> list[Path]:
    """The shards of a source, by name; none for a source of another kind."""
    if source.suffix == _SHARD and source.is_file():
        return [source]
    return sorted(source.glob(f"*{_SHARD}")) if source.is_dir() else []


def _in_shard(shard: Path) -> Iterator[Picture]:
    try:
        with tarfile.open(shard, "r:") as archive:
            for member in archive:
                if member.isfile() and Path(member.name).suffix.lower() in _PICTURES:
                    yield Picture(f"{shard.name}/{member.name}", shard, member.offset_data, member.size)
    except (OSError, tarfile.TarError) as error:
        raise InputError(
            f"The shard {shard} cannot be read ({error}); make it again as an uncompressed tar file."
        ) from error


def _in_folder(folder: Path) -> Iterator[Picture]:
    """The pictures below a folder, by their paths relative to it."""
    for path, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            file = Path(path) / name
            if file.suffix.lower() in _PICTURES:
                yield Picture(file.relative_to(folder).as_posix(), file)


def _in_list(source: Path) -> Iterator[Picture]:
    """The pictures that the column `file` of a CSV file names; relative paths start at the folder of the file."""
    try:
        with source.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream, strict=True)
            if _FILE_COLUMN not in (reader.fieldnames or ()):
                raise InputError(f"The list {source} lacks the column {_FILE_COLUMN}; add it to the header row.")
            for row in reader:
                name = row[_FILE_COLUMN]
                if not name:
                    raise InputError(f"{source}, line {reader.line_num}: {_FILE_COLUMN} is empty; name a picture.")
                yield Picture(name, source.parent / name)
    except OSError as error:
        raise InputError(
            f"The pictures {source} cannot be read; give a folder, a CSV file or shards (.tar)."
        ) from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"The list {source} is no CSV in UTF-8 ({error}); save it as such.") from error
