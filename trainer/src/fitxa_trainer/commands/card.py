"""`card`: rewrite the cards of a bundle."""

import argparse

from fitxa_trainer.bundles.cards.files import rewrite_cards
from fitxa_trainer.commands.command import Command, add_bundle
from fitxa_trainer.progress import Progress


def _run(options: argparse.Namespace, progress: Progress) -> object:
    progress.say(f"writing the cards of {options.bundle}")
    return {"files": rewrite_cards(options.bundle)}


COMMAND = Command(
    "card",
    "Rewrite a bundle's cards from its card.json, in every language, and pin them in model.json.",
    add_bundle,
    _run,
)
