"""Mixtures: the planted classes found, their number, stability, and tables without classes."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score

import crmlab as crm
from crmlab.plots import alternative_text
from crmlab.segments.mixture import Mixture, log_ratios

MEANS = np.array([[0.0, 0.0], [4.0, 1.0], [0.0, 5.0]])


def simulate(seed: int, size: int = 300) -> tuple[pd.DataFrame, np.ndarray]:
    rng = np.random.default_rng(seed)
    kind = rng.choice(3, size, p=[0.5, 0.3, 0.2])
    return pd.DataFrame(MEANS[kind] + rng.normal(size=(size, 2)), columns=["x", "y"]), kind


def test_the_planted_classes_of_the_shop_are_found():
    """Five classes, by what is bought and how cheaply, from customers with five orders or more."""
    shop = crm.open_company("retail")
    assert shop.truth is not None
    lines = shop.order_lines.merge(shop.products).merge(shop.orders[["order_id", "customer_id"]])
    lines["discount"] = 1 - lines["amount_x" if "amount_x" in lines else "amount"] / (
        lines["price"] * lines["quantity"]
    )
    orders = shop.orders.groupby("customer_id").size()
    often = orders.index[orders >= 5]
    bought = pd.crosstab(lines["customer_id"], lines["category"]).loc[often]
    measures = log_ratios(bought).assign(discount=lines.groupby("customer_id")["discount"].mean()[often])
    mixture = Mixture.fit(measures, classes=[1, 4, 5, 6], starts=3)
    assert len(mixture.profile) == 5
    truth = shop.truth.customers.set_index("customer_id")["class"][often]
    assert adjusted_rand_score(truth, mixture.members["class"]) > 0.85
    departments = shop.customers.set_index("customer_id").loc[often, "marketing_segment"]
    assert adjusted_rand_score(truth, departments) < 0.2


def test_the_number_of_classes_is_found_and_they_come_back():
    table, kind = simulate(1)
    mixture = Mixture.fit(table, classes=range(1, 5), starts=3)
    assert mixture.table.index[mixture.table["chosen"]].to_list() == [3]
    assert adjusted_rand_score(kind, mixture.members["class"]) > 0.85
    assert mixture.profile["share"].is_monotonic_decreasing
    np.testing.assert_allclose(mixture.profile.loc[1, ["x", "y"]].astype(float), MEANS[0], atol=0.4)
    stability = mixture.stability(draws=3)
    assert (stability["mean"] > 0.85).all()
    assert (stability["lowest"] <= stability["highest"]).all()


def test_full_covariances_find_classes_of_different_shape():
    rng = np.random.default_rng(2)
    table = pd.DataFrame(np.vstack([rng.normal(0, 0.3, (200, 2)), rng.normal(0, 4, (100, 2))]), columns=["x", "y"])
    mixture = Mixture.fit(table, classes=[1, 2, 3], covariance="full", starts=2)
    assert mixture.profile["customers"].to_list() == pytest.approx([200, 100], abs=25)


def test_where_there_are_no_classes_one_is_chosen():
    table = pd.DataFrame(np.random.default_rng(5).normal(size=(300, 3)), columns=list("abc"))
    mixture = Mixture.fit(table, classes=[1, 2], starts=3)
    assert len(mixture.profile) == 1
    assert mixture.members["certainty"].eq(1).all()
    with pytest.raises(ValueError, match="no stability to know"):
        mixture.stability()


def test_rows_and_counts_give_one_answer():
    rows = simulate(3)[0].round(0)
    counts = rows.groupby(["x", "y"]).size().rename("customers").reset_index()
    one, other = (Mixture.fit(data, columns=["x", "y"], classes=[2, 3], starts=2) for data in (rows, counts))
    pd.testing.assert_frame_equal(one.table, other.table)
    pd.testing.assert_frame_equal(one.profile, other.profile)


def test_units_and_a_column_left_out_of_shares_do_not_matter():
    shares = pd.DataFrame(np.random.default_rng(1).dirichlet([2, 3, 4], 200), columns=list("abc"))
    fits = [Mixture.fit(data, classes=[1, 2], starts=1).table for data in (shares, 100 * shares)]
    pd.testing.assert_frame_equal(*fits)
    assert fits[0].loc[1, "parameters"] == 5  # two directions, not three: shares add up to one


@pytest.mark.parametrize(
    ("table", "options", "said"),
    [
        (simulate(1)[0], {"columns": ["z"]}, "no column z"),
        (simulate(1)[0].assign(x=1.0), {}, "x: all customers are alike"),
        (simulate(1)[0].assign(x=[None, *range(299)]), {}, "x: 1 values are empty"),
        (simulate(1, 20)[0], {}, "20 customers are too few"),
        (simulate(1)[0].assign(customers=0.5), {}, "whole numbers"),
        (simulate(1)[0], {"classes": [0]}, "classes from 1 up"),
        (simulate(1)[0], {"covariance": "round"}, "covariance is"),
        (simulate(1)[0].head(0), {}, "all customers are alike"),
    ],
)
def test_tables_without_classes_are_refused(table, options, said):
    with pytest.raises(ValueError, match=said):
        Mixture.fit(table, **options)


@pytest.mark.parametrize("counts", [[[0, 0], [1, 2]], [[1, -1], [1, 2]]])
def test_counts_without_a_ratio_are_refused(counts):
    with pytest.raises(ValueError, match="bought nothing"):
        log_ratios(pd.DataFrame(counts))


def test_the_picture_asks_a_question_and_says_its_numbers():
    ax = Mixture.fit(simulate(1)[0], classes=[1, 2, 3, 4], starts=2).plot()
    assert ax.get_title() == "How many classes are there?"
    assert "which 3 classes have" in alternative_text(ax.figure)
