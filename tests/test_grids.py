from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st

from crmlab.report.grids import HIDDEN, Grid


def grid(table: pd.DataFrame) -> tuple[Grid, Any]:
    soup = BeautifulSoup(table.to_html(), "html.parser")
    return Grid.of(soup.table), soup.table


def hidden(table: pd.DataFrame, below: int = 5) -> list[list[str]]:
    found, _ = grid(table)
    found.hide_small(below)
    return [[cell.get_text() for cell in row] for row in found.cells]


@pytest.mark.parametrize(
    ("table", "groups"),
    [
        (pd.DataFrame({"customer_id": ["a"], "amount": [1]}), False),
        (pd.DataFrame({"amount": [1]}, pd.Index(["a"], name="lead_id")), False),
        (pd.DataFrame({"plan": ["basic"], "started_on": ["2025-01-01"]}), False),
        (pd.DataFrame({"frequency": [2], "recency": [3.0], "T": [9.0]}, ["x"]), False),
        (pd.DataFrame({"frequency": [2], "recency": [3.0], "T": [9.0], "customers": [40]}), True),
        (pd.DataFrame({"plan": ["basic", "premium"], "margin": [1, 2]}), False),
        (pd.DataFrame({"margin": [1, 2]}, [812, 3]), False),
        (pd.DataFrame({"margin": [1.5, 2.5]}, pd.Index(["basic", "premium"], name="plan")), True),
        (pd.DataFrame({"estimate": [1.5], "low": [1.0], "high": [2.0]}), True),
        (pd.DataFrame({"share": [0.5]}, pd.Index([1], name="month")), True),
        (pd.DataFrame({"table": ["orders"], "column": ["customer_id"], "meaning": ["who"]}), True),
        (pd.DataFrame({"text": ["word " * 9 + "..."]}, ["said"]), False),
    ],
)
def test_rows_of_single_people_are_told_from_groups(table: pd.DataFrame, groups: bool) -> None:
    assert grid(table)[0].of_groups() is groups


def test_heads_of_two_rows_are_read() -> None:
    wide = pd.DataFrame([[9, 2, 8, 7]], ["a"], pd.MultiIndex.from_product([["North", "South"], ["leads", "won"]]))
    found = grid(wide)[0]
    assert found.heads == ["leads", "won", "leads", "won"]
    assert {"North", "South"} <= set(found.index_names)
    assert hidden(wide)[0][1] == "<5"


def test_a_small_count_takes_its_rate_and_a_second_count_along() -> None:
    table = pd.DataFrame({"customers": [90, 40, 12, 3], "rate": [0.5, 0.25, 0.5, 0.3333]}, list("abcd"))
    assert hidden(table) == [["90", "0.5000"], ["40", "0.2500"], [HIDDEN, "0.5000"], ["<5", HIDDEN]]


def test_what_is_no_count_stays() -> None:
    table = pd.DataFrame({"month": [1, 2], "estimate": [3.0, 4.0], "churned": [9, 8]}, ["x", "y"])
    assert hidden(table) == [["1", "3.0", "9"], ["2", "4.0", "8"]]
    assert hidden(pd.DataFrame({"lost": [-3, 2]}, ["x", "y"])) == [["-3"], ["2"]]
    assert hidden(pd.DataFrame({"customers": [0, 7]}, ["x", "y"])) == [["0"], ["7"]]


@settings(deadline=None, max_examples=60)
@given(st.integers(2, 5), st.integers(2, 4), st.randoms(use_true_random=False))
def test_no_row_or_column_of_a_crosstab_gives_one_cell_away(rows: int, columns: int, rng: Any) -> None:
    numbers = np.array([[rng.choice([0, 1, 3, 7, 20, 90]) for _ in range(columns)] for _ in range(rows)])
    shown = hidden(pd.DataFrame(numbers, [f"r{i}" for i in range(rows)], [f"plan {i}" for i in range(columns)]))
    gone = np.array([[cell in (HIDDEN, "<5") for cell in row] for row in shown])
    assert gone[(numbers > 0) & (numbers < 5)].all()
    assert all(line.sum() != 1 for line in (*gone, *gone.T))
