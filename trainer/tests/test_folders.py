"""Replacing a folder: at every moment either the old content or the new one can be found."""

from pathlib import Path

import pytest

from fitxa_trainer.folders import replace_folder, restore_folder


def folder(path: Path, content: str) -> Path:
    path.mkdir()
    (path / "model.json").write_text(content, encoding="utf-8")
    return path


def content(path: Path) -> str:
    return (path / "model.json").read_text(encoding="utf-8")


def test_the_new_folder_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    target = folder(tmp_path / "bundle", "old")
    replace_folder(folder(tmp_path / "new", "new"), target)
    assert content(target) == "new"
    assert [path.name for path in tmp_path.iterdir()] == ["bundle"]


def test_the_first_folder_needs_no_old_one(tmp_path: Path) -> None:
    replace_folder(folder(tmp_path / "new", "new"), tmp_path / "bundle")
    assert content(tmp_path / "bundle") == "new"


def test_the_old_folder_stays_when_the_new_one_cannot_move_in(tmp_path: Path) -> None:
    target = folder(tmp_path / "bundle", "old")
    with pytest.raises(FileNotFoundError):
        replace_folder(tmp_path / "nowhere", target)
    assert content(target) == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["bundle"]


def test_the_old_folder_is_never_deleted_before_the_new_one_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = folder(tmp_path / "bundle", "old")
    seen: list[str] = []
    monkeypatch.setattr("shutil.rmtree", lambda path, **_: seen.append(content(target)))
    replace_folder(folder(tmp_path / "new", "new"), target)
    assert seen == ["new"]


@pytest.mark.parametrize("moved_in", [True, False])
def test_a_killed_replacement_is_finished_or_undone(tmp_path: Path, moved_in: bool) -> None:
    target = folder(tmp_path / "bundle", "old")

    class Killed(BaseException):
        """Stands for a kill: nothing catches it."""

    def rename(path: Path, to: Path) -> Path:
        moved = real(path, to)
        if to != target or moved_in:
            raise Killed
        return moved

    real = Path.rename
    new = folder(tmp_path / "new", "new")
    with pytest.MonkeyPatch.context() as patch, pytest.raises(Killed):
        if moved_in:
            patch.setattr("shutil.rmtree", lambda *_, **__: (_ for _ in ()).throw(Killed()))
        else:
            patch.setattr(Path, "rename", rename)
        replace_folder(new, target)
    restore_folder(target)
    assert content(target) == ("new" if moved_in else "old")
    assert not (tmp_path / ".bundle.previous").exists()
