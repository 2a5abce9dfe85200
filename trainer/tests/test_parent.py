"""A program ends with its parent, wherever it is; whether it ended is read from a pipe that it holds open."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from processes import environment

#: Starts the program of its arguments with a stdin that stays open, says its number and waits to be killed.
PARENT = """\
import subprocess, sys
child = subprocess.Popen(sys.argv[1:], stdin=subprocess.PIPE)
print(child.pid, flush=True)
child.wait()
"""

#: Stands in for a large package: the import says that it began, and never ends.
ENDLESS_IMPORT = "print('importing', flush=True)\nimport time\nwhile True: time.sleep(60)\n"

#: The same with the interpreter's lock held: this expression takes longer than anybody lives.
LOCKED_IMPORT = "print('importing', flush=True)\nimport re\nre.match('(a+)+$', 'a' * 64 + 'b')\n"

#: Listens, says so, and never looks at what it is asked.
DEAF = """\
from fitxa_trainer import parent, stopping
import time
parent.GRACE = 0.1
parent.watch(stopping.request)
with stopping.listening():
    print("listening", flush=True)
    while True: time.sleep(60)
"""

#: Listens, and ends cleanly once it is asked.
ATTENTIVE = """\
from fitxa_trainer import parent, stopping
import sys
parent.GRACE = 3600
parent.watch(stopping.request)
with stopping.listening():
    print("listening", flush=True)
    stopping._flag.wait()
    print("checkpoint", flush=True)
    sys.exit(parent.STOPPED)
"""


def kill_parent_of(command: list[str], path: Path | None = None) -> str:
    """Start a command in a parent and kill the parent after a line; returns all that it said until it ended."""
    paths = environment()
    if path is not None:
        paths["PYTHONPATH"] = os.pathsep.join([str(path), paths["PYTHONPATH"]])
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, *command], stdout=subprocess.PIPE, text=True, env=paths
    ) as parent:
        assert parent.stdout is not None
        first = parent.stdout.readline() + parent.stdout.readline()
        parent.kill()
        return first + parent.stdout.read()  # ends when the last process that holds the pipe has ended


@pytest.mark.parametrize("content", [ENDLESS_IMPORT, LOCKED_IMPORT], ids=["waiting", "with the lock held"])
def test_a_trainer_whose_parent_is_killed_ends_in_the_middle_of_an_import(content: str, tmp_path: Path) -> None:
    if content is LOCKED_IMPORT and sys.platform != "linux":
        pytest.skip("only Linux tells a process that does not run")
    (tmp_path / "torch.py").write_text(content, encoding="utf-8")
    said = kill_parent_of([sys.executable, "-m", "fitxa_trainer", "train", "--stop-on-stdin-close"], tmp_path)
    assert "importing" in said


def test_a_trainer_that_does_not_stop_after_its_parent_was_killed_is_ended() -> None:
    assert "listening" in kill_parent_of([sys.executable, "-c", DEAF])


def test_a_trainer_whose_parent_is_killed_may_write_its_checkpoint() -> None:
    assert kill_parent_of([sys.executable, "-c", ATTENTIVE]).endswith("checkpoint\n")


def test_a_word_asks_to_stop_and_leaves_time() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", ATTENTIVE],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment(),
    ) as process:
        assert process.stdin is not None and process.stdout is not None
        assert process.stdout.readline() == "listening\n"
        process.stdin.write("stop\n")
        process.stdin.flush()
        assert process.stdout.readline() == "checkpoint\n"
        assert process.wait() == 75


def test_other_programs_run_under_the_watch_with_all_that_they_start(tmp_path: Path) -> None:
    grandchild = "import subprocess, sys; print('ready', flush=True); subprocess.run([sys.executable, '-c', 'input()'])"
    watched = [sys.executable, "-m", "fitxa_trainer.parent"]
    assert "ready" in kill_parent_of([*watched, "-c", grandchild])
    (tmp_path / "endless.py").write_text(ENDLESS_IMPORT, encoding="utf-8")
    assert "importing" in kill_parent_of([*watched, "-m", "endless"], tmp_path)


def test_a_watched_program_sees_its_own_arguments_and_ends_by_itself(tmp_path: Path) -> None:
    (tmp_path / "told.py").write_text("import sys; print(sys.argv[1:], __name__); sys.exit(7)", encoding="utf-8")
    paths = environment() | {"PYTHONPATH": f"{tmp_path}{os.pathsep}{environment()['PYTHONPATH']}"}
    script = "import runpy; runpy.run_module('told', run_name='__main__')"
    for words in (["-m", "told", "a", "-b"], ["-c", script, "a", "-b"]):
        command = [sys.executable, "-m", "fitxa_trainer.parent", *words]
        with subprocess.Popen(command, env=paths, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            assert process.stdout.read() == "['a', '-b'] __main__\n"
            assert process.wait() == 7
