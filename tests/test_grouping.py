"""Distinct rows: against pandas' own grouping, in order, without gaps, and whatever the size of the columns."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmlab.grouping import distinct, each_customer, group_rows, tally

VALUES = st.floats(-5, 5).map(lambda number: round(number, 1) + 0.0)


@settings(deadline=None)
@given(st.lists(st.tuples(VALUES, VALUES, st.integers(0, 4)), min_size=1, max_size=60))
def test_groups_are_those_of_pandas_in_the_same_order(rows):
    frame = pd.DataFrame(rows, columns=["a", "b", "customers"])
    there = frame[frame["customers"] > 0]
    expected = there.groupby(["a", "b"])["customers"].sum().reset_index()
    (a, b), customers = distinct([frame[name].to_numpy() for name in "ab"], frame["customers"].to_numpy(float))
    np.testing.assert_array_equal(np.column_stack([a, b, customers]).reshape(-1, 3), expected.to_numpy(float))


def test_every_row_is_like_the_one_that_stands_for_its_group():
    rng = np.random.default_rng(1)
    columns = [rng.integers(0, 3, 500), rng.choice(["x", "y"], 500).astype(object), rng.random(500).round(1)]
    which, rows = group_rows(columns)
    for column in columns:
        np.testing.assert_array_equal(column[rows][which], column)
    assert sorted(set(which)) == list(range(len(rows)))


def test_columns_of_many_values_do_not_overflow():
    rng = np.random.default_rng(2)
    columns = [rng.permutation(3000).astype(float) for _ in range(8)]  # 3000 to the 8th needs 93 bits
    which, rows = group_rows(columns)
    assert len(rows) == 3000
    np.testing.assert_array_equal(columns[0][rows], np.arange(3000.0))
    np.testing.assert_array_equal(which, columns[0])


def test_no_rows_make_no_groups():
    (values,), customers = distinct([np.array([1.0])], np.array([0.0]))
    assert (len(values), len(customers)) == (0, 0)


@pytest.mark.parametrize("x", [[0.0, 2, 2, 1], [1e9, 3.0], [5.0]])
def test_a_tally_holds_all_customers(x):
    numbers, customers = np.array(x), np.arange(1.0, len(x) + 1)
    n, size = tally(numbers, customers)
    assert size @ n**2 == customers @ numbers**2
    assert size.sum() == customers.sum()


def test_customers_are_taken_one_by_one_unless_they_are_too_many():
    assert each_customer(np.array([1.0, 0.0, 3.0]), "Mixture").tolist() == [0, 2, 2, 2]
    with pytest.raises(ValueError, match="Mixture: 60,000,000 customers are more than can be held one by one"):
        each_customer(np.array([3e7, 3e7]), "Mixture")
