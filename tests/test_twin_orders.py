"""The twin of a shop: its buyers come, spend and leave as those of its original do."""

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from crmlab.buyers import BetaGeo, GammaGamma
from crmlab.company import Company
from crmlab.customers import summarize_customers
from crmlab.simulation import retail, simulate_company
from crmlab.simulation.retail.people import Retail, default_shape
from crmlab.simulation.twin_orders import make_orders, read_orders

CDNOW = Path(os.environ.get("CRMLAB_CDNOW", Path(__file__).parents[1] / ".." / "shared" / "data" / "CDNOW_sample.txt"))
needs_cdnow = pytest.mark.skipif(
    not CDNOW.exists(), reason="the CDNOW sample is not here; name its file in CRMLAB_CDNOW"
)


@pytest.fixture(scope="module")
def shop():
    return simulate_company("retail", customers=1500, seed=3)


@pytest.fixture(scope="module")
def shape(shop):
    return read_orders(shop)


@pytest.fixture(scope="module")
def cdnow():
    rows = pd.read_csv(CDNOW, sep=r"\s+", header=None, usecols=[1, 2, 4], dtype={1: str})
    rows.columns = ["customer_id", "ordered_at", "amount"]
    orders = rows.assign(ordered_at=pd.to_datetime(rows["ordered_at"], format="%Y%m%d"))
    return Company("cdnow", {"orders": orders}, "1998-06-30", "USD")


def twins(shape, seeds, customers=None):
    return [make_orders(shape, customers, seed, "t-", "USD")[0]["orders"] for seed in seeds]


def parameters(orders, end):
    buyers = summarize_customers(orders, end)
    return pd.concat([BetaGeo.fit(buyers).summary(), GammaGamma.fit(buyers).summary()])


def missed(original, copies, end):
    """How many of the twins' 95 % intervals do not hold the original's estimate."""
    truth, fits = parameters(original, end)["estimate"], [parameters(each, end) for each in copies]
    return sum(int(((each["low"] > truth) | (each["high"] < truth)).sum()) for each in fits)


def test_fitted_twins_have_the_parameters_of_their_original(shop, shape):
    """Six twins and seven parameters: of 42 intervals two should miss, and at most six may."""
    assert missed(shop.orders, twins(shape, range(6)), shop.observation_end) <= 6


def test_intervals_would_notice_another_company(shop, shape):
    """Were the rates a fifth higher than in the original, the intervals would say so."""
    other = replace(shape, parameters=shape.parameters | {"alpha": shape.parameters["alpha"] / 1.5})
    assert missed(shop.orders, twins(other, range(6)), shop.observation_end) > 6


@needs_cdnow
def test_twins_of_cdnow_have_its_parameters(cdnow):
    """Four twins and seven parameters: of 28 intervals at most four may miss; and they come back as often."""
    copies = twins(read_orders(cdnow), range(4))
    assert missed(cdnow.orders, copies, cdnow.observation_end) <= 4
    made, *repeats = (
        len(each.drop_duplicates(["customer_id", "ordered_at"])) - each["customer_id"].nunique()
        for each in (cdnow.orders, *copies)
    )
    assert np.mean(repeats) == pytest.approx(made, rel=0.08)


def test_a_season_of_the_original_is_found_and_carried_over(shape):
    """A shop that sells twice as much in November and December as in other months."""
    strong = (1.0,) * 10 + (2.0, 2.0)
    planted = replace(shape, shape=replace(shape.shape, season=strong), parameters=shape.parameters)
    orders = twins(planted, [1], customers=4000)[0]
    found = read_orders(Company("strong", {"orders": orders}, shape.shape.end))
    wanted = np.array(strong) / np.average(strong, weights=[31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
    assert found.seasonal
    np.testing.assert_allclose(found.shape.season, wanted, atol=0.15)
    again = twins(found, [2], customers=4000)[0]
    share = [each["ordered_at"].dt.month.isin([11, 12]).mean() for each in (orders, again)]
    assert share[0] == pytest.approx(share[1], abs=0.03)


def test_without_eighteen_months_no_season_is_read(shop):
    early = shop.orders[shop.orders["ordered_at"] < "2025-06-01"]
    found = read_orders(Company("young", {"orders": early}, "2025-05-31"))
    assert not found.seasonal
    assert set(found.shape.season) == {1.0}


@pytest.mark.parametrize("wanted", [0.0, 0.2])
def test_the_swing_of_the_original_is_found_and_buying_stays(wanted):
    """The mean of four shops, each of which tells the swing to about 0.02; and rates as ever."""
    planted = replace(default_shape(Retail()), swing=wanted, holiday=None)
    found = [read_orders(retail.simulate(1500, seed, {}, shape=planted)) for seed in range(4)]
    assert np.mean([each.shape.swing for each in found]) == pytest.approx(wanted, abs=0.03)
    assert np.mean([each.parameters["r"] for each in found]) == pytest.approx(0.6, rel=0.08)
    assert np.mean([each.parameters["alpha"] for each in found]) == pytest.approx(2.5, rel=0.1)


def test_the_weeks_of_a_twin_swing_as_those_of_its_original(shape):
    calm, swinging = (replace(shape, shape=replace(shape.shape, swing=swing)) for swing in (0.0, 0.3))
    far = [
        np.log(orders.resample("W", on="ordered_at").size()[30:-1]).diff().std()
        for orders in (twins(each, [1], customers=4000)[0] for each in (calm, swinging))
    ]
    assert far[1] > 1.5 * far[0]


def test_a_busy_day_of_the_week_stays_busy(shape):
    busy = replace(shape, shape=replace(shape.shape, weekdays=(1.0, 1.0, 1.0, 1.0, 1.0, 4.0, 1.0)))
    orders = twins(busy, [1], customers=2000)[0]
    repeats = orders[orders.duplicated("customer_id")]  # four tenths, less the second orders that wait a day
    assert (repeats["ordered_at"].dt.dayofweek == 5).mean() == pytest.approx(0.38, abs=0.04)


def test_the_first_customers_of_a_larger_twin_are_those_of_a_smaller_one(shape):
    small, large = (make_orders(shape, size, 5, "t-", "KRW")[1] for size in (50, 90))
    pd.testing.assert_frame_equal(small, large.head(50))


def test_a_parameter_beyond_what_can_be_simulated_is_named(shape):
    with pytest.raises(ValueError, match="alpha is 900"):
        make_orders(replace(shape, parameters=shape.parameters | {"alpha": 900.0}), None, 1, "t-", "KRW")
