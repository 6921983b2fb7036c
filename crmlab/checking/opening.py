"""A company's folder opened to be looked at: also one whose tables do not fit, as far as they can be read."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pandas as pd

from crmlab.company import Company
from crmlab.data import find_company, open_company, package
from crmlab.data.finishing import last_day
from crmlab.data.parsing import guess_kind, parse
from crmlab.data.reading import read
from crmlab.data.validation import DataError, Problem
from crmlab.tables import DTYPES, TABLES


def look_into(name_or_folder: str | Path) -> tuple[Company, tuple[Problem, ...], tuple[str, ...]]:
    """Open a company, or, where its tables do not fit, what can be read of them.

    Returns
    -------
    tuple
        The company; the problems for which no lesson would open it, without any of the values; and what opening it
        says, such as that it was edited since it was saved.

    Raises
    ------
    ValueError
        If there is neither a built-in company nor a folder of that name.
    DataError
        If there is no table that can be read.

    Examples
    --------
    >>> company, problems, said = look_into("retail")
    >>> company.name, problems, said
    ('retail', (), ())
    """
    try:
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            company = open_company(name_or_folder)
        return company, (), tuple(str(one.message) for one in said)
    except DataError as error:
        folder = find_company(name_or_folder)
        tables = _readable(folder)
        if not tables:
            raise
        problems, told = without_values(error.problems), package.read(folder)
    observed = told.observation_end or last_day(tables)
    return Company(told.name, tables, observed, told.currency or "KRW"), problems, ()


def without_values(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return problems that quote nothing: a value at fault may be somebody's telephone number."""
    return tuple(replace(each, examples=()) for each in problems)


def _readable(folder: Path) -> dict[str, pd.DataFrame]:
    """Return the tables that can be read, with what cannot be read in them missing."""
    tables = {}
    for one in package.read(folder).tables:
        try:
            frame = read(folder / one.path, one.name)[0] if one.name in TABLES else pd.DataFrame()
        except DataError:
            continue
        if len(frame) and frame.columns.is_unique and set(TABLES[one.name].required) <= set(frame.columns):
            tables[one.name] = _typed(one.name, frame.reset_index(drop=True))
    return {name: frame for name, frame in tables.items() if _dated({name: frame})}


def _typed(table: str, frame: pd.DataFrame) -> pd.DataFrame:
    kinds = {column.name: column.kind for column in TABLES[table].columns}
    typed = {}
    for name in map(str, frame):
        kind = kinds.get(name) or guess_kind(frame[name])
        typed[name] = parse(kind if kind in DTYPES else "text", frame[name], identifies=name.endswith("_id"))[0]
    return pd.DataFrame(typed)


def _dated(tables: dict[str, pd.DataFrame]) -> bool:
    return any(values.notna().any() for frame in tables.values() for _, values in frame.items())
