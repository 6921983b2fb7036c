"""The check on the terminal."""

from __future__ import annotations

import pandas as pd

from crmlab.checking import check
from crmlab.checking.writing import as_text, printable
from crmlab.company import Company


def test_the_data_cannot_steer_the_terminal() -> None:
    orders = pd.DataFrame({"customer_id": ["a"], "ordered_at": pd.to_datetime(["2025-01-01"]), "amount": [1.0]})
    orders = orders.assign(**{"red\x1b[31m\r\n": None, "back\u202ewards": None})
    text = as_text(check(Company("sh\x07op", {"orders": orders}, "2025-12-31")))
    assert all(sign.isprintable() or sign == "\n" for sign in text)
    assert "\nred" not in text
    assert printable("요금제 plan") == "요금제 plan"


def test_lessons_are_sorted_by_what_can_be_believed() -> None:
    text = as_text(check("subscription"))
    assert "run, with enough data: 00, 03, 06" in text
    assert "16 (experiment money per lead)" in text
    assert "02 needs the tables orders, source_records" in text
    assert text.index("To be looked at") < text.index("Good to know") < text.index("Lessons") < text.index("Columns")


def test_many_columns_are_cut_on_the_terminal_and_counted() -> None:
    wide = pd.DataFrame({"product_id": ["1"], "price": [1.0]} | {f"x{i}": [i] for i in range(150)})
    text = as_text(check(Company("wide", {"products": wide}, "2025-12-31")))
    assert "and 52 more: --out check.html shows all" in text
