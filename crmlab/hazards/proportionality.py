"""Does a hazard ratio last? The test of proportional hazards, and the ratio in parts of the time.

At each time at which customers left, the Schoenfeld residual (1982, Biometrika 69, 239–241) is what they had of a
covariate beyond the mean of those at risk. If the ratio is the same at all times, residuals do not trend. The statistic
is the score test for adding the covariate times a function g of time (Grambsch and Therneau 1994, Biometrika 81,
515–526, without their approximation that the information is the same at all times; R's `survival` does it since 3.0).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from crmlab import plots
from crmlab.estimation import Vector
from crmlab.hazards.baseline import Estimate
from crmlab.hazards.cox import RiskSets, fit_cox
from crmlab.hazards.design import Design
from crmlab.hazards.ratios import bands, in_units, ratio_axis
from crmlab.labels import word
from crmlab.result import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes

TRANSFORMS = ("km", "rank", "identity", "log")
_MOST_PARTS, _EVENTS_A_PART = 6, 20


@dataclass(frozen=True, eq=False, repr=False)
class Proportionality(Result):
    """The test of proportional hazards.

    Attributes
    ----------
    table
        One row for each covariate, and `all together`: `statistic` (chi-squared), `degrees`, `p_value`. A small p value
        says that one ratio does not describe the covariate.
    effects
        For each column of the design and part of the time: `column`, `start`, `end` (customers who left after `start`,
        until `end`), `events`, and the hazard ratio `estimate`, `low`, `high` fitted to that part alone; empty where
        the part does not tell it.
    ratios
        The hazard ratio of each column over all times.
    """

    table: pd.DataFrame
    effects: pd.DataFrame
    ratios: pd.Series

    @classmethod
    def of(cls, counts: pd.DataFrame, design: Design, estimate: Estimate, transform: str = "km") -> Proportionality:
        """Test the columns of a fitted Cox regression.

        Parameters
        ----------
        counts, design, estimate
            What was fitted, as in `HazardModel`.
        transform
            g of the time: "km" (1 less the share still there), "rank" (of those who left), "identity" or "log".

        Raises
        ------
        ValueError
            If the transform is unknown or all left at one time.
        """
        if transform not in TRANSFORMS:
            raise ValueError(f"transform is {transform!r}; choose one of {', '.join(TRANSFORMS)}")
        sets = RiskSets.of(counts, design.scaled(counts))
        if len(sets.times) < 2:
            raise ValueError("all left at one time; whether a ratio lasts needs at least two")
        table = _score_tests(*sets.moments(estimate.coefficients), _clock(sets, transform), design)
        ratios = pd.Series(np.exp(in_units(design, estimate)[0]), design.columns.index, name="hazard_ratio")
        return cls(table, _effects(counts, design, sets), ratios)

    def summary(self) -> pd.DataFrame:
        """Return the tests, rounded."""
        return self.table.round({"statistic": 2, "p_value": 4}).rename_axis(None)

    def plot(self, ax: Axes | None = None, column: str | None = None) -> Axes:
        """Draw the hazard ratio of a column in parts of the time, beside the one ratio that the model reports.

        Parameters
        ----------
        ax
            Where to draw.
        column
            A column of the design; by default the first of the covariate with the smallest p value.

        Raises
        ------
        ValueError
            If there is no such column.
        """
        worst = str(self.table.drop("all together")["p_value"].idxmin())
        chosen = column or next(name for name in self.ratios.index if name == worst or name.startswith(f"{worst}: "))
        if chosen not in self.ratios.index:
            raise ValueError(f"column is {chosen!r}; choose one of {', '.join(self.ratios.index)}")
        rows = self.effects[self.effects["column"] == chosen].dropna()
        start, end, ratio, low, high = rows[["start", "end", "estimate", "low", "high"]].to_numpy(float).T
        ax = plots.new_axes(ax)
        style = {"fmt": "o", "capsize": 3, "color": plots.PALETTE[0]}
        ax.errorbar((start + end) / 2, ratio, yerr=[ratio - low, high - ratio], xerr=(end - start) / 2, **style)
        whole = float(self.ratios[chosen])
        ax.axhline(whole, color=plots.PALETTE[1], linestyle="--")
        ratio_axis(ax, "y")
        plots.label_end(ax, word("one ratio for all times"), end.max(), whole, plots.PALETTE[1])
        title = word("Does the hazard ratio last?")
        plots.finish(ax, title, word("months since the start"), f"{word('hazard ratio')}, {chosen}")
        return plots.describe(ax, f"{title} {_said(chosen, whole, rows)}")


def _clock(sets: RiskSets, transform: str) -> Vector:
    """Return g at each event time."""
    left, at_risk = sets.leavers.astype(float), sets.at_risk(sets.weights)
    if transform == "km":  # just before the time, so that the first is 0
        return 1 - np.concatenate([[1.0], np.cumprod(1 - left / at_risk)[:-1]])
    if transform == "rank":
        return np.cumsum(left) - (left - 1) / 2
    return np.log(sets.times) if transform == "log" else sets.times


def _score_tests(residuals: Vector, information: Vector, clock: Vector, design: Design) -> pd.DataFrame:
    """Return the score test of covariate × clock for each covariate and for all together."""
    from scipy.stats import chi2

    g = clock - np.average(clock, weights=np.einsum("kii->k", information))
    score = g @ residuals
    fixed, mixed, own = (np.einsum("k,kij->ij", g**power, information) for power in (0, 1, 2))
    spread = own - mixed @ np.linalg.solve(fixed, mixed)
    terms = design.columns["covariate"].to_numpy()
    rows = {}
    for name in [*design.covariates, "all together"]:
        at = np.flatnonzero((terms == name) | (name == "all together"))
        statistic = float(score[at] @ np.linalg.solve(spread[np.ix_(at, at)], score[at]))
        rows[name] = (statistic, len(at), float(chi2.sf(statistic, len(at))))
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["statistic", "degrees", "p_value"])
    return table.rename_axis("covariate")


def _effects(counts: pd.DataFrame, design: Design, sets: RiskSets) -> pd.DataFrame:
    """Fit each part of the time alone: who was there at its start is followed to its end."""
    gone = np.cumsum(sets.leavers)
    parts = int(np.clip(gone[-1] // (_EVENTS_A_PART * len(design.columns)), 2, _MOST_PARTS))
    cuts = np.unique(sets.times[np.searchsorted(gone, gone[-1] * np.arange(1, parts + 1) / parts - 1e-6)])
    names = list(map(str, design.columns.index))
    rows = []
    for start, end in zip([0.0, *cuts[:-1]], cuts, strict=True):
        part = counts[counts["duration"] > start]
        part = part.assign(
            churned=part["churned"] & (part["duration"] <= end), duration=part["duration"].clip(upper=end)
        )
        events = float(part.loc[part["churned"], "customers"].sum())
        try:
            value, error = in_units(design, fit_cox(part, design.scaled(part), names))
        except ValueError:
            value = error = np.full(len(names), np.nan)
        rows += [(name, start, end, events, *band) for name, band in zip(names, bands(value, error), strict=True)]
    return pd.DataFrame(rows, columns=["column", "start", "end", "events", "estimate", "low", "high"])


def _said(column: str, whole: float, rows: pd.DataFrame) -> str:
    parts = "; ".join(
        f"after {row.start:g} to {row.end:g} {row.estimate:.3g} ({row.low:.3g} to {row.high:.3g})"
        for row in rows.itertuples()
    )
    return f"Dots with 95 % intervals of the hazard ratio of {column}, by time: {parts}; over all times {whole:.3g}."
