"""Is the risk put into the right order, and is it of the right size? Scores that reckon with censoring.

Whoever was not followed long enough cannot be scored, and leaving such customers out would favour those who leave
early. So each who is known stands for others who were lost from sight: it weighs 1 / G, where G is the chance still to
be seen (Kaplan and Meier's curve of the censoring). This is right where being lost does not depend on the risk.

- The Brier score (Graf, Schmoor, Sauerbrei and Schumacher 1999, Statistics in Medicine 18, 2529–2545) is the mean
  squared distance between what was said and what happened; over time, its mean is the integrated Brier score. It is
  set beside the curve without covariates: a model that does not beat that has learnt nothing.
- The area under the curve at time t (Uno, Cai, Tian and Wei 2007, JASA 102, 527–537) is the chance that one who had
  left by t had been given a higher risk than one who had not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from crmlab import plots
from crmlab.churn import ChurnCurve
from crmlab.engines import counts_of
from crmlab.estimation import Vector
from crmlab.labels import word
from crmlab.result import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True, eq=False, repr=False)
class Scores(Result):
    """How well risks were said, by time.

    Attributes
    ----------
    table
        Index `time`: `auc` (0.5 is chance), `brier` (0 is perfect), and `without_covariates`, the Brier score of the
        curve that gives every customer the same risk.
    customers
        How many were scored.
    """

    table: pd.DataFrame
    customers: float

    @classmethod
    def of(cls, counts: pd.DataFrame, survival: Vector, times: Sequence[float], fitted: pd.DataFrame) -> Scores:
        """Score predictions against what happened.

        Parameters
        ----------
        counts
            Those to be scored: `duration`, `churned`, `customers`.
        survival
            The predicted share still there, one row for each row of `counts`, one column for each time.
        times
            Ascending.
        fitted
            The counts that the model was fitted to; their Kaplan–Meier curve is the prediction without covariates.

        Raises
        ------
        ValueError
            If at a time nobody had left, nobody remained, or nobody was observed that long.
        """
        curve = ChurnCurve.from_counts(fitted[["duration", "churned", "customers"]])
        rows = []
        for i, time in enumerate(times):
            gone, there = _weights(counts, float(time))
            plain = np.full(len(counts), float(curve(time)))  # pyright: ignore[reportArgumentType]
            said = survival[:, i]
            rows.append((_auc(1 - said, gone, there), _brier(said, gone, there), _brier(plain, gone, there)))
            rows[-1] = (rows[-1][0], *(score / counts["customers"].sum() for score in rows[-1][1:]))
        table = pd.DataFrame(rows, pd.Index(times, name="time"), ["auc", "brier", "without_covariates"])
        return cls(table, float(counts["customers"].sum()))

    @staticmethod
    def times_of(counts: pd.DataFrame, times: Sequence[float] | None) -> list[float]:
        """Return the times asked for, or every whole one at which the risk can be scored.

        Raises
        ------
        ValueError
            If the times do not ascend, or there is none.
        """
        if times is None:
            left = counts.loc[counts["churned"], "duration"]
            times = np.arange(np.ceil(left.min()), counts["duration"].max()).tolist() if len(left) else []
        asked = [float(time) for time in times or []]
        if not asked or (np.diff(asked) <= 0).any():
            raise ValueError("scores need times in ascending order at which somebody had left and somebody remained")
        return asked

    @property
    def integrated(self) -> pd.Series:
        """The mean of each score over time, by the trapezoidal rule."""
        times = self.table.index.to_numpy(float)
        if len(times) == 1:
            return self.table.iloc[0].rename("integrated")
        means = np.trapezoid(self.table.to_numpy(), times, axis=0) / (times[-1] - times[0])
        return pd.Series(means, self.table.columns, name="integrated")

    @property
    def explained(self) -> float:
        """By which part the integrated Brier score lies below that of the curve without covariates."""
        means = self.integrated
        return float(1 - means["brier"] / means["without_covariates"])

    def summary(self) -> pd.DataFrame:
        """Return the integrated scores and the part explained."""
        means = self.integrated
        rows = {
            "area under the curve": means["auc"],
            "Brier score": means["brier"],
            "Brier score without covariates": means["without_covariates"],
            "part explained": self.explained,
        }
        return pd.DataFrame({"integrated": rows}).round(4)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the Brier score over time beside that of the curve without covariates; the lower the better."""
        drawn = self.table[["brier", "without_covariates"]].set_axis(["with covariates", "without covariates"], axis=1)
        words = (word("Do the covariates foretell who leaves?"), word("months since the start"), word("Brier score"))
        ax = plots.lines(drawn, ax, *words)
        ax.set_ylim(0, None)
        return ax


