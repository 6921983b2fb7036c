"""One quarter: responses, delays, and luck whose mean is the expectation."""

from itertools import pairwise

import numpy as np
import pytest
from scipy import stats

from crmlab.game import quarter
from crmlab.game.market import HIDDEN, SPENDS, draw_market, numbers_of
from crmlab.growth import ResponseCurve
from crmlab.simulation.parameters import stream

MARKET = numbers_of(draw_market(0, {}))
SPEND = dict(zip(SPENDS, (25.0, 25.0, 30.0, 10.0, 0.0), strict=True))


def chances(size):
    names = ("attracted", "referred", "won", "lost", "attract_shock", "acquire_shock", "churn_shock")
    return dict(zip(names, stream(1, "test").random((len(names), size)), strict=True))


def test_counts_are_those_of_scipy():
    draw = stream(0, "test")
    chance, mean = draw.random(5000), np.exp(draw.uniform(-4, 8, 5000))
    count, share = np.floor(np.exp(draw.uniform(0, 9, 5000))), draw.random(5000)
    assert np.array_equal(quarter.poisson_count(mean, chance), stats.poisson.ppf(chance, mean))
    assert np.array_equal(quarter.binomial_count(count, share, chance), stats.binom.ppf(chance, count, share))


def test_the_conversion_is_the_response_curve_of_growth():
    curve = ResponseCurve.through(0.35, 20, 0.25, 0.03)
    market = {"floor": 0.03, "acquire_ceiling": 0.35, "acquire_rate": curve.k}
    spends = np.array([0, 5.0, 20, 60])
    assert np.allclose(quarter.conversion(market, spends), curve(spends))


def test_luck_is_fair():
    lucky = quarter.advance(MARKET, 5000.0, 0.0, SPEND, chances(20_000))
    usual = quarter.advance(MARKET, 5000.0, 0.0, SPEND)
    for name in ("leads", "referred", "won", "lost"):
        error = 4 * lucky[name].std() / np.sqrt(20_000) + 0.01 * usual[name]  # the responses bend
        assert lucky[name].mean() == pytest.approx(usual[name], abs=error), name


@pytest.mark.parametrize(
    ("lever", "name", "sign"), [("attract", "leads", 1), ("acquire", "won", 1), ("retain", "lost", -1)]
)
def test_money_helps_and_each_further_million_less(lever, name, sign):
    rows = [quarter.advance(MARKET, 5000.0, 0.0, SPEND | {lever: money}) for money in (0.0, 20.0, 40.0)]
    first, second = (sign * float(b[name] - a[name]) for a, b in pairwise(rows))
    assert first > second > 0


def test_service_works_a_quarter_later():
    none, much = (SPEND | {"service": money} for money in (0.0, 40.0))
    now = [quarter.advance(MARKET, 5000.0, 0.0, spend) for spend in (none, much)]
    assert now[0]["lost"] == now[1]["lost"]
    assert now[0]["satisfaction"] < now[1]["satisfaction"]
    later = [quarter.advance(MARKET, 5000.0, row["satisfaction"], SPEND) for row in now]
    assert later[0]["lost"] > later[1]["lost"]
    assert later[0]["referred"] < later[1]["referred"]


def test_many_games_are_the_games_one_by_one():
    markets = [draw_market(seed) for seed in range(3)]
    at_once = quarter.foresee(numbers_of(markets), 5000.0, 0.2, [SPEND] * 5)
    one_by_one = [quarter.foresee(numbers_of(market), 5000.0, 0.2, [SPEND] * 5) for market in markets]
    assert np.allclose(at_once, one_by_one)


def test_a_firm_without_customers_stays_on_its_feet():
    row = quarter.advance(MARKET, 0.0, 0.0, dict.fromkeys(SPENDS, 0.0), chances(50))
    assert all((row[name] == 0).all() for name in ("leads", "referred", "won", "lost", "customers"))


def test_no_hidden_parameter_is_idle():
    start = quarter.foresee(MARKET, 5000.0, 0.2, [SPEND] * 3)
    moved = [quarter.foresee(MARKET | {name: 0.9 * MARKET[name]}, 5000.0, 0.2, [SPEND] * 3) for name in HIDDEN]
    assert (np.abs(np.array(moved) - start) > 1e-6).all()
