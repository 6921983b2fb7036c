"""The save call of the subscription company: calling the riskiest loses money, calling by uplift does not."""

from __future__ import annotations

import pandas as pd
import pytest

from crmlab.simulation import simulate_company
from crmlab.targeting import Uplift

KNOWN = ["plan", "payment_method", "channel", "region", "birth_year", "tenure"]
DAY = pd.Timestamp("2025-10-01")


@pytest.fixture(scope="module")
def called():
    """Return the trial with what was known before it, what it was worth, and what would have happened."""
    company = simulate_company("subscription", customers=16_000, save_trial=1)
    trial = company.experiments.query("experiment == 'save call'").rename(columns={"unit_id": "customer_id"})
    for table in (company.customers, company.contracts, company.truth.save_calls):
        trial = trial.merge(table, on="customer_id")
    trial["tenure"] = (DAY - trial["started_on"]).dt.days
    trial["called"], trial["cost"] = trial["spend"] > 0, company.truth["call_cost"]
    trial["value"] = 12 * trial["monthly_margin"]
    trial["effect"] = trial["kept_if_called"].astype(int) - trial["kept_if_not"].astype(int)
    return trial.assign(gain=trial["effect"] * trial["value"] - trial["cost"])


@pytest.fixture(scope="module")
def uplift(called):
    return Uplift.fit(called, treatment="called", outcome="success", covariates=KNOWN)


def riskiest(uplift: Uplift) -> pd.Series:
    return uplift.table["if_not"].rank() <= len(uplift.table) / 3


def test_calling_the_riskiest_loses_money_and_calling_by_uplift_does_not(called, uplift):
    by_uplift = uplift.policy("value", "cost")
    assert called["gain"][riskiest(uplift)].sum() < -2_000_000
    assert called["gain"].sum() < called["gain"][riskiest(uplift)].sum()
    assert called["gain"][by_uplift].sum() > 500_000
    assert (called.loc[by_uplift, "kind"] == "sleeping dog").mean() < 0.04
    assert (called["kind"] == "sleeping dog").mean() > 0.08


@pytest.mark.parametrize("method", ["doubly robust", "inverse probability"])
def test_the_experiment_tells_so_without_the_truth(called, uplift, method):
    table = uplift.policy_value("value", "cost", {"riskiest third": riskiest(uplift)}, method).table
    offered = {"everybody": called["gain"] == called["gain"], "riskiest third": riskiest(uplift)}
    for name, offer in (offered | {"by uplift": uplift.policy("value", "cost")}).items():
        true = (called["gain"] * offer).mean()
        error = (table.loc[name, "gain_high"] - table.loc[name, "gain"]) / 1.96
        assert abs(table.loc[name, "gain"] - true) < 3 * error
    assert table.loc["everybody", "gain_high"] < 0
    assert table.loc["by uplift", "gain"] > 0 > table.loc["riskiest third", "gain"]


def test_the_ranking_finds_the_dogs(uplift):
    assert uplift.qini.low > 0
    groups = uplift.by_group()
    assert groups.loc["lowest fifth", "high"] < -0.1
    assert groups.loc["highest fifth", "estimate"] > 0
