"""`harvest`: build a dataset from Europeana."""

import argparse
import os
from pathlib import Path

from fitxa_trainer.commands.command import Command
from fitxa_trainer.errors import InputError
from fitxa_trainer.harvest.client import KEY_VARIABLE, Client
from fitxa_trainer.harvest.dataset import REPORT, write_dataset
from fitxa_trainer.harvest.fetching import fetch_pictures
from fitxa_trainer.harvest.search import read_records, search
from fitxa_trainer.harvest.settings import load_settings
from fitxa_trainer.harvest.state import State
from fitxa_trainer.harvest.thesaurus import load_thesaurus
from fitxa_trainer.progress import Progress

_API = "https://api.europeana.eu"
_STATE = "harvest.sqlite"


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--config", type=Path, required=True, metavar="FILE", help="YAML file of the harvest")
    parser.add_argument(
        "--out", type=Path, required=True, metavar="DIR", help="folder of the dataset; give the same one to resume"
    )
    parser.add_argument("--api", default=_API, metavar="URL", help=f"address of the API (default: {_API})")
    parser.add_argument(
        "--vocabulary",
        type=Path,
        metavar="DIR",
        help="folder of aat.json.gz and trees.json (default: the repository's)",
    )


def _run(options: argparse.Namespace, progress: Progress) -> object:
    settings = load_settings(options.config)
    key = os.environ.get(KEY_VARIABLE, "").strip()
    if not key:
        raise InputError(
            f"The environment variable {KEY_VARIABLE} is not set; put your key for Europeana's API into it.",
            "harvest.key",
        )
    thesaurus = load_thesaurus(options.vocabulary)
    folder: Path = options.out
    folder.mkdir(parents=True, exist_ok=True)
    client = Client(options.api, key, settings.requests_per_second, settings.retries)
    state = State(folder / _STATE, settings.identity())
    try:
        progress.stage("search", "searching")
        search(settings, client, state, progress)
        progress.stage("records", "reading records")
        read_records(settings, client, state, thesaurus, progress)
        progress.stage("pictures", "fetching pictures")
        fetch_pictures(settings, client, state, folder, progress)
        report = write_dataset(folder, settings, state)
    finally:
        state.close()
    unfinished = report["unfinished"]
    if isinstance(unfinished, dict) and any(unfinished.values()):
        progress.warning(
            "harvest.unfinished",
            f"{unfinished['records']} records and {unfinished['pictures']} pictures could not be had this time; "
            "the same command tries them again.",
            **unfinished,
        )
    return {
        "pictures": report["pictures"],
        "unfinished": report["unfinished"],
        "refused": report["refused"],
        "facets": report["facets"],
        "requests": client.requests,
        "furtherTries": client.repeats,
        "report": str(folder / REPORT),
    }


COMMAND = Command(
    "harvest",
    f"Build a dataset from Europeana: search, read, place in the facets, fetch. The API key comes from {KEY_VARIABLE}.",
    _add_arguments,
    _run,
)
