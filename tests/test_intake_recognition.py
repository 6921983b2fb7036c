from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from crmlab.intake.profile import Profile
from crmlab.intake.recognition import Proposal, propose

DAYS = [f"2025-01-{day:02}" for day in range(1, 21)]
IDS = [f"C{number % 7}" for number in range(20)]
ONCE = [f"X{number}" for number in range(20)]
SUMS = [f"{number}.50" for number in range(20)]
KINDS = ["visit", "signup", "demo", "paid"] * 5


def looked_at(cells: dict, header: bool = True, name: str = "export.csv", **more: object) -> Proposal:
    labels = cells if header else dict(enumerate(cells.values(), 1))
    columns = {label: Profile(label, pd.Series(values, dtype=object)) for label, values in labels.items()}
    return propose(name, columns, header=header, **more)  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize(
    ("cells", "shape", "columns"),
    [
        ({"cust": IDS, "date": DAYS, "total": SUMS}, "orders", {"customer_id": "cust", "ordered_at": "date"}),
        ({"고객번호": IDS, "주문일자": DAYS, "결제금액(원)": SUMS}, "orders", {"amount": "결제금액(원)"}),
        ({"회원번호": ONCE, "가입일": DAYS, "성별": ["여", "남"] * 10}, "customers", {"acquired_on": "가입일"}),
        ({"가입자번호": ONCE, "가입일": DAYS, "해지일": [*DAYS[10:], *[None] * 10]}, "spans", {"ended_on": "해지일"}),
        ({"customerID": ONCE, "tenure": range(20), "Churn": ["Yes", "No"] * 10}, "tenure", {"churned": "Churn"}),
        ({"user_id": IDS, "event": KINDS, "timestamp": DAYS}, "event_log", {"lead_id": "user_id"}),
        ({"고객": ONCE, "1월": SUMS, "2월": SUMS, "3월": SUMS}, "wide_months", {"months": ("1월", "2월", "3월")}),
        ({"lead_id": ONCE, "lead_date": DAYS, "won_date": DAYS}, "lead_stages", {"stages": ("lead_date", "won_date")}),
        (
            {"InvoiceNo": IDS, "StockCode": ONCE, "Quantity": range(1, 21), "InvoiceDate": DAYS, "UnitPrice": SUMS}
            | {"CustomerID": IDS},
            "sales_lines",
            {"order_id": "InvoiceNo", "price": "UnitPrice"},
        ),
    ],
)
def test_shapes_are_told_from_names_in_both_languages(cells: dict, shape: str, columns: dict) -> None:
    found = looked_at(
        {name: list(map(str, values)) if isinstance(values, range) else values for name, values in cells.items()}
    )
    assert found.match is not None, found.problems
    assert (found.match.shape.name, found.problems) == (shape, [])
    assert columns.items() <= found.match.columns.items()


def test_without_a_header_the_contents_tell() -> None:
    small = [str(number % 2 + 1) for number in range(20)]
    many = [f"C{number % 15}" for number in range(20)]
    found = looked_at({"a": ONCE, "b": many, "c": DAYS, "d": small, "e": SUMS}, header=False)
    assert found.match is not None
    assert found.match.columns == {"ordered_at": 3, "amount": 5, "customer_id": 2}
    same = [f"K{each}" for each in many]
    found = looked_at({"a": same, "b": many, "c": DAYS, "e": SUMS}, header=False)
    assert found.match is not None
    assert found.match.reasons["customer_id"] == "names the same as column 2, one to one"


def test_columns_that_fit_alike_are_asked_with_what_they_hold() -> None:
    found = looked_at({"client": IDS, "buyer": ONCE, "date": DAYS, "total": SUMS}, shape="orders")
    (asked,) = found.problems
    assert (asked.column, asked.what) == (
        "customer_id",
        "could be 'client' (7 different) or 'buyer' (20 different, no repetition)",
    )
    assert asked.remedy == "Say --map orders.customer_id=client or --map orders.customer_id=buyer."
    told = looked_at({"client": IDS, "buyer": ONCE, "date": DAYS, "total": SUMS}, told={"customer_id": "client"})
    assert told.problems == []


def test_the_ids_of_another_file_decide() -> None:
    others = [("people.csv", "customer_id", set(IDS))]
    found = looked_at({"client": IDS, "buyer": ONCE, "date": DAYS, "total": SUMS}, others=others)
    assert found.match is not None
    assert found.match.reasons["customer_id"] == "100 % of its values are in people.csv too"


def test_a_column_that_is_not_called_like_its_role_is_asked_and_not_guessed() -> None:
    found = looked_at({"cust": IDS, "zzz": DAYS, "total": SUMS}, shape="orders")
    (asked,) = found.problems
    assert "but 'zzz' holds dates" in asked.what
    assert asked.remedy == "Say --map orders.ordered_at=zzz."


def test_what_fits_nothing_is_said_with_what_is_nearest() -> None:
    found = looked_at({"zzz": IDS, "yyy": SUMS})
    assert found.match is None
    assert "fits no table that is known. It has 'zzz', 'yyy'" in found.problems[0].what
    near = looked_at({"cust": IDS, "total": SUMS, "x": ONCE})
    assert "Nearest is orders, which needs ordered_at too" in near.problems[0].what


def test_an_optional_role_that_is_not_clear_is_left_out_with_a_note() -> None:
    found = looked_at({"lead_id": ONCE, "접수일": DAYS, "source": KINDS, "medium": IDS}, shape="leads")
    assert found.problems == []
    assert found.notes == [
        "channel is not taken: 'source' or 'medium' could be it. Say --map leads.channel=source takes it."
    ]


def test_a_table_of_ids_that_repeat_is_no_table_of_customers() -> None:
    rng = np.random.default_rng(1)
    repeated = [f"C{number}" for number in rng.integers(0, 5, 20)]
    assert looked_at({"customer_id": repeated, "signup_date": DAYS}).match is None
