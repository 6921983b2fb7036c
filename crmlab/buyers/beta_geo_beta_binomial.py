"""Buying at fixed occasions without a contract: yearly donations, cruises, events.

BG/BB (Fader, Hardie and Shang 2010, Marketing Science 29(6), 1086–1108). There is one opportunity to buy in each
period. While alive, a customer takes each opportunity with a probability p of its own; before each opportunity it
leaves for good with a probability θ of its own. Both differ between customers by beta distributions: (α, β) of buying
and (γ, δ) of leaving. Three whole numbers a customer are enough: how many opportunities there were, how many were taken
and which was the last one taken. With ever shorter periods the model becomes the Pareto/NBD.

The paper's sums of Gamma functions fail at γ = 1. They are sums of the chances to survive, and are added up as such.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd

from crmlab.buyers.buyer_model import by_row
from crmlab.buyers.discounting import DiscountedModel
from crmlab.buyers.predictions import History, history, refuse_rows
from crmlab.buyers.quadrature import beta_nodes, beta_size
from crmlab.estimation import Objective, Vector
from crmlab.fitted import Parameter

_COLUMNS = ("frequency", "recency", "opportunities")
_MOST = 10_000  # opportunities a customer; each of them is summed over
_FURTHEST = 100_000  # opportunities ahead
_ALIKE = 1_000.0  # from γ + δ of this size on, θ differs by less than a thirtieth of what a share can


@dataclass(frozen=True, eq=False, repr=False)
class BetaGeoBetaBinomial(DiscountedModel):
    """BG/BB, fitted to `frequency`, `recency`, `opportunities`.

    `frequency` is how many opportunities after the first purchase were taken, `recency` the number of the last one
    taken (0 where none was), `opportunities` how many there were.

    Attributes
    ----------
    alpha, beta
        The beta distribution of the probability to buy at an opportunity.
    gamma, delta
        The beta distribution of the probability to leave before an opportunity.

    Examples
    --------
    >>> import pandas as pd
    >>> counts = pd.DataFrame({
    ...     "frequency": [0, 1, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 4, 4, 5],
    ...     "recency": [0, 1, 2, 3, 4, 5, 2, 3, 4, 5, 3, 4, 5, 4, 5, 5],
    ...     "opportunities": 5,
    ...     "customers": [319, 105, 31, 18, 14, 12, 52, 28, 26, 28, 34, 33, 49, 35, 79, 137],
    ... })
    >>> giving = BetaGeoBetaBinomial.fit(counts)
    >>> giving.converged, round(giving.alpha, 2), round(giving.gamma, 2)
    (True, 1.2, 0.66)
    >>> giving.probability_alive(counts.tail(3)).round(2).to_list()
    [0.52, 0.92, 0.92]
    >>> giving.discounted_purchases(0.1, counts).round(1).to_list()[-1]
    5.6
    """

    NAMES: ClassVar[tuple[str, ...]] = ("alpha", "beta", "gamma", "delta")
    COLUMNS: ClassVar[tuple[str, ...]] = _COLUMNS
    alpha = Parameter("First parameter of the distribution of the probability to buy.")
    beta = Parameter("Second parameter of the distribution of the probability to buy.")
    gamma = Parameter("First parameter of the distribution of the probability to leave.")
    delta = Parameter("Second parameter of the distribution of the probability to leave.")

    @classmethod
    def fit(cls, data: Any) -> Self:
        """Estimate the model by maximum likelihood, as the other models of buying.

        Parameters
        ----------
        data
            Columns `frequency`, `recency`, `opportunities`, as `summarize_opportunities` returns them: one row a
            customer, or counts with a column `customers`. Both give the same answer.

        Raises
        ------
        ValueError
            If a column is missing or impossible, nobody came back, or the data cannot identify the model. Where all
            leave alike the likelihood rises for ever with γ and δ, by less than its own rounding: that is no maximum.
        """
        model = super().fit(data)
        loose = np.sqrt(np.diag(model.maximum.covariance))[2:] > 1
        if loose.all() and model.gamma + model.delta > _ALIKE:
            raise ValueError(f"{cls.__name__}: the data do not determine gamma; {cls._hint('gamma')}")
        return model

    def probability_alive(self, data: Any) -> pd.Series:
        """Return the probability that each customer is still there at the next opportunity, one for each row of `data`.

        Fader, Hardie and Shang (2010).
        """
        return super().probability_alive(data)

    def probability_of_purchases(self, n: Any, t: Any) -> Any:
        """Return the probability that a new customer takes exactly `n` of the next `t` opportunities.

        Fader, Hardie and Shang (2010). `n` and `t` are whole numbers or arrays that broadcast.
        """
        self._refuse_times(t)
        share = self._probability(self._point, np.asarray(n, float), np.asarray(t, float))
        return float(share) if np.ndim(share) == 0 else share

    @classmethod
    def _history(cls, data: Any) -> History:
        x, recency, n = history(data, _COLUMNS)
        wrong = {
            "recency is no whole number": recency != np.floor(recency),
            "opportunities is no whole number": n != np.floor(n),
            f"opportunities is more than {_MOST:,}; lay them on a coarser grid, such as months,": n > _MOST,
            "frequency is larger than recency, the number of the last opportunity taken,": x > recency,
        }
        refuse_rows(wrong)
        return x, recency, n

    @classmethod
    def _refuse_times(cls, t: Any) -> None:
        super()._refuse_times(t)
        if np.any(np.asarray(t) != np.floor(t)):
            raise ValueError(f"t is {t}; it is a whole number of opportunities")
        if np.any(np.asarray(t) > _FURTHEST):
            raise ValueError(f"t is {t}; look at most {_FURTHEST:,} opportunities ahead")

    @classmethod
    def _likelihood(cls, x: Vector, recency: Vector, T: Vector, weights: Vector) -> Objective:
        return by_row(cls._log_likelihood, x, recency, T, weights)

    @classmethod
    def _log_likelihood(cls, parameters: Vector, x: Vector, recency: Vector, T: Vector) -> tuple[Vector, Vector]:
        """Fader, Hardie and Shang (2010), summed in logarithms over the last opportunity met alive."""
        from scipy.special import betaln, digamma, logsumexp

        alpha, beta, gamma, delta = parameters
        last, gone = _last_met(recency, T)
        buys, some = x[:, None], np.where(last <= T[:, None], last, T[:, None])
        terms = betaln(alpha + buys, beta + some - buys) + betaln(gamma + gone, delta + some)
        terms = np.where(last <= T[:, None], terms, -np.inf)
        height = np.asarray(logsumexp(terms, axis=1))
        share = np.exp(terms - height[:, None])

        def mean(values: Vector) -> Vector:
            return np.einsum("ij,ij->i", share, np.broadcast_to(values, share.shape))

        met, left = digamma(alpha + beta + some), digamma(gamma + delta + some + gone)
        slopes = [
            digamma(alpha + x) - mean(met) - digamma(alpha) + digamma(alpha + beta),
            mean(digamma(beta + some - buys) - met) - digamma(beta) + digamma(alpha + beta),
            mean(digamma(gamma + gone) - left) - digamma(gamma) + digamma(gamma + delta),
            mean(digamma(delta + some) - left) - digamma(delta) + digamma(gamma + delta),
        ]
        return height - betaln(alpha, beta) - betaln(gamma, delta), np.stack(slopes)

    @classmethod
    def _probability(cls, parameters: Vector, n: Vector, t: Vector) -> Vector:
        from scipy.special import betaln, gammaln

        alpha, beta, gamma, delta = parameters
        n, t = np.broadcast_arrays(n, t)
        met = np.arange(int(np.max(t, initial=0)) + 1.0)  # opportunities met alive, the last one of them or all
        end = t[..., None]
        possible = (met <= end) & (n[..., None] <= met)
        few = np.where(possible, n[..., None], 0.0)
        ways = gammaln(met + 1) - gammaln(few + 1) - gammaln(met - few + 1)
        buys = betaln(alpha + few, beta + met - few) - betaln(alpha, beta)
        stays = betaln(gamma + (met < end), delta + met) - betaln(gamma, delta)
        return np.where(possible, np.exp(ways + buys + stays), 0.0).sum(axis=-1)

    def _histogram(self, x: Vector, T: Vector, weights: Vector) -> pd.DataFrame:
        """Leave out the classes that nobody can reach."""
        return super()._histogram(x, T, weights).iloc[: int(T.max()) + 1]

    @classmethod
    def _alive(cls, parameters: Vector, x: Vector, recency: Vector, T: Vector) -> Vector:
        _, _, gamma, delta = parameters
        return _alive_now(parameters, x, recency, T) * (delta + T) / (gamma + delta + T)

    @classmethod
    def _new_mean(cls, parameters: Vector, t: Vector) -> Vector:
        alpha, beta, gamma, delta = parameters
        return alpha / (alpha + beta) * _met(gamma, delta, t)[0]

    @classmethod
    def _new_variance(cls, parameters: Vector, t: Vector) -> Vector:
        alpha, beta, gamma, delta = parameters
        mean = cls._new_mean(parameters, t)
        twice = alpha * (alpha + 1) / ((alpha + beta) * (alpha + beta + 1))
        return twice * _met(gamma, delta, t)[1] + mean - mean**2

    @classmethod
    def _future_mean(cls, parameters: Vector, t: Vector, x: Vector, recency: Vector, T: Vector) -> Vector:
        return cls._future(parameters, t, x, recency, T)[0]

    @classmethod
    def _future_variance(cls, parameters: Vector, t: Vector, x: Vector, recency: Vector, T: Vector) -> Vector:
        mean, pairs = cls._future(parameters, t, x, recency, T)
        return pairs + mean - mean**2

    @classmethod
    def _future(cls, parameters: Vector, t: Vector, x: Vector, recency: Vector, T: Vector) -> tuple[Vector, Vector]:
        """Who is alive at T has a p that is beta(α + x, β + T − x) and a θ that is beta(γ, δ + T)."""
        alpha, beta, gamma, delta = parameters
        ahead, met = np.broadcast_to(t, x.shape), np.empty((2, *x.shape))
        for n in np.unique(T):
            rows = n == T
            met[:, rows] = _met(gamma, delta + n, ahead[rows])
        alive, often = _alive_now(parameters, x, recency, T), alpha + beta + T
        once = (alpha + x) / often
        return alive * once * met[0], alive * once * (alpha + x + 1) / (often + 1) * met[1]

    @classmethod
    def _future_discounted(cls, parameters: Vector, pace: float, x: Vector, recency: Vector, T: Vector) -> Vector:
        """The discounted residual transactions of Fader, Hardie and Shang (2010), as an average over θ."""
        alpha, beta, gamma, delta = parameters
        total = np.empty(x.shape)
        for n in np.unique(T):
            theta, weights = beta_nodes(float(gamma), float(delta + n), beta_size(1 / np.expm1(pace)))
            total[n == T] = weights @ ((1 - theta) / (np.expm1(pace) + theta))
        return _alive_now(parameters, x, recency, T) * (alpha + x) / (alpha + beta + T) * total

    @classmethod
    def _start(cls, weights: Vector, x: Vector, T: Vector) -> Vector:
        share = min(max(float((weights @ x) / (weights @ T)), 0.05), 0.95)
        return np.array([2 * share, 2 * (1 - share), 0.5, 2.0])

    @classmethod
    def _hint(cls, parameter: str) -> str:
        if parameter in {"gamma", "delta"}:
            return "customers do not seem to leave, or all leave alike; observe them longer"
        return "customers do not seem to differ in how often they buy, or too few came back"


def _last_met(recency: Vector, T: Vector) -> tuple[Vector, Vector]:
    """Return for each row the opportunities that may be the last one met alive, and 1 where the customer then left.

    From the last one taken up to the last of all; beyond that the entries of a row mean nothing.
    """
    last = recency[:, None] + np.arange(int(np.max(T - recency, initial=0)) + 1.0)
    return last, (last < T[:, None]).astype(float)


def _alive_now(parameters: Vector, x: Vector, recency: Vector, T: Vector) -> Vector:
    """Return the probability that the customer was alive at the last opportunity that there was."""
    from scipy.special import betaln

    alpha, beta, gamma, delta = parameters
    height, _ = BetaGeoBetaBinomial._log_likelihood(parameters, x, recency, T)
    alive = betaln(alpha + x, beta + T - x) + betaln(gamma, delta + T) - betaln(alpha, beta) - betaln(gamma, delta)
    return np.minimum(np.exp(alive - height), 1.0)


def _met(gamma: float, delta: float, t: Vector) -> Vector:
    """Return how many of the next t opportunities a customer meets alive, and how many ordered pairs of them."""
    times = np.asarray(t, int)
    steps = np.arange(int(np.max(times, initial=0)))
    survival = np.cumprod((delta + steps) / (gamma + delta + steps))
    singles, pairs = np.cumsum(survival), np.cumsum(2 * steps * survival)
    return np.stack([np.append(0.0, singles)[times], np.append(0.0, pairs)[times]])
