"""The key of pseudonyms as a file: made once, readable by its owner alone, and never among the data."""

from __future__ import annotations

import os
import stat
import warnings
from collections.abc import Iterable
from pathlib import Path

from crmlab.privacy import new_key


def key_of(path: str | Path, data: Iterable[str | Path] = ()) -> tuple[bytes | str, bool]:
    """Return the key in a file, and whether the file was made now.

    A file that is not there is made with a new key, readable and writable by its owner alone (on Windows it has the
    rights of its folder). One that others may read is used with a warning.

    Parameters
    ----------
    path
        The file. It holds the key in hexadecimal digits, or as a text of one's own.
    data
        Folders in which no key may lie, because whoever gets the data would get it too.

    Raises
    ------
    ValueError
        If the file lies in one of the folders, is a folder, or holds no text.
    OSError
        If it cannot be read or made.

    Examples
    --------
    >>> file = getfixture("tmp_path") / "shop.key"
    >>> made, again = key_of(file), key_of(file)
    >>> len(made[0]), made[1], made[0] == again[0], again[1]
    (32, True, True, False)
    """
    place = Path(path).expanduser()
    _refuse(place, data)
    if place.exists():
        return _read(place), False
    place.parent.mkdir(parents=True, exist_ok=True)
    key = new_key()
    with os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        file.write(f"{key.hex()}\n")
    return key, True


def _refuse(place: Path, data: Iterable[str | Path]) -> None:
    if place.is_dir():
        raise ValueError(f"--key {place.name} is a folder; name a file")
    for folder in data:
        if place.resolve().is_relative_to(Path(folder).expanduser().resolve()):
            raise ValueError(f"the key {place.name} lies in {Path(folder).name}/: keep it where the data are not")


def _read(place: Path) -> bytes | str:
    if os.name == "posix" and place.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        warnings.warn(f"others may read the key {place.name}: take the rights from them (chmod 600)", stacklevel=3)
    try:
        text = place.read_text(encoding="utf-8").strip()
    except UnicodeError:
        raise ValueError(f"the key {place.name} is no text; crmlab check makes one where there is none") from None
    try:
        return bytes.fromhex(text)
    except ValueError:
        return text
