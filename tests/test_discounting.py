"""Discounted purchases of a lifetime: against sums of expected purchases, and impossible rates."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.special import exp1, hyperu

import buying
from crmlab.buyers.pareto_nbd import ParetoNBD, _discounted_time
from scripts.calibrate.buyers import TRUTHS, simulate

TRUTH = TRUTHS[ParetoNBD]
RATE = 1.1 ** (1 / 52) - 1


def test_the_lifetime_is_the_sum_of_its_weeks():
    model = buying.known(ParetoNBD, *TRUTH)
    data = pd.DataFrame({"frequency": [0, 3], "recency": [0, 20.0], "T": [30.0, 30.0]})
    times = np.arange(0, 12_000, 2.0)
    rows = [np.full((2, len(times)), data[[name]].to_numpy()) for name in ParetoNBD.COLUMNS]
    means = [ParetoNBD._future_mean(np.array(TRUTH), times, *(row[i] for row in rows)) for i in range(2)]
    summed = np.diff(means, axis=1) @ (1 + RATE) ** -(times[:-1] + 1)
    np.testing.assert_allclose(model.discounted_purchases(RATE, data), summed, rtol=1e-5)


@pytest.mark.parametrize("z", [1e-4, 0.01, 1.0, 40.0])
def test_the_discounted_time_is_tricomis_function(z):
    assert _discounted_time(1.0, np.array([z])).item() == pytest.approx(np.exp(z) * exp1(z), rel=1e-10)
    for s in (0.3, 0.9, 2.5):
        assert _discounted_time(s, np.array([z])).item() == pytest.approx(hyperu(1, 2 - s, z), rel=1e-8)


def test_where_all_leave_alike_it_is_a_constant_rate():
    """A rate of leaving of 0.02 and of buying of 0.14: 0.14 / (0.02 + ln(1 + d))."""
    got = buying.known(ParetoNBD, 0.7, 5.0, 1e6, 5e7).discounted_purchases_new(RATE)["estimate"].item()
    assert got == pytest.approx(0.14 / (0.02 + np.log1p(RATE)), rel=1e-5)


def test_a_new_customer_has_an_interval():
    model = ParetoNBD.fit(simulate(ParetoNBD, TRUTH, np.random.default_rng(5), 1500, ahead=1))
    row = model.discounted_purchases_new(RATE).iloc[0]
    truth = buying.known(ParetoNBD, *TRUTH).discounted_purchases_new(RATE)["estimate"].item()
    assert row["low"] < row["estimate"] < row["high"]
    assert row["low"] < truth < row["high"]


@pytest.mark.parametrize("rate", [0, -0.1, np.nan, np.inf])
def test_impossible_rates_are_refused(rate):
    with pytest.raises(ValueError, match="rate per unit of time above 0"):
        buying.known(ParetoNBD, *TRUTH).discounted_purchases_new(rate)
