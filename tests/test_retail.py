"""The shop does what its mechanism declares."""

import pytest
from scipy import stats

from crmlab.simulation import simulate_company


@pytest.fixture(scope="module")
def shop():
    return simulate_company("retail")


def test_retail_recovers_its_own_distributions(shop):
    known = shop.truth.customers
    assert stats.kstest(known["weekly_rate"], stats.gamma(0.55, scale=1 / 6).cdf).statistic < 0.03
    assert stats.kstest(known["leaving_probability"], stats.beta(0.8, 2.5).cdf).statistic < 0.03
    assert known["orders"].sum() == len(shop.orders)
    bought_after = shop.orders.merge(known[["customer_id", "left_on"]].dropna(), on="customer_id")
    assert (bought_after["ordered_at"] <= bought_after["left_on"]).all()
