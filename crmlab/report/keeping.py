"""Finished lessons of a report that is not finished: a run that is ended keeps them, and the next one goes on.

They lie in a hidden folder beside the report, each under a key made of all that it rests on: the notebook, the files of
the company, the parameters, the version of the package, and what is hidden. What changed is run again. What is kept has
been redacted before, and the folder is deleted when the report is written.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import crmlab
from crmlab.folders import files

_CHUNK = 1 << 20


class Keeping:
    """The folder of finished lessons beside a report.

    Parameters
    ----------
    report
        The folder that the report will be written to.
    """

    def __init__(self, report: str | Path) -> None:
        place = Path(report).resolve()
        self.folder = place.with_name(f".{place.name}-unfinished")

    def load(self, key: str) -> tuple[Any, float] | None:
        """Return the notebook and the seconds that it took, or None where there is none under this key."""
        import nbformat

        try:
            told = json.loads((self.folder / f"{key}.json").read_text(encoding="utf-8"))
            return nbformat.from_dict(told["notebook"]), float(told["seconds"])
        except (OSError, ValueError, KeyError, TypeError):  # none, or half a one
            return None

    def save(self, key: str, notebook: Any, seconds: float) -> None:
        """Keep a notebook, whole or not at all."""
        self.folder.mkdir(parents=True, exist_ok=True)
        half = self.folder / f"{key}.half"
        half.write_text(json.dumps({"notebook": notebook, "seconds": seconds}), encoding="utf-8")
        half.replace(self.folder / f"{key}.json")

    def clear(self) -> None:
        """Delete the folder."""
        shutil.rmtree(self.folder, ignore_errors=True)


def key_of(notebook: Path, parameters: Mapping[str, Any], data: str, below: int) -> str:
    """Return the key of a lesson: the same only where nothing that it rests on has changed.

    Parameters
    ----------
    notebook
        The file of the lesson.
    parameters
        What is set in it.
    data
        The checksum of the company, by `checksum_of`.
    below
        Counts under this are hidden; 0 where all is shown.
    """
    told = [crmlab.__version__, notebook.name, sha256(notebook.read_bytes()).hexdigest(), dict(parameters), data, below]
    return sha256(json.dumps(told, sort_keys=True, default=repr).encode()).hexdigest()[:32]


def checksum_of(folder: Path) -> str:
    """Return one checksum for all files of a folder, by name and content."""
    found = sha256()
    for name in sorted(files(folder)):
        found.update(f"{name}\0".encode())
        with (folder / name).open("rb") as file:
            while chunk := file.read(_CHUNK):
                found.update(chunk)
    return found.hexdigest()
