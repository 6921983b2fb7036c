"""An A/B test that may be looked at whenever one likes, and stopped when one likes.

Johari, Koomen, Pekelis and Walsh (2022, Operations Research 70(3), 1806–1821) weigh the data by a mixture of
differences, normal around 0 with standard deviation τ, against no difference (the mixture sequential probability ratio
test, Robbins 1970). Without an effect the weight Λ is a martingale that begins at 1, so in 95 of 100 experiments it
never reaches 20, however long they run. With d the difference so far and V its variance,

    Λ = √(V / (V + τ²)) · exp(τ² d² / (2 V (V + τ²))),

1/Λ, at its lowest so far, is a p-value that holds at all looks together, and the differences that Λ does not reject
make a band that holds the truth at all looks together. The price is a wider band than that of one look planned
beforehand. Any τ fixed beforehand keeps the promise; the band is narrowest where differences are about as large as τ.
An experiment that ends at some day has not used up its 5 %: the band of a short one holds the truth more often than in
95 of 100 cases, about 98 of 100 for a month of looks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self, cast

import numpy as np
import pandas as pd

from crmlab import plots
from crmlab.ab_test.two_groups import count_units, two_names
from crmlab.estimation import Z95, Vector
from crmlab.labels import word
from crmlab.result import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ALPHA = 0.05


@dataclass(frozen=True, eq=False, repr=False)
class SequentialTest(Result):
    """The difference between two shares as the data come in, with a band that holds at all looks together.

    Attributes
    ----------
    table
        One row a look, by its day: `customers` and `successes` so far of both groups together, `estimate` (rate of the
        treated group less that of the control group), the always-valid 95 % band `low` to `high`, the always-valid
        `p_value`, and beside them `naive_low`, `naive_high` and `naive_p_value`, which hold for one planned look only.
    size
        The size of difference that was looked for, the τ of the mixture.

    Examples
    --------
    >>> days = pd.DataFrame({
    ...     "day": [1, 1, 2, 2, 3, 3],
    ...     "variant": ["old", "new"] * 3,
    ...     "customers": [400] * 6,
    ...     "successes": [40, 58, 44, 63, 39, 66],
    ... })
    >>> test = SequentialTest.from_days(days, control="old", size=0.03)
    >>> test.table[["estimate", "low", "high", "p_value"]].round(3).reset_index()
       day  estimate    low   high  p_value
    0    1     0.045 -0.033  0.123    0.508
    1    2     0.046 -0.006  0.098    0.111
    2    3     0.053  0.011  0.095    0.004
    >>> int(test.decided_on)
    3
    """

    table: pd.DataFrame
    size: float

    @classmethod
    def from_days(cls, data: Any, control: Any, size: float, day: str = "day", variant: str = "variant") -> Self:
        """Follow an experiment from day to day, or from look to look.

        A day on which one group has not been seen yet is left out: there is nothing to compare.

        Parameters
        ----------
        data
            One row a unit or counts, as `count_units` takes them, with the day on which each was seen.
        control
            The name of the group that was left as it was.
        size
            The size of difference that would matter, as a share; it must be fixed before the data are seen.
        day, variant
            The columns that hold the day, or the number of the look, and the group.

        Raises
        ------
        ValueError
            If the table is impossible, there are not two groups, or `size` is not between 0 and 1.
        """
        if not 0 < size < 1:
            raise ValueError(f"size is {size}; give the difference between two shares that would matter, such as 0.02")
        counts = count_units(data, (day, variant))
        if len({type(value) for value in counts[day]}) > 1:
            raise ValueError(f"{day} holds values of different kinds; give days, or numbers of looks, throughout")
        names = list(two_names(counts[variant], control))
        wide = counts.pivot_table(
            index=day, columns=variant, values=["customers", "successes"], fill_value=0, observed=True
        )
        wide = wide.sort_index().cumsum()
        pairs = ([(column, name) for name in names] for column in ("customers", "successes"))
        n, wins = (wide[pair].to_numpy(float) for pair in pairs)
        seen = np.asarray((n > 0).all(axis=1))
        if not seen.any():
            raise ValueError("one of the groups has no units: there is nothing to compare")
        return cls(_follow(wide.index[seen], n[seen], wins[seen], size), size)

    @property
    def decided_on(self) -> Any:
        """The first look at which the always-valid band leaves 0 out; None where none does."""
        sure = self.table.index[self.table["p_value"] <= ALPHA]
        return sure[0] if len(sure) else None

    @property
    def naive_decided_on(self) -> Any:
        """The first look at which the naive p-value is below 5 %, as a peeker would stop; None where none is."""
        sure = self.table.index[self.table["naive_p_value"] <= ALPHA]
        return sure[0] if len(sure) else None

    def summary(self) -> pd.DataFrame:
        """Return the difference at the last look with both intervals and p-values."""
        last = self.table.iloc[-1]
        always, naive = last[["estimate", "low", "high", "p_value"]], last.filter(like="naive_")
        rows = [always.to_list(), [last["estimate"], *naive.to_list()]]
        columns = ["estimate", "low", "high", "p-value"]
        return pd.DataFrame(rows, pd.Index(["always valid", "one planned look"]), columns).round(4)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the running difference with its always-valid band, and the naive band in it."""
        title, table = word("May we stop the test?"), self.table
        drawn = table[["estimate", "low", "high"]].rename(columns={"estimate": "difference so far"})
        ax = plots.lines(drawn, ax, title, word("day of the test"), word("difference between the groups"))
        ax.collections[0].set_label(word("always-valid band"))
        for i, end in enumerate(("naive_low", "naive_high")):
            label = word("band of one planned look") if i == 0 else None
            ax.plot(table.index, table[end], color=plots.PALETTE[1], linestyle=plots.DASHES[1], lw=1.2, label=label)
        ax.axhline(0, color=plots.FAINT, lw=1)
        spread = float((table["high"] - table["low"]).quantile(0.75))
        ax.set_ylim(table["estimate"].iloc[-1] - spread, table["estimate"].iloc[-1] + spread)
        ax.legend(loc="lower right")
        said = f"{plots.alternative_text(cast('Figure', ax.figure))} {self._story()}"
        return plots.describe(plots.percent_axis(ax), said)

    def _story(self) -> str:
        first, naive = self.decided_on, self.naive_decided_on
        always = "never leaves 0 out" if first is None else f"leaves 0 out from {first}"
        peeker = "never would" if naive is None else f"leaves 0 out first on {naive}"
        return f"The shaded always-valid band {always}; the dashed band of one planned look {peeker}."


