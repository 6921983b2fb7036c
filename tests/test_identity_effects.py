"""Effects: by hand, in the limits, on the shop, and what is refused."""

from __future__ import annotations

import pandas as pd
import pytest

import crmlab as crm
from crmlab.identity import linkage_effects

DAYS = ["2024-02-01", "2024-02-01 18:00", "2024-03-01", "2025-02-01", "2024-05-01", "2026-01-01"]
AMOUNTS = [5.0, 5, 10, 10, 10, 99]
ORDERS = pd.DataFrame({"record_id": list("aabbcc"), "ordered_at": DAYS, "amount": AMOUNTS})
LINKS = pd.DataFrame({"record_id": ["a", "b", "c"], "person_id": ["a", "a", "c"]})
END = "2025-12-31"


def test_by_hand():
    """Two orders on one day are one purchase; what came after the end is left out."""
    table = linkage_effects(ORDERS, LINKS, END)
    assert table["records"].to_list() == pytest.approx([3, 1 / 3, 2 / 3, 40 / 3])
    assert table["linked"].to_list() == pytest.approx([2, 1 / 2, 1 / 2, 20])


def test_true_links_are_without_error():
    table = linkage_effects(ORDERS, LINKS, END, truth_links=LINKS)
    assert (table["error"] == 0).all()
    assert table["truth"].equals(table["linked"].rename("truth"))


def test_unlinked_records_hide_how_loyal_the_shop_s_customers_are():
    shop = crm.open_company("retail")
    assert shop.truth is not None
    truth = shop.truth.source_records
    alone = truth.assign(customer_id=truth["record_id"])
    table = linkage_effects(shop.orders, alone, shop.observation_end, truth)
    error = table["error"]
    assert error["customers"] > 0.2
    assert error["churn rate"] > 0.2
    assert error["repeat rate"] < -0.1
    assert error["mean value"] < -0.2
    orders = shop.orders.drop(columns="record_id").rename(columns={"customer_id": "record_id"})
    known = pd.DataFrame({"record_id": shop.customers["customer_id"], "person_id": shop.customers["customer_id"]})
    assert linkage_effects(orders, known, shop.observation_end)["linked"].to_list() == pytest.approx(
        table["truth"].to_list()
    )


@pytest.mark.parametrize(
    ("orders", "said"),
    [
        (ORDERS.drop(columns="amount"), "orders: no column amount"),
        (ORDERS.assign(ordered_at=None), "6 values of ordered_at are no date, the first in row 0"),
        (ORDERS.assign(amount=[1, 2, None, 3, 4, 5]), "amount: 1 values are empty"),
        (ORDERS.assign(record_id="z"), "no person holds"),
        (ORDERS.tail(1), "nobody ordered in the 365 days up to 2024-12-31"),
    ],
)
def test_orders_that_are_not_sound_are_refused(orders: pd.DataFrame, said: str):
    with pytest.raises(ValueError, match=said):
        linkage_effects(orders, LINKS, END)


def test_errors_of_nothing_have_no_share():
    everyone_back = pd.DataFrame({"record_id": ["a", "a"], "ordered_at": ["2024-06-01", "2025-06-01"], "amount": 1.0})
    links = LINKS.head(1)
    assert linkage_effects(everyone_back, links, END).loc["churn rate", "linked"] == 0
    with pytest.raises(ValueError, match="churn rate: 0 in truth"):
        linkage_effects(everyone_back, links, END, truth_links=links)
