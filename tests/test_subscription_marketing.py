"""The ledger holds money and hours; the calendar moves both."""

import numpy as np
import pandas as pd
import pytest

from crmlab.simulation import simulate_company
from crmlab.simulation.subscription.marketing import budgets, expected_leads
from crmlab.simulation.subscription.people import BY_NAME, CHANNELS, Subscription

SEARCH = BY_NAME["search"]


@pytest.fixture(scope="module")
def small():
    return simulate_company("subscription", customers=1000, seed=3)


def retention_share(hours):
    return hours["retain"] / hours.sum()


def hours_of(company):
    return company.channel_spend.groupby("activity")["hours"].sum()


def january_beside(season):
    """Return the leads of January relative to those of December, and of the January before, over many companies."""
    spend = np.mean([budgets(Subscription(season=season), SEARCH, 1.0, seed) for seed in range(60)], axis=0)
    leads = expected_leads(SEARCH, spend, 1.0)
    january = leads[[12, 24]].sum()
    return january / leads[[11, 23]].sum(), january / leads[[0, 12]].sum()


def test_each_further_won_brings_fewer_leads():
    leads = expected_leads(SEARCH, np.array([0.0, 1e6, 2e6, 3e6]), 1.0)
    assert leads[0] == 0
    assert (np.diff(leads) > 0).all()
    assert (np.diff(leads, 2) < 0).all()
    assert leads[-1] < SEARCH.ceiling


def test_hunting_stops_when_it_is_told_to():
    amounts = budgets(Subscription(hunting_months=10), SEARCH, 1.0, seed=1)
    assert (amounts[:10] == budgets(Subscription(), SEARCH, 1.0, seed=1)[:10]).all()
    assert (amounts[10:] == 0).all()


def test_january_looks_like_a_crisis_beside_december_but_not_beside_the_january_before():
    naive, right = january_beside(season=1)
    assert naive < 0.93
    assert right > 1.0
    assert january_beside(season=0)[0] > 0.97


def test_retention_takes_80_to_90_percent_of_the_effort_only_in_part_of_the_parameter_space(small):
    assert retention_share(hours_of(small)) < 0.5
    amounts = small.channel_spend.groupby("activity")["amount"].sum() / 1e6
    shares = [
        retention_share(amounts * pd.Series({"attract": 9.0, "acquire": acquire, "retain": retain}))
        for acquire in np.linspace(0, 100, 11)
        for retain in np.linspace(0, 1000, 21)
    ]
    inside = np.mean([0.8 <= share <= 0.9 for share in shares])
    assert 0.05 < inside < 0.5
    assert min(shares) == 0
    assert max(shares) > 0.95


def test_a_switch_moves_the_effort_for_retention_into_that_band(small):
    switched = simulate_company("subscription", customers=1000, seed=3, retain_hours=500)
    assert 0.8 < retention_share(hours_of(switched)) < 0.9
    drop = ["hours"]
    pd.testing.assert_frame_equal(small.channel_spend.drop(columns=drop), switched.channel_spend.drop(columns=drop))


def test_every_month_channel_and_activity_has_a_row(small):
    spend = small.channel_spend
    assert len(spend) == 36 * len(CHANNELS) * 3
    assert not spend.duplicated(["month", "channel", "activity"]).any()
    assert (spend.loc[spend["channel"] == "referral", "activity"] == "attract").sum() == 36


def test_money_for_retention_follows_the_customers_of_the_month(small):
    paid = small.channel_spend.query("activity == 'retain'").groupby("month")["amount"].sum()
    day, contracts = pd.Timestamp("2024-06-01"), small.contracts
    there = (contracts["started_on"] < day) & ~(contracts["ended_on"] <= day)
    assert paid[day] == 2000 * there.sum()
