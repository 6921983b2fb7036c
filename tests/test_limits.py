"""Limits between rooms: where a model collapses to a simpler one, both say the same."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from crmlab.ab_test import ABTest, SequentialTest
from crmlab.attribution import RULES, Attribution
from crmlab.churn import ChurnCurve
from crmlab.drivers import Drivers
from crmlab.hazards import HazardModel
from crmlab.hazards.cox import RiskSets
from crmlab.loyalty import csat, nps
from crmlab.privacy import ConsentWeights
from crmlab.revenue import project_revenue
from crmlab.segments import Mixture
from crmlab.service import erlang_a, erlang_c
from crmlab.targeting import PolicyValue, expected_maximum_profit


@pytest.fixture
def histories() -> pd.DataFrame:
    rng = np.random.default_rng(1)
    plan = rng.choice(["basic", "premium"], 200)
    time, seen = rng.exponential(np.where(plan == "basic", 4, 7)), rng.uniform(1, 12, 200)
    return pd.DataFrame({"duration": np.minimum(time, seen), "churned": time <= seen, "plan": plan})


def test_without_censoring_the_curve_is_the_share_still_there():
    duration = np.random.default_rng(2).integers(1, 12, 80)
    curve = ChurnCurve.from_counts(pd.DataFrame({"duration": duration, "churned": True}))
    plain = np.array([(duration > month).mean() for month in range(12)])
    np.testing.assert_allclose(np.array([curve(month) for month in range(12)], float), plain, atol=1e-12)


def test_the_score_of_a_cox_regression_on_two_groups_is_the_log_rank_test(histories: pd.DataFrame):
    """Without ties (Cox 1972): squared slope at no effect over the information there."""
    counts = histories.assign(customers=1.0).sort_values("duration", ignore_index=True)
    sets = RiskSets.of(counts, (counts["plan"] == "premium").to_numpy(float)[:, None])
    residuals, information = sets.moments(np.zeros(1))
    score = residuals.sum() ** 2 / information.sum()
    assert score == pytest.approx(ChurnCurve.from_counts(histories, by="plan").log_rank()["statistic"], rel=1e-9)


@pytest.mark.parametrize(
    ("kind", "scale"),
    [("logit", lambda share: np.log(share / (1 - share))), ("cloglog", lambda share: np.log(-np.log(1 - share)))],
)
def test_with_one_month_a_regression_over_months_is_a_table_of_four(kind: Any, scale: Any):
    counts = pd.DataFrame({"duration": 1, "churned": [1, 0, 1, 0], "plan": list("aabb"), "customers": [30, 70, 10, 90]})
    effect = HazardModel.fit(counts, ["plan"], kind=kind).coefficients.iloc[0]
    assert effect == pytest.approx(scale(0.1) - scale(0.3), abs=1e-9)


def test_an_exponential_weibull_has_the_ratio_of_departures_a_month(histories: pd.DataFrame):
    """With the shape at 1 the hazard ratio is that of departures over time spent, for each plan."""
    spent = histories.groupby("plan").agg(left=("churned", "sum"), time=("duration", "sum"))
    plain = float(np.diff(np.log(spent["left"] / spent["time"]))[0])
    model = HazardModel.fit(histories, ["plan"], kind="weibull")
    # the shape is estimated, and moves the ratio by no more than it lies off 1
    assert abs(model.coefficients.iloc[0] - plain) < abs(plain) * 2 * abs(model.baseline.shape - 1) + 1e-6  # pyright: ignore[reportAttributeAccessIssue]


def test_with_one_channel_it_has_all_the_credit():
    ways = pd.DataFrame({"path": ["mail", "mail > mail", "mail"], "won": [True, True, False], "customers": [5, 3, 9]})
    credit = Attribution.from_touches(ways)
    assert credit.credits.loc["mail"].to_dict() == pytest.approx(dict.fromkeys(RULES, 8.0))
    assert credit.table[["share", "low", "high"]].to_numpy() == pytest.approx(1.0)
    assert credit.removal["mail"] == 1.0


def test_with_orthogonal_drivers_the_shares_are_squared_correlations():
    rng = np.random.default_rng(3)
    grid = pd.DataFrame([(a, b) for a in (-1, 1) for b in (-1, 0, 1)] * 20, columns=["process", "attitude"])
    rows = grid.assign(csat=2 * grid["process"] + grid["attitude"] + rng.normal(size=120))
    drivers = Drivers.fit(rows)
    squared = rows.corr()["csat"][["process", "attitude"]] ** 2
    np.testing.assert_allclose(drivers.table["contribution"], squared, rtol=1e-9)
    assert drivers.r_squared == pytest.approx(squared.sum(), rel=1e-9)


@pytest.mark.parametrize("score", [nps, csat])
def test_weights_that_are_all_equal_change_nothing(score: Any):
    said = np.random.default_rng(4).integers(1, 6, 60)
    plain, weighted = score(said), score(said, weights=np.full(60, 3.7))
    np.testing.assert_allclose(weighted.to_numpy(float), plain.to_numpy(float), rtol=1e-9)


def test_where_consent_is_blind_the_weighted_mean_is_the_plain_one():
    asked = pd.DataFrame({"plan": ["a", "a", "b", "b"], "agreed": [1, 0, 1, 0], "customers": [20, 30, 40, 60]})
    weights = ConsentWeights.fit(asked.assign(left=[1, 0, 0, 0]), "agreed", ["plan"])
    means = weights.mean("left")["estimate"]
    assert means["weighted"] == pytest.approx(means["as they are"], rel=1e-9)
    assert weights.effective_size == pytest.approx(60)


def test_a_mixture_of_one_class_is_the_mean():
    rng = np.random.default_rng(5)
    rows = pd.DataFrame(
        {"price": rng.normal(3, 2, 50), "speed": rng.normal(size=50), "customers": rng.integers(1, 4, 50)}
    )
    mixture = Mixture.fit(rows, classes=[1])
    mean = np.average(rows[["price", "speed"]], axis=0, weights=rows["customers"])
    np.testing.assert_allclose(mixture.profile[["price", "speed"]].iloc[0], mean, rtol=1e-9)
    assert mixture.profile["share"].to_list() == [1.0]
    assert set(mixture.members["class"]) == {1}


def test_where_the_effect_is_one_for_all_doubly_robust_is_the_difference_of_the_arms():
    rng = np.random.default_rng(6)
    tried = pd.DataFrame({"treated": rng.random(300) < 0.4, "outcome": rng.random(300) < 0.5})
    arms = tried.groupby("treated")["outcome"].mean()
    alike = tried.assign(if_treated=arms[True], if_not=arms[False])
    for method, table in (("doubly robust", alike), ("inverse probability", tried)):
        gain = PolicyValue.from_experiment(table, {}, method=method).table.loc["everybody", "gain"]
        assert gain == pytest.approx(arms[True] - arms[False], abs=1e-12)


def test_where_the_response_is_known_the_expected_maximum_profit_is_the_maximum():
    """With the response at 0.3 for sure, the best reach is one of those that equal scores allow."""
    table = pd.DataFrame({"score": [3, 3, 2, 2, 1, 1], "churned": [1, 0] * 3, "customers": [6, 4, 3, 17, 1, 69]})
    reached = table.assign(gone=table["customers"] * table["churned"]).groupby(-table["score"])[["customers", "gone"]]
    sums = reached.sum().cumsum() / 100
    profit = (0.3 * 190 - 1) * sums["gone"] - 11 * (sums["customers"] - sums["gone"])
    sure = expected_maximum_profit(table, response=(0.3e8, 0.7e8))
    assert sure["profit"] == pytest.approx(max(profit.max(), 0.0), abs=1e-3)


def test_where_nobody_hangs_up_erlang_a_is_erlang_c():
    desk = {"calls_per_hour": 100, "handle_seconds": 200, "agents": 8, "answer_within": 20}
    endless, plain = erlang_a(**desk, patience_seconds=1e9), erlang_c(**desk)
    np.testing.assert_allclose(endless[plain.index], plain, rtol=1e-4)
    assert endless["abandoned"] == pytest.approx(0, abs=1e-6)


def test_one_look_at_the_end_sees_the_difference_of_the_plain_test():
    counts = pd.DataFrame({"variant": ["old", "new"], "day": 1, "successes": [120, 156], "customers": [1000, 1000]})
    looked, plain = SequentialTest.from_days(counts, "old", 0.03).table.iloc[0], ABTest.from_units(counts, "old")
    assert looked["estimate"] == pytest.approx(plain.difference, abs=1e-12)
    assert looked["naive_p_value"] == pytest.approx(plain.p_value, rel=0.05)
    assert looked["low"] < plain.low < plain.high < looked["high"]


def test_without_churn_and_joining_revenue_stays_as_it_is():
    monthly = pd.DataFrame({"month": pd.to_datetime(["2025-01-01"]), "customers": 40, "joined": 0, "revenue": 800.0})
    ahead = project_revenue(monthly, pd.DataFrame({"estimate": [0.0], "at_risk": [500]}, index=["all"]), months=6)
    assert ahead[["estimate", "low", "high"]].to_numpy() == pytest.approx(800.0)
