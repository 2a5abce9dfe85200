"""Surveys this machine (Python with its packages, GPU, disk), and creates a Python environment if one is missing."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from fitxa_trainer.machine.line import Line, Refused
from fitxa_trainer.machine.store import Store

#: Run by the Python that will train, so that it sees the same as the training.
LOOK = """
import importlib.metadata, json, sys
found = {}
for name in json.loads(sys.argv[1]):
    try:
        found[name] = importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        found[name] = None
torch_error, gpus = None, []
if found.get("torch") is not None:
    try:
        import torch
        if torch.cuda.is_available():
            for index in range(torch.cuda.device_count()):
                device = torch.cuda.get_device_properties(index)
                gpus.append({"name": device.name, "bytes": device.total_memory})
    except Exception as error:
        torch_error = str(error)
print(json.dumps({"version": sys.version_info[:3], "found": found, "torchError": torch_error, "gpus": gpus}))
"""


def check(_: Line, store: Store, request: dict[str, Any]) -> dict[str, Any]:
    """What this machine has: Python with its packages, GPU, free disk."""
    names = [name for name, _version in request["requirements"]]
    # The person's own Python comes first, if it has everything; else the one that Fitxa made, or is to make.
    program, looked = sys.executable, look(sys.executable, names)
    own = store.root / "python" / "bin" / "python"
    if own.exists() and (looked is None or None in looked["found"].values() or looked["torchError"] is not None):
        program, looked = str(own), look(str(own), names)
    if looked is None:
        raise Refused("pythonFails", program=program)
    maker = (
        "import importlib.util, sys; sys.exit(any(importlib.util.find_spec(n) is None for n in ('venv', 'ensurepip')))"
    )
    return {
        "program": program,
        "system": f"{os.uname().sysname} {os.uname().machine}",
        "canMakePython": subprocess.run(
            [sys.executable, "-c", maker], stdin=subprocess.DEVNULL, check=False, capture_output=True
        ).returncode
        == 0,
        "free": shutil.disk_usage(store.root).free,
        "card": graphics_card(),
        "endsAtLogout": ends_at_logout(),
        **looked,
    }


def look(program: str, names: list[str]) -> dict[str, Any] | None:
    """Which of the packages a Python has, and the GPUs that its torch sees; None if it does not run."""
    try:
        answer = subprocess.run(
            [program, "-c", LOOK, json.dumps(names)],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=True,
            timeout=300,
        )
        result: dict[str, Any] = json.loads(answer.stdout.strip().splitlines()[-1])
        return result
    except (OSError, subprocess.SubprocessError, ValueError, IndexError):
        return None


def ask(*command: str) -> str | None:
    """Output of a program on the machine; None if it is missing or fails."""
    try:
        answer = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True, timeout=30
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return answer.stdout.strip()


def graphics_card() -> str | None:
    """Name of the first NVIDIA card as its driver reports it, whether or not torch can use it."""
    answer = ask("nvidia-smi", "--query-gpu=name", "--format=csv,noheader")
    return answer.splitlines()[0].strip() if answer else None


def ends_at_logout() -> bool:
    """Whether systemd ends what a person left running when the last of their connections closes."""
    if ask("loginctl", "show-session", "--property=KillUserProcesses", "--value") != "yes":
        return False
    return ask("loginctl", "show-user", str(os.getuid()), "--property=Linger", "--value") != "yes"


def install(root: Path, packages: list[dict[str, str]]) -> int:
    """Make the Python environment in `root` and install what is missing; reports progress as the trainer does.

    `packages` are entries of a lock: `name`, and `text` as pip reads it, with version, marker and hashes. A package
    that the machine has, in whatever version, stays as it is. Returns the exit code.
    """
    tell(type="stage", name="environment")
    folder = root / "python"
    problem = make_environment(folder)
    if problem is not None:
        tell(type="error", code="environment", data={"detail": problem})
        return 3
    tell(type="stage", name="install")
    program = str(folder / "bin" / "python")
    found = (look(program, [package["name"] for package in packages]) or {"found": {}})["found"]
    missing = [package["text"] for package in packages if found.get(package["name"]) is None]
    for done, text in enumerate(missing):
        tell(type="progress", stage="install", done=done, total=len(missing), secondsLeft=None)
        problem = install_package(program, root / "package.txt", text)
        if problem is not None:
            name = text.split(" ", 1)[0].replace("==", " ")
            tell(type="error", code="install", data={"package": name, "detail": problem})
            return 3
    tell(type="progress", stage="install", done=len(missing), total=len(missing), secondsLeft=None)
    tell(type="result")
    return 0


def tell(**line: object) -> None:
    """Write one line of progress."""
    print(json.dumps(line), flush=True)


def make_environment(folder: Path) -> str | None:
    """Make the environment unless it is there; what the system said if it cannot be made."""
    # An environment whose creation was interrupted has a Python and no pip.
    complete = folder / "fitxa-made"
    if not complete.exists():
        shutil.rmtree(folder, ignore_errors=True)
        command = [sys.executable, "-m", "venv", "--system-site-packages", str(folder)]
        made = subprocess.run(command, capture_output=True, text=True, check=False)
        if made.returncode != 0:
            shutil.rmtree(folder, ignore_errors=True)
            return last_line(made.stdout + made.stderr)
        complete.touch()
    if sys.prefix != sys.base_prefix:
        # An environment inside an environment sees only what lies below both; this lets it see the one it was made by.
        here = [path for path in sys.path if path.endswith("site-packages")]
        next(folder.glob("lib/python*/site-packages")).joinpath("fitxa.pth").write_text("\n".join(here) + "\n", "utf-8")
    return None


def install_package(program: str, list_file: Path, text: str) -> str | None:
    """Install one entry of a lock, checked against its hashes; what pip said if it failed.

    pip takes hashes from files only. The lock holds every dependency, so pip looks for none.
    """
    list_file.write_text(text + "\n", "utf-8")
    pip = [program, "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--no-deps"]
    pip += ["--require-hashes", "--only-binary", ":all:", "-r", str(list_file)]
    answer = subprocess.run(pip, capture_output=True, text=True, check=False)
    list_file.unlink()
    if answer.returncode == 0:
        return None
    sys.stderr.write(answer.stdout + answer.stderr)
    return last_line(answer.stderr)


def last_line(text: str) -> str:
    """The last line of an output that is not empty."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1][:300] if lines else ""
