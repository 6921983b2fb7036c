"""The door: tables are checked once, where they enter, and one error lists every problem.

`validate` reads each column as the data dictionary says (`crmlab.parsing`), then checks required columns, empty values,
ranges, allowed values and keys (pandera), references between tables, and the order of days. Code inside trusts its
tables. Pandera takes a third of a second to import, so it is imported only when tables are really checked.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

import numpy as np
import pandas as pd

from crmlab.parsing import Fault, parse
from crmlab.tables import TABLES, Column, Table

LINE = "line of the file"  # the index name of a frame whose rows know the line they came from

_SPANS = (("contracts", "started_on", "ended_on"),)
_OPEN_ENDED = {"ended_on"}  # a contract may be cancelled to a day that has not come yet


@dataclass(frozen=True)
class Problem:
    """One kind of problem in one place.

    Attributes
    ----------
    table, column
        Where; `column` is "" where the whole table is meant.
    what
        What is wrong: "is ..." or "has ..." of the table or column, or what the rows are.
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
    """

    table: str
    column: str
    what: str
    remedy: str = ""
    rows: int = 0
    first: tuple[int, ...] = ()
    examples: tuple[str, ...] = ()
    by_line: bool = False

    def __str__(self) -> str:
        where = f"{self.table}.{self.column}" if self.column else self.table
        said = self.what
        if self.rows:
            said = f"{self.rows:,} {'row is' if self.rows == 1 else 'rows are'} {said} ({self._where()})"
        if self.examples:
            said += f", such as {', '.join(self.examples)}"
        return f"{where}: {said}. {self.remedy}".strip()

    def _where(self) -> str:
        noun = "line" if self.by_line else "position"
        more = ", ..." if self.rows > len(self.first) else ""
        return f"{noun}{'s' if self.rows > 1 else ''} {', '.join(map(str, self.first))}{more}"


class DataError(ValueError):
    """What bad data raises at the door: one report of every problem.

    Attributes
    ----------
    problems
        Each `Problem`, in the order of tables and columns.

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
            said.append("Lines are those of the file, the first being 1.")
        if False in counted:
            said.append("Positions are those of the rows in the frame, the first being 0.")
        return "\n".join(said)


def validate(tables: Mapping[str, pd.DataFrame], observation_end: str | None = None) -> dict[str, pd.DataFrame]:
    """Return the tables with every column in the type of the data dictionary, or list all that is wrong with them.

    Parameters
    ----------
    tables
        Frames by table name. They are not changed. Columns that the dictionary does not know are kept as they are.
        A frame whose index is named `LINE` has its rows reported as lines of a file.
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
    >>> validate({"orders": orders})["orders"]["amount"].sum()
    12.5
    >>> validate({"orders": orders.assign(amount=["5", "-1"])})
    Traceback (most recent call last):
        ...
    crmlab.validation.DataError: The data do not fit (1 problem):
    - orders.amount: 1 row is below 0 (position 1), such as -1.0. Correct it, or leave these rows out.
    Positions are those of the rows in the frame, the first being 0.
    """
    problems, clean = [], {}
    for name, frame in tables.items():
        unusable = _unusable(name, frame)
        problems += unusable
        if not unusable:
            clean[name], found = _clean(TABLES[name], frame, observation_end)
            problems += found
    problems += _references(clean, tables)
    if problems:
        raise DataError(problems)
    return clean


def problem(table: str, column: str, frame: pd.DataFrame, fault: Fault, values: pd.Series | None = None) -> Problem:
    """Return the problem of the rows of `frame` that a fault names, with `values` as examples."""
    at = np.flatnonzero(fault.rows)
    by_line = frame.index.name == LINE
    first = tuple(int(row) for row in (frame.index[at[:5]] if by_line else at[:5]))
    examples = () if values is None else _examples(values.iloc[at[:1000]])
    return Problem(table, column, fault.what, fault.remedy, len(at), first, examples, by_line)


def _examples(values: pd.Series) -> tuple[str, ...]:
    days = pd.api.types.is_datetime64_any_dtype(values.dtype)
    shown = (
        [f"{value:%Y-%m-%d}" if days else repr(value) for value in values.dropna().unique()[:3].tolist()]
        if not days
        else [str(value)[:10] for value in values.dropna().unique()[:3]]
    )
    return tuple(text if len(text) <= 40 else f"{text[:37]}..." for text in shown)


def _unusable(name: str, frame: object) -> list[Problem]:
    """Return what keeps a table from being looked at at all."""
    if name not in TABLES:
        like = get_close_matches(name, TABLES, 1)
        meant = f"Did you mean {like[0]}? " if like else ""
        return [Problem(str(name), "", "is not a table of the data dictionary", f"{meant}It has {', '.join(TABLES)}.")]
    if not isinstance(frame, pd.DataFrame):
        return [Problem(name, "", f"is a {type(frame).__name__}", "Give a pandas DataFrame.")]
    twice = frame.columns[frame.columns.duplicated()].unique()
    return [Problem(name, str(column), "occurs more than once", "Give each column its own name.") for column in twice]


