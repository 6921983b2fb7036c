"""RFM: how recently, how often and for how much customers bought, each as a score by quantiles.

The oldest score of direct mail (Hughes 1994, Strategic Database Marketing): sort customers by the days since their last
order, cut them into five equal groups, the most recent get a 5; likewise by the number of orders and by the money.

*Recency* has two meanings. In RFM it is the time since the last order, here `days_since_last`, and small is good. In
models of lifetime value it is the time from the first order to the last, `recency` in `summarize_customers`. The two go
opposite ways, so a column called `recency` is not taken here.

Ties are kept together. Where half of all customers ordered once, no cut can part them fairly: they all get the score
of the middle of their group, and the five groups are then not equal, which the table shows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pandas as pd

from crmlab import plots
from crmlab.customers import by_customer
from crmlab.engines import counts_of, group_customers, need, numbers, purchase_days, to_pandas
from crmlab.estimation import Vector
from crmlab.labels import word
from crmlab.result import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MEASURES = {"days_since_last": "R", "frequency": "F", "monetary": "M"}


@dataclass(frozen=True, eq=False, repr=False)
class RFM(Result):
    """Scores of recency, frequency and money.

    Attributes
    ----------
    table
        One row for each measure and score that occurs: `customers`, `share`, and the range of the measure, `lowest` to
        `highest`.
    scores
        One row a customer in the order given: `customer_id` where it is known, `R`, `F`, `M` from 1, the worst, to
        `groups`, the best, and `RFM`, the three as text.
    groups
        Into how many groups each measure is cut.

    Examples
    --------
    >>> people = pd.DataFrame(
    ...     {"days_since_last": [3, 40, 90, 200], "frequency": [9, 1, 1, 1], "monetary": [9, 5, 7, 1]}
    ... )
    >>> RFM.from_customers(people, groups=4).scores
       R  F  M    RFM
    0  4  4  4  4-4-4
    1  3  2  2  3-2-2
    2  2  2  3  2-2-3
    3  1  2  1  1-2-1
    """

    table: pd.DataFrame
    scores: pd.DataFrame
    groups: int
    _counts: Vector

    @classmethod
    def from_customers(cls, customers: Any, groups: int = 5) -> Self:
        """Score customers.

        Parameters
        ----------
        customers
            Columns `days_since_last`, `frequency` and `monetary`, one row a customer or counts with `customers`.
        groups
            Into how many groups each measure is cut.

        Raises
        ------
        ValueError
            If a column is missing, empty, negative or the same for all, or there are fewer customers than groups.
        """
        frame = to_pandas(customers)
        if "recency" in frame and "days_since_last" not in frame:
            raise ValueError(
                "recency is the time from the first order to the last; RFM needs days_since_last, the time since "
                "the last one: T - recency, in days"
            )
        need(frame.columns, list(_MEASURES), "the table of customers")
        counts, measures = counts_of(frame, "the table of customers"), numbers(frame[list(_MEASURES)])
        _refuse(measures, counts, groups)
        signs = {"days_since_last": -1.0}
        scores = pd.DataFrame(
            {
                short: quantile_scores(signs.get(name, 1.0) * measures[name].to_numpy(), counts, groups)
                for name, short in _MEASURES.items()
            },
            index=frame.index,
        )
        table = pd.concat([_ranges(measures[name], scores[short], counts) for name, short in _MEASURES.items()])
        scores["RFM"] = scores.astype(str).agg("-".join, axis=1)
        if "customer_id" in frame:
            scores.insert(0, "customer_id", frame["customer_id"])
        return cls(table, scores, groups, counts)

    @classmethod
    def from_orders(cls, orders: Any, observation_end: str, groups: int = 5) -> Self:
        """Score customers by their orders up to a day.

        Parameters
        ----------
        orders
            One row an order (there are no counts): `customer_id`, `ordered_at`, `amount`; all orders of one customer on
            one day are one purchase.
        observation_end
            The last day seen, as ISO text, from which the days since the last order are counted.
        groups
            Into how many groups each measure is cut.

        Raises
        ------
        ValueError
            As `from_customers`, and if `orders` lacks a column or a value, or the ids are of mixed kinds.

        Examples
        --------
        >>> days = pd.to_datetime(["2024-01-01", "2024-03-01", "2024-02-01"])
        >>> orders = pd.DataFrame({"customer_id": list("aab"), "ordered_at": days, "amount": [5.0, 6.0, 4.0]})
        >>> RFM.from_orders(orders, "2024-03-11", groups=2).scores
          customer_id  R  F  M    RFM
        0           a  2  2  2  2-2-2
        1           b  1  1  1  1-1-1
        """
        need(orders.columns, ["amount"], "orders")
        end = datetime.fromisoformat(observation_end)
        grouped = by_customer(group_customers(purchase_days(orders, end), end))
        since = (pd.Timestamp(end) - pd.to_datetime(grouped["last"])).dt.days
        columns = {"customer_id": grouped["customer_id"], "days_since_last": since}
        columns |= {"frequency": grouped["purchases"], "monetary": grouped["total"]}
        return cls.from_customers(pd.DataFrame(columns), groups)

    def summary(self) -> pd.DataFrame:
        """Return the size and the range of each score."""
        return self.table.round(3)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw how many customers have each pair of scores for recency and frequency."""
        ax = plots.new_axes(ax)
        grid = pd.crosstab(self.scores["F"], self.scores["R"], values=self._counts, aggfunc="sum")
        every = range(1, self.groups + 1)
        grid = grid.reindex(index=every, columns=every).fillna(0.0)
        share = grid.to_numpy() / self._counts.sum()
        extent = (0.5, self.groups + 0.5, 0.5, self.groups + 0.5)
        ax.imshow(share, cmap="Blues", origin="lower", extent=extent, aspect="auto", vmin=0)
        for f in every:
            for r in every:
                dark = share[f - 1, r - 1] > 0.6 * share.max()
                ax.text(r, f, f"{grid.loc[f, r]:,.0f}", ha="center", va="center", color="white" if dark else "black")
        ax.set_xticks(list(every))
        ax.set_yticks(list(every))
        ax.grid(visible=False)
        title = word("Who bought recently, and who often?")
        plots.finish(ax, title, word("score of recency (best on the right)"), word("score of frequency (best on top)"))
        best, worst = grid.iloc[-1, -1], grid.iloc[0, 0]
        said = f"{best:,.0f} customers have the best of both and {worst:,.0f} the worst of both"
        return plots.describe(ax, f"{title} Grid of customers by the two scores: {said}.")


