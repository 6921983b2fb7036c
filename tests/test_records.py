from __future__ import annotations

from functools import partial
from io import StringIO

import pytest

from crmlab.data import records
from crmlab.data.records import find_separator, kind_of, lines_problem, split_records, uneven
from crmlab.data.validation import Problem


def separator(text: str) -> str:
    return find_separator(partial(StringIO, text, newline=""))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a,b,c\n1,2,3\n", ","),
        ("a;b;c\n1;2025-01-31;5,50\n", ";"),
        ("id;day;amount\n1;2025-01-31;1,234,567\n2;2025-02-01;2,345,678\n", ";"),
        ("1,234,567;5\n2,345,678;6\n", ";"),
        ("1\t1,234,567\n2\t2,345,678\n", "\t"),
        ("u1,a;b,5\nu2,c;d,6\n", ","),
        ('"a; b; c",2025-01-31,5\n"d; e; f",2025-01-31,5\n', ","),
        ("a|b\n1|2\n", "|"),
        ("a b  c\n1 2 3\n", " "),
        ("one\n1\n2\n", ","),
        ("", ","),
    ],
)
def test_what_separates_the_fields_is_found(text: str, found: str) -> None:
    assert separator(text) == found


def test_blank_separated_lines_and_quoted_records_know_their_lines() -> None:
    assert list(split_records(["\n", " 1  2 \n"], " ", "orders", [])) == [(2, ["1", "2"])]
    assert list(split_records(['a,"b\n', 'c"\n', "d,e\n"], ",", "orders", [])) == [(1, ["a", "b\nc"]), (3, ["d", "e"])]


@pytest.mark.parametrize("by", [",", " "])
def test_a_line_beyond_the_limit_ends_the_records(monkeypatch: pytest.MonkeyPatch, by: str) -> None:
    monkeypatch.setattr(records, "LONGEST_LINE", 10)
    problems: list[Problem] = []
    assert len(list(split_records(["1,2\n", "3,4\n", "5," * 9, "6,7\n"], by, "orders", problems))) == 2
    (found,) = problems
    assert (found.first, "longer than 10" in found.what) == ((3,), True)


def test_widths_other_than_the_usual_are_told_by_line() -> None:
    narrow, wide = uneven("orders", {4: [9], 3: [1, 2, 3], 2: [5, 6]}, 3)
    assert (narrow.rows, narrow.first, wide.first) == (2, (5, 6), (9,))
    assert lines_problem("orders", "odd", list(range(9)), "").first == (0, 1, 2, 3, 4)


@pytest.mark.parametrize(
    ("cell", "kind"),
    [
        ("", "blank"),
        ("  ", "blank"),
        ("2025-01-31", "date"),
        ("2025-01-31T10:00:00+09:00", "date"),
        ("31.01.2025", "date"),
        ("1/2/25", "date"),
        ("2025년 3월 1일", "date"),
        ("2025-01", "date"),
        ("20250131", "number"),
        ("1,234.5", "number"),
        ("1.234,50 €", "number"),
        ("1\u202f234,50", "number"),
        ("-5", "number"),
        ("5-", "number"),
        ("1e-5", "number"),
        ("12000원", "number"),
        ("A12", "text"),
        ("서울", "text"),
        ("-", "text"),
    ],
)
def test_what_a_cell_looks_like(cell: str, kind: str) -> None:
    assert kind_of(cell) == kind
