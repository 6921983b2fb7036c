"""RFM: scores by hand, ties, the two meanings of recency, and tables that cannot be scored."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import crmlab as crm
from crmlab.plots import alternative_text
from crmlab.segments.rfm import RFM, quantile_scores

PEOPLE = pd.DataFrame(
    {"days_since_last": [1, 20, 30, 40, 50], "frequency": [9, 1, 1, 1, 2], "monetary": [10.0, 50, 20, 40, 30]}
)


def test_without_ties_the_groups_are_equal():
    assert quantile_scores(np.arange(100.0), np.ones(100), 5).tolist() == np.repeat(range(1, 6), 20).tolist()
    scores = RFM.from_customers(PEOPLE).scores
    assert scores["R"].to_list() == [5, 4, 3, 2, 1]
    assert scores["M"].to_list() == [1, 5, 2, 4, 3]


@given(st.lists(st.integers(0, 6), min_size=5), st.integers(2, 6))
def test_scores_keep_the_order_and_ties_score_alike(values, groups):
    scores = quantile_scores(np.array(values, float), np.ones(len(values)), groups)
    assert ((scores >= 1) & (scores <= groups)).all()
    for a, one in zip(values, scores, strict=True):
        for b, other in zip(values, scores, strict=True):
            assert one == other if a == b else (one <= other) == (a < b) or one == other


def test_rows_and_counts_give_one_answer():
    counts = PEOPLE.assign(customers=[4, 1, 3, 2, 7])
    rows = counts.loc[counts.index.repeat(counts["customers"])].drop(columns="customers")
    pd.testing.assert_frame_equal(RFM.from_customers(counts).table, RFM.from_customers(rows).table)


def test_the_orders_of_the_shop_are_scored():
    shop = crm.open_company("retail")
    rfm = RFM.from_orders(shop.orders, shop.observation_end)
    summary = crm.summarize_customers(shop.orders, shop.observation_end, unit="D")
    since = pd.DataFrame({"since": summary["T"] - summary["recency"], "R": rfm.scores["R"].to_numpy()})
    assert rfm.scores["customer_id"].to_list() == summary["customer_id"].to_list()
    best = since.loc[since["R"] == 5, "since"]
    assert best.max() < since.loc[since["R"] == 4, "since"].min()
    assert rfm.table.loc[("days_since_last", 5), "highest"] == best.max()
    assert rfm.table["customers"].groupby(level="measure").sum().eq(3000).all()
    assert (rfm.table.loc["monetary", "share"] - 0.2).abs().max() < 0.01


def test_those_who_score_high_go_on_to_buy_more():
    shop = crm.open_company("retail")
    rfm = RFM.from_orders(shop.orders, "2024-12-31").scores.set_index("customer_id")
    later = shop.orders[shop.orders["ordered_at"] > "2024-12-31"].groupby("customer_id").size()
    bought = later.reindex(rfm.index).fillna(0)
    for score in "RF":
        means = bought.groupby(rfm[score]).mean()
        assert means.iloc[-1] > 3 * means.iloc[0]


def test_the_other_recency_is_refused():
    with pytest.raises(ValueError, match="T - recency, in days"):
        RFM.from_customers(PEOPLE.rename(columns={"days_since_last": "recency"}))


@pytest.mark.parametrize(
    ("table", "groups", "said"),
    [
        (PEOPLE.drop(columns="monetary"), 5, "no column monetary"),
        (PEOPLE.assign(monetary=3), 5, "monetary: all customers are alike"),
        (PEOPLE.assign(monetary=[-1, 2, 3, 4, 5]), 5, "monetary: 1 values are negative"),
        (PEOPLE.assign(frequency=[None, 2, 3, 4, 5]), 5, "frequency: 1 values are empty"),
        (PEOPLE.head(1), 5, "1 customers cannot be cut"),
        (PEOPLE, 1, "groups is 2 or more"),
        (PEOPLE.head(0), 5, "no customers"),
    ],
)
def test_tables_that_cannot_be_scored_are_refused(table, groups, said):
    with pytest.raises(ValueError, match=said):
        RFM.from_customers(table, groups)


def test_orders_of_mixed_ids_are_refused():
    orders = pd.DataFrame({"customer_id": ["a", 7], "ordered_at": pd.Timestamp("2024-03-01"), "amount": [1.0, 2.0]})
    with pytest.raises(ValueError, match=r"customer_id holds both str \(a\) and int \(7\); write all ids alike"):
        RFM.from_orders(orders, "2024-03-11")


def test_the_picture_asks_a_question_and_says_its_numbers():
    ax = RFM.from_customers(PEOPLE).plot()
    assert ax.get_title().endswith("?")
    assert "1 customers have the best of both" in alternative_text(ax.figure)
