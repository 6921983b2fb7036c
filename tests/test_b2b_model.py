"""The causal model of the company that sells to firms: its arrows are those that act, and no others."""

import numpy as np
import pytest

from crmlab.simulation import simulate_company
from crmlab.simulation.b2b.model import B2B, HORIZON, STAYING, causes, churn
from crmlab.simulation.relationship import MODEL


def arrows(table):
    return set(zip(table["cause"], table["effect"], strict=True))


def test_the_truth_keeps_the_arrows():
    company = simulate_company("b2b", customers=20)
    assert company.truth.causes.equals(causes())
    assert causes()["meaning"].str.len().min() > 0


def test_what_all_companies_share_is_the_same_here():
    shared = {"process", "attitude", "experience", "satisfaction", "answer"}
    here, there = (
        {pair for pair in arrows(table) if pair[1] in shared} for table in (STAYING.causes(), MODEL.causes())
    )
    assert here == there


def test_use_does_not_cause_sales_but_skill_causes_both():
    found = arrows(causes())
    assert {("skill", "liking"), ("skill", "log_ins")} <= found
    assert ("log_ins", "liking") not in found


def test_every_parameter_says_its_unit_range_and_meaning():
    table = B2B().table()
    assert table["unit"].str.len().min() > 0
    assert table["meaning"].str.len().min() > 0
    with pytest.raises(ValueError, match=r"budget_flush is 9; choose a value from 0 to 3"):
        simulate_company("b2b", budget_flush=9)


def test_churn_of_a_firm_without_gap_is_the_base_and_jumps_at_renewals():
    hazard = churn(B2B(), np.zeros(1), np.zeros(1), np.zeros(1))
    assert hazard.shape == (1, HORIZON)
    assert hazard[0, :11] == pytest.approx(0.018)
    assert np.log1p(-hazard[0, 11]) / np.log1p(-hazard[0, 0]) == pytest.approx(2.5)


def test_service_keeps_its_ratio_and_onboarding_loses_it():
    none, one = np.zeros(1), np.ones(1)

    def log_ratio(**drivers):
        given = {"promise_gap": none, "service_level": none, "onboarding": none}
        with_it, without = (churn(B2B(), **chosen) for chosen in (given | drivers, given))
        return np.log(np.log1p(-with_it) / np.log1p(-without))[0]

    assert log_ratio(service_level=one) == pytest.approx(-0.7)
    assert log_ratio(promise_gap=0.2 * one) == pytest.approx(1.0)
    assert log_ratio(onboarding=one)[:6] == pytest.approx(-1.5)
    assert log_ratio(onboarding=one)[6:] == pytest.approx(0.0)
