"""What a churn ranking is worth: the expected maximum profit of a retention campaign.

Verbraken, Verbeke and Baesens (2013, IEEE Transactions on Knowledge and Data Engineering 25(5), 961–973). The campaign
turns to the customers with the highest scores. Each contact costs f. A churner accepts the offer, which costs d, with a
probability γ and then stays, worth CLV; who would have stayed takes the offer and is worth nothing more. So

    P(t; γ) = (γ (CLV − d) − f) π₀ F₀(t) − (d + f) π₁ F₁(t)

with π₀ and π₁ the shares of churners and others, and F₀ and F₁ the shares of each that are reached. The best reach t is
chosen for each γ; γ is not known, but beta-distributed, and the profit is averaged over it. No customer is driven away
here and churners are all alike: an experiment knows more (`Uplift`).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from crmlab.engines import need
from crmlab.estimation import Vector
from crmlab.targeting.design import numbers_of


def expected_maximum_profit(
    table: pd.DataFrame,
    clv: float = 200.0,
    offer: float = 10.0,
    contact: float = 1.0,
    response: tuple[float, float] = (6.0, 14.0),
) -> pd.Series:
    """Return the expected maximum profit of a ranking, and the share of customers to turn to.

    Parameters
    ----------
    table
        Columns `score` (high: likely to leave; equal scores are reached together) and `churned` (true or false), one
        row a customer or counts with `customers`.
    clv, offer, contact
        What a churner who is kept is worth, and the costs of the offer and of turning to a customer, in currency.
    response
        The beta distribution of the probability that a churner accepts.

    Returns
    -------
    Series
        `profit` (currency a customer) and `share` (of the customers, averaged over the response).

    Raises
    ------
    ValueError
        If columns are missing or impossible, nobody or everybody churned, or a cost is.

    Examples
    --------
    >>> ranked = pd.DataFrame({"score": [1, 0], "churned": [1, 0], "customers": [10, 90]})
    >>> expected_maximum_profit(ranked).round(3).to_dict()
    {'profit': 5.6, 'share': 0.1}
    >>> float(expected_maximum_profit(ranked.assign(score=0))["profit"].round(4))
    0.0144
    """
    from scipy.special import betainc

    alpha, beta = response
    if not (clv > offer >= 0 and contact >= 0 and alpha > 0 and beta > 0):
        raise ValueError("clv must lie above offer, offer and contact at 0 or above, both numbers of response above 0")
    reached, spared = _hull(*_reach(table))
    slope, level = (clv - offer) * reached, contact * reached + (offer + contact) * spared
    cuts = _turning_points(slope, level)
    chance = np.diff(betainc(alpha, beta, cuts))
    accepted = alpha / (alpha + beta) * np.diff(betainc(alpha + 1, beta, cuts))
    profit = float(slope @ accepted - level @ chance)
    return pd.Series({"profit": profit, "share": float((reached + spared) @ chance)}, name="expected maximum profit")


def _turning_points(slope: Vector, level: Vector) -> Vector:
    """Return the probabilities to accept from which on each reach earns more than the one before, from 0 to 1."""
    rises = np.diff(slope)
    turns = np.divide(np.diff(level), rises, out=np.full(len(rises), np.inf), where=rises > 0)
    return np.clip(np.concatenate([[0.0], turns, [1.0]]), 0, 1)


def _reach(table: pd.DataFrame) -> tuple[Vector, Vector]:
    """Return the shares of all customers who are churners, and who are not, down to each score, the highest first."""
    need(table.columns, ["score", "churned"], "the table of scores")
    score, churned = numbers_of(table, "score"), numbers_of(table, "churned")
    customers = numbers_of(table, "customers") if "customers" in table else np.ones(len(table))
    if not np.isin(churned, (0, 1)).all():
        raise ValueError("churned is neither true nor false in some rows")
    if (customers < 0).any() or not 0 < (customers @ churned) < customers.sum():
        raise ValueError("a ranking needs customers who churned and customers who did not, in counts from 0 up")
    frame = pd.DataFrame({"gone": customers * churned, "stayed": customers * (1 - churned)})
    sums = frame.groupby(-score).sum().cumsum().to_numpy() / customers.sum()
    return sums[:, 0], sums[:, 1]


def _hull(reached: Vector, spared: Vector) -> tuple[Vector, Vector]:
    """Return the corners of the upper convex hull of the curve: no other reach is ever the best one."""
    corners = [(0.0, 0.0)]
    for point in zip(spared, reached, strict=True):
        while len(corners) > 1 and _turn(corners[-2], corners[-1], point) >= 0:
            corners.pop()
        corners.append((float(point[0]), float(point[1])))
    hull = np.array(corners)
    return hull[:, 1], hull[:, 0]


def _turn(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> float:
    """Return whether the way from a by b to c turns left (above 0) or right (below 0)."""
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
