"""Sheets built where rows are refused: what can be read is built, of the others a part goes along."""

from __future__ import annotations

import pandas as pd
import pytest

from crmlab.intake.building import IN_PART, build
from crmlab.intake.shapes import SHAPES, Settings
from intake_sheets import sheet

END = Settings("export.csv", "2025-12-31")
LINES = {
    "order_id": "1123",
    "customer_id": ["a", "a", None, "c"],
    "ordered_at": ["2025-01-01", "2025-01-01", "2025-01-02", "2025-01-35"],
    "amount": ["5", "6", "7", "8"],
}


def test_a_sheet_without_fault_is_built_as_its_shape_builds_it() -> None:
    built, problems, lacking = build(SHAPES["sales_lines"], sheet(LINES).iloc[:2], END, ())
    assert (problems, lacking) == ([], ())
    assert built.tables["orders"]["amount"].to_list() == [11]
    assert IN_PART not in built.tables["orders"]


def test_of_refused_rows_goes_along_what_a_table_holds_as_they_do() -> None:
    built, problems, lacking = build(SHAPES["sales_lines"], sheet(LINES), END, ())
    assert [problem.column for problem in problems] == ["customer_id", "ordered_at"]
    assert lacking == ["orders"]
    orders = built.tables["orders"]
    assert orders[IN_PART].to_list() == [False, True, True]
    assert orders.index.to_list() == [2, 4, 5]
    assert orders["customer_id"].fillna("-").to_list() == ["a", "-", "c"]
    assert orders["ordered_at"].notna().to_list() == [True, True, False]
    assert orders["amount"].notna().to_list() == [True, False, False]


def test_what_a_shape_refuses_of_rows_that_cannot_be_read_is_counted_with_the_others() -> None:
    given = {"customer_id": "abcd", "tenure": ["3", "-1", "-2", "x"], "churned": ["no", "no", "?", "no"]}
    built, problems, lacking = build(SHAPES["tenure"], sheet(given), END, ())
    below = [problem for problem in problems if problem.what == "below 0"]
    assert [(problem.rows, problem.first) for problem in below] == [(2, (3, 4))]
    assert lacking == ["contracts"]
    assert built.tables["contracts"][IN_PART].all()


@pytest.mark.parametrize("asked", [(), ("tenure",)])
def test_a_column_of_which_something_is_open_says_nothing(asked: tuple[str, ...]) -> None:
    given = {"customer_id": "ab", "tenure": ["-3", "4"], "churned": ["no", "?"]}
    _, problems, _ = build(SHAPES["tenure"], sheet(given), END, asked)
    assert ("below 0" in [problem.what for problem in problems]) == (not asked)


def test_where_nothing_tells_which_tables_are_made_all_of_the_shape_lack_rows() -> None:
    given = {"lead_id": "12", "event": ["odd", "even"], "happened_at": ["2025-01-01"] * 2, "customer_id": "ab"}
    built, problems, lacking = build(SHAPES["event_log"], sheet(given), END, ())
    assert len(problems) == 1
    assert tuple(lacking) == SHAPES["event_log"].tables
    assert isinstance(built.tables["leads"], pd.DataFrame)
    assert built.tables["leads"]["customer_id"].to_list() == ["a", "b"]
