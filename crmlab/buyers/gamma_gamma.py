"""How much customers spend when they buy: the gamma-gamma model.

Fader, Hardie and Lee (2005b, Journal of Marketing Research 42(4), 415–430). Each purchase of a customer is drawn from a
gamma distribution (shape p) around the customer's own mean; the means differ between customers by another gamma
distribution (q, v). A customer seen often keeps its own mean, one seen once is drawn towards the mean of all. The
model takes for granted that how often one buys tells nothing about how much one spends: look at `correlation` first.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
import pandas as pd

from crmlab.buyers.comparison import Comparison
from crmlab.engines import arrays, counts_of, need, numbers, to_pandas
from crmlab.estimation import NotIdentifiedError, Vector, count_interval, maximize, on_log_scale
from crmlab.fitted import Fitted, Parameter
from crmlab.grouping import distinct, weighted_sum

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_COLUMNS = ("frequency", "monetary_value")
_CLASSES = 10


@dataclass(frozen=True, eq=False, repr=False)
class GammaGamma(Fitted):
    """Gamma-gamma, fitted to `frequency` and `monetary_value` of the customers who came back.

    Attributes
    ----------
    p
        Shape of a customer's single purchases.
    q, v
        Shape and scale of the distribution between customers; `v` is in units of money.
    table
        Number of customers by mean spend: `actual`, `expected`, and the range `low` to `high` in which the actual
        number falls in 95 of 100 cases if the model is right.
    left_out
        How many customers were not used, because they never came back or spent nothing when they did.
    correlation
        Of frequency and mean spend among those used; the model takes 0 for granted.

    Examples
    --------
    >>> mean = [0, 20, 45, 90, 12, 30, 70, 18, 33, 60, 15, 32, 55, 22, 35, 61]
    >>> buyers = pd.DataFrame({"frequency": [0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 5, 5, 5, 8, 8, 8], "monetary_value": mean})
    >>> spend = GammaGamma.fit(buyers)
    >>> spend.left_out, round(spend.population_mean, 1)
    (1.0, 38.7)
    >>> spend.expected_spend(buyers).round(1).head(3).to_list()
    [38.7, 34.5, 40.1]
    """

    left_out: float
    correlation: float

    NAMES: ClassVar[tuple[str, ...]] = ("p", "q", "v")
    p = Parameter("Shape of a customer's single purchases.")
    q = Parameter("Shape of the distribution between customers.")
    v = Parameter("Scale of the distribution between customers, in units of money.")

    @classmethod
    def fit(cls, data: Any) -> Self:
        """Estimate the model by maximum likelihood from customers with `frequency` and `monetary_value` above 0.

        Parameters
        ----------
        data
            Columns `frequency` (repeat purchases) and `monetary_value` (their mean): one row a customer, or counts with
            a column `customers`, for example ``count_customers(buyers, ["frequency", "monetary_value"])``.

        Raises
        ------
        ValueError
            If a column is missing or impossible, nobody came back, or the data cannot identify the model.
        """
        x, mean, weights = _columns(data)
        everybody, spent = float(weights.sum()), (x > 0) & (mean > 0)
        (x, mean), weights = distinct([x[spent], mean[spent]], weights[spent])
        if weights.sum() <= len(cls.NAMES):
            raise ValueError("gamma-gamma needs more than three customers who came back and spent something")
        scale = float(weighted_sum(mean, weights) / weights.sum())
        objective = on_log_scale(_Spenders.of(x, mean, weights).likelihood)
        try:
            top = maximize(objective, list(np.log([2.0, 3.0, scale])), cls.NAMES)
        except NotIdentifiedError as error:
            text = "customers do not seem to differ in what they spend, or no purchase differs from the next"
            raise ValueError(f"GammaGamma: {error}; {text}") from error
        customers = float(weights.sum())
        table = partial(_by_spend, x=x, mean=mean, weights=weights)
        return cls(table, top, customers, everybody - customers, _correlation(x, mean, weights))

    @property
    def population_mean(self) -> float:
        """The mean spend of a purchase over all customers, p v / (q − 1).

        Raises
        ------
        ValueError
            If q is at most 1: the mean of this distribution is then infinite.
        """
        if self.q <= 1:
            raise ValueError(f"q is {self.q:.3f}: at or below 1 the model's mean spend is infinite; do not use it")
        return self.p * self.v / (self.q - 1)

    def expected_spend(self, data: Any) -> pd.Series:
        """Return the mean spend expected of each customer's future purchases, one for each row of `data`.

        A weighted mean of the customer's own mean and that of all. Who never
        came back is given the mean of all.

        Raises
        ------
        ValueError
            If a column is missing or empty, or the mean of all is infinite.
        """
        frame = to_pandas(data)
        need(frame.columns, _COLUMNS, "the table of customers")
        rows = numbers(frame.filter(_COLUMNS))
        x = rows["frequency"].where(rows["monetary_value"] > 0, 0.0)
        weight = self.p * x / (self.p * x + self.q - 1)
        return (weight * rows["monetary_value"] + (1 - weight) * self.population_mean).rename("expected_spend")

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw how many customers spend how much, actual and expected."""
        question = "Does the model repeat how much customers spend?"
        return Comparison(self.table, question, "mean spend of a purchase", "number of customers").plot(ax)


