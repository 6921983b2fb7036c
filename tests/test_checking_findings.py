"""Findings as sentences."""

from __future__ import annotations

import pandas as pd

from crmlab.checking import findings
from crmlab.checking.volume import GAPS, MONTHS


def months(n: int) -> pd.DataFrame:
    rows = [("orders", "ordered_at", f"2025-{i + 1:02d}", 900, 100.0, 9.0, "alone") for i in range(n)]
    return pd.DataFrame(rows, columns=list(MONTHS))


def gaps(*days: int) -> pd.DataFrame:
    rows = [("orders", "ordered_at", "2025-01-01", "2025-01-09", n, 50.0) for n in days]
    return pd.DataFrame(rows, columns=list(GAPS))


def test_many_leaps_are_named_up_to_a_number() -> None:
    ((level, where, what),) = findings.of_volume(months(8), gaps())
    assert (level, where) == ("warning", "orders.ordered_at")
    assert "2025-05 (900 where 100" in what
    assert "2025-06" not in what
    assert what.endswith("and 3 more.")


def test_a_short_gap_is_a_note_and_a_long_one_a_warning() -> None:
    assert [level for level, *_ in findings.of_volume(months(0), gaps(3, 7))] == ["note"]
    ((level, _, what),) = findings.of_volume(months(0), gaps(3, 8))
    assert level == "warning"
    assert "the longest of 2 stretches; 50 rows were to be expected" in what


def test_a_few_rows_that_repeat_are_a_note_and_a_key_is_a_fault() -> None:
    columns = ["table", "columns", "what", "rows", "share"]
    rows = [("orders", "x", "the whole row repeats", n, n / 1000) for n in (9, 10)]
    repeats = pd.DataFrame([*rows, ("customers", "customer_id", "the key repeats", 1, 0.001)], columns=columns)
    levels = [level for level, *_ in findings.of_keys(repeats, pd.DataFrame(columns=columns))]
    assert levels == ["note", "warning", "fault"]


def test_a_table_as_long_as_a_sheet_of_excel_is_a_warning() -> None:
    columns = pd.DataFrame({"table": ["orders"], "column": ["x"], "rows": [1_048_575], "remark": [""]})
    ((level, where, what),) = findings.of_tables(columns)
    assert (level, where) == ("warning", "orders")
    assert "was the export cut off?" in what
