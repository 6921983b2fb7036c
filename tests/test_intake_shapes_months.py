"""Tables of months: the same purchases as in the long table, and the same lives."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmlab.contracts import contract_durations
from crmlab.data.validation import DataError, validate
from crmlab.intake.shapes import SHAPES, Settings, one_of_many
from crmlab.intake.shapes.month_names import month_of, needs_year
from intake_sheets import sheet

AMOUNTS = {"2025-01": ["10", "0", None], "2025년 2월": ["5", "1", ""], "Mar-25": ["0", None, None]}
ACTIVE = {"2025-01": ["1", "0", "0"], "2025-02": ["0", "1", "0"], "2025-03": ["1", "1", None]}


def build(months: dict, customers: str = "abc", **chosen: str):
    columns = {one_of_many("months", heading): cells for heading, cells in months.items()}
    return SHAPES["wide_months"].build(sheet({"customer_id": customers} | columns), Settings("m.csv", None, chosen))


def test_amounts_become_one_order_a_month() -> None:
    built = build(AMOUNTS)
    orders = validate(built.tables)["orders"]
    assert orders["customer_id"].to_list() == ["a", "a", "b"]
    assert orders["ordered_at"].dt.strftime("%Y-%m-%d").to_list() == ["2025-01-01", "2025-02-01", "2025-02-01"]
    assert orders["amount"].to_list() == [10, 5, 1]
    assert set(orders["date_precision"]) == {"month"}
    assert built.tables["orders"].index.to_list() == [2, 2, 3]
    assert built.observed_to == "2025-03-31"
    assert (
        "1 customer with nothing in any month (line 4): they are in none of the tables made of this sheet."
        in built.notes
    )


def test_the_day_within_the_month_is_a_choice() -> None:
    last = build(AMOUNTS, month_day="last")
    assert last.tables["orders"]["ordered_at"].dt.strftime("%m-%d").to_list() == ["01-31", "02-28", "02-28"]
    assert any("written on the last day" in note for note in last.notes)


def test_negative_amounts_stay_for_the_choice_about_refunds() -> None:
    assert build({"2025-01": ["5", "6"], "2025-02": ["-2", "0"]}, "ab").tables["orders"]["amount"].to_list() == [
        5,
        -2,
        6,
    ]


def test_zeros_and_ones_are_asked() -> None:
    with pytest.raises(DataError, match=r"months_as=contracts .* months_as=orders"):
        build(ACTIVE)
    assert len(build(ACTIVE, months_as="orders").tables["orders"]) == 4


def test_activity_becomes_runs_of_months() -> None:
    built = build(ACTIVE, months_as="contracts")
    contracts = validate(built.tables)["contracts"]
    assert contracts["contract_id"].to_list() == ["a-1", "a-2", "b-1"]
    assert contracts["started_on"].dt.month.to_list() == [1, 3, 2]
    assert contracts["ended_on"].dt.month.fillna(0).to_list() == [2, 0, 0]
    assert any("1 customer active in the first month, 2025-01 (line 2), began then or before" in n for n in built.notes)
    later = build(ACTIVE, months_as="contracts", first_month="drop").tables["contracts"]
    assert later["contract_id"].to_list() == ["a-1", "b-1"]


@pytest.mark.parametrize("words", [("Y", "N"), ("O", "-"), ("활성", "해지"), (True, False)])
def test_words_for_active_are_activity(words: tuple) -> None:
    cells = {month: [words[0] if cell == "1" else words[1] for cell in cells] for month, cells in ACTIVE.items()}
    pd.testing.assert_frame_equal(
        build(cells).tables["contracts"], build(ACTIVE, months_as="contracts").tables["contracts"]
    )


def test_months_in_any_order_and_with_gaps() -> None:
    mixed = {name: AMOUNTS[name] for name in ("Mar-25", "2025-01")}
    built = build(mixed)
    assert "No column for 2025-02: nothing is known of that time." in built.notes
    assert built.tables["orders"]["amount"].to_list() == [10]
    with pytest.raises(DataError, match="leaves out months"):
        build({name: ACTIVE[name] for name in ("2025-03", "2025-01")}, months_as="contracts")


@pytest.mark.parametrize(
    ("headings", "said"),
    [
        (["1월", "2월"], "--choose year=2025"),
        (["x" * 9999, "2025-01"], r"such as 'x{36}\.\.\."),
        (["2025-01", "total"], "has headings that are no months, such as 'total'"),
        (["2025-01", "202501"], "has one month twice"),
    ],
)
def test_headings_that_cannot_be_read_are_named(headings: list, said: str) -> None:
    with pytest.raises(DataError, match=said):
        build(dict.fromkeys(headings, "12"), "ab")


def test_months_without_a_year_take_the_one_told() -> None:
    built = build({"1월": "23", "2월": "45"}, "ab", year="2024")
    assert built.observed_to == "2024-02-29"
    assert built.tables["orders"]["ordered_at"].dt.year.unique().tolist() == [2024]


@pytest.mark.parametrize("year", ["99999", "0", "25", "next"])
def test_a_year_that_is_none_is_asked_again(year: str) -> None:
    with pytest.raises(DataError, match="--choose year=2025"):
        build({"1월": "23"}, "ab", year=year)


def test_a_month_that_is_no_number_is_named() -> None:
    with pytest.raises(DataError, match=r"1 row is not a number \(line 3\)"):
        build({"2025-01": ["5", "much"]}, "ab")


ONE_MONTH = """
2025-01 | 2025/1 | 2025.01 | 202501 | 2025_1 | 2025m01 | 2025  01 | 01/2025 | 2025-01-01 | 2025-01-01 00:00:00
Jan-25 | jan 2025 | January, 2025 | 2025 Jan | 2025년 1월 | 2025년1월 | 25년 1월 | '25년 01월
"""
NO_MONTH = "total | 합계 | 2025 | 13월 | 2025-13 | 2025-01-15 | Q1 2025 | 25-01 | mayor | "


@pytest.mark.parametrize("heading", ONE_MONTH.replace("\n", " | ").strip(" |").split(" | "))
def test_months_in_many_spellings(heading: str) -> None:
    assert month_of(heading) == "2025-01"
    assert not needs_year(heading)


@pytest.mark.parametrize("heading", NO_MONTH.split(" | "))
def test_what_is_no_month_is_none(heading: str) -> None:
    assert month_of(heading) is None
    assert not needs_year(heading)


CELLS = st.lists(st.lists(st.integers(0, 3), min_size=5, max_size=5), min_size=1, max_size=8)
HEADINGS = ["2024-11", "202412", "Jan-25", "2025년 2월", "2025/3"]


@settings(deadline=None, max_examples=30)
@given(CELLS, st.permutations(range(5)))
def test_the_wide_table_is_the_long_one(rows: list[list[int]], order: list[int]) -> None:
    cells = {HEADINGS[place]: [str(row[place]) for row in rows] for place in order}
    customers = [f"c{row}" for row in range(len(rows))]
    columns = {one_of_many("months", heading): values for heading, values in cells.items()}
    frame = sheet({"customer_id": customers} | columns)
    before = frame.copy()
    built = SHAPES["wide_months"].build(frame, Settings(chosen={"months_as": "orders"}))
    pd.testing.assert_frame_equal(frame, before)
    months = pd.to_datetime([f"{month_of(heading)}-01" for heading in HEADINGS])
    long = [
        (c, m, float(v)) for c, row in zip(customers, rows, strict=True) for m, v in zip(months, row, strict=True) if v
    ]
    orders = built.tables["orders"]
    assert list(zip(orders["customer_id"], orders["ordered_at"], orders["amount"], strict=True)) == long
    silent = set(customers) - set(orders["customer_id"])
    assert bool(silent) == any("with nothing in any month" in note for note in built.notes)


@settings(deadline=None, max_examples=30)
@given(CELLS)
def test_runs_of_months_are_as_long_as_they_were(rows: list[list[int]]) -> None:
    active = np.array(rows) > 0
    cells = {heading: np.where(active[:, place], "1", "0") for place, heading in enumerate(HEADINGS)}
    columns = {one_of_many("months", heading): values for heading, values in cells.items()}
    frame = sheet({"customer_id": [f"c{row}" for row in range(len(rows))]} | columns)
    built = SHAPES["wide_months"].build(frame, Settings(chosen={"months_as": "contracts"}))
    runs = ["".join("x" if cell else " " for cell in row).split() for row in active]
    assert built.tables["contracts"]["customer_id"].value_counts(sort=False).sum() == sum(map(len, runs))
    if active.any():
        seen = contract_durations(built.tables["contracts"], str(built.observed_to))
        open_ends = int(active[:, -1].sum())
        assert (~seen["churned"]).sum() == open_ends
        assert seen["duration"].sum() + open_ends == active.sum()
