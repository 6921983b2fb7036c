"""Contracts that are renewed in whole periods: the shifted-beta-geometric model.

Fader and Hardie (2007, Journal of Interactive Marketing 21(1), 76–90). At the end of each period a customer leaves with
a probability θ of its own, which never changes; between customers θ has a beta distribution (alpha, beta). Those with a
high θ leave first, so the retention rate of a cohort rises although no customer becomes more loyal. Where customers do
not differ the model is the geometric one, with a constant retention rate.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
import pandas as pd

from crmlab import plots
from crmlab.customers import count_customers
from crmlab.estimation import NotIdentifiedError, Vector, maximize, share_interval
from crmlab.fitted import Fitted
from crmlab.labels import word

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_COLUMNS = ("duration", "churned")


@dataclass(frozen=True, eq=False, repr=False)
class ShiftedBetaGeometric(Fitted):
    """Shifted-beta-geometric model of how many periods customers stay.

    Attributes
    ----------
    alpha, beta
        The beta distribution of the probability to leave at the end of a period.
    table
        One row a period: `at_risk` (customers who could have left at its end), `churned`, `observed` (share still there
        after it), `fitted`, and `low` and `high`, the 95 % interval of the fitted share.

    Examples
    --------
    >>> sbg = ShiftedBetaGeometric.fit(survivors=[1000, 869, 743, 653, 593, 551, 517, 491])
    >>> round(sbg.alpha, 3), round(sbg.beta, 3), round(sbg.log_likelihood, 1)
    (0.668, 3.806, -1611.2)
    >>> sbg.survival([8, 12]).round(3).to_list()
    [0.46, 0.378]
    >>> sbg.residual_lifetime(renewals=0, discount_rate=0.1).round(2).item()
    5.41
    """

    NAMES: ClassVar[tuple[str, ...]] = ("alpha", "beta")

    @classmethod
    def fit(cls, data: Any = None, *, survivors: Sequence[float] | None = None) -> Self:
        """Estimate the model by maximum likelihood, from rows, from counts or from the survivors of one cohort.

        Parameters
        ----------
        data
            Columns `duration` (whole periods paid), `churned` (1: then left; 0: renewed that often and still there),
            and `customers` where rows are counts, as `crmlab.churn.count_contracts` returns them.
        survivors
            Instead of `data`: how many of a cohort were there at the start, after one period, after two, and so on.

        Raises
        ------
        ValueError
            If the data are impossible, nobody left, or customers do not differ enough to identify two parameters.
        """
        if (data is None) == (survivors is None):
            raise ValueError("give either data or survivors")
        counts = count_customers(_from_survivors(survivors) if survivors is not None else data, columns=_COLUMNS)
        time, churned, weights = (counts[name].to_numpy(float) for name in (*_COLUMNS, "customers"))
        _refuse_impossible(time, churned)
        left = churned > 0

        def objective(point: Vector) -> tuple[float, Vector]:
            height, slope = _log_likelihood(np.exp(point), time, left)
            return float(weights @ height), slope @ weights * np.exp(point)

        leaving = float(weights[left].sum() / (weights @ np.maximum(time, 1)))
        try:
            top = maximize(objective, list(np.log([2 * leaving, 2 * (1 - leaving)])), cls.NAMES)
        except NotIdentifiedError as error:
            raise ValueError(
                f"ShiftedBetaGeometric: {error}: customers do not differ enough to tell two parameters; "
                f"a constant retention rate of {1 - leaving:.3f} a period describes them"
            ) from error
        model = cls(pd.DataFrame(), top, float(weights.sum()))
        return cls(model._beside(time, left, weights), top, float(weights.sum()))

    @property
    def alpha(self) -> float:
        """First parameter of the distribution of the probability to leave."""
        return float(self.parameters["alpha"])

    @property
    def beta(self) -> float:
        """Second parameter of the distribution of the probability to leave."""
        return float(self.parameters["beta"])

    def survival(self, t: float | Sequence[float]) -> pd.Series:
        """Return the share of a cohort that is still there after `t` whole periods.

        Raises
        ------
        ValueError
            If a period is no whole number from 0 up.
        """
        periods = _whole(t)
        return pd.Series(_survival(self._point, periods), index=pd.Index(periods, name="period"), name="survival")

    def retention_rates(self, n: int) -> pd.Series:
        """Return the share of those there in the period before who stay, for periods 1 to `n`.

        Raises
        ------
        ValueError
            If `n` is no whole number from 1 up.
        """
        if _whole(n).item() < 1:
            raise ValueError("n is 0; retention rates begin with period 1")
        t = np.arange(1, n + 1)
        rates = (self.beta + t - 1) / (self.alpha + self.beta + t - 1)
        return pd.Series(rates, index=pd.Index(t, name="period"), name="retention_rate")

    def project(self, n: int, renewals: int = 0) -> pd.DataFrame:
        """Return the share still there after 0 to `n` periods, with the 95 % interval of that share.

        Who has renewed k times has a probability to leave that is beta-distributed with alpha and beta + k.

        Parameters
        ----------
        n
            How many periods ahead.
        renewals
            How often the customers have renewed already; 0 for new ones.

        Returns
        -------
        DataFrame
            Index `period`; columns `estimate`, `low`, `high`. The interval holds the uncertainty of the two parameters.

        Raises
        ------
        ValueError
            If `n` or `renewals` is no whole number from 0 up.

        Examples
        --------
        >>> sbg = ShiftedBetaGeometric.fit(survivors=[1000, 869, 743, 653, 593, 551, 517, 491])
        >>> sbg.project(5, renewals=7)["estimate"].round(3).to_list()  # the last is 0.378 / 0.489
        [1.0, 0.942, 0.891, 0.847, 0.808, 0.773]
        """
        periods, done = np.arange(int(_whole(n).item()) + 1), np.array([0, int(_whole(renewals).item())])
        share = _survival(self._point + done, periods)
        low, high = share_interval(share, self._errors(lambda parameters: _survival(parameters + done, periods)))
        index = pd.Index(periods, name="period")
        return pd.DataFrame({"estimate": share, "low": low, "high": high}, index=index)

    def residual_lifetime(self, renewals: int | Sequence[int], discount_rate: float) -> pd.Series:
        """Return the discounted number of payments still to come from a customer who has renewed so often.

        Fader and Hardie (2010, Marketing Science 29(1), 85–93): the customer stands just before the next renewal, whose
        payment counts in full if it comes. Multiply by the margin of a period for the residual lifetime value; add one
        payment for a customer who has just begun.

        Parameters
        ----------
        renewals
            How often the customer has renewed; 0 in the first period.
        discount_rate
            Per period.

        Raises
        ------
        ValueError
            If a number of renewals is not whole, or the sum is infinite (no discount and alpha at most 1).
        """
        from scipy.special import hyp2f1

        if discount_rate < 0 or (discount_rate == 0 and self.alpha <= 1):
            raise ValueError(f"at a discount rate of {discount_rate:g} the residual lifetime is not finite")
        done = _whole(renewals)
        stays = self.beta + done
        sums = hyp2f1(1, stays + 1, self.alpha + stays + 1, 1 / (1 + discount_rate))
        lifetime = stays / (self.alpha + stays) * sums
        return pd.Series(lifetime, index=pd.Index(done, name="renewals"), name="residual_lifetime")

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the share still there after each period: observed, and fitted with its interval."""
        drawn = self.table.filter(["fitted", "observed", "low", "high"])
        words = (word("How many contracts survive?"), word("periods since the start"), word("still customers"))
        return plots.percent_axis(plots.lines(drawn, ax, *words))

    def _beside(self, time: Vector, left: Vector, weights: Vector) -> pd.DataFrame:
        """Return what was observed (as Kaplan and Meier 1958 count it) beside what is fitted."""
        last = int(time.max())
        periods = np.arange(last + 1)
        gone = np.bincount(time[left].astype(int), weights[left], last + 1)
        # who was renewed t times and is still there has not been seen to face the end of period t + 1
        at_risk = np.array([weights[time >= t].sum() for t in periods])
        stayed = np.divide(at_risk - gone, at_risk, out=np.ones(last + 1), where=at_risk > 0)
        fitted = self.project(last)
        columns = {"at_risk": at_risk, "churned": gone, "observed": np.cumprod(stayed), "fitted": fitted["estimate"]}
        return pd.DataFrame(columns, index=fitted.index).join(fitted[["low", "high"]])


