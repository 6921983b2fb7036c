"""How long customers stay, what that is worth, and what a failing bill does to revenue."""

import numpy as np
import pandas as pd
import pytest

from crmlab.simulation import simulate_company
from crmlab.simulation.subscription.contracts import PRICES

HORIZON = 24


@pytest.fixture(scope="module")
def company():
    return simulate_company("subscription")


@pytest.fixture(scope="module")
def sound():
    return simulate_company("subscription", billing_fault=0)


def months_within(company, plan):
    """Return the mean months paid within the horizon: as lived, and by a constant mean rate of churn."""
    known = company.truth.customers.merge(company.contracts, on="customer_id")
    known = known[known["plan"] == plan]
    rate = known["churn_probability"].mean()
    lived = ((1 - (1 - known["churn_probability"]) ** HORIZON) / known["churn_probability"]).mean()
    return lived, (1 - (1 - rate) ** HORIZON) / rate


def expected_months(alpha, beta):
    """Return the mean months within the horizon when churn is beta-distributed (Fader & Hardie 2007, eq. 7)."""
    months = np.arange(1, HORIZON)
    return 1 + np.cumprod((beta + months - 1) / (alpha + beta + months - 1)).sum()


def leaving(company, months, by):
    """Return the monthly churn of each group in these months, from the contracts alone."""
    contracts, left, there = company.contracts, 0, 0
    for month in pd.PeriodIndex(months, freq="M"):
        first, last = month.start_time, month.end_time
        running = (contracts["started_on"] < first) & ~(contracts["ended_on"] <= first)
        there = there + running.groupby(contracts[by]).sum()
        left = left + (running & (contracts["ended_on"] <= last)).groupby(contracts[by]).sum()
    return left / there


def test_a_mean_rate_of_churn_is_wrong_by_a_known_amount(company):
    for plan, shapes in (("premium", (0.668, 3.806)), ("basic", (0.704, 1.182))):
        lived, naive = months_within(company, plan)
        mean = shapes[0] / sum(shapes)
        known = expected_months(*shapes) / ((1 - (1 - mean) ** HORIZON) / mean)
        assert known > 1.5
        assert lived / naive == pytest.approx(known, rel=0.07)


def test_a_mean_rate_is_nearly_right_where_customers_are_alike():
    alike = simulate_company("subscription", customers=1500, premium_alpha=40, premium_beta=160)
    lived, naive = months_within(alike, "premium")
    assert lived / naive == pytest.approx(1, abs=0.02)


def test_margins_keep_the_mean_of_the_plan(company):
    margins = company.contracts.groupby("plan")["monthly_margin"].mean()
    for plan, (_, mean) in PRICES.items():
        assert margins[plan] == pytest.approx(mean, rel=0.03)
    assert (company.contracts["monthly_margin"] % 1 == 0).all()


def test_some_loyal_customers_bring_nothing(company):
    contracts = company.contracts.merge(company.truth.customers[["customer_id", "months"]], on="customer_id")
    loyal = contracts[contracts["months"] > 12]
    assert 0.002 < (loyal["monthly_margin"] < 0).mean() < 0.05
    assert loyal["monthly_margin"].corr(loyal["months"], "spearman") < 0.5


def test_without_different_costs_loyalty_always_pays():
    contracts = simulate_company("subscription", customers=300, serve_cost=0).contracts
    assert contracts.groupby("plan")["monthly_margin"].unique().map(list).to_dict() == {
        plan: [mean] for plan, (_, mean) in PRICES.items()
    }


def test_the_dissatisfied_cost_more(company):
    known = company.contracts.merge(company.truth.customers, on="customer_id")
    for _, plan in known.groupby("plan"):
        assert 0.4 < plan["monthly_margin"].corr(plan["satisfaction"], "spearman") < 0.8


def test_the_fall_runs_through_every_plan_and_lies_with_one_way_to_pay(company, sound):
    before, during = ["2025-01", "2025-02", "2025-03"], ["2025-04", "2025-05", "2025-06"]
    by_plan = leaving(company, during, "plan") - leaving(company, before, "plan")
    assert by_plan.min() > 0.04
    by_payment = leaving(company, during, "payment_method") - leaving(company, before, "payment_method")
    assert by_payment["bank transfer"] > 0.15
    assert abs(by_payment["card"]) < 0.04
    quiet = leaving(sound, during, "payment_method") - leaving(sound, before, "payment_method")
    assert quiet["bank transfer"] < 0.08


def test_without_the_fault_revenue_would_not_have_fallen(company, sound):
    def revenue(company, month):
        contracts, day = company.contracts, pd.Timestamp(f"{month}-15")
        return contracts.loc[(contracts["started_on"] <= day) & ~(contracts["ended_on"] <= day), "monthly_fee"].sum()

    assert revenue(company, "2025-07") < 0.95 * revenue(company, "2025-03")
    assert revenue(sound, "2025-07") > 0.97 * revenue(sound, "2025-03")


def test_save_calls_reach_only_customers_of_the_day(company):
    calls = company.experiments[company.experiments["experiment"] == "save call"]
    held = calls.merge(company.contracts, left_on="unit_id", right_on="customer_id")
    day = pd.Timestamp("2025-10-01")
    assert len(held) == len(calls) > 300
    assert (held["started_on"] <= day).all()
    assert (held["ended_on"].isna() | (held["ended_on"] > day)).all()
    assert (held["ended_on"].isna() == held["success"]).all()


def test_without_calls_nobody_is_driven_away():
    kept = [simulate_company("subscription", customers=600, referral_rate=0, save_trial=share) for share in (0.0, 1.0)]
    never, half = (company.truth.customers["months"] for company in kept)
    assert (never != half).any()
    assert (kept[0].experiments["experiment"] != "save call").all()
