"""What drives satisfaction: shares of R-squared, interaction, and the way that an effect takes.

"Service is 80 % process and 20 % attitude": a claim of that kind needs a meaning. Regression coefficients say what one
more point of a driver does while the others stay. How much of the differences between customers each driver explains is
another matter, and where drivers move together (a halo) the part they share belongs to none alone. Lindeman, Merenda
and Gold (1980, Introduction to Bivariate and Multivariate Analysis) average what a driver adds to R-squared over all
the orders in which drivers can enter. These LMG shares add up to R-squared (Grömping 2006, Journal of Statistical
Software 17(1); 2007, The American Statistician 61(2)). The same coefficients, two to one, read as 80 % where drivers
are uncorrelated, and as 60 % where their correlation is 0.7.

`Interaction` asks whether one driver works where the other failed, `Mediation` by which way an effect comes. All three
describe answers; that a driver causes what it explains is an assumption that no share can test.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from math import factorial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from crmlab import plots
from crmlab.drivers.interaction import Interaction
from crmlab.drivers.mediation import Mediation
from crmlab.drivers.moments import answers, slopes
from crmlab.estimation import Vector
from crmlab.labels import word
from crmlab.result import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Drivers", "Interaction", "Mediation", "lmg_shares"]

_MOST = 10  # drivers; each one more doubles the regressions


@dataclass(frozen=True, eq=False, repr=False)
class Drivers(Result):
    """LMG shares of R-squared, with bootstrap intervals.

    Attributes
    ----------
    table
        Index: the drivers. `coefficient` (points of the outcome for a point of the driver, the others unchanged),
        `contribution` (part of R-squared; they add up to it), `estimate` (share of R-squared; they add up to 1), and
        `low` and `high`, the 95 % bootstrap interval of the share.
    outcome
        What is explained.
    r_squared, r_squared_interval
        The share of the differences in the outcome that the drivers explain, and its 95 % bootstrap interval.
    n, left_out
        Answers used, and rows without an answer in one of the columns.

    Examples
    --------
    >>> rng = np.random.default_rng(5)
    >>> process, own = rng.normal(size=(2, 400))
    >>> attitude = 0.5 * process + np.sqrt(0.75) * own
    >>> csat = 2 * process + attitude + rng.normal(size=400)
    >>> rows = pd.DataFrame({"process": process, "attitude": attitude, "csat": csat})
    >>> got = Drivers.fit(rows, outcome="csat", drivers=["process", "attitude"])
    >>> got.table["estimate"].round(2).to_dict()  # 66 : 34 in truth
    {'process': 0.66, 'attitude': 0.34}
    >>> bool(np.isclose(got.table["contribution"].sum(), got.r_squared))
    True
    """

    table: pd.DataFrame
    outcome: str
    r_squared: float
    r_squared_interval: tuple[float, float]
    n: float
    left_out: float

    @classmethod
    def fit(
        cls,
        surveys: Any,
        outcome: str = "csat",
        drivers: Sequence[str] = ("process", "attitude"),
        clusters: str | None = None,
        seed: int = 0,
    ) -> Drivers:
        """Explain an outcome by its drivers.

        Parameters
        ----------
        surveys
            One row a survey, or counts with a column `customers`. Rows without an answer in one of the columns are left
            out and counted.
        outcome
            The column that is explained.
        drivers
            The columns that explain it; up to ten.
        clusters
            The column that names the customer, where customers were asked more than once: the bootstrap then draws
            customers with all their answers.
        seed
            Of the bootstrap (1,000 samples; percentile intervals).

        Raises
        ------
        ValueError
            If a column is missing or constant, one driver follows from the others, or there are too few answers.
        """
        names = [drivers] if isinstance(drivers, str) else list(drivers)
        if not 1 <= len(names) <= _MOST:
            raise ValueError(f"drivers: {len(names)} are named; between 1 and {_MOST} can be told apart")
        rows = answers(surveys, [*names, outcome], clusters)
        covariance = rows.covariance()
        parts, drawn = _lmg(covariance), _lmg(rows.resampled(seed))
        low, high = np.quantile(drawn / drawn.sum(axis=1, keepdims=True), [0.025, 0.975], axis=0)
        columns = {"coefficient": slopes(covariance, len(names), range(len(names))), "contribution": parts}
        columns |= {"estimate": parts / parts.sum(), "low": low, "high": high}
        ends = np.quantile(drawn.sum(axis=1), [0.025, 0.975])
        table = pd.DataFrame(columns, index=pd.Index(names, name="driver"))
        return cls(table, outcome, float(parts.sum()), (float(ends[0]), float(ends[1])), rows.n, rows.left_out)

    def summary(self) -> pd.DataFrame:
        """Return coefficients and shares, and R-squared in a last row, rounded."""
        low, high = self.r_squared_interval
        whole = pd.DataFrame({"contribution": self.r_squared, "estimate": 1.0, "low": low, "high": high}, ["R-squared"])
        return pd.concat([self.table, whole]).round(3)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw each driver's share of R-squared with its interval, the largest on top."""
        drawn = self.table.sort_values("estimate", ascending=False)
        words = f"{word('share of R-squared')}, {word(self.outcome)}"
        ax = plots.dots(drawn, ax, word("What drives the outcome?"), words)
        ax.set_xlim(0, 1)
        return plots.percent_axis(ax, "x")


