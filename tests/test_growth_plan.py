"""Plans month by month: closed forms, conservation, futures that cover, and which input moves the answer."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmlab.growth import Firm, GrowthPlan, ResponseCurve, referral_multiplier
from crmlab.growth.flow import middle
from crmlab.plots import alternative_text

HUNTING = ResponseCurve.through(ceiling=0.10, spend=1, rate=0.04)
FARMING = ResponseCurve.through(ceiling=0.98, spend=2, rate=0.95, floor=0.80)
FIRM = Firm(customers=1_000, prospects=10_000, revenue=100, margin=40, discount_rate=0.01)


def plan(hunting_budget=10_000, farming_budget=2_000, **changes) -> GrowthPlan:
    options = {"hunting": HUNTING, "farming": FARMING, "firm": FIRM, "months": 24} | changes
    return GrowthPlan.of(hunting_budget, farming_budget, **options)


def firm(**changes) -> Firm:
    return Firm(**({"customers": 1_000, "prospects": 10_000, "revenue": 100, "margin": 40} | changes))


@settings(max_examples=40, deadline=None)
@given(st.floats(0, 1e5), st.floats(0, 1e4), st.floats(0, 0.1), st.integers(1, 40))
def test_customers_and_cash_are_accounted_for(hunted, farmed, referrals, months):
    table = plan(hunted, farmed, months=months, firm=firm(referrals=referrals, fixed_cost=500)).table
    change = table["won"] + table["referred"] - table["lost"]
    assert table["customers"].diff().iloc[1:].to_numpy() == pytest.approx(change.iloc[1:].to_numpy(), abs=1e-6)
    cash = 40 * table["customers"] - table["spend"] - 500
    assert table["cash"].iloc[1:].to_numpy() == pytest.approx(cash.iloc[1:].to_numpy())
    assert table["cumulative_cash"].iloc[-1] == pytest.approx(table["cash"].sum())
    assert table["revenue"].iloc[1:].to_numpy() == pytest.approx(100 * table["customers"].iloc[1:].to_numpy())
    assert (table["lost"] >= 0).all()


def test_the_first_month_by_hand():
    row = plan().table.loc[1]
    assert row["won"] == pytest.approx(400)
    assert row["lost"] == pytest.approx(50)
    assert row["customers"] == pytest.approx(1_350)
    assert row["cash"] == pytest.approx(40 * 1_350 - 12_000)
    assert row["discounted_cash"] == pytest.approx((40 * 1_350 - 12_000) / 1.01)


def test_without_spend_a_firm_shrinks_by_its_floor_and_referrals():
    table = plan(0, 0, firm=firm(referrals=0.05)).table
    assert table["customers"].to_numpy() == pytest.approx(1_000 * 0.85 ** np.arange(25))
    held = plan(0, 0, firm=firm(referrals=0.20)).table
    assert held["customers"].to_numpy() == pytest.approx(1_000)


def test_in_the_long_run_customers_are_those_won_times_their_stay_and_their_referrals():
    """W a month who stay 1 / (1 - r) months each and bring q a month: W / (1 - r - q)."""
    q, r = 0.05, 0.80
    table = plan(10_000, 0, months=400, firm=firm(referrals=q)).table
    expected = 400 / (1 - r) * referral_multiplier(q, r)
    assert table["customers"].iloc[-1] == pytest.approx(expected, rel=1e-6)


def test_budgets_may_change_by_month():
    table = plan([10_000] * 3 + [0] * 3, [0] * 6, months=6).table
    assert table["won"].round(6).to_list() == [0, 400, 400, 400, 0, 0, 0]
    assert table["spend"].to_list() == [0, 10_000, 10_000, 10_000, 0, 0, 0]


def test_a_plan_without_customers_to_begin_with():
    table = plan(10_000, 2_000, firm=firm(customers=0), months=2).table
    assert table.loc[1, "customers"] == pytest.approx(400)
    assert np.isfinite(table.to_numpy()).all()


def test_payback_is_the_month_from_which_the_cash_has_come_back():
    dear = plan(150_000, 2_000, months=60, firm=firm(customers=0))
    month = dear.payback_month()
    cash = dear.table["cumulative_cash"]
    assert cash.loc[month - 1] < 0 <= cash.loc[month]
    assert plan(150_000, 2_000, months=2, firm=firm(customers=0)).payback_month() == np.inf
    assert plan().payback_month() == 0


def experiments(rng: np.random.Generator) -> dict[str, ResponseCurve]:
    spend = {"hunting": np.array([0.5, 1, 2, 6]), "farming": np.array([0, 1.0, 2, 5])}
    curves = {}
    for name, truth in (("hunting", HUNTING), ("farming", FARMING)):
        won = rng.binomial(3000, truth(spend[name]))
        data = pd.DataFrame({"spend": spend[name], "successes": won, "customers": 3000})
        curves[name] = ResponseCurve.fit(data, floor=0.0 if name == "hunting" else None)
    return curves


def test_ranges_hold_the_truth_as_often_as_they_promise():
    """Eighty pairs of experiments and a margin measured with error; up to 10 may miss."""
    rng, truth, missed = np.random.default_rng(5), plan().table.iloc[-1], np.zeros(2)
    for _ in range(80):
        measured = firm(margin=rng.normal(40, 3), discount_rate=0.01)
        row = plan(**experiments(rng), firm=measured, errors={"margin": 3}, draws=300, seed=rng).table.iloc[-1]
        for i, name in enumerate(("customers", "discounted_cash")):
            missed[i] += not row[f"{name}_low"] <= truth[name] <= row[f"{name}_high"]
    assert (missed <= 10).all(), missed
    assert missed.sum() > 0


def test_a_bent_number_has_its_interval_put_right():
    """Draws that lie evenly around the estimate are left as they are; others are moved back."""
    drawn = np.random.default_rng(1).normal(3, 1, 200_000)
    assert middle(np.exp(drawn), np.exp(3)) == pytest.approx((np.exp(3 - 1.96), np.exp(3 + 1.96)), rel=0.03)
    low, high = middle(drawn + 0.5, 3.0)  # draws that lie half an error too high are put back twice that
    assert (low, high) == pytest.approx((2.5 - 1.96, 2.5 + 1.96), abs=0.1)


@pytest.fixture(scope="module")
def uncertain() -> GrowthPlan:
    return plan(**experiments(np.random.default_rng(2)), errors={"margin": 4, "fixed_cost": 1, "prospects": 100})


def test_draws_repeat_with_their_seed_and_known_inputs_leave_no_range(uncertain):
    curves = {"hunting": uncertain.hunting, "farming": uncertain.farming}
    one, same, other = (plan(**curves, errors={"margin": 4}, draws=50, seed=seed).draws() for seed in (3, 3, 4))
    pd.testing.assert_frame_equal(one, same)
    assert not one.equals(other)
    table = plan().table
    assert table["customers_low"].to_numpy() == pytest.approx(table["customers_high"].to_numpy())
    with pytest.raises(ValueError, match="every input is taken as known"):
        plan().tornado()


def test_each_future_is_the_plan_with_those_inputs(uncertain):
    """Vectorised over futures or one by one: the same."""
    drawn = uncertain.futures
    known = {name: drawn[name][7] for name in ("margin", "prospects", "fixed_cost")}
    one = plan(
        hunting=ResponseCurve(_at(drawn["hunting"], 7), pd.DataFrame(), None, {}),
        farming=ResponseCurve(_at(drawn["farming"], 7), pd.DataFrame(), None, {}),
        firm=firm(**known, discount_rate=0.01),
    )
    row = uncertain.draws().iloc[7]
    assert one.table.iloc[-1][row.index].to_list() == pytest.approx(row.to_list())


def _at(shape, i):
    return type(shape)(*(values[i] for values in (shape.floor, shape.ceiling, shape.k)))


def test_the_tornado_ranks_what_moves_the_answer(uncertain):
    cash = uncertain.tornado()
    assert set(cash.table.index) == {"hunting", "farming", "margin", "fixed_cost", "prospects"}
    assert cash.table["swing"].is_monotonic_decreasing
    assert cash.table.index[-1] in ("fixed_cost", "prospects")
    assert cash.table.loc["margin", "swing"] == pytest.approx(2 * 1.96 * 4 / 40 * _margin(uncertain), rel=0.1)
    assert cash.table.loc["fixed_cost", "value_at_low"] > cash.table.loc["fixed_cost", "value_at_high"]
    customers = uncertain.tornado("customers").table
    assert customers.loc["margin", "swing"] == 0
    assert customers.loc["farming", "low"] < 0.95 < customers.loc["farming", "high"]


def _margin(some: GrowthPlan) -> float:
    months = np.arange(1, 25)
    return float((40 * some.table["customers"].iloc[1:].to_numpy() * 1.01**-months).sum())


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"hunting_budget": -1}, "hunting budget is negative"),
        ({"farming_budget": [1, 2]}, "farming budget has 2 months, the plan 24"),
        ({"months": 0}, "months is 0"),
        ({"firm": firm(prospects=0)}, "nobody to approach"),
        ({"firm": firm(customers=-5)}, "customers is -5"),
        ({"firm": firm(margin=120)}, "above the revenue"),
        ({"firm": firm(referrals=float("nan"))}, "referrals is nan"),
        ({"errors": {"price": 3}}, "no input is called price; there are customers"),
        ({"errors": {"margin": -3}}, "the error of margin is -3"),
        ({"errors": {"margin": np.inf}}, "the error of margin is inf"),
        ({"draws": 0}, "draws is 0; an interval needs at least 2"),
    ],
)
def test_impossible_plans_are_refused(change, said):
    with pytest.raises(ValueError, match=said):
        plan(**change)


def test_an_unknown_answer_is_refused(uncertain):
    with pytest.raises(ValueError, match="answer is 'profit'; choose one of discounted_cash"):
        uncertain.tornado("profit")


def test_pictures_ask_a_question_and_say_their_numbers(uncertain):
    ax = uncertain.plot()
    said = alternative_text(ax.figure)
    assert ax.get_title() == "Where does this plan lead?"
    assert f"customers ends at {uncertain.table['customers'].iloc[-1]:,.0f}; the band ends at" in said
    assert "cash so far (currency) ends at" in alternative_text(uncertain.plot(answer="cumulative_cash").figure)
    assert "band" not in alternative_text(plan().plot().figure)
    assert uncertain.summary().loc["customers", "low"] < uncertain.summary().loc["customers", "estimate"]
