"""Suggestions in bulk: run files that agree with the bundle, whoever computes them and whatever interrupts it."""

import csv
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from fitxa_trainer.adaptation import encoder
from fitxa_trainer.cli import main
from processes import environment, in_two_processes, run_python
from workspace import REPOSITORY

STARTER = REPOSITORY / "resources" / "models" / "starter"
PARITY = REPOSITORY / "tests" / "fixtures" / "parity"
PHOTOGRAPHS = sorted((PARITY / "images").iterdir())
#: What application and trainer may differ in.
BOUND = 0.02


def words(source: Path, out: Path, *more: str) -> list[str]:
    return ["predict", "--bundle", str(STARTER), "--source", str(source), "--out", str(out), *more]


def predict(source: Path, out: Path, *more: str) -> dict[str, Any]:
    """The command in a process of its own; returns its result."""
    command = [sys.executable, "-m", "fitxa_trainer", *words(source, out, *more)]
    done = subprocess.run(command, env=environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def files_in(out: Path) -> list[Path]:
    assert list(out.glob("*.partial")) == []
    return sorted(out.glob("*.parquet"))


def rows_in(out: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pa.concat_tables([pq.read_table(file) for file in files_in(out)]).to_pylist()
    return rows


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six photographs, one of them below a folder, and a file that is none."""
    folder = tmp_path_factory.mktemp("pictures")
    (folder / "deep").mkdir()
    for index, file in enumerate(PHOTOGRAPHS[:6]):
        shutil.copy(file, folder / ("deep" if index == 2 else ".") / file.name)
    (folder / "broken.jpg").write_bytes(b"no picture")
    return folder


@pytest.fixture(scope="module")
def alone(pictures: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What one process writes for them, two pictures a part."""
    out = tmp_path_factory.mktemp("alone")
    result = predict(pictures, out, "--part", "2")
    assert result == {"pictures": 7, "refused": 1, "parts": 4, "kept": 0}
    return out


def test_rows_agree_with_the_expected_probabilities(pictures: Path, alone: Path) -> None:
    """`expected.json` is what the application is compared with."""
    expected = {entry["sha256"]: entry for entry in json.loads((PARITY / "expected.json").read_text())["images"]}
    manifest = json.loads((STARTER / "model.json").read_text())
    rows = rows_in(alone)
    assert len(rows) == 7
    for row in rows:
        if row["key"] == "broken.jpg":
            assert "cannot be decoded" in row["problem"]
            assert row["objectTypes"] is None
            continue
        assert row["problem"] is None
        wanted = expected[row["sha256"]]
        for facet, entry in manifest["facets"].items():
            terms, scores = entry["terms"], wanted["ensemble"][facet]
            found = row[facet]
            assert len(found) == min(50, len(terms))
            assert len({one["term"] for one in found}) == len(found)
            assert [one["score"] for one in found] == sorted((one["score"] for one in found), reverse=True)
            assert found[0]["score"] == pytest.approx(max(scores), abs=BOUND)
            for one in found:
                place = terms.index(one["term"])
                assert one["score"] == pytest.approx(scores[place], abs=BOUND)
                for member, value in one["members"].items():
                    assert value == pytest.approx(wanted["members"][member][facet][place], abs=BOUND)
                assert 0 <= one["probability"] <= 1


def test_a_file_says_what_made_it(alone: Path) -> None:
    metadata = pq.read_metadata(files_in(alone)[0]).metadata
    info = json.loads(metadata[b"fitxa.run"])
    assert info["bundle"]["id"] == "starter"
    assert len(info["bundle"]["sha256"]) == 64
    assert (info["device"], info["format"], info["embeddings"]) == ("cpu", 1, None)


def test_two_processes_write_what_one_writes(pictures: Path, alone: Path, tmp_path: Path) -> None:
    done = in_two_processes(["-m", "fitxa_trainer", *words(pictures, tmp_path, "--part", "2")])
    assert [process.returncode for process in done] == [0, 0], done[0].stderr + done[1].stderr
    assert [file.name for file in files_in(tmp_path)] == [file.name for file in files_in(alone)]
    assert rows_in(tmp_path) == rows_in(alone)


def test_torchrun_starts_the_processes(pictures: Path, alone: Path, tmp_path: Path) -> None:
    torchrun = ["-m", "torch.distributed.run", "--standalone", "--nproc_per_node", "2", "-m", "--", "fitxa_trainer"]
    run_python([*torchrun, *words(pictures, tmp_path, "--part", "2")])
    assert rows_in(tmp_path) == rows_in(alone)


@pytest.mark.skipif(sys.platform == "win32", reason="named pipes of a folder")
def test_a_killed_process_loses_the_part_in_hand_only(pictures: Path, alone: Path, tmp_path: Path) -> None:
    """A picture that never ends holds the process in the third part until it is killed."""
    source, out = tmp_path / "pictures", tmp_path / "out"
    shutil.copytree(pictures, source)
    held = source / sorted(file.name for file in source.glob("*.*"))[4]
    content = held.read_bytes()
    held.unlink()
    os.mkfifo(held)
    command = [sys.executable, "-m", "fitxa_trainer", *words(source, out, "--part", "2")]
    # Opening the pipe waits for the process to reach the picture.
    with subprocess.Popen(command, env=environment()) as process, held.open("wb"):
        process.send_signal(signal.SIGKILL)
        process.wait()
    before = {file.name: file.stat().st_mtime_ns for file in out.glob("*.parquet")}
    assert sorted(before) == [file.name for file in files_in(alone)[:2]]
    held.unlink()
    held.write_bytes(content)
    result = predict(source, out, "--part", "2")
    assert (result["parts"], result["kept"]) == (4, 2)
    assert {name: (out / name).stat().st_mtime_ns for name in before} == before
    assert rows_in(out) == rows_in(alone)


def test_parts_that_no_longer_fit_the_source_are_made_again_or_removed(
    pictures: Path, alone: Path, tmp_path: Path
) -> None:
    source, out = tmp_path / "pictures", tmp_path / "out"
    shutil.copytree(pictures, source)
    shutil.copytree(alone, out)
    for file in sorted(source.glob("*.jpg"))[-2:]:
        file.unlink()
    result = predict(source, out, "--part", "2")
    assert (result["pictures"], result["parts"], result["kept"]) == (5, 3, 2)
    assert [row["key"] for row in rows_in(out)] == [
        row["key"] for row in rows_in(alone) if (source / row["key"]).is_file()
    ]


def test_a_list_and_shards_give_what_the_folder_gives(pictures: Path, alone: Path, tmp_path: Path) -> None:
    rows = {row["key"]: row for row in rows_in(alone)}
    with (tmp_path / "open.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["object", "file"])
        writer.writerows(["x", str(pictures / key)] for key in rows)
    predict(tmp_path / "open.csv", tmp_path / "listed", "--part", "3")
    assert [_without_key(row) for row in rows_in(tmp_path / "listed")] == [_without_key(row) for row in rows.values()]

    shards = tmp_path / "shards"
    shards.mkdir()
    keys = list(rows)
    for index, part in enumerate((keys[:5], keys[5:])):
        with tarfile.open(shards / f"set-{index}.tar", "w") as archive:
            for key in part:
                archive.add(pictures / key, arcname=key)
                label = io.BytesIO(b"{}")
                info = tarfile.TarInfo(f"{key}.json")
                info.size = 2
                archive.addfile(info, label)
    done = in_two_processes(["-m", "fitxa_trainer", *words(shards, tmp_path / "sharded", "--part", "2")])
    assert [process.returncode for process in done] == [0, 0], done[0].stderr + done[1].stderr
    found = rows_in(tmp_path / "sharded")
    assert [row["key"] for row in found] == [f"set-{int(index > 4)}.tar/{key}" for index, key in enumerate(keys)]
    for row, wanted in zip(found, rows.values(), strict=True):
        assert (row["sha256"], row["objectTypes"] is None) == (wanted["sha256"], wanted["objectTypes"] is None)
        if row["objectTypes"] is not None:
            assert row["objectTypes"][0] == _close(wanted["objectTypes"][0])


def _without_key(row: dict[str, Any]) -> dict[str, Any]:
    """Scores of other batches may differ in the last digit."""
    facets = ("objectTypes", "materials", "disciplines", "subjects")
    return {
        "sha256": row["sha256"],
        **{facet: None if row[facet] is None else _close(row[facet][0]) for facet in facets},
    }


def _close(suggestion: dict[str, Any]) -> dict[str, Any]:
    members = {name: pytest.approx(value, abs=1e-5) for name, value in suggestion["members"].items()}
    return {
        "term": suggestion["term"],
        "score": pytest.approx(suggestion["score"], abs=1e-5),
        "probability": pytest.approx(suggestion["probability"], abs=1e-4),
        "members": members,
    }


def test_embeddings_are_stored_where_an_encoder_is_given(
    pictures: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stand-in for the encoder: the mean of each channel, 512 times over."""
    monkeypatch.setattr(encoder, "open_encoder", lambda path: object())
    monkeypatch.setattr(encoder, "embed_input", lambda session, image: np.full(512, image.mean(), np.float32))
    assert main(words(pictures, tmp_path, "--encoder", "encoder.onnx", "--progress", "quiet")) == 0
    rows = rows_in(tmp_path)
    assert [row["embedding"] is None for row in rows] == [row["problem"] is not None for row in rows]
    assert {len(row["embedding"]) for row in rows if row["embedding"]} == {512}
    assert len({row["embedding"][0] for row in rows if row["embedding"]}) == 6


def test_what_cannot_be_predicted_is_told_in_a_sentence(
    fails: Callable[..., str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    empty, out = tmp_path / "empty", tmp_path / "out"
    empty.mkdir()
    assert "holds no picture" in fails(*words(empty, out))
    assert "cannot be read" in fails(*words(tmp_path / "none.csv", out))
    (tmp_path / "other.csv").write_text("name\nx\n")
    assert "lacks the column file" in fails(*words(tmp_path / "other.csv", out))
    (tmp_path / "hole.csv").write_text("file,more\n,x\n")
    assert "hole.csv, line 2" in fails(*words(tmp_path / "hole.csv", out))
    (tmp_path / "shard.tar").write_bytes(b"x" * 2000)
    assert "shard.tar cannot be read" in fails(*words(tmp_path / "shard.tar", out))
    assert "--part" in fails(*words(empty, out, "--part", "0"))
    assert "GPU" in fails(*words(PARITY / "images", out, "--device", "cuda"))


def test_a_picture_that_is_too_large_is_refused_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = tmp_path / "pictures"
    source.mkdir()
    Image.new("RGB", (60, 60)).save(source / "large.png")
    Image.new("RGB", (10, 10)).save(source / "small.png")
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1000)
    assert main(words(source, tmp_path / "out", "--progress", "quiet")) == 0
    large, small = rows_in(tmp_path / "out")
    assert "exceeds limit" in large["problem"]
    assert small["problem"] is None
