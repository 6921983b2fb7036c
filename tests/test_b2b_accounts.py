"""Firms come through four channels, in four regions, small and large, mostly on working days."""

import numpy as np
import pytest

from crmlab.simulation import simulate_company
from crmlab.simulation.b2b.accounts import CHANNELS, REGIONS


@pytest.fixture(scope="module")
def company():
    return simulate_company("b2b")


def test_the_channels_bring_the_shares_declared(company):
    shares = company.leads["channel"].value_counts(normalize=True)
    for channel in CHANNELS:
        assert shares[channel.name] == pytest.approx(channel.share, abs=0.05)


def test_partners_bring_leads_that_are_qualified_more_often(company):
    chance = company.truth.leads.merge(company.leads, on="lead_id").groupby("channel")["qualify_chance"].first()
    assert chance.idxmax() == "partner"
    assert chance.idxmin() == "cold call"


def test_most_firms_are_small_and_some_are_large(company):
    employees = company.truth.leads["employees"]
    assert 40 < employees.median() < 60
    assert employees.mean() > 1.5 * employees.median()
    assert employees.between(5, 3000).all()
    assert set(company.customers["region"]) == set(REGIONS)


def test_larger_firms_buy_more_gladly(company):
    won = set(company.leads.dropna(subset="customer_id")["lead_id"])
    asked = company.truth.leads[company.truth.leads["lead_id"].isin(company.offers["lead_id"])]
    large = asked["employees"] > asked["employees"].median()
    share = asked["lead_id"].isin(won).groupby(large).mean()
    assert share[True] > share[False]


def test_a_team_works_the_leads_of_its_region(company):
    table = company.customers.merge(company.leads, on="customer_id")
    assert (table["team"].str.rsplit(" ", n=1).str[0] == table["region"]).all()
    teams = company.crm_users.set_index("user_id")["team"]
    assert (company.leads["user_id"].map(teams) == company.leads["team"]).all()


def test_a_larger_company_has_more_firms_in_proportion():
    sizes = [len(simulate_company("b2b", customers=number, seed=2).leads) for number in (200, 800)]
    assert np.isclose(sizes[1] / sizes[0], 4, rtol=0.15)
