"""Baskets add up, and what looks like the success of a programme is a quarter in which everything was cheaper."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from crmlab.simulation.retail import simulate
from crmlab.simulation.retail.orders import CATEGORIES, PRICES, programme_quarter, programme_region
from crmlab.simulation.retail.people import BLOCK, Retail, Shape, default_shape


@pytest.fixture(scope="module")
def shop():
    return simulate(4000, 11, {})


def test_the_lines_of_an_order_add_up_to_its_amount(shop):
    sums = shop.order_lines.groupby("order_id", sort=False)["amount"].sum()
    assert sums.index.to_list() == shop.orders["order_id"].to_list()
    assert (sums.to_numpy() == shop.orders["amount"].to_numpy()).all()
    assert (shop.order_lines["amount"] % 10 == 0).all()
    assert shop.order_lines["amount"].min() >= 10


def test_a_product_stands_once_in_an_order_and_never_above_its_list_price(shop):
    assert not shop.order_lines.duplicated(["order_id", "product_id"]).any()
    lines = shop.order_lines.merge(shop.products)
    paid = lines["amount"] / (lines["quantity"] * lines["price"])
    assert paid.max() <= 1
    assert paid.quantile(0.01) > 0.3
    assert len(lines) / len(shop.orders) == pytest.approx(1.4, abs=0.02)


def test_the_shop_earns_about_three_tenths(shop):
    lines = shop.order_lines.merge(shop.products)
    cost = (lines["unit_cost"] * lines["quantity"]).sum()
    assert 0.25 < 1 - cost / lines["amount"].sum() < 0.35


def test_the_catalogue_rises_from_cheap_to_dear():
    assert (np.diff(PRICES, axis=1) > 0).all()
    names = [name for group in CATEGORIES.values() for name in group]
    assert len(set(names)) == PRICES.size


def test_a_customer_orders_at_most_once_a_day(shop):
    assert not shop.orders.duplicated(["customer_id", "ordered_at"]).any()
    short = replace(default_shape(Retail()), end="2024-02-15")
    busy = simulate(200, 1, {"r": 5.0, "alpha": 0.8, "a": 0.1, "b": 20.0}, short)
    assert len(busy.orders) > 200 * 15
    assert not busy.orders.duplicated(["customer_id", "ordered_at"]).any()
    assert busy.orders["order_id"].is_unique


def pieces_an_order(shop):
    """Return the pieces an order by region in the quarter of the programme and in the one before."""
    orders = shop.orders.merge(shop.order_lines.groupby("order_id")["quantity"].sum().reset_index())
    orders = orders.merge(shop.customers[["customer_id", "region"]])
    where = np.where(orders["region"] == "Busan", "Busan", "elsewhere")
    table = orders.groupby([where, orders["ordered_at"].dt.to_period("Q")])["quantity"].agg(["mean", "sem"])
    now, before = (table.xs(pd.Period(quarter), level=1) for quarter in ("2025Q2", "2025Q1"))
    change = np.log(now["mean"].astype(float)) - np.log(before["mean"].astype(float))
    error = np.hypot(*((part["sem"] / part["mean"]).to_numpy(float) for part in (now, before)))
    return change, pd.Series(error, change.index)


@pytest.mark.parametrize("seed", [11, 1, 2])
def test_before_and_after_is_fooled_and_the_difference_of_differences_is_not(seed):
    change, error = pieces_an_order(simulate(None, seed, {}))
    assert change["Busan"] > 2.5 * error["Busan"]
    assert abs(change["Busan"] - change["elsewhere"]) < 2.5 * np.hypot(*error)
    quiet, error = pieces_an_order(simulate(None, seed, {"shock": 0}))
    assert abs(quiet["Busan"]) < 2.5 * error["Busan"]


def test_a_programme_that_works_is_found_at_its_size():
    change, error = pieces_an_order(simulate(BLOCK, 11, {"programme": 0.5}))
    assert change["Busan"] - change["elsewhere"] == pytest.approx(np.log(1.5), abs=2.5 * np.hypot(*error))
    assert change["Busan"] == pytest.approx(np.log(1.5 * 1.25), abs=2.5 * error["Busan"])


def test_the_truth_holds_both_outcomes_of_the_programme(shop):
    assert (shop.truth.programme["pieces"] == shop.truth.programme["pieces_without_programme"]).all()
    ran = simulate(4000, 11, {"programme": 0.5}).truth.programme.set_index("region")
    usual = shop.truth.programme.set_index("region")
    assert (ran["pieces_without_programme"] == usual["pieces"]).all()
    assert ran.loc["Busan", "pieces"] / usual.loc["Busan", "pieces"] == pytest.approx(1.5, abs=0.05)
    assert ran["programme"].to_dict() == {name: name == "Busan" for name in ran.index}
    lines = shop.order_lines.merge(shop.orders[["order_id", "customer_id", "ordered_at"]])
    lines = lines[lines["ordered_at"].between("2025-04-01", "2025-06-30")].merge(shop.customers)
    assert (lines.groupby("region")["quantity"].sum() == usual["pieces"]).all()


def test_money_and_days_know_nothing_of_shock_and_programme(shop):
    other = simulate(4000, 11, {"shock": 1.0, "programme": 1.0})
    assert other.orders.equals(shop.orders)
    assert other.order_lines["amount"].equals(shop.order_lines["amount"])


def test_the_quarter_lies_in_the_later_part_and_busan_may_be_missing():
    shape = default_shape(Retail())
    first, last = programme_quarter(shape)
    assert (str(first.date()), str(last.date())) == ("2025-04-01", "2025-06-30")
    assert programme_region(shape) == "Busan"
    abroad = Shape("2021-01-01", "2021-12-31", [1.0], [1.0] * 12, {"web": 1.0}, {"Kent": 1.0}, [1.0] * 7)
    assert programme_region(abroad) == "Kent"
