"""All buyers of a company, from their orders or from counts of them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from crmlab import buyer_base
from crmlab.buyer_base import all_buyers, mean_value, value_of_all
from crmlab.buyers import BetaGeo, GammaGamma
from crmlab.company import Company, UnmetNeedError
from crmlab.customers import summarize_customers
from crmlab.data import open_company
from crmlab.intervals import interval_of
from crmlab.large import count_orders
from crmlab.lifetime_value import customer_value


@pytest.fixture(scope="module")
def retail() -> Company:
    """A third of the customers of the built-in shop."""
    shop = open_company("retail")
    some = shop.customers.iloc[::3]
    orders = shop.orders[shop.orders["customer_id"].isin(some["customer_id"])]
    return Company("retail", {"customers": some, "orders": orders}, shop.observation_end)


@pytest.fixture(scope="module")
def counted(retail: Company) -> Company:
    """The same company as counts of all, with the orders of 100 customers."""
    whole = count_orders(retail.orders, retail.observation_end)
    few = retail.orders[retail.orders["customer_id"].isin(retail.customers["customer_id"].iloc[::10])]
    tables = {"orders": few, "buyer_counts": whole.table, "spend_counts": whole.spend}
    return Company("counted", tables, retail.observation_end)


def test_orders_and_counts_tell_of_the_same_buyers(retail: Company, counted: Company) -> None:
    single, shared = all_buyers(retail, "M"), all_buyers(counted, "M")
    assert (single["customers"] == 1).all()
    assert single["customers"].sum() == shared["customers"].sum() == 1000
    weights = shared["customers"]
    for name, within in {"frequency": 0.0, "recency": 0.15, "T": 0.15}.items():  # whole weeks: half of one at most
        assert np.average(shared[name], weights=weights) == pytest.approx(single[name].mean(), abs=within or 1e-9)
    spent, of_all = shared["monetary_value"] * shared["frequency"], single["monetary_value"] * single["frequency"]
    assert (spent * weights).sum() == pytest.approx(of_all.sum(), rel=1e-3)
    assert (shared.loc[shared["frequency"] == 0, "monetary_value"] == 0).all()


def test_counts_without_amounts_have_no_spend_and_no_table_is_said(counted: Company) -> None:
    bare = Company("bare", {"buyer_counts": counted.buyer_counts}, counted.observation_end)
    assert "monetary_value" not in all_buyers(bare)
    with pytest.raises(UnmetNeedError, match="has no table 'orders'"):
        all_buyers(Company("empty", {}, "2025-12-31"))


def test_the_mean_value_is_that_of_all_where_only_some_are_drawn(
    retail: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    buyers = all_buyers(retail, "M")
    buying, spend = BetaGeo.fit(buyers), GammaGamma.fit(buyers)
    exact = interval_of(lambda b, s: customer_value(b, s, buyers, 12, 0.008, 0.3)["value"].mean(), buying, spend)
    told = mean_value(buying, spend, buyers, 12, 0.008, 0.3)
    np.testing.assert_allclose(told, exact)
    monkeypatch.setattr(buyer_base, "_STEPS", 1)
    drawn = mean_value(buying, spend, buyers, 12, 0.008, 0.3).iloc[0]
    assert drawn["estimate"] == pytest.approx(exact["estimate"].iloc[0], rel=1e-3)
    width = exact["high"].iloc[0] - exact["low"].iloc[0]
    assert drawn["high"] - drawn["low"] == pytest.approx(width, rel=0.1)


def test_counts_of_all_are_valued_and_not_the_sample(retail: Company, counted: Company) -> None:
    whole, shared = value_of_all(retail, 12, 0.008, 0.3, "M"), value_of_all(counted, 12, 0.008, 0.3, "M")
    assert list(whole.index) == list(shared.index) == ["a customer", "all 1,000 customers"]
    np.testing.assert_allclose(shared, whole, rtol=0.01)
    np.testing.assert_allclose(whole.iloc[1], 1000 * whole.iloc[0])


def test_summaries_are_taken_in_the_unit_that_is_asked_for(retail: Company) -> None:
    days = summarize_customers(retail.orders, retail.observation_end, "D")
    pd.testing.assert_frame_equal(all_buyers(retail, "D").drop(columns="customers"), days)
