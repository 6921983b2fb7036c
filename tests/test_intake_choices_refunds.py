"""Refunds: money is conserved, to the last decimal."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmlab.data.validation import validate
from crmlab.intake.choices import Desk, settle, tables_at
from crmlab.intake.choices.refunds import net
from crmlab.intake.shapes import SHAPES, Settings
from intake_sheets import sheet


def rows(told: list[tuple]) -> pd.DataFrame:
    frame = pd.DataFrame(told, columns=["customer_id", "day", "amount", "order_id", "product_id"][: len(told[0])])
    return frame.assign(day=pd.to_datetime("2025-01-01") + pd.to_timedelta(frame["day"], "D"))


def left(told: list[tuple]) -> tuple[dict, dict]:
    done = net(rows(told))
    return {row: float(money) for row, money in done.left.items()}, {r: float(m) for r, m in done.unmatched.items()}


def test_the_latest_purchase_before_the_refund_gives_first() -> None:
    told = [("a", 1, 10.0), ("a", 5, 4.0), ("a", 6, -5.0), ("a", 7, 9.0), ("b", 2, 50.0)]
    assert left(told) == ({1: 0.0, 0: 9.0}, {})


def test_a_refund_of_the_same_day_may_stand_before_its_purchase_in_the_file() -> None:
    assert left([("a", 1, -3.0), ("a", 1, 10.0)]) == ({1: 7.0}, {})


def test_the_same_order_and_product_give_before_later_ones() -> None:
    told = [("a", 1, 5.0, "1", "p"), ("a", 1, 5.0, "1", "q"), ("a", 2, 5.0, "2", "p"), ("a", 3, -5.0, "1", "p")]
    assert left(told) == ({0: 0.0}, {})
    assert left([*told[:3], ("a", 3, -5.0, "9", "q")]) == ({1: 0.0}, {})
    assert left([*told[:3], ("a", 3, -7.0, "1", "z")]) == ({1: 0.0, 0: 3.0}, {})


def test_what_finds_no_purchase_is_told() -> None:
    assert left([("a", 1, 2.0), ("a", 2, -3.0), ("a", 3, 9.0), ("b", 1, -1.0)]) == ({0: 0.0}, {1: 1.0, 3: 1.0})


def test_rows_without_customer_day_or_amount_are_passed_over() -> None:
    frame = rows([("a", 1, 5.0), (None, 2, -1.0), ("a", 3, np.nan), ("a", 4, -1.0)])
    frame.loc[3, "day"] = pd.NaT
    done = net(frame)
    assert (done.left, done.unmatched) == ({}, {})


ORDERS = {
    "customer_id": "aab",
    "ordered_at": ["2025-01-01", "2025-01-05", "2025-01-02"],
    "amount": ["5.10", "-2", "-1"],
}


@pytest.mark.parametrize(
    ("option", "amounts", "said"),
    [
        (
            "net",
            ["3.1"],
            "2 refunds (lines 3, 4) were netted against the same customer's orders before them, but 1 in",
        ),
        ("drop", ["5.10"], "2 refunds (lines 3, 4) were left out; 1 customer with nothing else (b) went with them."),
    ],
)
def test_orders_are_settled_as_chosen(option: str, amounts: list[str], said: str) -> None:
    tables, findings = settle({"orders": sheet(ORDERS)}, {"refunds": option})
    assert tables["orders"]["amount"].to_list() == amounts
    assert findings[0].sentence.startswith(said)


def test_numbers_stay_numbers() -> None:
    orders = sheet(ORDERS).astype({"amount": float})
    assert settle({"orders": orders}, {})[0]["orders"]["amount"].dtype == float


def test_lines_are_netted_and_their_orders_summed_again() -> None:
    lines = {
        "order_id": ["1", "1", "2", "3", "4"],
        "customer_id": "aaabb",
        "ordered_at": ["2025-01-01", "2025-01-01", "2025-02-01", "2025-01-01", "2025-01-09"],
        "product_id": "pqppq",
        "quantity": ["1", "2", "-1", "3", "-1"],
        "amount": ["1.1", "4.4", "-1.1", "3.3", "-0.3"],
    }
    built = SHAPES["sales_lines"].build(sheet(lines), Settings()).tables
    tables, findings = settle(built, {})
    checked = validate(tables)
    assert checked["orders"][["order_id", "amount"]].to_numpy().tolist() == [["1", 4.4], ["3", 3.0]]
    assert checked["order_lines"][["order_id", "amount"]].to_numpy().tolist() == [["1", 4.4], ["3", 3.0]]
    assert [finding.table for finding in findings] == ["order_lines"]
    dropped = validate(settle(built, {"refunds": "drop"})[0])
    assert dropped["orders"]["amount"].to_list() == [5.5, 3.3]


PLACES = st.tuples(
    st.sampled_from("abc"),
    st.integers(0, 9),
    st.integers(-500, 900).map(lambda cents: cents / 100),
    st.sampled_from("12"),
    st.sampled_from("pq"),
)


@settings(deadline=None, max_examples=80)
@given(st.lists(PLACES, min_size=1, max_size=30))
def test_netting_conserves_money(told: list[tuple]) -> None:
    frame = rows(told)
    before = frame.copy()
    done = net(frame)
    pd.testing.assert_frame_equal(frame, before)
    money = [Decimal(repr(amount)) for amount in frame["amount"]]
    after = [done.left.get(row, amount) for row, amount in enumerate(money) if amount >= 0]
    assert all(amount >= 0 for amount in after)
    assert sum(after) == sum(money) + sum(done.unmatched.values())
    assert set(done.unmatched) <= {row for row, amount in enumerate(money) if amount < 0}
    for _, own in frame.groupby("customer_id"):
        refunds = -sum(money[row] for row in own.index if money[row] < 0)
        assert sum(done.unmatched.get(row, 0) for row in own.index) <= refunds


@settings(deadline=None, max_examples=20)
@given(st.lists(PLACES, min_size=1, max_size=20))
def test_orders_are_the_sums_of_their_lines_after_netting(told: list[tuple]) -> None:
    customers, days, amounts, orders, products = zip(*told, strict=True)
    lines = {
        "order_id": [f"{who}{order}" for who, order in zip(customers, orders, strict=True)],
        "customer_id": customers,
    }
    lines |= {"ordered_at": [f"2025-01-{day + 1:02}" for day in days], "product_id": products}
    built = SHAPES["sales_lines"].build(sheet(lines | {"quantity": "1" * len(told), "amount": amounts}), Settings())
    tables = tables_at(Desk.of({}), built.tables, None, None)
    if "orders" in tables:
        sums = (
            tables.get("order_lines", pd.DataFrame({"order_id": [], "amount": []})).groupby("order_id")["amount"].sum()
        )
        ours = tables["orders"].set_index("order_id")["amount"]
        assert (ours - sums.reindex(ours.index).fillna(0)).abs().max() < 1e-9
        assert (ours >= 0).all()
