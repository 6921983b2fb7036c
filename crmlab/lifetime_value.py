"""What a customer is worth: the closed forms, value from a survival curve, value from models of buying.

All are sums of margin times the chance that the customer is still there, discounted. The textbooks differ in when the
first margin is paid, and that alone moves the answer by a third; so every function here asks for it. Rates are always
per period, and the margin is that of a period, after the cost of serving and before the cost of winning the customer.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, Protocol

import numpy as np
import pandas as pd

from crmlab.engines import to_pandas

FirstPayment = Literal["now", "period_end", "excluded"]
PAYMENTS = ("now", "period_end", "excluded")


class Buying(Protocol):
    """A fitted model of buying: what `customer_value` asks of it."""

    def expected_purchases(self, t: float, data: Any) -> pd.Series:
        """Return the purchases expected of each customer within `t`."""
        ...


class Spend(Protocol):
    """A fitted model of spend: what `customer_value` asks of it."""

    def expected_spend(self, data: Any) -> pd.Series:
        """Return the mean spend expected of each customer's purchases."""
        ...


def clv(
    margin: float,
    retention_rate: float,
    discount_rate: float,
    first_payment: FirstPayment = "now",
    horizon: int | None = None,
) -> float:
    """Return the lifetime value of a customer who stays each period with the same probability.

    Parameters
    ----------
    margin
        Earned in each period in which the customer is there.
    retention_rate, discount_rate
        Per period.
    first_payment
        "now": the first margin is earned at once, m (1 + d) / (1 + d − r). "period_end": at the end of the first
        period, which every customer completes, m / (1 + d − r). "excluded": the first margin is not counted, so the
        first one that is comes from those who stay, m r / (1 + d − r). Fader and Hardie (2012, Reconciling and
        Clarifying CLV Formulas) set them side by side.
    horizon
        The number of payments counted; by default all.

    Raises
    ------
    ValueError
        If a rate is impossible or the sum is infinite.

    Examples
    --------
    >>> [round(clv(100, 0.8, 0.1, first_payment=when), 2) for when in PAYMENTS]
    [366.67, 333.33, 266.67]
    >>> round(clv(100, 0.8, 0.1, horizon=5), 2)
    292.06
    """
    _refuse_convention(first_payment)
    _refuse_rates(retention_rate, discount_rate)
    kept = retention_rate / (1 + discount_rate)
    if horizon is None and kept >= 1:
        raise ValueError("everybody stays and nothing is discounted: the value is infinite; give a horizon")
    if horizon is not None and (horizon < 0 or horizon != int(horizon)):
        raise ValueError(f"horizon is {horizon}; it is a whole number of payments")
    payments = 1 / (1 - kept) if horizon is None else float(np.sum(kept ** np.arange(horizon)))
    first = {"now": 1.0, "period_end": 1 / (1 + discount_rate), "excluded": kept}[first_payment]
    return margin * first * payments


def simple_clv(annual_revenue: float, margin_rate: float, years: float, acquisition_cost: float = 0.0) -> float:
    """Return the rule-of-thumb value: yearly revenue × margin rate × years − cost of winning the customer.

    It discounts nothing and takes the years as given; `clv` and `survival_clv` mend both.

    Parameters
    ----------
    annual_revenue
        Revenue of a year.
    margin_rate
        Share of the revenue that is margin, 0 to 1.
    years
        How long the customer stays.
    acquisition_cost
        Paid once.

    Raises
    ------
    ValueError
        If the margin rate is above 1 or the years are negative.

    Examples
    --------
    >>> simple_clv(annual_revenue=1_000, margin_rate=0.3, years=5, acquisition_cost=400)
    1100.0
    """
    if margin_rate > 1:
        raise ValueError(f"margin_rate is {margin_rate}; it is a share of revenue, such as 0.3")
    if years < 0:
        raise ValueError(f"years is {years}; it cannot be negative")
    return annual_revenue * margin_rate * years - acquisition_cost


def margin_multiple(retention_rate: float, discount_rate: float) -> float:
    """Return by how much a period's margin is multiplied to give lifetime value, r / (1 + d − r).

    Gupta and Lehmann (2003, Journal of Interactive Marketing 17(1)); it is `clv` of a margin of 1 with the first margin
    excluded.

    Raises
    ------
    ValueError
        If a rate is impossible or the multiple is infinite.

    Examples
    --------
    >>> round(margin_multiple(0.8, 0.12), 2), round(margin_multiple(0.9, 0.1), 2)
    (2.5, 4.5)
    """
    return clv(1.0, retention_rate, discount_rate, first_payment="excluded")


def survival_clv(
    survival: pd.Series, margin: float | pd.Series, discount_rate: float, first_payment: FirstPayment = "now"
) -> float:
    """Return the lifetime value of a customer from a survival curve, up to the last period of the curve.

    Parameters
    ----------
    survival
        Index: whole periods 0, 1, 2, ...; values: the share of customers still there after so many periods.
    margin
        Of a period; or a series, one margin for each period of `survival`.
    discount_rate
        Per period.
    first_payment
        "now": whoever is there after t periods pays then. "period_end": pays one period later. "excluded": pays then,
        but the first payment, at 0, is not counted. With a constant retention rate these are the conventions of `clv`.

    Raises
    ------
    ValueError
        If the index is not 0, 1, 2, ..., the curve rises or leaves 0 to 1, or the margins do not match the curve.

    Examples
    --------
    >>> curve = pd.Series([1.0, 0.8, 0.64, 0.512, 0.4096])
    >>> round(survival_clv(curve, margin=100, discount_rate=0.1), 2)
    292.06
    """
    _refuse_convention(first_payment)
    _refuse_rates(0.0, discount_rate)
    periods, share = _curve(survival)
    margins = np.full(len(share), margin, float) if not isinstance(margin, pd.Series) else _aligned(margin, survival)
    delay = 1 if first_payment == "period_end" else 0
    paid = margins * share * (1 + discount_rate) ** -(periods + delay)  # far ahead worth nothing, not divided by inf
    return float(paid[1:].sum() if first_payment == "excluded" else paid.sum())


