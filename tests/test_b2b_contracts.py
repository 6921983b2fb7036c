"""Firms leave by a hazard that is proportional in service, not in onboarding; broken promises come back as churn."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from crmlab.simulation import simulate_company

AFTER = pd.Timestamp("2026-01-01")


@pytest.fixture(scope="module")
def company():
    return simulate_company("b2b")


def durations(company, *covariates):
    """Return months until the end or until observation stopped, whether it ended, and what may drive it."""
    table = company.contracts.merge(company.truth.customers[["customer_id", "gap"]], on="customer_id")
    ended = table["ended_on"].notna()
    paid = (table["ended_on"].fillna(AFTER) - table["started_on"]).dt.days / (365.25 / 12)
    frame = pd.DataFrame(
        {
            "months": paid.round().where(ended, np.floor(paid)),
            "ended": ended.astype(int),
            "priority": (table["service_level"] == "priority").astype(int),
            "guided": (table["onboarding"] == "guided").astype(int),
            "gap": table["gap"],
        }
    )
    return frame.loc[frame["months"] > 0, ["months", "ended", *covariates]]


def proportionality(company, *covariates):
    """Fit the Cox model; return its estimates, their errors, and the p values of the Schoenfeld test."""
    from lifelines import CoxPHFitter
    from lifelines.statistics import proportional_hazard_test

    frame = durations(company, *covariates)
    fitted = CoxPHFitter().fit(frame, "months", "ended")
    test = proportional_hazard_test(fitted, frame, time_transform="rank").summary["p"]
    return fitted.summary["coef"], fitted.summary["se(coef)"], test


def by_salesperson(company):
    """Return each salesperson's promise gap, wins a lead and lifetime value a lead."""
    leads = company.leads.merge(company.truth.customers[["customer_id", "lifetime_value"]], how="left")
    value = leads["lifetime_value"].fillna(0.0).groupby(leads["user_id"]).mean()
    won = leads["customer_id"].notna().groupby(leads["user_id"]).mean()
    return company.truth.crm_users.set_index("user_id")[["gap"]].assign(won=won, value=value).dropna()


def test_hazards_are_proportional_in_service_and_not_in_onboarding(company):
    effect, error, p = proportionality(company, "priority", "guided", "gap")
    assert p["priority"] > 0.05
    assert p["gap"] > 0.05
    assert p["guided"] < 0.001
    for name, truth in (("priority", company.truth["service_effect"]), ("gap", company.truth["gap_to_churn"])):
        assert abs(effect[name] - truth) < 3 * error[name]


def test_the_check_says_the_same_without_the_gap_that_nobody_sees(company):
    p = proportionality(company, "priority", "guided")[2]
    assert p["priority"] > 0.05
    assert p["guided"] < 0.001


def test_one_number_for_onboarding_is_true_at_no_time(company):
    effect, error, _ = proportionality(company, "priority", "guided", "gap")
    assert company.truth["onboarding_effect"] + 3 * error["guided"] < effect["guided"] < -3 * error["guided"]


def test_an_effect_that_lasts_is_proportional():
    lasting = simulate_company("b2b", onboarding_months=36)
    effect, error, p = proportionality(lasting, "priority", "guided", "gap")
    assert p["guided"] > 0.01
    assert abs(effect["guided"] - lasting.truth["onboarding_effect"]) < 3 * error["guided"]


def test_whoever_promises_most_wins_most_and_is_worth_least(company):
    people = by_salesperson(company)
    third = pd.qcut(people["gap"], 3, labels=["low", "middle", "high"])
    means = people.groupby(third, observed=True)[["won", "value"]].mean()
    assert means.loc["high", "won"] > 1.3 * means.loc["low", "won"]
    assert means.loc["high", "value"] < 0.7 * means.loc["low", "value"]
    assert stats.spearmanr(people["gap"], people["won"]).statistic > 0.3
    assert stats.spearmanr(people["gap"], people["value"]).statistic < -0.3


def test_a_promise_that_is_forgiven_pays():
    people = by_salesperson(simulate_company("b2b", gap_to_churn=0))
    assert stats.spearmanr(people["gap"], people["value"]).statistic > 0.2


def test_what_the_gap_shows_in_the_tables_alone(company):
    """Early churn by salesperson betrays the gap that no table holds."""
    leads = company.leads.dropna(subset="customer_id").merge(company.contracts, on="customer_id")
    old = leads[leads["started_on"] < "2025-01-01"]
    left = (old["ended_on"] - old["started_on"]).dt.days < 366
    people = by_salesperson(company).assign(left=left.groupby(old["user_id"]).mean()).dropna()
    assert stats.spearmanr(people["left"], people["gap"]).statistic > 0.5


def test_contracts_last_the_months_that_the_truth_says(company):
    table = company.contracts.merge(company.truth.customers, on="customer_id").dropna(subset="ended_on")
    months = 12 * (table["ended_on"].dt.year - table["started_on"].dt.year)
    months += table["ended_on"].dt.month - table["started_on"].dt.month
    assert (months == table["months"]).all()
    assert (table["ended_on"].dt.day <= table["started_on"].dt.day).all()


def test_every_customer_knows_what_would_have_been(company):
    known = company.truth.customers
    assert (known["months_guided"] >= known["months_self"]).all()
    assert (known["months_without_gap"] >= known["months"]).all()
    held = company.contracts.set_index("customer_id").loc[known["customer_id"], "onboarding"].to_numpy()
    lived = np.where(held == "guided", known["months_guided"], known["months_self"])
    assert (lived == known["months"]).all()


def test_fees_are_the_prices_that_were_accepted(company):
    taken = company.offers[company.offers["accepted"]].merge(company.leads, on="lead_id").set_index("customer_id")
    held = company.contracts.set_index("customer_id")
    assert (taken.loc[held.index, "monthly_price"] == held["monthly_fee"]).all()
    assert (held["monthly_margin"] < held["monthly_fee"]).all()
    assert (held["monthly_margin"] % 1 == 0).all()
