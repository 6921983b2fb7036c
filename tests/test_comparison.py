"""Actual beside expected: sums, means, ends of time, and the pictures."""

from __future__ import annotations

import pandas as pd
import pytest

from crmlab.buyers.comparison import Comparison
from crmlab.plots import alternative_text

TABLE = pd.DataFrame(
    {"actual": [10.0, 4.0], "expected": [9.0, 6.0], "low": [7.0, 5.0], "high": [11.0, 7.0]}, index=["0", "1+"]
)


def made(table: pd.DataFrame, **options: object) -> Comparison:
    words = ("Does the model repeat how often customers came back?", "repeat purchases", "number of customers")
    return Comparison(table, *words, **options)  # pyright: ignore[reportArgumentType]


def test_classes_are_summed():
    row = made(TABLE).summary().loc["total"]
    assert row.to_list() == [14, 15, pytest.approx(1.071), 0.5]


def test_means_are_weighted_by_customers():
    row = made(TABLE.assign(customers=[3, 1])).summary().loc["mean"]
    assert row.to_list() == [8.5, 8.25, pytest.approx(0.971), 0.5]


def test_over_time_the_end_counts():
    assert made(TABLE, over_time=True).summary().loc["at the end"].to_list() == [4, 6, 1.5, 0.5]


def test_without_actual_numbers_only_the_expected_are_told():
    alone = made(TABLE.drop(columns="actual"))
    assert alone.summary().to_dict() == {"expected": {"total": 15.0}}
    assert "actual" not in alternative_text(alone.plot().figure)


def test_bars_say_every_class():
    ax = made(TABLE).plot()
    assert [bar.get_height() for bar in ax.patches] == [10, 4]
    assert "1+: 4 actual, 6 (5 to 7)" in alternative_text(ax.figure)


def test_lines_say_their_ends_and_where_the_fit_ended():
    ax = made(TABLE.set_axis([1, 2]), over_time=True, fitted_until=1.5).plot()
    said = alternative_text(ax.figure)
    assert "actual ends at 4" in said
    assert "A line marks end of the fit at 1.5" in said