def customer_value(
    buying: Buying, spend: Spend, data: Any, horizon: int | None, discount_rate: float, margin: float
) -> pd.DataFrame:
    """Return what each customer is still worth, from a model of buying and a model of spend.

    Up to a horizon the purchases expected in each unit of time are discounted from its middle and summed; without one
    the model must know the discounted purchases of a whole lifetime, as Pareto/NBD and BG/BB do. For the interval of a
    value, or of the total, ask `interval_of(lambda b, s: customer_value(b, s, ...)["value"], buying, spend)`.

    Parameters
    ----------
    buying, spend
        Fitted models, such as `BetaGeo` and `GammaGamma`.
    data
        What `summarize_customers` returned, or counts of the same columns.
    horizon
        How many units of time to look ahead, in the unit of `data`; None for the whole lifetime.
    discount_rate
        Per the same unit of time. For a yearly rate i and weeks it is ``(1 + i) ** (7 / 365.25) - 1``.
    margin
        Share of spend that is margin.

    Returns
    -------
    DataFrame
        A row for each row of `data`: `customer_id` or `customers`, where there is one; `expected_purchases` within the
        horizon, or `discounted_purchases` of the lifetime; `expected_spend` a purchase; `value` of one customer.

    Raises
    ------
    ValueError
        If the horizon is no whole number from 1 up, a rate is impossible, or the model of buying needs a horizon.

    Examples
    --------
    >>> class Steady:  # a customer who buys for 20 every other week
    ...     expected_purchases = staticmethod(lambda t, data: pd.Series(0.5 * t, index=data.index))
    ...     expected_spend = staticmethod(lambda data: pd.Series(20.0, index=data.index))
    >>> customer_value(Steady(), Steady(), pd.DataFrame({"customer_id": ["a"]}), 52, discount_rate=0.002, margin=0.3)
      customer_id  expected_purchases  expected_spend      value
    0           a                26.0            20.0  148.16959
    """
    _refuse_rates(0.0, discount_rate)
    frame = to_pandas(data)
    if horizon is None:
        return _whole_value(buying, spend, frame, discount_rate, margin)
    return _value_within(buying, spend, frame, horizon, discount_rate, margin)


def _value_within(
    buying: Buying, spend: Spend, frame: pd.DataFrame, horizon: int, discount_rate: float, margin: float
) -> pd.DataFrame:
    """BG/NBD has no closed form for discounted purchases; this sum is within a thousandth of it at the usual rates."""
    if horizon < 1 or horizon != int(horizon):
        raise ValueError(f"horizon is {horizon}; it is a whole number of units of time from 1 up")
    by_then = _expected_by(buying, range(horizon + 1), frame)
    discount = (1 + discount_rate) ** -(np.arange(horizon) + 0.5)
    money = spend.expected_spend(frame)
    value = np.diff(by_then, axis=1) @ discount * money * margin
    table = frame.filter(["customer_id", "customers"])
    return table.assign(expected_purchases=by_then[:, -1], expected_spend=money, value=value)


def _expected_by(buying: Any, times: Sequence[int], frame: pd.DataFrame) -> np.ndarray:
    """Return the purchases expected by each time, one column each; at one go where the model can answer so."""
    if hasattr(buying, "expected_by_time"):
        return buying.expected_by_time(times, frame).to_numpy()
    return np.stack([buying.expected_purchases(t, frame) for t in times], axis=1)


def _whole_value(buying: Any, spend: Spend, frame: pd.DataFrame, discount_rate: float, margin: float) -> pd.DataFrame:
    if not hasattr(buying, "discounted_purchases"):
        raise ValueError(f"{type(buying).__name__} has no closed form for a whole lifetime; give a horizon")
    purchases, money = buying.discounted_purchases(discount_rate, frame), spend.expected_spend(frame)
    table = frame.filter(["customer_id", "customers"])
    return table.assign(discounted_purchases=purchases, expected_spend=money, value=purchases * money * margin)


def _refuse_convention(first_payment: str) -> None:
    if first_payment not in PAYMENTS:
        raise ValueError(f"first_payment is {first_payment!r}; choose one of {', '.join(PAYMENTS)}")


def _refuse_rates(retention_rate: float, discount_rate: float) -> None:
    if not 0 <= retention_rate <= 1:
        raise ValueError(f"retention_rate is {retention_rate}; it is a share from 0 to 1")
    if not discount_rate >= 0:
        raise ValueError(f"discount_rate is {discount_rate}; it is a rate per period from 0 up, such as 0.1")


def _curve(survival: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    periods, share = np.asarray(survival.index), survival.to_numpy(float)
    if len(periods) == 0 or list(periods) != list(range(len(periods))):
        raise ValueError("the survival curve must be given for periods 0, 1, 2, ... without a gap")
    if not (np.isfinite(share).all() and (share >= 0).all() and (share <= 1).all() and (np.diff(share) <= 1e-12).all()):
        raise ValueError("a survival curve holds shares between 0 and 1 and never rises")
    return periods.astype(float), share


def _aligned(margin: pd.Series, survival: pd.Series) -> np.ndarray:
    if not margin.index.equals(survival.index):
        raise ValueError("margin and survival must have the same periods")
    return margin.to_numpy(float)
