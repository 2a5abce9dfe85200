"""From harvested records to the dataset: rare tags dropped, annotations.csv, harvest-report.json."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from fitxa_trainer.dataset.eufcc import Record, write_eufcc
from fitxa_trainer.dataset.examples import ANNOTATIONS
from fitxa_trainer.dataset.facets import CURATION_MARKER, FACETS, FLAT_FACETS, term_key
from fitxa_trainer.dataset.facets import Path as TermPath
from fitxa_trainer.errors import InputError
from fitxa_trainer.harvest.settings import HarvestSettings
from fitxa_trainer.harvest.state import DONE, NEW, READ, State
from fitxa_trainer.json_file import write_json

REPORT = "harvest-report.json"

#: A file shared by this many records is a placeholder for missing pictures.
_STAND_IN = 5


def write_dataset(folder: Path, settings: HarvestSettings, state: State) -> dict[str, object]:
    """Write the annotations and the report of a finished harvest into `folder`; returns the report.

    Raises InputError when no picture has a tag that is frequent enough.
    """
    contents = {identifier: state.content(identifier) for identifier in state.records(DONE)}
    same = Counter(content["sha256"] for content in contents.values())
    records = [
        _record(identifier, content) for identifier, content in contents.items() if same[content["sha256"]] < _STAND_IN
    ]
    kept, dropped = drop_rare_tags(records, settings.minimum_pictures)
    report = {
        "settings": asdict(settings),
        "queries": {
            text: {"records": found.taken, "ended": found.ended}
            for text in settings.queries
            for found in [state.query(text)]
        },
        "pictures": len(kept),
        "unfinished": {"records": len(state.records(NEW)), "pictures": len(state.records(READ))},
        "refused": state.refusals()
        | {
            "picture: the same file in many records": len(contents) - len(records),
            "tags: all too rare": len(records) - len(kept),
        },
        "concepts": _concepts(contents.values()),
        "facets": {facet: _facet(kept, facet) for facet in FACETS},
        "droppedTags": {facet: dict(sorted(dropped[facet].items())) for facet in FACETS},
        "picturesByFacets": _by_facets(kept),
        "providers": _providers(kept),
        "licences": dict(Counter(record.extra["licence"] for record in kept).most_common()),
    }
    write_json(folder / REPORT, report)
    if not kept:
        raise InputError(
            f"No picture of the harvest has a tag with {settings.minimum_pictures} pictures; widen the queries or "
            f"lower minimum_pictures ({folder / REPORT} says what was left out, and why).",
            "harvest.empty",
        )
    write_eufcc(folder / ANNOTATIONS, kept)
    return report


def _record(identifier: str, content: Mapping[str, Any]) -> Record:
    return Record(
        id=identifier,
        paths={facet: tuple(tuple(path) for path in content["paths"].get(facet, ())) for facet in FACETS},
        portrait=content["original"] or content["preview"],
        database=content["provider"],
        keeper=content["provider"],
        extra={
            "file": content["file"],
            "licence": content["licence"],
            "source_label": content["title"],
            "group": content["sha256"][:16],
            "rights": content["rights"],
            "attribution": content["attribution"],
            "page": content["page"],
            "aggregator": content["aggregator"],
        },
    )


def drop_rare_tags(records: Sequence[Record], minimum: int) -> tuple[list[Record], dict[str, dict[str, int]]]:
    """`records` without the tags that fewer than `minimum` of them have, and those tags with their counts.

    A path ends above its first rare tag; a record without any tag left is dropped, which changes no other count.
    """
    counts = {facet: Counter(tag for record in records for tag in record.tags(facet)) for facet in FACETS}
    kept: list[Record] = []
    for record in records:
        paths = {facet: _frequent(facet, record.paths[facet], counts[facet], minimum) for facet in FACETS}
        if any(paths.values()):
            kept.append(Record(record.id, paths, record.portrait, record.database, record.keeper, record.extra))
    dropped = {facet: {tag: count for tag, count in own.items() if count < minimum} for facet, own in counts.items()}
    return kept, dropped


def _frequent(facet: str, paths: Sequence[TermPath], counts: Mapping[str, int], minimum: int) -> tuple[TermPath, ...]:
    """`paths` cut above their first rare tag, each once, without those that another one contains."""
    cut: list[TermPath] = []
    for path in paths:
        if facet in FLAT_FACETS:
            cut += [(label,) for label in path if counts[term_key(facet, (label,))] >= minimum]
            continue
        depth = 0
        while (
            depth < len(path)
            and path[depth] != CURATION_MARKER
            and counts[term_key(facet, path[: depth + 1])] >= minimum
        ):
            depth += 1
        if depth:
            cut.append(path[:depth])
    unique = list(dict.fromkeys(cut))
    return tuple(path for path in unique if not any(other != path and other[: len(path)] == path for other in unique))


def _concepts(contents: Any) -> dict[str, int]:
    """What became of the concepts of all records with a picture."""
    account: Counter[str] = Counter()
    for content in contents:
        placed = content["placed"]
        account.update({f"placed {facet}": count for facet, count in placed["placed"].items()})
        account.update({"unknown AAT id": placed["unknown"], "not assignable": placed["not_assignable"]})
        account.update({"of no facet": placed["of_no_facet"]})
    return dict(account)


def _facet(records: Sequence[Record], facet: str) -> dict[str, int]:
    tags = [record.tags(facet) for record in records]
    return {"pictures": sum(bool(own) for own in tags), "tags": len(frozenset().union(*tags))}


def _by_facets(records: Sequence[Record]) -> dict[str, int]:
    """Pictures by how many facets they have labels in."""
    counts = Counter(sum(bool(record.paths[facet]) for facet in FACETS) for record in records)
    return {str(number): counts[number] for number in range(1, len(FACETS) + 1)}


def _providers(records: Sequence[Record]) -> dict[str, dict[str, float]]:
    """Pictures, and labels per picture, of each provider: a provider with very many labels is one to leave out."""
    pictures = Counter(record.database for record in records)
    labels: Counter[str] = Counter()
    for record in records:
        labels[record.database] += sum(len(record.paths[facet]) for facet in FACETS)
    return {
        name: {"pictures": count, "labelsPerPicture": round(labels[name] / count, 2)}
        for name, count in pictures.most_common()
    }
