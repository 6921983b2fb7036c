"""The closed forms of growth: published answers, brute force, limits."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmlab.growth import customer_equity, effort_share, payback, referral_multiplier


def test_the_published_equities():
    """Blattberg and Deighton (1996): margin 200, discount 10 %."""
    assert customer_equity(20, 0.2, 30, 0.6, margin=200, discount_rate=0.1) == pytest.approx(56)
    assert customer_equity(30, 0.3, 20, 0.5, margin=200, discount_rate=0.1) == pytest.approx(70)
    assert customer_equity(1, 0.04, 8, 0.6, margin=50, discount_rate=0.1) == pytest.approx(2.76)


@settings(deadline=None)
@given(st.floats(0, 1), st.floats(0, 100), st.floats(0, 0.97), st.floats(0, 300), st.floats(0, 0.5))
def test_equity_is_the_sum_it_stands_for(won, spend, kept, margin, discount):
    t = np.arange(1, 2000)
    later = (margin * kept**t - spend * kept ** (t - 1)) * (1 + discount) ** -t.astype(float)
    expected = won * (margin + later.sum()) - 7
    assert customer_equity(7, won, spend, kept, margin=margin, discount_rate=discount) == pytest.approx(
        expected, abs=1e-6
    )


def test_the_published_payback():
    assert payback(2500, 1440) == pytest.approx(1.74, abs=5e-3)


@settings(deadline=None)
@given(st.floats(1, 1e5), st.floats(1, 1e4), st.floats(0.01, 0.999))
def test_payback_with_churn_is_when_the_expected_margin_reaches_the_cost(cac, margin, kept):
    months = payback(cac, margin, kept)
    if math.isinf(months):
        assert margin / (1 - kept) <= cac * (1 + 1e-9)
    else:
        assert margin * (1 - kept**months) / (1 - kept) == pytest.approx(cac, rel=1e-6)
        assert months >= payback(cac, margin) * (1 - 1e-9) or months <= 1


def test_payback_at_its_limits():
    assert payback(0, 0) == 0
    assert payback(100, 0) == math.inf
    assert payback(100, -5) == math.inf
    assert payback(50, 100, retention_rate=0) == 0.5
    assert payback(150, 100, retention_rate=0) == math.inf
    assert payback(1000, 100, 0.999999) == pytest.approx(payback(1000, 100), rel=1e-4)


def test_the_published_shares_of_effort():
    """Winning costs five times a year's keeping: 50 %, 80 %, 90 % of the effort at 80 %, 95 %, 97.8 % retention."""
    assert [effort_share(rate, 5) for rate in (0.8, 0.95, 0.978)] == pytest.approx([0.5, 0.8, 0.9], abs=1.1e-3)
    assert effort_share(1, 5) == effort_share(0.5, 0) == 1


def test_the_published_multiplier():
    assert referral_multiplier(0.1, 0.8) == pytest.approx(2)
    assert referral_multiplier(0, 0.8) == 1


@settings(deadline=None)
@given(st.floats(0, 0.3), st.floats(0, 0.6))
def test_the_multiplier_is_the_sum_of_the_generations(referrals, retention):
    reproduction = referrals / (1 - retention)
    if reproduction < 0.95:
        assert referral_multiplier(referrals, retention) == pytest.approx((reproduction ** np.arange(2000)).sum())


@pytest.mark.parametrize(("referrals", "retention"), [(0.2, 0.8), (0.3, 0.8), (0.1, 1.0), (0, 1.0)])
def test_hunting_can_stop_once_referrals_replace_who_leaves(referrals, retention):
    assert referral_multiplier(referrals, retention) == math.inf


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: customer_equity(1, 1.4, 8, 0.6, margin=50, discount_rate=0.1), "acquisition_rate is 1.4"),
        (lambda: customer_equity(1, 0.4, 8, 1.6, margin=50, discount_rate=0.1), "retention_rate is 1.6"),
        (lambda: customer_equity(1, 0.4, 8, 1.0, margin=50, discount_rate=0.0), "infinite"),
        (lambda: customer_equity(1, 0.4, 8, 0.6, margin=50, discount_rate=float("nan")), "infinite or unknown"),
        (lambda: customer_equity(-1, 0.4, 8, 0.6, margin=50, discount_rate=0.1), "acquisition_spend is -1"),
        (lambda: customer_equity(1, 0.4, math.nan, 0.6, margin=50, discount_rate=0.1), "retention_spend is nan"),
        (lambda: customer_equity(1, 0.4, 8, 0.6, margin=math.inf, discount_rate=0.1), "margin is inf"),
        (lambda: payback(-1, 10), "cac is -1"),
        (lambda: payback(1, math.nan), "monthly_margin is missing"),
        (lambda: payback(1, 10, 90), "retention_rate is 90"),
        (lambda: effort_share(0.8, -5), "cost_ratio is -5"),
        (lambda: effort_share(80, 5), "retention_rate is 80"),
        (lambda: referral_multiplier(-0.1, 0.8), "referrals is -0.1"),
        (lambda: referral_multiplier(0.1, float("nan")), "retention_rate is nan"),
    ],
)
def test_impossible_questions_are_refused(call, said):
    with pytest.raises(ValueError, match=said):
        call()
