"""Rows of totals: by their word, or by their sums; and what only looks like one."""

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


@pytest.mark.parametrize("word", ["합계", "총계", "합 계", "Total", "TOTAL:", "Grand Total", "소계"])
@pytest.mark.parametrize("place", [0, 1])
def test_the_first_cell_that_is_filled_says_so(word: str, place: int) -> None:
    cells = [None, None, "7"]
    cells[place] = word
    assert find_totals(with_row(*cells)).tolist() == [False, False, False, True]


@pytest.mark.parametrize("told", ["1020.5", "1,020.50", "₩1,020.5"])
def test_a_row_without_key_that_holds_the_sums_is_one(told: str) -> None:
    assert find_totals(with_row(None, None, told)).tolist() == [False, False, False, True]
    assert find_totals(with_row(None, "2025-01-31", told)).tolist() == [False, False, False, True]


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
    assert not find_totals(with_row(*cells)).any()


def test_a_few_rows_do_not_add_up_by_chance_and_a_blank_key_above_is_no_sign() -> None:
    assert not find_totals(sheet({"id": ["a", "b", None], "sum": ["5", "7", "12"]})).any()
    assert not find_totals(sheet({"id": ["a", None, "c", None], "sum": ["5", "7", "8", "20"]})).any()


def test_several_totals_below_each_other_and_typed_columns() -> None:
    frame = sheet({"id": ["a", "b", "c", None, "총계"], "sum": ["5", "7", "8", "20", "20"]})
    assert find_totals(frame).tolist() == [False, False, False, True, True]
    typed = frame.assign(sum=np.array([5.0, 7, 8, 20, 20]))
    assert find_totals(typed).tolist() == [False, False, False, True, True]
    assert find_totals(frame.iloc[:0]).tolist() == []


@pytest.mark.parametrize(("option", "rows"), [("refuse", 3), ("drop", 3), ("keep", 4)])
def test_each_option_does_what_it_says(option: str, rows: int) -> None:
    desk = Desk.of({"total_rows": option})
    given = Sheet("export.csv", with_row("합계", None, "1020.5"))
    assert len(total_rows(given, desk).frame) == rows
    assert len(given.frame) == 4
    said = f"{(desk.problems or desk.findings)[0]}"
    assert "(line 5)" in said
    assert [bool(desk.problems), bool(desk.findings)] == [option == "refuse", option != "refuse"]
