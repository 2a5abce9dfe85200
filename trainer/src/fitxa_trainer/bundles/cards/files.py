"""The documentation of a bundle: its card in every language with the calibration plot, and card.json."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from fitxa_trainer.bundles.bundle import MANIFEST, check_manifest, describe_file, open_bundle
from fitxa_trainer.bundles.cards.calibration_plot import plot_in
from fitxa_trainer.bundles.cards.facts import CardFacts
from fitxa_trainer.bundles.cards.language import LANGUAGES, card_language
from fitxa_trainer.bundles.cards.page import render_card
from fitxa_trainer.errors import InputError
from fitxa_trainer.json_file import write_json

FACTS = "card.json"
#: The plot in English; the others are made from it.
PLOT = "calibration.svg"


def card_file(language: str) -> str:
    """The name of the card in `language`."""
    return _named("card.md", language)


def plot_file(language: str) -> str:
    """The name of the calibration plot in `language`."""
    return _named(PLOT, language)


def write_cards(folder: Path, manifest: Mapping[str, Any], facts: CardFacts) -> None:
    """Write cards, plots and card.json to the folder of a bundle in which the plot in English lies already."""
    write_json(folder / FACTS, facts)
    plot = (folder / PLOT).read_text(encoding="utf-8")
    for code in LANGUAGES:
        language = card_language(code)
        (folder / plot_file(code)).write_text(plot_in(plot, language), encoding="utf-8")
        text = render_card(manifest, facts, plot_file(code), language)
        (folder / card_file(code)).write_text(text, encoding="utf-8")


def rewrite_cards(folder: Path) -> list[str]:
    """Rewrite the cards of an existing bundle from its files and pin them in model.json; the names of the files.

    Nothing else of the bundle changes. Raises InputError for a damaged bundle or one without card.json.
    """
    manifest = open_bundle(folder).manifest
    if FACTS not in manifest["files"]:
        raise InputError(f"The bundle {folder} has no {FACTS}, from which cards are written; export it again.")
    facts = cast(CardFacts, json.loads((folder / FACTS).read_text(encoding="utf-8")))
    write_cards(folder, manifest, facts)
    names = [FACTS, *map(card_file, LANGUAGES), *map(plot_file, LANGUAGES)]
    files = manifest["files"] | {name: describe_file(folder / name) for name in names}
    manifest["files"] = dict(sorted(files.items()))
    check_manifest(manifest, str(folder / MANIFEST))
    write_json(folder / MANIFEST, manifest)
    open_bundle(folder)
    return names


def _named(name: str, language: str) -> str:
    stem, _, ending = name.rpartition(".")
    return name if language == LANGUAGES[0] else f"{stem}.{language}.{ending}"
