"""What models of buying foresee: intervals of expectations by row, ranges of totals, and the checks at the door."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import buying
import crmlab as crm
from crmlab.buyers.beta_geo import BetaGeo
from crmlab.customers import count_customers
from scripts.calibrate.buyers import TRUTHS, simulate

TRUTH = TRUTHS[BetaGeo]


@pytest.fixture(scope="module")
def buyers() -> pd.DataFrame:
    return simulate(BetaGeo, TRUTH, np.random.default_rng(5), 1500, ahead=20)


@pytest.fixture(scope="module")
def fitted(buyers) -> BetaGeo:
    return BetaGeo.fit(buyers)


def test_each_customer_gets_an_interval_around_what_is_expected(buyers, fitted):
    some = buyers.iloc[[5, 3, 9]].set_axis(["x", "y", "z"])
    told = fitted.predict(20, some)
    assert told.index.to_list() == ["x", "y", "z"]
    pd.testing.assert_series_equal(told["expected_purchases"], fitted.expected_purchases(20, some))
    pd.testing.assert_series_equal(told["probability_alive"], fitted.probability_alive(some))
    assert (told["expected_low"] < told["expected_purchases"]).all()
    assert (told["expected_purchases"] < told["expected_high"]).all()
    assert (told["alive_high"] <= 1).all()


def test_several_times_at_one_go_are_those_asked_for_one_by_one(buyers, fitted):
    some = buyers.iloc[[5, 3, 9, 5]].set_axis(list("wxyz"))
    told = fitted.expected_by_time([0, 3, 20], some)
    assert told.columns.to_list() == [0, 3, 20]
    for t in told.columns:
        pd.testing.assert_series_equal(told[t], fitted.expected_purchases(t, some), check_names=False)
    with pytest.raises(ValueError, match="from 0 up"):
        fitted.expected_by_time([3, -1], some)


def test_the_intervals_are_those_of_drawn_parameters(buyers, fitted):
    """The delta method against draws of the parameters."""
    draws = np.random.default_rng(0).multivariate_normal(fitted.maximum.point, fitted.maximum.covariance, 400)
    some = buyers.query("frequency == 2").head(5)
    past = [some[name].to_numpy(float) for name in BetaGeo.COLUMNS]
    means = [BetaGeo._future_mean(np.exp(draw), np.array(20.0), *past) for draw in draws]
    low, high = np.quantile(means, [0.025, 0.975], axis=0)
    told = fitted.predict(20, some)
    np.testing.assert_allclose(told["expected_low"], low, rtol=0.05)
    np.testing.assert_allclose(told["expected_high"], high, rtol=0.05)


def test_totals_hold_what_happened_and_add_up(buyers, fitted):
    total = fitted.predict_total(20, buyers)
    assert total.loc["purchases", "estimate"] == pytest.approx(fitted.expected_purchases(20, buyers).sum())
    assert total.loc["customers alive", "estimate"] == pytest.approx(fitted.probability_alive(buyers).sum())
    for row, happened in (("purchases", buyers["holdout_frequency"].sum()), ("customers alive", buyers["alive"].sum())):
        assert total.loc[row, "low"] < happened < total.loc[row, "high"]
    pd.testing.assert_frame_equal(fitted.predict_total(20, count_customers(buyers)), total)


def test_the_range_of_a_total_is_wider_than_its_expectations():
    """Of parameters known for certain only the customers' luck is left."""
    model = buying.known(BetaGeo, *TRUTH)
    data = pd.DataFrame({"frequency": [2], "recency": [20.0], "T": [30.0], "customers": [400]})
    row = model.predict_total(20, data).loc["purchases"]
    variance = BetaGeo._future_variance(np.array(TRUTH), np.array(20.0), *(np.array([v]) for v in (2.0, 20.0, 30.0)))
    assert (row["high"] - row["estimate"]) / 1.959964 == pytest.approx(20 * np.sqrt(variance.item()))
    told = model.predict(20, data).iloc[0]
    assert told["expected_low"] == told["expected_high"]


def test_a_shop_has_as_many_customers_left_as_is_foreseen():
    """The truth of the simulated shop holds the day on which each customer left."""
    shop = crm.open_company("retail")
    buyers = crm.summarize_customers(shop.orders, shop.observation_end, unit="W", calibration_end="2024-12-31")
    total = BetaGeo.fit(buyers).predict_total(364 / 7, buyers)
    left = shop.truth.customers.set_index("customer_id")["left_on"].reindex(buyers["customer_id"])
    there = (left.isna() | (left > "2024-12-31")).sum()
    for row, happened in (("purchases", buyers["holdout_frequency"].sum()), ("customers alive", there)):
        assert total.loc[row, "low"] < happened < total.loc[row, "high"]


def test_no_time_ahead_means_no_purchases(buyers, fitted):
    told = fitted.predict(0, buyers.head())
    assert (told[["expected_purchases", "expected_low", "expected_high"]] == 0).all(axis=None)


@pytest.mark.parametrize("t", [-1, np.nan, np.inf])
def test_impossible_times_are_refused(t, buyers, fitted):
    for ask in (fitted.predict, fitted.predict_total, fitted.expected_purchases):
        with pytest.raises(ValueError, match="from 0 up"):
            ask(t, buyers)


def test_a_missing_column_is_named(fitted):
    with pytest.raises(ValueError, match="no column T"):
        fitted.predict(3, pd.DataFrame({"frequency": [1], "recency": [1.0]}))
