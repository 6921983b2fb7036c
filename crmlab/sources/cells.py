"""Cells that carry a type, as those of a workbook: a column of one type keeps it, a column of several becomes text."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

import pandas as pd

Cell = Any  # str, int, float, bool, date, datetime, time, timedelta or None

_FIRST, _LAST = date(1678, 1, 1), date(2262, 1, 1)  # what a datetime64[ns] can hold


def text_of(cell: Cell) -> str:
    """Return a cell as text: dates in ISO form, whole numbers without a point, "" where it is blank.

    Examples
    --------
    >>> [text_of(cell) for cell in (" 0001 ", 5.0, 0.5, True, datetime(2025, 1, 31), None)]
    ['0001', '5', '0.5', 'true', '2025-01-31', '']
    """
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time(0) else cell.isoformat(sep=" ")
    return cell.isoformat() if isinstance(cell, date | time) else str(cell).strip()


def column_of(cells: Sequence[Cell], index: pd.Index) -> pd.Series:
    """Return a column: numbers, dates or booleans where every cell that is not blank is one, else text.

    Whole numbers are Int64, other numbers float64, dates datetime64[ns], booleans boolean; text is object, None where
    blank. Days that datetime64[ns] cannot hold make the column text.

    Examples
    --------
    >>> rows = pd.Index([2, 3])
    >>> column_of([5.0, ""], rows).to_list(), column_of([5.0, "A7"], rows).to_list()
    ([5, <NA>], ['5', 'A7'])
    """
    cells = [None if isinstance(cell, float) and math.isnan(cell) else cell for cell in cells]
    cells = [None if isinstance(cell, float) and math.isnan(cell) else cell for cell in cells]
    known = [cell for cell in cells if not is_blank(cell)]
    kinds = {_kind(cell) for cell in known}
    if kinds == {"number"}:
        if all(abs(cell) < 2**63 and int(cell) == cell for cell in known):
            whole = [None if is_blank(cell) else int(cell) for cell in cells]
            return pd.Series(pd.array(whole, "Int64"), index)
        return pd.Series([None if is_blank(cell) else float(cell) for cell in cells], index, dtype="float64")
    if kinds == {"date"} and all(_FIRST <= _day(cell) < _LAST for cell in known):
        return pd.Series([pd.NaT if is_blank(cell) else pd.Timestamp(cell) for cell in cells], index, "datetime64[ns]")
    if kinds == {"boolean"}:
        return pd.Series([None if is_blank(cell) else cell for cell in cells], index, dtype="boolean")
    return pd.Series([text_of(cell) or None for cell in cells], index, dtype=object)


def is_blank(cell: Cell) -> bool:
    """Return whether a cell holds nothing but blanks.

    Examples
    --------
    >>> is_blank(" "), is_blank(None), is_blank(0)
    (True, True, False)
    """
    return cell is None or (isinstance(cell, str) and not cell.strip())


def _kind(cell: Cell) -> str:
    if isinstance(cell, bool):
        return "boolean"
    if isinstance(cell, int | float):
        return "number"
    return "date" if isinstance(cell, date) else "text"


def _day(cell: date) -> date:
    return cell.date() if isinstance(cell, datetime) else cell
