"""The licence of a bundle, from the origin of its weights."""

from collections.abc import Sequence

from fitxa_trainer.bundles.cards.language import CardLanguage

_OWN = "Apache-2.0"

#: Where trunks by the beginning of their name, and text encoders, come from: phrases of the card.
_TRUNKS = {"lite": "licence.trunk"}
_TEXTS = {"minilm": "licence.vectors"}


def licence_of(backbones: Sequence[str], texts: Sequence[str], language: CardLanguage) -> dict[str, str]:
    """Name and text of the licence of networks with these trunks and text encoders ("none": none was read)."""
    origins = {
        **{name: next((key for start, key in _TRUNKS.items() if name.startswith(start)), None) for name in backbones},
        **{name: _TEXTS.get(name) for name in texts if name != "none"},
    }
    named = [language.say(key or "licence.published", name=name) for name, key in origins.items()]
    return {
        "name": language.say("licence.known" if None not in origins.values() else "licence.mixed", own=_OWN),
        "text": language.say("licence.text", origins="; ".join(named)),
    }
