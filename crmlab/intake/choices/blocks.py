"""Which rows of a sheet add up a block of others: those since an earlier such row, or since the start of the sheet."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from crmlab.intake.numbers import read_numbers

_PLACES = 50  # columns that are looked at
_BACK = 1000  # earlier rows of totals after which a block may begin, beside the start of the sheet
_LARGE = 100  # a smaller whole number may be a sum by chance


@dataclass(eq=False)
class Blocks:
    """The numbers of a sheet, read where they are asked for.

    Attributes
    ----------
    frame
        The cells as they were read.

    Examples
    --------
    >>> blocks = Blocks(pd.DataFrame({"sum": ["5", "7", "12", "8", "8", "20"]}))
    >>> totals = np.array([2, 4, 5])
    >>> blocks.lengths(totals, np.isin(np.arange(6), totals)).tolist()
    [2, 1, 3]
    """

    frame: pd.DataFrame
    _read: dict[int, np.ndarray] = field(default_factory=dict)

    def lengths(self, rows: np.ndarray, apart: np.ndarray, below: bool = False, loosely: bool = False) -> np.ndarray:
        """Return how many rows of data each of the rows adds up; 0 for one that adds up none.

        Parameters
        ----------
        rows
            Their positions, in order.
        apart
            Of all rows of the sheet, which are no data: these rows among them.
        below
            Whether the blocks stand below the rows, not above.
        loosely
            Whether one cell that is a sum is enough, even where it is a small number and others are no sums.
        """
        sure, most, numbers, sums = (np.zeros(len(rows), int) for _ in range(4))
        for place in self._places(rows):
            cells = self._numbers(place, len(apart) if below else int(rows[-1]) + 1)
            told, data = cells[rows], np.where(apart[: len(cells)], np.nan, cells)
            if below:
                found = _lengths(told[::-1], data[::-1], len(data) - 1 - rows[::-1])[::-1]
            else:
                found = _lengths(told, data, rows)
            large = (np.abs(told) >= _LARGE) | (told % 1 != 0)
            most, sure = np.maximum(most, found), np.maximum(sure, np.where(large, found, 0))
            numbers, sums = numbers + np.isfinite(told), sums + (found > 0)
        return np.where(loosely | (sums == numbers), most, sure)

    def _places(self, rows: np.ndarray) -> list[int]:
        """Return the columns in which one of the rows has a number."""
        cells = self.frame.iloc[rows].to_numpy(object)
        places = []
        for place in range(cells.shape[1]):
            if any(re.search("[0-9]", str(cell)) for cell in cells[:, place]):
                places += [place] if np.isfinite(_as_numbers(self.frame.iloc[rows, place])).any() else []
            if len(places) == _PLACES:
                break
        return places

    def _numbers(self, place: int, rows: int) -> np.ndarray:
        """Return at least the first rows of a column as numbers."""
        known = self._read.get(place)
        if known is None or len(known) < rows:
            known = self._read[place] = _as_numbers(self.frame.iloc[:rows, place])
        return known[:rows]


def _lengths(told: np.ndarray, data: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Return how many numbers above each of the rows add up to what it tells; 0 where none do."""
    known = np.isfinite(data)
    sums = np.append(0.0, np.cumsum(np.where(known, data, 0.0)))[np.append(0, rows)]
    counts = np.append(0, np.cumsum(known))[np.append(0, rows)]
    found = np.zeros(len(rows), int)
    for at in np.flatnonzero(np.isfinite(told) & (told != 0)) + 1:
        value = told[at - 1]
        starts = np.append(0, np.arange(max(1, at - _BACK), at))
        equal = np.abs(sums[at] - sums[starts] - value) <= max(0.01, 1e-6 * abs(value))
        found[at - 1] = (counts[at] - counts[starts])[equal].max(initial=0)
    return found


def _as_numbers(values: pd.Series) -> np.ndarray:
    read = read_numbers(values, ("", ""), "").values
    numbers = pd.to_numeric(read, errors="coerce").to_numpy(float, na_value=np.nan)
    return np.where(np.isfinite(numbers), numbers, np.nan)
