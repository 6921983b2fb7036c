"""Identifiers are told apart from other numbers by form and check digit."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmlab.checking.identifiers import (
    KINDS,
    find_identifiers,
    is_business_number,
    is_resident_number,
    passes_luhn,
)


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("kim@example.co.kr", ["e-mail"]),
        ("a@b", []),
        ("010-1234-5678", ["telephone"]),
        ("01012345678", ["telephone"]),
        ("+82 10 1234 5678", ["telephone"]),
        ("02-123-4567", ["telephone"]),
        ("(031) 123-4567", ["telephone"]),
        ("+1 (415) 555-2671", ["telephone"]),
        ("+44 20 7946 0958", ["telephone"]),
        ("900101-1234568", ["resident number"]),
        ("9001011234568", ["resident number"]),
        ("900101-1234567", []),  # the check digit
        ("901301-1234568", []),  # no such month
        ("211015-3123456", ["resident number"]),  # since October 2020 there is no check digit
        ("2110153123456", []),  # which a bare number would need
        ("123-45-67891", ["business number"]),
        ("123-45-67890", []),
        ("4111 1111 1111 1111", ["card"]),
        ("4111-1111-1111-1112", []),
        ("378282246310005", ["card"]),
        ("192.168.0.1", ["IP address"]),
        ("2001:db8::1", ["IP address"]),
        ("1.2.3.400", []),
        ("12:30:45", []),
        ("2025-01-31T12:00:00", []),
        ("C4111111111111111", []),  # part of a number of one's own
        ("O00000001-001", []),
        ("d917536afed36cee4356bd62555846c2", []),
        ("전화010-1234-5678번", ["telephone"]),
        ("kim@example.com, 010-1234-5678", ["e-mail", "telephone"]),
        ("", []),
    ],
)
def test_what_a_text_holds(text: str, kinds: list[str]) -> None:
    assert [found.kind for found in find_identifiers(text)] == kinds


def test_places_are_those_of_the_text() -> None:
    text = "from 010-1234-5678 to kim@example.com"
    assert [text[found.start : found.end] for found in find_identifiers(text)] == ["010-1234-5678", "kim@example.com"]


@given(st.text(st.sampled_from("0123456789-. @+:abc가"), max_size=40))
def test_any_text_is_read_and_nothing_overlaps(text: str) -> None:
    found = find_identifiers(text)
    assert all(one.kind in KINDS for one in found)
    assert all(one.end <= other.start for one, other in pairwise(found))


@pytest.mark.parametrize(("passes", "digits"), [(passes_luhn, 16), (is_business_number, 10)])
def test_a_check_digit_lets_one_in_ten_pass(passes, digits: int) -> None:
    chance = random.Random(1)
    numbers = ["".join(chance.choices("0123456789", k=digits)) for _ in range(2000)]
    assert 0.08 < sum(map(passes, numbers)) / 2000 < 0.12


def test_the_number_of_a_foreigner_has_a_check_digit_of_its_own() -> None:
    assert [digit for digit in "0123456789" if is_resident_number(f"900101500000{digit}")] != [
        digit for digit in "0123456789" if is_resident_number(f"900101100000{digit}")
    ]
    assert sum(is_resident_number(f"900101500000{digit}") for digit in "0123456789") == 1
