"""The shop does what its mechanism declares, and its models find it again."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import crmlab as crm
from crmlab.data.validation import validate
from crmlab.simulation import simulate_company
from crmlab.simulation.retail import simulate
from crmlab.simulation.retail.people import BLOCK, Shape


@pytest.fixture(scope="module")
def shop():
    return simulate_company("retail")


def off_by(fit, truth):
    """Return by how many standard errors each parameter is off, on the scale of logarithms."""
    errors = np.sqrt(np.diag(fit.maximum.covariance))
    return np.abs(fit.maximum.point - np.log([truth[name] for name in fit.NAMES])) / errors


@pytest.mark.parametrize("seed", [11, 1, 2, 5])
def test_the_models_of_buying_and_spending_find_the_parameters_again(seed):
    shop = simulate(None, seed, {})
    buyers = crm.summarize_customers(shop.orders, shop.observation_end, unit="W")
    assert off_by(crm.BetaGeo.fit(buyers), shop.truth).max() < 2.5
    assert off_by(crm.GammaGamma.fit(buyers), shop.truth).max() < 2.5


def test_the_model_foresees_the_second_year(shop):
    buyers = crm.summarize_customers(shop.orders, shop.observation_end, unit="W", calibration_end="2024-12-31")
    check = crm.BetaGeo.fit(buyers).holdout_check(buyers).table
    assert check["actual"].between(check["low"], check["high"]).all()


def test_customers_differ_as_declared(shop):
    known = shop.truth.customers
    assert stats.kstest(known["weekly_rate"], stats.gamma(0.6, scale=1 / 2.5).cdf).statistic < 0.03
    assert stats.kstest(known["leaving_probability"], stats.beta(0.7, 6.0).cdf).statistic < 0.03
    kinds = known.groupby("class")[["weekly_rate", "leaving_probability", "mean_amount"]]
    parts = [part for _, part in kinds]
    for one, two in pairwise(parts):
        assert min(stats.ks_2samp(one[name], two[name]).pvalue for name in one) > 0.001


def test_truth_and_orders_agree(shop):
    known = shop.truth.customers
    assert known["orders"].sum() == len(shop.orders)
    last = shop.orders.groupby("customer_id")["ordered_at"].max()
    left = known.dropna(subset="left_on").set_index("customer_id")["left_on"]
    assert (last[left.index] == left).all()
    first = shop.orders.groupby("customer_id")["ordered_at"].min()
    assert (first[shop.customers["customer_id"]].to_numpy() == shop.customers["acquired_on"].to_numpy()).all()


@pytest.mark.parametrize("customers", [300, 1])
def test_every_table_passes_the_door(customers):
    shop = simulate(customers, 11, {})
    validate(dict(shop.tables), shop.observation_end)


def test_customers_far_on_have_identifiers_like_the_first():
    first, last = simulate(9, 11, {}), simulate(9, 11, {}, first=10_000_000 - BLOCK)
    for name, column in (("customers", "customer_id"), ("orders", "order_id"), ("source_records", "record_id")):
        ids = pd.concat([first.tables[name][column], last.tables[name][column]])
        assert ids.is_unique
        assert len(set(ids.str.len())) == 1


def test_every_order_came_in_by_a_record_of_who_ordered(shop):
    links = shop.truth.source_records
    assert set(links["record_id"]) == set(shop.source_records["record_id"])
    whose = shop.orders.merge(links, on="record_id", suffixes=("", "_of_record"))
    assert len(whose) == len(shop.orders)
    assert (whose["customer_id"] == whose["customer_id_of_record"]).all()
    assert shop.orders["record_id"].nunique() > 1.2 * len(shop.customers)


def test_every_customer_came_as_one_visitor(shop):
    visitors = shop.truth.visitors
    assert set(visitors["customer_id"].dropna()) == set(shop.customers["customer_id"])
    assert set(shop.experiments["unit_id"]) <= set(visitors["visitor_id"])
    assert set(shop.touches["visitor_id"]) <= set(visitors["visitor_id"])


def test_a_million_customers_would_make_ten_million_orders():
    shop = simulate(BLOCK, 3, {})
    assert len(shop.orders) / BLOCK > 10.2


def test_the_first_customers_of_a_large_shop_are_those_of_a_small_one():
    small, large = simulate(300, 7, {}), simulate(BLOCK + 50, 7, {})
    ids = small.customers["customer_id"]
    for name in ("customers", "orders", "tickets"):
        table = large.tables[name]
        same = table[table["customer_id"].isin(ids)].reset_index(drop=True)
        pd.testing.assert_frame_equal(same, small.tables[name])
    lines = large.order_lines
    same = lines[lines["order_id"].isin(small.orders["order_id"])].reset_index(drop=True)
    pd.testing.assert_frame_equal(same, small.order_lines)
    pd.testing.assert_frame_equal(large.truth.customers[:300], small.truth.customers)
    assert large.orders["order_id"].is_unique


def test_a_part_is_what_the_whole_holds_there():
    whole, part = simulate(BLOCK + 50, 7, {}), simulate(50, 7, {}, first=BLOCK)
    pd.testing.assert_frame_equal(whole.customers[BLOCK:].reset_index(drop=True), part.customers)
    pd.testing.assert_frame_equal(whole.order_lines[-len(part.order_lines) :].reset_index(drop=True), part.order_lines)
    with pytest.raises(ValueError, match=r"begins after whole blocks of 10,000"):
        simulate(50, 7, {}, first=50)


@pytest.mark.parametrize(
    ("switch", "changed"),
    [
        ({"shock": 0.0}, {"order_lines"}),
        ({"programme": 0.4}, {"order_lines"}),
        ({"segment_price": 0.0}, set()),
        ({"profile_contrast": 0.0}, {"customers", "source_records"}),  # births are recorded
        ({"moved": 0.5}, {"source_records"}),
        ({"search_effect": 1.0}, {"touches", "experiments"}),
        ({"v": 20_000.0}, {"orders", "order_lines", "customers"}),
    ],
)
def test_a_switch_leaves_the_other_tables_alone(switch, changed):
    usual, switched = simulate(100, 11, {}), simulate(100, 11, switch)
    assert {name for name in usual.tables if not usual.tables[name].equals(switched.tables[name])} == changed


def test_a_shop_takes_the_shape_it_is_given():
    weeks = [1.0] * 5 + [0.0] * 2
    shape = Shape(
        "2021-02-01", "2021-12-31", [1.0] * 30, [1.0] * 12, {"phone": 1.0}, {"Ulsan": 3.0, "Jeju": 1.0}, weeks
    )
    shop = simulate(400, 1, {}, shape)
    assert set(shop.customers["channel"]) == {"phone"}
    assert (shop.customers["region"] == "Ulsan").mean() == pytest.approx(0.75, abs=0.06)
    assert shop.observation_end == "2021-12-31"
    repeats = shop.orders[shop.orders["order_id"].str[-3:] != "001"]["ordered_at"]
    assert (repeats.dt.dayofweek < 5).mean() > 0.97
    validate(dict(shop.tables), shop.observation_end)
