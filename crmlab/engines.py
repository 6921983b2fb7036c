"""The same question put to any engine: purchases by day, grouped and counted where the data lie.

narwhals writes one expression for pandas, polars, DuckDB and Spark. The engine is asked only to filter, group and
count; what comes back is small and is checked and reckoned with in pandas.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import numpy as np
import pandas as pd


def columns_of(data: Any) -> Any:
    """Return the schema of any engine's frame: column names and types."""
    import narwhals.stable.v2 as nw

    return nw.from_native(data).lazy().collect_schema()


def purchase_days(orders: Any, end: datetime) -> Any:
    """Return a lazy frame with one row for each customer and day of purchase, and the customer's first day.

    Columns `customer_id`, `day`, `amount` (the day's total), `first`, and `unpriced` and `undated` (rows with a gap).

    Raises
    ------
    ValueError
        If a column is missing, `amount` holds no numbers, or `ordered_at` is not a date or carries a time zone.
    """
    import narwhals.stable.v2 as nw

    schema = columns_of(orders)
    need(schema, ("customer_id", "ordered_at"), "orders")
    if not isinstance(schema["ordered_at"], nw.Datetime | nw.Date):
        raise ValueError(f"orders: ordered_at holds {schema['ordered_at']}; turn it into dates first")
    if getattr(schema["ordered_at"], "time_zone", None):
        raise ValueError("orders: ordered_at carries a time zone; turn it into the company's local day first")
    if "amount" in schema and not schema["amount"].is_numeric():
        raise ValueError(f"orders: amount holds {schema['amount']}; turn it into numbers first")
    amount = nw.col("amount").cast(nw.Float64) if "amount" in schema else nw.lit(0.0)
    day = nw.col("ordered_at").cast(nw.Datetime).dt.truncate("1d")
    rows = nw.from_native(orders).lazy().select("customer_id", day=day, amount=amount)
    rows = rows.filter((nw.col("day") <= end) | nw.col("day").is_null())
    rows = rows.with_columns(unpriced=nw.col("amount").is_null().cast(nw.Int64))
    days = rows.group_by("customer_id", "day").agg(nw.col("amount").sum(), nw.col("unpriced").sum())
    return days.with_columns(
        first=nw.col("day").min().over("customer_id"), undated=nw.col("day").is_null().cast(nw.Int64)
    )


def group_customers(days: Any, after: datetime | None, until: datetime | None) -> pd.DataFrame:
    """Return one row for each customer of the purchase days in a window: counted by the engine, checked here.

    Parameters
    ----------
    days
        What `purchase_days` returned.
    after, until
        The window: later than `after`, or, where that is None, not later than `until`.

    Raises
    ------
    ValueError
        If a customer, a date or an amount is empty.
    """
    import narwhals.stable.v2 as nw

    inside = nw.col("day") > after if after is not None else nw.col("day") <= until
    repeat = nw.when(nw.col("day") > nw.col("first")).then(nw.col("amount")).otherwise(0.0)
    chosen = days.filter(inside | nw.col("day").is_null()).with_columns(repeat=repeat)
    total = {name: nw.col(name).sum() for name in ("undated", "unpriced", "repeat")}
    frame = collect(
        chosen.group_by("customer_id").agg(
            purchases=nw.len(),
            first=nw.col("first").min(),
            last=nw.col("day").max(),
            total=nw.col("amount").sum(),
            **total,
        )
    )
    _refuse_gaps(frame)
    return frame


def _refuse_gaps(frame: pd.DataFrame) -> None:
    gaps = {
        "customer_id": int(frame["purchases"][frame["customer_id"].isna()].sum()),
        "ordered_at": int(frame["undated"].sum()),
        "amount": int(frame["unpriced"].sum() + frame["total"].isna().sum()),
    }
    found = [f"{name} is empty ({count} times)" for name, count in gaps.items() if count]
    if found:
        raise ValueError(f"orders: {'; '.join(found)}; mend or leave out these rows first")


def need(present: Any, wanted: Sequence[str], table: str) -> None:
    """Raise a ValueError that names the columns which a table lacks."""
    missing = [name for name in wanted if name not in present]
    if missing:
        raise ValueError(f"{table}: no column {', '.join(missing)}; there are {', '.join(map(str, present)) or 'none'}")


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
        kept = frame[name].dropna()
        if isinstance(kept.dtype, pd.DatetimeTZDtype):
            raise ValueError(f"{table}: {name} carries a time zone; turn it into the company's local day first")
        odd = [] if kept.dtype.kind == "M" else [value for value in kept if not isinstance(value, date)]
        if odd:
            raise ValueError(
                f"{table}: {name} holds {odd[0]}, which is no date; turn it into dates first (pd.to_datetime)"
            )
        known[name] = pd.to_datetime(frame[name])
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


def collect(frame: Any) -> pd.DataFrame:
    """Bring a small result of any engine into pandas."""
    if not frame.implementation.is_polars():
        return frame.collect(backend="pandas").to_native()
    collected = frame.collect()  # polars itself would want pyarrow for the way into pandas
    return pd.DataFrame({name: collected[name].to_list() for name in collected.columns})


def to_pandas(data: Any) -> pd.DataFrame:
    """Return any engine's frame as pandas; a pandas frame as it is."""
    import narwhals.stable.v2 as nw

    return data if isinstance(data, pd.DataFrame) else collect(nw.from_native(data).lazy())
