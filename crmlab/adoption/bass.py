"""How a novelty spreads: the model of Bass, fitted to counts by maximum likelihood.

Adopters are counted by period, so a count holds what the curve gains over that period, F(end) − F(start), and not the
slope somewhere in it. Schmittlein and Mahajan (1982, Marketing Science 1(1), 57–78) write down that likelihood. Where
the population is known, each person in it adopts one day with the same probability, and those who have not adopted yet
tell as well. Where it is not, the number of adopters m has a Poisson distribution. The two give the same estimates, but
a known population makes m surer.

Before the peak the counts hardly tell a large market that adopts slowly from a small one that adopts at once (Van den
Bulte and Lilien 1997, Marketing Science 16(4), 338–353): then m is not known, and that is said.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
import pandas as pd

from crmlab import model_plots, plots
from crmlab.adoption.bass_fit import climb, natural, refuse
from crmlab.adoption.curve import adopter_counts, bass_peak, bass_share
from crmlab.estimation import Z95, Maximum, Vector, covariance_frame, errors_of, jacobian, share_interval
from crmlab.fitted import Maximized, Parameter
from crmlab.labels import word

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_DRAWS = 4000


@dataclass(frozen=True, eq=False, repr=False)
class Bass(Maximized):
    """Bass model of adoption.

    Attributes
    ----------
    p, q, m
        Innovation and imitation, per period, and the number of people who adopt one day.
    table
        One row an interval: `customers` (who adopted in it), `expected`, and since the start `observed`, `fitted`, and
        `low` to `high`, the 95 % interval of the fitted number. Index: `end`.
    maximum
        The estimates on an unbounded scale.
    until
        How long was watched.
    population
        How many could adopt, or None.
    share
        The share of the population that adopts one day, where it was given and not estimated.

    Examples
    --------
    >>> counts = pd.DataFrame({"period": range(1, 13), "customers": [31, 40, 54, 70, 84, 97, 102, 99, 89, 74, 57, 42]})
    >>> bass = Bass.fit(counts)
    >>> bass.summary().round(2)
          estimate  standard error     low     high
    p         0.03            0.00    0.02     0.03
    q         0.38            0.03    0.33     0.44
    m       938.85           36.89  869.27  1014.00
    peak      6.59            0.18    6.25     6.95
    >>> bass.forecast([15, 20])["estimate"].round(1).to_list()
    [907.2, 934.6]
    """

    table: pd.DataFrame
    maximum: Maximum
    until: float
    population: float | None
    share: float | None

    NAMES: ClassVar[tuple[str, ...]] = ("p", "q", "m")
    p = Parameter("Innovation: the rate of adopting without an example.")
    q = Parameter("Imitation: by how much the rate grows as all others have adopted.")
    m = Parameter("How many adopt one day.")

    @classmethod
    def fit(
        cls, data: Any, population: float | None = None, share: float | None = None, until: float | None = None
    ) -> Self:
        """Estimate the model from adopters by interval.

        Parameters
        ----------
        data
            Columns `start` and `end` in periods since the launch, or `period` (1 for the first), one row an adopter, or
            counts with `customers`; as `count_adopters` returns them.
        population
            How many could adopt, adopters or not; None where it is not known.
        share
            The share of the population that adopts one day, where it is known; None estimates it.
        until
            How long was watched; by default until the last `end`.

        Raises
        ------
        ValueError
            If the data are impossible, or cannot tell p, q and m apart.
        """
        counts, seen_until = adopter_counts(data)
        until = seen_until if until is None else float(until)
        refuse(counts, until, population, share)
        model = cls(counts, climb(counts, until, population, share), until, population, share)
        return replace(model, table=model._beside(counts))

    @property
    def parameters(self) -> pd.Series:
        """The estimates by name."""
        return pd.Series(
            natural(self.maximum.point, self.population, self.share), pd.Index(self.NAMES), name="estimate"
        )

    @property
    def covariance(self) -> pd.DataFrame:
        """The covariance of the estimates, by the delta method."""
        slopes = jacobian(lambda point: natural(point, self.population, self.share), self.maximum.point)
        return covariance_frame(slopes @ self.maximum.covariance @ slopes.T, self.NAMES)

    def peak(self) -> pd.DataFrame:
        """Return when adoption is fastest, how many have adopted by then, and how many adopt per period at that time.

        Returns
        -------
        DataFrame
            Rows `peak`, `adopters`, `rate`; columns `estimate`, `standard error`, `low`, `high` (95 %, log scale).

        Raises
        ------
        ValueError
            If q is not above p: adoption was fastest at the start.
        """
        if self.q <= self.p:
            raise ValueError(f"q {self.q:.3g} is not above p {self.p:.3g}: adoption is fastest at the start")

        def peaks(point: Vector) -> Vector:
            p, q, m = natural(point, self.population, self.share)
            time, share, density = bass_peak(p, q)
            return np.array([time, m * share, m * density])

        value = peaks(self.maximum.point)
        error = errors_of(peaks, self.maximum.point, self.maximum.covariance)
        return _frame(value, error, pd.Index(["peak", "adopters", "rate"]))

    def forecast(self, periods: Any, seed: int = 0) -> pd.DataFrame:
        """Return how many will have adopted by times to come, with the range in which that falls in 95 of 100 cases.

        The range holds both what is not known of p, q and m and the chance of who adopts. It is read off 4,000 draws.

        Parameters
        ----------
        periods
            Times since the launch, none before the end of the data.
        seed
            Of the draws.

        Returns
        -------
        DataFrame
            Index `end`; columns `estimate`, `low`, `high`: adopters since the launch.

        Raises
        ------
        ValueError
            If a time lies before the end of the data.
        """
        times = np.atleast_1d(np.asarray(periods, float))
        adopted, end = float(self.table["customers"].sum()), self.until
        if not (np.isfinite(times) & (times >= end)).all():
            raise ValueError(f"periods holds a time before {end:g}, when the data end, or an empty one")
        rng = np.random.default_rng(seed)
        points = rng.multivariate_normal(self.maximum.point, self.maximum.covariance, _DRAWS, method="cholesky")
        order = np.argsort(times)
        drawn = self._gains(points.T, np.append(end, times[order]), rng)[:, np.argsort(order)]
        low, high = np.quantile(drawn, [0.025, 0.975], axis=0)
        p, q, m = self.parameters
        more = m * (bass_share(times, p, q) - bass_share(end, p, q))
        columns = {"estimate": adopted + more, "low": adopted + low, "high": adopted + high}
        return pd.DataFrame(columns, index=pd.Index(times, name="end"))

    def summary(self) -> pd.DataFrame:
        """Return p, q, m and the time of the peak with standard errors and 95 % intervals."""
        table = _frame(self.parameters.to_numpy(), self.standard_errors.to_numpy(), pd.Index(self.NAMES))
        if self.population is not None:
            ends = share_interval(self.m / self.population, self.standard_errors["m"] / self.population)
            table.loc["m", ["low", "high"]] = [float(self.population * end) for end in ends]
        rows = [table] if self.q <= self.p else [table, self.peak().loc[["peak"]]]
        return pd.concat(rows).round(4)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the adopters since the launch: observed, and fitted with its interval."""
        words = (word("How does the novelty spread?"), word("periods since the launch"), word("adopters so far"))
        drawn = self.table[["fitted", "observed", "low", "high"]]
        return model_plots.grouped_axis(plots.lines(drawn, ax, *words))

    def _gains(self, points: Vector, times: Vector, rng: np.random.Generator) -> Vector:
        """Draw how many more adopt between the first time and each other one (columns), a row for each point."""
        p, q, m = natural(points, self.population, self.share)[:, :, None]
        reached = bass_share(times, p, q)
        steps = np.diff(reached, axis=1)
        if self.population is None:
            return np.cumsum(rng.poisson(m * steps), axis=1)
        chances = m / self.population * steps / (1 - m / self.population * reached[:, :1])
        chances = np.hstack([chances, np.maximum(1 - chances.sum(axis=1, keepdims=True), 0.0)])
        still = round(self.population - float(self.table["customers"].sum()))
        return np.cumsum(rng.multinomial(still, chances / chances.sum(axis=1, keepdims=True))[:, :-1], axis=1)

    def _beside(self, counts: pd.DataFrame) -> pd.DataFrame:
        """Return what was observed beside what is fitted."""

        def expected(point: Vector) -> Vector:
            p, q, m = natural(point, self.population, self.share)
            return m * bass_share(counts["end"].to_numpy(), p, q)

        fitted = expected(self.maximum.point)
        frame = _frame(fitted, errors_of(expected, self.maximum.point, self.maximum.covariance), counts.index)
        gained = self.m * (bass_share(counts["end"], self.p, self.q) - bass_share(counts["start"], self.p, self.q))
        columns = {"customers": counts["customers"], "expected": gained, "observed": counts["customers"].cumsum()}
        table = counts[["start", "end"]].assign(**columns, fitted=fitted, low=frame["low"], high=frame["high"])
        return table.set_index("end")


def _frame(value: Vector, error: Vector, index: pd.Index) -> pd.DataFrame:
    """Return positive estimates with their 95 % intervals on the log scale."""
    half = np.exp(Z95 * error / value)
    columns = {"estimate": value, "standard error": error, "low": value / half, "high": value * half}
    return pd.DataFrame(columns, index=index)
