from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmlab.intake.numbers import number_share, read_numbers
from crmlab.intake.texts import Distinct, Read

WHERE = ("orders.csv", "total")


def read(*texts: str | None, told: str = "") -> Read:
    lines = pd.RangeIndex(2, len(texts) + 2)
    return read_numbers(pd.Series(texts, lines, dtype=object), WHERE, told)


@pytest.mark.parametrize(
    ("text", "plain", "currency"),
    [
        ("1234.5", "1234.5", None),
        ("1,234.50", "1234.50", None),
        ("1.234,50", "1234.50", None),
        ("1.234.567", "1234567", None),
        ("12,5", "12.5", None),
        ("0,123", "0.123", None),
        ("1 234 567,89", "1234567.89", None),
        ("1\u202f234,5", "1234.5", None),
        ("1'234.50", "1234.50", None),
        ("1’234", "1234", None),
        ("12,34,567.8", "1234567.8", None),
        ("₩1,234,567", "1234567", "KRW"),
        ("￦9,900", "9900", "KRW"),
        ("12,000원", "12000", "KRW"),
        ("$ -5.25", "-5.25", "USD"),
        ("5,25 €", "5.25", "EUR"),
        ("EUR 5.25", "5.25", "EUR"),
        ("usd 7", "7", "USD"),
        ("(1,234.50)", "-1234.50", None),
        ("($99.00)", "-99.00", "USD"),
        ("12.50-", "-12.50", None),
        ("−3", "-3", None),
        ("+7", "7", None),
        ("12.5 %", "0.125", None),
        ("5%", "0.05", None),
        ("１２３４.５", "1234.5", None),
        (".5", ".5", None),
    ],
)
def test_what_cannot_be_confused_is_read_alone(text: str, plain: str, currency: str | None) -> None:
    found = read(text)
    assert (found.values.to_list(), found.problems) == ([plain], ())
    assert float(plain) == float(found.values.iloc[0])
    assert (None if found.currency is None else found.currency.iloc[0]) == currency


@pytest.mark.parametrize(
    "text", ["오천", "1,23", "12-5", "1.2.3", "(5", "1 23", "--5", "$5€", "3만원", "5,", "1e5", ""]
)
def test_what_is_no_number_stays_for_the_check_to_report_or_is_read_in_the_one_way_it_can(text: str) -> None:
    known = {"1,23": "1.23", "5,": "5."}.get(text, text or None)
    assert read(text).values.to_list() == [known]


def test_one_value_decides_for_the_column() -> None:
    assert read("1.234", "12,5").values.to_list() == ["1234", "12.5"]
    assert read("1.234", "12.5").values.to_list() == ["1.234", "12.5"]
    assert read("1.234", "1.234.567").settled == "comma"


def test_zeros_behind_the_mark_and_numbers_without_one_show_thousands() -> None:
    assert read("12,000", "950").values.to_list() == ["12000", "950"]
    assert read("12,345", "950").problems != ()
    assert read("12,000", "9,500").problems != ()


def test_what_no_row_decides_is_asked_with_the_evidence() -> None:
    (asked,) = read("1.234", "5.678", "5.678").problems
    assert (asked.rows, asked.first) == (3, (2, 3, 4))
    assert "'1.234' is 1234 or 1.234" in asked.what
    assert asked.remedy == "Say --decimal comma (1234) or --decimal point (1.234)."
    assert read("1.234", told="comma").values.to_list() == ["1234"]
    assert read("1.234", told="point").values.to_list() == ["1.234"]


def test_rows_that_contradict_each_other_are_told_with_their_lines() -> None:
    (found,) = read("12,5", "12.5", "1.234").problems
    assert "'12.5' has a decimal point (1 such row, the first in line 3)" in found.what
    assert "'12,5' has a decimal comma (1 such row, the first in line 2)" in found.what
    (found,) = read("12.5", "1,234", told="comma").problems
    assert (found.first, found.remedy) == ((2,), "Say --decimal point.")


def test_percent_signs_stand_in_all_rows_or_none() -> None:
    (found,) = read("5%", "7").problems
    assert (found.rows, found.first) == (1, (3,))


def test_signs_tell_the_currency_of_each_row() -> None:
    found = read("$5", "€7", "9", None)
    assert found.currency is not None
    assert found.currency.to_list() == ["USD", "EUR", None, None]
    assert found.said == "plain numbers, EUR, USD"


def test_numbers_come_back_as_they_are() -> None:
    sums = pd.Series([1.5, 2])
    assert read_numbers(sums, WHERE).values is sums


@given(st.lists(st.decimals(-(10**12), 10**12, places=2), min_size=1))
def test_any_sum_comes_back_however_it_is_written(sums: list) -> None:
    german = [f"{value:,.2f}".translate(str.maketrans(",.", ".,")) for value in sums]
    for texts in ([f"{value:,.2f}" for value in sums], german, [f"₩{abs(value):,.2f}" for value in sums]):
        found = read(*texts)
        assert found.problems == ()
        expected = [abs(float(value)) if texts[0].startswith("₩") else float(value) for value in sums]
        assert [float(text) for text in found.values] == expected


def test_the_share_of_numbers_tells_sums_from_names() -> None:
    assert number_share(Distinct.of(pd.Series(["5.25", "7", "A-1", "₩9"]))) == (0.75, 0.5)
