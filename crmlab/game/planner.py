"""Where to put a budget if the market were known: a plan that is held, and the best plan for twelve quarters."""

from __future__ import annotations

from functools import lru_cache
from itertools import combinations
from typing import Any

import numpy as np

from crmlab.estimation import Vector
from crmlab.game.market import LEVERS, Numbers
from crmlab.game.quarter import complete, foresee

PARTS = 10


@lru_cache
def splits(parts: int = PARTS) -> Vector:
    """Return all ways to split a budget into equal parts: one row each, a column for each lever; the rest is kept.

    Examples
    --------
    >>> splits(2).shape, float(splits(2).sum(axis=1).max())
    ((15, 4), 1.0)
    """
    slots = len(LEVERS) + 1
    bars = np.array(list(combinations(range(parts + slots - 1), slots - 1)))
    edges = np.column_stack([np.full(len(bars), -1), bars])
    return (np.diff(edges, axis=1) - 1) / parts


def held(market: Numbers, customers: Any, satisfaction: Any, budget: float, quarters: int) -> Numbers:
    """Return the split in tenths that pays most if it is held for the quarters that are left.

    Parameters
    ----------
    market
        Parameters, known or believed: numbers for one game, or arrays with one entry a game.
    customers, satisfaction
        Now.
    budget
        Million won a quarter.
    quarters
        How many are left.

    Returns
    -------
    dict
        Million won by lever.
    """
    games = np.broadcast_shapes(*(np.shape(value) for value in (*market.values(), customers, satisfaction)))
    shares = splits()
    spend = {name: (budget * shares[:, i]).reshape(-1, *[1] * len(games)) for i, name in enumerate(LEVERS)}
    paid = foresee(market, customers, satisfaction, [complete(spend)] * quarters)
    best = np.argmax(np.broadcast_to(paid, (len(shares), *games)), axis=0)
    return {name: budget * shares[best, i] for i, name in enumerate(LEVERS)}


def optimise(market: Numbers, quarters: int) -> list[Numbers]:
    """Return the splits, one a quarter, that pay most in the expectation of one known market.

    The amounts of all quarters are chosen at once (`scipy.optimize.minimize`, L-BFGS-B on the log odds of the shares),
    starting from the best split that is held, and then cut down to steps of 0.1 million won. Without luck no plan does
    better, but for those steps and for a better local optimum.
    With luck it is an upper reference in the mean over games only: in a single game a lucky player may pass it.
    """
    from scipy.optimize import minimize

    budget, shape = market["budget"], (quarters, len(LEVERS) + 1)

    def plan(points: Vector) -> list[Numbers]:
        odds = np.exp(points - points.max(axis=-2, keepdims=True))
        amounts = budget * odds / odds.sum(axis=-2, keepdims=True)
        return [complete(dict(zip(LEVERS, now[:-1], strict=True))) for now in amounts]

    def loss_and_slope(point: Vector) -> tuple[float, Vector]:
        step = 1e-5
        points = point[:, None] + step * np.column_stack([np.zeros(len(point)), np.eye(len(point))])
        paid = foresee(market, market["customers"], 0.0, plan(points.reshape(*shape, -1)))
        return -float(paid[0]), -(paid[1:] - paid[0]) / step

    first = held(market, market["customers"], 0.0, budget, quarters)
    shares = np.array([first[name] / budget for name in LEVERS])
    odds = np.tile(np.log(np.append(shares, 1 - shares.sum()).clip(0.02)), quarters)
    found = minimize(
        loss_and_slope, odds, jac=True, method="L-BFGS-B", bounds=[(-12, 12)] * len(odds), options={"ftol": 1e-7}
    )
    best = plan(found.x.reshape(*shape, 1))
    return [{name: float(np.floor(10 * np.ravel(value)[0]) / 10) for name, value in spend.items()} for spend in best]
