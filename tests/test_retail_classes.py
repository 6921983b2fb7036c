"""Classes are what customers are like; the departments' cut-offs miss them, at a price that is known."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from crmlab.simulation.retail import classes, simulate
from crmlab.simulation.retail.classes import AGES, CLASSES, FEMALE, PROFITS, SHARES, SPREAD

SEGMENTS = ("marketing_segment", "sales_segment", "service_segment")


@pytest.fixture(scope="module")
def shop():
    return simulate(4000, 11, {})


def loss(shop, segment):
    """Return what is lost a customer when each segment gets its best treatment, and not each class its own."""
    profit = shop.truth.treatments.pivot_table(index="class", columns="treatment", values="profit", sort=False)
    counts = pd.crosstab(np.asarray(segment), shop.truth.customers["class"]).reindex(
        columns=list(CLASSES), fill_value=0
    )
    earned = (counts.to_numpy() @ profit.to_numpy()).max(axis=1).sum()
    best = counts.to_numpy().sum(axis=0) @ profit.to_numpy().max(axis=1)
    return (best - earned) / counts.to_numpy().sum()


def tastes(shop):
    """Return how many lines each customer has in each category."""
    lines = shop.order_lines.merge(shop.products[["product_id", "category"]])
    lines = lines.merge(shop.orders[["order_id", "customer_id"]])
    counts = pd.crosstab(lines["customer_id"], lines["category"])
    return counts.reindex(shop.customers["customer_id"], fill_value=0).to_numpy(float)


def mixture(counts, kinds=5, rounds=150, starts=4):
    """Return the most likely kind of each row by a mixture of multinomials: the best of some starts."""
    best, found = -np.inf, np.zeros(len(counts), dtype=int)
    for start in range(starts):
        draw = np.random.default_rng(start)
        share, taste = np.full(kinds, 1 / kinds), draw.dirichlet(np.full(counts.shape[1], 3.0), kinds)
        for _ in range(rounds):
            height = counts @ np.log(taste).T + np.log(share)
            total = np.logaddexp.reduce(height, axis=1)
            weight = np.exp(height - total[:, None])
            share = weight.mean(axis=0)
            taste = weight.T @ counts + 0.5
            taste /= taste.sum(axis=1, keepdims=True)
        if total.sum() > best:
            best, found = total.sum(), weight.argmax(axis=1)
    return found


def test_cut_offs_lose_what_a_mixture_on_tastes_keeps(shop):
    known = tastes(shop)
    often = known.sum(axis=1) >= 8
    regular = type(shop)("retail", {"customers": shop.customers[often]}, "", truth=thin(shop.truth, often))
    by_rule = min(loss(regular, regular.customers[name]) for name in SEGMENTS)
    assert loss(regular, mixture(known[often])) < 0.4 * by_rule
    assert loss(regular, regular.truth.customers["class"]) == 0


def thin(truth, rows):
    return type(truth)(truth.parameters, dict(truth.tables) | {"customers": truth.customers[rows]})


def test_where_classes_are_alike_there_is_nothing_to_find():
    alike = simulate(4000, 11, {"class_contrast": 0})
    known = tastes(alike)
    often = known.sum(axis=1) >= 8
    regular = type(alike)("retail", {}, "", truth=thin(alike.truth, often))
    assert loss(regular, mixture(known[often])) > 0.95 * loss(regular, np.zeros(often.sum()))


def test_the_loss_of_marketing_is_the_one_derived_from_age_and_gender():
    shop = simulate(10_000, 11, {})
    young = stats.norm.cdf((classes.MIDDLE_AGE - 0.5 - AGES) / SPREAD)
    women = FEMALE
    cells = [SHARES * age * sex for age in (young, 1 - young) for sex in (women, 1 - women)]
    earned = sum((cell @ PROFITS).max() for cell in cells)
    derived = 12_000 * (1 - earned)
    assert loss(shop, shop.customers["marketing_segment"]) == pytest.approx(derived, rel=0.04)


def test_the_amounts_tell_sales_nothing_of_the_class(shop):
    derived = 12_000 * (1 - (SHARES @ PROFITS).max())
    assert loss(shop, shop.customers["sales_segment"]) == pytest.approx(derived, rel=0.06)


def test_contacts_tell_service_a_little(shop):
    alone = loss(shop, np.zeros(len(shop.customers)))
    assert loss(shop, shop.customers["service_segment"]) < alone
    assert loss(shop, shop.customers["service_segment"]) > 0.8 * alone


def test_the_price_of_segmenting_apart_can_be_switched_off():
    free = simulate(500, 11, {"segment_price": 0})
    assert [loss(free, free.customers[name]) for name in SEGMENTS] == [0, 0, 0]


def test_without_profiles_marketing_sees_no_more_than_sales():
    blind = simulate(10_000, 11, {"profile_contrast": 0})
    assert loss(blind, blind.customers["marketing_segment"]) == pytest.approx(loss(blind, np.zeros(10_000)), rel=0.02)


def test_the_departments_hardly_agree(shop):
    for one, two in (SEGMENTS[:2], SEGMENTS[::2]):
        table = pd.crosstab(shop.customers[one], shop.customers[two])
        chi = stats.chi2_contingency(table).statistic
        assert np.sqrt(chi / table.to_numpy().sum() / (min(table.shape) - 1)) < 0.15  # Cramér's V


def test_each_segment_follows_from_what_its_department_sees(shop):
    customers = shop.customers.set_index("customer_id")
    spent = shop.orders.groupby("customer_id")["amount"].sum()
    asked = shop.tickets["customer_id"].value_counts().reindex(customers.index, fill_value=0)
    assert set(customers.loc[spent[spent >= 1_000_000].index, "sales_segment"]) == {"large"}
    assert set(customers.loc[spent[spent < 300_000].index, "sales_segment"]) == {"small"}
    assert set(customers.loc[asked[asked >= 3].index, "service_segment"]) == {"frequent"}
    assert set(customers.loc[asked[asked == 0].index, "service_segment"]) == {"silent"}
    older = customers.loc[2024 - customers["birth_year"] >= 40, "marketing_segment"]
    assert set(older) == {"women from 40", "men from 40"}


def test_bargain_hunters_pay_less_of_the_list_price(shop):
    lines = shop.order_lines.merge(shop.products).merge(shop.orders[["order_id", "customer_id"]])
    lines = lines.merge(shop.truth.customers[["customer_id", "class"]])
    paid = (lines["amount"] / (lines["price"] * lines["quantity"])).astype(float).groupby(lines["class"]).mean()
    assert paid["bargain hunter"] < paid["gourmet"] - 0.15


def test_shares_add_up():
    assert SHARES.sum() == pytest.approx(1)
    assert classes.TASTES.sum(axis=1) == pytest.approx(1)
    assert classes.WORRIES.sum(axis=1) == pytest.approx(1)
