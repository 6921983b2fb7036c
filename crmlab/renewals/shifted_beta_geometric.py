"""The shifted-beta-geometric model: each customer leaves with a probability of its own that never changes.

Fader and Hardie (2007, Journal of Interactive Marketing 21(1), 76–90). At the end of each period a customer leaves with
a probability θ; between customers θ has a beta distribution (alpha, beta). Those with a high θ leave first, so the
retention rate of a cohort rises although no customer becomes more loyal. Where customers do not differ the model is the
geometric one, with a constant retention rate.
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


@dataclass(frozen=True, eq=False, repr=False)
class ShiftedBetaGeometric(RenewalModel):
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
    >>> sbg.project(5, renewals=7)["estimate"].round(3).to_list()  # the last is 0.378 / 0.489
    [1.0, 0.942, 0.891, 0.847, 0.808, 0.773]
    """

    NAMES: ClassVar[tuple[str, ...]] = ("alpha", "beta")
    alpha = Parameter("First parameter of the distribution of the probability to leave.")
    beta = Parameter("Second parameter of the distribution of the probability to leave.")

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

        if not discount_rate >= 0 or (discount_rate == 0 and self.alpha <= 1):
            raise ValueError(
                f"at a discount rate of {discount_rate:g} the residual lifetime is not finite or not known"
            )
        done = whole(renewals)
        stays = self.beta + done
        sums = hyp2f1(1, stays + 1, self.alpha + stays + 1, 1 / (1 + discount_rate))
        lifetime = stays / (self.alpha + stays) * sums
        return pd.Series(lifetime, index=pd.Index(done, name="renewals"), name="residual_lifetime")

    @staticmethod
    def _log_likelihood(parameters: Vector, time: Vector, left: Vector) -> tuple[Vector, Vector]:
        """Return log B(α + 1, β + t − 1) or log B(α, β + t), less log B(α, β), and its derivatives."""
        from scipy.special import betaln, digamma

        alpha, beta = parameters
        gone, kept = np.where(left, 1.0, 0.0), np.where(left, time - 1, time)
        both = digamma(alpha + beta) - digamma(alpha + beta + gone + kept)
        by_alpha = digamma(alpha + gone) - digamma(alpha) + both
        by_beta = digamma(beta + kept) - digamma(beta) + both
        return betaln(alpha + gone, beta + kept) - betaln(alpha, beta), np.stack([by_alpha, by_beta])

    @staticmethod
    def _survival(parameters: Vector, periods: Vector) -> Vector:
        from scipy.special import betaln

        alpha, beta = parameters
        return np.exp(betaln(alpha, beta + periods) - betaln(alpha, beta))

    @staticmethod
    def _start(leaving: float) -> list[float]:
        return [2 * leaving, 2 * (1 - leaving)]

    @staticmethod
    def _hint(leaving: float) -> str:
        return (
            "customers do not differ enough to tell two parameters; "
            f"a constant retention rate of {1 - leaving:.3f} a period describes them"
        )
