"""Replacing a whole folder without a moment at which its content could be lost."""

import shutil
from pathlib import Path


def replace_folder(new: Path, target: Path) -> None:
    """Replace the folder `target`, which may not exist yet, by `new`; both are on one file system.

    No system renames a folder over another that has files. So the old one moves aside, the new one moves in, and only
    then is the old one deleted. When the new one cannot move in, the old one moves back and the OSError is raised.
    After a kill between the two moves, `restore_folder` brings the old one back.
    """
    previous = _previous(target)
    restore_folder(target)
    if target.exists():
        target.rename(previous)
    try:
        new.rename(target)
    except OSError:
        if previous.exists():
            previous.rename(target)
        raise
    shutil.rmtree(previous, ignore_errors=True)


def restore_folder(target: Path) -> None:
    """Undo or finish a replacement of `target` that was killed; without one nothing happens."""
    previous = _previous(target)
    if not previous.exists():
        return
    if target.exists():
        shutil.rmtree(previous)
    else:
        previous.rename(target)


def _previous(target: Path) -> Path:
    """Where the old folder is during the replacement."""
    return target.with_name(f".{target.name}.previous")
