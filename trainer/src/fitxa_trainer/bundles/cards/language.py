"""The words of a model card in one language: the files templates/card.<language>.json and .md."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from string import Template

#: The card in English is called card.md, as it was when there was no other.
LANGUAGES: tuple[str, ...] = ("en", "ca")
_DECIMAL_COMMA = frozenset({"ca"})


@dataclass(frozen=True)
class CardLanguage:
    """Phrases by key and the whole card, both with `$name` where something is put in."""

    code: str
    phrases: Mapping[str, str]
    page: str

    def say(self, key: str, **values: object) -> str:
        """The phrase of `key` with `values` put in; KeyError for an unknown key or a missing value."""
        return Template(self.phrases[key]).substitute(values)

    def facet(self, name: str) -> str:
        """The display name of the facet `name`."""
        return self.phrases[f"facet.{name}"]

    def split(self, name: str) -> str:
        """The display name of the split `name`."""
        return self.phrases[f"split.{name}"]

    def task(self, name: str, otherwise: str) -> str:
        """The display name of the member or task `name`; `otherwise` if it has none."""
        return self.phrases.get(f"task.{name}", otherwise)

    def number(self, value: float, form: str) -> str:
        """`value` in the format `form` (as ".3f"), with the decimal sign of the language."""
        text = format(value, form)
        return text.replace(".", ",") if self.code in _DECIMAL_COMMA else text

    def join(self, items: list[str]) -> str:
        """A list within a sentence; where decimals have a comma, items are separated by semicolons."""
        return self.phrases["list"].join(items)


@cache
def card_language(code: str) -> CardLanguage:
    """The words in the language `code`, one of `LANGUAGES`."""
    folder = files("fitxa_trainer").joinpath("templates")
    phrases: dict[str, str] = json.loads(folder.joinpath(f"card.{code}.json").read_text(encoding="utf-8"))
    return CardLanguage(code, phrases, folder.joinpath(f"card.{code}.md").read_text(encoding="utf-8"))
