"""Orders written line by line, put together to orders by any engine."""

from __future__ import annotations

from typing import Any

import pandas as pd

from crmlab.engines.columns import need
from crmlab.engines.frames import collect, columns_of, day_of, lazily

_NUMBERS = ("amount", "quantity", "price")
_GAPS = ("order_id", "customer_id", "ordered_at", "amount")


def orders_of(lines: Any) -> Any:
    """Return a lazy frame with one row for each order: `customer_id`, `ordered_at` (its first day) and `amount`.

    Parameters
    ----------
    lines
        A frame of any engine: `customer_id`, `ordered_at`, and `amount` or `quantity` and `price`, whose product is
        the amount where none is told. Without `order_id`, a customer's lines of a day are one order.

    Raises
    ------
    ValueError
        If a column is missing or holds no numbers or dates, a value is empty, an order has several customers, or
        `amount` repeats the total of the order on each of its lines.

    Examples
    --------
    >>> days = pd.to_datetime(["2025-01-01", "2025-01-02", "2025-01-05"])
    >>> lines = pd.DataFrame({"order_id": [1, 1, 2], "customer_id": "a", "ordered_at": days, "amount": [5.0, 6.0, 7.0]})
    >>> collect(orders_of(lines)).sort_values("ordered_at")["amount"].to_list()
    [11.0, 7.0]
    """
    import narwhals as nw

    rows = _rows(lines)
    keys = ["order_id"] if "order_id" in columns_of(rows) else ["customer_id", "ordered_at"]
    first = {name: nw.col(name).min() for name in ("customer_id", "ordered_at") if name not in keys}
    _refuse(rows, keys)
    return (
        rows.group_by(*keys).agg(**first, amount=nw.col("amount").sum()).select("customer_id", "ordered_at", "amount")
    )


def _rows(lines: Any) -> Any:
    """Return the lines with their day, their amount, and quantity times price where these are told."""
    import narwhals as nw

    schema = columns_of(lines)
    need(schema, ("customer_id", "ordered_at"), "order lines")
    if "amount" not in schema and not {"quantity", "price"} <= set(schema):
        raise ValueError("order lines: there is no column amount, nor quantity and price")
    for name in _NUMBERS:
        if name in schema and not schema[name].is_numeric():
            raise ValueError(f"order lines: {name} holds {schema[name]}; turn it into numbers first")
    number = {name: nw.col(name).cast(nw.Float64) for name in _NUMBERS if name in schema}
    product = {"product": number["quantity"] * number["price"]} if {"quantity", "price"} <= set(schema) else {}
    amount = number.get("amount", product.get("product"))
    if "amount" in number and product:
        amount = nw.when(nw.col("amount").is_null()).then(product["product"]).otherwise(number["amount"])
    told = {"order_id": nw.col("order_id")} if "order_id" in schema else {}
    compared = product if "amount" in schema and told else {}
    day = day_of(lines, "ordered_at", "order lines")
    return lazily(lines).select("customer_id", **told, ordered_at=day, amount=amount, **compared)


def _refuse(rows: Any, keys: list[str]) -> None:
    """Raise a ValueError that says what of the lines makes no order."""
    import narwhals as nw

    schema = columns_of(rows)
    gaps = {name: nw.col(name).is_null().cast(nw.Int64).sum() for name in _GAPS if name in schema}
    found = [f"{name} is empty ({count:.0f} times)" for name, count in _one(rows.select(**gaps)).items() if count]
    if not found and keys == ["order_id"]:
        whose = {"one": nw.col("customer_id").min(), "other": nw.col("customer_id").max()}
        mixed = (nw.col("one") != nw.col("other")).cast(nw.Int64).sum()
        several = _one(rows.group_by(*keys).agg(**whose).select(mixed=mixed))["mixed"]
        found = [f"{several:.0f} orders are of several customers"] if several else []
    if found:
        raise ValueError(f"order lines: {'; '.join(found)}; mend or leave out these rows first")
    if "product" in schema and _repeats_totals(rows):
        raise ValueError("order lines: amount repeats the total of the order on each line; leave that column out")


def _repeats_totals(rows: Any) -> bool:
    """Return whether every order of several lines has on each of them the sum of quantity times price."""
    import narwhals as nw

    amount, product = nw.col("amount"), nw.col("product").sum()
    orders = rows.group_by("order_id").agg(low=amount.min(), high=amount.max(), product=product, lines=nw.len())
    far = (nw.col("low") - nw.col("product")).abs() + (nw.col("high") - nw.col("product")).abs()
    orders = orders.filter(nw.col("lines") > 1).select(far=far - 1e-6 * nw.col("product").abs())
    said = _one(orders.select(several=nw.len(), far=nw.col("far").max()))
    return said["several"] > 0 and said["far"] <= 0


def _one(frame: Any) -> pd.Series:
    return collect(frame).iloc[0].fillna(0)
