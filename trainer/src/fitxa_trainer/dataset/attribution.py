"""Who is to be credited for the training pictures, from the licence column of the annotations."""

from collections import defaultdict
from collections.abc import Sequence
from typing import TypedDict

from fitxa_trainer.dataset.examples import Example

#: Used if the annotations name no licence.
UNSTATED = "not stated"
UNNAMED = "not named"


class Attribution(TypedDict):
    """Pictures of one provider under one licence, and who keeps the works shown."""

    provider: str
    keepers: list[str]
    licence: str
    images: int


def attributions(examples: Sequence[Example]) -> list[Attribution]:
    """One entry per provider and licence text, by provider and then by number of pictures."""
    found: dict[tuple[str, str], list[Example]] = defaultdict(list)
    for example in examples:
        licence = example.record.extra.get("licence", "").strip() or UNSTATED
        found[(example.record.database, licence)].append(example)
    entries: list[Attribution] = [
        {
            "provider": provider or UNNAMED,
            "keepers": sorted({e.record.keeper for e in members if e.record.keeper}),
            "licence": licence,
            "images": len(members),
        }
        for (provider, licence), members in found.items()
    ]
    return sorted(entries, key=lambda entry: (entry["provider"], -entry["images"], entry["licence"]))