def split_customers(data: pd.DataFrame, share: float = 0.3, seed: int = 0) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Part customers at random into those to fit and those to score.

    Parameters
    ----------
    data
        One row a customer (or contract), or counts with a column `customers`, each of whom is drawn alone.
    share
        The part to be held out.
    seed
        Of the draw.

    Returns
    -------
    tuple of DataFrame
        Those to fit, and those held out.

    Raises
    ------
    ValueError
        If the share is not between 0 and 1, or leaves one side empty, or a count is impossible.

    Examples
    --------
    >>> fit, held_out = split_customers(pd.DataFrame({"duration": range(10)}), share=0.3, seed=1)
    >>> len(fit), len(held_out)
    (7, 3)
    """
    rng = np.random.default_rng(seed)
    if not 0 < share < 1:
        raise ValueError(f"share is {share}; it is the part held out, between 0 and 1")
    customers = counts_of(data, "the table of customers")
    if (customers % 1 != 0).any():
        raise ValueError("customers is no whole number in some rows; only whole customers can be held out")
    if "customers" in data:
        held = rng.binomial(customers.astype(int), share)
        parts = data.assign(customers=customers.astype(int) - held), data.assign(customers=held)
        first, second = (part[part["customers"] > 0] for part in parts)
    else:
        chosen = np.zeros(len(data), bool)
        chosen[rng.permutation(len(data))[: round(share * len(data))]] = True
        first, second = data[~chosen], data[chosen]
    if first.empty or second.empty:
        raise ValueError(f"{len(data)} rows are too few to hold out a share of {share:g}")
    return first, second


def _weights(counts: pd.DataFrame, time: float) -> tuple[Vector, Vector]:
    """Return what each row weighs as one who had left by `time`, and as one who was still there."""
    duration, left = counts["duration"].to_numpy(float), counts["churned"].to_numpy(bool)
    customers = counts["customers"].to_numpy(float)
    moments = np.unique(duration)
    place = np.searchsorted(moments, duration)
    total, gone = (np.bincount(place, customers * rows, len(moments)) for rows in (np.ones(len(left)), left))
    exposed = total[::-1].cumsum()[::-1] - gone  # who leaves at a time does so before others are lost from sight
    seen = np.cumprod(1 - np.divide(total - gone, exposed, out=np.zeros(len(moments)), where=exposed > 0))
    before = np.concatenate([[1.0], seen])[place]
    at = float(np.concatenate([[1.0], seen])[np.searchsorted(moments, time, side="right")])
    had_left, there = left & (duration <= time), duration > time
    if not had_left.any() or not there.any() or at <= 0:
        raise ValueError(f"at {time:g} nobody had left, or nobody was still observed: there is nothing to score")
    weight_left = np.divide(customers, before, out=np.zeros(len(left)), where=had_left)
    return weight_left, np.where(there, customers / at, 0.0)


def _brier(survival: Vector, gone: Vector, there: Vector) -> float:
    return float(gone @ survival**2 + there @ (1 - survival) ** 2)


def _auc(risk: Vector, gone: Vector, there: Vector) -> float:
    """Return the chance that one who left had the higher risk; equal risks count one half."""
    place = np.unique(risk, return_inverse=True)[1]
    left, stayed = np.bincount(place, gone), np.bincount(place, there)
    below = np.cumsum(stayed) - stayed / 2
    return float(left @ below / (left.sum() * stayed.sum()))
