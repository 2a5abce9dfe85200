"""From the concepts of a record to AAT ids: AAT terms as they are, Europeana's own by their exactMatch.

A concept of Europeana that a record carries without alignments is looked up in the Entity API, each only once.
"""

from collections.abc import Iterable

from fitxa_trainer.harvest.client import Client, NotFoundError
from fitxa_trainer.harvest.records import Concept, aat_id, europeana_id, matches_of
from fitxa_trainer.harvest.state import State


def aat_ids(concepts: Iterable[Concept], client: Client, state: State) -> list[int]:
    """The AAT ids that `concepts` stand for, in order and each once. Raises as `Client.get_json`."""
    found: dict[int, None] = {}
    for concept in concepts:
        own = aat_id(concept.uri)
        if own is not None:
            found[own] = None
            continue
        matches = [number for uri in concept.matches if (number := aat_id(uri)) is not None]
        entity = europeana_id(concept.uri)
        if not matches and entity is not None:
            matches = _alignments(entity, client, state)
        found.update(dict.fromkeys(matches))
    return list(found)


def _alignments(entity: str, client: Client, state: State) -> list[int]:
    """The AAT ids that Europeana's concept number `entity` is said to be the same as."""
    known = state.alignments(entity)
    if known is not None:
        return known
    try:
        answer = client.get_json(f"/entity/concept/{entity}.json")
    except NotFoundError:
        answer = {}
    matches = [number for uri in matches_of(answer) if (number := aat_id(uri)) is not None]
    state.remember_alignments(entity, matches)
    return matches
