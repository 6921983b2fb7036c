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
from functools import cached_property

import numpy as np

from crmlab.estimation import Vector
from crmlab.grouping import tally, weighted_sum


@dataclass(frozen=True, eq=False)
class Histories:
    """Customers made ready for the likelihood.

    Attributes
    ----------
    x, recency, T, weights
        Repeat purchases, the last of them, the time observed, and how many customers share each such history.
    first
        1 where one may leave after the first purchase of all, and else 0: by how many the chances to leave exceed x.
    """

    x: Vector
    recency: Vector
    T: Vector
    weights: Vector
    first: int

    def likelihood(self, parameters: Vector) -> tuple[float, Vector, Vector]:
        """Return the log-likelihood of all customers, its gradient and its Hessian, by r, α, a and b.

        Examples
        --------
        >>> one = [np.array([value]) for value in (2.0, 30.43, 38.86, 1.0)]
        >>> height, slope, _ = Histories(*one, first=0).likelihood(np.array([0.243, 4.414, 0.793, 2.426]))
        >>> round(height, 4), slope.round(4).tolist()
        (-9.4586, [2.6962, -0.0002, -0.2029, 0.0766])
        """
        r, alpha, a, b = parameters
        buys, times = r + self.x, (alpha + self.T, alpha + self.recency)
        until, pace = np.log(times[0]), (1 / times[0], 1 / times[1])
        longer = until - np.log(times[1])
        last, share, more = self._left(a, b, buys * longer)
        left = self.weights * share
        stayed, customers = self.weights - left, float(self.weights.sum())
        height, slope, hessian = self._counted(r, a, b)
        height += r * np.log(alpha) * customers - weighted_sum(buys * until - more, self.weights)
        slower = buys * (stayed * pace[0] + left * pace[1])
        slope[0] += np.log(alpha) * customers - weighted_sum(until, self.weights) + weighted_sum(longer, left)
        slope[1:] += [r / alpha * customers - slower.sum(), left.sum() / a, -(left / last).sum()]
        turn = np.stack([longer, buys * (pace[0] - pace[1]), np.full(len(left), 1 / a), -1 / last])
        hessian += np.einsum("in,jn->ij", turn * (left * (1 - share)), turn)  # on one thread
        cross = customers / alpha - weighted_sum(pace[0], stayed) - weighted_sum(pace[1], left)
        hessian[0, 1] += cross
        hessian[1, 0] += cross
        bent = buys * (stayed * pace[0] ** 2 + left * pace[1] ** 2)
        bends = [bent.sum() - r * customers / alpha**2, -left.sum() / a**2, (left / last**2).sum()]
        hessian[[1, 2, 3], [1, 2, 3]] += bends
        return float(height), slope, hessian

    @cached_property
    def _tally(self) -> tuple[Vector, Vector]:
        return tally(self.x, self.weights)

    def _left(self, a: float, b: float, gained: Vector) -> tuple[Vector, Vector, Vector]:
        """Return b + chances − 1, the share of the likelihood that comes from having left, and what that adds to it."""
        ever = self.x + self.first > 0
        last = np.where(ever, b + self.x + self.first - 1, 1.0)
        odds = np.where(ever, np.log(a / last) + gained, -np.inf)
        small = np.exp(-np.abs(odds))
        return last, np.where(odds < 0, small, 1.0) / (1 + small), np.maximum(odds, 0.0) + np.log1p(small)

    def _counted(self, r: float, a: float, b: float) -> tuple[float, Vector, Vector]:
        """Return what the gamma functions add to the likelihood, its gradient and its Hessian."""
        from scipy.special import digamma, gammaln, zeta

        n, customers = self._tally
        chances = n + self.first
        more, start = np.stack([r + n, b + chances, a + b + chances]), np.array([[r], [b], [a + b]])
        buys, stays, meets = weighted_sum(gammaln(more) - gammaln(start), customers)
        by_r, by_b, by_ab = weighted_sum(digamma(more) - digamma(start), customers)
        rr, bb, both = weighted_sum(zeta(2.0, more) - zeta(2.0, start), customers)
        hessian = np.zeros((4, 4))
        hessian[0, 0], hessian[3, 3] = rr, bb
        hessian[2:, 2:] -= both
        return float(buys + stays - meets), np.array([by_r, 0.0, -by_ab, by_b - by_ab]), hessian
