"""The commands of the command line, one file each; a file exports `COMMAND`.

`NAMES` is the order in which `--help` lists them. The file of `fine-tune` is `fine_tune.py`. Only the file of the
command that runs is imported, so that a command starts without what the others need.
"""

import importlib

from fitxa_trainer.commands.command import Command

NAMES: tuple[str, ...] = (
    "harvest",
    "stats",
    "split",
    "prepare",
    "embed-texts",
    "train",
    "experiment",
    "ensemble",
    "compare",
    "export",
    "card",
    "evaluate",
    "predict",
    "fine-tune",
    "parity",
    "fetch-encoder",
    "embed-pictures",
    "learning-curve",
)


def load_command(name: str) -> Command:
    """The command called `name`, one of `NAMES`."""
    command: Command = importlib.import_module(f"{__name__}.{name.replace('-', '_')}").COMMAND
    return command
