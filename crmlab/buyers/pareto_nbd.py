"""Buying without a contract, where a customer may leave at any moment.

Pareto/NBD (Schmittlein, Morrison and Colombo 1987, Management Science 33(1), 1–24). While alive, a customer buys at
random at a rate λ of its own; it leaves at random at another rate μ of its own, whether it buys or not. The rates
differ between customers by two gamma distributions: (r, α) of buying and (s, β) of leaving. Nobody is told that a
customer has left: it shows only in a silence that is long for one who used to buy so often.

The likelihood is that of still being alive at the end, plus an integral over the moments between the last purchase and
the end at which the customer may have left. Fader and Hardie (2005, A Note on Deriving the Pareto/NBD Model) write that
integral as a difference of two hypergeometric functions, which loses its digits when the silence is short and overflows
when purchases are many. Here the integral itself is computed, by Gauss quadrature over the logarithm of time, and so is
its gradient: every term is positive, and nothing cancels.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from crmlab.buyers.buyer_model import by_row
from crmlab.buyers.discounting import DiscountedModel
from crmlab.buyers.quadrature import line_nodes
from crmlab.estimation import Objective, Vector
from crmlab.fitted import Parameter

_NODES = 32
_MANY_NODES = 96
_NOTHING = 45.0  # what has fallen by a factor exp(−45) no longer counts
_BLOCK = 512  # rows done at once: they fit into the cache, and a million customers into memory


@dataclass(frozen=True, eq=False, repr=False)
class ParetoNBD(DiscountedModel):
    """Pareto/NBD, fitted to `frequency`, `recency`, `T`.

    Attributes
    ----------
    r, alpha
        Shape and rate of the gamma distribution of purchase rates; `alpha` is in units of time.
    s, beta
        Shape and rate of the gamma distribution of the rates of leaving; `beta` is in units of time.

    Examples
    --------
    >>> import pandas as pd
    >>> counts = pd.DataFrame({
    ...     "frequency": [0, 1, 1, 2, 2, 4, 8],
    ...     "recency": [0, 5, 25, 12, 33, 30, 36],
    ...     "T": [38, 38, 38, 38, 38, 38, 38],
    ...     "customers": [1400, 250, 200, 100, 110, 90, 50],
    ... })
    >>> buying = ParetoNBD.fit(counts)
    >>> buying.converged, round(buying.r, 3), round(buying.alpha, 2)
    (True, 0.675, 24.67)
    >>> buying.probability_alive(counts.head(3)).round(2).to_list()
    [0.43, 0.41, 0.82]
    >>> buying.discounted_purchases(1.1 ** (1 / 52) - 1, counts).round(2).to_list()[-1]
    21.43
    """

    NAMES: ClassVar[tuple[str, ...]] = ("r", "alpha", "s", "beta")
    r = Parameter("Shape of the distribution of purchase rates.")
    alpha = Parameter("Rate of the distribution of purchase rates, in units of time.")
    s = Parameter("Shape of the distribution of the rates of leaving.")
    beta = Parameter("Rate of the distribution of the rates of leaving, in units of time.")

    def probability_of_purchases(self, n: Any, t: Any) -> Any:
        """Return the probability that a new customer makes exactly `n` repeat purchases within `t` units of time.

        Fader and Hardie (2006, Deriving an Expression for P(X(t) = x) Under the Pareto/NBD Model). `n` and `t` are
        numbers or arrays that broadcast.
        """
        share = self._probability(self._point, np.asarray(n, float), np.asarray(t, float))
        return float(share) if np.ndim(share) == 0 else share

    @classmethod
    def _likelihood(cls, x: Vector, recency: Vector, T: Vector, weights: Vector) -> Objective:
        return by_row(cls._log_likelihood, x, recency, T, weights)

    @classmethod
    def _log_likelihood(cls, parameters: Vector, x: Vector, recency: Vector, T: Vector) -> tuple[Vector, Vector]:
        """Schmittlein, Morrison and Colombo (1987), summed in logarithms."""
        from scipy.special import digamma, gammaln

        r, alpha, s, beta = parameters
        alive = -(r + x) * np.log(alpha + T) - s * np.log(beta + T)
        gone, means = _left_before(parameters, x, recency, T)
        both = np.logaddexp(alive, gone)
        share = np.exp(gone - both)  # of the likelihood that comes from having left
        height = gammaln(r + x) - gammaln(r) + r * np.log(alpha) + s * np.log(beta) + both
        log_buy, buy, log_leave, leave = means
        by_r = digamma(r + x) - digamma(r) + np.log(alpha) - (1 - share) * np.log(alpha + T) - share * log_buy
        by_alpha = r / alpha - (r + x) * ((1 - share) / (alpha + T) + share * buy)
        by_s = np.log(beta) - (1 - share) * np.log(beta + T) + share * (1 / s - log_leave)
        by_beta = s / beta - (1 - share) * s / (beta + T) - share * (s + 1) * leave
        return height, np.stack([by_r, by_alpha, by_s, by_beta])

    @classmethod
    def _probability(cls, parameters: Vector, n: Vector, t: Vector) -> Vector:
        from scipy.special import gammaln, xlog1py, xlogy

        r, alpha, s, beta = parameters
        least, (nodes, weights) = min(alpha, beta), line_nodes(_MANY_NODES)
        reach = np.log1p(t / least)
        times = least * np.expm1(reach[..., None] * nodes)  # the moments at which the customer may have left
        many, ways = n[..., None], gammaln(r + n) - gammaln(r) - gammaln(n + 1)

        def buys(count: Vector, time: Vector) -> Vector:
            return xlog1py(-r, time / alpha) + xlogy(count, time / (alpha + time))

        leaves = np.log(s / beta) - (s + 1) * np.log1p(times / beta) + np.log(least + times)
        gone = reach * (np.exp(buys(many, times) + leaves) @ weights)
        return np.exp(ways) * (np.exp(buys(n, t) - s * np.log1p(t / beta)) + gone)

    @classmethod
    def _alive(cls, parameters: Vector, x: Vector, recency: Vector, T: Vector) -> Vector:
        from scipy.special import expit

        r, alpha, s, beta = parameters
        gone, _ = _left_before(parameters, x, recency, T)
        return expit(-(r + x) * np.log(alpha + T) - s * np.log(beta + T) - gone)

    @classmethod
    def _new_mean(cls, parameters: Vector, t: Vector) -> Vector:
        r, alpha, s, beta = parameters
        return _mean(r, alpha, s, beta, t)

    @classmethod
    def _new_variance(cls, parameters: Vector, t: Vector) -> Vector:
        r, alpha, s, beta = parameters
        mean = _mean(r, alpha, s, beta, t)
        return _pairs(r, alpha, s, beta, t) + mean - mean**2

    @classmethod
    def _future_mean(cls, parameters: Vector, t: Vector, x: Vector, recency: Vector, T: Vector) -> Vector:
        """Who is alive at T has a λ that is gamma(r + x, α + T) and a μ that is gamma(s, β + T)."""
        r, alpha, s, beta = parameters
        return cls._alive(parameters, x, recency, T) * _mean(r + x, alpha + T, s, beta + T, t)

    @classmethod
    def _future_variance(cls, parameters: Vector, t: Vector, x: Vector, recency: Vector, T: Vector) -> Vector:
        r, alpha, s, beta = parameters
        alive = cls._alive(parameters, x, recency, T)
        mean = alive * _mean(r + x, alpha + T, s, beta + T, t)
        return alive * _pairs(r + x, alpha + T, s, beta + T, t) + mean - mean**2

    @classmethod
    def _future_discounted(cls, parameters: Vector, pace: float, x: Vector, recency: Vector, T: Vector) -> Vector:
        """Fader, Hardie and Lee (2005b), equation 4: the mean rate of buying times the discounted time left."""
        r, alpha, s, beta = parameters
        left = (beta + T) * _discounted_time(s, pace * (beta + T))
        return cls._alive(parameters, x, recency, T) * (r + x) / (alpha + T) * left

    @classmethod
    def _start(cls, weights: Vector, x: Vector, T: Vector) -> Vector:
        pace, span = (weights @ x) / (weights @ T), (weights @ T) / weights.sum()
        return np.array([0.5, 0.25 / pace, 0.5, 0.5 * span])

    @classmethod
    def _hint(cls, parameter: str) -> str:
        if parameter in {"s", "beta"}:
            return "customers do not seem to leave, or all leave alike; observe them longer"
        return "customers do not seem to differ in how often they buy, or too few came back"


def _left_before(parameters: Vector, x: Vector, recency: Vector, T: Vector) -> tuple[Vector, Vector]:
    """Return the log of the integral over the moments u between the last purchase and the end, and four means over it.

    The integrand is s (α + u)^−(r + x) (β + u)^−(s + 1); the means are those of log(α + u), 1 / (α + u), log(β + u) and
    1 / (β + u), from which the gradient follows.
    """
    logs, means = np.empty(x.shape), np.empty((4, *x.shape))
    for first in range(0, len(x), _BLOCK):
        rows = slice(first, first + _BLOCK)
        logs[rows], means[:, rows] = _left_in_block(parameters, x[rows], recency[rows], T[rows])
    return logs, means


def _left_in_block(parameters: Vector, x: Vector, recency: Vector, T: Vector) -> tuple[Vector, Vector]:
    r, alpha, s, beta = parameters
    least, (nodes, weights) = min(alpha, beta), line_nodes(_NODES)
    reach = _effective_reach(parameters, x, recency, T)
    u = recency[:, None] + (least + recency)[:, None] * np.expm1(reach[:, None] * nodes)
    log_buy, log_leave = np.log(alpha + u), np.log(beta + u)
    heights = -(r + x)[:, None] * log_buy - (s + 1) * log_leave + (log_buy if alpha <= beta else log_leave)
    top = heights.max(axis=1)
    mass = np.exp(heights - top[:, None]) * weights
    total = mass.sum(axis=1)
    with np.errstate(divide="ignore"):  # no time has passed since the last purchase: nobody can have left
        logs = np.log(s) + np.log(reach) + top + np.log(total)
    values = (log_buy, 1 / (alpha + u), log_leave, 1 / (beta + u))
    return logs, np.stack([np.einsum("ij,ij->i", mass, value) / total for value in values])


def _effective_reach(parameters: Vector, x: Vector, recency: Vector, T: Vector) -> Vector:
    """Return how far the integral reaches in v = log(γ + u) − log(γ + recency), γ the smaller of α and β.

    The log of the integrand is concave in v. So Newton steps from the far end, taken only where it lies below what
    counts, come down towards the place where it last counted and never pass it.
    """
    r, alpha, s, beta = parameters
    start = min(alpha, beta) + recency
    reach = np.log1p((T - recency) / start)

    def height(v: Vector) -> tuple[Vector, Vector]:
        late = start * np.exp(v)
        u = recency + start * np.expm1(v)
        slope = late * (-(r + x) / (alpha + u) - (s + 1) / (beta + u)) + 1
        return -(r + x) * np.log(alpha + u) - (s + 1) * np.log(beta + u) + v, slope

    least = height(np.zeros_like(reach))[0] - _NOTHING
    for _ in range(8):
        now, slope = height(reach)
        far = now < least
        if not far.any():
            break
        reach = np.where(far, reach - (now - least) / np.where(far, slope, -1.0), reach)
    return reach


def _mean(r: Any, alpha: Any, s: float, beta: Any, t: Any) -> Vector:
    """Expected purchases within t, r / α times the mean time alive; finite at s = 1, where the paper divides by 0."""
    return r / alpha * beta * _shrunk(s - 1, np.log1p(t / beta))


def _pairs(r: Any, alpha: Any, s: float, beta: Any, t: Any) -> Vector:
    """Expected ordered pairs of purchases within t, E[X(X − 1)] = E[λ²] E[(time alive)²]."""
    late = np.log1p(t / beta)
    return 2 * r * (r + 1) / alpha**2 * beta**2 * (_shrunk(s - 2, late) - _shrunk(s - 1, late))


def _shrunk(rate: float, time: Vector) -> Vector:
    """Return (1 − exp(−rate · time)) / rate, which is the time itself at rate 0."""
    return time if abs(rate) < 1e-12 else -np.expm1(-rate * time) / rate


def _discounted_time(s: float, z: Vector) -> Vector:
    """Return the integral of exp(−z q) (1 + q)^−s over q from 0, Tricomi's Ψ(1, 2 − s; z), over y = log(1 + q)."""
    nodes, weights = line_nodes(_MANY_NODES)
    reach = np.minimum(np.log1p(2 * _NOTHING / z), _NOTHING / max(s - 1, 1e-9))
    y = reach[:, None] * nodes
    return reach * (np.exp(-z[:, None] * np.expm1(y) - (s - 1) * y) @ weights)
