"""Rows that occur twice, and references to rows that are not there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from crmlab.data.rules import dangling
from crmlab.tables import TABLES, Table

COLUMNS = ("table", "columns", "what", "rows", "share")


def find_repeats(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return how many rows of each table repeat an earlier one.

    Returns
    -------
    DataFrame
        `table`, `columns` (of the key), `what`, `rows` and their `share`. Looked for are keys that repeat, rows that
        repeat as a whole, and, where each row has a number of its own, rows that repeat but for the number: an export
        loaded twice looks so, and so do two honest sales alike on one day.

    Examples
    --------
    >>> orders = pd.DataFrame({"customer_id": ["a", "a"], "ordered_at": [1, 1], "amount": [5.0, 5.0]})
    >>> find_repeats({"orders": orders})[["table", "what", "rows"]].to_dict("records")
    [{'table': 'orders', 'what': 'the whole row repeats', 'rows': 1}]
    """
    rows = [row for name, frame in tables.items() if name in TABLES for row in _repeats(TABLES[name], frame)]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def find_broken(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return how many rows refer to rows that are not there, and which references nobody can check.

    Returns
    -------
    DataFrame
        `table`, `columns`, `what`, `rows` and their `share`; `rows` is 0 where the other table is missing.

    Examples
    --------
    >>> orders, customers = pd.DataFrame({"customer_id": ["a", "z"]}), pd.DataFrame({"customer_id": ["a"]})
    >>> find_broken({"orders": orders, "customers": customers})[["columns", "what", "rows"]].to_dict("records")
    [{'columns': 'customer_id', 'what': 'not in customers.customer_id', 'rows': 1}]
    """
    rows: list[tuple[Any, ...]] = []
    for name in (name for name in tables if name in TABLES):
        for columns, fault in dangling(name, tables):
            n = int(fault.rows.sum())
            if n:
                rows.append((name, ", ".join(columns), fault.what, n, n / len(tables[name])))
        rows += _unchecked(name, tables)
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _repeats(table: Table, frame: pd.DataFrame) -> Iterator[tuple[Any, ...]]:
    key = [column for column in table.key if column in frame]
    number = key[0] if len(key) == 1 else "order_id" if table.name == "orders" and "order_id" in frame else ""
    if key and len(key) == len(table.key):
        yield from _counted(table.name, key, frame, "the key repeats")
    if number and frame[number].is_unique:
        others = frame.drop(columns=number)
        named = [column for column in others if str(column).endswith("_id")]
        if named and _tells_enough(others):
            yield from _counted(
                table.name, list(others), frame[frame[named].notna().all(axis=1)], f"all but {number} repeats"
            )
    if not key:
        yield from _counted(table.name, list(frame), frame, "the whole row repeats")


def _tells_enough(frame: pd.DataFrame) -> bool:
    """Tell whether rows alike in these columns are strange: they say when and how much."""
    return len(frame.select_dtypes("datetime").columns) > 0 and len(frame.select_dtypes("number").columns) > 0


def _counted(table: str, columns: list[Any], frame: pd.DataFrame, what: str) -> Iterator[tuple[Any, ...]]:
    left = frame
    for column in sorted(columns, key=lambda column: frame[column].dtype == object):  # text takes longest
        left = left[left[column].duplicated(keep=False)]  # only what repeats in each can repeat in all
    n = int(left.duplicated(columns).sum())
    if n:
        yield table, ", ".join(map(str, columns)), what, n, n / len(frame)


def _unchecked(name: str, tables: Mapping[str, pd.DataFrame]) -> Iterator[tuple[Any, ...]]:
    for column in TABLES[name].columns:
        other = column.references.partition(".")[0]
        if other and other not in tables and column.name in tables[name]:
            yield name, column.name, f"cannot be checked: there is no table {other}", 0, 0.0
