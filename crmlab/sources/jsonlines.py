"""JSON lines, and a JSON array of records, to a sheet."""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterator
from io import StringIO
from typing import Any

import numpy as np
import pandas as pd

from crmlab.data.records import LONGEST_LINE, lines_problem
from crmlab.data.validation import LINE, DataError, Problem
from crmlab.sources.cells import column_of
from crmlab.sources.encodings import decoded, find_encoding
from crmlab.sources.limits import MOST_CELLS, MOST_COLUMNS
from crmlab.sources.sheet import Sheet

Record = dict[str, Any]

_LEAST = 8  # columns that a record counts for at least
_BLANKS = " \t\r\n"
_BETWEEN = frozenset(f"{_BLANKS},")
_NESTED = "Write each value into a column or a row of its own, or leave the column out."


def looks_like_json(start: bytes, suffix: str) -> bool:
    """Return whether a file begins as JSON records do.

    Examples
    --------
    >>> looks_like_json(b' {"id": 1}', ".txt"), looks_like_json(b"[2025-01-31] start", ".log")
    (True, False)
    """
    begin = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    if suffix.lower() in (".jsonl", ".ndjson", ".json"):
        return True
    return begin.startswith(b'{"') or (begin.startswith(b"[") and begin[1:].lstrip().startswith(b"{"))


def read_json(data: bytes, name: str, *, encoding: str | None = None) -> Sheet:
    r"""Return the sheet of JSON lines, or of one array of records.

    Parameters
    ----------
    data, name
        The whole file, and what it is called in messages.
    encoding
        As the user told it; None where it is to be found out.

    Raises
    ------
    DataError
        If nothing can be read: not JSON, no record, too many columns.

    Examples
    --------
    >>> read_json(b'{"id": "a", "n": 1}\n{"id": "b"}\n', "leads.jsonl").frame["n"].to_list()
    [1, <NA>]
    """
    found = find_encoding(data, name, encoding)
    text = "".join(decoded(data, found.name))
    problems: list[Problem] = []
    is_array = text.lstrip().startswith("[")
    table = _Table(name)
    for number, record in _array(text, name, problems) if is_array else _lines(text, name, problems):
        table.add(number, record)
    if not table.numbers:
        raise DataError(problems or [Problem(name, "", "holds no record", "Give one JSON object a line.")])
    problems += [lines_problem(name, f"lists or records in {key!r}", at, _NESTED) for key, at in table.nested.items()]
    frame = table.frame()
    notes = [f"{name}: {len(frame):,} rows read (JSON{', numbered as the records of the array' if is_array else ''})."]
    notes += [f"{name}: {key} holds lists or records and is left out." for key in table.nested]
    return Sheet(name, frame, True, {"encoding": found.name}, notes, problems)


class _Table:
    """Records put into columns one by one, so that none is kept."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.numbers = array("q")
        self.columns: dict[str, list[Any]] = {}
        self.nested: dict[str, list[int]] = {}
        self.most = MOST_CELLS // _LEAST

    def add(self, number: int, record: Record) -> None:
        """Add a record; refuse more columns, or more cells, than are read."""
        if not record.keys() <= self.columns.keys():
            self._widen(record)
        for key, column in self.columns.items():
            value = record.get(key)
            if isinstance(value, list | dict):
                self.nested.setdefault(key, []).append(number)
                value = None
            column.append(value)
        self.numbers.append(number)
        if len(self.numbers) > self.most:
            width = len(self.columns)
            what = f"has more than {len(self.numbers) - 1:,} records of {width:,} columns, more than are read as JSON"
            raise DataError([Problem(self.name, "", what, "Export the columns that are needed, as CSV or Parquet.")])

    def _widen(self, record: Record) -> None:
        """Make room for the keys that a record brings."""
        for key in record.keys() - self.columns.keys():
            self.columns[key] = [None] * len(self.numbers)
        width = len(self.columns)
        self.most = MOST_CELLS // max(width, _LEAST) if width <= MOST_COLUMNS else 0

    def frame(self) -> pd.DataFrame:
        """Return the columns that hold plain values, in the order in which they came."""
        index = pd.Index(np.array(self.numbers, np.int64), name=LINE)
        plain = {key: column for key, column in self.columns.items() if key not in self.nested}
        return pd.DataFrame({key: column_of(column, index) for key, column in plain.items()}, index)


def _lines(text: str, name: str, problems: list[Problem]) -> Iterator[tuple[int, Record]]:
    odd = []
    for number, line in enumerate(StringIO(text), 1):
        line = line.strip(_BLANKS)
        if not line or line.isspace():
            continue
        record = _parsed(line) if len(line) <= LONGEST_LINE else None
        if isinstance(record, dict):
            yield number, record
        else:
            odd.append(number)
    if odd:
        remedy = 'Write one object a line, as {"id": "0001"}, and each key once.'
        problems.append(lines_problem(name, "no JSON objects", odd, remedy))


def _array(text: str, name: str, problems: list[Problem]) -> Iterator[tuple[int, Record]]:
    """Yield the records of an array one by one; what is no record, or no JSON from there on, is a problem."""
    at, number, odd = _next(text, text.index("[") + 1), 0, []
    while text[at : at + 1] not in ("]", ""):
        number += 1
        try:
            record, end = _DECODER.raw_decode(text, at)
        except (ValueError, RecursionError):
            remedy = "Look whether the file is whole, and whether a key occurs twice."
            problems.append(Problem(name, "", f"holds no JSON from record {number:,} on", remedy))
            return
        at = _next(text, end)
        if isinstance(record, dict):
            yield number, record
        else:
            odd.append(number)
    if text[at : at + 1] != "]":
        problems.append(Problem(name, "", f"ends within the array, after {number:,} records", "Export it anew."))
    if odd:
        problems.append(lines_problem(name, "no records", odd, 'Write objects, as {"id": "0001"}.'))


def _next(text: str, at: int) -> int:
    """Return where the next record begins, behind blanks and commas."""
    while text[at : at + 1] in _BETWEEN and at < len(text):
        at += 1
    return at


def _parsed(line: str) -> Any:
    try:
        record, end = _DECODER.raw_decode(line)
    except (ValueError, RecursionError):
        return None
    return record if end == len(line) else None


def _whole(digits: str) -> int | str:
    """Return a whole number; one of more than 18 digits stays text, because no column holds it exactly."""
    return int(digits) if len(digits) <= 18 else digits


def _unique(pairs: list[tuple[str, Any]]) -> Record:
    record = dict(pairs)
    if len(record) < len(pairs):
        raise ValueError("a key occurs twice")
    return record


_DECODER = json.JSONDecoder(object_pairs_hook=_unique, parse_int=_whole, parse_constant=lambda _: None)
