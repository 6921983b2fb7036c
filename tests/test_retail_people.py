"""The clock of the shop: busy days are long, the window keeps its length, and behaviour stays what it was."""

import numpy as np
import pandas as pd
import pytest

from crmlab.simulation.retail import simulate
from crmlab.simulation.retail.people import BLOCK, Retail, clocks, customer_ids, default_shape, pick, spell

PLAIN = np.ones(1)


def weights(**switches):
    mechanism = Retail(**switches)
    shape = default_shape(mechanism)
    return pd.Series(np.diff(clocks(mechanism, shape, PLAIN)[0]), shape.days)


def test_the_window_is_as_long_as_on_the_calendar():
    mechanism = Retail(season=4)
    shape = default_shape(mechanism)
    time = clocks(mechanism, shape, np.array([1.0, 0.5, 2.0]))
    assert (time[:, 0] == 0).all()
    assert (time[:, -1] == len(shape.days)).all()
    assert (np.diff(time, axis=1) >= 0).all()


def test_saturdays_are_long_and_holidays_short():
    by_day = weights(season=0)
    week = by_day.groupby(by_day.index.dayofweek).median()
    assert week.idxmax() == 5
    assert by_day.loc["2025-10-06"] < 0.7 * week.mean()


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
