from __future__ import annotations

import pandas as pd

from crmlab.data.rules import broken, dangling
from crmlab.tables import TABLES


def found(table: str, frame: pd.DataFrame, end: str | None = None) -> list[tuple[str, str, list[bool]]]:
    return [
        (", ".join(columns), fault.what, fault.rows.tolist())
        for columns, fault in broken(TABLES[table], frame, end)
        if fault.rows.any()
    ]


def test_each_rule_names_its_rows() -> None:
    frame = pd.DataFrame({"customer_id": ["a", "b", None], "amount": [-1.0, 2.0, -3.0]})
    assert found("orders", frame) == [
        ("customer_id", "empty", [False, False, True]),
        ("amount", "below 0", [True, False, True]),
    ]


def test_limits_themselves_are_allowed() -> None:
    frame = pd.DataFrame(
        {"survey_id": ["1", "2"], "nps": pd.array([0, 10], "Int64"), "csat": pd.array([1, 5], "Int64")}
    )
    assert found("surveys", frame) == []


def test_days_up_to_the_end_are_allowed_and_later_ones_are_not() -> None:
    frame = pd.DataFrame({"ordered_at": pd.to_datetime(["2025-12-31", "2026-01-01"])})
    assert [rows for *_, rows in found("orders", frame, "2025-12-31")] == [[False, True]]


def test_a_reference_to_a_table_without_the_column_is_not_asked() -> None:
    orders = pd.DataFrame({"customer_id": ["a"]})
    assert list(dangling("orders", {"orders": orders, "customers": pd.DataFrame({"name": ["x"]})})) == []
