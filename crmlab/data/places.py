"""Where rows stand, said so that a user finds them: lines of a file, of several files, or positions in a frame."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

import numpy as np
import pandas as pd

LINE = "line of the file"  # the index name of a frame whose rows know the line they came from
FILE = "file"  # the name of the level before it, where a table was joined of several files
_SHOWN = 5


@dataclass(frozen=True)
class Places:
    """Where the first of some rows stand.

    Attributes
    ----------
    rows
        Lines of a file, from 1, or positions in the frame, from 0.
    files
        Of each of them the file, where the table was joined of several; else none.
    by_line
        Whether they are lines.
    more
        Whether there are others.
    """

    rows: tuple[int, ...]
    files: tuple[str, ...] = ()
    by_line: bool = False
    more: bool = False

    @classmethod
    def of(cls, frame: pd.DataFrame, rows: np.ndarray | pd.Series) -> Places:
        """Return where the rows that are True stand; a line that made several of them counts once.

        Examples
        --------
        >>> frame = pd.DataFrame({"x": range(3)}, pd.MultiIndex.from_tuples([("a", 2), ("a", 3), ("b", 2)]))
        >>> print(Places.of(frame.rename_axis(index=[FILE, LINE]), np.array([True, True, True])))
        lines 2, 3 of a; line 2 of b
        """
        at = np.flatnonzero(np.asarray(rows, bool))
        if LINE not in frame.index.names:
            return cls(tuple(at[:_SHOWN].tolist()), more=len(at) > _SHOWN)
        labels = frame.index[at].unique()
        first, more = labels[:_SHOWN], len(labels) > _SHOWN
        files = tuple(map(str, first.get_level_values(FILE))) if FILE in first.names else ()
        return cls(tuple(map(int, first.get_level_values(LINE))), files, True, more)

    def __str__(self) -> str:
        parts = [
            (file, [row for _, row in each])
            for file, each in groupby(zip(self.files or [""] * len(self.rows), self.rows, strict=True), itemgetter(0))
        ]
        said = [self._said(rows, file, self.more and (file, rows) == parts[-1]) for file, rows in parts]
        return "; ".join(said)

    def _said(self, rows: list[int], file: str, more: bool) -> str:
        noun = f"{'line' if self.by_line else 'position'}{'s' * (len(rows) > 1 or more)}"
        return f"{noun} {', '.join(map(str, rows))}{', ...' * more}{f' of {file}' * bool(file)}"
