"""One quarter: what money does to leads, customers and satisfaction.

Every response nears a ceiling and never passes it (Blattberg and Deighton 1996, Harvard Business Review 74(4),
136–144). Money attracts leads; more money on each lead wins a larger share of them; money on each customer averts a
share of churn. Service moves satisfaction, which moves churn and recommendations, but only from the next quarter on.
The recommended are leads like the others, so customers bring customers.

All functions take numbers for one game, or arrays with one entry a game. Money is in million won, money a head in
1,000 won.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.special import bdtrik, ndtri, pdtrik

from crmlab.game.market import LEVERS, SPENDS, Numbers

THOUSAND = 1000.0
HIGHEST_CHURN = 0.95
ROUND_OFF = 1e-6
MOST = 3.0  # standard deviations that satisfaction can lie from 0


def rising(rate: Any, money: Any) -> Any:
    """Return the share of the ceiling that is reached: 1 − e^(−rate · money).

    Examples
    --------
    >>> round(float(rising(0.1, 10)), 3)
    0.632
    """
    return -np.expm1(-np.asarray(rate) * money)


def attracted(market: Numbers, spend: Any) -> Any:
    """Return the mean number of leads that a quarter's spend (million won) attracts."""
    return market["attract_ceiling"] * rising(market["attract_rate"], spend)


def conversion(market: Numbers, a_head: Any) -> Any:
    """Return the share of leads won at a spend on each of them (1,000 won)."""
    floor = market["floor"]
    return floor + (market["acquire_ceiling"] - floor) * rising(market["acquire_rate"], a_head)


def churn(market: Numbers, a_head: Any, satisfaction: Any) -> Any:
    """Return the share of customers lost in a quarter at a spend on each of them (1,000 won)."""
    averted = market["retain_lift"] * rising(market["retain_rate"], a_head)
    return market["churn_base"] * np.exp(-market["content_to_churn"] * satisfaction) * (1 - averted)


def recommended(market: Numbers, satisfaction: Any) -> Any:
    """Return the mean number of leads that one customer brings in a quarter."""
    return market["referral_rate"] / 4 * np.exp(market["content_to_referral"] * satisfaction)


def contentment(market: Numbers, a_head: Any, satisfaction: Any) -> Any:
    """Return satisfaction after a quarter with so much service on each customer (1,000 won)."""
    drawn_to = market["service_lift"] * rising(market["service_rate"], a_head) - market["erosion"]
    return np.clip(market["memory"] * satisfaction + (1 - market["memory"]) * drawn_to, -MOST, MOST)


def a_head(spend: Any, heads: Any) -> Any:
    """Return million won as 1,000 won a head."""
    return THOUSAND * np.asarray(spend) / np.maximum(heads, 1.0)


def advance(market: Numbers, customers: Any, satisfaction: Any, spend: Numbers, luck: Numbers | None = None) -> Numbers:
    """Play one quarter.

    Parameters
    ----------
    market
        The parameters.
    customers, satisfaction
        At the start of the quarter.
    spend
        Million won for each of attract, acquire, retain, service and learn.
    luck
        The chances of the quarter; None for what is expected, where counts have fractions.

    Returns
    -------
    dict
        `leads` (attracted), `referred`, `won`, `lost`, `customers` and `satisfaction` at the end, `profit` in million
        won: the margins of the customers at the end less all spending.
    """
    leads = _poisson(attracted(market, spend["attract"]) * shock(market, luck, "attract_shock"), luck, "attracted")
    referred = _poisson(customers * recommended(market, satisfaction), luck, "referred")
    rate = conversion(market, a_head(spend["acquire"], leads + referred)) * shock(market, luck, "acquire_shock")
    won = _binomial(leads + referred, np.minimum(rate, 1.0), luck, "won")
    leaving = churn(market, a_head(spend["retain"], customers), satisfaction) * shock(market, luck, "churn_shock")
    lost = _binomial(customers, np.minimum(leaving, HIGHEST_CHURN), luck, "lost")
    left = customers - lost + won
    return {
        "leads": leads,
        "referred": referred,
        "won": won,
        "lost": lost,
        "customers": left,
        "satisfaction": contentment(market, a_head(spend["service"], customers), satisfaction),
        "profit": market["margin"] / THOUSAND * left - sum(spend[name] for name in SPENDS),
    }


def foresee(market: Numbers, customers: Any, satisfaction: Any, spends: list[Numbers]) -> Any:
    """Return the profit expected from so many quarters (million won), with the worth of the customers at the end.

    The expectation is that of a firm without luck: the mean over luck differs a little, because the responses bend.
    """
    total: Any = 0.0
    for spend in spends:
        ahead = advance(market, customers, satisfaction, spend)
        customers, satisfaction, total = ahead["customers"], ahead["satisfaction"], total + ahead["profit"]
    return total + worth_left(market, customers)


def worth_left(market: Numbers, customers: Any) -> Any:
    """Return what the customers at the end count for (million won)."""
    return market["final_quarters"] * market["margin"] / THOUSAND * customers


def complete(split: Numbers) -> Numbers:
    """Return a split with 0 for the levers that it does not name."""
    return {name: split.get(name, 0.0) for name in (*LEVERS, "learn")}


def shock(market: Numbers, luck: Numbers | None, name: str) -> Any:
    """Return the factor of mean 1 by which a quarter is better or worse than usual."""
    if luck is None:
        return 1.0
    return np.exp(market["shock"] * ndtri(luck[name]) - market["shock"] ** 2 / 2)


def _poisson(mean: Any, luck: Numbers | None, name: str) -> Any:
    return mean if luck is None else poisson_count(mean, luck[name])


def _binomial(count: Any, share: Any, luck: Numbers | None, name: str) -> Any:
    return count * share if luck is None else binomial_count(count, share, luck[name])


def poisson_count(mean: Any, chance: Any) -> Any:
    """Return the Poisson count that belongs to a chance: the smallest one whose probability to be reached is as high.

    Examples
    --------
    >>> poisson_count(np.array([0.0, 3.0, 3.0]), np.array([0.5, 0.5, 0.99])).tolist()
    [0.0, 3.0, 8.0]
    """
    return _whole(pdtrik(chance, np.maximum(mean, 1e-9)))


def binomial_count(count: Any, share: Any, chance: Any) -> Any:
    """Return the binomial count that belongs to a chance.

    Examples
    --------
    >>> binomial_count(np.array([0.0, 10.0, 10.0]), np.array([0.5, 0.5, 0.0]), np.array([0.5, 0.5, 0.9])).tolist()
    [0.0, 5.0, 0.0]
    """
    found = _whole(bdtrik(chance, np.maximum(count, 1.0), np.clip(share, 1e-9, 1 - 1e-9)))
    return np.minimum(found, count)[()]


def _whole(point: Any) -> Any:
    """Return the next whole number from 0 up; a distribution that lies wholly on 0 has no such point."""
    return np.maximum(np.ceil(np.nan_to_num(point) - ROUND_OFF), 0.0)[()]
