"""Late days, repeated keys, zeros, amounts far out."""

from __future__ import annotations

import pytest

from crmlab.data.validation import DataError
from crmlab.intake.choices import settle
from intake_sheets import sheet

ORDERS = {
    "order_id": "123",
    "customer_id": "aab",
    "ordered_at": ["2025-01-01", "2025-02-01", "2025-03-01"],
    "amount": ["5", "0", "7"],
}


def settled(tables: dict, end: str | None = None, today: str | None = None, **chosen: str):
    frames = {name: sheet(columns) for name, columns in tables.items()}
    done, findings = settle(frames, chosen, observation_end=end, today=today)
    return done, {finding.choice: finding for finding in findings}


def test_days_after_the_end_or_after_today_are_refused_or_dropped() -> None:
    for when, said in (({"end": "2025-02-01"}, "the end of the observation"), ({"today": "2025-02-01"}, "today")):
        with pytest.raises(DataError, match=rf"1 row is dated after {said}, 2025-02-01 \(line 4\)"):
            settled({"orders": ORDERS}, **when)
        assert settled({"orders": ORDERS}, **when, future_dates="drop")[0]["orders"].index.to_list() == [2, 3]
    assert len(settled({"orders": ORDERS})[0]["orders"]) == 3
    assert len(settled({"orders": ORDERS}, end="2025-12-31", today="2025-01-01")[0]["orders"]) == 3


def test_an_end_to_come_is_no_late_day_and_a_start_to_come_is() -> None:
    contracts = {
        "contract_id": "12",
        "customer_id": "ab",
        "started_on": ["2025-01-01"] * 2,
        "ended_on": ["2026-01-01"] * 2,
    }
    assert settled({"contracts": contracts}, "2025-12-31")[1] == {}
    late = contracts | {"started_on": ["2025-01-01", "2026-01-01"]}
    assert settled({"contracts": late}, "2025-12-31", future_dates="drop")[1]["future_dates"].first == (3,)


def test_lines_of_late_orders_go_with_them() -> None:
    lines = {"order_id": "133", "product_id": "ppq", "quantity": "111", "amount": "555"}
    done, findings = settled({"orders": ORDERS, "order_lines": lines}, "2025-02-15", future_dates="drop")
    # Orders have no key of their own, but lines refer to them.
    assert done["orders"]["order_id"].to_list() == ["1", "2"]
    assert done["order_lines"]["order_id"].to_list() == ["1"]
    assert "with 2 rows of order_lines" in findings["future_dates"].sentence


@pytest.mark.parametrize(("option", "left"), [("first", [2, 4]), ("last", [3, 4])])
def test_repeated_keys(option: str, left: list[int]) -> None:
    customers = {"customer_id": "aab", "acquired_on": ["2025-01-01", "2025-01-02", "2025-01-03"]}
    with pytest.raises(DataError, match=r"customers: 1 row is repeating the key \(customer_id\) of another \(line 3\)"):
        settled({"customers": customers})
    done, findings = settled({"customers": customers}, repeated_keys=option)
    assert done["customers"].index.to_list() == left
    assert f"the {option} row of each key stays" in findings["repeated_keys"].sentence


def test_a_key_with_an_empty_part_repeats_nothing() -> None:
    lines = {"order_id": ["1", "1"], "product_id": [None, None], "quantity": "11", "amount": "55"}
    assert settled({"order_lines": lines})[1] == {}


@pytest.mark.parametrize(("option", "left"), [("keep", 3), ("drop", 2)])
def test_orders_of_zero(option: str, left: int) -> None:
    done, findings = settled({"orders": ORDERS}, zero_orders=option)
    assert len(done["orders"]) == left
    assert findings["zero_orders"].first == (3,)
    with pytest.raises(DataError, match=r"1 row is an order of 0 \(line 3\)"):
        settled({"orders": ORDERS}, zero_orders="refuse")


def test_amounts_far_out_are_reported_and_stay() -> None:
    amounts = [str(10 + row % 7) for row in range(30)] + ["9999999"]
    orders = {"customer_id": "a" * 31, "ordered_at": ["2025-01-01"] * 31, "amount": amounts}
    done, findings = settled({"orders": orders})
    assert len(done["orders"]) == 31
    assert findings["far_out"].sentence.startswith("1 amount far out (line 32) was kept; the largest are 9,999,999,")
    few = {name: values[-5:] for name, values in orders.items()}
    assert "far_out" not in settled({"orders": few})[1]
    assert "far_out" not in settled({"orders": orders | {"amount": [*amounts[:30], "40"]}})[1]
