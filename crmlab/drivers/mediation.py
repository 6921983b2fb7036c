"""By which way an effect comes: the part that runs through a mediator, and the part that does not.

A process may please by itself, and because people are kinder where it works. Baron and Kenny (1986, Journal of
Personality and Social Psychology 51(6)) regress the mediator on the cause (slope a), and the outcome on both (slopes c'
and b). The indirect effect is the product a·b; with the direct one, c', it adds up to the total. A product of estimates
is skewed, so its interval comes from a bootstrap (MacKinnon, Lockwood and Williams 2004, Multivariate Behavioral
Research 39(1); Preacher and Hayes 2008, Behavior Research Methods 40(3)).

The arithmetic works in any direction. That the cause comes before the mediator, the mediator before the outcome, and
that nothing unseen moves two of them, must be known from elsewhere (Imai, Keele and Tingley 2010, Psychological Methods
15(4)). A mediator that is rated with noise carries too little: part of its effect is then booked as direct.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from crmlab import plots
from crmlab.drivers.moments import answers, slopes
from crmlab.estimation import Vector
from crmlab.labels import word
from crmlab.result import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True, eq=False, repr=False)
class Mediation(Result):
    """The effect of a cause on an outcome, divided by the way it takes.

    Attributes
    ----------
    table
        Rows `a` (cause on mediator), `b` (mediator on outcome), `indirect` (a·b), `direct`, `total`: `estimate` (points
        for a point), and `low` and `high`, the 95 % bootstrap interval.
    cause, mediator, outcome
        The columns.
    n, left_out
        Answers used, and rows without an answer in one of the columns.

    Examples
    --------
    >>> rng = np.random.default_rng(2)
    >>> process, kind, rest = rng.normal(size=(3, 2000))
    >>> attitude = 0.5 * process + kind
    >>> rows = pd.DataFrame({"process": process, "attitude": attitude, "csat": 2 * process + attitude + rest})
    >>> Mediation.fit(rows, "process", "attitude", "csat").table.loc["indirect"].round(1).to_list()  # 0.5 in truth
    [0.5, 0.4, 0.5]
    """

    table: pd.DataFrame
    cause: str
    mediator: str
    outcome: str
    n: float
    left_out: float

    @classmethod
    def fit(
        cls, surveys: Any, cause: str, mediator: str, outcome: str, clusters: str | None = None, seed: int = 0
    ) -> Mediation:
        """Divide the effect of `cause` on `outcome` into the part through `mediator` and the rest.

        Parameters
        ----------
        surveys
            One row a survey, or counts with a column `customers`.
        cause, mediator, outcome
            Columns of numbers.
        clusters
            The column that names the customer, where customers were asked more than once.
        seed
            Of the bootstrap (1,000 samples; percentile intervals).

        Raises
        ------
        ValueError
            If a column is missing or constant, the mediator follows from the cause, or there are too few answers.
        """
        rows = answers(surveys, [cause, mediator, outcome], clusters)
        low, high = np.quantile(_paths(rows.resampled(seed)), [0.025, 0.975], axis=0)
        index = pd.Index(["a", "b", "indirect", "direct", "total"], name="path")
        table = pd.DataFrame({"estimate": _paths(rows.covariance()), "low": low, "high": high}, index=index)
        return cls(table, cause, mediator, outcome, rows.n, rows.left_out)

    @property
    def indirect_share(self) -> float:
        """The part of the total effect that runs through the mediator; outside 0 to 1 where the ways pull apart."""
        paths = self.table["estimate"].to_dict()
        return float(paths["indirect"] / paths["total"])

    def summary(self) -> pd.DataFrame:
        """Return the paths, rounded."""
        return self.table.round(3)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the indirect, the direct and the total effect with their intervals."""
        through = {"indirect": f"{word('through')} {word(self.mediator)}"}
        drawn = self.table.loc[["indirect", "direct", "total"]].rename(index=through)
        words = f"{word(self.outcome)}, {word('points for a point of')} {word(self.cause)}"
        ax = plots.dots(drawn, ax, word("By which way does the effect come?"), words)
        ax.axvline(0, color=plots.FAINT, lw=1)
        return ax


def _paths(covariance: Vector) -> Vector:
    a = slopes(covariance, 1, [0])[..., 0]
    both = slopes(covariance, 2, [0, 1])
    direct, b = both[..., 0], both[..., 1]
    return np.stack([a, b, a * b, direct, direct + a * b], axis=-1)
