"""Policies: plain functions of what is seen, which return a split. They work on one game and on many at once.

None of them sees a hidden parameter, but the one that `knowing` makes, which is told the market.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from crmlab.game.course import Policy, Seen
from crmlab.game.market import LEVERS, QUARTERS, Numbers
from crmlab.game.planner import held, optimise
from crmlab.game.trials import least_money

TRIALS = ("retain", "acquire", "attract")  # what is tried in the first quarters, one lever each
TRIAL_SHARE = 0.04  # of a quarter's budget
STEP = 0.15  # of the budget, which the greedy policy moves each quarter
LONGEST = 20.0  # quarters that a customer is thought to stay at most


def all_hunting(seen: Seen) -> Numbers:
    """Put everything into new customers: half attracts leads, half wins them."""
    return {"attract": seen.budget / 2, "acquire": seen.budget / 2}


def all_farming(seen: Seen) -> Numbers:
    """Put everything into the customers who are there: half retains, half serves."""
    return {"retain": seen.budget / 2, "service": seen.budget / 2}


def even(seen: Seen) -> Numbers:
    """Give each lever a quarter of the budget."""
    return dict.fromkeys(LEVERS, seen.budget / len(LEVERS))


def greedy(seen: Seen) -> Numbers:
    """Move money to the lever whose last change seems to have paid best, from the one where it paid worst.

    What seems to have paid is the difference between the last two quarters: it takes luck for effect, and it does not
    see what comes later.
    """
    if seen.quarter == 1:
        return even(seen)
    shares = np.array([seen.rows[-1][name] for name in LEVERS]) / seen.budget
    if seen.quarter == 2:
        tilt = STEP / 2 * np.array([1.0, -1.0, 1.0, -1.0])
        shares = shares + tilt.reshape(-1, *[1] * (shares.ndim - 1))
    else:
        returns = _seeming_returns(seen)
        slots = np.arange(len(LEVERS)).reshape(-1, *[1] * (shares.ndim - 1))
        giver = slots == np.argmin(np.where(shares > 0, returns, np.inf), axis=0)
        moved = np.minimum(STEP, (shares * giver).sum(axis=0))
        shares = shares + moved * ((slots == np.argmax(returns, axis=0)).astype(float) - giver)
    return dict(zip(LEVERS, seen.budget * np.clip(shares, 0, 1), strict=True))


def _seeming_returns(seen: Seen) -> Any:
    """Return what one more million won seems to have brought in each lever (million won): rows are levers."""
    last, now = ({"spend": row, **_worth(seen, row)} for row in seen.rows[-2:])
    found = []
    for name in LEVERS:
        more = now["spend"][name] - last["spend"][name]
        gain = now[name] - last[name]
        found.append(np.where(np.abs(more) > 1e-9, gain / np.where(more == 0, 1.0, more), 0.0))
    return np.array(found)


def _worth(seen: Seen, row: Numbers) -> Numbers:
    """Return what each lever's own measure was worth in a quarter (million won)."""
    leads = np.maximum(row["leads"] + row["referred"], 1.0)
    life = np.minimum(row["customers"] / np.maximum(row["lost"], 1.0), LONGEST) * seen.rules["margin"] / 1000
    rate = row["won"] / leads
    return {
        "attract": life * rate * row["leads"],
        "acquire": life * row["won"],
        "retain": -life * row["lost"],
        "service": life * (rate * row["referred"] - row["lost"]),
    }


def plans_once(seen: Seen) -> Numbers:
    """Plan in the first quarter on the middle of the ranges, and hold to it."""
    if seen.rows:
        return {name: seen.rows[0][name] for name in LEVERS}
    return _planned(seen, seen.budget)


def reads_ledgers(seen: Seen) -> Numbers:
    """Plan anew each quarter on what the ledgers say; no experiments."""
    return _planned(seen, seen.budget)


def experiments(seen: Seen) -> Numbers:
    """Plan anew each quarter on ledgers and experiments: one lever is tried in each of the first three quarters.

    Where a twenty-fifth of the budget buys no experiment, there is none.
    """
    learn = TRIAL_SHARE * seen.budget
    if seen.quarter > len(TRIALS) or learn < least_money(TRIALS[seen.quarter - 1]):
        return _planned(seen, seen.budget)
    return {**_planned(seen, seen.budget - learn), "learn": learn, "lever": TRIALS[seen.quarter - 1]}


def _planned(seen: Seen, budget: float) -> Numbers:
    now = seen.standing
    return held(seen.believed(), now["customers"], now["satisfaction"], budget, seen.left)


def knowing(market: Numbers) -> Policy:
    """Return the policy of whoever knows one market: the best plan for twelve quarters, made once.

    It maximises the expectation (see `optimise`), so over many games nothing is higher in the mean; in a single game
    luck may carry another policy past it.
    """
    plan = optimise(market, QUARTERS)
    return lambda seen: plan[seen.quarter - 1]


POLICIES: dict[str, Policy] = {
    "experiments": experiments,
    "reads ledgers": reads_ledgers,
    "plans once": plans_once,
    "greedy": greedy,
    "all hunting": all_hunting,
    "all farming": all_farming,
}
