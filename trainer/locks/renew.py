"""Renew the lock files in this folder from the lists of requirements. Needs uv (https://docs.astral.sh/uv/).

    python locks/renew.py

The lists (`requirements*.txt`) pin what the trainer imports; a lock pins all that these import in turn, for every
platform, with the SHA-256 of every file. `training.txt` is what a training needs, `development.txt` what the checks
need. `cuda.txt` holds NVIDIA's libraries: the torch of the package index depends on them on Linux, a build for the CPU
does not.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

FOLDER = Path(__file__).parent
LISTS = FOLDER.parent
TRAINING = ("requirements.txt", "requirements-text.txt")
DEVELOPMENT = (*TRAINING, "requirements-hub.txt", "requirements-predict.txt", "requirements-dev.txt")
OLDEST_PYTHON = "3.11"

_CUDA = re.compile(r"(nvidia-|cuda-|triton==)")


def compiled(lists: tuple[str, ...], constraint: Path | None = None) -> list[str]:
    """One entry per package and version: its requirement with marker and hashes, as pip reads it."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "lock.txt"
        command = ["uv", "pip", "compile", "--universal", "--generate-hashes", "--python-version", OLDEST_PYTHON]
        command += ["--quiet", "--no-header", "--no-annotate", "--no-emit-index-url", "--no-emit-find-links"]
        command += ["--output-file", str(out), *(str(LISTS / name) for name in lists)]
        if constraint is not None:
            command += ["--constraints", str(constraint)]
        subprocess.run(command, check=True)
        text = out.read_text(encoding="utf-8")
    return [entry.rstrip() for entry in re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE) if entry.strip()]


def write(name: str, entries: list[str]) -> None:
    """Write one lock file."""
    head = "# Made by renew.py; do not edit.\n"
    (FOLDER / name).write_text(head + "".join(f"{entry}\n" for entry in entries), encoding="utf-8", newline="\n")


def main() -> None:
    """Renew all lock files; training gets the versions of development, which resolves more."""
    development = compiled(DEVELOPMENT)
    with tempfile.TemporaryDirectory() as folder:
        constraint = Path(folder) / "development.txt"
        constraint.write_text(re.sub(r" \\\n +--hash=\S+", "", "\n".join(development)), encoding="utf-8")
        training = compiled(TRAINING, constraint)
    write("development.txt", [entry for entry in development if not _CUDA.match(entry)])
    write("training.txt", [entry for entry in training if not _CUDA.match(entry)])
    write("cuda.txt", [entry for entry in training if _CUDA.match(entry)])


if __name__ == "__main__":
    sys.exit(main())
