"""From several files to validated tables: one report of what is wrong in all of them, and notes of what was assumed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from crmlab.data import reading
from crmlab.data.csvfiles import Field
from crmlab.data.parsing import guess_kind, has_clock, parse
from crmlab.data.validation import DataError, Problem, validate
from crmlab.tables import DTYPES, TABLES

Tables = dict[str, pd.DataFrame]


def take_in(
    paths: Mapping[str, Path],
    columns: Mapping[str, reading.Columns],
    encoding: str = "utf-8-sig",
    observation_end: str | None = None,
    kinds: Mapping[str, Mapping[str, str]] | None = None,
) -> tuple[Tables, list[str]]:
    """Read and validate one file a table.

    Parameters
    ----------
    paths, columns, encoding
        The file of each table, and how `crmlab.data.reading.read` is to understand it.
    observation_end
        The last day on which anything could have been observed, as ISO text; None where it is not known.
    kinds
        For each table the kinds of columns that the data dictionary does not know; else they are those that fit.

    Returns
    -------
    tuple
        The validated tables, and notes on what was read, left out and assumed.

    Raises
    ------
    DataError
        If anything in any file does not fit.
    """
    problems = [
        Problem(str(table), "", "has columns but no file", "Give its file.") for table in columns if table not in paths
    ]
    read: dict[str, reading.Reading] = {}
    for table, path in paths.items():
        try:
            read[table] = reading.read(path, table, columns.get(table), encoding)
            problems += read[table].problems
        except DataError as error:
            problems += error.problems
    tables = _validated(read, observation_end, problems)
    notes = [note for table, one in read.items() for note in (*one.notes, *_notes(table, one.frame))]
    kinds = kinds or {}
    return {name: _settled(name, frame, kinds.get(name, {})) for name, frame in tables.items()}, notes


def last_day(tables: Mapping[str, pd.DataFrame]) -> str:
    """Return the last day in any date column of the data dictionary, as ISO text.

    Examples
    --------
    >>> last_day({"orders": pd.DataFrame({"ordered_at": pd.to_datetime(["2025-01-31", "2025-01-02"])})})
    '2025-01-31'
    """
    days = [
        frame[column.name].max()
        for name, frame in tables.items()
        for column in TABLES[name].columns
        if column.kind == "date" and column.name in frame
    ]
    return f"{max(day for day in days if day is not pd.NaT):%Y-%m-%d}"


def _validated(
    read: Mapping[str, reading.Reading], observation_end: str | None, problems: list[Problem]
) -> Mapping[str, pd.DataFrame]:
    """Validate what could be read; raise one error with what the files and what the values have wrong."""
    frames = {table: one.frame for table, one in read.items() if len(one.frame) or not one.problems}
    tables: Tables = {}
    try:
        tables = validate(frames, observation_end)
    except DataError as error:
        told = {(each.table, each.column) for each in problems}
        problems = problems + [each for each in error.problems if (each.table, each.column) not in told]
    if problems:
        raise DataError(problems)
    return tables


def _extra(table: str, frame: pd.DataFrame) -> list[str]:
    known = {column.name for column in TABLES[table].columns}
    return [str(name) for name in frame if name not in known]


def _settled(table: str, frame: pd.DataFrame, kinds: Mapping[str, str]) -> pd.DataFrame:
    """Return a table whose columns outside the data dictionary have the type that they are said, or seem, to have."""
    settled = {}
    for name in _extra(table, frame):
        texts = frame.loc[:, name]
        kind = kinds.get(name) or guess_kind(texts)
        values, faults = parse(kind if kind in DTYPES else "text", texts)
        if faults:
            values = parse("text", texts)[0]
        elif kind in ("integer", "boolean") and values.notna().all():
            dtype: Any = Field(name, kind, full=True).dtype
            values = values.astype(dtype)
        settled[name] = values
    return frame.assign(**settled)


def _notes(table: str, frame: pd.DataFrame) -> list[str]:
    dates = (column.name for column in TABLES[table].columns if column.kind == "date" and column.name in frame)
    notes = [f"{table}.{name}: the time of day is left out." for name in dates if has_clock(frame.loc[:, name])]
    extra = _extra(table, frame)
    return notes + ([f"{table}: kept beside the known columns: {', '.join(extra)}."] if extra else [])
