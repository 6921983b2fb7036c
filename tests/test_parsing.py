from __future__ import annotations

import tracemalloc

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmlab.data.parsing import distinct, guess_kind, has_clock, parse, written


def texts(*values: object) -> pd.Series:
    return pd.Series(values, dtype=object)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2025-01-31", "2025-01-31"),
        (" 2025-01-31 ", "2025-01-31"),
        ("20250131", "2025-01-31"),
        ("2025-01-31T23:59:59", "2025-01-31"),
        ("2025-01-31 09:15", "2025-01-31"),
        ("2025-01-31T00:30:00.5+09:00", "2025-01-31"),
        ("2024-02-29", "2024-02-29"),
        ("1900-01-01", "1900-01-01"),
        ("2100-12-31", "2100-12-31"),
    ],
)
def test_dates_that_are_read(text: str, day: str) -> None:
    days, faults = parse("date", texts(text))
    assert not faults
    assert days.dtype == "datetime64[ns]"
    assert days[0] == pd.Timestamp(day)


@pytest.mark.parametrize(
    ("text", "what", "remedy"),
    [
        ("2025-02-30", "not a day of the calendar", "Correct the day"),
        ("2025-13-01", "not a day of the calendar", "Correct the day"),
        ("20250230", "not a day of the calendar", "Correct the day"),
        ("2025-00-10", "not a day of the calendar", "Correct the day"),
        ("9999-12-31", "before 1900 or after 2100", "leave a day that has not come yet empty"),
        ("1899-12-31", "before 1900 or after 2100", "Correct the year"),
        ("31.12.2025", "not a date", "Day and month cannot be told apart"),
        ("12/31/25", "not a date", "Day and month cannot be told apart"),
        ("2025/12/31", "not a date", "Write hyphens"),
        ("2025. 1. 5.", "not a date", "Write hyphens"),
        ("45292", "not a date", "count of days"),
        ("2025-1-5", "not a date", "Write hyphens"),
        ("yesterday", "not a date", "yyyy-mm-dd"),
        ("2025-01-31 soon", "not a date", "yyyy-mm-dd"),
    ],
)
def test_dates_that_are_not_read(text: str, what: str, remedy: str) -> None:
    days, (fault,) = parse("date", texts("2025-01-31", text))
    assert days.isna().tolist() == [False, True]
    assert fault.rows.tolist() == [False, True]
    assert what in fault.what
    assert remedy in fault.remedy


@pytest.mark.parametrize(
    "text", ["abc", "12,50", "1,234.5", "$5", "5 KRW", "1_000", "0x10", "1e", "--1", "1.2.3", "５"]
)
def test_letters_and_commas_in_amounts_are_faults(text: str) -> None:
    values, (fault,) = parse("number", texts("1", text))
    assert np.isnan(values[1])
    assert fault.rows.tolist() == [False, True]
    assert fault.what == "not a number"


@pytest.mark.parametrize("text", ["inf", "-Infinity", "1e999"])
def test_endless_numbers_are_faults(text: str) -> None:
    assert [fault.what for fault in parse("number", texts(text))[1]] == ["not a finite number"]
    assert [fault.what for fault in parse("number", pd.Series([np.inf, 1.0]))[1]] == ["not a finite number"]


@settings(deadline=None)
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_are_read_to_the_last_bit(number: float) -> None:
    assert parse("number", texts(repr(number)))[0][0] == number


def test_missing_markers_are_missing_but_stay_in_free_text() -> None:
    marked = texts("", " ", "NULL", "NA", "nan", None, np.nan, pd.NA)
    for kind in ("number", "integer", "date", "boolean"):
        values, faults = parse(kind, marked)
        assert values.isna().all()
        assert not faults
    assert parse("text", marked)[0].dropna().tolist() == ["NULL", "NA", "nan"]
    assert parse("text", marked, identifies=True)[0].isna().all()


def test_whole_numbers_and_booleans() -> None:
    values, faults = parse("integer", texts("5", "5.0", "-3", "5.5", "9" * 19))
    assert values.dtype == "Int64"
    assert values.tolist() == [5, 5, -3, pd.NA, pd.NA]
    assert faults[0].rows.tolist() == [False, False, False, True, True]
    values, faults = parse("boolean", texts("TRUE", "0", "n", "maybe"))
    assert values.dtype == "boolean"
    assert values.tolist() == [True, False, False, pd.NA]
    assert faults[0].rows.tolist() == [False, False, False, True]


