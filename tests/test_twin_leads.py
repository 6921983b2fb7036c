"""The twin's funnel: as many leads become customers, from the same channels, after as long."""

import pandas as pd
import pytest

from crmlab.company import Company
from crmlab.simulation import simulate_company
from crmlab.simulation.twin_leads import read_leads


@pytest.fixture(scope="module")
def firm():
    return simulate_company("subscription", customers=1500, seed=3)


@pytest.fixture(scope="module")
def twin(firm):
    return simulate_company(like=firm)


def rates(company):
    return company.leads["customer_id"].notna().groupby(company.leads["channel"].astype(str)).mean()


def waits(company):
    known = company.leads.merge(company.customers[["customer_id", "acquired_on"]], on="customer_id")
    return (known["acquired_on"] - known["created_on"]).dt.days


def test_each_channel_converts_as_it_does_in_the_original(firm, twin):
    assert (rates(firm) - rates(twin)).abs().max() < 0.02
    assert twin.truth["conversion_search"] == pytest.approx(rates(firm)["search"])
    assert len(twin.leads) == pytest.approx(len(firm.leads), rel=0.1)


def test_leads_become_customers_after_as_long(firm, twin):
    assert waits(twin).min() >= 0
    assert waits(twin).mean() == pytest.approx(waits(firm).mean(), rel=0.08)
    assert waits(twin).std() == pytest.approx(waits(firm).std(), rel=0.2)


def test_a_customer_came_the_way_its_lead_did(twin):
    known = twin.leads.merge(twin.customers, on="customer_id", suffixes=("", "_customer"))
    assert (known["channel"] == known["channel_customer"]).all()


def test_first_and_last_steps_agree_with_the_leads(twin):
    events = twin.stage_events
    assert set(events["stage"]) == {"lead", "won"}
    assert (events["stage"] == "won").sum() == twin.leads["customer_id"].notna().sum()
    assert events["reached_on"].is_monotonic_increasing
    assert set(events["lead_id"]) == set(twin.leads["lead_id"])


def test_a_small_funnel_is_not_read(firm):
    few = {**firm.tables, "leads": firm.leads.head(150)}
    assert read_leads(Company("few", few, firm.observation_end), len(firm.customers)) is None
    none = {name: firm.tables[name] for name in ("customers", "contracts")}
    assert read_leads(Company("none", none, firm.observation_end), len(firm.customers)) is None


def test_leads_without_channels_have_one_rate(firm):
    tables = {**firm.tables, "leads": firm.leads.drop(columns="channel")}
    twin = simulate_company(like=Company("plain", tables, firm.observation_end))
    assert "channel" not in twin.leads
    assert twin.leads["customer_id"].notna().mean() == pytest.approx(firm.leads["customer_id"].notna().mean(), abs=0.02)
    assert pd.api.types.is_datetime64_any_dtype(twin.leads["created_on"])
