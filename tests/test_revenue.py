"""Recurring revenue: counted by hand, as a cube, and projected as the chance in leaving and joining says."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmlab.revenue import active_on, churn_rates, churn_rise, monthly_revenue, project_revenue
from crmlab.simulation import simulate_company

END = "2025-04-30"
WINDOWS = ("2024-04", "2025-03"), ("2025-04", "2025-06")


def contracts_of(rows: list[tuple[str, str | None, float, str | None]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["started_on", "ended_on", "monthly_fee", "plan"])
    return frame.assign(started_on=pd.to_datetime(frame["started_on"]), ended_on=pd.to_datetime(frame["ended_on"]))


@pytest.fixture
def contracts() -> pd.DataFrame:
    return contracts_of(
        [
            ("2025-01-01", "2025-03-01", 10.0, "basic"),
            ("2025-01-31", "2025-02-28", 10.0, "basic"),
            ("2025-02-28", None, 20.0, "premium"),
            ("2025-04-30", "2025-05-30", 20.0, None),
            ("2025-05-01", None, 99.0, "premium"),
        ]
    )


@pytest.fixture(scope="module")
def simulated() -> pd.DataFrame:
    return simulate_company("subscription").contracts


@pytest.fixture(scope="module")
def cube(simulated: pd.DataFrame) -> pd.DataFrame:
    return monthly_revenue(simulated, "2025-06-30", by=["plan", "payment_method"])


def test_revenue_counted_by_hand(contracts: pd.DataFrame) -> None:
    table = monthly_revenue(contracts, END)
    assert table["month"].dt.strftime("%Y-%m-%d").to_list() == ["2025-01-01", "2025-02-01", "2025-03-01", "2025-04-01"]
    assert table["customers"].to_list() == [2, 2, 1, 2]
    assert table["joined"].to_list() == [2, 1, 0, 1]
    assert table["left"].to_list() == [0, 1, 1, 0]
    assert table["revenue"].to_list() == [20.0, 30.0, 20.0, 40.0]
    assert table["new"].to_list() == [20.0, 20.0, 0.0, 20.0]
    assert table["lost"].to_list() == [0.0, 10.0, 10.0, 0.0]


def test_a_month_that_is_cut_short_is_left_out_and_the_future_is_not_known(contracts: pd.DataFrame) -> None:
    assert len(monthly_revenue(contracts, "2025-04-29")) == 3
    february = monthly_revenue(contracts, "2025-02-27")
    assert february["customers"].to_list() == [2]
    assert february["left"].sum() == 0


def test_groups_have_a_row_for_every_month_and_nobody_is_lost(contracts: pd.DataFrame) -> None:
    table = monthly_revenue(contracts, END, by="plan")
    assert table.groupby("plan")["customers"].apply(list).to_dict() == {
        "basic": [2, 1, 0, 0],
        "premium": [0, 1, 1, 1],
        "unknown": [0, 0, 0, 1],
    }
    whole = monthly_revenue(contracts, END)
    sums = table.groupby("month")[list(whole.columns[1:])].sum().reset_index()
    pd.testing.assert_frame_equal(sums, whole)


def test_margin_can_be_added_up_instead(contracts: pd.DataFrame) -> None:
    halves = contracts.assign(monthly_margin=contracts["monthly_fee"] / 2)
    table = monthly_revenue(halves, END, value="monthly_margin")
    assert table["revenue"].to_list() == [10.0, 15.0, 10.0, 20.0]


def test_the_contracts_are_left_as_they_were(contracts: pd.DataFrame) -> None:
    before = contracts.copy()
    monthly_revenue(contracts, END, by="plan")
    pd.testing.assert_frame_equal(contracts, before)


def test_revenue_agrees_with_who_is_active(simulated: pd.DataFrame, cube: pd.DataFrame) -> None:
    table = cube.groupby("month")[["customers", "revenue"]].sum()
    for month in ("2023-02", "2024-02", "2025-06"):
        running = active_on(simulated, pd.Timestamp(month) + pd.offsets.MonthEnd(0))
        assert table.loc[f"{month}-01", "customers"] == len(running)
        assert table.loc[f"{month}-01", "revenue"] == pytest.approx(running["monthly_fee"].sum())


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 500), st.integers(0, 400) | st.none(), st.sampled_from([1.0, 7.5])),
        min_size=1,
        max_size=30,
    )
)
def test_revenue_is_what_it_was_plus_new_less_lost(rows: list[tuple[int, int | None, float]]) -> None:
    start = pd.Timestamp("2024-01-01") + pd.to_timedelta([day for day, _, _ in rows], unit="D")
    stays = [np.nan if stay is None else stay for _, stay, _ in rows]
    ended = pd.Series(start) + pd.to_timedelta(pd.Series(stays), unit="D")
    frame = pd.DataFrame({"started_on": start, "ended_on": ended, "monthly_fee": [fee for _, _, fee in rows]})
    table = monthly_revenue(frame, "2025-12-31")
    change = table["revenue"].diff().fillna(table["revenue"])
    np.testing.assert_allclose(change, table["new"] - table["lost"])
    assert (table["customers"] >= 0).all()
    assert table["customers"].iloc[-1] == len(active_on(frame, "2025-12-31"))


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda c: c.drop(columns="plan"), "contracts: no column plan"),
        (lambda c: c.assign(monthly_fee=[10.0, None, 20.0, None, 1.0]), "monthly_fee is empty in 2 contracts"),
        (lambda c: c.iloc[[3]], "no contract began in a whole month before 2025-04-29"),
        (lambda c: c.iloc[:0], "no contract began in a whole month before 2025-04-29"),
    ],
)
def test_what_cannot_be_counted_is_said(contracts: pd.DataFrame, spoil, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        monthly_revenue(spoil(contracts), "2025-04-29", by="plan")


def test_churn_rates_add_up_over_months_and_over_columns_not_asked_for(cube: pd.DataFrame) -> None:
    by_plan = churn_rates(cube, "2025-04", "2025-06", by="plan")
    crossed = churn_rates(cube, "2025-04", "2025-06", by=["plan", "payment_method"])
    sums = crossed.groupby("plan")[["at_risk", "left"]].sum()
    pd.testing.assert_frame_equal(by_plan[["at_risk", "left"]], sums)
    assert by_plan["estimate"].to_dict() == pytest.approx((sums["left"] / sums["at_risk"]).to_dict())
    assert churn_rates(cube, "2025-04", "2025-06").index.to_list() == ["all"]


def test_churn_rates_know_whom_to_count_as_at_risk(contracts: pd.DataFrame) -> None:
    rates = churn_rates(monthly_revenue(contracts, END), "2025-02", "2025-03")
    assert rates[["at_risk", "left"]].to_numpy().tolist() == [[4, 2]]


def test_wilson_interval_as_published() -> None:
    # Newcombe 1998, Statistics in Medicine 17(8) 857-872, table I: 81 of 263, score interval .2553 to .3662
    monthly = pd.DataFrame({"month": [pd.Timestamp("2025-01-01")], "customers": [182], "joined": [0], "left": [81]})
    assert churn_rates(monthly, "2025-01", "2025-01").loc["all", ["low", "high"]].round(4).to_list() == [0.2553, 0.3662]


def test_rise_has_newcombes_interval_as_published() -> None:
    # Newcombe 1998, Statistics in Medicine 17(8) 873-890, table II: 56/70 - 48/80, method 10: .0524 to .3339
    months = pd.to_datetime(["2025-01-01", "2025-02-01"])
    monthly = pd.DataFrame({"month": months, "customers": [32, 14], "joined": [0, 0], "left": [48, 56]})
    rise = churn_rise(monthly, ("2025-01", "2025-01"), ("2025-02", "2025-02")).loc["all"]
    assert rise[["estimate", "low", "high"]].round(4).to_list() == [0.2, 0.0524, 0.3339]
    assert rise["extra"] == pytest.approx(56 - 0.6 * 70)


def test_rise_leaves_out_a_group_that_was_not_there_before(contracts: pd.DataFrame) -> None:
    monthly = monthly_revenue(contracts, END, by="plan")
    assert churn_rise(monthly, ("2025-01", "2025-02"), ("2025-03", "2025-03"), by="plan").index.to_list() == ["basic"]


def test_nobody_at_risk_is_said(contracts: pd.DataFrame) -> None:
    with pytest.raises(ValueError, match="nobody was a customer from 2025-01 to 2025-01"):
        churn_rates(monthly_revenue(contracts, END), "2025-01", "2025-01")


def test_the_fault_shows_among_transfers_of_either_plan_and_not_among_cards(cube: pd.DataFrame) -> None:
    rise = churn_rise(cube, *WINDOWS, by=["plan", "payment_method"])
    assert (rise.xs("bank transfer", level="payment_method")["low"] > 0.1).all()
    assert rise.xs("card", level="payment_method")["estimate"].abs().max() < 0.04


def test_projection_by_hand() -> None:
    months = pd.to_datetime(["2025-01-01", "2025-02-01"])
    monthly = pd.DataFrame({"month": months, "customers": [80, 100], "joined": [10, 30], "revenue": [0.0, 500.0]})
    rates = pd.DataFrame({"estimate": [0.1], "at_risk": [1000]}, index=["all"])
    ahead = project_revenue(monthly, rates, months=2)
    assert ahead.index.to_list() == [pd.Timestamp("2025-03-01"), pd.Timestamp("2025-04-01")]
    assert ahead["customers"].to_list() == pytest.approx([110.0, 119.0])
    assert ahead["estimate"].to_list() == pytest.approx([550.0, 595.0])


def test_projection_of_groups_is_the_sum_of_its_groups(cube: pd.DataFrame) -> None:
    by = ["plan", "payment_method"]
    rates = churn_rates(cube, *WINDOWS[0], by=by)
    parts = [
        project_revenue(cube[(cube["plan"] == plan) & (cube["payment_method"] == pay)], rates.loc[[(plan, pay)]])
        for plan, pay in rates.index
    ]
    whole = project_revenue(cube, rates)
    np.testing.assert_allclose(whole["estimate"], sum(part["estimate"] for part in parts))
    half = np.sqrt(sum((part["high"] - part["estimate"]) ** 2 for part in parts))
    np.testing.assert_allclose(whole["high"] - whole["estimate"], half)


def test_the_projection_interval_covers_what_happens() -> None:
    draw, stay, joining, inside = np.random.default_rng(11), 0.85, 12, []
    for _ in range(250):
        left = draw.binomial(400, 1 - stay)
        joined = draw.poisson(30, joining)
        monthly = pd.DataFrame({"month": pd.date_range("2025-01-01", periods=joining, freq="MS"), "joined": joined})
        monthly = monthly.assign(customers=200, revenue=1000.0)
        rates = pd.DataFrame({"estimate": [left / 400], "at_risk": [400]}, index=["all"])
        customers = 200
        for _ in range(3):
            customers = draw.binomial(customers, stay) + draw.poisson(30)
        ahead = project_revenue(monthly, rates, months=3, joining=joining).iloc[-1]
        inside.append(ahead["low"] <= 5.0 * customers <= ahead["high"])
    assert 0.91 < np.mean(inside) < 0.985


def test_a_group_without_a_rate_is_said(cube: pd.DataFrame) -> None:
    rates = churn_rates(cube, *WINDOWS[0], by="plan").drop("basic")
    with pytest.raises(ValueError, match="a group that has customers has no churn rate"):
        project_revenue(cube, rates)
