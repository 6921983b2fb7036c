"""Customers bring customers; whether that is enough to stop hunting depends on the reproduction number."""

import numpy as np
import pandas as pd
import pytest
from lifelines import KaplanMeierFitter

from crmlab.simulation import simulate_company


def new_customers(rate):
    """Return the new customers of each half-year of a company that stops hunting after a year and a half."""
    company = simulate_company("subscription", customers=1500, hunting_months=18, referral_rate=rate)
    half = company.customers["acquired_on"].dt.year * 2 + (company.customers["acquired_on"].dt.month > 6)
    return company.truth["reproduction"], half.value_counts().sort_index().to_list()


def test_far_below_one_a_company_that_stops_hunting_dies_out():
    reproduction, halves = new_customers(rate=0.24)
    assert reproduction < 1
    assert halves[-1] < 0.1 * max(halves)


def test_above_one_it_sustains_itself():
    reproduction, halves = new_customers(rate=2.0)
    assert reproduction > 1
    assert halves[-1] > halves[-2] > 0.7 * halves[2]


def brought_so_far(company):
    """Return how many customers the recommended customers brought until now, one each on average."""
    won = company.referrals.merge(company.leads, on="lead_id")["customer_id"].notna()
    of_referred = company.referrals["referrer_id"].isin(referred(company)["customer_id"])
    return (won & of_referred).sum() / len(referred(company))


def referred(company):
    return company.customers[company.customers["channel"] == "referral"]


def brought_in_three_years(company):
    """Return the same from what they do in each month of their life, and from how many live to see it (Lotka 1925)."""
    people = referred(company).merge(company.contracts, on="customer_id")
    month, end = 30.4375, pd.Timestamp(company.observation_end)
    months = (people["ended_on"].fillna(end) - people["acquired_on"]).dt.days / month
    made = company.referrals.merge(people, left_on="referrer_id", right_on="customer_id")
    age = ((made["referred_on"] - made["acquired_on"]).dt.days / month).astype(int)
    lived = np.array([np.clip(months - age, 0, 1).sum() for age in range(36)])
    recommends = np.bincount(age, minlength=36) / lived.clip(1)
    alive = KaplanMeierFitter().fit(months, people["ended_on"].notna()).predict(np.arange(36) + 0.5)
    leads = company.leads[(company.leads["channel"] == "referral") & (company.leads["created_on"] < "2025-01-01")]
    return (recommends * alive).sum() * leads["customer_id"].notna().mean()


def test_by_default_it_is_near_one_and_what_was_brought_so_far_says_that_it_is_far_away():
    companies = [simulate_company("subscription", seed=seed, billing_fault=0, save_trial=0) for seed in (11, 12, 13)]
    for company in companies:
        assert 0.85 < company.truth["reproduction"] < 1
        assert brought_so_far(company) < 0.4
    right = np.mean([brought_in_three_years(company) for company in companies])
    assert right == pytest.approx(companies[0].truth["reproduction"], abs=0.1)


def test_near_one_it_neither_grows_nor_dies():
    reproduction, halves = new_customers(rate=1.17)
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
