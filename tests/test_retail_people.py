"""The clock of the shop: busy days are long, the window keeps its length, and behaviour stays what it was."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from crmlab.simulation.retail import simulate
from crmlab.simulation.retail.people import BLOCK, Retail, clocks, customer_ids, default_shape, pick, spell

PLAIN = np.ones(1)


def weights(**switches):
    mechanism = Retail(**switches)
    shape = default_shape(mechanism)
    return pd.Series(np.diff(clocks(mechanism, shape, PLAIN, 11)[0]), shape.days)


def test_the_window_is_as_long_as_on_the_calendar():
    mechanism = Retail(season=4)
    shape = default_shape(mechanism)
    time = clocks(mechanism, shape, np.array([1.0, 0.5, 2.0]), 11)
    assert (time[:, 0] == 0).all()
    assert (time[:, -1] == len(shape.days)).all()
    assert (np.diff(time, axis=1) >= 0).all()


def test_saturdays_are_long_and_holidays_short():
    by_day = weights(season=0)
    week = by_day.groupby(by_day.index.dayofweek).median()
    assert week.idxmax() == 5
    assert by_day.loc["2025-10-06"] < 0.7 * week.mean()


def test_a_holiday_is_a_day_like_others_where_the_calendar_does_not_hold():
    abroad = replace(default_shape(Retail()), holiday=None)
    by_day = pd.Series(np.diff(clocks(Retail(season=0), abroad, PLAIN, 11)[0]), abroad.days)
    assert by_day.groupby(by_day.index.dayofweek).std().max() < 1e-9


@pytest.mark.parametrize("begin", range(7))
def test_weeks_swing_as_far_as_wanted_on_whatever_weekday_they_begin(begin):
    shape = replace(default_shape(Retail()), holiday=None, swing=0.2)
    clock = np.concatenate([clocks(Retail(season=0), shape, PLAIN, seed)[0, begin::7] for seed in range(30)])
    trade = np.diff(clock)
    assert np.log(trade[trade > 0]).std() == pytest.approx(0.2, rel=0.08)
    assert trade[trade > 0].mean() == pytest.approx(7, rel=0.01)


def test_the_swing_belongs_to_the_shop_and_not_to_its_customers():
    swinging = replace(default_shape(Retail()), swing=0.3)
    calm, moved = simulate(2500, 11, {}), simulate(2500, 11, {}, shape=swinging)
    weeks = [shop.orders.resample("W", on="ordered_at").size()[30:-1] for shop in (calm, moved)]
    assert np.log(weeks[1]).diff().std() > 1.5 * np.log(weeks[0]).diff().std()
    columns = ["weekly_rate", "leaving_probability", "mean_amount", "class"]
    assert calm.truth.customers[columns].equals(moved.truth.customers[columns])
    assert calm.customers["acquired_on"].equals(moved.customers["acquired_on"])


def test_a_swing_out_of_range_is_refused():
    with pytest.raises(ValueError, match=r"swing is 1.5; choose a value from 0 to 1"):
        replace(default_shape(Retail()), swing=1.5)


def test_a_season_bends_the_count_of_orders_but_not_the_customers():
    flat, bent = simulate(2500, 11, {"season": 0}), simulate(2500, 11, {"season": 8})
    months = [shop.orders["ordered_at"].dt.strftime("%Y-%m").value_counts() for shop in (flat, bent)]
    growth = [count["2025-12"] / count["2025-02"] for count in months]
    assert growth[1] > 1.2 > growth[0]  # who reads growth from two months is fooled by the season
    columns = ["weekly_rate", "leaving_probability", "mean_amount", "class"]
    assert flat.truth.customers[columns].equals(bent.truth.customers[columns])


def test_nobody_arrives_after_the_weeks_of_arrival():
    shop = simulate(500, 11, {"arrival_weeks": 4})
    assert shop.customers["acquired_on"].max() < pd.Timestamp("2024-01-29")


def test_the_weekend_belongs_to_some_classes_more_than_to_others():
    shop = simulate(BLOCK, 11, {})
    days = shop.orders.merge(shop.truth.customers[["customer_id", "class"]])
    weekend = (days["ordered_at"].dt.dayofweek >= 5).groupby(days["class"]).mean()
    assert weekend["gourmet"] > weekend["bargain hunter"] + 0.08
    alike = simulate(BLOCK, 11, {"class_contrast": 0})
    days = alike.orders.merge(alike.truth.customers[["customer_id", "class"]])
    weekend = (days["ordered_at"].dt.dayofweek >= 5).groupby(days["class"]).mean()
    assert weekend.max() - weekend.min() < 0.03


def test_more_orders_than_days_are_refused():
    with pytest.raises(ValueError, match=r"r / alpha is 8 orders a week; choose at most 7"):
        simulate(5, 1, {"r": 4.0, "alpha": 0.5})


def test_identifiers_are_spelt_alike_whatever_the_number():
    assert customer_ids(999)[-1] == "C10000000"
    assert spell("T", (np.array([0, 98]), 2)).tolist() == ["T00", "T98"]


def test_a_chance_falls_on_its_weight():
    assert pick(np.array([0.0, 0.24, 0.26, 0.999]), np.array([1.0, 0.0, 3.0])).tolist() == [0, 0, 2, 2]
