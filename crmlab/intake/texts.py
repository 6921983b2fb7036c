"""A column as its distinct texts: each is read once, however many rows there are, and the rows get it back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from crmlab.data.parsing import distinct
from crmlab.data.validation import Problem

Where = tuple[str, str]  # the sheet and its column, for messages


@dataclass(frozen=True, eq=False)
class Distinct:
    """The distinct texts of a column.

    Attributes
    ----------
    texts
        Each text once, without blanks around it; in the order of the rows.
    codes
        For each row the place of its text; -1 where it is blank.
    counts
        For each text the number of rows.
    index
        The lines of the rows.

    Examples
    --------
    >>> column = Distinct.of(pd.Series(["b ", "", "a", "b"]))
    >>> column.texts.tolist(), column.codes.tolist(), column.counts.tolist()
    (['b', 'a'], [0, -1, 1, 0], [2, 1])
    """

    texts: np.ndarray
    codes: np.ndarray
    counts: np.ndarray
    index: pd.Index

    @classmethod
    def of(cls, values: pd.Series) -> Distinct:
        """Return the distinct texts of any column; it is not changed."""
        codes, texts = distinct(values)
        counts = np.bincount(codes[codes >= 0], minlength=len(texts))
        return cls(texts, codes, counts, values.index)

    def rows(self, which: np.ndarray) -> np.ndarray:
        """Return for each row whether its text is among those that are marked."""
        return np.append(which, False)[self.codes]

    def count(self, which: np.ndarray) -> int:
        """Return how many rows hold a text that is marked."""
        return int(self.counts[which].sum())

    def seen(self, which: np.ndarray) -> str:
        """Return how many rows hold a text that is marked, and the line of the first, in words."""
        count = self.count(which)
        return f"{count:,} such row{'s' * (count > 1)}, the first in line {self.index[self.rows(which)][0]}"

    def back(self, texts: Sequence[object]) -> pd.Series:
        """Return a column in which each text is replaced; None where a row is blank."""
        return pd.Series(np.array([*texts, None], dtype=object)[self.codes], self.index, dtype=object)

    def problem(self, where: Where, which: np.ndarray, what: str, remedy: str, examples: bool = True) -> Problem:
        """Return the problem of the rows whose texts are marked, with their first lines."""
        rows = self.rows(which)
        first = tuple(int(line) for line in self.index[rows][:5])
        shown = tuple(repr(text if len(text) <= 40 else f"{text[:37]}...") for text in self.texts[which][:3])
        return Problem(*where, what, remedy, int(rows.sum()), first, shown if examples else (), by_line=True)


@dataclass(frozen=True, eq=False)
class Read:
    """A column that was read.

    Attributes
    ----------
    values
        The canonical texts; what could not be read stays as it was, for the check to report. None where a row is blank.
    said
        How it was read, for the proposal; "" where there is nothing to say.
    settled
        The words that read a later file alike, as "day-first"; "" where the values speak for themselves.
    currency
        For each row the ISO code that a sign beside the number told, None where there is none; None without any.
    problems
        What is open or contradictory.
    """

    values: pd.Series
    said: str = ""
    settled: str = ""
    currency: pd.Series | None = None
    problems: tuple[Problem, ...] = ()
