"""Lift: by hand, beside plain formulas, error rates under habits, and lines that cannot tell."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import fisher_exact

import crmlab as crm
from crmlab.plots import alternative_text
from crmlab.segments.lift import Lift


def baskets(rng: np.random.Generator, size: int, lift: float = 1.0) -> pd.DataFrame:
    """Baskets in which a lies with .3, b with .2, and both with lift times the product; c is always there."""
    both = 0.06 * lift
    drawn = rng.choice(4, size, p=[both, 0.3 - both, 0.2 - both, 0.5 + both])
    rows = {"a": drawn <= 1, "b": (drawn == 0) | (drawn == 2), "c": np.ones(size, bool)}
    return pd.concat(
        [pd.DataFrame({"order_id": np.flatnonzero(inside), "category": name}) for name, inside in rows.items()]
    )


def habits(rng: np.random.Generator, people: int, own: float) -> pd.DataFrame:
    """Visits of customers whose tastes differ the more the lower `own` is; each visit is drawn anew."""
    rows = []
    for person in range(people):
        taste = rng.dirichlet(np.array([0.4, 0.3, 0.3]) * own)
        visits = rng.integers(2, 12)
        rows.append(
            pd.DataFrame({"category": rng.choice(list("abc"), visits, p=taste), "day": range(visits)}).assign(
                who=person
            )
        )
    return pd.concat(rows)


def test_baskets_by_hand():
    counts = pd.DataFrame(
        {"order_id": [1, 1, 2, 3, 4], "category": ["a", "b", "a", "b", "c"], "customers": [30, 30, 20, 10, 40]}
    )
    found = Lift.from_baskets(counts, basket="order_id")
    row = found.table.loc[("a", "b")]
    assert row[["units", "both", "with_first", "with_second"]].to_list() == [100, 30, 50, 40]
    assert row[["rate", "base", "lift"]].to_list() == pytest.approx([0.6, 0.4, 1.5])
    assert row["p_value"] == pytest.approx(fisher_exact([[30, 20], [10, 40]])[1])
    half = np.exp(1.959964 * np.sqrt(1 / 30 - 1 / 50 - 1 / 40 + 2 * 30 / (50 * 40) - 1 / 100))
    assert row[["low", "high"]].to_list() == pytest.approx([1.5 / half, 1.5 * half])
    assert row[["rate_low", "rate_high"]].to_list() == pytest.approx([0.4618, 0.7239], abs=5e-4)
    never = found.table.loc[("a", "c")]
    assert (never["lift"], never["low"]) == (0, 0)
    assert 0 < never["high"] < 1
    rows = counts.loc[counts.index.repeat(counts["customers"])].drop(columns="customers")
    rows["order_id"] = rows["order_id"] * 1000 + rows.groupby(["order_id", "category"]).cumcount()
    pd.testing.assert_frame_equal(Lift.from_baskets(rows, basket="order_id").table, found.table)


def test_intervals_hold_the_truth_as_often_as_they_promise():
    """Of 100 samples the interval of a lift of 1.6 may miss in up to 13 (one in a thousand if it keeps its promise)."""
    rng, missed = np.random.default_rng(5), 0
    for _ in range(100):
        row = Lift.from_baskets(baskets(rng, 400, 1.6), basket="order_id").table.loc[("a", "b")]
        missed += not row["low"] <= 1.6 <= row["high"]
    assert 1 <= missed <= 13


def test_habits_do_not_make_what_comes_next_look_surer_than_it_is():
    """Customers alike: what comes next is independent, and p below .05 in no more than one in twenty samples."""
    rng, false, missed = np.random.default_rng(7), 0, 0
    for _ in range(50):
        row = Lift.next_purchase(habits(rng, 80, 1e6), customer="who", when="day").table.loc[("a", "b")]
        false += row["p_value"] < 0.05
        missed += not row["low"] <= 1 <= row["high"]
    assert false <= 9
    assert missed <= 9
    table = Lift.next_purchase(habits(rng, 300, 2.0), customer="who", when="day").table
    assert table.loc[("a", "a"), "low"] > 1  # who likes a comes back for a
    assert table.loc[("a", "b"), "high"] < 1


def test_with_one_pair_a_customer_the_error_is_the_plain_one():
    rng = np.random.default_rng(3)
    first = rng.choice(list("ab"), 400)
    second = np.where(rng.random(400) < 0.3, first, rng.choice(list("ab"), 400))
    lines = pd.DataFrame({"who": [*range(400)] * 2, "day": np.repeat([0, 1], 400), "category": [*first, *second]})
    row = Lift.next_purchase(lines, customer="who", when="day").table.loc[("a", "b")]
    n, a, r, c = row[["units", "both", "with_first", "with_second"]]
    plain = np.sqrt((1 / a - 1 / r - 1 / c + 2 * a / (r * c) - 1 / n) * 400 / 399)
    assert np.log(row["high"] / row["lift"]) == pytest.approx(1.959964 * plain)


def test_what_the_shop_sells_next_shows_the_tastes_that_were_planted():
    shop = crm.open_company("retail")
    lines = shop.order_lines.merge(shop.products[["product_id", "category"]])
    lines = lines.merge(shop.orders[["order_id", "customer_id", "ordered_at"]])
    found = Lift.next_purchase(lines)
    assert found.table.loc[("gifts", "gifts"), "low"] > 2
    assert found.table.loc[("delicatessen", "tea and coffee"), "low"] > 1.3
    assert found.table.loc[("delicatessen", "household"), "high"] < 0.6
    alike = crm.simulate_company("retail", customers=600, seed=2, class_contrast=0)
    lines = alike.order_lines.merge(alike.products[["product_id", "category"]])
    lines = lines.merge(alike.orders[["order_id", "customer_id", "ordered_at"]])
    assert len(Lift.next_purchase(lines).summary()) <= 5


GOOD = pd.DataFrame({"customer_id": [1, 1, 2, 2], "category": list("abab"), "ordered_at": [1, 2, 1, 2]})


@pytest.mark.parametrize(
    ("make", "table", "said"),
    [
        (Lift.from_baskets, GOOD.drop(columns="category"), "lines: no column category"),
        (Lift.from_baskets, GOOD.assign(category=[None, *"abc"]), "category is empty in 1 rows"),
        (Lift.from_baskets, GOOD.assign(category="a"), "2 baskets with 1 different items"),
        (Lift.from_baskets, GOOD.head(0), "0 baskets"),
        (Lift.from_baskets, GOOD.assign(customers=[1, 2, 3, 3]), "two different counts"),
        (Lift.next_purchase, GOOD.drop(columns="ordered_at"), "lines: no column ordered_at"),
        (Lift.next_purchase, GOOD.assign(ordered_at=1), "0 customers bought twice"),
        (Lift.next_purchase, GOOD.head(3), "1 customers bought twice"),
    ],
)
def test_lines_that_cannot_tell_are_refused(make, table, said):
    with pytest.raises(ValueError, match=said):
        make(table)


def test_the_pictures_ask_a_question_and_say_their_numbers():
    rng = np.random.default_rng(1)
    together = Lift.from_baskets(baskets(rng, 400, 1.6), basket="order_id").plot()
    assert together.get_title() == "What is bought together?"
    assert "a + b 1." in alternative_text(together.figure)
    following = Lift.next_purchase(habits(rng, 40, 2.0), customer="who", when="day").plot()
    assert following.get_title() == "What is bought next?"
