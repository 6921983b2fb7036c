"""Orders grouped by any engine: first to days with a purchase, then to customers."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pandas as pd

from crmlab.engines.columns import need
from crmlab.engines.frames import collect, columns_of, day_of, lazily

COUNTS = ("purchases", "later_purchases", "unpriced", "undated")


def purchase_days(orders: Any, end: datetime) -> Any:
    """Return a lazy frame with one row for each customer and day of purchase up to the end.

    Columns `customer_id`, `day`, `amount` (the day's total), `unpriced` (rows without amount) and `undated` (1 where
    the day is empty).

    Raises
    ------
    ValueError
        If a column is missing, `amount` holds no numbers, or `ordered_at` is not a date or carries a time zone.
    """
    import narwhals as nw

    schema = columns_of(orders)
    need(schema, ("customer_id", "ordered_at"), "orders")
    day = day_of(orders, "ordered_at", "orders")
    if "amount" in schema and not schema["amount"].is_numeric():
        raise ValueError(f"orders: amount holds {schema['amount']}; turn it into numbers first")
    amount = nw.col("amount").cast(nw.Float64) if "amount" in schema else nw.lit(0.0)
    rows = lazily(orders).select("customer_id", day=day, amount=amount)
    rows = rows.filter((nw.col("day") <= bound(rows, end)) | nw.col("day").is_null())
    gap = nw.col("amount").is_null().cast(nw.Float64)  # whole numbers DuckDB adds up in 128 bits: twice the memory
    rows = rows.with_columns(unpriced=gap)
    days = rows.group_by("customer_id", "day").agg(nw.col("amount").sum(), nw.col("unpriced").sum())
    return days.with_columns(undated=nw.col("day").is_null().cast(nw.Int64))


def customers_of(days: Any, until: datetime, held: bool = False) -> Any:
    """Return a lazy frame with one row for each customer of the purchase days.

    Parameters
    ----------
    days
        What `purchase_days` returned.
    until
        The last day of the window.
    held
        Whether what came after it is counted apart; without, it is left out.

    Returns
    -------
    LazyFrame
        `customer_id`, `purchases` (days), `first`, `last`, `total`, `repeat` (the total but for the first day),
        `undated`, `unpriced`; held out: `later_purchases` and `later_total`. Who first bought after the window is left
        out, unless a value of theirs is empty.
    """
    import narwhals as nw

    seen, empty = nw.col("day") <= bound(days, until), nw.col("day").is_null()
    gaps = nw.col("customer_id").is_null() | (nw.col("undated") + nw.col("unpriced") > 0)
    sums = {"unpriced": "unpriced", "undated": "undated", "total": "amount"}
    if held:
        days = _parted(days, seen)
        sums |= {"total": "inside", "purchases": "one", "later_purchases": "later", "later_total": "later_amount"}
    else:
        days = days.filter(seen | empty)
    days, opening = _opening(days, sums["total"])
    customers = days.group_by("customer_id").agg(
        opening,
        first=nw.col("day").min(),
        last=nw.col("seen_day" if held else "day").max(),
        **({} if held else {"purchases": nw.len()}),
        **{name: nw.col(column).sum() for name, column in sums.items()},
    )
    customers = customers.with_columns(
        *(nw.col(name).cast(nw.Int64) for name in COUNTS if name in ("purchases", *sums)),
        repeat=nw.col("total") - nw.col("opening"),
    )
    return customers.filter((nw.col("purchases") > 0) | gaps)


def _parted(days: Any, seen: Any) -> Any:
    """Return the days with what lies in the window, and what came later, in columns of their own."""
    import narwhals as nw

    return days.with_columns(
        one=seen.cast(nw.Int64),
        inside=nw.when(seen).then(nw.col("amount")).otherwise(0.0),
        seen_day=nw.when(seen).then(nw.col("day")),
        later=(~seen).cast(nw.Int64),
        later_amount=nw.when(~seen).then(nw.col("amount")).otherwise(0.0),
    )


def _opening(days: Any, amount: str) -> tuple[Any, Any]:
    """Return the days, and the expression that sums up a customer's days to the amount of the first.

    One aggregate costs half of what a window costs, but Spark has none that narwhals knows.
    """
    import narwhals as nw

    if not days.implementation.is_spark_like():
        return days, nw.col(amount).first(order_by="day").alias("opening")
    first = nw.col("day").min().over("customer_id")
    marked = days.with_columns(opening=nw.when(nw.col("day") == first).then(nw.col(amount)).otherwise(0.0))
    return marked, nw.col("opening").sum()


def bound(frame: Any, day: datetime) -> date:
    """Return a day as the days of `day_of` compare with it: midnight in pandas, a date elsewhere."""
    return day if frame.implementation.is_pandas_like() else day.date()


def group_customers(days: Any, until: datetime, held: bool = False) -> pd.DataFrame:
    """Return what `customers_of` describes: counted by the engine, checked here.

    Raises
    ------
    ValueError
        If a customer, a date or an amount is empty.
    """
    frame = collect(customers_of(days, until, held))
    refuse_gaps_of_orders(
        int(frame.filter(like="purchases")[frame["customer_id"].isna()].to_numpy().sum()),
        int(frame["undated"].sum()),
        int(frame["unpriced"].sum() + frame["total"].isna().sum()),
    )
    return frame


def refuse_gaps_of_orders(customers: int, dates: int, amounts: int) -> None:
    """Raise a ValueError that says how many customers, dates and amounts of orders are empty.

    Examples
    --------
    >>> refuse_gaps_of_orders(0, 2, 0)
    Traceback (most recent call last):
    ValueError: orders: ordered_at is empty (2 times); mend or leave out these rows first
    """
    gaps = {"customer_id": customers, "ordered_at": dates, "amount": amounts}
    found = [f"{name} is empty ({count} times)" for name, count in gaps.items() if count]
    if found:
        raise ValueError(f"orders: {'; '.join(found)}; mend or leave out these rows first")
