"""Agreement: beside scikit-learn and by hand, intervals kept, and the departments of the shop."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score

import crmlab as crm
from crmlab.plots import alternative_text
from crmlab.segments.agreement import Agreement, adjusted_rand, cramers_v

SHARES = np.array([[0.2, 0.1, 0.1], [0.1, 0.2, 0.1], [0.05, 0.05, 0.1]])


def rows_of(table: np.ndarray) -> pd.DataFrame:
    first, second = np.indices(table.shape)
    return pd.DataFrame({"a": first.ravel(), "b": second.ravel(), "customers": table.ravel()})


def test_the_index_is_that_of_scikit_learn():
    rng = np.random.default_rng(1)
    people = pd.DataFrame({"a": rng.integers(0, 3, 500), "b": rng.integers(0, 4, 500)})
    people.loc[:250, "b"] = people.loc[:250, "a"]
    found = Agreement.from_customers(people, ["a", "b"], draws=10)
    assert found.table["estimate"].iloc[0] == pytest.approx(adjusted_rand_score(people["a"], people["b"]))
    assert found.contingency["a", "b"].to_numpy().sum() == 500


def test_the_limits_of_both_measures():
    same = np.diag([300.0, 200.0, 100.0])
    assert (adjusted_rand(same).item(), cramers_v(same)) == pytest.approx((1, 1), abs=5e-3)
    none = 10_000 * np.outer([0.3, 0.7], [0.2, 0.5, 0.3])
    assert (adjusted_rand(none).item(), cramers_v(none)) == pytest.approx((0, 0), abs=1e-3)


def test_intervals_hold_the_truth_as_often_as_they_promise():
    """Of 150 samples each 95 % interval may miss in up to 17 (one in a thousand if it keeps its promise)."""
    truth = np.array([adjusted_rand(1e8 * SHARES).item(), cramers_v(1e8 * SHARES)])
    rng, missed = np.random.default_rng(4), np.zeros(2)
    for seed in range(150):
        drawn = rows_of(rng.multinomial(600, SHARES.ravel()).reshape(3, 3))
        table = Agreement.from_customers(drawn, ["a", "b"], draws=300, seed=seed).table
        missed += ~((table["low"] <= truth) & (truth <= table["high"])).to_numpy()
    assert (missed <= 17).all(), missed
    assert missed.sum() > 0


def test_rows_and_counts_give_one_answer():
    counts = rows_of(np.array([[40, 5], [10, 30]]))
    rows = counts.loc[counts.index.repeat(counts["customers"])].drop(columns="customers")
    pd.testing.assert_frame_equal(*(Agreement.from_customers(data, ["a", "b"]).table for data in (counts, rows)))


def test_the_departments_of_the_shop_agree_little():
    shop = crm.open_company("retail")
    segmentations = ["marketing_segment", "sales_segment", "service_segment"]
    table = Agreement.from_customers(shop.customers, segmentations).table.xs("adjusted Rand index", level="measure")
    assert (table["high"] < 0.3).all()
    age_and_money = table.loc[("marketing_segment", "sales_segment")]
    assert age_and_money["low"] <= 0 <= age_and_money["high"]  # nothing ties age to amounts
    assert table.loc[("sales_segment", "service_segment"), "low"] > 0  # who orders more also asks more


@pytest.mark.parametrize(
    ("table", "names", "said"),
    [
        (rows_of(np.ones((2, 2))), ["a", "c"], "no column c"),
        (rows_of(np.ones((2, 2))), ["a", "a"], "1 segmentations"),
        (rows_of(np.ones((1, 2))), ["a", "b"], "a: all customers are in one"),
        (rows_of(np.ones((2, 2))).assign(a=[1, None, 2, 2]), ["a", "b"], "a: 1 rows have no segment"),
        (rows_of(np.zeros((2, 2))), ["a", "b"], "no customers"),
        (rows_of(np.full((2, 2), 0.1)), ["a", "b"], "0.4 customers are too few to compare"),
    ],
)
def test_segmentations_that_cannot_be_compared_are_refused(table, names, said):
    with pytest.raises(ValueError, match=said):
        Agreement.from_customers(table, names)
    with pytest.raises(ValueError, match="draws is 1; an interval needs at least 2"):
        Agreement.from_customers(rows_of(np.ones((2, 2))), ["a", "b"], draws=1)


def test_the_picture_asks_a_question_and_says_its_numbers():
    ax = Agreement.from_customers(rows_of(np.array([[40, 5], [10, 30]])), ["a", "b"]).plot()
    assert ax.get_title() == "Do the departments sort customers alike?"
    assert "a – b 0.4" in alternative_text(ax.figure)
