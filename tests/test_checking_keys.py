"""Rows that repeat and references to nothing are counted."""

from __future__ import annotations

import pandas as pd

from crmlab.checking.keys import find_broken, find_repeats

ORDERS = pd.DataFrame(
    {
        "order_id": ["1", "2", "3"],
        "customer_id": ["a", "a", "b"],
        "ordered_at": pd.to_datetime(["2025-01-01", "2025-01-01", "2025-01-02"]),
        "amount": [5.0, 5.0, 5.0],
    }
)


def repeats(table: str, frame: pd.DataFrame) -> list[tuple[str, int]]:
    return list(find_repeats({table: frame})[["what", "rows"]].itertuples(index=False, name=None))


def test_rows_alike_but_for_their_number_are_counted() -> None:
    assert repeats("orders", ORDERS) == [("all but order_id repeats", 1)]
    assert repeats("orders", ORDERS.drop(index=1)) == []


def test_rows_that_name_nobody_are_not_held_against_each_other() -> None:
    assert repeats("orders", ORDERS.assign(customer_id=[None, None, "b"])) == []


def test_whole_rows_and_keys_that_repeat_are_counted() -> None:
    assert repeats("orders", pd.concat([ORDERS, ORDERS])) == [("the whole row repeats", 3)]
    customers = pd.DataFrame({"customer_id": ["a", "a"], "channel": ["x", "y"]})
    assert repeats("customers", customers) == [("the key repeats", 1)]


def test_rows_that_repeat_in_each_column_but_not_in_one_row_are_not_counted() -> None:
    crossed = pd.DataFrame({"customer_id": list("aabb"), "amount": [1.0, 2.0, 1.0, 2.0], "shop": "x"})
    assert repeats("orders", crossed) == []
    assert repeats("orders", pd.concat([crossed, crossed.tail(1)])) == [("the whole row repeats", 1)]


def test_references_to_nothing_are_counted_and_those_nobody_can_check_are_named() -> None:
    customers = pd.DataFrame({"customer_id": ["a"]})
    broken = find_broken({"orders": ORDERS, "customers": customers})
    assert broken[["table", "columns", "rows"]].to_dict("records") == [
        {"table": "orders", "columns": "customer_id", "rows": 1}
    ]
    alone = find_broken({"orders": ORDERS})
    assert alone["what"].to_list() == ["cannot be checked: there is no table customers"]
    assert alone["rows"].to_list() == [0]
    assert find_broken({"unheard_of": ORDERS}).empty
