"""Cost of ownership: cash flows by hand, where two systems cost the same, and prices that cannot be."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import crmlab as crm
from crmlab.adoption.ownership import CostOfOwnership
from crmlab.plots import alternative_text

TWO = pd.DataFrame(
    {
        "name": ["rented", "owned"],
        "hosting": ["cloud", "on-premises"],
        "setup_cost": [10.0, 400.0],
        "migration_cost": [20.0, 50.0],
        "integration_cost": [30.0, 60.0],
        "monthly_licence": [1.0, 0.25],
        "yearly_upkeep": [5.0, 40.0],
    }
)


def vendors() -> pd.DataFrame:
    return crm.open_company("b2b").vendors


def test_cash_flows_by_hand():
    cost = CostOfOwnership.from_vendors(TWO, users=[10, 20], years=2, discount_rate=0.1, benefit=30.0)
    assert cost.cash_flows["rented"].to_list() == [-60, 10 * 30 - 120 - 5, 20 * 30 - 240 - 5]
    assert cost.cash_flows["owned"].to_list() == [-510, 10 * 30 - 30 - 40, 20 * 30 - 60 - 40]
    rented = cost.table.loc["rented"]
    assert rented["total_cost"] == pytest.approx(60 + 125 / 1.1 + 245 / 1.21)
    assert rented["paid"] == 60 + 125 + 245
    assert rented["net_present_value"] == pytest.approx(-60 + 175 / 1.1 + 355 / 1.21)


@settings(max_examples=30, deadline=None)
@given(rate=st.floats(0, 0.5), years=st.integers(1, 12))
def test_at_the_break_even_both_cost_the_same(rate, years):
    cost = CostOfOwnership.from_vendors(TWO, users=60, years=years, discount_rate=rate)
    row = cost.break_even().iloc[0]
    totals = cost.with_users(row["users"])
    assert totals["rented"] == pytest.approx(totals["owned"])
    assert cost.with_users(row["users"] + 1)["owned"] < cost.with_users(row["users"] + 1)["rented"]
    saved = 60 * 12 * 0.75 - 35
    annuity = row["year"] if rate < 1e-12 else -np.expm1(-row["year"] * np.log1p(rate)) / rate
    assert saved * annuity == pytest.approx(450, rel=1e-6)


def test_without_discount_all_that_is_paid_is_the_cost():
    table = CostOfOwnership.from_vendors(vendors(), 90, 5, 0.0).table
    np.testing.assert_allclose(table["paid"], table["total_cost"])
    assert "net_present_value" not in table


def test_the_best_of_the_companys_systems_depends_on_the_number_of_users():
    few = CostOfOwnership.from_vendors(vendors(), 20, 5, 0.08)
    many = CostOfOwnership.from_vendors(vendors(), 400, 5, 0.08)
    assert few.table.loc[few.summary().index[0], "hosting"] == "cloud"
    assert many.table.loc[many.summary().index[0], "hosting"] == "on-premises"
    even = few.break_even().loc[("Baram Sales", "Dolmen")]
    assert 20 < even["users"] < 400
    assert even["cheaper_now"] == "Baram Sales"


def test_what_is_never_cheaper_has_no_break_even():
    dear = TWO.assign(monthly_licence=[1.0, 2.0])
    row = CostOfOwnership.from_vendors(dear, 10, 3, 0.05).break_even().iloc[0]
    assert row["cheaper_now"] == "rented"
    assert row[["users", "year"]].isna().all()
    slow = CostOfOwnership.from_vendors(TWO, 5, 3, 0.05).break_even().iloc[0]
    assert np.isnan(slow["year"])  # the yearly saving never makes up for the start at this discount


@pytest.mark.parametrize(
    ("table", "options", "said"),
    [
        (TWO.drop(columns="setup_cost"), {}, "no column setup_cost"),
        (TWO.assign(setup_cost=[1, -1]), {}, "setup_cost is negative in 1 rows"),
        (TWO.assign(setup_cost=[1, None]), {}, "setup_cost: 1 values are empty"),
        (TWO.assign(name="same"), {}, "stands there twice"),
        (TWO.head(0), {}, "there is none"),
        (TWO, {"years": 0}, "years is 0"),
        (TWO, {"users": [1, 2, 3]}, "each of the 2 years"),
        (TWO, {"users": -3}, "negative"),
        (TWO, {"discount_rate": -2}, "rate a year"),
    ],
)
def test_prices_that_cannot_be_are_refused(table, options, said):
    with pytest.raises(ValueError, match=said):
        CostOfOwnership.from_vendors(table, **({"users": 10, "years": 2, "discount_rate": 0.1} | options))


def test_break_even_needs_both_kinds_of_hosting():
    cost = CostOfOwnership.from_vendors(TWO.drop(columns="hosting"), 10, 2, 0.1)
    with pytest.raises(ValueError, match="hosting must name"):
        cost.break_even()


def test_the_pictures_ask_a_question_and_say_their_numbers():
    cost = CostOfOwnership.from_vendors(TWO, 10, 2, 0.0)
    ax = cost.plot()
    assert ax.get_title() == "What does the system cost over the years?"
    assert "rented ends at 0.00031" in alternative_text(ax.figure)
    worth = CostOfOwnership.from_vendors(TWO, 10, 2, 0.0, benefit=[30, 40]).plot()
    assert worth.get_title() == "When has the system paid for itself?"
