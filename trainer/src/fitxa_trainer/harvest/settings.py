"""What a harvest looks for: one YAML file."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from fitxa_trainer.configuration.yaml_file import build, read_yaml
from fitxa_trainer.errors import InputError


@dataclass(frozen=True)
class HarvestSettings:
    """One harvest. Every query is a search of its own; a record found by several counts once."""

    queries: tuple[str, ...] = ()
    #: Filters on every query, in the API's own syntax (parameter qf), for example `TYPE:IMAGE`.
    filters: tuple[str, ...] = ()
    #: Data providers whose records are passed over.
    without_providers: tuple[str, ...] = ()
    #: Records taken of each query at most; 0: all.
    records_per_query: int = 0
    #: Requests per second, to the API and to the hosts of pictures alike.
    requests_per_second: float = 4.0
    #: Further tries of a request that failed for no fault of its own.
    retries: int = 6
    #: preview: the thumbnail of at most 400 px that Europeana keeps; original: the provider's own file.
    picture: Literal["preview", "original"] = "preview"
    #: Shortest side in pixels, and size in MB, that a picture must have at least and at most.
    smallest_side: int = 64
    largest_megabytes: float = 40.0
    #: Pictures that a tag must have; paths end above tags with fewer.
    minimum_pictures: int = 10
    #: Concepts that no published tree holds: path writes them out in English below their nearest broader term in a
    #: tree, broader gives that term in their place, drop leaves them out.
    outside_trees: Literal["path", "broader", "drop"] = "path"

    def identity(self) -> str:
        """What makes two harvests the same one: all but the pace, and the count that is asked for at the end."""
        values = asdict(self)
        for key in ("requests_per_second", "retries", "minimum_pictures"):
            del values[key]
        return json.dumps(values, sort_keys=True)


def load_settings(path: Path) -> HarvestSettings:
    """The settings in `path`. InputError, naming the key, for an unknown key or a value that cannot be."""
    settings: HarvestSettings = build(HarvestSettings, read_yaml(path), str(path))
    if not settings.queries or not all(query.strip() for query in settings.queries):
        raise InputError(f"{path}, queries: give at least one search, and no empty one.")
    if settings.requests_per_second <= 0 or settings.largest_megabytes <= 0:
        raise InputError(f"{path}: requests_per_second and largest_megabytes must be above 0.")
    if (
        min(settings.retries, settings.records_per_query) < 0
        or min(settings.minimum_pictures, settings.smallest_side) < 1
    ):
        raise InputError(
            f"{path}: retries and records_per_query must not be below 0, minimum_pictures and smallest_side below 1."
        )
    return settings
