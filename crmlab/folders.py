"""Folders that crmlab writes: all of a folder or none of it, and never over anything of the user's.

The files are written into a folder beside, which takes its place by a rename when all is there. What is interrupted
leaves no trace.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex

_LITTER = {".DS_Store", "Thumbs.db", "desktop.ini"}  # file managers leave these


@contextmanager
def fresh(folder: str | Path, overwrite: bool, ours: Callable[[Path], set[str]]) -> Iterator[Path]:
    """Yield an empty folder; it becomes `folder` when the block ends without an error.

    Parameters
    ----------
    folder
        What is to be written. Its parents are made.
    overwrite
        Whether a folder that crmlab wrote before may be replaced.
    ours
        Tells which files of a folder crmlab wrote, as paths relative to it, with "/".

    Raises
    ------
    FileExistsError
        If the folder is there and not empty, unless `overwrite` is given and crmlab wrote every file in it.
    """
    place = Path(folder).resolve()
    refuse(place, overwrite, ours)
    place.parent.mkdir(parents=True, exist_ok=True)
    beside = place.with_name(f".{place.name}-{token_hex(4)}")
    beside.mkdir()
    try:
        yield beside
        _swap(beside, place)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def files(folder: Path) -> set[str]:
    """Return the files below a folder, as relative paths with "/"."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def refuse(folder: str | Path, overwrite: bool, ours: Callable[[Path], set[str]]) -> None:
    """Raise what `fresh` would raise, before any work is done; parameters and errors are those of `fresh`."""
    place = Path(folder).resolve()
    if not place.exists():
        return
    if not place.is_dir():
        raise FileExistsError(f"{place.name} is a file; nothing was written. Name a folder.")
    if Path.cwd().is_relative_to(place):
        raise FileExistsError(f"{place.name} is the folder you work in; nothing was written. Name a folder inside it.")
    there = {name for name in files(place) if Path(name).name not in _LITTER}
    if there and not overwrite:
        raise FileExistsError(
            f"{place.name} is there already; nothing was written. "
            "Name another folder, or replace it with overwrite=True (--force on the command line)."
        )
    theirs = sorted(there - ours(place)) if there else []
    if theirs:
        raise FileExistsError(
            f"{place.name} holds files that crmlab did not write ({', '.join(theirs[:3])}); nothing was written. "
            "Name another folder."
        )


def _swap(beside: Path, place: Path) -> None:
    """Put the new folder in the place of the old one; put the old one back where that fails."""
    if not place.exists():
        beside.rename(place)
        return
    old = beside.with_name(f"{beside.name}-old")
    place.rename(old)
    try:
        beside.rename(place)
    except OSError:
        old.rename(place)
        raise
    shutil.rmtree(old, ignore_errors=True)
