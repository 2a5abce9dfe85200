"""Known weaknesses of a bundle, derived from its data and figures."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

from fitxa_trainer.bundles.cards.language import CardLanguage
from fitxa_trainer.bundles.evaluation import ENSEMBLE, Evaluation
from fitxa_trainer.dataset.examples import Example

#: A facet with fewer training pictures has little data.
_THIN = 200
#: A measured facet with fewer pictures says little.
_FEW = 50
_NAMED = 6


class Fall(TypedDict):
    """R-Precision of a facet on the Inner and the Outer test."""

    facet: str
    inner: float
    outer: float


class Thin(TypedDict):
    """A facet with few pictures: to learn from, and of the Inner test."""

    facet: str
    train: int
    measured: int


class WeaknessFacts(TypedDict):
    """What is told. `singleProvider` counts terms that one provider alone shows, `providers` those of the largest."""

    terms: int
    singleProvider: int
    providers: dict[str, int]
    falls: list[Fall]
    thin: list[Thin]
    partialLabels: bool


def find_weaknesses(
    manifest: Mapping[str, Any], splits: Mapping[str, Sequence[Example]], evaluations: Mapping[str, Evaluation]
) -> WeaknessFacts:
    """The weaknesses that the pictures of `splits` and the figures show."""
    single = _single_providers(manifest, splits["train"])
    return {
        "terms": sum(len(entry["terms"]) for entry in manifest["facets"].values()),
        "singleProvider": sum(single.values()),
        "providers": dict(sorted(single.items(), key=lambda item: -item[1])[:_NAMED]),
        "falls": _falls(evaluations),
        "thin": _thin(manifest, splits, evaluations),
        "partialLabels": any("closed" not in example.record.extra for example in splits["train"]),
    }


def weakness_items(facts: WeaknessFacts, language: CardLanguage) -> list[str]:
    """The items of a Markdown list."""
    items = []
    if facts["singleProvider"]:
        counts = [f"{name or language.say('unnamed')} {count}" for name, count in facts["providers"].items()]
        items.append(
            language.say(
                "weakness.shortcuts",
                single=facts["singleProvider"],
                terms=facts["terms"],
                providers=language.join(counts),
            )
        )
    if facts["falls"]:
        falls = [
            language.say(
                "weakness.fall",
                facet=language.facet(fall["facet"]),
                inner=language.number(fall["inner"], ".2f"),
                outer=language.number(fall["outer"], ".2f"),
            )
            for fall in facts["falls"]
        ]
        items.append(language.say("weakness.shift", falls=language.join(falls)))
    items.extend(
        language.say(
            "weakness.thin", facet=language.facet(thin["facet"]), train=thin["train"], measured=thin["measured"]
        )
        for thin in facts["thin"]
    )
    if facts["partialLabels"]:
        items.append(language.say("weakness.partial"))
    return [*items, language.say("weakness.none")]


def _single_providers(manifest: Mapping[str, Any], train: Sequence[Example]) -> dict[str, int]:
    """Terms that only one provider shows, by provider: the network can recognise the provider instead of the object."""
    providers: dict[str, set[str]] = defaultdict(set)
    for example in train:
        for facet in manifest["facets"]:
            for tag in example.record.tags(facet):
                providers[tag].add(example.record.database)
    single: dict[str, int] = defaultdict(int)
    for entry in manifest["facets"].values():
        for term in entry["terms"]:
            if len(providers[term]) == 1:
                single[next(iter(providers[term]))] += 1
    return single


def _falls(evaluations: Mapping[str, Evaluation]) -> list[Fall]:
    """The drop on the Outer test."""
    if "outer" not in evaluations or "inner" not in evaluations:
        return []
    falls: list[Fall] = []
    for facet, rows in evaluations["inner"].rows.items():
        inner, outer = rows[ENSEMBLE], evaluations["outer"].rows[facet][ENSEMBLE]
        if inner.images and outer.images and outer.r_precision < inner.r_precision:
            falls.append({"facet": facet, "inner": inner.r_precision, "outer": outer.r_precision})
    return falls


def _thin(
    manifest: Mapping[str, Any], splits: Mapping[str, Sequence[Example]], evaluations: Mapping[str, Evaluation]
) -> list[Thin]:
    """Facets with few pictures to learn from or to measure on."""
    found: list[Thin] = []
    for facet in manifest["facets"]:
        train = sum(bool(example.record.tags(facet)) for example in splits["train"])
        measured = evaluations["inner"].rows[facet][ENSEMBLE].images if "inner" in evaluations else 0
        if train < _THIN or measured < _FEW:
            found.append({"facet": facet, "train": train, "measured": measured})
    return found
