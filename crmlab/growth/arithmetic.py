"""The closed forms of growth: they need nothing but a few numbers."""

from __future__ import annotations

import math


def customer_equity(
    acquisition_spend: float,
    acquisition_rate: float,
    retention_spend: float,
    retention_rate: float,
    *,
    margin: float,
    discount_rate: float,
) -> float:
    """Return what a prospect is worth, less the cost of winning and of keeping: a m − A + a (m r − R) / (1 + d − r).

    Blattberg and Deighton (1996, Harvard Business Review 74(4), 136–144). `Allocation` finds the spends that make it
    highest, where the rates answer to them by response curves.

    Parameters
    ----------
    acquisition_spend, acquisition_rate
        Spend on a prospect, and the share of prospects won by it.
    retention_spend, retention_rate
        Spend on a customer and period, and the share of customers kept by it.
    margin
        Of a customer and period; the first is earned when the customer is won.
    discount_rate
        Per period.

    Raises
    ------
    ValueError
        If a rate or an amount is impossible, or the value infinite.

    Examples
    --------
    >>> round(customer_equity(20, 0.2, 30, 0.6, margin=200, discount_rate=0.1), 2)
    56.0
    >>> round(customer_equity(30, 0.3, 20, 0.5, margin=200, discount_rate=0.1), 2)
    70.0
    """
    _refuse_share("acquisition_rate", acquisition_rate)
    _refuse_share("retention_rate", retention_rate)
    for name, amount in (("acquisition_spend", acquisition_spend), ("retention_spend", retention_spend)):
        if not 0 <= amount < math.inf:
            raise ValueError(f"{name} is {amount}; it is an amount from 0 up")
    if not math.isfinite(margin):
        raise ValueError(f"margin is {margin}; it is an amount of money")
    if not discount_rate >= 0 or 1 + discount_rate - retention_rate <= 0:
        raise ValueError("the value is infinite or unknown: discount_rate is a rate from 0 up, above 0 if all are kept")
    later = (margin * retention_rate - retention_spend) / (1 + discount_rate - retention_rate)
    return acquisition_rate * (margin + later) - acquisition_spend


def payback(cac: float, monthly_margin: float, retention_rate: float = 1.0) -> float:
    """Return after how many months a customer has paid back the cost of winning it.

    Without churn that is cost over margin. With a monthly retention rate r the margin expected by month n is
    m (1 − r^n) / (1 − r), so some costs are never paid back.

    Parameters
    ----------
    cac
        Customer acquisition cost: the spend on winning, over the customers won by it.
    monthly_margin
        Of a customer who is there, the first month in full.
    retention_rate
        Per month.

    Returns
    -------
    float
        Months; infinite if the cost never comes back.

    Raises
    ------
    ValueError
        If the cost is negative, the margin missing or the rate impossible.

    Examples
    --------
    >>> round(payback(2_500, 1_440), 2)
    1.74
    >>> round(payback(2_500, 300), 2), round(payback(2_500, 300, retention_rate=0.9), 2)
    (8.33, 17.01)
    >>> payback(2_500, 300, retention_rate=0.85)
    inf
    """
    _refuse_share("retention_rate", retention_rate)
    if not cac >= 0:
        raise ValueError(f"cac is {cac}; it is a cost from 0 up")
    if math.isnan(monthly_margin):
        raise ValueError("monthly_margin is missing; without it no payback is known")
    if cac == 0:
        return 0.0
    if not monthly_margin > 0 or cac * (1 - retention_rate) >= monthly_margin:
        return math.inf
    if retention_rate in (0, 1):  # with 0 all is paid within the first month
        return cac / monthly_margin
    return math.log1p(-cac * (1 - retention_rate) / monthly_margin) / math.log(retention_rate)


def effort_share(retention_rate: float, cost_ratio: float) -> float:
    """Return the share of all spend that goes to keeping customers while their number stays the same.

    Each period the 1 − r who left are replaced, at k times the yearly cost of keeping one: 1 / (1 + k (1 − r)). That
    most of the effort goes to retention is thus a matter of arithmetic where few leave, not a sign of wisdom.

    Parameters
    ----------
    retention_rate
        Per period.
    cost_ratio
        k, the cost of winning a customer over the cost of keeping one for a period.

    Raises
    ------
    ValueError
        If the rate is impossible or the ratio negative.

    Examples
    --------
    >>> [round(effort_share(rate, 5), 3) for rate in (0.80, 0.95, 0.978)]
    [0.5, 0.8, 0.901]
    """
    _refuse_share("retention_rate", retention_rate)
    if not cost_ratio >= 0:
        raise ValueError(f"cost_ratio is {cost_ratio}; it is the ratio of two costs, from 0 up")
    return 1 / (1 + cost_ratio * (1 - retention_rate))


def referral_multiplier(referrals: float, retention_rate: float) -> float:
    """Return how many customers come of each one won, itself included, if referred customers refer others in turn.

    A customer brings R₀ = q / (1 − r) others in its lifetime, they bring R₀ each, and so on: 1 / (1 − R₀). What R₀ is,
    `crmlab.referrals.Reproduction` counts.

    Parameters
    ----------
    referrals
        q, the customers that one customer brings in a period.
    retention_rate
        Per period.

    Returns
    -------
    float
        Infinite once q reaches 1 − r: referrals then replace all who leave, and hunting can stop.

    Raises
    ------
    ValueError
        If the rate is impossible or the referrals negative.

    Examples
    --------
    >>> round(referral_multiplier(0.1, 0.8), 6)
    2.0
    >>> referral_multiplier(0.2, 0.8)
    inf
    """
    _refuse_share("retention_rate", retention_rate)
    if not referrals >= 0:
        raise ValueError(f"referrals is {referrals}; it is a number of customers from 0 up")
    leaving = 1 - retention_rate
    spare = leaving - referrals
    # 1 − 0.8 is not quite 0.2 in binary
    return math.inf if spare <= 1e-12 else leaving / spare


def _refuse_share(name: str, share: float) -> None:
    if not 0 <= share <= 1:
        raise ValueError(f"{name} is {share}; it is a share from 0 to 1")
