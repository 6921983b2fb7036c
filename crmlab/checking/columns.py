"""What stands in each column: its kind, what is missing, how many different values, from where to where.

No value of a text is ever shown, and nothing of a column that seems to hold personal data. Numbers and days are shown
by their ends, because that is where wrong units and placeholder values are seen.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
import pandas as pd

from crmlab.data.csvfiles import kind_of
from crmlab.tables import TABLES

FEWEST_ROWS = 20  # fewer may all be alike by chance
ALMOST_CONSTANT = 0.995
PLACEHOLDER_SHARE = 0.02
ROW_LIMITS = {65_535: "the last row of an old Excel sheet", 1_048_575: "the last row of an Excel sheet"}
_ROUND = (1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000, 1_000_000)
COLUMNS = ("table", "column", "kind", "rows", "missing", "different", "low", "high", "remark")


def describe_columns(
    tables: Mapping[str, pd.DataFrame], personal: Collection[tuple[str, str]] = frozenset()
) -> pd.DataFrame:
    """Return one row for each column of each table.

    Parameters
    ----------
    tables
        Frames by table name.
    personal
        Tables and columns of which no value is shown.

    Returns
    -------
    DataFrame
        `table`, `column`, `kind`, `rows`, `missing` (share), `different` (values), `low` and `high` (as text; "" for
        text), and `remark`: "" or what is suspicious about it.

    Examples
    --------
    >>> orders = pd.DataFrame({"amount": [5.0, 7.5, None], "shop": ["a", "a", "a"]})
    >>> describe_columns({"orders": orders})[["column", "kind", "missing", "low", "high"]].round(2).to_dict("records")
    ... # doctest: +NORMALIZE_WHITESPACE
    [{'column': 'amount', 'kind': 'number', 'missing': 0.33, 'low': '5', 'high': '7.5'},
     {'column': 'shop', 'kind': 'text', 'missing': 0.0, 'low': '', 'high': ''}]
    """
    rows = [
        _column(name, str(column), frame[column], (name, str(column)) in personal)
        for name, frame in tables.items()
        for column in frame
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def row_limit(rows: int) -> str:
    """Return why a number of rows looks cut off; "" where it does not.

    Examples
    --------
    >>> row_limit(1_048_575), row_limit(50_000), row_limit(50_001)
    ('the last row of an Excel sheet', 'a round number', '')
    """
    return ROW_LIMITS.get(rows) or ROW_LIMITS.get(rows - 1) or ("a round number" if rows in _ROUND else "")


def _column(table: str, column: str, values: pd.Series, hidden: bool) -> tuple[Any, ...]:
    kind = _kind(table, column, values)
    codes, different = pd.factorize(values)
    counts = np.bincount(codes[codes >= 0], minlength=len(different))
    low, high = ("not shown", "not shown") if hidden else _ends(kind, different) if len(different) else ("", "")
    missing = float((codes < 0).mean())
    remark = _remark(kind, different, counts, hidden)
    return table, column, kind, len(values), missing, len(different), low, high, remark


def _kind(table: str, column: str, values: pd.Series) -> str:
    known = {one.name: one.kind for one in TABLES[table].columns} if table in TABLES else {}
    return known.get(column) or kind_of(values)


def _ends(kind: str, different: pd.Index) -> tuple[str, str]:
    if kind in ("date", "datetime"):
        return f"{different.min():%Y-%m-%d}", f"{different.max():%Y-%m-%d}"
    if kind in ("integer", "number"):
        return _number(different.min()), _number(different.max())
    return "", ""


def _number(value: Any) -> str:
    if float(value).is_integer() and abs(value) < 1e15:
        return f"{int(value):,}" if abs(value) >= 10_000 else f"{int(value)}"  # a year has no comma
    return f"{float(value):,.6g}"


def _remark(kind: str, different: pd.Index, counts: np.ndarray, hidden: bool) -> str:
    """Return what is suspicious about the different values of a column, from how many rows have each."""
    if not len(different):
        return "never filled"
    if counts.sum() < FEWEST_ROWS:
        return ""
    share = counts.max() / counts.sum()
    if len(different) == 1:
        return "one value only"
    if share >= ALMOST_CONSTANT:
        return f"one value in {100 * share:.1f} % of the rows"
    if kind in ("integer", "number", "date", "datetime") and share >= PLACEHOLDER_SHARE:
        return _placeholder(different, int(counts.argmax()), share, hidden)
    return ""


def _placeholder(different: pd.Index, top: int, share: float, hidden: bool) -> str:
    """Name the commonest value if it lies further from all others than they lie from each other."""
    days = pd.api.types.is_datetime64_any_dtype(different.dtype)
    values = different.to_numpy("datetime64[D]").astype(float) if days else different.to_numpy(float)
    others = np.delete(values, top)
    distance = max(others.min() - values[top], values[top] - others.max())
    if len(others) < 2 or not np.isfinite(distance) or distance <= np.ptp(others):
        return ""
    shown = "" if hidden else f"{different[top]:%Y-%m-%d} " if days else f"{_number(different[top])} "
    return f"{shown}in {100 * share:.1f} % of the rows, far from all others: a placeholder?"
