"""The subscription company does what its mechanism declares."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from crmlab.data.validation import validate
from crmlab.simulation import simulate_company
from crmlab.simulation.subscription import contracts


@pytest.fixture(scope="module")
def small():
    return simulate_company("subscription", customers=700, seed=3)


@pytest.fixture(scope="module")
def company():
    return simulate_company("subscription")


def test_it_has_the_tables_of_the_dictionary_and_a_truth_for_each_why(company):
    assert set(company.tables) == {
        *("customers", "consents", "leads", "stage_events", "contracts", "agents", "tickets"),
        *("surveys", "channel_spend", "referrals", "experiments"),
    }
    known = {"customers", "leads", "consents", "tickets", "surveys", "experiments", "save_calls", "causes"}
    assert set(company.truth.tables) == known
    assert {"customer_id", "satisfaction", "churn_probability"} < set(company.truth.customers.columns)
    assert set(company.truth.causes.columns) == {"cause", "effect", "meaning"}


def test_size_and_window_are_as_promised(company):
    assert 4700 < len(company.customers) < 5300
    assert company.leads["created_on"].min() >= pd.Timestamp("2023-01-01")
    assert max(table.select_dtypes("datetime").max().max() for table in company.tables.values()) <= pd.Timestamp(
        company.observation_end
    )


@pytest.mark.parametrize(
    ("switches", "changed"),
    [
        ({"silence": 0.0}, {"surveys"}),
        ({"comment_share": 0.0}, {"surveys"}),
        ({"repeat_minutes": 30.0}, {"tickets"}),
        ({"chatbot_share": 0.0}, {"tickets", "surveys"}),
        ({"consent_base": -1.0}, {"consents"}),
        ({"consent_link": 0.0}, {"consents"}),
        ({"serve_cost": 0.0}, {"contracts"}),
        ({"retain_hours": 500.0}, {"channel_spend"}),
        ({"call_cost": 9_000.0}, {"experiments"}),
    ],
)
def test_switching_one_mechanism_leaves_unrelated_tables_as_they_were(small, switches, changed):
    switched = simulate_company("subscription", customers=700, seed=3, **switches)
    assert {name for name, table in small.tables.items() if not table.equals(switched.tables[name])} == changed


def test_what_moves_churn_moves_nothing_that_comes_before():
    alone = [
        simulate_company("subscription", customers=700, seed=3, referral_rate=0, content_to_churn=link)
        for link in (0.0, 0.7)
    ]
    lived = ["customer_id", "expectation", "process", "attitude", "experience", "satisfaction"]
    for table in ("leads", "stage_events", "customers"):
        pd.testing.assert_frame_equal(*[company.tables[table] for company in alone])
    pd.testing.assert_frame_equal(*[company.truth.customers[lived] for company in alone])
    assert not alone[0].contracts.equals(alone[1].contracts)


def test_a_company_too_small_to_have_customers_says_so():
    with pytest.raises(ValueError, match="ask for more customers"):
        simulate_company("subscription", customers=1)
    few = simulate_company("subscription", customers=3, seed=3)
    validate(dict(few.tables))
    assert all(len(table) for table in few.tables.values())


def test_without_the_fault_nobody_else_changes():
    without = simulate_company("subscription", customers=700, seed=3, billing_fault=0, referral_rate=0)
    faulty = simulate_company("subscription", customers=700, seed=3, referral_rate=0)
    cards = faulty.contracts["payment_method"] == "card"
    pd.testing.assert_frame_equal(faulty.contracts[cards], without.contracts[cards])
    assert (faulty.truth.customers["months"] <= without.truth.customers["months"]).all()
    pd.testing.assert_series_equal(
        faulty.truth.customers["months_without_fault"], without.truth.customers["months"], check_names=False
    )


def test_satisfaction_moves_churn_and_recommendation(company):
    known = company.truth.customers
    assert stats.spearmanr(known["satisfaction"], known["churn_probability"]).statistic < -0.4
    assert stats.spearmanr(known["satisfaction"], known["referral_rate"]).statistic > 0.99


def test_retention_money_works_as_its_potential_outcomes_say(company):
    kept = company.truth.experiments.drop(columns="customer_id").mean()
    assert kept.is_monotonic_increasing
    trial = company.experiments[company.experiments["experiment"] == contracts.EXPERIMENT]
    means, size = trial.groupby("spend")["success"].mean(), trial.groupby("spend")["success"].size()
    expected = kept.set_axis(means.index)
    assert ((means - expected).abs() < 4 * np.sqrt(expected * (1 - expected) / size)).all()


def test_success_in_the_retention_experiment_is_what_the_contracts_show(company):
    trial = company.experiments[company.experiments["experiment"] == contracts.EXPERIMENT]
    held = trial.merge(company.contracts, left_on="unit_id", right_on="customer_id")
    assert (held["ended_on"].isna() == held["success"]).all()


def test_contracts_last_whole_months(company):
    ended = company.contracts.dropna(subset="ended_on")
    same_day = ended["ended_on"].dt.day == ended["started_on"].dt.day
    clipped = ended["ended_on"].dt.is_month_end & (ended["started_on"].dt.day > ended["ended_on"].dt.day)
    assert (same_day | clipped).all()


def test_silence_flatters_the_score(company):
    answered, everybody = company.surveys["nps"].dropna(), company.truth.surveys["nps"]
    assert answered.mean() > everybody.mean() + 0.5


def test_referrals_come_from_customers_of_that_time(company):
    held = company.referrals.merge(company.contracts, left_on="referrer_id", right_on="customer_id")
    assert (held["started_on"] < held["referred_on"]).all()
    running_in_month = held["ended_on"].isna() | (
        held["ended_on"] > held["referred_on"].dt.to_period("M").dt.start_time
    )
    assert running_in_month.all()


def test_the_ledger_holds_the_money_of_the_experiments(company):
    spend = company.channel_spend
    acquire = spend.loc[spend["activity"] == "acquire", "amount"].sum()
    trial = company.experiments[company.experiments["experiment"] == "money per lead"]
    outside = len(company.leads) - len(trial)
    assert acquire == pytest.approx(trial["spend"].sum() + outside * 8000)
