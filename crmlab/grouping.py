"""Rows that are alike, counted once.

A million customers share a hundred thousand histories, and a thousand of those are enough to know most of what a model
asks. Whatever is reckoned for each row is therefore reckoned for each distinct row and handed back. Here is how the
distinct rows are found: each column is turned into the numbers of its values, the numbers are joined into one, and that
is counted. It costs a pass for each column, whatever the number of customers behind a row.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

Vector = np.ndarray
_MOST = 2**62  # what a whole number of 64 bits holds, with room to spare
_MOST_SINGLE = 50_000_000
_SPARSE = 16  # from so many numbers a row on, sorting is quicker than marking those that occur


def group_rows(columns: Sequence[Any]) -> tuple[Vector, Vector]:
    """Return for each row the number of its group, and for each group one of its rows.

    Parameters
    ----------
    columns
        Columns of one length without empty values; rows that agree in all of them form a group.

    Returns
    -------
    which, rows
        `which` holds, for each row, the number of its group; groups are numbered in ascending order of the first
        column, then the second, and so on. `rows` holds, for each group, the position of one of its rows.

    Examples
    --------
    >>> which, rows = group_rows([np.array([2.0, 1.0, 2.0]), np.array([5.0, 7.0, 5.0])])
    >>> which.tolist(), rows.tolist()
    ([1, 0, 1], [1, 2])
    """
    which, size = np.zeros(len(columns[0]), np.int64), 1
    for column in columns:
        place, levels = _places(column)
        if size * levels > _MOST:
            which, size = _closed(which, size)
        which, size = which * levels + place, size * levels
    which, size = _closed(which, size)
    rows = np.empty(size, np.int64)
    rows[which] = np.arange(len(which))
    return which, rows


def distinct(columns: Sequence[Vector], customers: Vector) -> tuple[list[Vector], Vector]:
    """Return the distinct rows of these columns, sorted, and how many customers share each; rows of nobody are dropped.

    Examples
    --------
    >>> distinct([np.array([2.0, 0.0, 2.0])], np.array([1.0, 5.0, 3.0]))
    ([array([0., 2.])], array([5., 4.]))
    """
    there = customers > 0
    if not there.all():
        columns, customers = [column[there] for column in columns], customers[there]
    which, rows = group_rows(columns)
    return [column[rows] for column in columns], np.bincount(which, customers, len(rows))


def tally(x: Vector, customers: Vector) -> tuple[Vector, Vector]:
    """Return whole numbers that occur, and how many customers have each; where they reach far, each row as it is.

    Examples
    --------
    >>> tally(np.array([1.0, 4.0, 1.0, 0.0, 4.0]), np.array([1.0, 2.0, 3.0, 4.0, 5.0]))
    (array([0., 1., 4.]), array([4., 4., 7.]))
    >>> tally(np.array([1.0, 1000.0]), np.array([3.0, 2.0]))
    (array([   1., 1000.]), array([3., 2.]))
    """
    if x.max(initial=0) > len(x):
        return x, customers
    size = np.bincount(x.astype(np.int64), customers)
    there = np.flatnonzero(size)
    return there.astype(float), size[there]


def each_customer(customers: Vector, model: str) -> Vector:
    """Return for each single customer the number of the row that counts it, for models that take no counts.

    Raises
    ------
    ValueError
        If they are too many to be held one by one.

    Examples
    --------
    >>> each_customer(np.array([2.0, 0.0, 1.0]), "Mixture").tolist()
    [0, 0, 2]
    """
    if customers.sum() > _MOST_SINGLE:
        raise ValueError(
            f"{model}: {customers.sum():,.0f} customers are more than can be held one by one "
            f"(at most {_MOST_SINGLE:,}); draw a sample of them"
        )
    return np.repeat(np.arange(len(customers)), customers.astype(np.int64))


def weighted_sum(values: Vector, weights: Vector) -> Vector:
    """Return the weighted sums over the last axis, on one thread.

    numpy's own product starts threads for long rows; where a class shares a machine these wait for each other, and a
    fit takes four times as long.

    Examples
    --------
    >>> weighted_sum(np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([10.0, 1.0])).tolist()
    [12.0, 34.0]
    """
    return np.einsum("...n,n->...", values, weights)


def _closed(which: Vector, size: int) -> tuple[Vector, int]:
    """Return the numbers without gaps, in the same order."""
    if size > _SPARSE * len(which):
        found = np.unique(which, return_inverse=True)
        return found[1], len(found[0])
    seen = np.zeros(size, bool)
    seen[which] = True
    there = np.flatnonzero(seen)
    number = np.empty(size, np.int64)
    number[there] = np.arange(len(there))
    return number[which], len(there)


def _places(column: Vector) -> tuple[Vector, int]:
    """Return the place of each value among the levels of a column in ascending order, and how many levels there are.

    Small whole numbers are their own place: that some of them do not occur leaves gaps, which are closed later.
    """
    if column.dtype == bool:
        return column, 2
    if column.dtype.kind in "iuf" and len(column):
        low, high = column.min(), column.max()
        if low >= 0 and high < len(column) and (column.dtype.kind != "f" or (column == np.floor(column)).all()):
            return column.astype(np.int64), int(high) + 1
    place, levels = pd.factorize(column, sort=True)
    return place, len(levels)