def lmg_shares(coefficients: Sequence[float], correlation: float | Any = 0.0) -> pd.Series:
    """Return the LMG shares that follow from coefficients and the correlation of the drivers.

    Drivers are in standard units. The shares add up to 1 and do not depend on what is left unexplained.

    Parameters
    ----------
    coefficients
        One for each driver.
    correlation
        Of every pair of drivers; or a matrix.

    Raises
    ------
    ValueError
        If the correlations are impossible, or one driver follows from the others.

    Examples
    --------
    >>> [round(float(lmg_shares([2, 1], halo)["driver 1"]), 2) for halo in (0, 0.5, 0.7)]
    [0.8, 0.66, 0.6]
    """
    b = np.asarray(coefficients, float)
    matrix = np.asarray(correlation, float)
    if matrix.ndim == 0:
        matrix = np.where(np.eye(len(b)), 1.0, matrix)
    if matrix.shape != (len(b), len(b)) or not np.allclose(np.diag(matrix), 1) or not np.allclose(matrix, matrix.T):
        raise ValueError("correlation is one number, or a symmetric matrix with ones, a row for each coefficient")
    if np.linalg.eigvalsh(matrix)[0] < 1e-10 or not np.any(b):
        raise ValueError("correlation: impossible, or one driver follows from the others; or all coefficients are 0")
    joint = matrix @ b
    covariance = np.block([[matrix, joint[:, None]], [joint[None, :], np.array([[b @ joint]])]])
    names = pd.Index([f"driver {number + 1}" for number in range(len(b))])
    return pd.Series(_lmg(covariance), index=names, name="share")


def _lmg(covariance: Vector) -> Vector:
    """Return what each driver adds to R-squared, averaged over all orders; the outcome is the last column.

    Of the p! orders, |S|! (p − |S| − 1)! let the set S enter before the driver (Grömping 2007).
    """
    p = covariance.shape[-1] - 1
    subsets = [subset for size in range(p + 1) for subset in combinations(range(p), size)]
    explained = {subset: _explained(covariance, subset) for subset in subsets}
    parts = []
    for driver in range(p):
        part = np.zeros(covariance.shape[:-2])
        for before in (subset for subset in subsets if driver not in subset):
            orders = factorial(len(before)) * factorial(p - len(before) - 1) / factorial(p)
            part = part + orders * (explained[tuple(sorted((*before, driver)))] - explained[before])
        parts.append(part)
    return np.stack(parts, axis=-1)


def _explained(covariance: Vector, subset: tuple[int, ...]) -> Vector:
    """Return R-squared of the last column on a subset of the others."""
    if not subset:
        return np.zeros(covariance.shape[:-2])
    with_outcome = covariance[..., list(subset), -1]
    point = slopes(covariance, -1, subset)
    return (point * with_outcome).sum(axis=-1) / covariance[..., -1, -1]
