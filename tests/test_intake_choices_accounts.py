"""Test accounts, orphans, and customers who never bought."""

from __future__ import annotations

import pandas as pd
import pytest

from crmlab.data.validation import DataError, validate
from crmlab.intake.choices import settle
from intake_sheets import sheet

CUSTOMERS = {"customer_id": "abc", "acquired_on": ["2025-01-01"] * 3}
ORDERS = {
    "customer_id": "aabd",
    "ordered_at": ["2025-01-01", "2025-02-01", "2025-03-01", "2025-04-01"],
    "amount": "1234",
}


def settled(tables: dict, **chosen: str):
    done, findings = settle({name: sheet(columns) for name, columns in tables.items()}, chosen)
    return done, {finding.choice: finding for finding in findings}


@pytest.mark.parametrize("name", ["Test", "test01", "QA team", "테스트계정", "me@example.com", "demo-7", "TEST_user"])
def test_what_looks_like_a_test_is_seen(name: str) -> None:
    findings = settled({"customers": CUSTOMERS | {"name": ["김", name, "Kim"]}})[1]
    assert findings["test_accounts"].first == (3,)


@pytest.mark.parametrize("name", ["Contest", "Testarossa", "Demosthenes", "latest", "Quabena", "Samples Ltd"])
def test_names_that_only_hold_the_letters_are_not(name: str) -> None:
    assert "test_accounts" not in settled({"customers": CUSTOMERS | {"name": ["김", name, "Kim"]}})[1]


def test_other_columns_are_not_asked() -> None:
    assert "test_accounts" not in settled({"customers": CUSTOMERS | {"channel": ["x", "test", "y"]}})[1]


def test_test_accounts_go_with_all_their_rows() -> None:
    tables = {"customers": CUSTOMERS | {"email": ["x", "y@test.co", None]}, "orders": ORDERS | {"customer_id": "aabb"}}
    tables |= {"leads": {"lead_id": "12", "created_on": ["2025-01-01"] * 2, "customer_id": "ab"}}
    done, findings = settled(tables, test_accounts="drop")
    assert set(done["customers"]["customer_id"]) == {"a", "c"}
    assert set(done["orders"]["customer_id"]) == {"a"}
    assert done["leads"]["customer_id"].isna().to_list() == [False, True]
    assert "was left out with 2 rows of orders" in findings["test_accounts"].sentence


def test_without_a_table_of_customers_the_orders_themselves_are_looked_at() -> None:
    done, findings = settled({"orders": ORDERS | {"customer_id": ["test1", "a", "b", "테스트"]}}, test_accounts="drop")
    assert done["orders"]["customer_id"].to_list() == ["a", "b"]
    assert findings["test_accounts"].table == "orders"


def test_orphans_are_refused_added_or_dropped() -> None:
    tables = {"customers": CUSTOMERS, "orders": ORDERS}
    with pytest.raises(DataError, match=r"orders: 1 row is of unknown customers \(customer_id\) \(line 5\)"):
        settled(tables)
    added = settled(tables, orphans="add")[0]
    assert validate(added)["customers"]["customer_id"].to_list() == ["a", "b", "c", "d"]
    assert added["customers"]["acquired_on"].iloc[-1] == "2025-04-01"
    assert settled(tables, orphans="drop")[0]["orders"].index.to_list() == [2, 3, 4]


def test_added_customers_begin_on_the_first_day_they_are_seen() -> None:
    tables = {"customers": CUSTOMERS, "orders": ORDERS | {"customer_id": "dddd"}}
    typed = sheet(CUSTOMERS).assign(acquired_on=pd.Timestamp("2025-01-01"))
    assert settled(tables, orphans="add")[0]["customers"]["acquired_on"].to_list()[3:] == ["2025-01-01"]
    done = settle({"customers": typed, "orders": sheet(tables["orders"])}, {"orphans": "add"})[0]["customers"]
    assert done["acquired_on"].iloc[-1] == pd.Timestamp("2025-01-01")


def test_other_references_are_dropped_but_never_added() -> None:
    tables = {"leads": {"lead_id": "1", "created_on": ["2025-01-01"]}}
    tables |= {"stage_events": {"lead_id": "12", "stage": ["won", "won"], "reached_on": ["2025-01-02"] * 2}}
    assert len(settled(tables, orphans="drop")[0]["stage_events"]) == 1
    with pytest.raises(DataError, match="of unknown leads"):
        settled(tables)
    with pytest.raises(DataError, match=r"not in leads\.lead_id"):
        validate(settled(tables, orphans="add")[0])


def test_a_reference_that_may_be_empty_is_emptied() -> None:
    tables = {"customers": CUSTOMERS, "leads": {"lead_id": "12", "created_on": ["2025-01-01"] * 2, "customer_id": "az"}}
    done = settled(tables, orphans="drop")[0]
    assert done["leads"]["customer_id"].isna().to_list() == [False, True]


@pytest.mark.parametrize(("option", "left"), [("keep", ["a", "b", "c"]), ("drop", ["a", "b"])])
def test_customers_without_orders(option: str, left: list[str]) -> None:
    tables = {"customers": CUSTOMERS, "orders": ORDERS | {"customer_id": "aabb"}}
    done, findings = settled(tables, without_orders=option)
    assert done["customers"]["customer_id"].to_list() == left
    assert findings["without_orders"].sentence.startswith("1 customer without orders (line 4) was ")
    assert "without_orders" not in settled({"customers": CUSTOMERS})[1]
