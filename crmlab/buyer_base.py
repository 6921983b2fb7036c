"""All buyers of a company, and what they are worth, whether their orders are there or only counts of them.

A company of ordinary size holds the orders of all its customers. One of many orders (`crmlab.large`) holds the orders
of a sample, and counts of all: what is asked of all its customers is answered from the counts.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from crmlab.buyers import BetaGeo, GammaGamma
from crmlab.company import Company
from crmlab.customers import UNITS, summarize_customers
from crmlab.intervals import interval_of
from crmlab.lifetime_value import Buying, Spend, customer_value

_STEPS = 60_000  # rows times units of time for which an interval is reckoned: a second
_FEWEST = 250  # rows from which it is reckoned in any case


def all_buyers(company: Company, unit: str = "W") -> pd.DataFrame:
    """Return the histories of all buyers up to the end of the observation, with how many `customers` share each.

    Parameters
    ----------
    company
        With `buyer_counts` (and `spend_counts`), which count all customers, or else with the `orders` of all.
    unit
        The unit of time, as in `summarize_customers`.

    Returns
    -------
    DataFrame
        `frequency`, `recency`, `T`, `customers`, and `monetary_value` where amounts are known: from counts the mean of
        those who came back as often, because the spend expected is linear in what was spent.

    Raises
    ------
    ValueError
        As `summarize_customers`.
    UnmetNeedError
        If the company has neither of the tables.

    Examples
    --------
    >>> counts = pd.DataFrame({"frequency": [0, 2], "recency": [0.0, 8.0], "T": [9.0, 9.0], "customers": [5, 3]})
    >>> all_buyers(Company("shop", {"buyer_counts": counts}, "2025-12-31"), "D")
       frequency  recency     T  customers
    0          0      0.0  63.0          5
    1          2     56.0  63.0          3
    """
    counts = company.tables.get("buyer_counts")
    if counts is None:
        return summarize_customers(company.orders, company.observation_end, unit).assign(customers=1)
    units = UNITS["W"] / UNITS[unit]
    histories = counts.assign(recency=counts["recency"] * units, T=counts["T"] * units)
    if "spend_counts" not in company.tables:
        return histories
    spend, often = company.tables["spend_counts"], counts["frequency"]
    sums = spend.assign(total=spend["monetary_value"] * spend["customers"]).groupby("frequency")
    means = sums["total"].sum() / sums["customers"].sum()
    mean = np.average(spend["monetary_value"], weights=spend["customers"])
    return histories.assign(monetary_value=often.map(means).fillna(mean).where(often > 0, 0.0))


def mean_value(
    buying: Buying, spend: Spend, buyers: pd.DataFrame, horizon: int, discount_rate: float, margin: float
) -> pd.DataFrame:
    """Return what a customer is still worth in the mean, with the interval of the fits.

    Parameters
    ----------
    buying, spend, horizon, discount_rate, margin
        As in `customer_value`.
    buyers
        As `all_buyers` returns them. Of many rows some are drawn, always the same: how far discounting shrinks the
        income, and how wide the interval is, is reckoned from these; the income itself from all.

    Returns
    -------
    DataFrame
        One row: `estimate`, `low`, `high`.

    Raises
    ------
    ValueError
        As `customer_value` and `interval_of`.
    """
    some = _some(buyers, max(_FEWEST, _STEPS // max(horizon, 1)))

    def mean(buying: Buying, spend: Spend) -> float:
        return _mean(some, customer_value(buying, spend, some, horizon, discount_rate, margin)["value"])

    interval = interval_of(mean, buying, spend)
    if some is buyers:
        return interval
    incomes = [
        _mean(rows, buying.expected_purchases(horizon, rows) * spend.expected_spend(rows)) for rows in (buyers, some)
    ]
    return interval * incomes[0] / incomes[1]


def value_of_all(company: Company, horizon: int, discount_rate: float, margin: float, unit: str = "W") -> pd.DataFrame:
    """Return what the customers of a company are still worth from the end of the observation on.

    BG/NBD and gamma-gamma are fitted to all customers: to the counts of them, where the orders are those of a sample.

    Parameters
    ----------
    company
        As in `all_buyers`.
    horizon, discount_rate, margin
        As in `customer_value`, per `unit`.
    unit
        The unit of time, as in `summarize_customers`.

    Returns
    -------
    DataFrame
        Index "a customer" and "all 3,000 customers", with their number; columns `estimate`, `low`, `high`.

    Raises
    ------
    ValueError
        As `BetaGeo.fit`, `GammaGamma.fit` and `customer_value`.

    Examples
    --------
    >>> from crmlab.data import open_company
    >>> value_of_all(open_company("retail"), 12, discount_rate=0.008, margin=0.3, unit="M").round(-3)
                           estimate         low        high
    a customer              28000.0     28000.0     29000.0
    all 3,000 customers  85017000.0  83304000.0  86764000.0
    """
    buyers = all_buyers(company, unit)
    spend = GammaGamma.fit(company.tables.get("spend_counts", buyers))
    one = mean_value(BetaGeo.fit(buyers), spend, buyers, horizon, discount_rate, margin)
    number = int(buyers["customers"].sum())
    return pd.concat([one, one * number]).set_axis(["a customer", f"all {number:,} customers"])


def _mean(buyers: pd.DataFrame, each: pd.Series) -> float:
    return float(np.average(each, weights=buyers["customers"].to_numpy(float)))


def _some(buyers: pd.DataFrame, most: int) -> pd.DataFrame:
    if len(buyers) <= most:
        return buyers
    return buyers.sample(most, replace=True, weights="customers", random_state=0).assign(customers=1)
