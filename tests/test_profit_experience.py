"""Profit and experience: corners counted by hand, coverage, the company's unprofitable friends, and bad tables."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import crmlab as crm
from crmlab.loyalty import ProfitExperience
from crmlab.loyalty.profit_experience import QUADRANTS
from crmlab.plots import alternative_text

BY_HAND = pd.DataFrame(
    {
        "csat": [5, 4, 5, 2, 3, 1, None],
        "revenue": [10.0, 10, 10, 10, 10, 10, 10],
        "cost_to_serve": [2.0, 10, 14, 5, 11, 12, 3],
        "customers": [3, 1, 2, 2, 1, 1, 4],
    }
)


def test_the_corners_by_hand():
    got = ProfitExperience.from_customers(BY_HAND, "csat", good_experience=4)
    table = got.table
    assert list(table.index) == list(QUADRANTS)
    assert table["customers"].to_list() == [4, 2, 2, 2]
    assert table["total_margin"].to_list() == [24, -8, 10, -3]
    assert table["margin"].to_list() == [6, -4, 5, -1.5]
    assert table["margin_share"].to_list() == pytest.approx([24 / 23, -8 / 23, 10 / 23, -3 / 23])
    assert table["share"].sum() == pytest.approx(1)
    assert got.left_out == 4


def test_rows_and_counts_give_one_answer():
    rows = BY_HAND.loc[BY_HAND.index.repeat(BY_HAND["customers"])].drop(columns="customers")
    one, other = (ProfitExperience.from_customers(data, "csat", 4) for data in (rows, BY_HAND))
    pd.testing.assert_frame_equal(one.table, other.table, rtol=1e-9)
    assert one.left_out == other.left_out


def test_the_intervals_of_the_shares_cover():
    """Of 100 samples of 80 customers each interval may miss up to 12."""
    rng, missed = np.random.default_rng(4), np.zeros(4)
    truth = np.array([0.5 * 0.7, 0.5 * 0.3, 0.5 * 0.7, 0.5 * 0.3])
    for _ in range(100):
        money = {"revenue": np.full(80, 10.0), "cost_to_serve": np.where(rng.random(80) < 0.7, 5.0, 15.0)}
        people = pd.DataFrame({"csat": rng.integers(1, 3, 80), **money})
        table = ProfitExperience.from_customers(people, "csat", 2).table
        missed += ~((table["low"] <= truth) & (truth <= table["high"])).to_numpy()
    assert (missed <= 12).all(), missed
    assert missed.sum() > 2


def test_in_the_company_the_content_cost_less_and_some_of_them_bring_nothing():
    company = crm.open_company("subscription")
    said = company.surveys.dropna(subset="csat").groupby("customer_id")["csat"].mean().astype(float)
    people = company.contracts.merge(said, on="customer_id")
    people["cost_to_serve"] = people["monthly_fee"] - people["monthly_margin"]
    got = ProfitExperience.from_customers(people, "csat", 4, 5000, ("monthly_fee", "cost_to_serve")).table
    assert got.loc["content, unprofitable", "low"] > 0.04
    risk = got["customers"].to_numpy()
    assert risk[1] / risk[:2].sum() < risk[3] / risk[2:].sum()


def test_an_empty_corner_has_no_means():
    got = ProfitExperience.from_customers(BY_HAND.iloc[:1], "csat", 4)
    assert got.table["customers"].to_list() == [3, 0, 0, 0]
    assert got.table["margin"].notna().to_list() == [True, False, False, False]
    assert "discontent" not in alternative_text(got.plot().figure)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"csat": None}, "no customer has a score"),
        ({"revenue": None}, "values are empty"),
        ({"customers": -1}, "a count is negative"),
        ({"cost_to_serve": 10.0}, "add up to 0"),
    ],
)
def test_tables_that_cannot_tell_are_refused(change, said):
    with pytest.raises(ValueError, match=said):
        ProfitExperience.from_customers(BY_HAND.assign(**change), "csat", 4)


def test_a_missing_column_is_named():
    with pytest.raises(ValueError, match="no column revenue"):
        ProfitExperience.from_customers(BY_HAND.drop(columns="revenue"), "csat", 4)


def test_the_picture_asks_a_question_and_says_its_numbers():
    got = ProfitExperience.from_customers(BY_HAND, "csat", 4)
    ax = got.plot()
    assert ax.get_title() == "Are the content customers the profitable ones?"
    assert "content, unprofitable: 20.0 % of customers, margin -4" in alternative_text(ax.figure)
    assert got.summary()["share"].to_list() == [0.4, 0.2, 0.2, 0.2]
