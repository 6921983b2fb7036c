"""Money given back: against the same customer's purchases before it, the same order and product first.

Sums are taken in decimals, so that no money is made or lost by rounding: what purchases lose and what found no purchase
add up to the refunds.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

import numpy as np
import pandas as pd

from crmlab.intake.choices.desk import Desk, Tables, days, names, numbers
from crmlab.intake.choices.finding import lines

_DONE = "netted against the same customer's orders before them"


@dataclass(eq=False)
class Netted:
    """What netting did, by the position of the row: what is left of purchases, and what of refunds found none."""

    left: dict[int, Decimal] = field(default_factory=dict)
    unmatched: dict[int, Decimal] = field(default_factory=dict)


def net(rows: pd.DataFrame) -> Netted:
    """Take each refund from the latest purchases before it, or on its day, of the same customer.

    Parameters
    ----------
    rows
        Columns `customer_id`, `day`, `amount` (below 0: a refund), and where they are known `order_id` and
        `product_id`: a purchase of the same order and product is taken first, then the same product, then the same
        order. Rows without a customer, a day or an amount are passed over.

    Examples
    --------
    >>> days = pd.to_datetime(["2025-01-01", "2025-01-05", "2025-01-09"])
    >>> done = net(pd.DataFrame({"customer_id": "a", "day": days, "amount": [10.0, 5.0, -7.5]}))
    >>> {row: str(amount) for row, amount in done.left.items()}, done.unmatched
    ({1: '0.0', 0: '7.5'}, {})
    """
    known = rows.reset_index(drop=True).dropna(subset=["customer_id", "day", "amount"])
    known = known[np.isfinite(known["amount"])]
    back = known["customer_id"].isin(known.loc[known["amount"] < 0, "customer_id"])
    known = known[back].assign(refund=lambda frame: frame["amount"] < 0)
    known = known.sort_values(["day", "refund"], kind="stable")
    done = Netted()
    for _, own in known.groupby("customer_id", sort=False):
        _net_one(own, done)
    return done


def _net_one(own: pd.DataFrame, done: Netted) -> None:
    """Net the rows of one customer, in the order of time."""
    rest: dict[int, Decimal] = {}
    piles: dict[tuple, list[int]] = defaultdict(list)
    orders, products = ([*own[name]] if name in own else [None] * len(own) for name in ("order_id", "product_id"))
    for row, amount, order, product in zip(own.index, own["amount"], orders, products, strict=True):
        places = [("both", order, product), ("product", product), ("order", order)]
        places = [place for place in places if None not in place] + [("any",)]
        money = Decimal(repr(float(amount)))
        if money >= 0:
            rest[row] = money
            for place in places:
                piles[place].append(row)
            continue
        due = -money
        for place in places:
            due = _take(due, piles[place], rest, done)
        if due:
            done.unmatched[row] = due


def _take(due: Decimal, pile: list[int], rest: dict[int, Decimal], done: Netted) -> Decimal:
    """Take what is due from a pile of purchases, the latest first; return what is still due."""
    while due and pile:
        row = pile[-1]
        part = min(due, rest[row])
        if part:
            rest[row] -= part
            done.left[row] = rest[row]
            due -= part
        if not rest[row]:
            pile.pop()
    return due


def refunds(tables: Tables, desk: Desk) -> None:
    """Settle negative amounts of orders, and of their lines where there are any."""
    if "orders" not in tables or not {"customer_id", "ordered_at", "amount"} <= set(tables["orders"]):
        return
    by_lines = {"order_id", "amount"} <= set(tables.get("order_lines", ())) and "order_id" in tables["orders"]
    name = "order_lines" if by_lines else "orders"
    back = numbers(tables[name], "amount") < 0
    if not back.any():
        return
    rows = _rows(tables, by_lines)
    option = desk.option("refunds")
    done = net(rows) if option == "net" else Netted()
    said = _DONE + _unmatched(tables[name], done)
    vanished = _vanished(rows, back) if option in ("net", "drop") else ""
    desk.found("refunds", name, tables[name], back, "refund", {"net": said + vanished, "drop": f"left out{vanished}"})
    if option == "refuse":
        return
    whole = np.array([not done.left.get(row, Decimal(1)) for row in range(len(rows))], bool) if by_lines else False
    tables[name] = _written(tables[name], done.left)[~(back | whole)]
    if by_lines:
        _sum_up(tables, rows, back)


def _rows(tables: Tables, by_lines: bool) -> pd.DataFrame:
    orders = tables["orders"]
    rows = pd.DataFrame({"customer_id": names(orders, "customer_id"), "day": days(orders, "ordered_at").to_numpy()})
    rows["amount"] = numbers(orders, "amount")
    if "order_id" in orders:
        rows["order_id"] = names(orders, "order_id")
    if not by_lines:
        return rows
    first = rows.dropna(subset="order_id").drop_duplicates("order_id").set_index("order_id")
    found = pd.DataFrame({"order_id": names(tables["order_lines"], "order_id")})
    found = found.join(first[["customer_id", "day"]], on="order_id")
    if "product_id" in tables["order_lines"]:
        found["product_id"] = names(tables["order_lines"], "product_id")
    return found.assign(amount=numbers(tables["order_lines"], "amount"))


def _unmatched(frame: pd.DataFrame, done: Netted) -> str:
    if not done.unmatched:
        return ""
    rows = np.isin(np.arange(len(frame)), list(done.unmatched))
    total = sum(done.unmatched.values(), Decimal(0)).normalize()
    return f", but {total:,f} in all {lines(frame, rows)} found nothing before it and was left out"


def _vanished(rows: pd.DataFrame, back: np.ndarray) -> str:
    gone = set(rows["customer_id"][back].dropna()) - set(rows["customer_id"][~back].dropna())
    if not gone:
        return ""
    shown = ", ".join(sorted(gone)[:3]) + (", ..." if len(gone) > 3 else "")
    return f"; {len(gone):,} customer{'s' * (len(gone) > 1)} with nothing else ({shown}) went with them"


def _written(frame: pd.DataFrame, left: dict[int, Decimal]) -> pd.DataFrame:
    """Return the frame with the amounts that are left, in the type that the column has."""
    if not left:
        return frame
    plain = pd.api.types.is_numeric_dtype(frame["amount"].dtype)
    amounts = frame["amount"].to_numpy(float if plain else object, copy=True)
    for row, money in left.items():
        amounts[row] = float(money) if plain else format(money, "f")
    return frame.assign(amount=pd.Series(amounts, frame.index))


def _sum_up(tables: Tables, rows: pd.DataFrame, back: np.ndarray) -> None:
    """Make the orders whose lines changed the sums of their lines again; leave out those of refunds alone."""
    touched = set(rows["order_id"].dropna())
    only = touched - set(rows["order_id"][~back].dropna())
    lines_left = tables["order_lines"]
    money = [Decimal(repr(float(value))) for value in numbers(lines_left, "amount")]
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for order, amount in zip(names(lines_left, "order_id"), money, strict=True):
        sums[order] += amount if amount.is_finite() else Decimal(0)
    called = names(tables["orders"], "order_id")
    new = {row: sums[order] for row, order in enumerate(called) if order in touched}
    tables["orders"] = _written(tables["orders"], new)[[order not in only for order in called]]
