"""Cohort triangles: counts by hand, censored cells, rows against counts, and what is planted."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import crmlab as crm
from crmlab.cohorts import CohortTriangle, count_cohorts
from crmlab.plots import alternative_text


def contracts(*rows) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["started_on", "ended_on"])
    return frame.apply(pd.to_datetime)


def cells(triangle: CohortTriangle, *columns: str) -> list:
    return triangle.table[list(columns)].to_numpy().tolist()


def test_months_run_from_each_customers_own_start():
    data = contracts(("2024-01-31", "2024-02-29"), ("2024-01-31", "2024-03-01"), ("2024-01-15", None))
    triangle = CohortTriangle.from_dates(data, "2024-03-31")
    assert cells(triangle, "age", "observed", "number") == [[1, 3, 2], [2, 3, 1]]
    converted = CohortTriangle.from_dates(data, "2024-03-31", "converted")
    assert cells(converted, "number") == [[1], [2]]
    assert (triangle.table["estimate"] + converted.table["estimate"]).to_list() == [1, 1]


def test_a_cell_counts_only_those_who_have_been_seen_so_long():
    data = contracts(("2024-01-02", None), ("2024-01-30", None), ("2024-01-30", "2024-02-10"))
    triangle = CohortTriangle.from_dates(data, "2024-03-15")
    assert cells(triangle, "age", "observed", "number", "complete") == [[1, 3, 2, True], [2, 1, 1, False]]


def test_what_happens_after_the_last_day_is_not_known():
    data = contracts(("2024-01-02", "2024-04-01"), ("2024-05-01", None))
    triangle = CohortTriangle.from_dates(data, "2024-03-15")
    assert cells(triangle, "customers", "number") == [[1, 1], [1, 1]]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 300), st.one_of(st.none(), st.integers(0, 400))), min_size=1, max_size=40))
def test_rows_and_counts_give_one_triangle(days):
    first = pd.Timestamp("2023-01-31")
    rows = [(first + pd.Timedelta(days=a), None if b is None else first + pd.Timedelta(days=a + b)) for a, b in days]
    data = contracts(*rows)
    grouped = data.groupby(["started_on", "ended_on"], dropna=False).size().rename("customers").reset_index()
    one, other = (CohortTriangle.from_dates(frame, "2024-06-30") for frame in (data, grouped))
    pd.testing.assert_frame_equal(one.table, other.table)
    for _, row in one.table.groupby("cohort"):
        whole = row[row["complete"]]
        assert (whole["estimate"].diff().dropna() <= 0).all()
        assert (row["low"] <= row["estimate"] + 1e-12).all()
        assert (row["estimate"] <= row["high"] + 1e-12).all()


def test_intervals_hold_the_truth_as_often_as_they_promise():
    """Contracts that lapse in a month with 0.1; the interval of the open cells too."""
    rng, truth, held = np.random.default_rng(6), 0.9**3, []
    for _ in range(150):
        day, month = pd.to_timedelta(rng.integers(0, 28, 300), unit="D"), np.datetime64("2024-01")
        began, ended = (day + (month + months).astype("datetime64[ns]") for months in (0, rng.geometric(0.1, 300)))
        data = pd.DataFrame({"started_on": began, "ended_on": ended})
        cell = CohortTriangle.from_dates(data, "2024-04-15").table.set_index("age").loc[3]
        assert not cell["complete"]
        held.append(cell["low"] <= truth <= cell["high"])
    assert 0.89 <= np.mean(held) <= 0.99


def test_the_matrix_is_a_triangle():
    data = contracts(*((f"2024-{month:02d}-01", None) for month in range(1, 7)))
    matrix = CohortTriangle.from_dates(data, "2024-07-01").matrix()
    assert matrix.notna().sum(axis=1).to_list() == [6, 5, 4, 3, 2, 1]
    assert CohortTriangle.from_dates(data, "2024-07-01", grid="Q").matrix().shape == (2, 6)


def test_a_cohort_that_counts_only_the_old_is_not_worse_for_being_young():
    """Planted: conversion does not change, though counting everybody makes each young cohort look bad."""
    company = crm.open_company("subscription")
    won = company.stage_events.query("stage == 'won'").set_index("lead_id")["reached_on"]
    leads = company.leads.assign(won_on=company.leads["lead_id"].map(won))
    triangle = CohortTriangle.from_dates(leads, "2025-12-31", "converted", "created_on", "won_on", "Q")
    cell = triangle.table.set_index(["cohort", "age"]).loc[(pd.Timestamp("2025-07-01"), 3)]
    before = triangle.matrix().loc[:"2025-04-01", 3]
    naive = leads[leads["created_on"].between("2025-10-01", "2025-12-31")]["won_on"].notna().mean()
    assert cell["estimate"] == pytest.approx(before.mean(), abs=0.04)
    assert naive < 0.75 * before.mean()


@pytest.mark.parametrize(
    ("change", "options", "said"),
    [
        ({"started_on": None}, {}, "started_on is empty in 1 rows"),
        ({"ended_on": "2023-12-31"}, {}, "ended_on lies before started_on in 1 rows"),
        ({}, {"grid": "W"}, "choose one of M, Q, Y"),
        ({}, {"kind": "kept"}, "choose one of retained, converted"),
        ({}, {"start": "began"}, "no column began"),
        ({}, {"observation_end": "2024-01-20"}, "nobody has been seen for a whole month"),
        ({}, {"observation_end": "2023-01-20"}, "nobody has been seen for a whole month"),
    ],
)
def test_bad_tables_are_refused(change, options, said):
    data = contracts(("2024-01-02", "2024-04-01"), ("2024-01-05", None))
    for name, value in change.items():
        data.loc[0, name] = pd.Timestamp(value) if value else pd.NaT
    with pytest.raises(ValueError, match=said):
        CohortTriangle.from_dates(data, **({"observation_end": "2024-12-31"} | options))


def test_dates_may_be_text_and_must_be_dates_without_a_zone():
    told = {"started_on": ["2024-01-02", "2024-01-05"], "ended_on": ["2024-04-01", None]}
    plain = CohortTriangle.from_dates(contracts(*zip(*told.values(), strict=True)), "2024-12-31")
    as_text = CohortTriangle.from_dates(pd.DataFrame(told), "2024-12-31")
    pd.testing.assert_frame_equal(as_text.table, plain.table)
    with pytest.raises(ValueError, match=r"the table: ended_on holds 'soon', which is no date \(1 rows\)"):
        CohortTriangle.from_dates(pd.DataFrame(told).assign(ended_on=["soon", None]), "2024-12-31")
    zoned = pd.DataFrame(told).assign(started_on=pd.to_datetime(told["started_on"]).tz_localize("UTC"))
    with pytest.raises(ValueError, match="the table: started_on carries a time zone"):
        CohortTriangle.from_dates(zoned, "2024-12-31")


def test_counts_need_their_columns():
    counts = count_cohorts(contracts(("2024-01-02", None)), "2024-06-30")
    with pytest.raises(ValueError, match="no column seen"):
        CohortTriangle.from_counts(counts.drop(columns="seen"))


def test_the_picture_asks_a_question_and_marks_what_is_not_whole():
    data = contracts(("2024-01-02", "2024-02-10"), ("2024-01-30", None), ("2024-02-03", None))
    triangle = CohortTriangle.from_dates(data, "2024-03-15")
    ax = triangle.plot()
    assert ax.get_title() == "Do later cohorts stay longer?"
    assert [text.get_text() for text in ax.texts] == ["100", "(0)", "100"]
    assert "after 1 months 100.0 % to 100.0 % of 2" in alternative_text(ax.figure)
    assert triangle.summary().loc["2024-01-01", "customers"] == 2
    long = CohortTriangle.from_dates(contracts(("2020-01-02", None)), "2024-03-15").plot()
    assert [label.get_text() for label in long.get_xticklabels()][:4] == ["1", "6", "12", "18"]
