"""What it costs to sort customers wrongly, and to let each department sort them in its own way.

Each true class has a treatment that earns most with it. Whoever sees a segmentation and not the classes gives each
segment the one treatment that earns most on average there. The profit that this forgoes, against giving each class its
own, is the price of the segmentation; the profit of treating all alike is the floor. Departments that sort together,
by all their segments crossed, never earn less than the best of them alone; as long as they sort apart, some
customers get two different treatments.

The treatments are chosen on the same customers on whom they are reckoned. With segments of a handful of customers that
flatters; the intervals hold the chance of the sample, not of the choice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pandas as pd

from crmlab import model_plots, plots
from crmlab.engines import need, numbers, to_pandas
from crmlab.estimation import Z95, Vector, wilson
from crmlab.labels import word
from crmlab.result import Result
from crmlab.segments.agreement import sorted_customers

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ALIKE, TOGETHER, KNOWN = "all alike", "together", "each class its own"


@dataclass(frozen=True, eq=False, repr=False)
class DisagreementPrice(Result):
    """The profit of treating customers by segment, beside that of knowing their class.

    Attributes
    ----------
    table
        One row a segmentation, and the rows "all alike", "together" (all segmentations crossed) and "each class its
        own". Per customer: `profit` with its 95 % interval `low` to `high`, and `loss` against knowing the class, with
        `loss_low` and `loss_high`; and `total_loss` over all customers.
    treatments
        One row for each segmentation and segment: `treatment`, `customers`, and `profit` per customer.
    conflicts
        One row for each pair of segmentations: the `share` of customers whom the two give different treatments, with
        its Wilson interval.
    customers
        How many were treated.

    Examples
    --------
    >>> people = pd.DataFrame({"class": ["a", "a", "b"], "sales": ["x", "y", "y"], "service": ["u", "u", "v"],
    ...                        "customers": [40, 10, 50]})
    >>> earned = pd.DataFrame({"class": list("aabb"), "treatment": list("ABAB"), "profit": [10.0, 0, -5, 8]})
    >>> price = DisagreementPrice.from_customers(people, ["sales", "service"], earned)
    >>> price.table[["profit", "loss"]].round(2).T.to_dict("list")["sales"]
    [8.0, 1.0]
    """

    table: pd.DataFrame
    treatments: pd.DataFrame
    conflicts: pd.DataFrame
    customers: float

    @classmethod
    def from_customers(
        cls, customers: Any, segmentations: Sequence[str], treatments: Any, truth: str = "class"
    ) -> Self:
        """Give each segment its best treatment and reckon what that earns.

        Parameters
        ----------
        customers
            The column `truth` and one for each segmentation, one row a customer or counts with `customers`.
        segmentations
            Two or more columns.
        treatments
            Columns `truth`, `treatment` and `profit`: what a treatment earns with a customer of a class.
        truth
            The column of the true class.

        Raises
        ------
        ValueError
            If a column is missing, a segment or class is empty, or the profit of a treatment with a class is not known.
        """
        frame, counts = sorted_customers(customers, [*segmentations, truth])
        earned = _earned(treatments, truth).reindex(frame[truth])
        if earned.isna().any(axis=None):
            lost = sorted(set(earned.index[earned.isna().any(axis=1)]))
            raise ValueError(f"treatments: the profit with class {', '.join(lost)} is not known")
        names = list(dict.fromkeys(segmentations))
        keys = {ALIKE: pd.Series("", frame.index)} | {name: frame[name] for name in names}
        keys |= {TOGETHER: frame[names].agg(" · ".join, axis=1), KNOWN: frame[truth]}
        chosen = {name: _choose(key, earned, counts) for name, key in keys.items()}
        profits = {name: earned.to_numpy()[np.arange(len(frame)), pick] for name, pick in chosen.items()}
        table = pd.DataFrame({name: _row(gain, profits[KNOWN], counts) for name, gain in profits.items()}).T
        given = [_given(name, keys[name], chosen[name], earned, counts) for name in keys]
        pairs = list(combinations(names, 2))
        apart = [float(counts @ (chosen[a] != chosen[b])) for a, b in pairs]
        low, high = wilson(np.array(apart), counts.sum())
        index = pd.MultiIndex.from_tuples(pairs, names=["first", "second"])
        conflicts = pd.DataFrame({"share": np.array(apart) / counts.sum(), "low": low, "high": high}, index=index)
        return cls(table, pd.concat(given), conflicts, float(counts.sum()))

    def summary(self) -> pd.DataFrame:
        """Return profit and loss per customer, and the loss over all, in whole units of money."""
        return self.table.round(0)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw what each segmentation loses per customer, with its interval."""
        drawn = self.table[["loss", "loss_low", "loss_high"]].set_axis(["estimate", "low", "high"], axis=1)
        title, xlabel = word("What does each way of sorting customers cost?"), word("loss per customer (currency)")
        ax = plots.dots(drawn.drop(index=KNOWN), ax, title, xlabel)
        ax.set_xlim(0, None)
        return model_plots.grouped_axis(ax, "x")


def _earned(treatments: Any, truth: str) -> pd.DataFrame:
    """Return the profits with classes (rows) by treatment (columns)."""
    frame = to_pandas(treatments)
    need(frame.columns, (truth, "treatment", "profit"), "treatments")
    frame = frame.assign(profit=numbers(frame[["profit"]])["profit"])
    twice = int(frame.duplicated([truth, "treatment"]).sum())
    if twice:
        raise ValueError(f"treatments: {twice} pairs of class and treatment stand there twice")
    table = frame.pivot_table("profit", truth, "treatment", "mean", sort=False, observed=True)
    return table.set_axis(table.index.astype(str))


def _choose(key: pd.Series, earned: pd.DataFrame, counts: Vector) -> Vector:
    """Return for each row the position of the treatment that earns most in its segment."""
    codes = pd.factorize(key)[0]
    sums = np.zeros((codes.max() + 1, earned.shape[1]))
    np.add.at(sums, codes, earned.to_numpy() * counts[:, None])
    return sums.argmax(axis=1)[codes]


def _row(gain: Vector, best: Vector, counts: Vector) -> dict[str, float]:
    n = counts.sum()
    (profit, half), (loss, loss_half) = (_mean(values, counts) for values in (gain, best - gain))
    ends = {"profit": profit, "low": profit - half, "high": profit + half, "loss": loss}
    return ends | {"loss_low": max(loss - loss_half, 0.0), "loss_high": loss + loss_half, "total_loss": loss * n}


def _mean(values: Vector, counts: Vector) -> tuple[float, float]:
    n = counts.sum()
    mean = float(counts @ values / n)
    return mean, float(Z95 * np.sqrt(counts @ (values - mean) ** 2 / (n * max(n - 1, 1))))


def _given(name: str, key: pd.Series, pick: Vector, earned: pd.DataFrame, counts: Vector) -> pd.DataFrame:
    gain = earned.to_numpy()[np.arange(len(key)), pick] * counts
    rows = pd.DataFrame({"segment": key, "treatment": earned.columns.to_numpy()[pick], "customers": counts, "g": gain})
    table = rows.groupby(["segment", "treatment"], sort=False)[["customers", "g"]].sum().reset_index()
    table["profit"] = table.pop("g") / table["customers"]
    return table.assign(segmentation=name).set_index(["segmentation", "segment"])
