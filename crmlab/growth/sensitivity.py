"""What an answer rests on: each input at its low and at its high end, the others held."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from crmlab import model_plots
from crmlab.labels import word
from crmlab.result import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True, eq=False, repr=False)
class Tornado(Result):
    """By how much each input moves a value.

    Attributes
    ----------
    table
        One row an input, the one that moves the value most on top: `low`, `high`, `value_at_low`, `value_at_high`,
        `swing` (how far the value moves between the two).
    base
        The value with every input as it is.

    Examples
    --------
    >>> shown = Tornado.of(lambda price, volume: price * volume, {"price": 10, "volume": 5},
    ...                    {"price": (9, 11), "volume": (3, 8)})
    >>> shown.table["swing"].to_dict()
    {'volume': 50.0, 'price': 10.0}
    """

    table: pd.DataFrame
    base: float

    @classmethod
    def of(
        cls,
        function: Callable[..., float],
        inputs: Mapping[str, float],
        ranges: Mapping[str, tuple[float, float]],
    ) -> Tornado:
        """Compute the value at both ends of each input.

        Parameters
        ----------
        function
            Takes the inputs by name and returns the value.
        inputs
            The inputs as they are.
        ranges
            The low and the high end of those that are to be moved.

        Raises
        ------
        ValueError
            If a range names no input, or its low end is above its high end.
        """
        rows = {}
        for name, (low, high) in ranges.items():
            if name not in inputs:
                raise ValueError(f"no input is called {name}; there are {', '.join(inputs)}")
            if not low <= high:
                raise ValueError(f"{name}: the low end {low} is above the high end {high}, or one is missing")
            ends = [float(function(**{**inputs, name: end})) for end in (low, high)]
            rows[name] = [float(low), float(high), *ends, abs(ends[1] - ends[0])]
        columns = ["low", "high", "value_at_low", "value_at_high", "swing"]
        table = pd.DataFrame(rows, index=pd.Index(columns)).T.rename_axis("input")
        return cls(table.sort_values("swing", ascending=False, kind="stable"), float(function(**inputs)))

    def summary(self) -> pd.DataFrame:
        """Return the table, rounded."""
        return self.table.round(3)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the bars, the widest on top."""
        return model_plots.tornado(
            self.table, self.base, ax, word("Which input moves the value most?"), word("value (currency)")
        )
