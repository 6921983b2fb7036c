"""The door: tables are checked once, where they enter, and one error lists every problem.

`validate` reads each column as the data dictionary says (`crmlab.data.parsing`), checks the rules that parsed tables
keep (`crmlab.data.rules`), and raises one `DataError` with all that it found. Code inside trusts its tables.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import chain

import numpy as np
import pandas as pd

from crmlab.data import rules
from crmlab.data.parsing import Fault, parse
from crmlab.data.places import LINE, Places
from crmlab.tables import TABLES, Table

__all__ = ["LINE", "DataError", "Problem", "validate"]


@dataclass(frozen=True)
class Problem:
    """One kind of problem in one place.

    Attributes
    ----------
    table, column
        Where; `column` is "" where the whole table is meant.
    what
        What is wrong, from the verb on; where there are `rows`, what follows after "are".
    remedy
        What to do, as a sentence.
    rows
        How many rows; 0 where the problem is not one of single rows.
    first
        The first rows, as lines of the file or as positions in the frame.
    examples
        The first different values.
    by_line
        Whether `first` counts lines of a file (from 1, the header included) or positions (from 0).
    files
        The file of each of the first rows, where the table was joined of several.
    """

    table: str
    column: str
    what: str
    remedy: str = ""
    rows: int = 0
    first: tuple[int, ...] = ()
    examples: tuple[str, ...] = ()
    by_line: bool = False
    files: tuple[str, ...] = ()

    def __str__(self) -> str:
        # the table of a file of one's own is called like the file, which has a point itself
        inside = "." if self.table in TABLES else ", column "
        place = f"{self.table}{inside}{self.column}" if self.column else self.table
        said = self.what
        if self.rows:
            where = Places(self.first, self.files, self.by_line, self.rows > len(self.first))
            said = f"{self.rows:,} {'row is' if self.rows == 1 else 'rows are'} {said} ({where})"
        if self.examples:
            said += f", such as {', '.join(self.examples)}"
        return f"{place}: {said}. {self.remedy}".strip()


class DataError(ValueError):
    """What bad data raises at the door: one report of every problem.

    Attributes
    ----------
    problems
        Each `Problem`, in the order of the tables.

    Examples
    --------
    >>> print(DataError([Problem("orders", "amount", "is missing", "Name it.")]))
    The data do not fit (1 problem):
    - orders.amount: is missing. Name it.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        n = len(self.problems)
        said = [f"The data do not fit ({n} problem{'s' if n > 1 else ''}):", *(f"- {each}" for each in self.problems)]
        counted = {each.by_line for each in self.problems if each.rows}
        if True in counted:
            said.append("Lines are those of the file; the first is 1.")
        if False in counted:
            said.append("Positions are those of the rows in the frame; the first is 0.")
        return "\n".join(said)


def validate(tables: Mapping[str, pd.DataFrame], observation_end: str | None = None) -> dict[str, pd.DataFrame]:
    """Return the tables with every column in the type of the data dictionary, or list all that is wrong with them.

    Parameters
    ----------
    tables
        Frames by table name. They are not changed. Columns that the dictionary does not know are kept as they are.
        A frame whose index is named `LINE` has its rows reported as lines of a file; a level `FILE` before it names
        the file.
    observation_end
        The last day on which anything could have been observed, as ISO text; later events are then a problem.

    Returns
    -------
    dict
        New frames with a plain index: text as object, whole numbers as Int64, numbers as float64, dates as
        datetime64[ns] at midnight, booleans as boolean. Blanks around text are left out.

    Raises
    ------
    DataError
        If anything does not fit: unknown, empty or incomplete tables, values that cannot be read, empty values, values
        out of range, repeated keys, references to nothing, ends before starts.

    Examples
    --------
    >>> orders = pd.DataFrame({"customer_id": [1, 1], "ordered_at": ["2025-01-31", "20250202"], "amount": ["5", "7.5"]})
    >>> float(validate({"orders": orders})["orders"]["amount"].sum())
    12.5
    >>> validate({"orders": orders.assign(amount=["5", "-1"])})
    Traceback (most recent call last):
        ...
    crmlab.data.validation.DataError: The data do not fit (1 problem):
    - orders.amount: 1 row is below 0 (position 1), such as -1.0. Correct the values, or leave these rows out.
    Positions are those of the rows in the frame; the first is 0.
    """
    problems: list[Problem] = []
    clean: dict[str, pd.DataFrame] = {}
    for name, frame in tables.items():
        unusable = _unusable(name, frame)
        problems += unusable
        if not unusable:
            clean[name], found = _clean(TABLES[name], frame, observation_end)
            problems += found
    for name in clean:
        for columns, fault in rules.dangling(name, clean):
            problems += _problems(name, columns, tables[name], fault, clean[name])
    if problems:
        raise DataError(problems)
    return clean


