"""Customers bring customers; whether that is enough to stop hunting depends on the reproduction number."""

import numpy as np
import pandas as pd
import pytest

from crmlab.simulation import simulate_company


def new_customers(rate):
    """Return the new customers of each half-year of a company that stops hunting after a year and a half."""
    company = simulate_company("subscription", customers=1500, hunting_months=18, referral_rate=rate)
    half = company.customers["acquired_on"].dt.year * 2 + (company.customers["acquired_on"].dt.month > 6)
    return company.truth["reproduction"], half.value_counts().sort_index().to_list()


def test_by_default_a_company_that_stops_hunting_dies_out():
    reproduction, halves = new_customers(rate=0.24)
    assert reproduction < 1
    assert halves[-1] < 0.1 * max(halves)


def test_above_one_it_sustains_itself():
    reproduction, halves = new_customers(rate=2.0)
    assert reproduction > 1
    assert halves[-1] > halves[-2] > 0.7 * halves[2]


def test_near_one_it_neither_grows_nor_dies():
    reproduction, halves = new_customers(rate=1.05)
    assert reproduction == pytest.approx(1, abs=0.1)
    assert halves[-1] == pytest.approx(halves[-2], rel=0.3)


def test_nobody_recommends_when_the_rate_is_zero():
    company = simulate_company("subscription", customers=300, referral_rate=0)
    assert "referrals" not in company.tables
    assert company.truth["reproduction"] == 0
    assert "referral" not in set(company.leads["channel"])


def test_the_reproduction_number_is_what_recommended_customers_bring():
    company = simulate_company("subscription", customers=3000, referral_rate=2, billing_fault=0, save_trial=0)
    people, brought = company.customers, company.referrals.merge(company.leads, on="lead_id")
    early = people[(people["channel"] == "referral") & (people["acquired_on"] < "2023-07-01")]
    won = brought[brought["customer_id"].notna()].groupby("referrer_id").size()
    count = won.reindex(early["customer_id"]).fillna(0)
    error = count.std() / np.sqrt(len(count))
    # the window ends before their three years are over, so a little is missing
    assert -3 * error - 0.35 < count.mean() - company.truth["reproduction"] < 3 * error


def test_every_referral_is_one_lead_of_the_channel_and_the_satisfied_bring_more():
    company = simulate_company("subscription", customers=1500)
    referrals, leads = company.referrals, company.leads
    assert set(referrals["lead_id"]) == set(leads.loc[leads["channel"] == "referral", "lead_id"])
    assert not referrals["lead_id"].duplicated().any()
    pd.testing.assert_series_equal(
        referrals["referred_on"],
        leads.set_index("lead_id")["created_on"].loc[referrals["lead_id"]].reset_index(drop=True),
        check_names=False,
    )
    satisfaction = company.truth.customers.set_index("customer_id")["satisfaction"]
    assert satisfaction[referrals["referrer_id"]].mean() > satisfaction.mean() + 0.2
