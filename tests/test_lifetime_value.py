"""Lifetime value: the published numbers, the conventions against brute force, and value from models of buying."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmlab.lifetime_value import PAYMENTS, clv, customer_value, margin_multiple, simple_clv, survival_clv

RATES = {"margin": st.floats(0, 1e4), "retention": st.floats(0, 1), "discount": st.floats(0.001, 1)}


def test_the_published_values_by_convention():
    """Margin 100, retention 0.8, discount 0.1."""
    values = [clv(100, 0.8, 0.1, first_payment=when) for when in ("now", "period_end", "excluded")]
    assert values == pytest.approx([366.67, 333.33, 266.67], abs=5e-3)


def test_the_published_margin_multiples():
    """Gupta and Lehmann (2003), Journal of Interactive Marketing 17(1)."""
    assert margin_multiple(0.8, 0.12) == pytest.approx(2.5)
    assert margin_multiple(0.9, 0.10) == pytest.approx(4.5)


def test_the_case_of_berger_and_nasr():
    """Berger and Nasr (1998), case 1: margin 260 at each start of a year, promotion 50 in the middle of each of 10."""
    earned = clv(260, 0.75, 0.2, first_payment="now", horizon=11)
    spent = clv(50, 0.75, 0.2, first_payment="period_end", horizon=10) * 1.2**0.5
    assert earned - spent == pytest.approx(568.78, abs=5e-3)


def test_the_rule_of_thumb():
    assert simple_clv(1000, 0.3, 5, 400) == pytest.approx(1100)
    assert simple_clv(1000, 0.3, 0) == 0


@settings(deadline=None)
@given(**RATES, horizon=st.integers(0, 60))
def test_the_closed_forms_are_the_sums_they_stand_for(margin, retention, discount, horizon):
    t = np.arange(horizon)
    now = (margin * retention**t / (1 + discount) ** t).sum()
    end = (margin * retention**t / (1 + discount) ** (t + 1)).sum()
    later = (margin * retention ** (t + 1) / (1 + discount) ** (t + 1)).sum()
    for when, expected in zip(("now", "period_end", "excluded"), (now, end, later), strict=True):
        assert clv(margin, retention, discount, when, horizon) == pytest.approx(expected, rel=1e-9, abs=1e-9)


@settings(deadline=None)
@given(**RATES)
def test_the_conventions_differ_by_the_first_payment(margin, retention, discount):
    now, end, excluded = (clv(margin, retention, discount, when) for when in PAYMENTS)
    assert now == pytest.approx(margin + excluded, rel=1e-9, abs=1e-6)
    assert now == pytest.approx(end * (1 + discount))
    assert excluded == pytest.approx(margin * margin_multiple(retention, discount))


@settings(deadline=None)
@given(**RATES, periods=st.integers(1, 40))
def test_a_survival_curve_of_constant_retention_gives_the_closed_form(margin, retention, discount, periods):
    curve = pd.Series(retention ** np.arange(periods))
    for when in ("now", "period_end"):
        expected = clv(margin, retention, discount, when, horizon=periods)
        assert survival_clv(curve, margin, discount, when) == pytest.approx(expected, rel=1e-9, abs=1e-9)
    expected = clv(margin, retention, discount, "excluded", horizon=periods - 1)
    assert survival_clv(curve, margin, discount, "excluded") == pytest.approx(expected, rel=1e-9, abs=1e-9)


def test_a_curve_may_be_as_long_as_it_likes():
    assert survival_clv(pd.Series(np.ones(100_000)), 100, 0.1) == pytest.approx(1100)


def test_margins_may_change_over_time():
    curve = pd.Series([1.0, 0.5, 0.25])
    assert survival_clv(curve, pd.Series([10.0, 20.0, 40.0]), 0.0) == pytest.approx(30)
    with pytest.raises(ValueError, match="same periods"):
        survival_clv(curve, pd.Series([10.0, 20.0]), 0.0)


def test_averaging_retention_understates_the_value_of_customers_who_differ():
    """Jensen's inequality: value is convex in the retention rate."""
    apart = (clv(100, 0.9, 0.1) + clv(100, 0.5, 0.1)) / 2
    assert apart > 1.2 * clv(100, 0.7, 0.1)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: clv(100, 1.2, 0.1), "a share from 0 to 1"),
        (lambda: clv(100, 80, 0.1), "a share from 0 to 1"),
        (lambda: clv(100, float("nan"), 0.1), "a share from 0 to 1"),
        (lambda: clv(100, 0.8, -0.1), "from 0 up"),
        (lambda: clv(100, 0.8, float("nan")), "from 0 up"),
        (lambda: clv(100, 1.0, 0.0), "infinite"),
        (lambda: clv(100, 0.8, 0.1, horizon=2.5), "whole number of payments"),
        (lambda: clv(100, 0.8, 0.1, first_payment="later"), "choose one of now, period_end, excluded"),
        (lambda: simple_clv(1000, 30, 5), "a share of revenue"),
        (lambda: simple_clv(1000, 0.3, -5), "cannot be negative"),
        (lambda: survival_clv(pd.Series([1.0, 0.8], index=[1, 2]), 100, 0.1), "without a gap"),
        (lambda: survival_clv(pd.Series([1.0, 0.8, 0.9]), 100, 0.1), "never rises"),
        (lambda: survival_clv(pd.Series([100.0, 80.0]), 100, 0.1), "between 0 and 1"),
        (lambda: survival_clv(pd.Series([1.0, np.nan]), 100, 0.1), "between 0 and 1"),
        (lambda: survival_clv(pd.Series([1.0, 0.8]), 100, 0.1, "later"), "choose one of"),
    ],
)
def test_impossible_questions_are_refused(call, said):
    with pytest.raises(ValueError, match=said):
        call()


