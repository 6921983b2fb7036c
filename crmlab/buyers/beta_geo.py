"""Buying without a contract: how often customers buy, and which of them have silently left.

BG/NBD (Fader, Hardie and Lee 2005a, Marketing Science 24(2), 275–284). While alive, a customer buys at random at a rate
λ of its own; after each repeat purchase it leaves for good with a probability p of its own. The rates differ between
customers by a gamma distribution (shape r, rate α), the probabilities by a beta distribution (a, b). Three numbers a
customer are enough: frequency, recency and T.

The paper's expectations use a hypergeometric function that breaks down at a = 1 and overflows for loyal customers. They
are averages over p, and are computed here as such, by Gauss quadrature with the beta density as weight.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from crmlab.buyers.beta_geo_likelihood import Histories
from crmlab.buyers.buyer_model import BuyerModel
from crmlab.buyers.quadrature import beta_nodes, beta_size
from crmlab.estimation import Objective, Vector
from crmlab.fitted import Parameter
from crmlab.grouping import group_rows, weighted_sum

Moment = Callable[[Vector, Any, Any, Vector], Vector]


@dataclass(frozen=True, eq=False, repr=False)
class BetaGeo(BuyerModel):
    """BG/NBD, fitted to `frequency`, `recency`, `T`.

    Attributes
    ----------
    r, alpha
        Shape and rate of the gamma distribution of purchase rates; `alpha` is in units of time.
    a, b
        The beta distribution of the probability to leave after a repeat purchase.

    Examples
    --------
    >>> import pandas as pd
    >>> counts = pd.DataFrame({
    ...     "frequency": [0, 1, 1, 2, 2, 4, 8],
    ...     "recency": [0, 5, 25, 12, 33, 30, 36],
    ...     "T": [38, 38, 38, 38, 38, 38, 38],
    ...     "customers": [1400, 250, 200, 100, 110, 90, 50],
    ... })
    >>> buying = BetaGeo.fit(counts)
    >>> buying.converged, round(buying.r, 3), round(buying.alpha, 2)
    (True, 0.331, 12.72)
    >>> buying.probability_alive(counts.head(3)).round(2).to_list()
    [1.0, 0.37, 0.61]
    >>> float(buying.expected_purchases(39, counts).iloc[-1].round(2))
    5.78
    """

    NAMES: ClassVar[tuple[str, ...]] = ("r", "alpha", "a", "b")
    CHANCES: ClassVar[int] = 0  # to leave before the first repeat purchase
    r = Parameter("Shape of the distribution of purchase rates.")
    alpha = Parameter("Rate of the distribution of purchase rates, in units of time.")
    a = Parameter("First parameter of the distribution of the probability to leave.")
    b = Parameter("Second parameter of the distribution of the probability to leave.")

    def probability_of_purchases(self, n: Any, t: Any) -> Any:
        """Return the probability that a new customer makes exactly `n` repeat purchases within `t` units of time.

        Fader, Hardie and Lee (2005a), equation 8. `n` and `t` are numbers or arrays that broadcast.
        """
        share = self._probability(self._point, np.asarray(n, float), np.asarray(t, float))
        return float(share) if np.ndim(share) == 0 else share

    @classmethod
    def _likelihood(cls, x: Vector, recency: Vector, T: Vector, weights: Vector) -> Objective:
        return Histories(x, recency, T, weights, cls.CHANCES).likelihood

    @classmethod
    def _probability(cls, parameters: Vector, n: Vector, t: Vector) -> Vector:
        from scipy.special import betainc, betaln, gammaln, xlog1py, xlogy

        r, alpha, a, b = parameters
        past = t / (alpha + t)
        buys = gammaln(r + n) - gammaln(r) - gammaln(n + 1) + xlog1py(r, -past) + xlogy(n, past)
        stays = np.exp(buys + betaln(a, b + n) - betaln(a, b))
        some = np.maximum(n, 1)
        # the paper's one minus a sum is the chance of n purchases or more, which betainc gives without cancellation
        leaves = np.exp(betaln(a + 1, b + some - 1) - betaln(a, b)) * betainc(some, r, past)
        return stays + np.where(n > 0, leaves, 0.0)

    @classmethod
    def _alive(cls, parameters: Vector, x: Vector, recency: Vector, T: Vector) -> Vector:
        """Who never came back is alive for certain: in this model one leaves only after a repeat purchase."""
        from scipy.special import expit

        r, alpha, a, b = parameters
        odds = np.log(a) - np.log(np.where(x > 0, b + x - 1, 1.0)) + (r + x) * np.log((alpha + T) / (alpha + recency))
        return np.where(x > 0, expit(-odds), 1.0)

    @classmethod
    def _new_mean(cls, parameters: Vector, t: Vector) -> Vector:
        r, alpha, a, b = parameters
        return _average(_mean_given_p, t, r, alpha, a, b)

    @classmethod
    def _new_pairs(cls, parameters: Vector, t: Vector) -> Vector:
        r, alpha, a, b = parameters
        return _average(_pairs_given_p, t, r, alpha, a, b)

    @classmethod
    def _new_variance(cls, parameters: Vector, t: Vector) -> Vector:
        mean = cls._new_mean(parameters, t)
        return cls._new_pairs(parameters, t) + mean - mean**2

    @classmethod
    def _future_mean(cls, parameters: Vector, t: Vector, x: Vector, recency: Vector, T: Vector) -> Vector:
        return cls._alive(parameters, x, recency, T) * cls._future(_mean_given_p, parameters, t, x, T)

    @classmethod
    def _future_variance(cls, parameters: Vector, t: Vector, x: Vector, recency: Vector, T: Vector) -> Vector:
        mean = cls._future_mean(parameters, t, x, recency, T)
        pairs = cls._alive(parameters, x, recency, T) * cls._future(_pairs_given_p, parameters, t, x, T)
        return pairs + mean - mean**2

    @classmethod
    def _future(cls, moment: Moment, parameters: Vector, t: Vector, x: Vector, T: Vector) -> Vector:
        """Average over customers alive at T, whose λ is gamma(r + x, α + T) and whose p is beta(a, b + x)."""
        r, alpha, a, b = cls._given_alive(parameters)
        many = np.ndim(t) > 0  # when the last purchase was makes no difference
        which, rows = group_rows([x, T, np.broadcast_to(t, x.shape)] if many else [x, T])
        x, T, ahead, result = x[rows], T[rows], np.broadcast_to(t, which.shape)[rows], np.empty(len(rows))
        for n in np.unique(x):
            rows = x == n
            result[rows] = _average(moment, ahead[rows], r + n, alpha + T[rows], a, b + n)
        return result[which]

    @classmethod
    def _given_alive(cls, parameters: Vector) -> Vector:
        return parameters

    @classmethod
    def _start(cls, weights: Vector, x: Vector, T: Vector) -> Vector:
        pace = weighted_sum(x, weights) / weighted_sum(T, weights)
        return np.array([0.5, 0.5 / pace, 1.0, 2.0])

    @classmethod
    def _hint(cls, parameter: str) -> str:
        if parameter in {"a", "b"}:
            return "customers do not seem to leave, or all leave alike; observe them longer"
        return "customers do not seem to differ in how often they buy, or too few came back"


def _mean_given_p(p: Vector, r: Any, alpha: Any, t: Vector) -> Vector:
    """Expected purchases within t of a customer who leaves with probability p: (1 − (α/(α + pt))^r) / p."""
    return -np.expm1(-r * np.log1p(p * t / alpha)) / p


def _pairs_given_p(p: Vector, r: Any, alpha: Any, t: Vector) -> Vector:
    """Expected ordered pairs of purchases within t, E[X(X − 1)], from which the variance follows."""
    from scipy.special import betainc

    reach = p * t / alpha
    return 2 * (1 - p) / p**2 * betainc(2.0, r, reach / (1 + reach))


def _average(moment: Moment, t: Vector, r: float, alpha: Any, a: float, b: float) -> Vector:
    """Average a moment given p over p ~ beta(a, b), for each t."""
    reach = float(np.max(t / alpha, initial=0.0))
    nodes, weights = beta_nodes(float(a), float(b), beta_size(reach))
    return weights @ moment(nodes[:, None], r, alpha, np.asarray(t, float)[None, :])
