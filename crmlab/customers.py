"""From orders to one row a customer, and from there to counts.

The models of this package never read raw rows. A buyer without a contract is known by three numbers: how often it came
back (`frequency`), when it last came (`recency`) and how long it could have come (`T`). Customers who share them are
counted together, so that any engine that can group feeds any model. The engine only groups and counts; dates are
reckoned here, on the small result. Contracts are counted by `crmlab.churn.count_contracts`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd

from crmlab.day_table import DayTable
from crmlab.engines import arrays, collect, columns_of, counts_of, group_customers, need, purchase_days, to_pandas
from crmlab.engines.purchases import bound
from crmlab.grouping import distinct

UNITS = {"D": 1.0, "W": 7.0, "M": 365.25 / 12}
UNIT_WORDS = {"D": "days", "W": "weeks", "M": "months"}
HISTORY = ("frequency", "recency", "T")
CONTRACT = ("duration", "churned")


def summarize_customers(
    orders: Any, observation_end: str, unit: str = "W", calibration_end: str | None = None
) -> pd.DataFrame:
    """Return one row for each buyer: how often, how recently and how long.

    All orders of one customer on one day are one purchase. Orders after `observation_end` are left out.

    Parameters
    ----------
    orders
        Columns `customer_id`, `ordered_at` (without time zone) and, where spend is wanted, `amount`; a frame of pandas
        or of any engine that narwhals knows (polars, DuckDB, Spark).
    observation_end
        The last day on which an order could have been seen, as ISO text.
    unit
        The unit of `recency` and `T`: "D" days, "W" weeks of 7 days, "M" months of 365.25 / 12 days.
    calibration_end
        Where given, customers are described as seen on that day, and what they did from the next day on is held out.
        Who first bought after it is left out.

    Returns
    -------
    DataFrame
        `customer_id`; `frequency`, the days with a purchase after the first such day; `recency`, the time from first to
        last purchase; `T`, the time from first purchase to the end; `monetary_value`, the mean total of the repeat
        days, 0 where there is none. With a `calibration_end` also `holdout_frequency` (days with a purchase),
        `holdout_T` and `holdout_spend` (the sum of the amounts).

    Raises
    ------
    ValueError
        If a column is missing, a value in it is empty, ids mix text and numbers, or the dates leave no order.

    Examples
    --------
    >>> days = pd.to_datetime(["2024-01-01", "2024-01-15", "2024-01-15", "2024-01-08"])
    >>> orders = pd.DataFrame({"customer_id": list("aaab"), "ordered_at": days, "amount": [10.0, 20.0, 5.0, 30.0]})
    >>> summarize_customers(orders, observation_end="2024-01-29")
      customer_id  frequency  recency    T  monetary_value
    0           a          1      2.0  4.0            25.0
    1           b          0      0.0  3.0             0.0
    """
    length, end, cut = window(unit, observation_end, calibration_end)
    quick, held = DayTable.of(orders, end), calibration_end is not None
    grouped = group_customers(purchase_days(orders, end), cut, held) if quick is None else quick.group(cut, held)
    summary = _histories(grouped, end, cut, length)
    unknown = [] if "amount" in columns_of(orders) else ["monetary_value", "holdout_spend"]
    summary = summary.drop(columns=unknown, errors="ignore")
    summary.attrs["unit"] = unit
    return summary


def count_repeats(
    orders: Any, observation_end: str, unit: str = "W", calibration_end: str | None = None
) -> pd.DataFrame:
    """Return how many repeat purchases there had been by the end of each unit of time, counted over all customers.

    Time runs from the first order of all. Only customers who first bought by `calibration_end` are followed, so that
    the counts compare with what a model fitted to them expects.

    Parameters
    ----------
    orders, observation_end, unit, calibration_end
        As in `summarize_customers`.

    Returns
    -------
    DataFrame
        Index `time` (1, 2, ... units); columns `repeat_purchases` (in that unit of time) and `cumulative`.

    Raises
    ------
    ValueError
        As `summarize_customers`.

    Examples
    --------
    >>> days = pd.to_datetime(["2024-01-01", "2024-01-08", "2024-01-03", "2024-01-16"])
    >>> orders = pd.DataFrame({"customer_id": list("aabb"), "ordered_at": days})
    >>> count_repeats(orders, observation_end="2024-01-22").reset_index()
       time  repeat_purchases  cumulative
    0     1                 1           1
    1     2                 0           1
    2     3                 1           2
    """
    import narwhals.stable.v2 as nw

    length, end, cut = window(unit, observation_end, calibration_end)
    days = purchase_days(orders, end)
    days = days.with_columns(first=nw.col("day").min().over("customer_id"))
    gaps = nw.col("customer_id").is_null() | nw.col("day").is_null()
    followed = days.filter((nw.col("first") <= bound(days, cut)) | gaps).with_columns(
        later=(nw.col("day") > nw.col("first")).cast(nw.Int64), unnamed=nw.col("customer_id").is_null().cast(nw.Int64)
    )
    daily = collect(followed.group_by("day").agg(*(nw.col(name).sum() for name in ("later", "unnamed", "undated"))))
    _refuse_daily_gaps(daily)
    table = _by_unit(daily, end, length)
    table.attrs["unit"] = unit
    return table


def _by_unit(daily: pd.DataFrame, end: datetime, length: float) -> pd.DataFrame:
    """Return the repeat purchases of each whole unit of `length` days, counted from the first day."""
    when = pd.to_datetime(daily["day"])
    units = (when - when.min()).dt.days / length
    times = np.arange(1, int((end - when.min()).days // length) + 1)
    total = [int(daily["later"][units <= time].sum()) for time in times]
    return pd.DataFrame({"repeat_purchases": np.diff([0, *total]), "cumulative": total}, pd.Index(times, name="time"))


def count_customers(summary: Any, columns: Sequence[str] | None = None, decimals: int | None = None) -> pd.DataFrame:
    """Return the distinct rows of a summary with the number of `customers` who share each.

    Parameters
    ----------
    summary
        One row a customer, or counts with a column `customers`, which are then added up.
    columns
        What to keep; by default `frequency`, `recency`, `T` of buyers, or `duration`, `churned` of contracts.
    decimals
        Where given, numbers are rounded first: coarser times make fewer rows.

    Returns
    -------
    DataFrame
        `columns` and `customers`, sorted.

    Raises
    ------
    ValueError
        If a column is missing or not a number, a value is empty, or a count is negative.

    Examples
    --------
    >>> count_customers(pd.DataFrame({"frequency": [0, 0, 2], "recency": [0, 0, 30.4], "T": [39, 39, 38.9]}))
       frequency  recency     T  customers
    0        0.0      0.0  39.0        2.0
    1        2.0     30.4  38.9        1.0
    """
    frame = to_pandas(summary)
    if columns is None:
        columns = HISTORY if "frequency" in frame else CONTRACT
    need(frame.columns, columns, "the table of customers")
    names = list(dict.fromkeys(columns))
    values = arrays(frame, names)
    if decimals is not None:
        values = [column.round(decimals) for column in values]
    kept, customers = distinct(values, counts_of(frame, "the table of customers"))
    counts = pd.DataFrame(dict(zip(names, kept, strict=True)) | {"customers": customers})
    counts.attrs = dict(frame.attrs)
    return counts


def by_customer(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the rows in order of `customer_id`, those of one customer as they stood.

    Raises
    ------
    ValueError
        If the ids are of kinds that have no common order, such as numbers and text.

    Examples
    --------
    >>> by_customer(pd.DataFrame({"customer_id": ["a", 7]}))
    Traceback (most recent call last):
    ValueError: customer_id holds both str (a) and int (7); write all ids alike, such as .astype(str)
    """
    try:
        return frame.sort_values("customer_id", ignore_index=True, kind="stable")
    except TypeError as error:
        kinds = {type(one).__name__: one for one in reversed(frame["customer_id"].to_list())}
        found = " and ".join(f"{kind} ({one})" for kind, one in reversed(kinds.items()))
        raise ValueError(f"customer_id holds both {found}; write all ids alike, such as .astype(str)") from error


