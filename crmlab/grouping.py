"""Rows that are alike, counted once.

A million customers share a hundred thousand histories, and a thousand of those are enough to know most of what a model
asks. Whatever is reckoned for each row is therefore reckoned for each distinct row and handed back. Here is how the
distinct rows are found: each column is turned into the numbers of its values, the numbers are joined into one, and that
is counted. It costs a pass for each column, whatever the number of customers behind a row.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd

Vector = np.ndarray
_MOST = 2**62  # what a whole number of 64 bits holds, with room to spare
_SPARSE = 4  # from so many numbers a row on, sorting is quicker than marking those that occur


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
        place, levels = (column, (False, True)) if column.dtype == bool else pd.factorize(column, sort=True)
        if size * len(levels) > _MOST:
            which, size = _closed(which, size)
        which, size = which * len(levels) + place, size * len(levels)
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


def of_whole(function: Callable[[Vector], Vector], x: Vector) -> Vector:
    """Return a function of whole numbers from 0 up, reckoned once for each number up to the highest.

    Parameters
    ----------
    function
        Takes an array and returns one, or several stacked.
    x
        The numbers; where the highest exceeds how many there are, each is reckoned with.

    Examples
    --------
    >>> of_whole(np.sqrt, np.array([1.0, 4.0, 1.0, 0.0, 4.0])).tolist()
    [1.0, 2.0, 1.0, 0.0, 2.0]
    """
    most = int(x.max())
    return function(np.arange(most + 1.0))[..., x.astype(int)] if most < len(x) else function(x)


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
    number = seen.cumsum() - 1
    return number[which], int(seen.sum())
