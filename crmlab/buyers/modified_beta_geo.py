"""Buying without a contract, where a customer may leave right after the first purchase.

MBG/NBD (Batislam, Denizel and Filiztekin 2007, International Journal of Research in Marketing 24(3), 201–209). In the
BG/NBD nobody can leave before coming back once, so that every customer who never came back counts as alive. Here a
customer leaves with its probability p after each purchase, the first one included; all else is as in the BG/NBD.

The two are closer than their likelihoods look. A share b / (a + b) of the customers survives the first purchase, and
among those p has a beta distribution with a and b + 1: from then on they follow a BG/NBD with these two. So every
expectation here is that of a BG/NBD, times the share that survives.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from crmlab.buyers.beta_geo import BetaGeo
from crmlab.estimation import Vector


@dataclass(frozen=True, eq=False, repr=False)
class ModifiedBetaGeo(BetaGeo):
    """MBG/NBD, fitted to `frequency`, `recency`, `T`.

    Attributes
    ----------
    r, alpha
        Shape and rate of the gamma distribution of purchase rates; `alpha` is in units of time.
    a, b
        The beta distribution of the probability to leave after a purchase, the first one included.

    Examples
    --------
    >>> import pandas as pd
    >>> counts = pd.DataFrame({
    ...     "frequency": [0, 1, 1, 2, 2, 4, 8],
    ...     "recency": [0, 5, 25, 12, 33, 30, 36],
    ...     "T": [38, 38, 38, 38, 38, 38, 38],
    ...     "customers": [1400, 250, 200, 100, 110, 90, 50],
    ... })
    >>> buying = ModifiedBetaGeo.fit(counts)
    >>> buying.converged, round(buying.r, 3), round(buying.alpha, 2)
    (True, 1.28, 23.56)
    >>> buying.probability_alive(counts.head(3)).round(2).to_list()
    [0.23, 0.3, 0.59]
    """

    CHANCES: ClassVar[int] = 1  # to leave before the first repeat purchase

    @classmethod
    def _probability(cls, parameters: Vector, n: Vector, t: Vector) -> Vector:
        stays = _stays(parameters)
        return stays * BetaGeo._probability(_afterwards(parameters), n, t) + np.where(n > 0, 0.0, 1 - stays)

    @classmethod
    def _alive(cls, parameters: Vector, x: Vector, recency: Vector, T: Vector) -> Vector:
        from scipy.special import expit

        r, alpha, a, b = parameters
        return expit(np.log(b + x) - np.log(a) - (r + x) * np.log((alpha + T) / (alpha + recency)))

    @classmethod
    def _new_mean(cls, parameters: Vector, t: Vector) -> Vector:
        return _stays(parameters) * BetaGeo._new_mean(_afterwards(parameters), t)

    @classmethod
    def _new_pairs(cls, parameters: Vector, t: Vector) -> Vector:
        return _stays(parameters) * BetaGeo._new_pairs(_afterwards(parameters), t)

    @classmethod
    def _given_alive(cls, parameters: Vector) -> Vector:
        return _afterwards(parameters)


def _stays(parameters: Vector) -> float:
    """Return the share of customers who do not leave after the first purchase."""
    _, _, a, b = parameters
    return float(b / (a + b))


def _afterwards(parameters: Vector) -> Vector:
    """Return the parameters of the BG/NBD that those follow who survive the first purchase."""
    return np.asarray(parameters, float) + np.array([0.0, 0.0, 0.0, 1.0])
