"""Orders line by line: the sum of the lines is the order.

A line that gives money back stays a line with a negative amount here; what becomes of it is a choice
(`crmlab.intake.choices.CHOICES["refunds"]`), not a question of the shape.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from crmlab.data.validation import DataError, Problem
from crmlab.intake.shapes.plain import CURRENCY
from crmlab.intake.shapes.reading import at_lines, counted, fault_of, kinds_in, take, tidy
from crmlab.intake.shapes.schema import Built, Role, Settings, Shape

_OF_THE_LINE = ("product_id", "product_name", "category", "quantity", "price", "amount")
_KNOWN = ("order_id", "customer_id", "ordered_at", *_OF_THE_LINE)


def _sales_lines(frame: pd.DataFrame, settings: Settings) -> Built:
    rows = take(frame, SALES_LINES, settings, ["order_id", "customer_id", "ordered_at", "product_id"])
    rows["amount"] = _amounts(rows, settings)
    notes: list[str] = []
    if "order_id" not in rows:
        rows["order_id"] = rows["customer_id"] + " " + rows["ordered_at"].dt.strftime("%Y-%m-%d")
        notes.append("There is no order number: what a customer bought on one day was taken as one order.")
    _refuse_mixed(rows, settings)
    if "product_id" not in rows and "product_name" in rows and rows["product_name"].notna().all():
        rows["product_id"] = rows["product_name"]
        notes.append("There is no product number: products are told apart by their names.")
    by = rows["order_id"].to_numpy()
    others = [name for name in map(str, rows) if name not in _KNOWN]
    whole = [name for name in others if kinds_in(rows[name], by).max() == 1]
    parts = [name for name in others if name not in whole]
    tables = {"orders": _orders(rows, whole, notes)}
    if {"product_id", "quantity"} <= set(rows):
        tables |= {"products": _products(rows, notes), "order_lines": _lines(rows, parts)}
    else:
        lacks = " and ".join(name for name in ("product", "quantity") if name not in rows and f"{name}_id" not in rows)
        notes.append(f"The lines name no {lacks}: only orders were made of them.")
        if parts:
            notes.append(f"Left out, for they differ within an order: {', '.join(map(str, parts))}.")
    said = [f"{counted(len(rows), 'line')} became {counted(len(tables['orders']), 'order')}."]
    return Built(tables, said + notes)


def _amounts(rows: pd.DataFrame, settings: Settings) -> pd.Series:
    """Return what was paid for each line: as told, else quantity times price."""
    parts = {"quantity", "price"} <= set(rows)
    if not parts and "amount" not in rows:
        remedy = "Name the column of the amount, or those of quantity and price."
        raise DataError([Problem(settings.sheet, "amount", "is missing", remedy)])
    product = rows["quantity"].astype(float) * rows["price"] if parts else pd.Series(np.nan, rows.index)
    product = tidy(product, rows["price"]) if parts else product
    amounts = rows["amount"].fillna(product) if "amount" in rows else product
    problems = fault_of(
        settings.sheet, "amount", rows, amounts.isna(), "empty", "Fill the values in, or leave these rows out."
    )
    if "amount" in rows and parts and "order_id" in rows and _repeats_total(rows, product):
        remedy = "Leave that column out: quantity times price is then taken for each line."
        problems.append(Problem(settings.sheet, "amount", "repeats the total of the order on each line", remedy))
    if problems:
        raise DataError(problems)
    return amounts


def _repeats_total(rows: pd.DataFrame, product: pd.Series) -> bool:
    """Return whether every order of several lines has on each of them the sum of quantity times price."""
    orders = rows["order_id"].to_numpy()
    several = rows.groupby(orders)["amount"].transform("size") > 1
    total = product.groupby(orders).transform("sum")
    return bool(several.any()) and np.allclose(rows["amount"][several], total[several]) and bool(total[several].any())


def _refuse_mixed(rows: pd.DataFrame, settings: Settings) -> None:
    mixed = rows.groupby(rows["order_id"].to_numpy())["customer_id"].transform("nunique") > 1
    what, remedy = "in an order of another customer", "Give each order its own number, or leave order_id out."
    problems = fault_of(settings.sheet, "order_id", rows, mixed, what, remedy)
    if problems:
        raise DataError(problems)


def _orders(rows: pd.DataFrame, whole: list[str], notes: list[str]) -> pd.DataFrame:
    by = rows["order_id"].to_numpy()
    grouped = rows.groupby(by, sort=False)
    moved = (grouped["ordered_at"].transform("min") != rows["ordered_at"]).to_numpy()
    if moved.any():
        notes.append(f"Some lines are of a later day than their order's first ({at_lines(rows, moved)}), which counts.")
    first = ~pd.Series(by).duplicated().to_numpy()
    orders = rows.loc[first, ["order_id", "customer_id", "ordered_at", *whole]].copy()
    orders["ordered_at"] = grouped["ordered_at"].min().to_numpy()
    orders.insert(3, "amount", tidy(grouped["amount"].sum(), rows["amount"]).to_numpy())
    return orders


def _lines(rows: pd.DataFrame, parts: list[str]) -> pd.DataFrame:
    """Return one row a product of an order; what was given back stays apart from what was bought."""
    keys = [rows["order_id"].to_numpy(), rows["product_id"].to_numpy(), (rows["amount"] < 0).to_numpy()]
    grouped = rows.groupby(keys, sort=False)
    lines = rows[["order_id", "product_id", *parts]][grouped.cumcount().to_numpy() == 0].copy()
    lines["quantity"] = grouped["quantity"].sum().to_numpy()
    lines["amount"] = tidy(grouped["amount"].sum(), rows["amount"]).to_numpy()
    return lines


def _products(rows: pd.DataFrame, notes: list[str]) -> pd.DataFrame:
    """Return the products with the middle of what was paid for one."""
    one = (rows["amount"] / rows["quantity"].astype(float).replace(0, np.nan)).abs()
    one = rows["price"].fillna(one) if "price" in rows else one
    by = rows["product_id"].to_numpy()
    products = rows.loc[~pd.Series(by).duplicated().to_numpy(), ["product_id"]].copy()
    for theirs, ours in (("product_name", "name"), ("category", "category")):
        if theirs in rows:
            named = rows.groupby(by, sort=False)[theirs]
            products[ours] = named.first().to_numpy()
            several = int((kinds_in(rows[theirs], by) > 1).sum())
            if several:
                notes.append(f"{counted(several, 'product')} with more than one {ours}: the first counts.")
    products["price"] = one.groupby(by, sort=False).median().to_numpy()
    notes.append("The price of a product is the middle of what was paid for one: a list price is not in the file.")
    return products


SALES_LINES = Shape(
    "sales_lines",
    ("orders", "order_lines", "products"),
    "One row for each line of an order, with the customer and the day.",
    (
        Role("order_id", "text", "identifies the order; without it, a customer's lines of a day are one order", False),
        Role("customer_id", "text", "who ordered"),
        Role("ordered_at", "date", "day of the order"),
        Role("product_id", "text", "what was bought", False),
        Role("product_name", "text", "what it is called", False),
        Role("category", "text", "kind of product", False),
        Role("quantity", "integer", "how many", False),
        Role("price", "number", "what one costs; needed where there is no amount", False),
        Role("amount", "number", "what was paid for the line; else quantity times price", False),
        CURRENCY,
    ),
    _sales_lines,
)
