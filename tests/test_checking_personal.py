"""Columns with personal data are found by contents and heading, and no value is told."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from crmlab.checking.personal import find_personal, heading_kind


def found(column: str, values: object, table: str = "customers") -> list[tuple[str, int, str]]:
    rows = find_personal({table: pd.DataFrame({column: values})})
    return list(rows[["kind", "rows", "within"]].itertuples(index=False, name=None))


def test_identifiers_are_counted_by_column_and_kind() -> None:
    values = ["kim@example.com", None, "lee@example.com", "010-1234-5678", "-"]
    assert found("contact", values) == [("e-mail", 2, "the whole cell"), ("telephone", 1, "the whole cell")]


def test_free_text_is_told_from_a_column_of_identifiers() -> None:
    values = ["please call 010-1234-5678 today", "all fine"]
    assert found("comment", values) == [("telephone", 1, "longer text")]


def test_no_value_is_in_what_is_found() -> None:
    rows = find_personal({"customers": pd.DataFrame({"contact": ["kim@example.com"], "name": ["Kim Jisoo"]})})
    assert (
        not rows.astype(str).apply(lambda column: column.str.contains("kim|example.com", case=False)).to_numpy().any()
    )


@pytest.mark.parametrize(
    ("column", "kind"),
    [
        ("name", "name"),
        ("Full Name", "name"),
        ("lastName", "name"),
        ("고객명", "name"),
        ("주소", "address"),
        ("휴대폰번호", "telephone"),
        ("dob", "date of birth"),
        ("생년월일", "date of birth"),
        ("주민번호", "resident number"),
        ("plan", ""),
        ("filename", ""),
        ("hotel", ""),
        ("birth_year", ""),
    ],
)
def test_headings_promise_kinds(column: str, kind: str) -> None:
    assert heading_kind("customers", column) == kind


def test_the_names_of_things_are_no_names() -> None:
    assert found("name", ["Coffee", "Tea"], "products") == []
    assert found("name", ["Kim", "Lee"]) == [("name", 2, "the whole cell")]


def test_a_column_called_email_that_says_yes_or_no_is_not_personal() -> None:
    assert found("email", ["yes", "no"] * 20) == []
    assert found("email", [True, False]) == []


def test_bare_numbers_count_only_where_most_pass_the_check_digit() -> None:
    numbers = [f"{1234567890123450 + i:016d}".replace("1", "4", 1) for i in range(1000)]
    assert found("reference", numbers) == []
    assert found("reference", ["4111111111111111", "5500005555555559", "4012888888881881"])[0][0] == "card"


def test_numbers_that_lost_their_zero_are_known_by_the_heading() -> None:
    numbers = np.arange(1012345678, 1012345698)
    assert found("phone", numbers) == [("telephone", 20, "the whole cell")]
    assert found("visits", numbers) == []
    assert found("phone", [*map(float, numbers), np.nan]) == [("telephone", 20, "the whole cell")]


def test_money_is_no_telephone_number() -> None:
    assert found("setup_cost", [1_012_345_678.0, 45_000_000.0, 22_000_000.0]) == []


def test_strange_columns_are_read() -> None:
    assert found("x", ["half \ud800 kim@example.com", None, 7]) == [("e-mail", 1, "longer text")]
    assert found("x", [None, None]) == []
    assert find_personal({}).empty


def test_pseudonyms_and_years_are_not_found_again() -> None:
    assert found("name", ["0123456789abcdef0123456789abcdef"] * 2) == []
    assert found("birth_date", pd.to_datetime(["1990-01-01", "1971-01-01"])) == []
    assert found("birth_date", pd.to_datetime(["1990-05-01", "1971-01-01"])) != []
