"""Purchases counted in memory: the same as counted by the engines, and nothing where something is empty."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pandas as pd
import pytest

from crmlab.customers import summarize_customers
from crmlab.day_table import DayTable
from crmlab.engines import group_customers, purchase_days

END, CUT = datetime(2024, 12, 31), datetime(2024, 6, 30)


@pytest.fixture
def orders() -> pd.DataFrame:
    rng = np.random.default_rng(7)
    when = pd.Timestamp("2023-12-20") + pd.to_timedelta(rng.integers(0, 400 * 86_400, 3000), unit="s")
    who = rng.choice([f"c{number:03}" for number in range(300)], 3000)
    return pd.DataFrame({"customer_id": who, "ordered_at": when, "amount": rng.gamma(2, 10, 3000).round(2)})


@pytest.mark.parametrize(("until", "held"), [(END, False), (CUT, False), (CUT, True)])
def test_the_engines_count_the_same(orders, until, held):
    days = DayTable.of(orders, END)
    assert days is not None
    own = days.group(until, held).sort_values("customer_id", ignore_index=True)
    other = group_customers(purchase_days(orders, END), until, held).sort_values("customer_id", ignore_index=True)
    pd.testing.assert_frame_equal(own, other[list(own.columns)], check_dtype=False)


@pytest.mark.parametrize("change", [{"amount": 5}, {"customer_id": 3}])
def test_whole_numbers_do_as_well(orders, change):
    days = DayTable.of(orders.assign(**change), END)
    assert days is not None
    assert len(days.customers) == (1 if "customer_id" in change else 300)


def test_days_before_1970_begin_at_midnight():
    old = pd.DataFrame(
        {"customer_id": ["a", "a"], "ordered_at": pd.to_datetime(["1969-12-30 23:00", "1969-12-31 01:00"])}
    )
    days = DayTable.of(old, END)
    assert days is not None
    assert days.day.tolist() == [-2, -1]


@pytest.mark.parametrize("column", ["customer_id", "ordered_at", "amount"])
def test_tables_with_gaps_are_left_to_the_engines(orders, column):
    gap = orders.copy()
    gap.loc[4, column] = None
    assert DayTable.of(gap, END) is None
    with pytest.raises(ValueError, match=f"{column} is empty"):
        summarize_customers(gap, "2024-12-31")


def test_other_tables_are_left_to_the_engines(orders):
    assert DayTable.of(orders.drop(columns="ordered_at"), END) is None
    assert DayTable.of(orders.assign(ordered_at=orders["ordered_at"].dt.tz_localize("UTC")), END) is None
    assert DayTable.of(orders.assign(ordered_at=orders["ordered_at"] + pd.Timedelta(days=9999)), END) is None
    assert DayTable.of({"customer_id": ["a"]}, END) is None


def test_a_window_without_purchases_is_empty(orders):
    days = DayTable.of(orders, END)
    assert days is not None
    assert days.group(datetime(2023, 1, 1)).empty
