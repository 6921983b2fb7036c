"""Purchases by customer and day, counted in memory.

Other engines are asked to group (`crmlab.engines`). pandas groups ten million orders twice in half a minute; a single
sort of whole numbers, customer and day in one, does the same in a tenth of that. Tables with gaps are left to the
common way, which says where the gaps are.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd

Vector = np.ndarray


@dataclass(frozen=True, eq=False)
class DayTable:
    """One row for each customer and day of purchase, in order of customer and day.

    Attributes
    ----------
    customers
        The customers' ids.
    who, day, amount
        The number of the customer in `customers`, the day (since 1970), and the total spent on it.
    """

    customers: Any
    who: Vector
    day: Vector
    amount: Vector

    @classmethod
    def of(cls, orders: Any, end: datetime) -> DayTable | None:
        """Count orders up to the end; None where they are not in a plain pandas frame without gaps.

        Examples
        --------
        >>> day = pd.to_datetime(["2024-01-01 09:00", "2024-01-15 09:00", "2024-01-01 17:00"])
        >>> orders = pd.DataFrame({"customer_id": ["a", "a", "a"], "ordered_at": day, "amount": [1.0, 9.0, 2.0]})
        >>> days = DayTable.of(orders, datetime(2024, 12, 31))
        >>> days.amount.tolist(), np.diff(days.day).tolist()
        ([3.0, 9.0], [14])
        """
        if not _plain(orders):
            return None
        day = orders["ordered_at"].to_numpy().astype("datetime64[D]").astype(np.int64)
        codes, customers = pd.factorize(orders["customer_id"])
        amount = orders["amount"].to_numpy(float) if "amount" in orders else np.zeros(len(day))
        seen = day <= np.datetime64(end, "D").astype(np.int64)
        if not seen.all():
            codes, day, amount = codes[seen], day[seen], amount[seen]
        if not len(day):
            return None
        earliest = int(day.min())
        span = int(day.max()) - earliest + 1
        key = codes.astype(np.int64) * span + (day - earliest)
        order = np.argsort(key)
        key = key[order]
        starts = np.flatnonzero(np.diff(key, prepend=-1))
        who, when = np.divmod(key[starts], span)
        return cls(customers, who, when + earliest, np.add.reduceat(amount[order], starts))

    def group(self, until: datetime, held: bool = False) -> pd.DataFrame:
        """Return one row for each customer who bought in the window: what `crmlab.engines.group_customers` returns."""
        seen = self.day <= np.datetime64(until, "D").astype(np.int64)
        who, day, amount = (self.who, self.day, self.amount) if seen.all() else self._rows(seen)
        starts = np.flatnonzero(np.diff(who, prepend=-1))
        customers, ends = who[starts], np.append(starts, len(who))[1:] - 1
        total = np.add.reduceat(amount, starts) if len(starts) else amount
        columns = {
            "customer_id": self.customers.take(customers),
            "purchases": ends - starts + 1,
            "first": day[starts].astype("datetime64[D]").astype("datetime64[ns]"),
            "last": day[ends].astype("datetime64[D]").astype("datetime64[ns]"),
            "total": total,
            "repeat": total - amount[starts],
        }
        if held:
            after, _, spent = self._rows(~seen)
            size = len(self.customers)
            columns["later_purchases"] = np.bincount(after, minlength=size)[customers]
            columns["later_total"] = np.bincount(after, spent, size)[customers]
        return pd.DataFrame(columns)

    def _rows(self, chosen: Vector) -> tuple[Vector, Vector, Vector]:
        return self.who[chosen], self.day[chosen], self.amount[chosen]


def _plain(orders: Any) -> bool:
    """Return whether orders are a pandas frame of dates and numbers in which nothing is empty."""
    if not isinstance(orders, pd.DataFrame) or not {"customer_id", "ordered_at"} <= set(orders.columns):
        return False
    kinds = {"ordered_at": "M", "amount": "fiu"}
    for name in orders.columns.intersection(["customer_id", *kinds]):
        column = orders[name]
        if name in kinds and not (isinstance(column.dtype, np.dtype) and column.dtype.kind in kinds[name]):
            return False
        if column.isna().any():
            return False
    return True