def _problems(table: str, columns: list[str], frame: pd.DataFrame, fault: Fault, shown: pd.DataFrame) -> list[Problem]:
    """Return the problem of the rows that a fault names, or nothing where it names none.

    The index of `frame`, the table as it came, tells the rows; examples are taken from `shown`.
    """
    at = np.flatnonzero(fault.rows)
    if not len(at):
        return []
    where = Places.of(frame, fault.rows)
    examples = _examples(shown[columns[0]].iloc[at[:1000]]) if len(columns) == 1 else ()
    named = ", ".join(columns)
    what, remedy = fault.what, fault.remedy
    return [Problem(table, named, what, remedy, len(at), where.rows, examples, where.by_line, where.files)]


def _examples(values: pd.Series) -> tuple[str, ...]:
    distinct = values.dropna().drop_duplicates().iloc[:3]
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        return tuple(distinct.dt.strftime("%Y-%m-%d"))
    shown = [repr(value) for value in distinct.tolist()]
    return tuple(text if len(text) <= 40 else f"{text[:37]}..." for text in shown)


def _unusable(name: str, frame: object) -> list[Problem]:
    """Return what keeps a table from being looked at at all."""
    if name not in TABLES:
        like = get_close_matches(str(name), TABLES, 1)
        meant = f"Did you mean {like[0]}? " if like else ""
        return [Problem(str(name), "", "is no table of the data dictionary", f"{meant}It has {', '.join(TABLES)}.")]
    if not isinstance(frame, pd.DataFrame):
        return [Problem(name, "", f"is a {type(frame).__name__}", "Give a pandas DataFrame.")]
    twice = frame.columns[frame.columns.duplicated()].unique()
    found = [Problem(name, str(column), "occurs more than once", "Give each column its own name.") for column in twice]
    return found + ([Problem(name, "", "has no rows", "Leave an empty table out.")] if frame.empty else [])


def _clean(table: Table, frame: pd.DataFrame, observation_end: str | None) -> tuple[pd.DataFrame, list[Problem]]:
    """Return the parsed table, and what could not be parsed or breaks a rule; a value is reported once."""
    clean = frame.reset_index(drop=True)
    problems, unread = _missing(table, frame), pd.DataFrame(False, clean.index, clean.columns)
    for column in (column for column in table.columns if column.name in clean):
        identifies = bool(column.references) or column.name.endswith("_id")
        clean[column.name], faults = parse(column.kind, pd.Series(clean[column.name]), identifies=identifies)
        problems += chain.from_iterable(_problems(table.name, [column.name], frame, fault, frame) for fault in faults)
        unread[column.name] = np.logical_or.reduce([unread[column.name], *(fault.rows for fault in faults)])
    for columns, fault in rules.broken(table, clean, observation_end):
        left = Fault(fault.rows & ~unread[columns].to_numpy().any(axis=1), fault.what, fault.remedy)
        problems += _problems(table.name, columns, frame, left, clean)
    return clean, problems


def _missing(table: Table, frame: pd.DataFrame) -> list[Problem]:
    absent = [column for column in table.required if column not in frame]
    if not absent:
        return []
    has, name = ", ".join(repr(column) for column in frame.columns[:20]), absent[0]
    remedy = f"The table has {has}. Say in columns which is which: {name}='name' or {name}=position, from 1."
    return [Problem(table.name, ", ".join(absent), "is missing" if len(absent) == 1 else "are missing", remedy)]
