"""The company that sells to firms is whole: sound tables, quiet streams, and a ledger that adds up."""

import pandas as pd
import pytest

from crmlab.data import save
from crmlab.data.validation import validate
from crmlab.simulation import simulate_company


@pytest.fixture(scope="module")
def company():
    return simulate_company("b2b")


@pytest.fixture(scope="module")
def small():
    return simulate_company("b2b", customers=300, seed=3)


def same(one, other, tables):
    for table in tables:
        pd.testing.assert_frame_equal(one.tables[table], other.tables[table])


def differ(one, other, tables):
    assert [table for table in tables if one.tables[table].equals(other.tables[table])] == []


def test_size_and_window_are_as_promised(company):
    assert 1100 < len(company.customers) < 1300
    assert len(company.crm_users) == 90
    assert validate(dict(company.tables), company.observation_end).keys() == company.tables.keys()
    assert company.leads["created_on"].min() >= pd.Timestamp("2023-01-01")


def test_it_takes_less_than_3_megabytes(company, tmp_path):
    save(company, tmp_path / "b2b")
    assert sum(path.stat().st_size for path in (tmp_path / "b2b").rglob("*") if path.is_file()) < 3_000_000


def test_a_handful_of_customers_is_a_company_too():
    for customers in (1, 5):
        validate(dict(simulate_company("b2b", customers=customers, seed=3).tables))


def test_what_customers_feel_changes_no_table_but_the_surveys(small):
    switched = simulate_company("b2b", customers=300, seed=3, gap_to_expectation=0)
    same(small, switched, set(small.tables) - {"surveys"})
    differ(small, switched, ["surveys"])


def test_what_makes_firms_leave_does_not_touch_how_they_were_won(small):
    switched = simulate_company("b2b", customers=300, seed=3, gap_to_churn=0, onboarding_effect=0, service_effect=0)
    won = ["customers", "leads", "stage_events", "offers", "experiments", "crm_users", "crm_usage", "vendors"]
    same(small, switched, won)
    differ(small, switched, ["contracts", "surveys", "channel_spend"])


def test_how_the_system_is_adopted_does_not_touch_who_buys(small):
    switched = simulate_company("b2b", customers=300, seed=3, bass_p=0.2, ghost_share=0.5, ease_to_intention=0.5)
    same(small, switched, set(small.tables) - {"crm_users", "crm_usage"})
    differ(small, switched, ["crm_users", "crm_usage"])


def test_without_the_flush_only_decisions_in_the_last_quarter_change(small):
    calm = simulate_company("b2b", customers=300, seed=3, budget_flush=0)
    before, after = (some.truth.leads.set_index("lead_id")["won_on"] for some in (small, calm))
    changed = before[before.fillna(pd.Timestamp(0)) != after.fillna(pd.Timestamp(0))]
    assert len(changed) > 5
    assert (changed.dt.quarter == 4).all()


def test_sales_of_the_users_are_the_fees_of_the_contracts(company):
    assert company.crm_usage["sales"].sum() == 12 * company.contracts["monthly_fee"].sum()