def _clean(table: Table, frame: pd.DataFrame, observation_end: str | None) -> tuple[pd.DataFrame, list[Problem]]:
    if frame.empty:
        return frame, [*_missing(table, frame), Problem(table.name, "", "has no rows", "Leave an empty table out.")]
    clean = frame.reset_index(drop=True)
    problems, unread = _missing(table, frame), pd.DataFrame(False, clean.index, clean.columns)
    for column in table.columns:
        if column.name in clean:
            identifies = bool(column.references) or column.name.endswith("_id")
            clean[column.name], faults = parse(column.kind, clean[column.name], identifies=identifies)
            problems += [problem(table.name, column.name, frame, fault, frame[column.name]) for fault in faults]
            for fault in faults:
                unread[column.name] |= fault.rows
    for column, fault in (*_rules(table, clean), *_days(table, clean, observation_end)):
        fault = Fault(fault.rows & ~unread[column.split(", ")].any(axis=1).to_numpy(), fault.what, fault.remedy)
        if fault.rows.any():
            values = clean[column] if column in clean else None
            problems.append(problem(table.name, column, frame, fault, values))
    return clean, problems


def _missing(table: Table, frame: pd.DataFrame) -> list[Problem]:
    has = ", ".join(map(repr, frame.columns))
    remedy = (
        f"The table has {has}. Say which it is: columns={{{table.name!r}: {{%r: 'a name of these, or a position'}}}}."
    )
    absent = (column for column in table.required if column not in frame)
    return [Problem(table.name, column, "is missing", remedy % column) for column in absent]


def _rules(table: Table, clean: pd.DataFrame) -> Iterator[tuple[str, Fault]]:
    """Yield each column, or key, with the rows that break a rule of the dictionary."""
    import pandera.pandas as pa

    columns = {column.name: column for column in table.columns if column.name in clean}
    keyed = [*table.key] if table.key and set(table.key) <= set(columns) else None
    schema = pa.DataFrameSchema(
        {name: pa.Column(nullable=column.empty, checks=_checks(column, pa.Check)) for name, column in columns.items()},
        unique=keyed,
        report_duplicates="exclude_first",
    )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # pandera's own, of its use of pandas
            schema.validate(clean, lazy=True)
    except pa.errors.SchemaErrors as error:
        yield from _broken(table, clean, error.failure_cases)


def _checks(column: Column, check: type) -> list:
    checks = [check.ge(column.low, error=f"below {column.low:g}")] if column.low is not None else []
    checks += [check.le(column.high, error=f"above {column.high:g}")] if column.high is not None else []
    return checks + (
        [check.isin(column.values, error=f"not one of {', '.join(column.values)}")] if column.values else []
    )


def _broken(table: Table, clean: pd.DataFrame, cases: pd.DataFrame) -> Iterator[tuple[str, Fault]]:
    """Yield pandera's failure cases, gathered by column and rule."""
    repeated = cases["check"] == "multiple_fields_uniqueness"
    cases = cases.assign(column=cases["column"].mask(repeated, ", ".join(table.key)))
    for (column, rule), found in cases.groupby(["column", "check"], sort=False):
        rows = np.zeros(len(clean), bool)
        rows[found["index"].astype(int)] = True
        if rule == "not_nullable":
            yield column, Fault(rows, "empty", "Fill the values in, or leave these rows out.")
        elif rule == "multiple_fields_uniqueness":
            rows &= clean[[*table.key]].notna().all(axis=1).to_numpy()
            yield column, Fault(rows, "a repetition of an earlier row's key", "Keep one row for each key.")
        else:
            yield column, Fault(rows, rule, "Correct it, or leave these rows out.")


def _days(table: Table, clean: pd.DataFrame, observation_end: str | None) -> Iterator[tuple[str, Fault]]:
    for name, start, end in _SPANS:
        if name == table.name and {start, end} <= set(clean):
            rows = (clean[end] < clean[start]).to_numpy()
            yield end, Fault(rows, f"before {start}", "Correct one of the two days.")
    for column in table.columns if observation_end else ():
        if column.kind == "date" and column.name in clean and column.name not in _OPEN_ENDED:
            rows = (clean[column.name] > pd.Timestamp(observation_end)).to_numpy()
            remedy = "Give a later observation_end, or leave these rows out."
            yield column.name, Fault(rows, f"after the end of the observation, {observation_end}", remedy)


def _references(clean: Mapping[str, pd.DataFrame], given: Mapping[str, pd.DataFrame]) -> list[Problem]:
    """Return the references to rows that are not there; tables that are not there are not asked."""
    problems = []
    for name, column in ((name, column) for name in clean for column in TABLES[name].columns if column.references):
        other, target = column.references.split(".")
        if column.name in clean[name] and target in clean.get(other, ()):
            values = clean[name][column.name]
            rows = (values.notna() & ~values.isin(clean[other][target])).to_numpy()
            fault = Fault(rows, f"not in {column.references}", f"Add the missing {other}, or leave these rows out.")
            problems += [problem(name, column.name, given[name], fault, values)] if rows.any() else []
    return problems


def joined(errors: Sequence[DataError]) -> DataError:
    """Return one error with the problems of all."""
    return DataError(each for error in errors for each in error.problems)
