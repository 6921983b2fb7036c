"""Contracts grouped by any engine: how many began and ended on the same days."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from crmlab.engines.columns import need
from crmlab.engines.frames import collect, columns_of, day_of, lazily

_DAYS = ("started_on", "ended_on")


def span_counts(contracts: Any, by: Sequence[str] = ()) -> pd.DataFrame:
    """Return the distinct first and last days of contracts, within the groups of `by`, with how many `customers` share
    them.

    Raises
    ------
    ValueError
        If a column is missing, or a day is not a date or carries a time zone.

    Examples
    --------
    >>> import duckdb
    >>> days = pd.to_datetime(["2025-01-15", "2025-01-15"])
    >>> contracts = duckdb.from_df(pd.DataFrame({"started_on": days, "ended_on": days[:0].append(days)}))
    >>> span_counts(contracts)["customers"].to_list()
    [2]
    """  # noqa: D205
    import narwhals as nw

    frame = spans(contracts, by)
    return collect(frame.group_by(*by, *_DAYS).agg(customers=nw.len()))


def spans(contracts: Any, others: Sequence[str] | None = None) -> Any:
    """Return a lazy frame of the contracts' first and last days, and of other columns: those named, or all.

    Raises
    ------
    ValueError
        As `span_counts`.
    """
    schema = columns_of(contracts)
    need(schema, [*(others or ()), *_DAYS], "contracts")
    kept = [name for name in (schema if others is None else others) if name not in _DAYS]
    when = {name: day_of(contracts, name, "contracts") for name in _DAYS}
    return lazily(contracts).select(*kept, **when)
