"""The command line: `python -m fitxa_trainer <command>`.

Results are JSON on stdout, progress is on stderr. With `--progress jsonl` all goes to stdout as JSON Lines
(schemas/progress.schema.json). Exit codes: 0 done, 2 wrong usage or bad input (one sentence), 75 stopped (the same
command resumes).
"""

import argparse
import os
import sys
from collections.abc import Sequence

from fitxa_trainer import __version__, parent, stopping
from fitxa_trainer.commands import NAMES, load_command
from fitxa_trainer.commands.command import Command
from fitxa_trainer.errors import InputError, Stopped
from fitxa_trainer.progress import STYLES, Progress

DONE, BAD_INPUT, STOPPED = 0, 2, parent.STOPPED

_FOLLOW_PARENT = "--stop-on-stdin-close"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if _FOLLOW_PARENT in words:
        # Before the command is imported, which may take long.
        parent.watch(stopping.request)
    options = _parser(words).parse_args(words)
    command: Command = options.command
    first = os.environ.get("RANK", "0") == "0"  # under torchrun the first process speaks for all
    progress = Progress.of_style(options.progress) if first else Progress()
    try:
        with stopping.listening():
            result = command.run(options, progress)
    except InputError as error:
        progress.error(error)
        return BAD_INPUT
    except Stopped:
        progress.warning("stopped", "Stopped; the same command continues from here.")
        return STOPPED
    if first:
        progress.result(result)
    return DONE


def _parser(words: Sequence[str]) -> argparse.ArgumentParser:
    """The parser; when the first word names a command, with that command alone."""
    parser = argparse.ArgumentParser(
        prog="fitxa_trainer",
        description="Train, measure and export Fitxa's model bundles from annotated photographs.",
        epilog="The order for a new bundle: split, prepare, train, export; then evaluate and parity. "
        "Results are JSON on stdout, progress is on stderr. "
        "Exit codes: 0 done, 2 wrong usage or bad input, 75 stopped (the same command continues).",
    )
    parser.add_argument("--version", action="version", version=__version__)
    parsers = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for name in words[:1] if words[:1] and words[0] in NAMES else NAMES:
        command = load_command(name)
        sub = parsers.add_parser(name, help=command.help, description=command.help)
        sub.set_defaults(command=command)
        command.add_arguments(sub)
        sub.add_argument(
            "--progress",
            choices=STYLES,
            default="auto",
            help="how progress is shown: bars or lines on stderr, jsonl on stdout (default: bars on a terminal)",
        )
        sub.add_argument(
            _FOLLOW_PARENT,
            action="store_true",
            help="stop when anything arrives on the standard input, and within seconds when it ends, as when the "
            "program that started this one dies",
        )
    return parser
