"""Does kindness mend a process that failed? The effect of one driver where the other is bad and where it is good.

Where two drivers interact, no single coefficient is the effect of either. The classical test multiplies them (Aiken and
West 1991, Multiple Regression: Testing and Interpreting Interactions) and reads the effect of the second driver where
the first is one standard deviation below and above its mean. Where it is known from which score on a process has
failed, the two effects are better estimated apart, each with its own line: no straight change between them is assumed.

Three things bend the answer. Ratings are noisy: some of those who rate the process badly had a good one, which draws
the effect where it failed towards the effect where it worked. A scale that ends where the content begin (CSAT) cuts off
what kindness adds where things work, and so does the silence of the discontent. The last two can make a negative
difference out of nothing, most of all in the product: it is then no sign that kindness mends. The NPS has more room
than CSAT, and a known score of failure is safer than the product.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from crmlab import plots
from crmlab.drivers.moments import Answers, answers, robust_regression
from crmlab.estimation import Vector
from crmlab.labels import word
from crmlab.result import Result
from crmlab.sampling import t_quantile

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True, eq=False, repr=False)
class Interaction(Result):
    """The effect of a driver where another one failed and where it worked.

    Attributes
    ----------
    table
        Rows `where it failed`, `where it worked` and `difference` (worked less failed): `estimate` (points of the
        outcome for a point of the driver), `standard_error` (robust), `low`, `high` (95 %) and `p_value`.
    driver, condition, outcome
        Whose effect on what, depending on what.
    n, left_out
        Answers used, and rows without an answer in one of the columns.

    Examples
    --------
    >>> rows = [(p, a, 2 * p + a * (p > 1) + 0.1 * (-1) ** (p + a)) for p in range(4) for a in range(6)]
    >>> rows = pd.DataFrame(rows, columns=["process", "attitude", "csat"])
    >>> Interaction.fit(rows, failed_below=2).table["estimate"].round(2).to_list()
    [0.0, 1.0, 1.0]
    """

    table: pd.DataFrame
    driver: str
    condition: str
    outcome: str
    n: float
    left_out: float

    @classmethod
    def fit(
        cls,
        surveys: Any,
        outcome: str = "csat",
        driver: str = "attitude",
        condition: str = "process",
        failed_below: float | None = None,
        clusters: str | None = None,
    ) -> Interaction:
        """Estimate both effects and their difference by least squares with robust errors.

        Parameters
        ----------
        surveys
            One row a survey, or counts with a column `customers`.
        outcome, driver, condition
            Columns: the effect of `driver` on `outcome`, depending on `condition`.
        failed_below
            A condition below this score has failed. Where None, the effects are read at one standard deviation below
            and above the mean of the condition, on a straight line between them.
        clusters
            The column that names the customer, where customers were asked more than once.

        Raises
        ------
        ValueError
            If a column is missing or constant, there are too few answers, or all of them lie on one side of
            `failed_below`.
        """
        rows = answers(surveys, [condition, driver, outcome], clusters)
        level, pull, said = rows.rows[[condition, driver, outcome]].to_numpy(float).T
        x, contrasts = _product(level, pull, rows) if failed_below is None else _apart(level, pull, failed_below, rows)
        if np.linalg.matrix_rank(x / np.abs(x).max(axis=0)) < x.shape[1]:
            raise ValueError(f"{driver}: it varies too little where {condition} is bad or good; no effect can be known")
        counts = rows.rows["customers"].to_numpy(float)
        point, covariance = robust_regression(x, said, counts, rows.cluster, clusters is not None)
        units = len(rows.times) if clusters is not None else rows.n
        table = _table(contrasts @ point, contrasts @ covariance @ contrasts.T, units - x.shape[1])
        return cls(table, driver, condition, outcome, rows.n, rows.left_out)

    def summary(self) -> pd.DataFrame:
        """Return both effects and their difference, rounded."""
        return self.table.round(3)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw both effects and their difference with their intervals."""
        words = f"{word(self.outcome)}, {word('points for a point of')} {word(self.driver)}"
        ax = plots.dots(self.table, ax, word("Does the one mend the failure of the other?"), words)
        ax.axvline(0, color=plots.FAINT, lw=1)
        return ax


def _product(condition: Vector, driver: Vector, rows: Answers) -> tuple[Vector, Vector]:
    """Return the regressors with a product, and which of their sums are the effects at ∓1 standard deviation."""
    counts = rows.rows["customers"].to_numpy(float)
    centred = condition - np.average(condition, weights=counts)
    deviation = float(np.sqrt(np.average(centred**2, weights=counts)))
    x = np.column_stack([np.ones(len(driver)), centred, driver, centred * driver])
    return x, np.array([[0, 0, 1, -deviation], [0, 0, 1, deviation], [0, 0, 0, 2 * deviation]])


def _apart(condition: Vector, driver: Vector, failed_below: float, rows: Answers) -> tuple[Vector, Vector]:
    """Return the regressors with a line of its own on either side of a score, and which sums are the effects."""
    counts, failed = rows.rows["customers"].to_numpy(float), condition < failed_below
    sides = counts[failed].sum(), counts[~failed].sum()
    if min(sides) < 4:
        raise ValueError(f"failed_below: {sides[0]:.0f} answers lie below {failed_below:g} and {sides[1]:.0f} do not")
    own = np.column_stack([np.ones(len(driver)), condition, driver])
    if any(np.ptp(condition[side]) == 0 for side in (failed, ~failed)):
        own = own[:, [0, 2]]  # with one score on a side its line has no slope
    k = own.shape[1]
    x = np.hstack([own * failed[:, None], own * ~failed[:, None]])
    contrasts = np.zeros((3, 2 * k))
    contrasts[0, k - 1] = contrasts[1, 2 * k - 1] = contrasts[2, 2 * k - 1] = 1
    contrasts[2, k - 1] = -1
    return x, contrasts


def _table(effects: Vector, covariance: Vector, degrees: float) -> pd.DataFrame:
    from scipy.special import stdtr

    errors = np.sqrt(np.diag(covariance))
    half = t_quantile(degrees) * errors
    index = pd.Index(["where it failed", "where it worked", "difference"])
    table = pd.DataFrame({"estimate": effects, "standard_error": errors}, index=index)
    surprise = 2 * stdtr(degrees, -np.abs(effects / np.where(errors > 0, errors, np.inf)))
    return table.assign(low=effects - half, high=effects + half, p_value=surprise)
