"""Tables that are read when they are first asked for: a lesson pays only for what it uses."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


class LazyTables(Mapping[str, "pd.DataFrame"]):
    """A mapping of table names to frames, each read once, at its first use.

    Examples
    --------
    >>> import pandas as pd
    >>> tables = LazyTables({"orders": lambda: print("read") or pd.DataFrame({"amount": [5]})})
    >>> len(tables["orders"]), len(tables["orders"])
    read
    (1, 1)
    """

    def __init__(self, readers: Mapping[str, Callable[[], pd.DataFrame]]) -> None:
        self._readers = dict(readers)
        self._frames: dict[str, pd.DataFrame] = {}

    def __getitem__(self, name: str) -> pd.DataFrame:
        if name not in self._frames:
            self._frames[name] = self._readers[name]()
        return self._frames[name]

    def __contains__(self, name: object) -> bool:
        return name in self._readers

    def __iter__(self) -> Iterator[str]:
        return iter(self._readers)

    def __len__(self) -> int:
        return len(self._readers)
