"""What linkage errors do to the numbers of a company.

A person whose orders come in through three accounts looks like three customers who bought less, came back less often
and, each time the account changed, left. Records that are not linked therefore raise the number of customers and the
churn rate, and lower repeat rate and value. Two people taken for one do the opposite.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from crmlab.engines import need, numbers, to_pandas
from crmlab.identity.cleaning import to_dates
from crmlab.identity.clusters import assign_persons, persons_of

MEASURES = ("customers", "repeat rate", "churn rate", "mean value")


def linkage_effects(
    orders: Any, links: Any, observation_end: str, truth_links: Any = None, period_days: int = 365
) -> pd.DataFrame:
    """Return what one would report if every record were a customer, if the links are right, and in truth.

    Parameters
    ----------
    orders
        `record_id`, `ordered_at` and `amount`, one row an order.
    links
        `record_id` and `person_id` as found, one row a record.
    observation_end
        Last day of observation, as ISO text; later orders are left out.
    truth_links
        `record_id` and `customer_id` as true, where known.
    period_days
        Length in days of the two last periods, which churn compares.

    Returns
    -------
    DataFrame
        Rows: `customers` (who ordered); `repeat rate`, the share of them who ordered on two days or more; `churn rate`,
        the share of those who ordered in the period before the last who did not order in the last; `mean value`,
        currency ordered for each customer. Columns: `records`, `linked`, and where the truth is known `truth` and
        `error` (linked over truth, less 1).

    Raises
    ------
    ValueError
        If a column is missing, a date or an amount is empty, an order names an unknown record, nobody ordered in the
        period before the last, or in truth nobody came back or nobody left.

    Examples
    --------
    >>> days = ["2024-02-01", "2024-03-01", "2025-02-01", "2024-05-01"]
    >>> orders = pd.DataFrame({"record_id": ["a", "b", "b", "c"], "ordered_at": pd.to_datetime(days), "amount": 10.0})
    >>> links = pd.DataFrame({"record_id": ["a", "b", "c"], "person_id": ["a", "a", "c"]})
    >>> linkage_effects(orders, links, "2025-12-31")
                   records  linked
    customers     3.000000     2.0
    repeat rate   0.333333     0.5
    churn rate    0.666667     0.5
    mean value   13.333333    20.0
    """
    frame = _orders(orders, observation_end)
    cut = pd.Timestamp(observation_end) - pd.Timedelta(days=period_days)
    known = persons_of(links, "links").index
    sides = {"records": pd.DataFrame({"record_id": known, "person_id": known}), "linked": links, "truth": truth_links}
    given = {name: assign_persons(frame, side) for name, side in sides.items() if side is not None}
    table = pd.DataFrame({name: _measures(side, cut, period_days) for name, side in given.items()})
    return table if truth_links is None else _with_error(table)


def _with_error(table: pd.DataFrame) -> pd.DataFrame:
    zero = [str(name) for name in table.index[table["truth"] == 0]]
    if zero:
        raise ValueError(f"{', '.join(zero)}: 0 in truth, so that errors have no share; choose another period")
    return table.assign(error=table["linked"] / table["truth"] - 1)


def _orders(orders: Any, observation_end: str) -> pd.DataFrame:
    frame = to_pandas(orders).reset_index(drop=True)
    need(frame.columns, ["record_id", "ordered_at", "amount"], "orders")
    days = to_dates(frame["ordered_at"])
    if days.isna().any():
        row = int(days.isna().to_numpy().argmax())
        raise ValueError(f"orders: {int(days.isna().sum())} values of ordered_at are no date, the first in row {row}")
    amount = numbers(frame[["amount"]])["amount"]
    seen = days < pd.Timestamp(observation_end) + pd.Timedelta(days=1)
    return pd.DataFrame({"record_id": frame["record_id"], "day": days.dt.normalize(), "amount": amount})[seen]


def _measures(orders: pd.DataFrame, cut: pd.Timestamp, period_days: int) -> pd.Series:
    groups = orders.groupby("customer_id", observed=True)
    days = groups["day"]
    before = orders["day"].between(cut - pd.Timedelta(days=period_days), cut, inclusive="right")
    bought = set(orders.loc[before, "customer_id"])
    if not bought:
        raise ValueError(f"nobody ordered in the {period_days} days up to {cut.date()}, so churn cannot be known")
    stayed = bought & set(orders.loc[orders["day"] > cut, "customer_id"])
    values = (
        float(groups.ngroups),
        float((days.max() > days.min()).mean()),
        1 - len(stayed) / len(bought),
        float(groups["amount"].sum().mean()),
    )
    return pd.Series(dict(zip(MEASURES, values, strict=True)))
