"""Response curves: the published points, the truth recovered from experiments, and experiments that cannot tell."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmlab.growth.response import ResponseCurve
from crmlab.growth.response_fit import _log_likelihood
from crmlab.plots import alternative_text

TRUTH = {"floor": 0.05, "ceiling": 0.45, "k": 0.06}
SPENDS = [0.0, 5.0, 10.0, 20.0, 40.0, 80.0]


def simulate(rng: np.random.Generator, size: int, truth: dict[str, float] | None = None) -> pd.DataFrame:
    floor, ceiling, k = (truth or TRUTH).values()
    rate = floor + (ceiling - floor) * (1 - np.exp(-k * np.array(SPENDS)))
    return pd.DataFrame({"spend": SPENDS, "successes": rng.binomial(size, rate), "customers": size})


def test_the_published_curves():
    """Blattberg and Deighton (1996): 4 % at 1 towards 10 %, and 60 % at 8 towards 80 %."""
    assert ResponseCurve.through(ceiling=0.10, spend=1, rate=0.04).k == pytest.approx(0.5108, abs=5e-5)
    assert ResponseCurve.through(ceiling=0.80, spend=8, rate=0.6).k == pytest.approx(0.1733, abs=5e-5)


CURVES = st.tuples(st.floats(0, 0.3), st.floats(0.35, 0.6), st.floats(0.65, 1), st.floats(0.1, 1e4))


@settings(deadline=None)
@given(curve=CURVES)
def test_a_drawn_curve_goes_through_its_points(curve):
    floor, rate, ceiling, spend = curve
    drawn = ResponseCurve.through(ceiling, spend, rate, floor)
    assert drawn(spend) == pytest.approx(rate)
    assert drawn(0) == pytest.approx(floor)
    assert drawn(1e9) == pytest.approx(ceiling)
    width = 1e-5 * spend
    assert drawn.slope(spend) == pytest.approx((drawn(spend + width) - drawn(spend - width)) / (2 * width), rel=1e-5)


def test_costs_of_the_average_and_of_the_next_one():
    curve = ResponseCurve.through(ceiling=0.4, spend=20, rate=0.2)
    assert curve.average_cost(20) == pytest.approx(100)
    assert 1 / curve.marginal_cost(20) == pytest.approx(curve(20.5) - curve(19.5), rel=1e-3)
    assert curve.marginal_cost(20) > curve.average_cost(20)
    assert curve.average_cost(0) == pytest.approx(curve.average_cost(1e-9)) == pytest.approx(curve.marginal_cost(0))
    assert ResponseCurve.through(0.4, 20, 0.2, floor=0.1).average_cost(0) == 0
    assert list(curve.average_cost([0, 20])) == pytest.approx([curve.average_cost(0), 100])
    assert curve.marginal_cost(1e6) == np.inf


@pytest.mark.parametrize("bad", [(0.2, 20, 0.2), (1.2, 20, 0.2), (0.4, 0, 0.2), (0.4, 20, 0.0)])
def test_impossible_curves_are_refused(bad):
    with pytest.raises(ValueError, match="floor < rate < ceiling"):
        ResponseCurve.through(*bad)


@pytest.mark.parametrize("held", [{}, {"floor": 0.0}, {"floor": 0.1}, {"floor": 0.1, "ceiling": 1.0}])
def test_the_gradient_is_that_of_the_likelihood(held):
    spend, won, lost = np.array([1.0, 5, 12]), np.array([9.0, 30, 60]), np.array([91.0, 70, 40])
    size = 3 - len(held)
    for point in np.random.default_rng(1).normal(-1, 0.7, (5, size)):
        slope = _log_likelihood(point, held, spend, won, lost)[1]
        for i in range(size):
            shift = np.eye(size)[i] * 1e-6
            up, down = (_log_likelihood(point + sign * shift, held, spend, won, lost)[0] for sign in (1, -1))
            assert slope[i] == pytest.approx((up - down) / 2e-6, rel=1e-5, abs=1e-5)


@pytest.mark.parametrize("floor", [0.05, None])
def test_intervals_hold_the_truth_as_often_as_they_promise(floor):
    """Sixty experiments: each 95 % interval may miss in up to 8 of them (one in a hundred)."""
    rng, missed = np.random.default_rng(4), np.zeros(4)
    at_15 = TRUTH["floor"] + (TRUTH["ceiling"] - TRUTH["floor"]) * (1 - np.exp(-0.06 * 15))
    for _ in range(60):
        curve = ResponseCurve.fit(simulate(rng, 1500), floor=floor)
        rows = curve.summary()
        outside = [
            not rows.loc[name, "low"] - 5e-4 <= value <= rows.loc[name, "high"] + 5e-4 for name, value in TRUTH.items()
        ]
        row = curve.interval(15).iloc[0]
        missed += [*outside, not row["low"] <= at_15 <= row["high"]]
        assert curve.converged
    assert (missed <= 8).all(), missed
    assert missed[1:].sum() > 0


def test_rows_and_counts_give_one_answer():
    counts = simulate(np.random.default_rng(2), 300)
    rows = pd.concat(
        [
            pd.DataFrame({"spend": row.spend, "success": np.arange(row.customers) < row.successes})
            for row in counts.itertuples()
        ]
    )
    weighted = rows.groupby(["spend", "success"]).size().rename("customers").reset_index()
    curves = [ResponseCurve.fit(data, floor=None) for data in (counts, rows.sample(frac=1, random_state=1), weighted)]
    for curve in curves[1:]:
        np.testing.assert_allclose(curve.covariance, curves[0].covariance, rtol=1e-9)
        pd.testing.assert_frame_equal(curve.table, curves[0].table)


def test_the_unit_of_money_only_rescales_k():
    counts = simulate(np.random.default_rng(2), 800)
    coins, notes = ResponseCurve.fit(counts, None), ResponseCurve.fit(counts.assign(spend=counts["spend"] * 1000), None)
    assert (notes.ceiling, notes.k * 1000) == pytest.approx((coins.ceiling, coins.k), rel=1e-6)


def test_spends_too_low_to_show_the_ceiling_are_warned_of():
    low = pd.DataFrame({"spend": [1.0, 2.0, 3.0], "successes": [100, 205, 310], "customers": [1000] * 3})
    with pytest.warns(UserWarning, match="ceiling runs to 1.*beyond a spend of 3"):
        curve = ResponseCurve.fit(low)
    assert curve.ceiling == 1
    assert curve.standard_errors[["floor", "ceiling"]].to_list() == [0, 0]
    assert curve.standard_errors["k"] > 0
    assert curve.converged
    np.testing.assert_allclose(curve([1, 2, 3]), [0.1, 0.2, 0.3], atol=0.03)


@pytest.mark.parametrize(
    ("data", "options", "said"),
    [
        ({"spend": [0.0, 0.0], "successes": [0, 0], "customers": [9, 9]}, {}, "0 different spends"),
        ({"spend": [0.0, 5.0], "successes": [0, 3], "customers": [9, 9]}, {}, "test at least 2"),
        ({"spend": [0.0, 5.0], "successes": [1, 3], "customers": [9, 9]}, {"floor": None}, "test at least 3"),
        ({"spend": [0, 5.0, 9], "successes": [1, 3, 4], "customers": [9, 9, 9]}, {}, "use floor=None"),
        ({"spend": [2.0, 5.0], "successes": [0, 0], "customers": [9, 9]}, {}, "ended alike"),
        ({"spend": [2.0, 5.0], "successes": [10, 0], "customers": [9, 9]}, {}, "more successes than customers"),
        ({"spend": [-2.0, 5.0], "successes": [1, 0], "customers": [9, 9]}, {}, "cannot be negative"),
        ({"spend": [2.0, 5.0], "success": [1, 2]}, {}, "neither true nor false"),
        ({"spend": [2.0, np.nan], "success": [1, 0]}, {}, "spend: 1 values are empty"),
        ({"spend": [2.0, 5.0]}, {}, "no column success"),
        ({"spend": [2.0, 5.0], "success": [1, 0]}, {"floor": 1.5}, "share from 0 to 1"),
    ],
)
def test_experiments_that_cannot_tell_are_refused(data, options, said):
    with pytest.raises(ValueError, match=said):
        ResponseCurve.fit(pd.DataFrame(data), **options)


@pytest.mark.parametrize("successes", [[300, 300, 300, 300], [400, 350, 300, 250]])
@pytest.mark.parametrize("floor", [0.0, None])
def test_spend_without_effect_is_said(successes, floor):
    data = pd.DataFrame({"spend": [5.0, 10, 20, 40], "successes": successes, "customers": [1000] * 4})
    with pytest.raises(ValueError, match="does not rise with spend"):
        ResponseCurve.fit(data, floor=floor)


def test_a_floor_that_was_not_tested_is_asked_for():
    data = pd.DataFrame({"spend": [2.0, 6, 12, 24], "successes": [26, 65, 87, 96], "customers": [260, 259, 276, 245]})
    with pytest.raises(ValueError, match=r"floor=0\.0"):
        ResponseCurve.fit(data, floor=None)
    assert ResponseCurve.fit(data, floor=0.0).summary().loc["k", "standard error"] > 0


def test_small_numbers_are_not_rounded_away():
    data = simulate(np.random.default_rng(2), 800)
    assert ResponseCurve.fit(data.assign(spend=data["spend"] * 1e5), 0.05).summary().loc["k", "estimate"] > 0


def test_many_spends_are_shown_in_classes():
    rng = np.random.default_rng(9)
    spend = rng.uniform(0, 60, 5000)
    rate = 0.05 + 0.4 * (1 - np.exp(-0.06 * spend))
    curve = ResponseCurve.fit(pd.DataFrame({"spend": spend, "success": rng.random(5000) < rate}), floor=None)
    assert len(curve.table) == 12
    assert curve.table["customers"].sum() == 5000
    assert curve.table["fitted"].between(curve.table["low"], curve.table["high"]).mean() > 0.7


@settings(max_examples=5, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_draws_spread_as_the_errors_say(seed):
    curve = ResponseCurve.fit(simulate(np.random.default_rng(2), 3000), floor=None)
    drawn, again = curve.draw(4000, seed), curve.draw(4000, seed)
    np.testing.assert_array_equal(drawn.ceiling, again.ceiling)
    for name in ("floor", "ceiling", "k"):
        values = np.asarray(getattr(drawn, name))
        assert values.std() == pytest.approx(curve.standard_errors[name], rel=0.15)
        assert values.mean() == pytest.approx(getattr(curve, name), abs=0.3 * curve.standard_errors[name])


def test_a_drawn_curve_has_no_errors():
    curve = ResponseCurve.through(0.4, 20, 0.2)
    assert (curve.standard_errors == 0).all()
    assert curve.draw(3, seed=1).k == pytest.approx([curve.k] * 3)
    row = curve.interval(20).iloc[0]
    assert row["low"] == row["high"] == pytest.approx(0.2)
    assert curve.log_likelihood is None


def test_negative_spend_is_refused():
    with pytest.raises(ValueError, match="cannot be negative"):
        ResponseCurve.through(0.4, 20, 0.2)(-1)


def test_pictures_ask_a_question_and_say_their_numbers():
    curve = ResponseCurve.fit(simulate(np.random.default_rng(2), 900), floor=None)
    said = alternative_text(curve.plot().figure)
    assert f"{curve.table['rate'].iloc[-1]:.3g} (" in said
    assert "band" in said
    drawn = ResponseCurve.through(0.4, 20, 0.2).plot()
    assert drawn.get_title().endswith("?")
    assert "rate ends at" in alternative_text(drawn.figure)
