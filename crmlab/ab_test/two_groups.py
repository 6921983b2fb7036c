"""Two shares compared once: the test of an experiment that has ended.

The interval is Newcombe's (1998, Statistics in Medicine 17(8), 873–890, his method 10): it is made of the two Wilson
intervals, and so stays sound where nobody, or everybody, of a group succeeds. The p-value is that of the normal test
with pooled variance. They come from different approximations: near 5 % one may say yes where the other says no.

The promise of 5 % is that of one look, at a time fixed beforehand. Whoever looks every day and stops at the first
p-value below 5 % breaks it: see `crmlab.ab_test.looks`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self, cast

import pandas as pd

from crmlab import plots
from crmlab.engines import counts_of, need, numbers, refuse_gaps, to_pandas, truths
from crmlab.estimation import wilson
from crmlab.labels import word
from crmlab.result import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def count_units(data: Any, by: tuple[str, ...]) -> pd.DataFrame:
    """Return how many units and successes there are for each combination of the columns `by`.

    Parameters
    ----------
    data
        The columns of `by`, and `success` (true or false) with or without `customers` (how many units a row stands
        for); or, of rows that are counted already, `successes` and `customers`.
    by
        Columns that name the group, and the day where it matters.

    Returns
    -------
    DataFrame
        The columns of `by`, `customers` and `successes`, sorted.

    Raises
    ------
    ValueError
        If a column is missing, a value is empty, or a count is impossible.

    Examples
    --------
    >>> units = pd.DataFrame({"variant": ["old", "old", "new"], "success": [True, False, True]})
    >>> count_units(units, ("variant",))
      variant  customers  successes
    0     new        1.0        1.0
    1     old        2.0        1.0
    """
    frame = to_pandas(data)
    counted = "successes" in frame
    need(frame.columns, (*by, *(("successes", "customers") if counted else ("success",))), "the experiment")
    refuse_gaps(frame, by, "the experiment")
    customers = pd.Series(counts_of(frame, "the experiment"), frame.index)
    if counted:
        successes = numbers(frame[["successes"]])["successes"]
        if (successes < 0).any() or (successes > customers).any():
            raise ValueError("the experiment: in some rows there are more successes than customers, or fewer than 0")
    else:
        successes = truths(frame, "success", "the experiment") * customers
    counts = frame[list(by)].assign(customers=customers, successes=successes)
    return counts.groupby(list(by), as_index=False, observed=True)[["customers", "successes"]].sum()


def two_names(names: pd.Series, control: Any) -> tuple[Any, Any]:
    """Return the name of the control group and of the other.

    Raises
    ------
    ValueError
        If there are not two groups, or none is the control group.
    """
    found = list(names.drop_duplicates())
    if len(found) != 2 or control not in found:
        raise ValueError(f"a test needs two groups, one of them {control!r}; there are {found}")
    return control, next(name for name in found if name != control)


@dataclass(frozen=True, eq=False, repr=False)
class ABTest(Result):
    """The difference between two shares, with its interval and the chance of such a difference where there is none.

    Attributes
    ----------
    table
        One row a group, the control group first: `customers`, `successes`, `rate` and its 95 % interval (Wilson 1927).
    difference
        Rate of the treated group less that of the control group.
    low, high
        Its 95 % interval.
    p_value
        The probability of a difference so large if the treatment did nothing.

    Examples
    --------
    >>> counts = pd.DataFrame({"variant": ["old", "new"], "successes": [120, 156], "customers": [1000, 1000]})
    >>> test = ABTest.from_units(counts, control="old")
    >>> round(test.difference, 3), round(test.low, 4), round(test.high, 4), round(test.p_value, 4)
    (0.036, 0.0057, 0.0663, 0.0196)
    """

    table: pd.DataFrame
    difference: float
    low: float
    high: float
    p_value: float

    @classmethod
    def from_units(cls, data: Any, control: Any, variant: str = "variant") -> Self:
        """Compare the two groups of an experiment.

        Parameters
        ----------
        data
            One row a unit, or counts, as `count_units` takes them.
        control
            The name of the group that was left as it was.
        variant
            The column that names the groups.

        Raises
        ------
        ValueError
            If the table is impossible, there are not two groups, or all units of both groups ended alike.
        """
        from statsmodels.stats.proportion import confint_proportions_2indep, proportions_ztest

        counts = count_units(data, (variant,))
        counts = counts[counts["customers"] > 0].set_index(variant)
        names = list(two_names(counts.index.to_series(), control))
        table = counts.reindex(names)  # not loc, which takes names that are true or false for a mask
        if table["successes"].sum() in (0, table["customers"].sum()):
            raise ValueError("all units of both groups ended alike: the data cannot tell what the treatment does")
        new, old = ([float(table[column].iloc[i]) for column in ("successes", "customers")] for i in (1, 0))
        low, high = confint_proportions_2indep(*new, *old, compare="diff", method="newcomb")
        p_value = proportions_ztest(table["successes"].to_numpy(), table["customers"].to_numpy())[1]
        rate = table["successes"] / table["customers"]
        ends = dict(zip(("low", "high"), wilson(table["successes"], table["customers"]), strict=True))
        difference = float(rate.iloc[1] - rate.iloc[0])
        return cls(table.assign(rate=rate, **ends), difference, float(low), float(high), float(p_value))

    def summary(self) -> pd.DataFrame:
        """Return both rates and their difference, with 95 % intervals."""
        table = self.table[["rate", "low", "high"]].rename(columns={"rate": "estimate"})
        table.loc["difference"] = [self.difference, self.low, self.high]
        return table.rename_axis(None).round(4)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw both rates with their intervals; the difference and its interval stand in the picture's words."""
        words = word("Does the treatment work?"), word("share of successes")
        ax = plots.percent_axis(plots.dots(self.table.rename(columns={"rate": "estimate"}), ax, *words), "x")
        said = f"The difference is {self.difference:.4f} ({self.low:.4f} to {self.high:.4f})."
        return plots.describe(ax, f"{plots.alternative_text(cast('Figure', ax.figure))} {said}")
