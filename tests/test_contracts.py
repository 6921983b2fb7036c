"""Contracts as months and outcomes: what a month is, what is not known yet, and what cannot be counted."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmlab.churn import ChurnCurve
from crmlab.contracts import contract_durations, count_contracts, dated
from crmlab.simulation.days import months_later


def contracts_of(*rows, **columns):
    table = pd.DataFrame(rows, columns=["started_on", "ended_on"]).apply(pd.to_datetime)
    return table.assign(**columns)


@given(st.dates(pd.Timestamp("2023-01-01").date(), pd.Timestamp("2025-12-31").date()), st.integers(1, 30))
def test_a_contract_of_whole_months_counts_those_months(start, months):
    started = pd.Series([pd.Timestamp(start)])
    ended = pd.Series(months_later(started, months))
    counted = count_contracts(pd.DataFrame({"started_on": started, "ended_on": ended}), "2029-01-01")
    assert counted["duration"].to_list() == [months]


def test_what_came_after_the_end_is_not_known_yet():
    contracts = contracts_of(("2025-01-10", "2025-03-10"), ("2025-01-10", None), ("2025-06-01", None))
    counted = count_contracts(contracts, "2025-02-20")
    assert counted.to_dict("list") == {"duration": [1], "churned": [False], "customers": [2]}


def test_an_end_in_a_month_not_seen_whole_waits_for_the_end_of_the_month():
    contracts = contracts_of(("2025-01-10", "2025-04-12"))
    early, late = (count_contracts(contracts, day).to_dict("records")[0] for day in ("2025-04-25", "2025-05-10"))
    assert early == {"duration": 3, "churned": False, "customers": 1}
    assert late == {"duration": 4, "churned": True, "customers": 1}


def test_contracts_that_end_on_any_day_show_the_churn_that_they_have():
    draw, end = np.random.default_rng(4), pd.Timestamp("2025-12-31")
    start = pd.Timestamp("2024-01-01") + pd.to_timedelta(draw.integers(0, 730, 40_000), unit="D")
    ended = start + pd.to_timedelta(draw.exponential(300, 40_000) // 1, unit="D")
    table = pd.DataFrame({"started_on": start, "ended_on": ended.where(ended <= end)})
    assert ChurnCurve.from_contracts(table, end)(12) == pytest.approx(np.exp(-365.25 / 300), abs=0.008)


def test_a_part_of_a_month_rounds_up_for_who_left_and_down_for_who_stays():
    contracts = contracts_of(("2025-01-10", "2025-02-25"), ("2025-01-10", None))
    counted = count_contracts(contracts, "2025-04-25").set_index("churned")["duration"]
    assert counted.to_dict() == {True: 2, False: 3}


GOOD = contracts_of(("2025-01-10", "2025-02-25"), ("2025-01-10", None), plan="basic")


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda t: t.drop(columns="ended_on"), "no column ended_on"),
        (lambda t: t.assign(started_on=[None, t["started_on"][1]]), "started_on is empty in 1 contracts"),
        (lambda t: t.assign(started_on=["2025-01-10", "later"]), "started_on holds 2025-01-10, which is no date"),
        (lambda t: t.assign(ended_on=t["ended_on"].dt.tz_localize("Asia/Seoul")), "ended_on carries a time zone"),
        (lambda t: t.assign(ended_on=pd.Timestamp("2024-12-31")), "ended_on lies before started_on in 2 contracts"),
        (lambda t: t.assign(plan=[None, "basic"]), "plan is empty in 1 contracts"),
    ],
)
def test_contracts_that_cannot_be_counted_are_refused(spoil, words):
    with pytest.raises(ValueError, match=words):
        count_contracts(spoil(GOOD), "2025-06-30", by="plan")


def test_where_nobody_has_left_the_ends_may_be_empty_and_days_need_no_time():
    nobody_left = GOOD.assign(ended_on=None)
    assert contract_durations(nobody_left, "2025-06-30")["churned"].to_list() == [False, False]
    plain = GOOD.assign(started_on=[pd.Timestamp("2025-01-10").date()] * 2)
    pd.testing.assert_frame_equal(dated(plain), GOOD)
