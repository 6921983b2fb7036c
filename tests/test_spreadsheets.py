from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmlab.report.spreadsheets import defused, write_csv


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "＝1", "=cmd|' /C calc'!A0"]
)
def test_formulas_get_an_apostrophe(text: str) -> None:
    assert defused(pd.DataFrame({"plan": [text]}))["plan"].to_list() == [f"'{text}"]


def test_numbers_dates_and_plain_texts_stay() -> None:
    table = pd.DataFrame({"n": [-1, 2], "x": [-0.5, None], "day": pd.to_datetime(["2025-01-01"] * 2), "t": ["a-b", ""]})
    pd.testing.assert_frame_equal(defused(table), table.astype({"n": int}))


def test_heads_and_rows_are_defused_too() -> None:
    table = pd.DataFrame({"=head": [1]}, pd.MultiIndex.from_tuples([("-a", 2)], names=["@one", "two"]))
    found = defused(table)
    assert (list(found.columns), list(found.index), list(found.index.names)) == (
        ["'=head"],
        [("'-a", 2)],
        ["'@one", "two"],
    )


@given(st.text(max_size=12))
def test_no_text_begins_as_a_formula(text: str) -> None:
    found = defused(pd.DataFrame({"a": [text]}))["a"].iloc[0]
    assert not found.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert found.endswith(text)


def test_files_open_in_excel(tmp_path: Path) -> None:
    write_csv(pd.DataFrame({"플랜": ["=1", "b"], "n": [1, -2]}), tmp_path / "a.csv")
    assert (tmp_path / "a.csv").read_bytes() == "\ufeff플랜,n\n'=1,1\nb,-2\n".encode()
