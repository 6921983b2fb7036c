"""Rows at the bottom of a sheet that add up those above: they say so, or they lack a key and hold the sums.

They are found before anything else is, because the word in place of a date or an id would spoil the whole column.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from crmlab.data.parsing import written
from crmlab.intake.choices.desk import Desk
from crmlab.intake.numbers import read_numbers
from crmlab.intake.vocabulary import squash
from crmlab.sources import Sheet

_SAID = """
    total totals grandtotal sum overall subtotal 합계 총계 총합계 총합 소계 누계 계 전체합계 summe gesamt gesamtsumme
"""
_WORDS = frozenset(_SAID.split())
_BOTTOM = 10  # rows at the end that are looked at
_FEWEST = 3  # rows above, with fewer of which a sum may be chance


def total_rows(sheet: Sheet, desk: Desk) -> Sheet:
    """Settle rows of totals at the bottom of a sheet.

    Examples
    --------
    >>> sheet = Sheet("export.csv", pd.DataFrame({"id": ["a", "b", "합계"], "sum": ["5", "7", "12"]}))
    >>> desk = Desk.of({"total_rows": "drop"})
    >>> total_rows(sheet, desk).frame["id"].to_list(), desk.findings[0].sentence[:45]
    (['a', 'b'], '1 row of totals (position 2) was left out. Ot')
    """
    rows = find_totals(sheet.frame)
    done = {"drop": "left out", "keep": "kept as data"}
    option = desk.found("total_rows", sheet.name, sheet.frame, rows, "row of totals", done)
    return replace(sheet, frame=sheet.frame[~rows]) if option in ("drop", "refuse") else sheet


def find_totals(frame: pd.DataFrame) -> np.ndarray:
    """Return which rows are totals of those above them.

    Examples
    --------
    >>> frame = pd.DataFrame({"id": ["a", "b", "c", None], "sum": ["5", "7", "8", "20"]})
    >>> find_totals(frame).tolist()
    [False, False, False, True]
    """
    rows = np.zeros(len(frame), bool)
    start = max(0, len(frame) - _BOTTOM)
    bottom = frame.iloc[start:].to_numpy(object)
    cells = written(pd.Series(bottom.ravel(), dtype=object)).reshape(bottom.shape)
    for at, texts in enumerate(cells):
        known = [text for text in texts if text is not None]
        rows[start + at] = bool(known) and squash(known[0]) in _WORDS
    data = np.flatnonzero(~rows[start:])
    for at in data[::-1][: len(data) - 1]:
        others = data[data < at]
        keyless = any(text is None and None not in cells[others, place] for place, text in enumerate(cells[at]))
        if not keyless or not _sums_up(frame, rows, start + at, [p for p, text in enumerate(cells[at]) if text]):
            break
        rows[start + at] = True
    return rows


def _sums_up(frame: pd.DataFrame, totals: np.ndarray, row: int, places: list[int]) -> bool:
    """Return whether a cell of the row is the sum of the data above it in its column."""
    above = np.flatnonzero(~totals[:row])
    if len(above) < _FEWEST:
        return False
    for place in places:
        numbers = _numbers(frame.iloc[[*above, row], place])
        known, told = numbers[:-1][np.isfinite(numbers[:-1])], numbers[-1]
        if len(known) >= _FEWEST and told and abs(known.sum() - told) <= max(0.01, 1e-6 * abs(told)):
            return True
    return False


def _numbers(values: pd.Series) -> np.ndarray:
    read = read_numbers(values, ("", ""), "").values
    return pd.to_numeric(read, errors="coerce").to_numpy(float, na_value=np.nan)
