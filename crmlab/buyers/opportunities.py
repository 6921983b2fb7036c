"""From orders to opportunities: who bought in which year, quarter or month.

BG/BB asks of each customer how many occasions to buy there were since the first purchase, how many of them were taken
and which was the last. Some occasions are of themselves few (the appeals of a charity, a yearly cruise); orders that
come on any day are laid on a grid of calendar periods, and a period in which a customer bought at least once counts as
one opportunity taken. How coarse the grid is, is a choice: what happens twice within a period is then seen once.

A period that the observation cuts short is no whole opportunity and is left out. As everywhere, the engine groups, and
only one row for each customer and period comes back.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd

from crmlab.customers import UNIT_WORDS, by_customer
from crmlab.engines import collect, purchase_days

GRIDS = {"Y": "1y", "Q": "1q", "M": "1mo"}


def summarize_opportunities(
    orders: Any, observation_end: str, grid: str = "Y", calibration_end: str | None = None
) -> pd.DataFrame:
    """Return one row for each buyer: opportunities there were, how many were taken, and the last one taken.

    Parameters
    ----------
    orders
        Columns `customer_id` and `ordered_at` (without time zone), in a frame of any engine that narwhals knows.
    observation_end
        The last day on which an order could have been seen, as ISO text.
    grid
        "Y": an opportunity is a calendar year; "Q": a quarter; "M": a month.
    calibration_end
        Where given, later whole periods are held out, and who first bought in them is left out.

    Returns
    -------
    DataFrame
        `customer_id`; `frequency`, the opportunities taken after the first purchase; `recency`, the number of the last
        one taken, or 0; `opportunities`, how many there were. With a `calibration_end` also `holdout_frequency` and
        `holdout_T`, opportunities taken and given later. `BetaGeoBetaBinomial` takes it.

    Raises
    ------
    ValueError
        If a column is missing, a value in it is empty, ids mix text and numbers, or no order lies in a whole period.

    Examples
    --------
    >>> days = pd.to_datetime(["2020-03-01", "2021-01-05", "2021-12-24", "2023-07-01", "2022-05-05"])
    >>> orders = pd.DataFrame({"customer_id": ["a", "a", "a", "a", "b"], "ordered_at": days})
    >>> summarize_opportunities(orders, observation_end="2024-12-31")
      customer_id  frequency  recency  opportunities
    0           a          2        3              4
    1           b          0        0              2
    """
    end, cut = _last_periods(observation_end, calibration_end, grid)
    taken = _taken(orders, grid, end, cut)
    seen = taken[taken["period"] <= cut]
    periods = seen.groupby("customer_id", observed=True)["period"]
    first, last, size = periods.min(), periods.max(), periods.size()
    summary = pd.DataFrame({"frequency": size - 1, "recency": last - first, "opportunities": cut - first})
    if calibration_end is not None:
        later = taken[taken["period"] > cut].groupby("customer_id", observed=True).size()
        summary["holdout_frequency"] = later.reindex(summary.index, fill_value=0)
        summary["holdout_T"] = end - cut
    summary = summary.astype("int64").reset_index()
    summary.attrs["unit"] = grid if grid in UNIT_WORDS else ""
    return summary


def count_opportunities(
    orders: Any, observation_end: str, grid: str = "Y", calibration_end: str | None = None
) -> pd.DataFrame:
    """Return how many opportunities had been taken again by the end of each period, counted over all customers.

    It is to `summarize_opportunities` what `count_repeats` is to `summarize_customers`: what `tracking` of a BG/BB sets
    beside its expectation. Time runs from the first period in which anybody bought.

    Parameters
    ----------
    orders, observation_end, grid, calibration_end
        As in `summarize_opportunities`; only who first bought by `calibration_end` is followed.

    Returns
    -------
    DataFrame
        Index `time` (1, 2, ... periods); columns `repeat_purchases` (in that period) and `cumulative`.

    Raises
    ------
    ValueError
        As `summarize_opportunities`.

    Examples
    --------
    >>> orders = pd.DataFrame({
    ...     "customer_id": ["a", "a", "a", "b", "b"],
    ...     "ordered_at": pd.to_datetime(["2020-03-01", "2021-01-05", "2023-07-01", "2022-05-05", "2023-05-05"]),
    ... })
    >>> count_opportunities(orders, observation_end="2024-12-31")["cumulative"].to_list()
    [1, 1, 3, 3]
    """
    end, cut = _last_periods(observation_end, calibration_end, grid)
    taken = _taken(orders, grid, end, cut)
    again = taken["period"] > taken.groupby("customer_id", observed=True)["period"].transform("min")
    begin = int(taken["period"].min())
    times = np.arange(1, end - begin + 1)
    each = taken.loc[again, "period"].value_counts().reindex(begin + times, fill_value=0).to_numpy()
    table = {"repeat_purchases": each, "cumulative": np.cumsum(each)}
    return pd.DataFrame(table, index=pd.Index(times, name="time"))


def _taken(orders: Any, grid: str, end: int, cut: int) -> pd.DataFrame:
    """Return one row for each customer and period with a purchase, of those who first bought in or before `cut`."""
    import narwhals.stable.v2 as nw

    last_day: datetime = pd.Period(ordinal=end, freq=grid).end_time.normalize().to_pydatetime()
    days = purchase_days(orders, last_day).with_columns(period=nw.col("day").dt.truncate(GRIDS[grid]))
    frame = collect(days.group_by("customer_id", "period").agg(days=nw.len()))
    for name, source in (("customer_id", "customer_id"), ("period", "ordered_at")):
        if empty := int(frame.loc[frame[name].isna(), "days"].sum()):
            raise ValueError(f"orders: {source} is empty ({empty} times); mend or leave out these rows first")
    ordinals = pd.PeriodIndex(pd.to_datetime(np.asarray(frame["period"])), freq=grid).astype("int64")
    taken = frame[["customer_id"]].assign(period=np.asarray(ordinals))
    taken = taken[taken.groupby("customer_id", observed=True)["period"].transform("min") <= cut]
    if taken.empty:
        raise ValueError(f"orders: none lies in a whole period up to {pd.Period(ordinal=cut, freq=grid)}")
    return by_customer(taken.sort_values("period"))


def _last_periods(observation_end: str, calibration_end: str | None, grid: str) -> tuple[int, int]:
    """Return the last whole period seen, and the last one of the calibration."""
    if grid not in GRIDS:
        raise ValueError(f"grid is {grid!r}; choose one of {', '.join(GRIDS)}")
    end = _whole_until(observation_end, "observation_end", grid)
    cut = end if calibration_end is None else _whole_until(calibration_end, "calibration_end", grid)
    if calibration_end is not None and cut >= end:
        raise ValueError("no whole period lies between calibration_end and observation_end")
    return end, cut


def _whole_until(text: str, name: str, grid: str) -> int:
    try:
        day = pd.Timestamp(str(text)[:10])
    except ValueError as error:
        raise ValueError(f"{name} is {text!r}; write a day such as 2025-12-31") from error
    period: Any = pd.Period(day, freq=grid)
    return int(period.ordinal) - (period.end_time.normalize() > day)
