"""What the data can carry, and signs in them that something is wrong: counted, not modelled."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from crmlab.labels import percent
from crmlab.report.manager.part import count
from crmlab.report.manager.sentences import say

_EVENTS = {"orders": "ordered_at", "contracts": "started_on", "leads": "created_on", "tickets": "opened_on"}
_SILENT = 45  # days at the end without a row
_LEAP = 4.0  # times the usual month
_SPAN = 365  # days
_ZEROS = 0.01


def carried(company: Any, below: int) -> pd.DataFrame:
    """Return the numbers on which all else rests: columns `measure` and `number`, as text."""
    tables = company.tables
    all_buyers = _buyers(tables)
    sampled = "sampled " if "orders" in tables and all_buyers[0] > tables["orders"]["customer_id"].nunique() else ""
    labels = {"leads": "n leads", "contracts": "n contracts", "orders": f"n {sampled}orders"}
    rows = [(say(label), count(len(tables[name]), below)) for name, label in labels.items() if name in tables]
    if "contracts" in tables:
        rows.append((say("n ended"), count(int(tables["contracts"]["ended_on"].notna().sum()), below)))
    if "orders" in tables:
        rows += [(say(key), count(n, below)) for key, n in zip(("n buyers", "n repeat"), all_buyers, strict=True)]
    first, last = _span(company)
    if first is not None:
        rows.append((say("n months"), f"{(last - first).days / 30.4375:.0f}"))
    return pd.DataFrame(rows, columns=["measure", "number"])


def _buyers(tables: Mapping[str, pd.DataFrame]) -> tuple[int, int]:
    """Return how many bought, and how many came back: of all customers, where they are counted."""
    if "buyer_counts" in tables:
        counts = tables["buyer_counts"]
        return int(counts["customers"].sum()), int(counts.loc[counts["frequency"] > 0, "customers"].sum())
    if "orders" not in tables:
        return 0, 0
    days = tables["orders"].groupby("customer_id")["ordered_at"].nunique()
    return len(days), int((days > 1).sum())


def warnings_of(company: Any, below: int) -> list[str]:
    """Return what is wrong or odd in the data, in a sentence each; none where nothing was seen."""
    first, last = _span(company)
    if first is None:
        return []
    end = pd.Timestamp(company.observation_end)
    found = [say("short span", days=(last - first).days)] if (last - first).days < _SPAN else []
    for name, column in _EVENTS.items():
        if name in company.tables and len(company.tables[name]) >= max(below, 10):
            days = company.tables[name][column].dropna()
            silent = (end - days.max()).days
            if silent > _SILENT:
                found.append(say("silent end", table=name, days=silent, end=f"{end:%Y-%m-%d}"))
            found += _leaps(name, days, end)
    if "orders" in company.tables:
        zero = float((company.orders["amount"] == 0).mean())
        if zero > _ZEROS and round(zero * len(company.orders)) >= below:
            found.append(say("zero orders", share=percent(zero)))
    return found


def _span(company: Any) -> tuple[Any, Any]:
    """Return the first and the last day of what happened; None where nothing has a day."""
    named = [(name, column) for name, column in _EVENTS.items() if name in company.tables]
    days = [company.tables[name][column].dropna() for name, column in named]
    days = [column for column in days if len(column)]
    if not days:
        return None, None
    return min(column.min() for column in days), max(column.max() for column in days)


def _leaps(name: str, days: pd.Series, end: pd.Timestamp) -> list[str]:
    """Return the whole months with far more or far fewer rows than the three months around them."""
    by_month = days.dt.to_period("M").value_counts().sort_index()
    by_month = by_month.reindex(pd.period_range(by_month.index.min(), by_month.index.max(), freq="M"), fill_value=0)
    whole = by_month.iloc[1:] if (end + pd.Timedelta(days=1)).day == 1 else by_month.iloc[1:-1]
    usual = whole.rolling(5, center=True, min_periods=4).median()
    odd = whole[(usual >= 20) & ((whole > _LEAP * usual) | (whole * _LEAP < usual))]
    return [say("leap", table=name, month=str(month)) for month in odd.index[:3]]
