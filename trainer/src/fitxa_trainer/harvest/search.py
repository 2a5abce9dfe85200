"""The steps of a harvest before its pictures: search, read the records, place their concepts."""

from dataclasses import asdict, dataclass, field
from urllib.parse import quote

from fitxa_trainer import stopping
from fitxa_trainer.dataset.facets import FACETS
from fitxa_trainer.errors import InputError
from fitxa_trainer.harvest.client import Client, NotFoundError, UnusableError
from fitxa_trainer.harvest.concepts import aat_ids
from fitxa_trainer.harvest.records import read_record
from fitxa_trainer.harvest.settings import HarvestSettings
from fitxa_trainer.harvest.state import NEW, READ, REFUSED, State
from fitxa_trainer.harvest.thesaurus import Thesaurus
from fitxa_trainer.progress import Progress

_ROWS = 100
#: Records in a row whose answers were of no use, after which it is the API that is at fault, not the records.
_PATIENCE = 20


@dataclass
class Placed:
    """What became of the concepts of all records: by facet, and those that found no place."""

    placed: dict[str, int] = field(default_factory=lambda: dict.fromkeys(FACETS, 0))
    unknown: int = 0
    not_assignable: int = 0
    of_no_facet: int = 0


def search(settings: HarvestSettings, client: Client, state: State, progress: Progress) -> None:
    """Page through every query until the API names no further page, or one that was read before.

    Raises InputError when the API cannot be used; the same command resumes at the same page.
    """
    for text in settings.queries:
        found = state.query(text)
        while not found.ended:
            stopping.check()
            _search_page(text, found.cursor, found.taken, settings, client, state)
            found = state.query(text)
            progress.say(f"{text}: {found.taken} records{f' ({found.ended})' if found.ended else ''}")


def _search_page(text: str, cursor: str, taken: int, settings: HarvestSettings, client: Client, state: State) -> None:
    parameters = [
        ("query", text),
        *(("qf", value) for value in settings.filters),
        ("reusability", "open"),
        ("thumbnail", "true"),
        ("profile", "minimal"),
        ("rows", str(_ROWS)),
        ("cursor", cursor),
    ]
    try:
        answer = client.get_json("/record/v2/search.json", parameters)
    except (UnusableError, NotFoundError) as error:
        raise InputError(
            f"Europeana does not answer the search for {text!r} ({error or 'not found'}); what was found so far is "
            "kept, run the same command again later.",
            "harvest.search",
        ) from error
    items = answer.get("items")
    ids = [
        item["id"].strip("/")
        for item in (items if isinstance(items, list) else [])
        if isinstance(item, dict) and isinstance(item.get("id"), str) and item["id"].strip("/")
    ]
    if settings.records_per_query:
        ids = ids[: settings.records_per_query - taken]
    following = answer.get("nextCursor")
    ended = ""
    if not isinstance(following, str) or not following or not items:
        following, ended = cursor, "all pages"
    elif following == cursor or state.was_read(text, following):
        following, ended = cursor, "repeated cursor"
    elif settings.records_per_query and taken + len(ids) >= settings.records_per_query:
        ended = "records_per_query"
    state.take_page(text, cursor, ids, following, ended)


def read_records(
    settings: HarvestSettings, client: Client, state: State, thesaurus: Thesaurus, progress: Progress
) -> None:
    """Read every record found, and keep what is needed of those with a place in a facet and an open licence.

    A record that cannot be had this time stays for the next; many in a row end the work with InputError.
    """
    failures = 0
    for identifier in progress.track(state.records(NEW), "records"):
        try:
            _read_one(identifier, settings, client, state, thesaurus)
            failures = 0
        except NotFoundError:
            state.settle(identifier, REFUSED, "record: not found")
        except UnusableError as error:
            if not error.passing:
                state.settle(identifier, REFUSED, f"record: {error}")
                continue
            failures += 1
            if failures >= _PATIENCE:
                raise InputError(
                    f"{failures} records in a row could not be read ({error}); what was read so far is kept, "
                    "run the same command again later.",
                    "harvest.records",
                ) from error


def _read_one(identifier: str, settings: HarvestSettings, client: Client, state: State, thesaurus: Thesaurus) -> None:
    record = read_record(client.get_json(f"/record/v2/{quote(identifier)}.json"))
    if record is None:
        state.settle(identifier, REFUSED, "record: not laid out as documented")
        return
    reason = ""
    paths: dict[str, list[list[str]]] = {}
    placed = Placed()
    if not record.provider:
        reason = "record: no data provider"
    elif record.provider in settings.without_providers:
        reason = "record: provider left out"
    elif not record.is_open:
        reason = "record: rights are not open"
    elif not (record.original or record.preview):
        reason = "record: no picture"
    elif not record.concepts:
        reason = "record: no concept"
    else:
        paths, placed = place(aat_ids(record.concepts, client, state), settings, thesaurus)
        if not any(paths.values()):
            reason = "record: no concept with a place in a facet"
    content = {
        "provider": record.provider,
        "aggregator": record.aggregator,
        "title": record.title,
        "licence": record.licence,
        "rights": record.rights,
        "attribution": record.attribution,
        "page": record.page,
        "original": record.original,
        "preview": record.preview,
        "paths": paths,
        "placed": asdict(placed),
    }
    state.settle(identifier, REFUSED if reason else READ, reason, content)


def place(ids: list[int], settings: HarvestSettings, thesaurus: Thesaurus) -> tuple[dict[str, list[list[str]]], Placed]:
    """The paths of AAT ids by facet, each once, and the account of them."""
    paths: dict[str, list[list[str]]] = {facet: [] for facet in FACETS}
    account = Placed()
    for number in ids:
        places = thesaurus.places_of(number)
        if thesaurus.row_of(number) is None:
            account.unknown += 1
        elif not thesaurus.is_concept(number):
            account.not_assignable += 1
        elif not places:
            account.of_no_facet += 1
        for facet, path in places.items():
            found: tuple[str, ...] | None = path
            if not thesaurus.in_tree(number, facet) and settings.outside_trees != "path":
                found = thesaurus.nearest_in_tree(number, facet) if settings.outside_trees == "broader" else None
            if found is not None:
                account.placed[facet] += 1
                if list(found) not in paths[facet]:
                    paths[facet].append(list(found))
    return paths, account