def _columns(data: Any) -> tuple[Vector, Vector, Vector]:
    """Return frequency, mean spend and number of customers of each row; refuse what is impossible."""
    frame = to_pandas(data)
    need(frame.columns, _COLUMNS, "the table of customers")
    x, mean = arrays(frame, _COLUMNS)
    weights = counts_of(frame, "the table of customers")
    wrong = {
        "frequency is no whole number from 0 up": (x < 0) | (x != np.floor(x)),
        "monetary_value is negative": mean < 0,
    }
    for said, rows in wrong.items():
        if (rows & (weights > 0)).any():
            raise ValueError(f"{said} for {weights[rows].sum():g} customers")
    return x, mean, weights


@dataclass(frozen=True, eq=False)
class _Spenders:
    """Customers made ready for the likelihood, which knows the mean spend of each only through its total.

    `n` and `tally`: how many customers came back how often; `total`: what each row spent; `pair`: its customers, and
    its purchases; `logs`: the sums of the logarithms that no parameter touches.
    """

    n: Vector
    tally: Vector
    total: Vector
    pair: Vector
    logs: tuple[float, float, float]

    @classmethod
    def of(cls, x: Vector, mean: Vector, weights: Vector) -> _Spenders:
        n, which = np.unique(x, return_inverse=True)
        pair = np.stack([weights, weights * x])
        once, often = weighted_sum(pair, np.log(mean))
        together = float(weighted_sum(pair[1], np.log(x * mean)))
        return cls(n, np.bincount(which, weights), x * mean, pair, (float(once), float(often), together))

    def likelihood(self, parameters: Vector) -> tuple[float, Vector, Vector]:
        """Return the log-likelihood of all, its gradient and its Hessian."""
        from scipy.special import digamma, gammaln, xlogy, zeta

        p, q, v = parameters
        size, (once, often, together) = self.tally.sum(), self.logs
        both, own, n = p * self.n + q, p * self.n, self.n
        beyond, reach = np.log(self.total + v), 1 / (self.total + v)
        (b, xb), (r, xr), (rr, xrr) = (weighted_sum(self.pair, row) for row in (beyond, reach, reach**2))
        height = weighted_sum(gammaln(both) - gammaln(own) + xlogy(own, n), self.tally)
        height += size * (q * np.log(v) - gammaln(q)) + p * often - once - p * xb - q * b
        by_p = weighted_sum(n * (digamma(both) - digamma(own)), self.tally) + together - xb
        by_q = weighted_sum(digamma(both), self.tally) + size * (np.log(v) - digamma(q)) - b
        bend = zeta(2.0, both)
        pp, pq, qq = weighted_sum(np.stack([n**2 * (bend - zeta(2.0, own)), n * bend, bend]), self.tally)
        qq, qv, vv = qq - size * zeta(2.0, q), size / v - r, p * xrr + q * rr - size * q / v**2
        hessian = np.array([[pp, pq, -xr], [pq, qq, qv], [-xr, qv, vv]])
        return float(height), np.array([by_p, by_q, size * q / v - p * xr - q * r]), hessian


def _by_spend(model: GammaGamma, x: Vector, mean: Vector, weights: Vector) -> pd.DataFrame:
    """Count customers by mean spend: the model's total spend over itself plus v is beta(p x, q)."""
    from scipy.special import betainc

    p, q, v = model.parameters
    order = np.argsort(mean)
    most = mean[order][np.searchsorted(np.cumsum(weights[order]), 0.97 * weights.sum())]
    width = float(f"{most / (_CLASSES - 1):.1g}") or 1.0
    edges = width * np.arange(_CLASSES)
    times, which = np.unique(x, return_inverse=True)
    size = np.bincount(which, weights)
    reach = times[None, :] * edges[:, None]
    below = np.vstack([betainc(p * times[None, :], q, reach / (reach + v)), np.ones(len(times))])
    share = np.diff(below, axis=0)
    actual = np.bincount(np.minimum(mean // width, _CLASSES - 1).astype(int), weights, _CLASSES)
    low, high = count_interval(share @ size, (share * (1 - share)) @ size)
    names = [f"{edge:g}–{edge + width:g}" for edge in edges[:-1]] + [f"{edges[-1]:g}+"]
    columns = {"actual": actual, "expected": share @ size, "low": low, "high": high}
    return pd.DataFrame(columns, index=pd.Index(names, name="mean spend"))


def _correlation(x: Vector, mean: Vector, weights: Vector) -> float:
    share = weights / weights.sum()
    x, mean = x - weighted_sum(x, share), mean - weighted_sum(mean, share)
    spread = float(np.sqrt(weighted_sum(x**2, share) * weighted_sum(mean**2, share)))
    return float(weighted_sum(x * mean, share)) / spread if spread > 0 else 0.0
