"""Plans: the held one is the best of its grid, and the best one is better still."""

import numpy as np
import pytest

from crmlab.game.market import LEVERS, QUARTERS, draw_market, numbers_of
from crmlab.game.planner import held, optimise, splits
from crmlab.game.quarter import complete, foresee

MARKETS = [draw_market(seed) for seed in range(4)]


def paid(market, spends):
    return float(foresee(market, market["customers"], 0.0, spends))


def test_splits_fill_the_budget_in_tenths():
    shares = splits()
    assert len(shares) == len(np.unique(shares, axis=0)) == 1001
    assert ((shares >= 0) & (shares <= 1)).all()
    assert shares.sum(axis=1).max() == pytest.approx(1)


@pytest.mark.parametrize("market", MARKETS[:2], ids=str)
def test_the_held_split_beats_every_other(market):
    market = numbers_of(market)
    best = paid(market, [complete(held(market, market["customers"], 0.0, 100, 6))] * 6)
    others = [dict(zip(LEVERS, 100 * row, strict=True)) for row in splits()[::50]]
    assert best >= max(paid(market, [complete(split)] * 6) for split in others)


def test_many_games_are_planned_as_each_alone():
    many = held(numbers_of(MARKETS), 4000.0, 0.3, 100, 5)
    for i, market in enumerate(MARKETS):
        alone = held(numbers_of(market), 4000.0, 0.3, 100, 5)
        assert {name: float(many[name][i]) for name in LEVERS} == pytest.approx({n: float(alone[n]) for n in LEVERS})


def test_the_best_plan_beats_the_held_one_and_every_small_change_of_it():
    market = numbers_of(MARKETS[0])
    plan = optimise(market, QUARTERS)
    top = paid(market, plan)
    assert top > paid(market, [complete(held(market, market["customers"], 0.0, 100, QUARTERS))] * QUARTERS)
    assert all(sum(spend.values()) <= 100 + 1e-6 for spend in plan)
    for quarter in (0, 5, 11):
        for giver, taker in (("attract", "retain"), ("service", "acquire"), ("retain", "service")):
            moved = min(2.0, plan[quarter][giver])
            other = [dict(spend) for spend in plan]
            other[quarter][giver] -= moved
            other[quarter][taker] += moved
            assert paid(market, other) <= top + 0.05
