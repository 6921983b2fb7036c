"""Tables that grow block by block, in place.

To keep the tables of a hundred blocks and put them together at the end takes their memory twice. A pile reserves room
for all blocks at the first one and fills it; room that is not filled is never taken from the machine.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

_SPARE = 1.05  # room beyond what the first block asks for


class Pile:
    """One table to which blocks are added.

    Parameters
    ----------
    blocks
        How many blocks are to come.

    Examples
    --------
    >>> pile = Pile(2)
    >>> pile.add(pd.DataFrame({"quantity": pd.array([1, 2], dtype="Int64")}))
    >>> pile.add(pd.DataFrame({"quantity": pd.array([3], dtype="Int64")}, index=[7]))
    >>> pile.table()["quantity"].to_list(), str(pile.table()["quantity"].dtype)
    ([1, 2, 3], 'Int64')
    """

    def __init__(self, blocks: int) -> None:
        self._blocks, self._rows = blocks, 0
        self._room: dict[str, np.ndarray] = {}
        self._nullable: dict[str, Any] = {}

    def add(self, frame: pd.DataFrame) -> None:
        """Put the rows of a block below those that are there; nothing in a nullable column may be missing."""
        after = self._rows + len(frame)
        for name, values in frame.items():
            plain = self._plain(str(name), values)
            self._reserve(str(name), plain.dtype, after)
            self._room[str(name)][self._rows : after] = plain
        self._rows = after

    def table(self) -> pd.DataFrame:
        """Return all rows in one frame, numbered from 0."""
        columns = {name: room[: self._rows] for name, room in self._room.items()}
        return pd.DataFrame(columns, copy=False).astype(self._nullable, copy=False)

    def _plain(self, name: str, values: pd.Series) -> np.ndarray:
        if not pd.api.types.is_extension_array_dtype(values.dtype):
            return values.to_numpy()
        self._nullable[name] = values.dtype
        return values.to_numpy(dtype=getattr(values.dtype, "numpy_dtype", object))

    def _reserve(self, name: str, dtype: np.dtype, rows: int) -> None:
        room = self._room.get(name)
        if room is not None and len(room) >= rows:
            return
        larger = np.empty(int(_SPARE * rows * (self._blocks if room is None else 1)) + 1, dtype=dtype)
        if room is not None:
            larger[: self._rows] = room[: self._rows]
        self._room[name] = larger
