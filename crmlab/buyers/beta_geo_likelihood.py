"""The likelihood of the BG/NBD and of the MBG/NBD, with its first and second derivatives.

A customer seen x times again is either still alive, or left right after the last purchase; the likelihood is the sum of
the two (Fader, Hardie and Lee 2005a, Marketing Science 24(2), equation 6; Batislam, Denizel and Filiztekin 2007,
International Journal of Research in Marketing 24(3), equation 5). The models differ only in how many chances to leave
there were: x, or x + 1 where one may leave after the first purchase of all. With both derivatives in closed form a fit
takes a handful of passes over the distinct histories. The gamma functions depend on x alone and are reckoned once for
each whole number.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crmlab.estimation import Vector
from crmlab.grouping import of_whole, weighted_sum


@dataclass(frozen=True, eq=False)
class Terms:
    """What each row adds to the log-likelihood.

    Attributes
    ----------
    height, slope
        The log-likelihood of each row, and its derivatives by r, α, a and b (one row each).
    share
        The part of the likelihood that comes from having left.
    turn
        By how much the derivatives of having left differ from those of being alive (one row each).
    x, first, pace, last
        Repeat purchases; by how many the chances to leave exceed them; 1 / (α + T) and 1 / (α + recency); and
        b + chances − 1.
    """

    height: Vector
    slope: Vector
    share: Vector
    turn: Vector
    x: Vector
    first: int
    pace: tuple[Vector, Vector]
    last: Vector

    @classmethod
    def of(cls, parameters: Vector, x: Vector, recency: Vector, T: Vector, first: int) -> Terms:
        """Reckon with every row; `first` is 1 where one may leave after the first purchase of all, and else 0.

        Examples
        --------
        >>> row = [np.array([2.0]), np.array([30.43]), np.array([38.86])]
        >>> terms = Terms.of(np.array([0.243, 4.414, 0.793, 2.426]), *row, first=0)
        >>> terms.height.round(4).tolist(), terms.slope.ravel().round(4).tolist()
        ([-9.4586], [2.6962, -0.0002, -0.2029, 0.0766])
        """
        from scipy.special import expit

        r, alpha, a, b = parameters
        chances, times = x + first, (alpha + T, alpha + recency)
        ever, until = chances > 0, (np.log(times[0]), np.log(times[1]))
        last, pace = np.where(ever, b + chances - 1, 1.0), (1 / times[0], 1 / times[1])
        longer = until[0] - until[1]
        odds = np.where(ever, np.log(a / last) + (r + x) * longer, -np.inf)
        share = expit(odds)
        turn = np.stack([longer, (r + x) * (pace[0] - pace[1]), np.full(len(x), 1 / a), -1 / last]) * ever
        ways, by_r, by_a, by_b = of_whole(lambda n: _ways(r, a, b, n, n + first), x)
        height = ways + r * np.log(alpha) - (r + x) * until[0] + np.logaddexp(0.0, odds)
        slope = share * turn
        slope += [by_r + np.log(alpha) - until[0], r / alpha - (r + x) * pace[0], by_a, by_b]
        return cls(height, slope, share, turn, x, first, pace, last)

    def hessian(self, parameters: Vector, weights: Vector) -> Vector:
        """Return the second derivatives of the weighted sum of the rows."""
        r, alpha, a, b = parameters
        left, stayed = weights * self.share, weights * (1 - self.share)
        bend = np.einsum("in,jn->ij", self.turn * (left * (1 - self.share)), self.turn)  # on one thread
        pace, slower = self.pace[0] * stayed, self.pace[1] * left
        by_r, by_ab, by_b = weighted_sum(of_whole(lambda n: _bends(r, a, b, n, n + self.first), self.x), weights)
        bend[0, 0] += by_r
        bend[0, 1] += weights.sum() / alpha - pace.sum() - slower.sum()
        bend[1, 1] += (
            (r + self.x) * (self.pace[0] * pace + self.pace[1] * slower)
        ).sum() - r * weights.sum() / alpha**2
        bend[2, 2] -= left.sum() / a**2
        bend[3, 3] += (left / self.last**2).sum() + by_b
        bend[2:, 2:] -= by_ab
        bend[1, 0] = bend[0, 1]
        return bend


def _ways(r: float, a: float, b: float, n: Vector, chances: Vector) -> Vector:
    """Return the gamma functions of the likelihood, and their derivatives by r, a and b."""
    from scipy.special import digamma, gammaln

    more = np.stack([r + n, b + chances, a + b + chances])
    start = np.array([[r], [b], [a + b]])
    buys, stays, meets = gammaln(more) - gammaln(start)
    by_r, by_b, by_ab = digamma(more) - digamma(start)
    return np.stack([buys + stays - meets, by_r, -by_ab, by_b - by_ab])


def _bends(r: float, a: float, b: float, n: Vector, chances: Vector) -> Vector:
    """Return the second derivatives of log Γ(start + n) − log Γ(start) for the starts r, a + b and b."""
    from scipy.special import zeta

    return zeta(2.0, [r + n, a + b + chances, b + chances]) - zeta(2.0, [[r], [a + b], [b]])
