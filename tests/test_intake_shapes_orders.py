"""Orders line by line: the sum of the lines is the order."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmlab.data.validation import DataError, validate
from crmlab.intake.shapes import SHAPES, Settings
from intake_sheets import sheet

LINES = {
    "order_id": ["1", "1", "2", "2"],
    "customer_id": "aabb",
    "ordered_at": ["2025-01-31", "2025-01-31", "2025-02-01", "2025-02-01"],
    "product_id": "pqpp",
    "product_name": ["Pen", "Quill", "Pen", "Pen"],
    "quantity": ["1", "2", "3", "1"],
    "price": ["1.1", "2.2", "1.1", "1.3"],
    "shop": "xyzz",
}


def build(columns: dict):
    return SHAPES["sales_lines"].build(sheet(columns), Settings("lines.csv"))


def test_lines_become_orders_lines_and_products() -> None:
    built = build(LINES)
    tables = validate(built.tables)
    assert tables["orders"][["order_id", "customer_id", "amount"]].to_numpy().tolist() == [
        ["1", "a", 5.5],
        ["2", "b", 4.6],
    ]
    assert tables["order_lines"].to_numpy().tolist() == [
        ["1", "p", "x", 1, 1.1],
        ["1", "q", "y", 2, 4.4],
        ["2", "p", "z", 4, 4.6],
    ]
    assert tables["products"].to_numpy().tolist() == [["p", "Pen", 1.1], ["q", "Quill", 2.2]]
    assert built.tables["orders"].index.to_list() == [2, 4]
    assert any("a list price is not in the file" in note for note in built.notes)


def test_what_holds_for_the_whole_order_stays_with_it() -> None:
    assert "shop" not in build(LINES).tables["orders"]
    assert build(LINES).tables["order_lines"]["shop"].to_list() == ["x", "y", "z"]
    assert build(LINES | {"shop": "xxzz"}).tables["orders"]["shop"].to_list() == ["x", "z"]


def test_without_an_order_number_a_day_is_an_order() -> None:
    built = build({name: values for name, values in LINES.items() if name != "order_id"})
    assert built.tables["orders"]["amount"].to_list() == [5.5, 4.6]
    assert any("taken as one order" in note for note in built.notes)


def test_without_products_there_are_orders_only() -> None:
    built = build({"customer_id": "aa", "ordered_at": ["2025-01-01"] * 2, "amount": "12", "till": "34"})
    assert "Left out, for they differ within an order: till." in built.notes
    assert list(built.tables) == ["orders"]
    assert "The lines name no product and quantity: only orders were made of them." in built.notes


def test_a_product_that_was_only_given_back_has_a_price() -> None:
    given_back = {"order_id": "1", "customer_id": "a", "ordered_at": ["2025-01-01"], "product_id": "p"}
    for told in ({"quantity": ["-2"], "amount": ["-6"]}, {"quantity": "2", "amount": ["-6"]}):
        assert build(given_back | told).tables["products"]["price"].to_list() == [3]


def test_names_stand_for_products_without_numbers() -> None:
    built = build({name: values for name, values in LINES.items() if name != "product_id"})
    assert built.tables["products"]["product_id"].to_list() == ["Pen", "Quill"]


def test_what_was_given_back_stays_apart() -> None:
    built = build(LINES | {"quantity": ["1", "2", "3", "-1"], "price": ["1.1", "2.2", "1.1", "1.1"]})
    assert built.tables["order_lines"]["amount"].to_list() == [1.1, 4.4, 3.3, -1.1]
    assert built.tables["orders"]["amount"].to_list() == [5.5, 2.2]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"customer_id": "abbb"}, r"2 rows are in an order of another customer \(lines 2, 3\)"),
        ({"price": ["1.1", "", "1.1", "1.3"]}, r"1 row is empty \(line 3\)"),
        ({"amount": ["5.5", "5.5", "4.6", "4.6"]}, "repeats the total of the order on each line"),
        ({"order_id": ["1", None, "2", "2"]}, r"1 row is empty \(line 3\)"),
    ],
)
def test_what_cannot_be_is_refused(changed: dict, said: str) -> None:
    with pytest.raises(DataError, match=said):
        build(LINES | changed)


def test_lines_need_money() -> None:
    with pytest.raises(DataError, match="Name the column of the amount, or those of quantity and price"):
        build({"customer_id": "a", "ordered_at": ["2025-01-01"]})


def test_a_later_day_within_an_order_is_said() -> None:
    built = build(LINES | {"ordered_at": ["2025-01-31", "2025-02-02", "2025-02-01", "2025-02-01"]})
    assert built.tables["orders"]["ordered_at"].dt.day.to_list() == [31, 1]
    assert any("a later day than their order's first (line 3)" in note for note in built.notes)


CENTS = st.integers(-500, 10_000).map(lambda cents: cents / 100)
ROWS = st.lists(st.tuples(st.integers(1, 5), st.sampled_from("pqr"), st.integers(1, 4), CENTS), min_size=1, max_size=25)


@settings(deadline=None, max_examples=30)
@given(ROWS)
def test_no_money_is_made_or_lost_and_the_sheet_stays(rows: list[tuple]) -> None:
    orders, products, quantities, amounts = zip(*rows, strict=True)
    columns = {"order_id": list(map(str, orders)), "customer_id": [f"c{order % 3}" for order in orders]}
    columns |= {"ordered_at": ["2025-01-01"] * len(rows), "product_id": products}
    frame = sheet(columns | {"quantity": list(map(str, quantities)), "amount": list(map(str, amounts))})
    before = frame.copy()
    tables = SHAPES["sales_lines"].build(frame, Settings()).tables
    pd.testing.assert_frame_equal(frame, before)
    total = pd.Series(amounts).groupby(list(orders)).sum().round(2)
    ours = tables["orders"].set_index("order_id")["amount"]
    assert {int(order): amount for order, amount in ours.items()} == total.to_dict()
    of_lines = tables["order_lines"].groupby("order_id")["amount"].sum()
    assert (of_lines.round(2) - ours.sort_index()).abs().max() < 1e-9
    assert tables["order_lines"]["quantity"].sum() == sum(quantities)
    assert set(tables["orders"]["customer_id"]) == set(columns["customer_id"])