def _log_likelihood(parameters: Vector, time: Vector, left: Vector) -> tuple[Vector, Vector]:
    """Return the log probability of each row, B(α + 1, β + t − 1) or B(α, β + t) over B(α, β), and its derivatives."""
    from scipy.special import betaln, digamma

    alpha, beta = parameters
    gone, kept = np.where(left, 1.0, 0.0), np.where(left, time - 1, time)
    both = digamma(alpha + beta) - digamma(alpha + beta + gone + kept)
    by_alpha = digamma(alpha + gone) - digamma(alpha) + both
    by_beta = digamma(beta + kept) - digamma(beta) + both
    return betaln(alpha + gone, beta + kept) - betaln(alpha, beta), np.stack([by_alpha, by_beta])


def _survival(parameters: Vector, periods: Vector) -> Vector:
    from scipy.special import betaln

    alpha, beta = parameters
    return np.exp(betaln(alpha, beta + periods) - betaln(alpha, beta))


def _from_survivors(survivors: Sequence[float]) -> pd.DataFrame:
    counts = np.asarray(survivors, float)
    if counts.ndim != 1 or len(counts) < 3 or not np.isfinite(counts).all():
        raise ValueError("survivors need at least three numbers: at the start, after one period, after two")
    if (np.diff(counts) > 0).any() or counts[-1] < 0:
        raise ValueError("survivors rise or fall below 0; a cohort can only shrink")
    if (np.abs(counts - counts.round()) > 1e-6).any():
        raise ValueError("survivors are shares; give numbers of customers, or the errors cannot be known")
    counts, last = counts.round(), len(counts) - 1
    rows = {"duration": [*range(1, last + 1), last], "churned": [1] * last + [0]}
    return pd.DataFrame(rows | {"customers": [*-np.diff(counts), counts[-1]]})


def _refuse_impossible(time: Vector, churned: Vector) -> None:
    wrong = {
        "duration is no whole number from 0 up": (time < 0) | (time != np.floor(time)),
        "churned is neither 0 nor 1": ~np.isin(churned, (0, 1)),
        "duration is 0 for a customer who left; the first period was paid": (churned > 0) & (time == 0),
    }
    for said, rows in wrong.items():
        if rows.any():
            raise ValueError(said)
    if not churned.any():
        raise ValueError("nobody left: the data cannot tell how long customers stay")
    if time.max() < 2:
        raise ValueError("one period was observed; two parameters need at least two")


def _whole(periods: Any) -> Vector:
    values = np.atleast_1d(np.asarray(periods, float))
    if not np.isfinite(values).all() or (values < 0).any() or (values != np.floor(values)).any():
        raise ValueError(f"{periods} is no whole number of periods from 0 up")
    return values.astype(int)
