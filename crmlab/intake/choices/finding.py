"""What a choice found, what was done about it, and how to do otherwise."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crmlab.data.places import Places


@dataclass(frozen=True)
class Finding:
    """Rows that a choice is about, and what was done with them.

    Attributes
    ----------
    choice, option
        The choice, and the option that was taken.
    table
        Where the rows are: a table of the data dictionary, or the sheet.
    count
        How many rows.
    first
        The first of them: lines of the file, or positions in the frame.
    sentence
        What was found and done, and which option does otherwise.
    """

    choice: str
    option: str
    table: str
    count: int
    first: tuple[int, ...]
    sentence: str

    def __str__(self) -> str:
        return f"{self.table}: {self.sentence}"


def where(frame: pd.DataFrame, rows: np.ndarray) -> tuple[int, ...]:
    """Return the first rows that are True: different lines of the file where the index tells them, else positions.

    Examples
    --------
    >>> where(pd.DataFrame({"x": [1, 2, 3]}), np.array([False, True, True]))
    (1, 2)
    """
    return Places.of(frame, rows).rows


def lines(frame: pd.DataFrame, rows: np.ndarray) -> str:
    """Return where rows are, in brackets: "(lines 5, 9, ...)".

    Examples
    --------
    >>> from crmlab.data.places import LINE
    >>> lines(pd.DataFrame({"x": [1, 2, 3]}, index=pd.Index([2, 3, 5], name=LINE)), np.array([False, True, True]))
    '(lines 3, 5)'
    """
    return f"({Places.of(frame, rows)})"
