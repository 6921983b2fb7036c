"""Columns of a table in memory: which there must be, and what a value may be.

Whatever a result is reckoned from passes through here, so that a table says in one sentence what it lacks.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
import pandas as pd


def need(present: Any, wanted: Sequence[str], table: str) -> None:
    """Raise a ValueError that names the columns which a table lacks."""
    missing = [name for name in wanted if name not in present]
    if missing:
        raise ValueError(f"{table}: no column {', '.join(missing)}; there are {', '.join(map(str, present)) or 'none'}")


def refuse_gaps(frame: pd.DataFrame, names: Sequence[str], table: str) -> None:
    """Raise a ValueError that says which of these columns of a table are empty, and in how many rows.

    Examples
    --------
    >>> refuse_gaps(pd.DataFrame({"lead_id": ["a", None]}), ["lead_id"], "events")
    Traceback (most recent call last):
    ValueError: events: lead_id is empty in 1 rows; mend or leave out these rows first
    """
    gaps = {name: int(frame[name].isna().sum()) for name in names}
    found = [f"{name} is empty in {count} rows" for name, count in gaps.items() if count]
    if found:
        raise ValueError(f"{table}: {'; '.join(found)}; mend or leave out these rows first")


def numbers(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame as floats.

    Raises
    ------
    ValueError
        If a value is empty or no finite number.
    """
    names = list(map(str, frame.columns))
    return pd.DataFrame(dict(zip(names, arrays(frame, names), strict=True)), frame.index)


def arrays(frame: pd.DataFrame, names: Sequence[str]) -> list[np.ndarray]:
    """Return columns as floats, each an array.

    Raises
    ------
    ValueError
        If a value is empty or no finite number.
    """
    found = []
    for name in names:
        column = frame[name]
        plain = isinstance(column.dtype, np.dtype) and column.dtype.kind in "fiu"
        found.append(np.asarray(column if plain else pd.to_numeric(column, errors="coerce"), float))
        bad = ~np.isfinite(found[-1])
        if bad.any():
            row = int(np.flatnonzero(bad)[0])
            raise ValueError(f"{name}: {int(bad.sum())} values are empty or no finite number, the first in row {row}")
    return found


def days(frame: pd.DataFrame, names: Sequence[str], table: str) -> pd.DataFrame:
    """Return the frame with these columns as dates; what is empty stays empty.

    Raises
    ------
    ValueError
        If a column holds anything else than dates, or dates with a time zone.

    Examples
    --------
    >>> days(pd.DataFrame({"day": [None, None]}), ["day"], "contracts")["day"].dtype.kind
    'M'
    >>> days(pd.DataFrame({"day": ["2025-03-01"]}), ["day"], "contracts")
    Traceback (most recent call last):
    ValueError: contracts: day holds 2025-03-01, which is no date; turn it into dates first (pd.to_datetime)
    """
    known = {}
    for name in names:
        column = frame[name]
        if isinstance(column.dtype, pd.ArrowDtype):
            column = column.astype(object).infer_objects()
        kept = column.dropna()
        if isinstance(kept.dtype, pd.DatetimeTZDtype):
            raise ValueError(f"{table}: {name} carries a time zone; turn it into the company's local day first")
        odd = [] if kept.dtype.kind == "M" else [value for value in kept if not isinstance(value, date)]
        if odd:
            raise ValueError(
                f"{table}: {name} holds {odd[0]}, which is no date; turn it into dates first (pd.to_datetime)"
            )
        known[name] = column if column.dtype.kind == "M" else pd.to_datetime(column)
    return frame.assign(**known)


def counts_of(frame: pd.DataFrame, table: str) -> np.ndarray:
    """Return how many customers each row stands for: 1, or what the column `customers` says.

    Raises
    ------
    ValueError
        If a count is empty, negative or no number, or there is no customer at all.

    Examples
    --------
    >>> counts_of(pd.DataFrame({"plan": ["basic", "premium"]}), "the table").tolist()
    [1.0, 1.0]
    """
    counts = arrays(frame, ["customers"])[0] if "customers" in frame else np.ones(len(frame))
    if (counts < 0).any():
        raise ValueError(f"{table}: in the column customers a count is negative in {int((counts < 0).sum())} rows")
    if not counts.sum() > 0:
        raise ValueError(f"{table} is empty: it has no customers")
    return counts


def truths(frame: pd.DataFrame, name: str, table: str) -> pd.Series:
    """Return a column of true and false, or of 1 and 0, as such.

    Raises
    ------
    ValueError
        If a value is empty or anything else.

    Examples
    --------
    >>> truths(pd.DataFrame({"churned": [1, 0]}), "churned", "the table").to_list()
    [True, False]
    """
    if frame[name].dtype == bool:
        return frame[name]
    odd = ~frame[name].isin([0, 1])
    if odd.any():
        row = int(np.flatnonzero(odd)[0])
        raise ValueError(f"{table}: {name} is neither true nor false in {int(odd.sum())} rows, the first is row {row}")
    return frame[name].astype(bool)
