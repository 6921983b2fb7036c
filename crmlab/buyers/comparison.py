"""What a model expects beside what happened: the check that every fitted model here can be put to.

A `Comparison` holds one row for each class or moment, with the range in which the actual count should fall in 95 of 100
cases if the model is right. Models make them; they draw and summarise themselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from crmlab import model_plots, plots
from crmlab.labels import word
from crmlab.result import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True, eq=False, repr=False)
class Comparison(Result):
    """Actual against expected.

    Attributes
    ----------
    table
        Index: the class or the time. Columns `actual` (may be absent), `expected`, `low`, `high`, and others.
    question, xlabel, ylabel
        Keys of `crmlab.labels` for the title and the axes.
    over_time
        Whether the rows are moments, drawn as lines, or classes, drawn as bars.
    fitted_until
        The time up to which the model saw the data, or None.
    """

    table: pd.DataFrame
    question: str
    xlabel: str
    ylabel: str
    over_time: bool = False
    fitted_until: float | None = None

    def summary(self) -> pd.DataFrame:
        """Return actual and expected numbers, their ratio, and the share of rows whose actual number is in the range.

        Over time they are those of the last moment; of classes their sum, or their mean a customer where the rows are
        means. Without actual numbers only the expected ones are told.
        """
        index, expected = pd.Index([self._span()]), self._whole("expected")
        if "actual" not in self.table:
            return pd.DataFrame({"expected": [round(expected, 3)]}, index=index)
        actual = self._whole("actual")
        inside = self.table["actual"].between(self.table["low"], self.table["high"])
        numbers = {
            "actual": actual,
            "expected": expected,
            "expected / actual": expected / actual if actual else float("nan"),
            "rows inside the range": float(inside.mean()),
        }
        return pd.DataFrame({name: [round(number, 3)] for name, number in numbers.items()}, index=index)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw bars of what happened with the model's ranges, or the two as lines over time."""
        words = {"title": word(self.question), "xlabel": word(self.xlabel), "ylabel": word(self.ylabel)}
        if not self.over_time:
            return model_plots.bars_and_ranges(self.table, ax, **words)
        ax = plots.lines(self.table.filter(["expected", "actual", "low", "high"]), ax, **words)
        return ax if self.fitted_until is None else model_plots.mark_time(ax, self.fitted_until, word("end of the fit"))

    def _span(self) -> str:
        if self.over_time:
            return "at the end"
        return "mean" if "customers" in self.table else "total"

    def _whole(self, column: str) -> float:
        values = self.table[column]
        if self.over_time:
            return float(values.iloc[-1])
        if "customers" in self.table:
            return float((values * self.table["customers"]).sum() / self.table["customers"].sum())
        return float(values.sum())
