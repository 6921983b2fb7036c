from __future__ import annotations

import pandas as pd
import pytest

from crmlab.company import Company
from crmlab.report.personal import PERSONAL_COLUMNS, ROW_DATES, Personal, words_of


def company() -> Company:
    records = {
        "record_id": ["R1", "R2"],
        "name": ["Kim  Minsu", "이영희"],
        "email": ["kim@x.org", "lee@x.org"],
        "birth_date": pd.to_datetime(["1980-02-03", "1999-12-31"]),
    }
    many = [f"memo {n}" for n in range(40)]
    orders = {"customer_id": ["17", "0042"] * 20, "memo": many, "shop": ["s", "t"] * 20, "amount": 1.0}
    surveys = {"survey_id": ["S1"], "customer_id": ["17"], "comment": ["They never called me back."]}
    tables = {"source_records": records, "orders": orders, "surveys": surveys}
    return Company("shop", {name: pd.DataFrame(rows) for name, rows in tables.items()}, "2025-12-31")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("R1", True),
        ("Kim  Minsu", True),
        ("kim@x.org", True),
        ("1980-02-03", True),
        ("0042", True),
        ("memo 7", True),
        ("They never called me back.", True),
        ("17", False),
        ("s", False),
        ("1980-02-04", False),
        ("R3", False),
        ("", False),
    ],
)
def test_what_names_somebody_is_found(text: str, named: bool) -> None:
    assert bool(Personal(company()).named({text})) == named


def test_names_are_found_within_a_line() -> None:
    personal = Personal(company())
    for line in ("The best is (Kim  Minsu).", "email=kim@x.org;", "오늘 이영희는 샀다", "'0042', 'R9'"):
        assert personal.named(words_of(line)), line
    assert not personal.named(words_of("12 of 40 customers came back, 30 %"))


def test_numbers_of_customers_that_are_numbers_are_found_from_five_digits() -> None:
    orders = pd.DataFrame({"customer_id": [12345678, 12], "buyer": [821012345678, 1]})
    personal = Personal(Company("shop", {"orders": orders}, "2025-12-31"))
    assert personal.named({"12345678", "12"}) == {"12345678"}


def test_the_dictionary_tells_which_columns_are_of_people() -> None:
    assert {"customer_id", "lead_id", "agent_id", "email", "comment"} <= PERSONAL_COLUMNS
    assert not {"product_id", "vendor_id", "plan", "month", "name"} & PERSONAL_COLUMNS
    assert {"started_on", "ordered_at"} <= ROW_DATES
    assert "month" not in ROW_DATES
