"""The pixel cache: the very pixels of preprocessing, resumable, and what it refuses."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from fitxa_trainer import stopping
from fitxa_trainer.configuration.run import CacheConfig
from fitxa_trainer.dataset.examples import load_examples, picture_files
from fitxa_trainer.errors import InputError, Stopped
from fitxa_trainer.pictures import workers
from fitxa_trainer.pictures.cache import cache_folder, open_cache, prepare_pixels
from fitxa_trainer.pictures.preprocessing import Preprocessing, open_image, resize
from fitxa_trainer.progress import Progress
from workspace import MINI, REPOSITORY

CONFIG = CacheConfig(size=48)


def _some(count: int) -> dict[str, Path]:
    return dict(list(picture_files(MINI).items())[:count])


def _prepare(root: Path, pictures: dict[str, Path], workers: int = 1) -> dict[str, object]:
    return prepare_pixels(root, CONFIG, pictures, workers, Progress()).as_json()


def test_the_pixels_are_those_of_preprocessing(tmp_path: Path) -> None:
    pictures = _some(40)
    assert _prepare(tmp_path, pictures, workers=2)["written"] == 40
    cache = open_cache(tmp_path, CONFIG)
    examples = [example for example in load_examples(MINI) if example.record.extra["file"] in pictures]
    rows = cache.rows(example.sha256 for example in examples)
    for row, example in zip(rows, examples, strict=True):
        assert np.array_equal(cache.pixels[row], resize(open_image(example.file), Preprocessing(48, 48)))
    assert cache.has(examples[0].sha256) and not cache.has("0" * 64)
    with pytest.raises(InputError, match="run the command prepare"):
        cache.rows(["0" * 64])


def test_a_second_call_writes_nothing_and_new_pictures_are_added(tmp_path: Path) -> None:
    _prepare(tmp_path, _some(5))
    before = np.array(open_cache(tmp_path, CONFIG).pixels)
    assert _prepare(tmp_path, _some(5))["written"] == 0
    assert _prepare(tmp_path, _some(30))["written"] == 25
    cache = open_cache(tmp_path, CONFIG)
    assert cache.pixels.shape == (30, 48, 48, 3)
    assert np.array_equal(cache.pixels[:5], before)


def test_a_changed_picture_is_decoded_again_and_a_touched_one_is_not(tmp_path: Path) -> None:
    first, second = list(_some(2).values())
    pictures = {"a.jpg": tmp_path / "a.jpg", "b.jpg": tmp_path / "b.jpg"}
    shutil.copy(first, pictures["a.jpg"])
    shutil.copy(second, pictures["b.jpg"])
    _prepare(tmp_path / "cache", pictures)
    os.utime(pictures["a.jpg"], ns=(1, 1))
    assert _prepare(tmp_path / "cache", pictures)["written"] == 0
    shutil.copy(second, pictures["a.jpg"])
    assert _prepare(tmp_path / "cache", pictures)["written"] == 1
    pixels = open_cache(tmp_path / "cache", CONFIG).pixels
    assert np.array_equal(pixels[0], pixels[1])


def test_bad_pictures_are_refused_and_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    good = next(iter(_some(1).values()))
    (tmp_path / "cut.jpg").write_bytes(good.read_bytes()[:-900])
    (tmp_path / "text.jpg").write_text("<html>no picture</html>")
    (tmp_path / "folder.jpg").mkdir()
    Image.new("L", (3000, 3000)).save(tmp_path / "large.png")
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 4_000_000)
    names = ("gone.jpg", "cut.jpg", "text.jpg", "folder.jpg", "large.png")
    pictures = {"good.jpg": good} | {name: tmp_path / name for name in names}
    result = _prepare(tmp_path / "cache", pictures)
    assert result["pictures"] == 1
    assert result["refused"] == {
        workers.MISSING: 1,
        workers.TRUNCATED: 1,
        workers.NO_PICTURE: 1,
        workers.UNREADABLE: 1,
        workers.TOO_LARGE: 1,
    }
    shutil.copy(good, tmp_path / "gone.jpg")
    again = _prepare(tmp_path / "cache", pictures)
    assert (again["pictures"], again["written"]) == (2, 1)


def test_when_nothing_is_left_it_says_why(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"None of the 2 pictures can be used \(2 missing\)"):
        _prepare(tmp_path, {"a": tmp_path / "a", "b": tmp_path / "b"})
    with pytest.raises(InputError, match="run the command prepare"):
        open_cache(tmp_path / "elsewhere", CONFIG)


def test_stopped_it_goes_on_and_gives_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pictures = _some(60)
    asked = iter([False, True])
    monkeypatch.setattr(stopping, "requested", lambda: next(asked))
    monkeypatch.setattr(stopping, "check", lambda: (_ for _ in ()).throw(Stopped) if stopping.requested() else None)
    with pytest.raises(Stopped):
        _prepare(tmp_path / "twice", pictures)
    monkeypatch.undo()
    result = _prepare(tmp_path / "twice", pictures)
    assert 0 < int(str(result["written"])) < 60
    _prepare(tmp_path / "once", pictures)
    twice, once = (open_cache(tmp_path / name, CONFIG) for name in ("twice", "once"))
    hashes = list(once.index.sha256.values())
    assert np.array_equal(twice.pixels[twice.rows(hashes)], once.pixels[once.rows(hashes)])


def test_killed_in_the_middle_it_goes_on(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("cache: {size: 400}", encoding="utf-8")
    command = [sys.executable, "-m", "fitxa_trainer", "prepare", "--config", "a.yaml", "--data", str(MINI)]
    command += ["--cache", "cache", "--workers", "2"]
    environment = {"PYTHONPATH": str(REPOSITORY / "trainer" / "src"), "PATH": os.environ["PATH"]}
    config = CacheConfig(size=400)
    journal = cache_folder(tmp_path / "cache", config) / "journal.jsonl"
    process = subprocess.Popen(command, cwd=tmp_path, env=environment, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while not (journal.exists() and journal.stat().st_size) and time.monotonic() < deadline:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    with journal.open("a", encoding="utf-8") as stream:
        stream.write('{"name": "cut o')
    lines = len(journal.read_text(encoding="utf-8").splitlines()) - 1
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
    result = json.loads(done.stdout)
    assert result["pictures"] == 174
    assert result["written"] == 174 - lines
    cache = open_cache(tmp_path / "cache", config)
    for name, file in picture_files(MINI).items():
        expected = resize(open_image(file), Preprocessing(400, 400))
        assert np.array_equal(cache.pixels[cache.index.rows[name]], expected)
