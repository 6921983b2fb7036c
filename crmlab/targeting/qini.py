"""Does a ranking find the customers whom the offer changes? The Qini curve.

Radcliffe (2007, Direct Marketing Analytics Journal, 14–21). Customers are sorted by a score, the highest first. At a
share φ of them the curve holds what the offer has gained so far, per customer of all: the outcomes of the treated among
them over all treated, less those of the others among them over all others. Outcomes count by their distance from the
mean of all: where chance put more of the treated on top, what all outcomes share is no gain, and the curve is the same
for the kept counted as 1 and the lost counted as -1. A ranking that knows nothing gains in proportion, on the straight
line to the whole effect. The Qini coefficient is the area between the curve and that line. It is the covariance of a
customer's uplift with the customer's rank in the ranking (from 0 to 1), so it is 0 for a ranking that knows nothing and
below 0 for one that is upside down. Here it keeps the unit of the outcome: some authors divide it by the area of a best
ranking, which is not known where the offer drives customers away.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np
import pandas as pd

from crmlab import plots
from crmlab.estimation import Vector
from crmlab.labels import word
from crmlab.result import Result
from crmlab.targeting.design import numbers_of, read_arms

if TYPE_CHECKING:
    from matplotlib.axes import Axes

DRAWS = 500
_GRID = np.linspace(0, 1, 101)


@dataclass(frozen=True, eq=False, repr=False)
class Qini(Result):
    """The Qini curve of a ranking, and its coefficient.

    Attributes
    ----------
    table
        By the `share` of customers who get the offer (0, 0.01, ..., 1): `gain` (outcome per customer of all), its 95 %
        bootstrap interval `low` to `high`, and `by_chance`, the gain of a ranking that knows nothing.
    coefficient, low, high
        The area between curve and line (outcome per customer), with its 95 % bootstrap interval.
    customers
        How many customers took part in the experiment.

    Examples
    --------
    >>> shown = {"uplift": [2, 2, 1, 1], "treated": [1, 0, 1, 0], "outcome": [1, 0, 0, 0], "customers": [50] * 4}
    >>> qini = Qini.from_scores(pd.DataFrame(shown))
    >>> round(qini.coefficient, 4), qini.table["gain"].loc[[0, 0.5, 1]].to_list()
    (0.125, [0.0, 0.5, 0.5])
    """

    table: pd.DataFrame
    coefficient: float
    low: float
    high: float
    customers: float

    @classmethod
    def from_scores(cls, table: pd.DataFrame, score: str = "uplift", seed: int = 0) -> Self:
        """Draw the curve of a score from a randomised experiment in which all had the same chance to be treated.

        The interval draws customers again within each arm, 500 times, with the scores as they are: it holds the chance
        in who took part, not that in how the scores were made.

        Parameters
        ----------
        table
            Columns `treated`, `outcome` and the score, one row a customer or counts with `customers`. The scores must
            not have been learned from the outcomes of the same customers.
        score
            The column with the score. Customers with one score are taken together, in no order among themselves.
        seed
            Of the bootstrap.

        Raises
        ------
        ValueError
            If a column is missing, empty or impossible, or an arm has fewer than two customers.
        """
        treated, outcome, customers = read_arms(table)
        value = numbers_of(table, score)
        outcome = outcome - customers @ outcome / customers.sum()  # else imbalance on top would pass for a gain
        cells = pd.DataFrame({"score": -value, "outcome": outcome, "treated": treated, "customers": customers})
        keys = ["score", "treated", "outcome"]
        cells = cells[cells["customers"] > 0].groupby(keys)["customers"].sum().reset_index()
        sizes = cells.groupby("treated")["customers"].sum()
        if (sizes < 2).any():
            raise ValueError("each arm needs at least two customers")
        place = cells.groupby("score").ngroup().to_numpy()
        gain, area = _curve(cells, place, cells["customers"].to_numpy())
        gains, areas = _again(cells, place, seed)
        low, high = np.quantile(gains, [0.025, 0.975], axis=0)
        columns = {"gain": gain, "low": low, "high": high, "by_chance": _GRID * gain[-1]}
        ends = np.quantile(areas, [0.025, 0.975])
        frame = pd.DataFrame(columns, index=pd.Index(_GRID.round(2), name="share"))
        return cls(frame, area, float(ends[0]), float(ends[1]), float(sizes.sum()))

    def summary(self) -> pd.DataFrame:
        """Return the coefficient, and the effects of treating all and the better half.

        The highest point of the curve is left out: chosen because it is high, it is too high.
        """
        ends = self.table[["gain", "low", "high"]].set_axis(["estimate", "low", "high"], axis=1)
        rows = {
            "qini coefficient": pd.Series({"estimate": self.coefficient, "low": self.low, "high": self.high}),
            "effect of treating all": ends.iloc[100],
            "effect of treating the better half": ends.iloc[50],
        }
        return pd.DataFrame(rows).T.map(lambda number: float(f"{number:.3g}"))

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the gain by the share of customers who get the offer, and the line of a ranking that knows nothing."""
        drawn = self.table.rename(columns={"gain": "by this ranking", "by_chance": "by chance"})
        words = word("Does the ranking find those whom the offer changes?"), word("share who get the offer")
        ax = plots.percent_axis(plots.lines(drawn, ax, *words, word("gain per customer")), "x")
        ax.axhline(0, color=plots.FAINT, lw=0.8)
        best = self.table["gain"].idxmax()
        said = "; ".join(
            f"{row.gain:.3g} ({row.low:.3g} to {row.high:.3g})" for row in self.table.iloc[50::50].itertuples()
        )
        text = (
            f"{words[0]} Two lines of gain per customer against the share who get the offer, with a 95 % band. "
            f"By this ranking the gain at half and at all is {said}, and it is highest near a share of {best}. "
            f"By chance it is straight. Between them lies {self.coefficient:.3g} ({self.low:.3g} to {self.high:.3g})."
        )
        return plots.describe(ax, text)


