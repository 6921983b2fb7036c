from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmlab.intake.dates import date_share, read_dates
from crmlab.intake.texts import Distinct, Read

WHERE = ("orders.csv", "date")


def read(*texts: str | None, told: str = "", month: bool = False) -> Read:
    lines = pd.RangeIndex(2, len(texts) + 2)
    return read_dates(pd.Series(texts, lines, dtype=object), WHERE, told.split(), month)


@pytest.mark.parametrize(
    "text",
    [
        "2025-03-04",
        "20250304",
        "2025/03/04",
        "2025. 3. 4.",
        "2025.3.4",
        "2025년 3월 4일",
        "25년 3월 4일",
        "2025년 03월 04일 (화)",
        "4 Mar 2025",
        "04-Mar-25",
        "March 4, 2025",
        "Mar 4th, 2025",
        "Tue, 4 March 2025",
        "2025-Mar-04",
    ],
)
def test_what_cannot_be_confused_is_read_alone(text: str) -> None:
    found = read(text)
    assert (found.values.to_list(), found.problems, found.settled) == (["2025-03-04"], (), "")


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2025-03-04T14:05:09.250Z", "2025-03-04T14:05:09.250Z"),
        ("2025-03-04 14:05+09:00", "2025-03-04 14:05+09:00"),
        ("20250304140509", "2025-03-04 14:05:09"),
        ("2025년 3월 4일 오후 2:05", "2025-03-04 14:05:00"),
        ("2025. 3. 4. 오전 12:30:00", "2025-03-04 00:30:00"),
        ("2025년 3월 4일 14시 5분", "2025-03-04 14:05:00"),
        ("3/14/2025 2:05 PM", "2025-03-14 14:05:00"),
        ("14.03.2025 14:05 KST", "2025-03-14 14:05:00+09:00"),
    ],
)
def test_times_of_day_and_zones_come_along(text: str, iso: str) -> None:
    assert read(text).values.to_list() == [iso]


def test_one_value_above_twelve_decides_for_the_column() -> None:
    assert read("03/04/2025", "13/04/2025").values.to_list() == ["2025-04-03", "2025-04-13"]
    assert read("03/04/2025", "04/13/2025").values.to_list() == ["2025-03-04", "2025-04-13"]
    assert read("3.4.25", "13.4.25", told="day-first").settled == "day-first"
    assert read("99/03/04", "25/03/04").values.to_list() == ["1999-03-04", "2025-03-04"]


def test_what_no_row_decides_is_asked_with_the_evidence() -> None:
    (asked,) = read("03/04/2025", "05/06/2025", "05/06/2025").problems
    assert (asked.rows, asked.first) == (3, (2, 3, 4))
    assert "'03/04/2025' is 3 Apr 2025 (day-first) or 4 Mar 2025 (month-first)" in asked.what
    assert asked.remedy == "Say --dates day-first or --dates month-first."
    (asked,) = read("05/03/04").problems
    assert asked.remedy == "Say --dates day-first or --dates month-first or --dates year-first."
    assert read("03/04/2025", told="month-first").values.to_list() == ["2025-03-04"]


def test_rows_that_contradict_each_other_are_told_with_their_lines() -> None:
    (found,) = read("13/02/2025", "02/13/2025", "14/02/2025").problems
    assert "'13/02/2025' can only be day-first (2 such rows, the first in line 2)" in found.what
    assert "'02/13/2025' can only be month-first (1 such row, the first in line 3)" in found.what
    (found,) = read("13/02/2025", "02/03/2025", told="month-first").problems
    assert (found.rows, found.first, found.examples) == (1, (2,), ("'13/02/2025'",))


def test_counts_of_days_and_of_seconds_are_asked() -> None:
    (asked,) = read("2025-03-04", "45720").problems
    assert "45720 would be 2025-03-04" in asked.what
    assert asked.remedy == "If that is right, say --dates spreadsheet."
    assert read("2025-03-04", "45720.5", told="spreadsheet").values.to_list() == ["2025-03-04"] * 2
    (asked,) = read("1741046400").problems
    assert "2025-03-04 00:00:00Z" in asked.what
    both = read("1741046400", "1741046400000", told="epoch")
    assert both.values.to_list() == ["2025-03-04 00:00:00Z"] * 2
    assert both.settled == "epoch"


def test_what_is_no_date_stays_for_the_check_to_report() -> None:
    found = read("soon", "2025-02-30", "31/31/2025", "2025-03-04 25:00", None)
    assert found.values.to_list() == ["soon", "2025-02-30", "31/31/2025", "2025-03-04 25:00", None]
    assert found.problems == ()


def test_blank_rows_stay_blank_beside_times_of_day() -> None:
    found = read("13.02.2025 10:00", None, "14.02.2025").values
    assert found.isna().to_list() == [False, True, False]
    assert found.dropna().to_list() == ["2025-02-13 10:00:00", "2025-02-14"]


def test_months_stand_for_their_first_day_where_a_month_is_asked() -> None:
    assert read("2025년 3월", "202503", "Mar-25", month=True).values.to_list() == ["2025-03-01"] * 3
    assert read("2025년 3월").values.to_list() == ["2025년 3월"]


def test_timestamps_come_back_as_they_are() -> None:
    days = pd.Series(pd.to_datetime(["2025-03-04"]))
    assert read_dates(days, WHERE).values is days


@given(st.lists(st.dates(pd.Timestamp("1970-01-01").date(), pd.Timestamp("2068-12-31").date()), min_size=1))
def test_any_days_come_back_in_any_order_that_is_said(days: list) -> None:
    for order, form in (("day-first", "%d/%m/%Y"), ("month-first", "%m.%d.%y"), ("year-first", "%y-%m-%d")):
        found = read(*(day.strftime(form) for day in days), told=order)
        assert found.values.to_list() == [day.isoformat() for day in days]
        assert found.problems == ()


def test_the_share_of_dates_tells_a_column_of_dates() -> None:
    column = Distinct.of(pd.Series(["03/04/2025"] * 8 + ["45720", "A-1"]))
    assert date_share(column) == (0.8, 0.1)
    assert date_share(Distinct.of(pd.Series([], dtype=object))) == (0.0, 0.0)
