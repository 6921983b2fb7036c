"""Those who consent are not like the others: weights by the chance to consent.

An analysis may use the data of those who agreed, and of nobody else. If the satisfied agree more often, and the
satisfied also stay, then churn among those who agreed is too low. Each of them can stand for those like them who did
not agree, with the weight one over the chance to agree (Horvitz and Thompson 1952, Journal of the American Statistical
Association 47(260)). Stabilised weights, the share who agreed over that chance, have a mean near 1.

The chance is estimated by a logistic regression on what is known of everybody who was asked. So the weights mend what
follows from the known columns, and nothing else: what nobody recorded stays in the result, and no number here shows it.
The balance table shows that the known columns are mended; the effective sample size (Kish 1965) what that cost.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Self

import numpy as np
import pandas as pd

from crmlab import plots
from crmlab.engines import need, numbers
from crmlab.estimation import Z95, Vector, share_interval
from crmlab.labels import word
from crmlab.privacy.chances import balance_of, counts_of, design_of, read_answers, regress
from crmlab.result import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LARGEST = 20.0


@dataclass(frozen=True, eq=False, repr=False)
class ConsentWeights(Result):
    """A weight for each customer who agreed, so that together they look like all who were asked.

    Attributes
    ----------
    table
        One row for each customer asked (or each count): the columns given, `probability` (to agree) and `weight`, 0 for
        who did not agree.
    granted
        The column that says who agreed.
    covariates
        The columns that `balance` compares.
    trimmed
        How many customers had a weight above the largest allowed, and got that one.
    scores
        The derivatives of each row's likelihood by the coefficients; no column where the chances were known.

    Examples
    --------
    >>> asked = {"plan": ["basic", "basic", "premium", "premium"], "agreed": [1, 0, 1, 0], "customers": [20, 60, 15, 5]}
    >>> weights = ConsentWeights.fit(pd.DataFrame(asked), granted="agreed", covariates=["plan"])
    >>> weights.table["probability"].round(3).to_list()
    [0.25, 0.25, 0.75, 0.75]
    >>> round(weights.effective_size, 1)
    28.8
    """

    table: pd.DataFrame
    granted: str
    covariates: Sequence[str]
    trimmed: float
    scores: Vector

    @classmethod
    def fit(cls, table: pd.DataFrame, granted: str, covariates: Sequence[str], largest: float = LARGEST) -> Self:
        """Estimate the chance to agree from what is known of all, by logistic regression.

        Parameters
        ----------
        table
            Everybody who was asked, one row a customer or counts with `customers`.
        granted
            The column that says who agreed: true or false.
        covariates
            Columns known of everybody: numbers, or texts, of which each value gets a coefficient.
        largest
            No stabilised weight may be larger. A smaller limit gives a shorter interval and less mending.

        Raises
        ------
        ValueError
            If a column is missing, empty or constant, nobody or everybody agreed, or all of a kind did or none.
        """
        agreed, customers = read_answers(table, granted, largest)
        design = design_of(table, covariates, agreed, customers, granted)
        chance = regress(design, agreed, customers)
        scores = (agreed - chance)[:, None] * design.to_numpy()
        return cls._finish(table, granted, covariates, (chance, scores), largest)

    @classmethod
    def from_probabilities(
        cls,
        table: pd.DataFrame,
        granted: str,
        probability: str,
        covariates: Sequence[str] = (),
        largest: float = LARGEST,
    ) -> Self:
        """Make the weights of chances that are known, such as those of a simulated company.

        Parameters
        ----------
        table, granted, largest
            As in `fit`.
        probability
            The column with the chance of each customer to agree, above 0 and at most 1.
        covariates
            The columns shown in the balance table.

        Raises
        ------
        ValueError
            If a column is missing or empty somewhere, or a chance impossible.
        """
        read_answers(table, granted, largest)
        need(table.columns, [probability, *covariates], "the table of those asked")
        numbers(table[list(covariates)].select_dtypes("number"))
        gaps = [name for name in covariates if table[name].isna().any()]
        if gaps:
            raise ValueError(f"{', '.join(gaps)} is empty in some rows: give 'not known' a value of its own")
        chance = pd.to_numeric(table[probability], errors="coerce").to_numpy(float)
        wrong = ~((chance > 0) & (chance <= 1))
        if wrong.any():
            raise ValueError(f"{probability} is not above 0 and at most 1 in {int(wrong.sum())} rows")
        return cls._finish(table, granted, covariates, (chance, np.empty((len(table), 0))), largest)

    @classmethod
    def _finish(
        cls,
        table: pd.DataFrame,
        granted: str,
        covariates: Sequence[str],
        chances: tuple[Vector, Vector],
        largest: float,
    ) -> Self:
        agreed, customers = read_answers(table, granted, largest)
        full = agreed * float(customers @ agreed / customers.sum()) / chances[0]
        weight = np.minimum(full, largest)
        rows = table.assign(probability=chances[0], weight=weight)
        return cls(rows, granted, list(covariates), float(customers[full > largest].sum()), chances[1])

    @cached_property
    def balance(self) -> pd.DataFrame:
        """How far those who agreed are off, by column or value of a text column.

        Columns: the mean of `all` who were asked, of those who `agreed`, and `weighted`; and how far the latter two are
        off, in standard deviations (`off_before`, `off_after`).
        """
        customers, weight = self._customers, self.table["weight"].to_numpy()
        return balance_of(self.table, self.covariates, customers, customers * (weight > 0), customers * weight)

    @property
    def effective_size(self) -> float:
        """How many customers without weights would tell as much about a mean that the weights do not move."""
        weight, customers = self.table["weight"].to_numpy(), self._customers
        return float((customers @ weight) ** 2 / (customers @ weight**2))

    def mean(self, outcome: str) -> pd.DataFrame:
        """Return the mean of a column: of those who agreed as they are, and weighted to look like all.

        The interval is the robust one of an estimating equation (Lunceford and Davidian 2004, Statistics in Medicine
        23(19), 2937–2960): it knows that weights were estimated, which makes it shorter, not longer.

        Parameters
        ----------
        outcome
            A column of the table, known at least of those who agreed: true or false, or a number.

        Returns
        -------
        DataFrame
            Index `as they are` and `weighted`; columns `estimate`, `low`, `high` (95 %; of shares between 0 and 1).

        Raises
        ------
        ValueError
            If the column is missing, or empty for some who agreed.
        """
        need(self.table.columns, [outcome], "the table of those asked")
        agreed = self.table["weight"].to_numpy() > 0
        values = pd.to_numeric(self.table[outcome], errors="coerce").to_numpy(float)
        empty = int((agreed & ~np.isfinite(values)).sum())
        if empty:
            raise ValueError(f"{outcome} is empty or no number in {empty} of the {int(agreed.sum())} rows that agreed")
        values = np.where(agreed, values, 0.0)
        weight = self.table["weight"].to_numpy()
        plain = self._estimate(values, agreed.astype(float), np.empty((len(values), 0)))
        rows = {"as they are": plain, "weighted": self._estimate(values, weight, self.scores)}
        return pd.DataFrame(rows, ["estimate", "low", "high"]).T

    def summary(self) -> pd.DataFrame:
        """Return how many were asked and agreed, what the weights cost, and how far off the worst column is."""
        customers, agreed = self._customers, self.table["weight"].to_numpy() > 0
        rows = {
            "asked": customers.sum(),
            "agreed": customers[agreed].sum(),
            "effective sample size": round(self.effective_size, 1),
            "largest weight": round(float(self.table["weight"].max()), 2),
            "weights trimmed": self.trimmed,
        }
        if len(self.balance):
            rows["furthest off before (sd)"] = round(float(self.balance["off_before"].abs().max()), 3)
            rows["furthest off after (sd)"] = round(float(self.balance["off_after"].abs().max()), 3)
        return pd.DataFrame({"value": rows})

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw how far those who agreed are off in each column, before and after weighting.

        Raises
        ------
        ValueError
            If no covariates were named.
        """
        if self.balance.empty:
            raise ValueError("no covariates were named: there is no balance to draw")
        ax, rows = plots.new_axes(ax), list(range(len(self.balance)))[::-1]
        for i, (column, name) in enumerate({"off_before": "as they are", "off_after": "weighted"}.items()):
            ax.plot(self.balance[column], rows, plots.MARKERS[i], color=plots.PALETTE[1 - i], label=word(name))
        ax.axvline(0, color=plots.FAINT, lw=1)
        ax.set_yticks(rows, [word(str(name)) for name in self.balance.index])
        ax.legend()
        title, label = word("Do those who agreed look like all?"), word("off by (standard deviations)")
        plots.finish(ax, title, label, "")
        said = "; ".join(f"{n} {row.off_before:+.2f} and {row.off_after:+.2f}" for n, row in self.balance.iterrows())
        return plots.describe(ax, f"{title} Dots of {label}, as they are and weighted: {said}.")

    @property
    def _customers(self) -> Vector:
        return counts_of(self.table)

    def _estimate(self, values: Vector, weight: Vector, scores: Vector) -> list[float]:
        customers = self._customers
        total = customers @ weight
        mean = float(customers @ (weight * values) / total)
        parts = weight * (values - mean) * customers.sum() / total
        root = np.sqrt(customers)
        if scores.shape[1]:  # what the estimated chances take off: the part that the scores explain
            slope, *_ = np.linalg.lstsq(root[:, None] * scores, root * parts, rcond=None)
            parts = parts - scores @ slope
        error = float(np.sqrt(customers @ parts**2) / customers.sum())
        if np.isin(values[weight > 0], (0, 1)).all():
            low, high = share_interval(mean, error)
            return [mean, float(low), float(high)]
        return [mean, mean - Z95 * error, mean + Z95 * error]
