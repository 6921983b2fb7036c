"""Small numbers in a report: which cells to hide so that nobody can be singled out.

"Basic, Jeju: 2 customers, 1 churned" tells a neighbour too much. So counts below a limit are hidden. That alone does
not help: who knows the total and the other cells of a line finds the hidden one by subtraction. So others are hidden
with it (complementary suppression, Cox 1980, Journal of the American Statistical Association 75(370), 377–385), as
small ones as possible, until what remains published leaves open, for each small number, a range at least as wide as
the limit. The reader is taken to know every total, over each column and over all, except those that are hidden too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd

from crmlab.engines import need
from crmlab.estimation import Vector

TOTAL = "total"
SMALL, PROTECTS = "small", "protects another"


def suppress(
    table: pd.DataFrame, count: str = "customers", below: int = 5, by: Sequence[str] | None = None, totals: bool = False
) -> pd.DataFrame:
    """Hide small counts, and those that would give them away together with the totals.

    Parameters
    ----------
    table
        One row for each cell of a report; cells that are not there count nobody.
    count
        The column with the number of customers.
    below
        Counts from 1 to one less than this are small. A count of 0 is not: there is nobody to be recognised.
    by
        The columns that make up the cells; by default all that are not numbers.
    totals
        Whether to add the totals, as rows in which a column says "total"; hidden where they would tell.

    Returns
    -------
    DataFrame
        The rows in their order, with every number of a hidden row empty, and a column `suppressed`: "", "small" or
        "protects another".

    Raises
    ------
    ValueError
        If a column is missing, a count impossible, a cell there twice, or the whole table small.

    Examples
    --------
    >>> report = pd.DataFrame({"region": ["Seoul", "Busan", "Daegu", "Jeju"], "customers": [90, 40, 12, 3]})
    >>> suppress(report).tail(2)
      region  customers        suppressed
    2  Daegu       <NA>  protects another
    3   Jeju       <NA>             small
    """
    by = _columns(table, count, by)
    sizes = _sizes(table, count, below, by)
    cells = _with_totals(table, by, sizes)
    hidden = _protect(cells, below)
    said = np.where(hidden, np.where(_small(cells.sizes, below), SMALL, PROTECTS), "")
    marks = dict(zip(cells.keys, said, strict=True))
    shown = table.assign(suppressed=[marks[key] for key in _keys(table, by)])
    if totals:
        sums = [[*key, size, marks[key]] for key, size in zip(cells.keys, cells.sizes, strict=True) if TOTAL in key]
        shown = pd.concat([shown, pd.DataFrame(sums, columns=[*by, count, "suppressed"])], ignore_index=True)
    return _blank(shown, count, by)


@dataclass(frozen=True, eq=False)
class _Cells:
    """The cells of a table and its totals, and which of them add up: the last of a line is the sum of the others."""

    keys: list[tuple[str, ...]]
    sizes: Vector
    lines: list[list[int]]
    whole: int  # the cell that holds everybody


def _columns(table: pd.DataFrame, count: str, by: Sequence[str] | None) -> list[str]:
    need(table.columns, [count, *(by or [])], "the report")
    found = by if by is not None else [name for name in table if not pd.api.types.is_numeric_dtype(table[name])]
    if not len(found):
        raise ValueError("no column says which cell a row is: name them with by")
    return [str(name) for name in found]


def _sizes(table: pd.DataFrame, count: str, below: int, by: list[str]) -> Vector:
    sizes = pd.to_numeric(table[count], errors="coerce").to_numpy(float)
    if not np.isfinite(sizes).all() or (sizes < 0).any() or (sizes != np.floor(sizes)).any():
        raise ValueError(f"{count} is no whole number from 0 up in some rows")
    if below < 2:
        raise ValueError(f"below is {below}; there is nothing to hide under 2")
    if table.duplicated(by).any():
        raise ValueError(f"a cell occurs twice: {', '.join(by)} do not tell the rows apart")
    if table[by].isna().any(axis=None) or (table[by].astype(str) == TOTAL).any(axis=None):
        raise ValueError(f"a cell is not named, or is called {TOTAL!r}: give cells only, without their totals")
    if sizes.sum() < below:
        raise ValueError(f"the whole report counts {sizes.sum():g} customers, fewer than {below}: show none of it")
    return sizes


def _keys(table: pd.DataFrame, by: list[str]) -> list[tuple[str, ...]]:
    return list(table[by].astype(str).itertuples(index=False, name=None))


def _with_totals(table: pd.DataFrame, by: list[str], sizes: Vector) -> _Cells:
    """Return cells and totals over each column, with the lines in which they add up."""
    size: dict[tuple[str, ...], float] = {}
    for key, number in zip(_keys(table, by), sizes, strict=True):
        for pattern in product((False, True), repeat=len(by)):
            sum_key = tuple(TOTAL if summed else part for part, summed in zip(key, pattern, strict=True))
            size[sum_key] = size.get(sum_key, 0.0) + number
    place = {key: i for i, key in enumerate(size)}
    lines: dict[tuple[int, tuple[str, ...]], list[int]] = {}
    for key, i in place.items():
        for axis, part in enumerate(key):
            if part != TOTAL:
                lines.setdefault((axis, (*key[:axis], TOTAL, *key[axis + 1 :])), []).append(i)
    whole = place[(TOTAL,) * len(by)]
    return _Cells(list(size), np.array(list(size.values())), [[*m, place[s]] for (_, s), m in lines.items()], whole)


def _small(sizes: Vector, below: int) -> Vector:
    return (sizes > 0) & (sizes < below)


def _protect(cells: _Cells, below: int) -> Vector:
    """Return which cells to hide: the small ones, and more until no line and no system of lines gives one away."""
    hidden = _small(cells.sizes, below)
    small = np.flatnonzero(hidden).tolist()
    while True:
        more = next((line for line in cells.lines if _tells(cells, line, hidden, below)), None)
        if more is None:
            open_cell = next((cell for cell in small if _width(cells, hidden, cell) < below), None)
            if open_cell is None:
                return hidden
            more = [cell for line in cells.lines if open_cell in line for cell in line]
        choice = [cell for cell in more if not hidden[cell] and cell != cells.whole]
        if not choice:
            choice = [cell for cell in range(len(hidden)) if not hidden[cell] and cell != cells.whole]
        hidden[min(choice, key=lambda cell: (cells.sizes[cell] == 0, cells.sizes[cell]))] = True


def _tells(cells: _Cells, line: list[int], hidden: Vector, below: int) -> bool:
    """Return whether a line alone gives a hidden cell away: it stands alone, or the hidden ones together are few."""
    unseen = [cell for cell in line if hidden[cell]]
    if not unseen or (len(unseen) > 1 and hidden[line[-1]]):
        return False
    return len(unseen) == 1 or cells.sizes[unseen].sum() < below


def _width(cells: _Cells, hidden: Vector, cell: int) -> float:
    """Return how wide the range is that the published numbers leave open for a hidden cell, by linear programming."""
    from scipy.optimize import linprog

    unseen = np.flatnonzero(hidden)
    lines = [line for line in cells.lines if hidden[line].any()]
    sums, known = np.zeros((len(lines), len(hidden))), np.where(hidden, 0.0, cells.sizes)
    for row, line in enumerate(lines):
        sums[row, line[:-1]], sums[row, line[-1]] = 1.0, -1.0
    goal = (unseen == cell).astype(float)
    ends = []
    for sign in (1, -1):
        found = linprog(sign * goal, A_eq=sums[:, unseen], b_eq=-sums @ known, bounds=(0, None))
        ends.append(np.inf if found.status == 3 else sign * found.fun)
    return float(ends[1] - ends[0]) + 1e-7


def _blank(shown: pd.DataFrame, count: str, by: list[str]) -> pd.DataFrame:
    """Empty every number of the hidden rows: a rate or a sum would tell the count."""
    gone = shown["suppressed"] != ""
    for name in shown.columns.difference([*by, "suppressed"]):
        kind = "Int64" if name == count else "Float64"
        if pd.api.types.is_numeric_dtype(shown[name]):
            shown[name] = shown[name].astype(kind).mask(gone)
        else:
            shown[name] = shown[name].mask(gone)
    return shown
