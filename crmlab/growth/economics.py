"""What a customer costs beside what it is worth: on average, and for the next one.

CAC is the spend on winning over the customers won by it; LTV:CAC sets a customer's lifetime value over it. Both are
averages, and an average does not say whether to spend more. The first customers are cheap and the next one is dearer
than the average, because the response to spend flattens: the average ratio can stand at 3 while the next customer costs
more than it is worth. What steers is the *marginal* cost, against the value. A rule such as "3 to 1 is healthy" knows
no marginal cost, and at the optimum of Pfeifer (2005) the marginal ratio is 1 whatever the average is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from crmlab import plots
from crmlab.estimation import Z95
from crmlab.growth.arithmetic import payback
from crmlab.growth.response import ResponseCurve
from crmlab.intervals import interval_of
from crmlab.labels import word
from crmlab.result import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_NAMES = ("estimate", "low", "high")


@dataclass(frozen=True, eq=False, repr=False)
class UnitEconomics(Result):
    """Cost of winning a customer, its value, and their ratio: of the average customer and, where known, of the next.

    Attributes
    ----------
    table
        Rows "average" and, where a curve was given, "marginal" (the next customer). `cac` with `cac_low` and
        `cac_high`; `ratio`, the value over the cost, with `ratio_low` and `ratio_high`; 95 % intervals.
    value
        Lifetime value of a customer: `estimate`, `low`, `high`.

    Examples
    --------
    >>> curve = ResponseCurve.through(ceiling=0.10, spend=1, rate=0.04)
    >>> units = UnitEconomics.from_curve(curve, spend=4.0, value=100)
    >>> units.table[["cac", "ratio"]].round(2).to_numpy().tolist()
    [[45.96, 2.18], [151.05, 0.66]]
    >>> units.verdict
    'the next customer costs more than it is worth: spend less, although the average ratio is 2.2'
    """

    table: pd.DataFrame
    value: pd.Series

    @classmethod
    def from_curve(
        cls, hunting: ResponseCurve, spend: float, value: float | Mapping[str, float] | pd.Series | pd.DataFrame
    ) -> UnitEconomics:
        """Compare at a spend on each prospect, by a response curve.

        Parameters
        ----------
        hunting
            The share of prospects won, by the spend on each; a fitted curve gives the costs their intervals.
        spend
            On a prospect, above 0.
        value
            Lifetime value of a customer, without the cost of winning it: a number that is taken as known; or
            `estimate`, `low` and `high`, as `interval_of` returns them. Curve and value are taken to be measured on
            different customers.

        Raises
        ------
        ValueError
            If the spend is not above 0, or the value is negative or has no estimate.
        """
        if not spend > 0:
            raise ValueError(f"spend is {spend}; without a spend there is no cost to set a value against")
        costs = interval_of(lambda curve: pd.Series([curve.average_cost(spend), curve.marginal_cost(spend)]), hunting)
        return cls._made(costs.set_axis(["average", "marginal"]), _value(value))

    @classmethod
    def from_totals(
        cls, spend: float, customers: float, value: float | Mapping[str, float] | pd.Series | pd.DataFrame
    ) -> UnitEconomics:
        """Compare the spend of a period with the customers won in it; the cost of the next one is then not known.

        Parameters
        ----------
        spend
            On winning customers, in the whole period.
        customers
            Won by it. Their number is taken as Poisson, which gives the cost its interval.
        value
            As in `from_curve`.

        Raises
        ------
        ValueError
            If the spend is not above 0, nobody was won, or the value is negative or has no estimate.

        Examples
        --------
        >>> value = {"estimate": 6000, "low": 5000, "high": 7200}
        >>> units = UnitEconomics.from_totals(spend=50_000, customers=25, value=value)
        >>> units.table[["cac", "ratio", "ratio_low", "ratio_high"]].round(2).to_numpy().tolist()
        [[2000.0, 3.0, 1.95, 4.62]]
        """
        if not spend > 0:
            raise ValueError(f"spend is {spend}; without a spend there is no cost to set a value against")
        if not customers > 0:
            raise ValueError("nobody was won: what a customer costs is not known")
        half = np.exp(Z95 / np.sqrt(customers))
        cac = spend / customers
        costs = pd.DataFrame({"estimate": [cac], "low": [cac / half], "high": [cac * half]}, index=["average"])
        return cls._made(costs, _value(value))

    @property
    def verdict(self) -> str:
        """What the numbers say about spending more."""
        average, ends = float(self.table["ratio"].iloc[0]), self.table[["ratio_low", "ratio_high"]].iloc[-1]
        if "marginal" not in self.table.index:
            return f"the average ratio is {average:.1f}; what the next customer costs is not known from totals"
        low, high = float(ends["ratio_low"]), float(ends["ratio_high"])
        beside = f"although the average ratio is {average:.1f}"
        if high < 1:
            also = beside if average > 1 else f"and the average ratio is {average:.1f}"
            return f"the next customer costs more than it is worth: spend less, {also}"
        if low > 1:
            return f"the next customer is worth more than it costs: spend more; the average ratio is {average:.1f}"
        return f"whether the next customer is worth its cost is not known from these data, {beside}"

    def payback(self, monthly_margin: float, retention_rate: float = 1.0) -> pd.DataFrame:
        """Return after how many months the cost has come back, by `crmlab.payback`: `estimate`, `low`, `high`.

        The interval holds the error of the cost only; margin and retention rate are taken as known.
        """
        names = {"cac": "estimate", "cac_low": "low", "cac_high": "high"}
        costs = self.table[list(names)].rename(columns=names)
        return costs.map(lambda cac: payback(cac, monthly_margin, retention_rate))

    def summary(self) -> pd.DataFrame:
        """Return the table, rounded."""
        return self.table.round(2)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the ratios with their intervals, and where value equals cost."""
        names = {"average": "the average customer", "marginal": "the next customer"}
        columns = {"ratio": "estimate", "ratio_low": "low", "ratio_high": "high"}
        drawn = self.table[list(columns)].rename(columns=columns).rename(index=names)
        ax = plots.dots(drawn, ax, word("Is the next customer worth its cost?"), word("value over cost (LTV:CAC)"))
        ax.axvline(1, color=plots.FAINT, lw=1, linestyle=":")
        said = f"{plots.alternative_text(ax.figure)} A dotted line marks 1, where value equals cost."  # pyright: ignore
        return plots.describe(ax, f"{said} {self.verdict[0].upper()}{self.verdict[1:]}.")

    @classmethod
    def _made(cls, costs: pd.DataFrame, value: pd.Series) -> UnitEconomics:
        """Divide the value by the costs; the errors of both add up on the log scale."""
        table = costs.rename(columns={"estimate": "cac", "low": "cac_low", "high": "cac_high"})
        table["ratio"] = value["estimate"] / table["cac"]
        table["ratio_low"], table["ratio_high"] = table["ratio"], table["ratio"]
        if value["estimate"] > 0:
            down = np.hypot(np.log(table["cac_high"] / table["cac"]), np.log(value["estimate"] / value["low"]))
            up = np.hypot(np.log(table["cac"] / table["cac_low"]), np.log(value["high"] / value["estimate"]))
            table["ratio_low"], table["ratio_high"] = table["ratio"] * np.exp(-down), table["ratio"] * np.exp(up)
        return cls(table, value)


def _value(value: Any) -> pd.Series:
    """Return a value as `estimate`, `low`, `high`."""
    if isinstance(value, pd.DataFrame):
        value = value.iloc[0]
    row: dict[str, Any] = dict(value) if isinstance(value, Mapping | pd.Series) else dict.fromkeys(_NAMES, value)
    if missing := [name for name in _NAMES if name not in row]:
        raise ValueError(f"value: no {', '.join(missing)}; give a number, or estimate, low and high")
    estimate, low, high = (float(row[name]) for name in _NAMES)
    if not 0 <= low <= estimate <= high or low == 0 < estimate:
        raise ValueError("value: estimate, low and high must be in order and above 0; a loss has no ratio to its cost")
    return pd.Series([estimate, low, high], pd.Index(_NAMES), name="value")
