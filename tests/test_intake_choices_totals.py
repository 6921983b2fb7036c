"""Rows of totals, at the end or within: by their word, or by their sums; and what only looks like one."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from crmlab.intake.choices import Desk, total_rows
from crmlab.intake.choices.totals import find_totals
from crmlab.sources import Sheet
from intake_sheets import sheet

ROWS = {"id": [*"abc"], "day": ["2025-01-31"] * 3, "sum": ["5", "1,007.5", "8"]}


def with_row(*cells: object) -> pd.DataFrame:
    return sheet({name: [*values, cell] for (name, values), cell in zip(ROWS.items(), cells, strict=True)})


def totals(frame: pd.DataFrame) -> np.ndarray:
    return find_totals(frame)[0]


@pytest.mark.parametrize("word", ["합계", "총계", "합 계", "Total", "TOTAL:", "Grand Total", "소계"])
@pytest.mark.parametrize("place", [0, 1])
def test_the_first_cell_that_is_filled_says_so(word: str, place: int) -> None:
    cells = [None, None, "7"]
    cells[place] = word
    assert totals(with_row(*cells)).tolist() == [False, False, False, True]


@pytest.mark.parametrize("told", ["1020.5", "1,020.50", "₩1,020.5"])
def test_a_row_without_key_that_holds_the_sums_is_one(told: str) -> None:
    assert totals(with_row(None, None, told)).tolist() == [False, False, False, True]
    assert totals(with_row(None, "2025-01-31", told)).tolist() == [False, False, False, True]


@pytest.mark.parametrize(
    "cells",
    [
        ("d", "2025-02-01", "1020.5"),
        (None, None, "1021.5"),
        (None, None, None),
        ("d", "total", "1"),
        ("Totally", "x", "1"),
    ],
)
def test_what_is_no_total(cells: tuple) -> None:
    assert not totals(with_row(*cells)).any()


def test_a_few_rows_do_not_add_up_by_chance_and_a_blank_key_above_is_no_sign() -> None:
    assert not totals(sheet({"id": ["a", "b", None], "sum": ["5", "7", "12"]})).any()
    assert not totals(sheet({"id": ["a", None, "c", None], "sum": ["5", "7", "8", "20"]})).any()


def test_several_totals_below_each_other_and_typed_columns() -> None:
    frame = sheet({"id": ["a", "b", "c", None, "총계"], "sum": ["5", "7", "8", "20", "20"]})
    assert totals(frame).tolist() == [False, False, False, True, True]
    typed = frame.assign(sum=np.array([5.0, 7, 8, 20, 20]))
    assert totals(typed).tolist() == [False, False, False, True, True]
    assert totals(frame.iloc[:0]).tolist() == []


def written(text: str) -> pd.DataFrame:
    """Return a sheet of lines of three cells: id, day and sum."""
    rows = [[cell or None for cell in line.split(",")] for line in text.split()]
    return sheet({name: [row[place] for row in rows] for place, name in enumerate(ROWS)})


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("a,1,5 a,2,7 소계,,12 b,1,8 소계,,8 합계,,20", [2, 4, 5]),
        ("서울,1,5 서울,2,7 서울합계,,12 부산,1,8 총계,,20", [2, 4]),
        ("Kim,1,5 Kim,2,7 Kim-Total,,12 Lee,1,8 Lee-Total,,8", [2, 4]),
        ("a,1,500 a,2,700 a,소계,1200 b,1,800", [2]),
        ("a,1,500 a,2,700 소계,-,1200 b,1,800", [2]),
        ("합계,,20 a,1,5 a,2,7 b,1,8", [0]),
        ("a,1,500 a,2,700 ,,1200 b,1,800 b,3,100 ,,900 ,,2100", [2, 5, 6]),
        ("a,1,5 소계,,1 b,1,8 소계,,1", [1, 3]),
    ],
    ids=["words", "names", "english", "word in the key", "a dash for a date", "above", "no words", "counts"],
)
def test_totals_within_a_sheet(text: str, rows: list[int]) -> None:
    assert np.flatnonzero(totals(written(text))).tolist() == rows


@pytest.mark.parametrize(
    ("text", "doubtful"),
    [
        ("a,1,5 Total,2,7 b,3,8", [1]),
        ("a,1,5 Total,2,7 b,3,8 Total,4,9 합계,,29", [1, 3]),
        ("a,1,5 Seoul-Total,,7 b,3,8", [1]),
        ("TotalEnergies,1,5 b,1,8 Total-Energies,2,8", []),
        ("a,1,500 ,2,500 b,1,900 ,1,700", []),
        ("a,1,5 a,2,7 ,3,900 b,1,8", []),
    ],
    ids=["a name", "and a total", "no sum", "a company", "equal to the row above", "no key"],
)
def test_what_only_looks_like_a_total_stays_and_is_told(text: str, doubtful: list[int]) -> None:
    rows, told = find_totals(written(text))
    assert np.flatnonzero(told).tolist() == doubtful
    assert np.flatnonzero(rows).tolist() == ([4] if "합계" in text else [])
    given = total_rows(Sheet("export.csv", written(text)), Desk.of({"total_rows": "drop"}))
    assert len(given.frame) == len(told) - rows.sum()
    assert [f"(lines {doubtful[0] + 2}" in note or f"(line {doubtful[0] + 2})" in note for note in given.notes] == (
        [True] if doubtful else []
    )


def test_rows_without_a_key_are_no_totals_by_chance() -> None:
    rng = np.random.default_rng(7)
    for share in (0.02, 0.1, 0.3, 0.45):
        for rows in (20, 60, 300):
            numbers = {"quantity": rng.integers(1, 4, rows), "amount": 9900 * rng.integers(1, 10, rows)}
            frame = pd.DataFrame(numbers).astype(str).astype(object)
            frame.insert(0, "id", [None if rng.random() < share else f"{row}" for row in range(rows)])
            frame["coupon"] = [None if rng.random() < 0.3 else "x" for _ in range(rows)]
            assert not find_totals(frame)[0].any()


def test_missing_keys_above_do_not_hide_the_total_at_the_end() -> None:
    rows = [f"c{row},1,{100 + row}" for row in range(40)]
    rows[7] = ",1,107"
    assert np.flatnonzero(totals(written(" ".join([*rows, f",,{sum(range(100, 140))}"])))).tolist() == [40]


@pytest.mark.parametrize(("option", "rows"), [("refuse", 3), ("drop", 3), ("keep", 4)])
def test_each_option_does_what_it_says(option: str, rows: int) -> None:
    desk = Desk.of({"total_rows": option})
    given = Sheet("export.csv", with_row("합계", None, "1020.5"))
    assert len(total_rows(given, desk).frame) == rows
    assert total_rows(given, Desk.of({})).notes == []
    assert len(given.frame) == 4
    said = f"{(desk.problems or desk.findings)[0]}"
    assert "(line 5)" in said
    assert [bool(desk.problems), bool(desk.findings)] == [option == "refuse", option != "refuse"]