def test_names_that_became_floats_keep_no_point() -> None:
    assert parse("text", pd.Series([4.0, np.nan, 12.0]))[0].tolist()[::2] == ["4", "12"]
    assert parse("text", pd.Series([4.5, 12.0]))[0].tolist() == ["4.5", "12.0"]
    assert written(texts("0001")).tolist() == ["0001"]


def test_frames_columns_of_every_type_are_read() -> None:
    stamps = pd.Series(pd.to_datetime(["2025-01-31 23:30"]))
    for dates in (stamps, stamps.dt.tz_localize("Asia/Seoul"), stamps.astype("datetime64[s]"), stamps.dt.date):
        assert parse("date", dates)[0].tolist() == [pd.Timestamp("2025-01-31")]
    assert parse("date", pd.Series([20250131]))[0][0] == pd.Timestamp("2025-01-31")
    assert parse("date", pd.Series([20250131.0, np.nan]))[0][0] == pd.Timestamp("2025-01-31")
    assert parse("boolean", pd.Series([True, False]))[0].tolist() == [True, False]
    assert parse("text", pd.Series(["a", "b"], dtype="category"))[0].tolist() == ["a", "b"]
    assert parse("number", pd.Series([1, None], dtype="Int64"))[0].tolist()[0] == 1.0
    assert [fault.what for fault in parse("date", pd.Series(pd.to_datetime(["1850-01-01"])))[1]] == [
        "before 1900 or after 2100"
    ]


@pytest.mark.parametrize("kind", ["text", "number", "integer", "date", "boolean"])
def test_an_empty_column_is_read(kind: str) -> None:
    values, faults = parse(kind, texts())
    assert len(values) == 0
    assert not faults


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (("1", "2", ""), "integer"),
        (("1.5", "2"), "number"),
        (("0001", "2"), "text"),
        (("0.5", "2"), "number"),
        (("2025-01-31",), "date"),
        (("2025-02-30",), "text"),
        (("true", "false"), "boolean"),
        (("a", "1"), "text"),
        (("1e999",), "text"),
        (("", None), "text"),
    ],
)
def test_the_kind_of_an_unknown_column(values: tuple[str, ...], kind: str) -> None:
    assert guess_kind(texts(*values)) == kind


def test_a_day_and_a_time_of_day_are_judged_each_for_itself_in_each_row() -> None:
    clocks = ["", " 10:00", " 25", "T10:00:00.5Z", "x", "  "]
    rows = [f"{day}{clock}" for day in ("2025-01-31", "2025-02-30", "1800-01-01", "31.12.2025") for clock in clocks]
    values, faults = parse("date", texts(*rows))
    read = [text.strip() in ("2025-01-31", "2025-01-31 10:00", "2025-01-31T10:00:00.5Z") for text in rows]
    assert values.notna().to_list() == read
    assert set(values[read]) == {pd.Timestamp("2025-01-31")}
    assert sum(fault.rows.sum() for fault in faults) == len(rows) - sum(read)
    known = {fault.what: [rows[at] for at in np.flatnonzero(fault.rows)][:2] for fault in faults}
    assert known["not a day of the calendar"] == ["2025-02-30", "2025-02-30 10:00"]
    assert known["before 1900 or after 2100"] == ["1800-01-01", "1800-01-01 10:00"]


def test_a_time_of_day_is_noticed() -> None:
    assert not has_clock(texts("2025-01-31", "31.12.2025 10:00", "2025-01-31 00:00"))
    assert has_clock(texts("2025-01-31", "2025-01-31 10:00"))
    assert not has_clock(texts("2025-01-31", "2025-01-31 00:00:00", None))
    assert has_clock(pd.to_datetime(texts("2025-01-31", "2025-01-31 10:00", None), format="mixed"))
    assert not has_clock(pd.to_datetime(texts("2025-01-31", None)).dt.tz_localize("Asia/Seoul"))


@given(st.lists(st.one_of(st.none(), st.text(" ab0", max_size=3), st.integers(0, 2), st.booleans(), st.floats(0, 2))))
def test_distinct_texts_are_those_that_are_written(values: list[object]) -> None:
    column = texts(*values)
    codes, once = distinct(column)
    assert [None if code < 0 else once[code] for code in codes] == written(column).tolist()
    assert once.tolist() == list(dict.fromkeys(text for text in written(column) if text is not None))


def test_one_long_text_among_numbers_takes_no_more_room_than_itself() -> None:
    column = texts(*map(str, range(500)), "x" * 100_000)
    tracemalloc.start()
    _, (fault,) = parse("number", column)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert fault.rows.sum() == 1
    assert peak < 10_000_000