def _follow(days: pd.Index, n: Vector, wins: Vector, size: float) -> pd.DataFrame:
    from scipy.stats import norm

    rates = wins / n
    difference = rates[:, 1] - rates[:, 0]
    spread = _variance(n, wins)
    half, p_value = always_valid(difference, spread, size)
    naive = np.sqrt(spread)
    columns = {
        "customers": n.sum(axis=1),
        "successes": wins.sum(axis=1),
        "estimate": difference,
        "low": difference - half,
        "high": difference + half,
        "p_value": np.minimum.accumulate(p_value),
        "naive_low": difference - Z95 * naive,
        "naive_high": difference + Z95 * naive,
        "naive_p_value": 2 * norm.sf(np.abs(difference) / naive),
    }
    return pd.DataFrame(columns, days)


def _variance(n: Vector, wins: Vector) -> Vector:
    """Return the variance of the difference; a success and a failure more in each group keep the first days honest."""
    rates = (wins + 1) / (n + 2)
    return (rates * (1 - rates) / n).sum(axis=1)


def always_valid(difference: Vector, variance: Vector, size: float, alpha: float = ALPHA) -> tuple[Vector, Vector]:
    """Return half the width of the always-valid band, and the p-value of each look by itself.

    Examples
    --------
    >>> half, p_value = always_valid(np.array([0.05]), np.array([0.0001]), 0.03)
    >>> half.round(4).tolist(), p_value.round(5).tolist()
    ([0.0304], [4e-05])
    """
    both = variance + size**2
    half = np.sqrt(variance * both / size**2 * (np.log(both / variance) - 2 * np.log(alpha)))
    weight = size**2 * difference**2 / (2 * variance * both) - np.log(both / variance) / 2
    return half, np.exp(-np.maximum(weight, 0))
