"""Cleaning: other ways of writing become one, twice is as once, and defects are named with their rows."""

from __future__ import annotations

import unicodedata

import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crmlab.identity import clean_birth_dates, clean_email, clean_name, clean_phone, clean_postcode, clean_records


@pytest.mark.parametrize("written", ["김민서", " 김 민서 ", "Kim Min-seo", "minseo kim", "MIN SEO KIM", "Gim, Minseo"])
def test_one_name_in_many_ways(written: str):
    assert clean_name(written) == clean_name(unicodedata.normalize("NFD", written)) == "kim minseo"


def test_names_of_one_word_and_with_accents():
    assert clean_name("Emily") == "emily"
    assert clean_name("Zoë O'Neil") == "oneil zoë"
    assert clean_name("123") is None


@pytest.mark.parametrize(
    "written",
    [
        *["010-0123-4567", "010 0123 4567", "(010)0123.4567", "+82-10-0123-4567", "+82 010 0123 4567"],
        *["82 10 0123 4567", "0082 10 0123 4567", "０１０－０１２３－４５６７", 1001234567, 1001234567.0],
    ],
)
def test_one_telephone_in_many_ways(written: object):
    assert clean_phone(written) == "01001234567"


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("02-123-4567", "021234567"),
        ("+82 2 123 4567", "021234567"),
        ("+1 202 555 0100", "+12025550100"),
        ("1588", None),
    ],
)
def test_other_telephones(written: str, kept: str | None):
    assert clean_phone(written) == kept


@given(st.text() | st.text(st.sampled_from("+-( 0128")))
@example("000000000")
@example("82000123456")
@example("(0)0-1234567")
def test_cleaning_twice_is_cleaning_once(text: str):
    for clean in (clean_email, clean_phone, clean_postcode):
        once = clean(text)
        assert clean(once) == once


@given(st.sampled_from("김이박최정"), st.text(st.sampled_from("민서지수하준"), min_size=2, max_size=2))
def test_a_cleaned_name_stays(family: str, given_name: str):
    once = clean_name(family + given_name)
    assert once is not None
    assert clean_name(once) == clean_name(once.title()) == clean_name(" ".join(reversed(once.split()))) == once


def test_a_default_day_of_birth_is_missing():
    days = pd.date_range("1960-01-01", periods=2000).strftime("%Y-%m-%d").tolist()
    cleaned = clean_birth_dates(pd.Series([*days, *["2000-01-01"] * 40, "1900-01-01", None]))
    kept = cleaned.dropna()
    assert set(days) - set(kept) == set()
    assert set(kept) == set(days)


def test_a_day_that_a_few_share_is_kept():
    assert clean_birth_dates(pd.Series(pd.to_datetime(["1990-05-06"] * 19))).tolist() == ["1990-05-06"] * 19


def test_days_of_birth_that_are_none_are_named():
    with pytest.raises(ValueError, match="birth_date: 2 values are no date, the first in row 1: 1990-13-01"):
        clean_birth_dates(pd.Series(["1990-05-06", "1990-13-01", "soon"]))


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"name": ["a"]}, "source_records: no column record_id"),
        ({"record_id": [], "name": []}, "there is no record"),
        ({"record_id": ["a", None], "name": ["x", "y"]}, "record_id is empty in 1 rows, the first in row 1"),
        ({"record_id": ["a", "b", "a"], "name": ["x"] * 3}, "1 rows repeat an earlier one, the first in row 2: a"),
        ({"record_id": ["a"], "source": ["shop"]}, "none of name, email, phone, birth_date, postcode"),
    ],
)
def test_records_that_are_not_sound_are_refused(columns: dict[str, list[str]], said: str):
    with pytest.raises(ValueError, match=said):
        clean_records(pd.DataFrame(columns))


def test_missing_values_stay_missing_and_order_stays():
    frame = pd.DataFrame(
        {"record_id": [7, 3], "email": [float("nan"), "A@B.kr"], "postcode": [None, 4633.0]}, index=[5, 5]
    )
    cleaned = clean_records(frame)
    assert cleaned["record_id"].tolist() == [7, 3]
    assert cleaned["email"].tolist() == [None, "a@b.kr"]
    assert cleaned["postcode"].tolist() == [None, "04633"]
