"""Delimited text of any kind to a sheet: commas, semicolons, tabs, bars or blanks, in any usual encoding."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from io import BytesIO, TextIOWrapper
from itertools import islice
from statistics import mode

import numpy as np
import pandas as pd

from crmlab.data.records import SAMPLE, SEPARATORS, find_separator, split_records, uneven
from crmlab.data.validation import LINE, DataError, Problem
from crmlab.sources.encodings import Encoding, find_encoding
from crmlab.sources.headers import Names, find_top, name_columns, titles_noted
from crmlab.sources.limits import MOST_COLUMNS, SHOWN_BYTES
from crmlab.sources.sheet import Sheet

Record = tuple[int, list[str]]

_BATCH = 20_000  # cells that are turned into columns at once
_LINES = 10_000  # from one step of the bar to the next
_REMEMBERED = 100_000  # different cells that are kept once, however often they occur
_CALLED = {"tab": "\t", "\\t": "\t", "semicolon": ";", "comma": ",", "bar": "|", "blank": " "}


class _Cells(dict[str, str | None]):
    """Each text to the cell that it stands for: without blanks around it, None where nothing is left; kept once."""

    def __missing__(self, text: str) -> str | None:
        cell = text.strip() or None
        if len(self) < _REMEMBERED:
            self[text] = cell
        return cell


def read_text(
    data: bytes,
    name: str,
    *,
    encoding: str | None = None,
    separator: str | None = None,
    header: bool | None = None,
    progress: bool = False,
) -> Sheet:
    r"""Return the sheet of a delimited text.

    Parameters
    ----------
    data, name
        The whole file, and what it is called in messages.
    encoding, separator, header
        As the user told them; None where they are to be found out. A separator is one character, or one of "tab",
        "semicolon", "comma", "bar", "blank".
    progress
        Whether to show a bar, from 16 MiB on.

    Raises
    ------
    DataError
        If nothing can be read: see `crmlab.sources.encodings.find_encoding`; no row; too many columns; a separator
        that is none.

    Examples
    --------
    >>> sheet = read_text("고객;금액\n1;5,50\n2;6,00\n".encode("cp949"), "export.csv")
    >>> sheet.frame["금액"].to_list(), sheet.how
    (['5,50', '6,00'], {'encoding': 'cp949', 'separator': ';', 'header': 'yes'})
    """
    found = find_encoding(data, name, encoding)
    lines = partial(_open, data, found.name)
    by = _separator(separator, name) if separator else find_separator(lines)
    problems: list[Problem] = []
    sample = list(islice(split_records(lines(), by, name, problems), SAMPLE))
    if not sample:
        raise DataError(problems or [Problem(name, "", "is empty", "Give a file with rows.")])
    width = _width(sample, name)
    top = find_top([_padded(fields, width) for _, fields in sample], header)
    first = sample[top.skip][1] if top.header else None
    width = len(first) if first and by != " " else width
    problems = []
    records = split_records(_shown(data, found.name, name, progress), by, name, problems)
    index, columns, odd = _columns(islice(records, top.skip + top.header, None), width)
    names = name_columns(first, [any(value is not None for value in column) for column in columns])
    frame = pd.DataFrame(
        {at: columns[place] for at, place in enumerate(names.kept)}, index=pd.Index(index, name=LINE, dtype="int64")
    )
    frame.columns = pd.Index(names.names)
    how = {"encoding": found.name, "separator": by, "header": "yes" if top.header else "no"}
    notes = _notes(name, found, by, width, top.reason, frame, names, sample[: top.skip], encoding is not None)
    return Sheet(name, frame, top.header, how, notes, problems + uneven(name, odd, width))


def _open(data: bytes, encoding: str) -> TextIOWrapper:
    return TextIOWrapper(BytesIO(data), encoding=encoding, newline="")


def _shown(data: bytes, encoding: str, name: str, progress: bool) -> Iterator[str]:
    """Yield the lines, and show how far they are."""
    raw = BytesIO(data)
    lines = TextIOWrapper(raw, encoding=encoding, newline="")
    if not progress or len(data) < SHOWN_BYTES:
        yield from lines
        return
    from tqdm import tqdm

    with tqdm(total=len(data), unit="B", unit_scale=True, desc=name, leave=False) as bar:
        for number, line in enumerate(lines):
            if not number % _LINES:
                bar.update(raw.tell() - bar.n)
            yield line


def _separator(told: str, name: str) -> str:
    by = _CALLED.get(told.strip().lower(), told)
    if len(by) != 1 or by in '"\r\n\0' or by.isalnum():
        remedy = "Name one character, or one of tab, semicolon, comma, bar, blank."
        raise DataError([Problem(name, "", f"is said to be separated by {told!r}, which separates nothing", remedy)])
    return by


def _width(sample: list[Record], name: str) -> int:
    widest = max(len(fields) for _, fields in sample)
    if widest > MOST_COLUMNS:
        what = f"has {widest:,} columns, more than the {MOST_COLUMNS:,} that are read"
        raise DataError([Problem(name, "", what, "Export the columns that are needed.")])
    return mode(len(fields) for _, fields in sample)


def _padded(fields: list[str], width: int) -> list[str]:
    return [cell.strip() for cell in fields] + [""] * (width - len(fields))


def _columns(records: Iterable[Record], width: int) -> tuple[np.ndarray, list[np.ndarray], dict[int, list[int]]]:
    """Return the lines of the records of the usual width, their cells column by column, and the lines of the others.

    Blank cells beyond the usual width are left out: many programs end each row with a separator.
    """
    known, odd = _Cells(), defaultdict(list)
    index: list[np.ndarray] = [np.empty(0, np.int64)]
    parts: list[list[np.ndarray]] = [[np.empty(0, object)] for _ in range(width)]
    records = iter(records)
    while batch := list(islice(records, max(1, _BATCH // width))):
        even = _even(batch, width, odd)
        index.append(np.array([line for line, _ in even], np.int64))
        for part, column in zip(parts, zip(*(fields for _, fields in even), strict=True), strict=bool(even)):
            part.append(_cells(column, known))
    return np.concatenate(index), [np.concatenate(part) for part in parts], odd


def _even(batch: list[Record], width: int, odd: dict[int, list[int]]) -> list[Record]:
    """Return the records of the usual width, and add the lines of the others to `odd`."""
    if all(len(fields) == width for _, fields in batch):
        return batch
    even = []
    for line, fields in batch:
        if len(fields) > width and not any(map(str.strip, fields[width:])):
            del fields[width:]
        if len(fields) == width:
            even.append((line, fields))
        else:
            odd[len(fields)].append(line)
    return even


def _cells(column: Sequence[str], known: _Cells) -> np.ndarray:
    """Return the cells of a column; where most of its texts occur again, each is kept once."""
    if len(set(column)) <= len(column) / 2:
        return np.array([*map(known.__getitem__, column)], object)
    cells = np.array([*map(str.strip, column)], object)
    cells[cells == ""] = None
    return cells


def _notes(
    name: str,
    encoding: Encoding,
    by: str,
    width: int,
    reason: str,
    frame: pd.DataFrame,
    names: Names,
    titles: list[Record],
    told: bool,
) -> list[str]:
    separated = f"separated by {SEPARATORS.get(by, repr(by))}" if width > 1 else "one column"
    header = isinstance(next(iter(names.names), 1), str)
    said = [f"{name}: {len(frame):,} rows read ({separated}, {'with a' if header else 'no'} header: {reason})."]
    if not told and encoding.name != "utf-8":
        said.append(f"{name}: read as {encoding.name}: {encoding.reason}.")
    return said + titles_noted(name, "line", titles) + [f"{name}: {note}." for note in names.notes]
