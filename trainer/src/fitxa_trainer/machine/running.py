"""Runs that survive a lost connection: started, followed, stopped, and found again."""

import contextlib
import fcntl
import os
import secrets
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

from fitxa_trainer.machine.line import CHUNK, Line
from fitxa_trainer.machine.store import Store, read_json, write_json

#: What a run writes: the trainer's JSON Lines, and everything else.
OUTPUTS = ("output.jsonl", "log.txt")

#: Seconds for a checkpoint when something other than Fitxa ends the supervisor.
GRACE = 60

ENVIRONMENT = {"PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1", "PYTHONDONTWRITEBYTECODE": "1"}


def birth(pid: int) -> str | None:
    """When a process was born, which distinguishes it from a later one with the same number. None if there is none."""
    stat = Path(f"/proc/{pid}/stat")
    if Path("/proc/self/stat").exists():
        try:
            fields = stat.read_text().rpartition(")")[2].split()
            boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        except OSError:
            return None
        return None if fields[0] == "Z" else f"{boot} {fields[19]}"
    answer = subprocess.run(["ps", "-o", "stat=,lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
    state, _, born = answer.stdout.strip().partition(" ")
    return born.strip() if born and not state.startswith("Z") else None


def processes(run: Path) -> list[int]:
    """Process numbers of a run's supervisor and trainer, those that are alive and are ours."""
    known = [read_json(run / name) for name in ("task.json", "child.json")]
    return [task["pid"] for task in known if task is not None and birth(task["pid"]) == task["born"]]


def running(run: Path) -> bool:
    """Whether a run is running."""
    return bool(processes(run))


def state_of(run: Path) -> dict[str, Any]:
    """The state of a run: none, running, ended (with its exit) or gone (its process disappeared)."""
    task = read_json(run / "task.json")
    if task is None:
        return {"state": "none", "sizes": dict.fromkeys(OUTPUTS, 0)}
    alive = running(run)
    # In this order: a run that ends between the two looks writes how it ended before its process is gone.
    end = read_json(run / "exit.json")
    sizes = {name: (run / name).stat().st_size if (run / name).exists() else 0 for name in OUTPUTS}
    common = {**{key: task[key] for key in ("identity", "attempt", "begin")}, "sizes": sizes}
    if end is not None and end["attempt"] == task["attempt"]:
        return {**common, "state": "ended", "code": end["code"], "signal": end["signal"]}
    return {**common, "state": "running" if alive else "gone"}


def state(_: Line, store: Store, request: dict[str, Any]) -> dict[str, Any]:
    """The state of a run."""
    return state_of(store.run(request["run"]))


def start(line: Line, store: Store, request: dict[str, Any]) -> dict[str, Any]:
    """Start a run, or again one that ended without success; one that runs or is done is left as it is."""
    run = store.run(request["run"])
    run.mkdir(mode=0o700, exist_ok=True)
    with (run / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        now = state_of(run)
        if now["state"] == "running" or (now["state"] == "ended" and now["code"] == 0):
            return now
        (run / "stop").unlink(missing_ok=True)
        identity, attempt = now.get("identity", secrets.token_hex(8)), now.get("attempt", 0) + 1
        itself = line.itself(run)
        command = request["command"]
        if "install" in command:
            # A list with hashes is longer than the system lets an argument be.
            write_json(run / "packages.json", command["install"])
            words = ["install", str(store.root), str(run / "packages.json")]
            command = {"program": itself[0], "arguments": [*itself[1:], *words], "paths": {}}
        write_json(run / "command.json", {**command, "identity": identity, "attempt": attempt})
        with (run / "log.txt").open("ab") as log:
            subprocess.Popen(
                [*itself, "supervise", str(run), str(lock.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=run,
                start_new_session=True,
                pass_fds=[lock.fileno()],
            )
    # The supervisor keeps the lock until it has said who it is, even if this program dies before.
    with (run / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return state_of(run)


def supervise(run: Path, lock: int) -> None:
    """Run a run's command to its end, pass a stop on to it, and write down how it ended."""
    command = read_json(run / "command.json")
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    output = run / OUTPUTS[0]
    with output.open("ab") as lines, (run / OUTPUTS[1]).open("ab") as log:
        # A line cut off by a crash must not be joined with the first line of this attempt.
        if lines.tell() > 0 and output.read_bytes()[-1:] != b"\n":
            lines.write(b"\n")
            lines.flush()
        same = {key: command[key] for key in ("identity", "attempt")}
        me = {"pid": os.getpid(), "born": birth(os.getpid()), "begin": lines.tell(), **same}
        write_json(run / "task.json", me)
        os.close(lock)
        environment = {**os.environ, **ENVIRONMENT, **{key: str(run / path) for key, path in command["paths"].items()}}
        try:
            child = subprocess.Popen(
                [command["program"], *command["arguments"]],
                # Its end tells the trainer that its supervisor died (parent.py).
                stdin=subprocess.PIPE,
                stdout=lines,
                stderr=log,
                cwd=run,
                env=environment,
                start_new_session=True,
            )
        except OSError as error:
            log.write(f"{command['program']}: {error}\n".encode())
            write_json(run / "exit.json", {"attempt": command["attempt"], "code": 127, "signal": None})
            return
        write_json(run / "child.json", {"pid": child.pid, "born": birth(child.pid)})
        # A signal to this program also stops the trainer, as a request would.
        signal.signal(signal.SIGTERM, lambda *_: write_json(run / "stop", GRACE))
        asked: float | None = None
        while True:
            with contextlib.suppress(subprocess.TimeoutExpired):
                code = child.wait(timeout=0.25)
                break
            grace = read_json(run / "stop")
            if grace is None:
                continue
            if asked is None:
                asked = time.monotonic()
                ask_to_stop(child)
            waited = time.monotonic() - asked
            if waited > grace:
                kill_group(child.pid)
            elif waited > grace / 2:
                child.terminate()
    ending = {"code": code if code >= 0 else None, "signal": signal.Signals(-code).name if code < 0 else None}
    write_json(run / "exit.json", {"attempt": command["attempt"], **ending})


def ask_to_stop(child: subprocess.Popen[bytes]) -> None:
    """Ask the trainer to write its checkpoint and stop."""
    if child.stdin is not None:
        with contextlib.suppress(BrokenPipeError):
            child.stdin.write(b"stop\n")
            child.stdin.flush()


def kill_group(pid: int) -> None:
    """Kill a process and its children."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)


def stop(_: Line, store: Store, request: dict[str, Any]) -> dict[str, Any]:
    """Ask a run to stop, its checkpoint staying; what has not ended after `grace` seconds is killed.

    The supervisor does it; a trainer whose supervisor died has lost its stdin and is stopping already.
    """
    run = store.run(request["run"])
    if not running(run):
        return state_of(run)
    write_json(run / "stop", request["grace"])
    limit = time.monotonic() + request["grace"] + 10
    while running(run) and time.monotonic() < limit:
        time.sleep(0.1)
    return state_of(run)


def follow(line: Line, store: Store, request: dict[str, Any]) -> dict[str, Any]:
    """Send what a run writes from the given offset of each output on, until it has ended and everything was sent."""
    run, offsets = store.run(request["run"]), dict(request["offsets"])
    while True:
        now = state_of(run)
        for name, size in now["sizes"].items():
            if size <= offsets[name]:
                continue
            with (run / name).open("rb") as file:
                file.seek(offsets[name])
                while piece := file.read(min(CHUNK, size - offsets[name])):
                    line.say({"bytes": len(piece), "output": name}, piece)
                    offsets[name] += len(piece)
        if now["state"] != "running":
            return now
        line.check()
        time.sleep(0.1)