def _curve(cells: pd.DataFrame, place: Vector, customers: Vector) -> tuple[Vector, float]:
    """Return the gain at each share of the grid, and the area between the curve and the line."""
    treated, outcome = cells["treated"].to_numpy(), cells["outcome"].to_numpy()
    signed = np.where(treated == 1, 1 / (customers @ treated), -1 / (customers @ (1 - treated)))
    share = np.concatenate([[0.0], np.cumsum(np.bincount(place, customers)) / customers.sum()])
    gain = np.concatenate([[0.0], np.cumsum(np.bincount(place, customers * signed * outcome))])
    area = float(np.diff(share) @ (gain[1:] + gain[:-1]) / 2 - gain[-1] / 2)
    return np.interp(_GRID, share, gain), area


def _again(cells: pd.DataFrame, place: Vector, seed: int, draws: int = DRAWS) -> tuple[Vector, Vector]:
    """Return curves and areas of experiments drawn again from the customers of each arm."""
    rng, counts = np.random.default_rng(seed), np.zeros(len(cells))
    customers = cells["customers"].to_numpy()
    gains, areas = np.empty((draws, len(_GRID))), np.empty(draws)
    arms = [np.flatnonzero(cells["treated"] == arm) for arm in (0, 1)]
    for draw in range(draws):
        for rows in arms:
            counts[rows] = _drawn(customers[rows], rng)
        gains[draw], areas[draw] = _curve(cells, place, counts)
    return gains, areas


def _drawn(customers: Vector, rng: np.random.Generator) -> Vector:
    """Return how often each cell comes up when as many customers are drawn again."""
    size = round(customers.sum())
    if (customers == 1).all():  # quicker than the multinomial, cell by cell
        return np.bincount(rng.integers(0, size, size), minlength=size)
    return rng.multinomial(size, customers / customers.sum())
