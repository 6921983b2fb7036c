"""A copy with pseudonyms: nothing personal is left, and the tables still join."""

from __future__ import annotations

import pandas as pd
import pytest

import crmlab as crm
from crmlab.checking.masking import masked, pseudonymize
from crmlab.checking.personal import find_personal
from crmlab.company import Company

KEY = "an example; a real key is not a sentence"
DAYS = pd.to_datetime(["2025-01-01", "2025-02-01", "2025-03-01"])
CUSTOMERS = pd.DataFrame(
    {
        "customer_id": ["kim@example.com", "lee@example.com", "park@example.com"],
        "acquired_on": DAYS,
        "phone": pd.array([1012345678, 1098765432, 1055556666], "Int64"),
        "region": ["Seoul", "Busan", "Seoul"],
    }
)
ORDERS = pd.DataFrame(
    {"customer_id": CUSTOMERS["customer_id"].iloc[[0, 0, 2]].to_list(), "ordered_at": DAYS, "amount": 5.0}
)
COMMENTS = ["call 010-1234-5678", "all fine", None]
SURVEYS = pd.DataFrame(
    {"survey_id": ["1", "2", "3"], "customer_id": ORDERS["customer_id"], "sent_on": DAYS, "comment": COMMENTS}
)
UNITS = pd.DataFrame(
    {
        "experiment": "test",
        "unit_id": ["kim@example.com", "V1", "V2"],
        "assigned_on": DAYS,
        "spend": [0.0, 5.0, 5.0],
        "success": [True, False, True],
    }
)
TABLES = {"customers": CUSTOMERS, "orders": ORDERS, "surveys": SURVEYS, "experiments": UNITS}


def copied(text: str = "drop", **tables: pd.DataFrame) -> tuple[Company, dict[str, str]]:
    copy, done = pseudonymize(Company("shop", tables or TABLES, "2025-12-31"), KEY, text)
    what = {f"{row.table}.{row.column}": str(row.what) for row in done.itertuples()}
    return copy, what


def test_tables_join_as_they_did() -> None:
    copy, _ = copied()
    joined = copy.orders.merge(copy.customers, on="customer_id")
    assert joined["region"].to_list() == ORDERS.merge(CUSTOMERS, on="customer_id")["region"].to_list()
    assert copy.experiments["unit_id"][0] == copy.customers["customer_id"][0]


def test_what_stands_beside_a_person_joins_as_it_did() -> None:
    touches = pd.DataFrame(
        {"touch_id": list("123"), "visitor_id": ["V0", "V1", "V2"], "touched_on": DAYS, "channel": "x"}
    )
    copy, what = copied(experiments=UNITS, touches=touches)
    assert copy.touches["visitor_id"].to_list() == ["V0", *copy.experiments["unit_id"][1:]]
    assert what["touches.visitor_id"] == "pseudonyms where replaced elsewhere"


def test_nothing_that_was_found_is_left_and_nothing_was_changed_in_place() -> None:
    copy, what = copied()
    assert find_personal(copy.tables).empty
    assert what["customers.phone"] == "pseudonyms"
    assert what["surveys.comment"] == "drop"
    assert "comment" not in copy.surveys
    assert CUSTOMERS["customer_id"][0] == "kim@example.com"


def test_masking_keeps_the_rest_of_a_text() -> None:
    copy, what = copied("mask")
    assert copy.surveys["comment"].to_list()[:2] == ["call [telephone]", "all fine"]
    assert copy.surveys["comment"].isna().to_list() == [False, False, True]
    assert what["surveys.comment"] == "mask"


def test_the_same_key_gives_the_same_copy_and_another_another() -> None:
    first, again = copied()[0], copied()[0]
    pd.testing.assert_frame_equal(first.customers, again.customers)
    other, _ = pseudonymize(Company("shop", TABLES, "2025-12-31"), KEY[::-1])
    assert not set(first.customers["customer_id"]) & set(other.customers["customer_id"])


def test_customer_numbers_become_pseudonyms_even_where_they_look_harmless() -> None:
    orders = ORDERS.assign(customer_id=["C1", "C1", "C2"])
    copy, what = copied(orders=orders)
    assert what == {"orders.customer_id": "pseudonyms"}
    assert copy.orders["customer_id"].nunique() == 2


def test_a_day_of_birth_keeps_its_year_and_a_birthday_unknown_stays_unknown() -> None:
    people = CUSTOMERS.assign(birth_date=pd.to_datetime(["1990-05-17", None, "1971-12-31"]))
    copy, what = copied(customers=people)
    assert copy.customers["birth_date"].astype(str).to_list() == ["1990-01-01", "NaT", "1971-01-01"]
    assert what["customers.birth_date"] == "the year only"


def test_a_required_column_of_free_text_is_never_dropped() -> None:
    tickets = pd.DataFrame(
        {"ticket_id": ["mail of kim@example.com no 1", "2", "3"], "customer_id": list("abc"), "opened_on": DAYS}
    )
    copy, what = copied(tickets=tickets)
    assert what["tickets.ticket_id"] == "pseudonyms"
    assert copy.tickets["ticket_id"].is_unique


def test_the_copy_of_a_simulated_company_has_no_truth_and_can_be_saved(tmp_path) -> None:
    copy, _ = pseudonymize(crm.open_company("retail"), KEY)
    assert copy.truth is None
    crm.save(copy, tmp_path / "copy")
    opened = crm.open_company(tmp_path / "copy")
    assert find_personal(opened.tables).empty
    assert crm.check(opened).lessons["runs"].sum() == crm.check("retail").lessons["runs"].sum()


def test_what_cannot_be_done_is_said() -> None:
    with pytest.raises(ValueError, match="choose drop or mask"):
        copied("burn")
    with pytest.raises(ValueError, match="the key has 5 bytes"):
        pseudonymize(Company("shop", TABLES, "2025-12-31"), "short")


def test_masked_text_keeps_what_stands_around() -> None:
    assert masked("a 010-1234-5678 b kim@example.com c") == "a [telephone] b [e-mail] c"
    assert masked("") == ""
