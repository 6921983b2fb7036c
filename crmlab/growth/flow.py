"""The flow of customers month by month: the arithmetic of `GrowthPlan`, for one future or for many at once."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from crmlab.estimation import Z95, Vector
from crmlab.growth.response_fit import Shape

FLOWS = ("customers", "won", "referred", "lost", "revenue", "spend", "cash", "cumulative_cash", "discounted_cash")


@dataclass(frozen=True)
class Firm:
    """What a firm starts from, and what a customer brings; each may be a number, or an array with one for each future.

    Attributes
    ----------
    customers
        At the start.
    prospects
        How many can be approached in a month.
    revenue, margin
        Of a customer and month; the margin is what remains of the revenue after the cost of serving.
    referrals
        How many customers one customer brings in a month without being asked.
    fixed_cost
        Of a month.
    discount_rate
        Per month.
    """

    customers: Any
    prospects: Any
    revenue: Any
    margin: Any
    referrals: Any = 0.0
    fixed_cost: Any = 0.0
    discount_rate: Any = 0.0

    def refuse_impossible(self) -> None:
        """Raise a ValueError if an input is negative, missing or, where it must not be, 0."""
        for name in (one.name for one in fields(self)):
            value = getattr(self, name)
            if not (np.isfinite(value) and value >= 0):
                raise ValueError(f"{name} is {value}; it is a number from 0 up")
        if self.prospects == 0:
            raise ValueError("prospects is 0; with nobody to approach there is nothing to hunt")
        if self.margin > self.revenue:
            raise ValueError(f"margin is {self.margin}, above the revenue of {self.revenue}; it is a part of it")


def flow(firm: Firm, hunting: Shape, farming: Shape, hunted: Vector, farmed: Vector) -> dict[str, Vector]:
    """Follow the customers through the months.

    In each month the budget for hunting is spread over the prospects and wins some; the budget for farming is spread
    over the customers of the month before and keeps some; and those customers bring others.

    Parameters
    ----------
    firm, hunting, farming
        Numbers, or arrays of one shape with one entry for each future.
    hunted, farmed
        The budgets by month.

    Returns
    -------
    dict
        For each of `FLOWS` an array: months from 0 (the start) in rows, futures in columns.
    """
    inputs = [getattr(firm, one.name) for one in fields(firm)]
    futures = np.broadcast_shapes(*map(np.shape, [*inputs, hunting.k, farming.k]))
    now = np.broadcast_to(np.asarray(firm.customers, float), futures)
    months = [dict.fromkeys(FLOWS, np.zeros_like(now)) | {"customers": now}]
    total = np.zeros_like(now)
    worth = np.zeros_like(now)
    for month, (hunt, farm) in enumerate(zip(hunted, farmed, strict=True), start=1):
        won = np.broadcast_to(firm.prospects * hunting.rate(hunt / firm.prospects), now.shape)
        kept = now * farming.rate(np.divide(farm, now, out=np.zeros_like(now), where=now > 0))
        referred = firm.referrals * now
        lost, now = now - kept, kept + won + referred
        cash = firm.margin * now - hunt - farm - firm.fixed_cost
        total, worth = total + cash, worth + cash / (1 + firm.discount_rate) ** month
        spend = np.full_like(now, hunt + farm)
        values = (now, won, referred, lost, firm.revenue * now, spend, cash, total, worth)
        months.append(dict(zip(FLOWS, values, strict=True)))
    return {name: np.array([month[name] for month in months]) for name in FLOWS}


def middle(drawn: Vector, estimate: float) -> tuple[float, float]:
    """Return the ends of the middle 95 % of draws, corrected for draws that do not lie evenly around the estimate.

    Bias-corrected percentiles (Efron 1981): where a number bends with its parameters, most draws fall on one side, and
    plain percentiles would shift the interval the wrong way.

    Examples
    --------
    >>> [round(end, 3) for end in middle(np.linspace(0, 100, 1001), 50.0)]
    [2.5, 97.5]
    """
    from scipy.special import ndtr, ndtri

    below = np.mean(drawn < estimate) + np.mean(drawn == estimate) / 2
    shift = 2 * ndtri(np.clip(below, 1e-3, 1 - 1e-3))
    low, high = np.quantile(drawn, ndtr([shift - Z95, shift + Z95]))
    return float(low), float(high)
