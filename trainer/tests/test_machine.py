"""The parts of the far end that no test over ssh (src/main/core/training/remote/) reaches."""

import hashlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from fitxa_trainer.machine import running
from fitxa_trainer.machine.line import Refused
from fitxa_trainer.machine.looking import install
from fitxa_trainer.machine.sending import settle
from fitxa_trainer.machine.store import DAY, SETTLED, Store, inside


@pytest.fixture
def place(tmp_path: Path) -> Store:
    return Store(str(tmp_path / "fitxa"))


def keep(place: Store, content: bytes) -> str:
    """Put contents into the store as if they had arrived."""
    sha256 = hashlib.sha256(content).hexdigest()
    part = place.part(sha256)
    part.parent.mkdir(exist_ok=True)
    part.write_bytes(content)
    assert settle(place, sha256, len(content))
    return sha256


def age(path: Path, days: float) -> None:
    then = time.time() - days * DAY
    os.utime(path, (then, then))


@pytest.mark.parametrize("name", ["../x", "a/../../x", "/etc/passwd", "a//b", "", ".", "a/.", "a\0b"])
def test_no_name_leads_out_of_the_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(Refused) as refused:
        inside(tmp_path, name)
    assert refused.value.answer["code"] == "name"


def test_names_may_hold_whatever_a_file_system_takes(tmp_path: Path) -> None:
    assert inside(tmp_path, 'a b/"$(x)`\n') == tmp_path / "a b" / '"$(x)`\n'


def test_contents_are_taken_only_if_they_are_what_they_should_be(place: Store) -> None:
    sha256 = hashlib.sha256(b"right").hexdigest()
    for wrong in (b"wrong", b"righ"):
        place.part(sha256).parent.mkdir(exist_ok=True)
        place.part(sha256).write_bytes(wrong)
        assert not settle(place, sha256, 5)
        assert not place.part(sha256).exists()
        assert not place.has(sha256, 5)
    keep(place, b"right")
    assert place.has(sha256, 5)


def test_contents_that_changed_here_are_noticed(place: Store) -> None:
    sha256 = keep(place, b"right")
    path = place.content(sha256)
    path.write_bytes(b"wrong")
    assert not place.has(sha256, 5)
    assert not path.exists()
    keep(place, b"right")
    # Touched, but still right: it is read once and kept.
    age(path, 0)
    assert place.has(sha256, 5)
    assert int(path.stat().st_mtime) == SETTLED


def test_tidy_removes_what_the_rule_says_and_nothing_else(place: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    used, unused = keep(place, b"used"), keep(place, b"unused")
    (place.lists / "new.json").write_text(json.dumps([["a", used, 4]]))
    (place.lists / "old.json").write_text(json.dumps([["b", unused, 6]]))
    age(place.lists / "old.json", 91)
    for name, days in (("fresh", 29), ("stale", 31), ("busy", 31)):
        run = place.runs / name
        run.mkdir()
        (run / "output.jsonl").write_text("")
        age(run / "output.jsonl", days)
        age(run, days)
    assert place.tidy(lambda run: run.name == "busy") == {"runs": 1, "files": 0}
    assert sorted(run.name for run in place.runs.iterdir()) == ["busy", "fresh"]
    assert [path.name for path in place.lists.iterdir()] == ["new.json"]
    # A change time cannot be set, so the clock is.
    later = time.time() + 92 * DAY
    os.utime(place.lists / "new.json", (later, later))
    monkeypatch.setattr("fitxa_trainer.machine.store.time.time", lambda: later)
    assert place.tidy(lambda run: True)["files"] == 1
    assert place.content(used).exists()
    assert not place.content(unused).exists()


@pytest.mark.parametrize("has_proc", [True, False])
def test_a_process_is_told_from_a_later_one_of_the_same_number(has_proc: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not has_proc:
        # As on macOS.
        monkeypatch.setattr("fitxa_trainer.machine.running.Path.exists", lambda self: False)
    elif not Path("/proc/self/stat").exists():
        pytest.skip("this system has no /proc")
    # Each ends when its standard input does.
    command = [sys.executable, "-c", "import sys; sys.stdin.read()"]
    child = subprocess.Popen(command, stdin=subprocess.PIPE)
    born = running.birth(child.pid)
    assert born is not None
    assert running.birth(child.pid) == born
    other = born
    while other == born:  # the system tells the time of birth in hundredths of a second, or in seconds
        with subprocess.Popen(command, stdin=subprocess.PIPE) as later:
            found = running.birth(later.pid)
            assert found is not None
            other = found
    child.kill()
    # Ended, but its parent has not asked how: a zombie.
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert running.birth(child.pid) is None
    child.communicate()
    assert running.birth(child.pid) is None


def test_an_environment_that_was_interrupted_is_made_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "python"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    assert install(tmp_path, []) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1]) == {"type": "result"}
    pip = [str(folder / "bin" / "python"), "-m", "pip", "--version"]
    assert str(folder) in subprocess.run(pip, capture_output=True, text=True, check=True).stdout

    (folder / "kept").touch()
    assert install(tmp_path, []) == 0
    assert (folder / "kept").exists()
