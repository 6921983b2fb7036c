"""Files of one's own: delimited text to a frame of text, each row knowing the line that it came from.

What separates the fields, and whether there is a header, is found out; what the columns mean is never guessed. Values
stay text here: `crmlab.data.validation` reads them, so that a wrong value is reported with its line.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import partial
from io import StringIO
from pathlib import Path

import pandas as pd

from crmlab.data.records import SEPARATORS, find_separator, lines_problem, split_records, uneven
from crmlab.data.validation import LINE, DataError, Problem
from crmlab.tables import TABLES

Columns = Mapping[str, str | int]


@dataclass(eq=False)
class Reading:
    """What was read from one file.

    Attributes
    ----------
    frame
        The named columns as text; the index tells the line of the file.
    notes
        What a user should know: how the file was read, what was left out.
    problems
        What could not be read, beside the rows that could.
    """

    frame: pd.DataFrame
    notes: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def read(path: Path, table: str, columns: Columns | None = None, encoding: str = "utf-8-sig") -> Reading:
    """Read delimited text: commas, semicolons, tabs, bars or runs of blanks; with or without a header.

    Parameters
    ----------
    path
        The file; it is not changed.
    table
        The table that it holds, for messages and for telling a header from data.
    columns
        Our column name to the file's: its name in the header, or its position, counted from 1. Columns of the header
        that are not named here keep their names. With positions alone the first line is data, unless the cells
        that should hold numbers and dates hold no digit.
    encoding
        How the text is encoded.

    Raises
    ------
    DataError
        If nothing can be read: no such file, an empty one, another encoding, not text.
    """
    text = _text(path, table, encoding)
    lines = partial(StringIO, text, newline="")
    separator = find_separator(lines)
    reading = Reading(pd.DataFrame())
    records = list(split_records(lines(), separator, table, reading.problems))
    if not records:
        raise DataError(reading.problems)
    header = _has_header(records[0][1], table, columns)
    names = [name.strip() for name in records[0][1]] if header else None
    rows = _even(records[1:] if header else records, names, table, reading.problems)
    places = _places(table, columns, names, len(records[0][1]), reading)
    index = pd.Index([line for line, _ in rows], name=LINE, dtype="int64")
    cells = {name: [fields[place] for _, fields in rows] for name, place in places.items()}
    reading.frame = pd.DataFrame(cells, index=index, dtype=object)
    said = f"separated by {SEPARATORS[separator]}, {'with a' if header else 'no'} header"
    reading.notes.insert(0, f"{table}: {len(rows):,} rows read from {path.name} ({said}).")
    return reading


def _text(path: Path, table: str, encoding: str) -> str:
    if not path.is_file():
        what = f"is to be read from {str(path)!r}, which is {'a folder' if path.is_dir() else 'not there'}"
        raise DataError([Problem(table, "", what, "Give the path of a file of text.")])
    data = path.read_bytes()
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise DataError([Problem(table, "", f"{path.name} is a workbook or an archive, not text", "Save it as CSV.")])
    try:
        text = data.decode(encoding)
    except LookupError:
        raise DataError([Problem(table, "", f"there is no encoding {encoding!r}", "Try 'utf-8' or 'cp949'.")]) from None
    except UnicodeError:
        raise DataError([_undecodable(path, table, data, encoding)]) from None
    lines = [number for number, line in enumerate(StringIO(text, newline=None), 1) if "\0" in line]
    if lines:
        remedy = "Save the file as UTF-8 text, or name its encoding, perhaps 'utf-16'."
        raise DataError([lines_problem(table, f"broken by NUL bytes in {path.name}", lines, remedy)])
    if not text.strip():
        raise DataError([Problem(table, "", f"{path.name} is empty", "Give a file with rows.")])
    return text


def _undecodable(path: Path, table: str, data: bytes, encoding: str) -> Problem:
    lines = []
    for number, line in enumerate(data.split(b"\n"), 1):
        try:
            line.decode(encoding)
        except UnicodeError:
            lines.append(number)
    remedy = "Save it as UTF-8, or name its encoding, as 'cp949' (Korean) or 'cp1252' (western Europe)."
    return lines_problem(table, f"not {encoding.removesuffix('-sig')} text in {path.name}", lines or [1], remedy)


def _has_header(first: list[str], table: str, columns: Columns | None) -> bool:
    if not columns or any(isinstance(place, str) for place in columns.values()):
        return True
    kinds = {column.name: column.kind for column in TABLES[table].columns} if table in TABLES else {}
    typed = [place for name, place in columns.items() if kinds.get(name, "text") != "text"] or columns.values()
    cells = [first[place - 1] for place in typed if isinstance(place, int) and 0 < place <= len(first)]
    return bool(cells) and not any(sign.isdigit() for cell in cells for sign in cell)


def _even(
    records: list[tuple[int, list[str]]], names: list[str] | None, table: str, problems: list[Problem]
) -> list[tuple[int, list[str]]]:
    """Return the records of the usual width, and report the others."""
    widths = Counter(len(fields) for _, fields in records)
    if not widths:
        return []
    usual = len(names) if names else widths.most_common(1)[0][0]
    by_width = {width: [line for line, fields in records if len(fields) == width] for width in set(widths) - {usual}}
    problems += uneven(table, by_width, usual)
    return [record for record in records if len(record[1]) == usual]


def _places(
    table: str, columns: Columns | None, names: list[str] | None, width: int, reading: Reading
) -> dict[str, int]:
    """Return the place of each column, from 0: those that are named, and those whose header speaks for itself."""
    places = {}
    for ours, theirs in (columns or {}).items():
        place = _place(theirs, names, width)
        if isinstance(place, str):
            reading.problems.append(Problem(table, ours, place, f"The file has {_has(names, width)}."))
        else:
            places[ours] = place
    unnamed = [place for place in range(width) if place not in places.values()]
    kept = {names[place]: place for place in unnamed if names and names[place] and names.count(names[place]) == 1}
    kept = {name: place for name, place in kept.items() if name not in (columns or {})}
    left_out = [str(place + 1) for place in unnamed if place not in kept.values()]
    if left_out:
        reading.notes.append(f"{table}: left out, for they have no name of their own: columns {', '.join(left_out)}.")
    return places | kept


def _place(theirs: object, names: list[str] | None, width: int) -> int | str:
    """Return the place of one column, from 0, or what is wrong with it."""
    if isinstance(theirs, int) and not isinstance(theirs, bool):
        return theirs - 1 if 1 <= theirs <= width else f"is said to be column {theirs}, which is not there"
    if not isinstance(theirs, str):
        return f"is said to be {theirs!r}, which is neither a name nor a position"
    if not names or theirs.strip() not in names:
        like = get_close_matches(theirs, names or [], 1)
        return f"is said to be {theirs!r}, which is not there" + (f" (perhaps {like[0]!r}?)" if like else "")
    if names.count(theirs.strip()) > 1:
        return f"is said to be {theirs!r}, which occurs more than once: give its position"
    return names.index(theirs.strip())


def _has(names: list[str] | None, width: int) -> str:
    return ", ".join(repr(name) for name in names[:20]) if names else f"{width} columns and no header"
