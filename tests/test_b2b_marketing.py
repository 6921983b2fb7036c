"""The ledger holds what selling and keeping customers cost."""

import pytest

from crmlab.simulation import simulate_company
from crmlab.simulation.b2b.marketing import COSTS, RETAIN


@pytest.fixture(scope="module")
def company():
    return simulate_company("b2b", customers=400, seed=5)


def test_every_month_channel_and_activity_has_one_row(company):
    spend = company.channel_spend
    assert len(spend) == 36 * 4 * 3
    assert not spend.duplicated(["month", "channel", "activity"]).any()
    assert set(spend["channel"]) == set(company.leads["channel"])


def test_selling_costs_what_the_stages_cost(company):
    spent = company.channel_spend.groupby("activity")["amount"].sum()
    assert spent["acquire"] == company.stage_events["stage"].map(COSTS).fillna(0).sum()


def test_keeping_costs_the_same_for_each_customer_and_month(company):
    last = company.channel_spend["month"].max()
    held = company.contracts
    running = (held["started_on"] < last) & (held["ended_on"].isna() | (held["ended_on"] > last))
    spend = company.channel_spend[(company.channel_spend["month"] == last)]
    assert spend.loc[spend["activity"] == "retain", "amount"].sum() == RETAIN * running.sum()


def test_money_grows_with_the_company():
    def attract(customers):
        spend = simulate_company("b2b", customers=customers, seed=5).channel_spend
        return spend.loc[spend["activity"] == "attract", "amount"].sum()

    assert attract(400) == pytest.approx(2 * attract(200), rel=0.01)