def quantile_scores(values: Vector, counts: Vector, groups: int) -> Vector:
    """Return scores from 1 to `groups` by the share of customers below, half of the ties counted; ties score alike.

    Examples
    --------
    >>> quantile_scores(np.array([1.0, 1, 1, 7, 9]), np.ones(5), 5).tolist()
    [2, 2, 2, 4, 5]
    """
    kinds, place = np.unique(values, return_inverse=True)
    many = np.bincount(place, counts, len(kinds))
    middle = (np.cumsum(many) - many / 2) / many.sum()
    return np.minimum(np.floor(middle * groups + 1e-9).astype(int) + 1, groups)[place]


def _ranges(measure: pd.Series, scores: pd.Series, counts: Vector) -> pd.DataFrame:
    rows = pd.DataFrame({"score": scores, "value": measure, "customers": counts})
    grouped = rows[rows["customers"] > 0].groupby("score")
    table = grouped.agg(customers=("customers", "sum"), lowest=("value", "min"), highest=("value", "max"))
    table.insert(1, "share", table["customers"] / counts.sum())
    names = [(measure.name, score) for score in table.index]
    return table.set_axis(pd.MultiIndex.from_tuples(names, names=["measure", "score"]))


def _refuse(measures: pd.DataFrame, counts: Vector, groups: int) -> None:
    if groups < 2 or counts.sum() < groups:
        raise ValueError(f"{counts.sum():g} customers cannot be cut into {groups} groups; groups is 2 or more")
    for name in measures:
        values = measures[name].to_numpy()
        if (values < 0).any():
            raise ValueError(f"{name}: {int((values < 0).sum())} values are negative")
        if np.ptp(values[counts > 0]) == 0:
            raise ValueError(f"{name}: all customers are alike, so it cannot part them")
