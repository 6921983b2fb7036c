"""Columns are described by their ends and what is odd, and personal ones by neither."""

from __future__ import annotations

import pandas as pd
import pytest

from crmlab.checking.columns import describe_columns, row_limit


def row(values: object, column: str = "x", **how: object) -> dict:
    return describe_columns({"orders": pd.DataFrame({column: values})}, **how).to_dict("records")[0]  # type: ignore


@pytest.mark.parametrize(
    ("values", "remark"),
    [
        (["a"] * 50, "one value only"),
        (["a"] * 10, ""),
        (["a"] * 999 + ["b"], "one value in 99.9 % of the rows"),
        ([None, None], "never filled"),
        ([1, 2] * 20, ""),
        ([*range(100), *[999_999] * 10], "999,999 in 9.1 % of the rows, far from all others: a placeholder?"),
        (list(range(100)), ""),
        ([float("inf"), *range(30)], ""),
        (
            pd.to_datetime(["1900-01-01"] * 5 + [f"2025-01-{day:02d}" for day in range(1, 31)]),
            "1900-01-01 in 14.3 % of the rows, far from all others: a placeholder?",
        ),
    ],
)
def test_what_is_odd_about_a_column(values: object, remark: str) -> None:
    assert row(values)["remark"] == remark


def test_ends_are_shown_of_numbers_and_days_and_not_of_text() -> None:
    assert (row([1.5, 20_000.0])["low"], row([1.5, 20_000.0])["high"]) == ("1.5", "20,000")
    days = pd.to_datetime(["2025-01-31", "2025-02-01"])
    assert (row(days)["low"], row(days, "ordered_at")["kind"]) == ("2025-01-31", "date")
    assert (row(["secret"])["low"], row(["secret"])["different"]) == ("", 1)


def test_nothing_of_a_personal_column_is_shown() -> None:
    shown = row([*[1012345678] * 30, 1, 2], "phone", personal={("orders", "phone")})
    assert (shown["low"], shown["high"]) == ("not shown", "not shown")
    assert "1012345678" not in str(shown)
    assert "1,012,345,678" not in str(shown)


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        (65_536, "the last row of an old Excel sheet"),
        (65_535, "the last row of an old Excel sheet"),
        (1_048_576, "the last row of an Excel sheet"),
        (10_000, "a round number"),
        (0, ""),
        (1_048_577, ""),
    ],
)
def test_numbers_of_rows_that_look_cut_off(rows: int, why: str) -> None:
    assert row_limit(rows) == why
