"""Reading what the Record API answers: one object with its picture, rights, provider and concepts.

Texts come as a mapping of languages to lists, where `def` stands for no language; addresses as texts; a field that a
record does not have is missing. Anything laid out otherwise counts as missing.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

#: Rights statements that reusability "open" stands for, without scheme, version and country.
_OPEN_RIGHTS = re.compile(
    r"^https?://creativecommons\.org/(publicdomain/(mark|zero)|licenses/(by|by-sa))(/|$)", re.IGNORECASE
)
_LICENCE = re.compile(r"creativecommons\.org/(publicdomain|licenses)/([a-z-]+)(?:/([0-9.]+))?(?:/([a-z]{2,}))?", re.I)
_NAMES = {"mark": "Public Domain Mark", "zero": "CC0"}

_AAT = re.compile(r"^https?://vocab\.getty\.edu/(?:page/)?aat/(?:[a-z]+/)?(\d{9})\b")
_EUROPEANA = re.compile(r"^https?://data\.europeana\.eu/concept/(?:base/)?(\d+)$")


@dataclass(frozen=True)
class Concept:
    """One concept that a record names: its address and those it is said to be the same as."""

    uri: str
    matches: tuple[str, ...]


@dataclass(frozen=True)
class HarvestedRecord:
    """What is kept of one record of Europeana; texts are empty if the record has none."""

    id: str
    provider: str
    aggregator: str
    title: str
    rights: str
    attribution: str
    page: str
    original: str
    preview: str
    concepts: tuple[Concept, ...]

    @property
    def is_open(self) -> bool:
        """Whether the rights statement is a public domain mark, CC0, CC BY or CC BY-SA."""
        return bool(_OPEN_RIGHTS.match(self.rights))

    @property
    def licence(self) -> str:
        """The rights statement by name, with its address."""
        found = _LICENCE.search(self.rights)
        if found is None:
            return self.rights
        _, code, version, country = (part or "" for part in found.groups())
        name = _NAMES.get(code.lower(), f"CC {code.upper()}")
        return f"{' '.join(part for part in (name, version, country.upper()) if part)} ({self.rights})"


def read_record(content: Mapping[str, Any]) -> HarvestedRecord | None:
    """The record in an answer of the Record API; None when it holds none."""
    record = content.get("object")
    if not isinstance(record, dict) or not isinstance(record.get("about"), str):
        return None
    identifier = record["about"].strip("/")
    aggregation = next(_mappings(record.get("aggregations")), {})
    own = _mapping(record.get("europeanaAggregation"))
    original = _text(aggregation.get("edmIsShownBy")) or _text(aggregation.get("edmObject"))
    resources = list(_mappings(aggregation.get("webResources")))
    shown = next((resource for resource in resources if resource.get("about") == original), {})
    proxies = sorted(_mappings(record.get("proxies")), key=lambda proxy: bool(proxy.get("europeanaProxy")))
    return HarvestedRecord(
        id=identifier,
        provider=_text(aggregation.get("edmDataProvider")),
        aggregator=_text(aggregation.get("edmProvider")),
        title=next((text for proxy in proxies if (text := _text(proxy.get("dcTitle")))), ""),
        rights=_text(shown.get("webResourceEdmRights")) or _text(aggregation.get("edmRights")),
        attribution=_attribution(shown, aggregation, proxies),
        page=_text(own.get("edmLandingPage")) or f"https://www.europeana.eu/item/{identifier}",
        original=original,
        preview=_text(own.get("edmPreview")),
        concepts=tuple(
            Concept(concept["about"], tuple(_texts(concept.get("exactMatch"))))
            for concept in _mappings(record.get("concepts"))
            if isinstance(concept.get("about"), str)
        ),
    )


def aat_id(uri: str) -> int | None:
    """The number of an AAT term from its address, None for any other address."""
    found = _AAT.match(uri.strip())
    return int(found[1]) if found else None


def europeana_id(uri: str) -> str | None:
    """The number of a concept of Europeana's own from its address, None for any other address."""
    found = _EUROPEANA.match(uri.strip())
    return found[1] if found else None


def matches_of(entity: Mapping[str, Any]) -> tuple[str, ...]:
    """What an answer of the Entity API says a concept to be the same as."""
    return tuple(_texts(entity.get("exactMatch")))


def _attribution(shown: Mapping[str, Any], aggregation: Mapping[str, Any], proxies: Sequence[Mapping[str, Any]]) -> str:
    """Europeana's own sentence of attribution, else creator and provider."""
    ready = _text(shown.get("textAttributionSnippet"))
    if ready:
        return " ".join(ready.split())
    creator = next((text for proxy in proxies if (text := _text(proxy.get("dcCreator"))) and "://" not in text), "")
    return ", ".join(part for part in (creator, _text(aggregation.get("edmDataProvider"))) if part)


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _mappings(value: Any) -> Iterator[Mapping[str, Any]]:
    return (item for item in value if isinstance(item, dict)) if isinstance(value, list) else iter(())


def _texts(value: Any) -> Iterator[str]:
    """The texts in a text, a list of texts, or a mapping of languages to either; English and no language first."""
    if isinstance(value, str):
        if value.strip():
            yield value.strip()
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, dict):
        for language in sorted(value, key=lambda name: (name not in ("def", "en"), name)):
            yield from _texts(value[language])


def _text(value: Any) -> str:
    return next(_texts(value), "")
