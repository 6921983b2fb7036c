"""The beta-discrete-Weibull model: each customer's own probability to leave may rise or fall with its age.

Fader, Hardie, Liu, Davin and Steenburgh (2018, Journal of Interactive Marketing 43, 1–16). A customer is still there
after t periods with probability (1 − θ)^(t^c); between customers θ has a beta distribution (gamma, delta). With c above
1 a customer becomes more likely to leave, with c below 1 less likely, and with c = 1 the model is the
shifted-beta-geometric one. It thus parts what sorting does to a cohort from what age does to a customer, and fits
retention rates that first fall and then rise.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from crmlab.estimation import Vector
from crmlab.fitted import Parameter
from crmlab.renewals.renewal_model import RenewalModel, whole

_SMALLEST = 1e-12  # what the discounted payments left out of a sum may come to
_LOWEST = 1e-5  # the discount rate below which there are millions of payments to sum


@dataclass(frozen=True, eq=False, repr=False)
class BetaDiscreteWeibull(RenewalModel):
    """Beta-discrete-Weibull model of how many periods customers stay.

    Attributes
    ----------
    gamma, delta
        The beta distribution of the probability to leave at the end of the first period.
    c
        How that probability changes with age: above 1 it rises, below 1 it falls.
    table
        One row a period: `at_risk` (customers who could have left at its end), `churned`, `observed` (share still there
        after it), `fitted`, and `low` and `high`, the 95 % interval of the fitted share.

    Examples
    --------
    >>> bdw = BetaDiscreteWeibull.fit(survivors=[1000, 869, 743, 653, 593, 551, 517, 491])
    >>> round(bdw.gamma, 4), round(bdw.delta, 4), round(bdw.c, 4), round(bdw.log_likelihood, 3)
    (0.2143, 1.4266, 1.7236, -1605.314)
    >>> bdw.survival([8, 12]).round(3).to_list()
    [0.468, 0.404]
    >>> bdw.residual_lifetime(renewals=0, discount_rate=0.1).round(2).item()
    5.6
    """

    NAMES: ClassVar[tuple[str, ...]] = ("gamma", "delta", "c")
    LEAST: ClassVar[int] = 3
    gamma = Parameter("First parameter of the distribution of the probability to leave.")
    delta = Parameter("Second parameter of the distribution of the probability to leave.")
    c = Parameter("How a customer's own probability to leave changes with age; 1 is not at all.")

    def residual_lifetime(self, renewals: int | Sequence[int], discount_rate: float) -> pd.Series:
        """Return the discounted number of payments still to come from a customer who has renewed so often.

        The customer stands just before the next renewal, as in `ShiftedBetaGeometric`. There is no closed form: the
        payments are summed until those left out come to less than 1e-12.

        Parameters
        ----------
        renewals
            How often the customer has renewed; 0 in the first period.
        discount_rate
            Per period, above 0.

        Raises
        ------
        ValueError
            If a number of renewals is not whole, or the rate is not above 0, or so low that the sum has no end in
            sight.
        """
        if not _LOWEST <= discount_rate < np.inf:
            raise ValueError(
                f"discount_rate is {discount_rate:g}; below {_LOWEST:g} a period the sum has no end in sight"
            )
        done = whole(renewals)
        ahead = np.arange(int(np.ceil(-np.log(_SMALLEST * discount_rate) / np.log1p(discount_rate))) + 1)
        present = (1 + discount_rate) ** -ahead.astype(float)
        there = self._survival(self._point, done)
        sums = [present @ self._survival(self._point, start + 1 + ahead) for start in done]
        return pd.Series(sums / there, index=pd.Index(done, name="renewals"), name="residual_lifetime")

    @staticmethod
    def _survival(parameters: Vector, periods: Vector) -> Vector:
        return np.exp(_log_survival(parameters, np.asarray(periods, float))[0])

    @staticmethod
    def _log_likelihood(parameters: Vector, time: Vector, left: Vector) -> tuple[Vector, Vector]:
        """Return log S(t) of who is still there, log (S(t − 1) − S(t)) of who left."""
        after, slope_after = _log_survival(parameters, time)
        before, slope_before = _log_survival(parameters, np.where(left, time - 1, 0.0))
        ratio = np.where(left, np.exp(after - before), 0.5)  # who is still there has no period before
        leaving = before + np.log1p(-ratio)
        slope_leaving = slope_before - ratio / (1 - ratio) * (slope_after - slope_before)
        return np.where(left, leaving, after), np.where(left, slope_leaving, slope_after)

    @staticmethod
    def _start(leaving: float) -> list[float]:
        return [2 * leaving, 2 * (1 - leaving), 1.0]

    @staticmethod
    def _hint(leaving: float) -> str:  # noqa: ARG004
        return "fewer parameters describe these customers; fit ShiftedBetaGeometric"


def _log_survival(parameters: Vector, time: Vector) -> tuple[Vector, Vector]:
    """Return log B(γ, δ + t^c) / B(γ, δ) and its derivatives by γ, δ and c."""
    from scipy.special import betaln, digamma

    gamma, delta, c = parameters
    aged = time**c
    by_aged = digamma(delta + aged) - digamma(gamma + delta + aged)
    by_gamma = digamma(gamma + delta) - digamma(gamma + delta + aged)
    by_delta = by_aged - digamma(delta) + digamma(gamma + delta)
    by_c = by_aged * aged * np.log(np.maximum(time, 1))  # at 0 and 1 periods age changes nothing
    return betaln(gamma, delta + aged) - betaln(gamma, delta), np.stack([by_gamma, by_delta, by_c])