def test_everybody_staying_needs_a_horizon():
    assert clv(100, 1.0, 0.0, horizon=3) == pytest.approx(300)


class Steady:
    """Two purchases a unit of time, each of 10, whoever asks."""

    def expected_purchases(self, t, data):
        return pd.Series(2.0 * t, index=data.index)

    def expected_spend(self, data):
        return pd.Series(10.0, index=data.index)


def test_the_value_of_buyers_is_discounted_purchases_times_margin():
    data = pd.DataFrame({"customer_id": ["a", "b"]}, index=[7, 3])
    got = customer_value(Steady(), Steady(), data, horizon=3, discount_rate=0.1, margin=0.3)
    each = sum(2 * 10 * 0.3 / 1.1 ** (t + 0.5) for t in range(3))
    assert got.index.to_list() == [7, 3]
    assert got["customer_id"].to_list() == ["a", "b"]
    assert got[["expected_purchases", "expected_spend"]].iloc[0].to_list() == [6.0, 10.0]
    assert got["value"].to_list() == pytest.approx([each, each])


def test_discounting_from_the_middle_comes_near_to_the_integral():
    data = pd.DataFrame(index=[0])
    rate = 1.1 ** (7 / 365.25) - 1
    got = customer_value(Steady(), Steady(), data, horizon=52, discount_rate=rate, margin=1.0)["value"].item()
    integral = 20 * (1 - (1 + rate) ** -52) / np.log1p(rate)
    assert got == pytest.approx(integral, rel=1e-5)


class ForEver(Steady):
    """The same customer, who never leaves, discounted without end."""

    def discounted_purchases(self, discount_rate, data):
        return pd.Series(2.0 / np.log1p(discount_rate), index=data.index)


def test_without_a_horizon_the_model_discounts_the_whole_lifetime():
    data = pd.DataFrame({"customer_id": ["a", "b"]}, index=[7, 3])
    got = customer_value(ForEver(), Steady(), data, horizon=None, discount_rate=0.01, margin=0.3)
    assert got.columns.to_list() == ["customer_id", "discounted_purchases", "expected_spend", "value"]
    assert got.index.to_list() == [7, 3]
    far = customer_value(ForEver(), Steady(), data, horizon=3000, discount_rate=0.01, margin=0.3)
    assert got["value"].to_list() == pytest.approx(far["value"].to_list(), rel=1e-4)


def test_a_model_without_a_closed_form_needs_a_horizon():
    with pytest.raises(ValueError, match="Steady has no closed form for a whole lifetime; give a horizon"):
        customer_value(Steady(), Steady(), pd.DataFrame(index=[0]), None, 0.1, 0.3)


@pytest.mark.parametrize("horizon", [0, 2.5])
def test_the_horizon_is_whole(horizon):
    with pytest.raises(ValueError, match="whole number of units"):
        customer_value(Steady(), Steady(), pd.DataFrame(index=[0]), horizon, 0.1, 0.3)
