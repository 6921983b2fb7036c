"""Contracts by dates, and by tenure: the months come out exactly."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import crmlab as crm
from crmlab.company import Company
from crmlab.contracts import contract_durations
from crmlab.data.validation import DataError, validate
from crmlab.intake.shapes import SHAPES, Settings
from crmlab.lessons import Lesson
from intake_sheets import sheet

SPANS = {
    "customer_id": "aab",
    "started_on": ["2025-03-01", "2025-01-01", "2025-02-03"],
    "ended_on": ["9999-12-31", "2025-02-01", None],
    "plan": "xyz",
    "region": "sst",
}


def build(name: str, columns: dict, end: str | None = "2025-12-31", **chosen: str):
    return SHAPES[name].build(sheet(columns), Settings("people.csv", end, chosen))


def test_spans_become_contracts_and_customers() -> None:
    built = build("spans", SPANS)
    tables = validate(built.tables)
    assert tables["contracts"]["contract_id"].to_list() == ["a-2", "a-1", "b-1"]
    assert tables["contracts"]["ended_on"].isna().to_list() == [True, False, True]
    assert tables["customers"]["acquired_on"].dt.strftime("%m-%d").to_list() == ["01-01", "02-03"]
    assert tables["contracts"]["plan"].to_list() == ["x", "y", "z"]
    assert "region" not in tables["contracts"]
    assert "1 contract ends on 9999-12-31 (line 2): taken as still running." in built.notes


def test_contracts_keep_their_own_numbers_and_need_no_customers() -> None:
    built = build("spans", {"contract_id": "789"} | {name: SPANS[name] for name in SPANS if name != "region"})
    assert list(built.tables) == ["contracts"]
    assert built.tables["contracts"]["contract_id"].to_list() == ["7", "8", "9"]


def test_the_last_day_with_service_is_the_day_before_the_end() -> None:
    ends = [
        build("spans", SPANS, end_day=day).tables["contracts"]["ended_on"] for day in ("first_without", "last_with")
    ]
    assert [end.iloc[1].strftime("%Y-%m-%d") for end in ends] == ["2025-02-01", "2025-02-02"]
    assert ends[1].isna().to_list() == [True, False, True]


def test_a_customer_told_in_two_ways_is_said() -> None:
    assert any(
        "1 customer with more than one region" in note for note in build("spans", SPANS | {"region": "suv"}).notes
    )


def test_tenure_needs_its_day_and_whole_months() -> None:
    columns = {"customer_id": "ab", "tenure": ["3", "-1"], "churned": ["yes", "no"]}
    with pytest.raises(DataError, match="--observation-end 2025-12-31"):
        build("tenure", columns, None)
    with pytest.raises(DataError, match=r"1 row is below 0 \(line 3\)"):
        build("tenure", columns)
    with pytest.raises(DataError, match="are these days"):
        build("tenure", columns | {"tenure": ["3", "1201"]})


def test_tenure_says_that_its_dates_are_laid() -> None:
    built = build("tenure", {"customer_id": "ab", "tenure": ["3", "5"], "churned": ["yes", "no"], "plan": "xy"})
    contracts = validate(built.tables)["contracts"]
    assert contracts["date_precision"].to_list() == ["tenure", "tenure"]
    assert contracts["plan"].to_list() == ["x", "y"]
    assert "When the 1 customer who left came and went is not in the file" in built.notes[0]
    assert built.observed_to == "2025-12-31"


def test_lessons_that_need_the_calendar_say_that_tenure_has_none() -> None:
    tables = build("tenure", {"customer_id": "ab", "tenure": "35", "churned": ["yes", "no"]}).tables
    lesson = Lesson("13", "Value", Path("13-value.ipynb"), {"contracts": []})
    assert "only tenure is known" in lesson.lacks(Company("shop", tables, "2025-12-31"))
    spans = build("spans", SPANS).tables
    assert lesson.lacks(Company("shop", spans, "2025-12-31")) == ""


MONTHS = st.lists(st.tuples(st.integers(0, 400), st.booleans()), min_size=1, max_size=30)
DAYS = st.dates(pd.Timestamp("1990-01-01").date(), pd.Timestamp("2060-12-31").date()).map(str)


@settings(deadline=None, max_examples=50)
@given(MONTHS, DAYS)
def test_tenure_comes_back_exactly_whatever_the_day(rows: list[tuple[int, bool]], end: str) -> None:
    tenure, churned = zip(*rows, strict=True)
    columns = {"customer_id": [f"c{row}" for row in range(len(rows))], "tenure": list(map(str, tenure))}
    frame = sheet(columns | {"churned": ["Yes" if gone else "No" for gone in churned]})
    before = frame.copy()
    contracts = SHAPES["tenure"].build(frame, Settings("x", end)).tables["contracts"]
    pd.testing.assert_frame_equal(frame, before)
    seen = contract_durations(contracts, end)
    assert seen["duration"].to_list() == list(tenure)
    assert seen["churned"].to_list() == list(churned)
    assert contracts.index.to_list() == frame.index.to_list()


def test_the_survival_curve_is_that_of_the_tenures() -> None:
    rng = np.random.default_rng(7)
    tenure, gone = rng.integers(1, 40, 500), rng.random(500) < 0.4
    columns = {
        "customer_id": [f"c{row}" for row in range(500)],
        "tenure": tenure.astype(str),
        "churned": gone.astype(str),
    }
    contracts = validate(build("tenure", columns, "2025-02-28").tables)["contracts"]
    curve = crm.ChurnCurve.from_contracts(contracts, "2025-02-28")
    plain = pd.DataFrame({"duration": tenure, "churned": gone, "customers": 1})
    assert curve(12) == pytest.approx(crm.ChurnCurve.from_counts(plain)(12), abs=1e-12)
