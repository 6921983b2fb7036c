"""What a packed workbook holds, measured before anything is read from it: a small file can be a very large one.

A zip file tells how large its members are, and may lie. So each is unpacked once, piece by piece and thrown away, and
counted; in passing its cells are looked at (`crmlab.sources.looks`).
"""

from __future__ import annotations

import re
import zipfile
import zlib
from html import unescape
from pathlib import Path
from posixpath import normpath

from crmlab.data.validation import DataError, Problem
from crmlab.sources.limits import FREE_UNPACKED, MOST_CELLS, MOST_RATIO, MOST_UNPACKED
from crmlab.sources.looks import BinaryLook, ExcelLook, Look, OdsLook

_PIECE = 1 << 20
_NAMES = 1 << 22  # bytes of the lists of sheets that are looked through
_SHEET = re.compile(r"<(?:\w+:)?sheet\b([^>]*)>")
_RELATION = re.compile(r"<(?:\w+:)?Relationship\b([^>]*)>")
_ATTRIBUTE = re.compile(r"""([\w:]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError)


def unpack(path: Path) -> dict[str, Look]:
    """Unpack a zip file without keeping it; return what was seen of each sheet that has a name of its own.

    Raises
    ------
    DataError
        If it is damaged or locked, holds no workbook, or would grow beyond the limits.

    Examples
    --------
    >>> file = getfixture("tmp_path") / "bomb.xlsx"
    >>> with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
    ...     archive.writestr("xl/workbook.xml", b" " * 40_000_000)
    >>> unpack(file)
    Traceback (most recent call last):
        ...
    crmlab.data.validation.DataError: The data do not fit (1 problem):
    - bomb.xlsx: would grow from 0.0 MB to 40.0 MB when it is unpacked, which no honest workbook does. Do not open it.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            _refuse_bomb(path, sum(member.file_size for member in members))
            _refuse_other(path, {member.filename for member in members})
            seen = {member.filename: _look(path, archive, member) for member in members if not member.is_dir()}
            return {name: seen[member] for name, member in _sheets(archive).items() if member in seen}
    except _DAMAGED as error:
        if isinstance(error, DataError):
            raise
        what = f"cannot be unpacked: {error}"
        raise DataError([Problem(path.name, "", what, "Open it in a spreadsheet program and save it anew.")]) from None


def _refuse_bomb(path: Path, unpacked: int) -> None:
    packed = path.stat().st_size
    bomb = unpacked > FREE_UNPACKED and unpacked > MOST_RATIO * packed
    if bomb or unpacked > MOST_UNPACKED:
        what = f"would grow from {packed / 1e6:,.1f} MB to {unpacked / 1e6:,.1f} MB when it is unpacked"
        what += ", which no honest workbook does" if bomb else ", more than is read"
        remedy = "Do not open it." if bomb else "Save the sheet as CSV or Parquet."
        raise DataError([Problem(path.name, "", what, remedy)])


def _refuse_other(path: Path, members: set[str]) -> None:
    if not members & {"xl/workbook.xml", "xl/workbook.bin", "content.xml"}:
        inside = ", ".join(sorted(members)[:3])
        what = f"is a zip archive without a workbook in it ({inside})" if inside else "is an empty zip archive"
        raise DataError([Problem(path.name, "", what, "Unpack it first, and give the file within.")])


def _look(path: Path, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Look:
    """Unpack one member, and refuse cells that reach too far. What is longer than declared fails zipfile's checksum."""
    look = _look_for(member.filename)
    with archive.open(member) as file:
        while piece := file.read(_PIECE):
            look.see(piece)
            if look.rows * look.columns * look.weight > MOST_CELLS:
                most = MOST_CELLS // look.weight
                what = f"has a sheet of {look.rows:,} rows and {look.columns:,} columns, more than {most:,} cells"
                remedy = "Delete stray cells far from the table, or save the sheet as CSV or Parquet."
                raise DataError([Problem(path.name, "", what, remedy)])
    return look


def _look_for(member: str) -> Look:
    if member.startswith("xl/worksheets/"):
        return BinaryLook() if member.endswith(".bin") else ExcelLook()
    return OdsLook() if member == "content.xml" else Look()


def _sheets(archive: zipfile.ZipFile) -> dict[str, str]:
    """Return the member of each sheet of .xlsx or .xlsm by the name of the sheet."""
    members = set(archive.namelist())
    if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= members:
        return {}
    relations = {
        told.get("Id"): normpath(target[1:] if target.startswith("/") else f"xl/{target}")
        for told in _told(archive, "xl/_rels/workbook.xml.rels", _RELATION)
        if (target := told.get("Target", ""))
    }
    found = {
        told.get("name", ""): relations.get(told.get("r:id")) for told in _told(archive, "xl/workbook.xml", _SHEET)
    }
    return {name: member for name, member in found.items() if member}


def _told(archive: zipfile.ZipFile, member: str, tag: re.Pattern[str]) -> list[dict[str, str]]:
    """Return the attributes of each such tag."""
    with archive.open(member) as file:
        text = file.read(_NAMES).decode("utf-8", "replace")
    return [
        {name: unescape(double or single) for name, double, single in _ATTRIBUTE.findall(attributes)}
        for attributes in tag.findall(text)
    ]
