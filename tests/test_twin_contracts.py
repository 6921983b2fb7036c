"""The twin of a company with contracts: its customers stay as long and pay as much."""

import numpy as np
import pandas as pd
import pytest

from crmlab.churn import count_contracts
from crmlab.company import Company
from crmlab.renewals import ShiftedBetaGeometric
from crmlab.simulation import simulate_company
from crmlab.simulation.twin_contracts import make_contracts, read_contracts


@pytest.fixture(scope="module")
def firm():
    return simulate_company("subscription", customers=1500, seed=3)


@pytest.fixture(scope="module")
def shape(firm):
    return read_contracts(firm, {})


def staying(contracts, end, plan):
    return ShiftedBetaGeometric.fit(count_contracts(contracts[contracts["plan"] == plan], end)).summary()


def altered(firm, **columns):
    return Company("firm", {"contracts": firm.contracts.assign(**columns)}, firm.observation_end, "EUR")


def test_fitted_twins_have_the_parameters_of_their_original(firm, shape):
    """Eight twins, two plans, two parameters: of 32 intervals at most five may miss."""
    twins = [make_contracts(shape, None, seed, "t-", "KRW")[0]["contracts"] for seed in range(8)]
    missed = 0
    for plan in ("basic", "premium"):
        truth = staying(firm.contracts, firm.observation_end, plan)["estimate"]
        for twin in twins:
            rows = staying(twin, firm.observation_end, plan)
            missed += ((rows["low"] > truth) | (rows["high"] < truth)).sum()
    assert missed <= 5


def test_contracts_begin_and_end_as_contracts_do(firm, shape):
    tables, known = make_contracts(shape, 3000, 4, "t-", "KRW")
    contracts, end = tables["contracts"], pd.Timestamp(firm.observation_end)
    assert contracts["started_on"].max() <= end
    assert (contracts["ended_on"].dropna() <= end).all()
    assert (contracts["ended_on"].dropna() > contracts["started_on"][contracts["ended_on"].notna()]).all()
    counted = count_contracts(contracts[contracts["ended_on"].notna()], firm.observation_end)
    months = known["months"][contracts["ended_on"].notna()].value_counts()
    assert (counted.set_index("duration")["customers"] == months.sort_index()).all()
    assert (tables["customers"]["acquired_on"] == contracts["started_on"]).all()


def test_prices_are_those_of_the_plans(firm, shape):
    contracts = make_contracts(shape, 4000, 4, "t-", "KRW")[0]["contracts"]
    pairs = [set(zip(each["plan"], each["monthly_fee"], strict=True)) for each in (firm.contracts, contracts)]
    assert pairs[0] == pairs[1]
    margins = [each.groupby("plan")["monthly_margin"].agg(["mean", "std"]) for each in (firm.contracts, contracts)]
    pd.testing.assert_frame_equal(*margins, rtol=0.1, atol=1)


def test_prices_that_differ_between_customers_are_as_spread_as_they_are(firm):
    fees = np.random.default_rng(1).lognormal(3, 0.4, len(firm.contracts))
    twin = simulate_company(like=altered(firm, monthly_fee=fees), customers=3000)
    assert np.log(twin.contracts["monthly_fee"]).std() == pytest.approx(0.4, abs=0.04)
    assert set(fees.round(6)).isdisjoint(twin.contracts["monthly_fee"])


def test_a_plan_of_few_customers_borrows_from_all_and_one_of_fewer_than_five_is_not_named(firm):
    plan = firm.contracts["plan"].astype(object).copy()
    plan.iloc[:40], plan.iloc[40:43] = "trial", "for the mayor"
    found = read_contracts(altered(firm, plan=plan), {})
    assert set(found.plans) == {"basic", "premium", "trial"}
    of_all = ShiftedBetaGeometric.fit(count_contracts(firm.contracts, firm.observation_end))
    assert found.plans["trial"].alpha == pytest.approx(of_all.alpha)
    assert found.plans["basic"].alpha != pytest.approx(of_all.alpha, rel=0.02)


def test_where_customers_do_not_differ_all_leave_alike():
    rng = np.random.default_rng(2)
    months = rng.geometric(0.05, 3000)
    started = pd.Timestamp("2023-01-01") + pd.to_timedelta(31 * rng.integers(0, 12, 3000), unit="D")
    ended = pd.Series(started + pd.to_timedelta(31 * months, unit="D"))
    ended = ended.where(ended <= pd.Timestamp("2025-12-31"))
    names = [f"a{number}" for number in range(3000)]
    contracts = pd.DataFrame({"contract_id": names, "customer_id": names, "started_on": started, "ended_on": ended})
    twin = simulate_company(like=Company("alike", {"contracts": contracts}, "2025-12-31"))
    leaving = twin.truth.customers["leaving_probability"]
    assert leaving.mean() == pytest.approx(0.05, abs=0.005)
    assert leaving.std() < 0.02


def test_contracts_that_end_where_they_begin_are_refused(firm):
    ended = firm.contracts["started_on"].where(firm.contracts.index < 40, firm.contracts["ended_on"])
    with pytest.raises(ValueError, match="firm has no twin: duration is 0"):
        read_contracts(altered(firm, ended_on=ended), {})


def test_contracts_without_plan_and_price_have_a_twin_without(firm):
    bare = firm.contracts[["contract_id", "customer_id", "started_on", "ended_on"]]
    twin = simulate_company(like=Company("bare", {"contracts": bare}, firm.observation_end), customers=300)
    assert list(twin.contracts) == list(bare)
    assert {"alpha", "beta"} <= set(twin.truth.parameters.index)


def test_a_second_contract_of_a_customer_is_left_out(firm):
    second = firm.contracts.assign(contract_id=firm.contracts["contract_id"] + "b")
    twice = Company("firm", {"contracts": pd.concat([firm.contracts, second])}, firm.observation_end)
    assert read_contracts(twice, {}).customers == len(firm.contracts)