def _refuse_daily_gaps(daily: pd.DataFrame) -> None:
    for name, column in (("customer_id", "unnamed"), ("ordered_at", "undated")):
        if daily[column].sum() > 0:
            number = f"at least {daily[column].sum():.0f}"
            raise ValueError(f"orders: {name} is empty in {number} rows; mend or leave out these rows first")


def window(unit: str, observation_end: str, calibration_end: str | None) -> tuple[float, datetime, datetime]:
    """Return the days in a unit, the last day seen and the last day of calibration."""
    if unit not in UNITS:
        raise ValueError(f"unit is {unit!r}; choose one of {', '.join(UNITS)}")
    end = _day(observation_end, "observation_end")
    cut = end if calibration_end is None else _day(calibration_end, "calibration_end")
    if calibration_end is not None and cut >= end:
        raise ValueError("calibration_end must lie before observation_end")
    return UNITS[unit], end, cut


def _day(text: str, name: str) -> datetime:
    try:
        return datetime.fromisoformat(str(text)[:10])
    except ValueError as error:
        raise ValueError(f"{name} is {text!r}; write a day such as 2025-12-31") from error


def _histories(frame: pd.DataFrame, end: datetime, cut: datetime, length: float) -> pd.DataFrame:
    if frame.empty:
        raise ValueError(f"orders: none lies on or before {cut:%Y-%m-%d}")
    frame = by_customer(frame.drop(columns="total"))
    first, last = pd.to_datetime(frame["first"]), pd.to_datetime(frame["last"])
    repeats = frame["purchases"].to_numpy("int64") - 1
    columns = {
        "customer_id": frame["customer_id"],
        "frequency": repeats,
        "recency": (last - first).dt.days / length,
        "T": (pd.Timestamp(cut) - first).dt.days / length,
        "monetary_value": frame["repeat"].to_numpy(float) / np.maximum(repeats, 1),
    }
    if "later_purchases" in frame:
        columns["holdout_frequency"] = frame["later_purchases"].to_numpy("int64")
        columns["holdout_T"] = (end - cut).days / length
        columns["holdout_spend"] = frame["later_total"].to_numpy(float)
    return pd.DataFrame(columns)
