"""Rules: sizes, order, overlap, the four tests, and tables that cannot be sorted."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import crmlab as crm
from crmlab.plots import alternative_text
from crmlab.segments import Rules, at_least, between, equals

PEOPLE = pd.DataFrame(
    {
        "orders": [5, 4, 3, 1, None],
        "gender": ["female", "male", "female", "female", "male"],
        "spent": [50.0, 20, 10, 15, 5],
        "customers": [10, 10, 20, 30, 30],
    }
)
RULES = {"regular": at_least("orders", 3), "women": equals("gender", "female")}


def test_the_first_rule_that_fits_has_the_customer():
    sorted_ = Rules.from_customers(PEOPLE, RULES, value="spent")
    assert sorted_.members["segment"].to_list() == ["regular", "regular", "regular", "women", "the rest"]
    assert sorted_.table["customers"].to_list() == [40, 30, 30]
    assert sorted_.table["met"].to_list() == [40, 60, 30]
    assert sorted_.table["known"].to_list() == pytest.approx([0.7, 1.0, 0.7])
    assert sorted_.table["value"].to_list() == [900, 450, 150]
    assert sorted_.table["value_share"].to_list() == pytest.approx([0.6, 0.3, 0.1])
    assert sorted_.table["mean_value"].to_list() == pytest.approx([22.5, 15, 5])
    assert (sorted_.table["low"] < sorted_.table["share"]).all()


def test_overlapping_segments_count_a_customer_in_each():
    overlapping = Rules.from_customers(PEOPLE, RULES, overlapping=True)
    assert overlapping.table["customers"].to_list() == [40, 60, 30]
    assert overlapping.members["women"].to_list() == [True, False, True, True, False]


@pytest.mark.parametrize("overlapping", [False, True])
def test_rows_and_counts_give_one_answer(overlapping):
    rows = PEOPLE.loc[PEOPLE.index.repeat(PEOPLE["customers"])].drop(columns="customers")
    tables = [Rules.from_customers(data, RULES, "spent", overlapping).table for data in (PEOPLE, rows)]
    pd.testing.assert_frame_equal(*tables)


def test_the_four_tests():
    actions = {"regular": "call", "women": "letter", "the rest": "letter"}
    reachable = [True, False, True, False, False]
    tests = Rules.from_customers(PEOPLE, RULES, value="spent").tests(actions, reachable, smallest=200)
    assert tests["measurable"].to_list() == [False, True, False]
    assert tests["reached"].to_list() == pytest.approx([0.75, 0, 0])
    assert tests["accessible"].to_list() == [True, False, False]
    assert tests["substantial"].to_list() == [True, True, False]
    assert tests["actionable"].to_list() == [True, False, False]  # a letter goes to the rest as well
    unknown = Rules.from_customers(PEOPLE, RULES, overlapping=True).tests({"regular": "call"})
    assert unknown["accessible"].isna().all()
    assert unknown["actionable"].to_list() == [True, False, False]
    assert Rules.from_customers(PEOPLE, RULES, overlapping=True).tests({}, reachable)["reached"].iloc[1] == 0.5


def test_a_rule_segment_of_the_shop_is_what_a_filter_counts():
    shop = crm.open_company("retail")
    recent = shop.orders[shop.orders["ordered_at"] > "2025-06-30"].groupby("customer_id").size()
    people = shop.customers.assign(orders=shop.customers["customer_id"].map(recent).fillna(0))
    people["age"] = 2025 - people["birth_year"].astype(int)
    rule = at_least("orders", 3) & between("age", 30, 39) & equals("gender", "female")
    found = Rules.from_customers(people, {"regular women in their thirties": rule}).table
    plain = people[(people["orders"] >= 3) & people["age"].between(30, 39) & (people["gender"] == "female")]
    assert found["customers"].iloc[0] == len(plain) > 0


def test_intervals_hold_the_truth_as_often_as_they_promise():
    """Of 300 samples the interval of the share may miss in up to 29 (one in a thousand if it keeps its promise)."""
    rng, missed = np.random.default_rng(1), 0
    for _ in range(300):
        row = Rules.from_customers(
            pd.DataFrame({"orders": rng.poisson(2, 300)}), {"a": at_least("orders", 4)}
        ).table.iloc[0]
        missed += not row["low"] <= 0.142877 <= row["high"]
    assert 1 <= missed <= 29


@pytest.mark.parametrize(
    ("table", "rules", "said"),
    [
        (PEOPLE, {}, "there are none"),
        (PEOPLE, {"the rest": at_least("orders", 1)}, "like the rest"),
        (PEOPLE.drop(columns="orders"), RULES, "no column orders"),
        (PEOPLE.drop(columns="spent"), RULES, "no column spent"),
        (PEOPLE.assign(spent=None), RULES, "spent: 5 values are empty"),
        (PEOPLE.assign(customers=-1), RULES, "a count is negative"),
        (PEOPLE.head(0), RULES, "is empty: it has no customers"),
    ],
)
def test_tables_that_cannot_be_sorted_are_refused(table, rules, said):
    with pytest.raises(ValueError, match=said):
        Rules.from_customers(table, rules, value="spent")


def test_actions_and_reach_that_do_not_fit_are_refused():
    sorted_ = Rules.from_customers(PEOPLE, RULES)
    with pytest.raises(ValueError, match="no segment men"):
        sorted_.tests({"men": "call"})
    with pytest.raises(ValueError, match="each of the 5 rows"):
        sorted_.tests({}, [True])


def test_the_picture_asks_a_question_and_says_its_numbers():
    ax = Rules.from_customers(PEOPLE, RULES, value="spent").plot()
    assert ax.get_title() == "How large are the segments?"
    assert "regular 0.4 (" in alternative_text(ax.figure)
    assert "share of the value: regular 0.6" in alternative_text(ax.figure)
