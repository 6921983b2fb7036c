"""Do as many customers leave as was said? Predicted risk beside what happened, in groups of like risk.

Who is still there but was not followed to the horizon counts as long as seen: what happened in a group is one less
Kaplan and Meier's curve (1958) at the horizon, with its interval. A model that puts customers into the right order can
still say wrong shares, and only the shares may be multiplied with money.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from crmlab import plots
from crmlab.churn import ChurnCurve
from crmlab.estimation import Vector
from crmlab.labels import percent, word
from crmlab.result import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True, eq=False, repr=False)
class Calibration(Result):
    """Predicted and observed shares who left by a horizon.

    Attributes
    ----------
    table
        Index `group`, from the lowest risk up: `customers`, `predicted` (the mean risk said), `observed`, `low`, `high`
        (one less Kaplan–Meier, with 95 % interval).
    horizon
        In the unit of the durations.
    """

    table: pd.DataFrame
    horizon: float

    @classmethod
    def of(cls, counts: pd.DataFrame, risk: Vector, horizon: float, groups: int = 5) -> Calibration:
        """Compare the risks said with what happened.

        Parameters
        ----------
        counts
            `duration`, `churned`, `customers`.
        risk
            The predicted probability to leave by the horizon, one for each row.
        horizon
            Above 0.
        groups
            How many groups of like size; fewer where fewer risks were said.

        Raises
        ------
        ValueError
            If a group was not observed until the horizon.

        Examples
        --------
        >>> counts = pd.DataFrame({"duration": [1, 2, 1, 2], "churned": [True, False] * 2, "customers": [2, 8, 5, 5]})
        >>> Calibration.of(counts, np.array([0.2, 0.2, 0.4, 0.4]), 2).table["observed"].round(3).to_list()
        [0.2, 0.5]
        """
        group = _groups(risk, counts["customers"].to_numpy(float), groups)
        longest = counts["duration"].groupby(group).max()
        curve = ChurnCurve.from_counts(counts.assign(group=group), by="group")
        rows = []
        for number in np.unique(group):
            at = group == number
            weights = counts["customers"].to_numpy(float)[at]
            if longest[number] < horizon and not counts["churned"].to_numpy(bool)[at].all():
                raise ValueError(f"group {number} was observed for {longest[number]:g} only; shorten the horizon")
            share = curve.at(horizon).loc[str(number)]
            observed = (1 - share["estimate"], 1 - share["high"], 1 - share["low"])
            rows.append((weights.sum(), np.average(risk[at], weights=weights), *observed))
        columns = ["customers", "predicted", "observed", "low", "high"]
        return cls(pd.DataFrame(rows, pd.Index(np.unique(group), name="group"), columns), float(horizon))

    @property
    def error(self) -> float:
        """The mean distance between predicted and observed shares, each group weighted by its customers."""
        apart = (self.table["predicted"] - self.table["observed"]).abs()
        return float(np.average(apart, weights=self.table["customers"]))

    def summary(self) -> pd.DataFrame:
        """Return the table, rounded."""
        return self.table.round(3)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw observed against predicted shares; on the line as many left as was said."""
        ax, t = plots.new_axes(ax), self.table
        top = float(max(t["predicted"].max(), t["high"].max()))
        ax.plot([0, top], [0, top], color=plots.FAINT, lw=1)
        predicted, left, low, high = t[["predicted", "observed", "low", "high"]].to_numpy(float).T
        ax.errorbar(predicted, left, yerr=[left - low, high - left], fmt="o", capsize=3, color=plots.PALETTE[0])
        plots.label_end(ax, word("as predicted"), top, top, plots.FAINT)
        ax.set(xlim=(0, None), ylim=(0, None))
        title, until = word("Do as many leave as was predicted?"), f"({word('by month')} {self.horizon:g})"
        names = [f"{word(name)} {until}" for name in ("predicted to leave", "left")]
        plots.finish(plots.percent_axis(plots.percent_axis(ax, "x")), title, *names)
        said = "; ".join(
            "predicted {}, left {} ({} to {})".format(*map(percent, row))
            for row in t[["predicted", "observed", "low", "high"]].to_numpy()
        )
        return plots.describe(ax, f"{title} Dots with 95 % intervals by group of like risk: {said}.")


def _groups(risk: Vector, weights: Vector, groups: int) -> Vector:
    """Number the rows from 1 up by risk, in groups of about equally many customers; equal risks stay together."""
    place = np.unique(np.round(risk, 12), return_inverse=True)[1]
    sizes = np.bincount(place, weights)
    middle = (np.cumsum(sizes) - sizes / 2) / sizes.sum()
    raw = np.minimum((middle * groups).astype(int), groups - 1)
    return np.unique(raw, return_inverse=True)[1][place] + 1
