"""Cox's regression on counts.

Cox (1972, JRSS B 34(2), 187–220) compares, at each time at which somebody left, those who left with all who could have.
Contracts end in whole months, so hundreds leave at one time. Efron (1977, JASA 72, 557–565) takes them as having left
one after the other in an unknown order; that comes much nearer to the truth than Breslow's sum, which lets nobody leave
before the month is over. The baseline is Efron's too, so that without covariates it repeats the observed curve.

Nothing here runs over pairs of customers. Sums over those at risk are running sums over time, and what a customer adds
to gradient and Hessian depends on time only through how much baseline hazard it has lived through. So the work grows
with the number of rows, also where every contract ends at a second of its own.

A count stands for so many customers, each of them a tie of its own. Survival libraries read weights in another way (one
row is one tie, whatever its weight), so the likelihood stands here; on one row a customer it is that of `lifelines`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from crmlab.estimation import NotIdentifiedError, Vector, maximize
from crmlab.hazards.baseline import Estimate, Steps

_MOST_LEAVERS = 100_000_000  # each takes some hundred bytes while the likelihood is climbed


@dataclass(frozen=True, eq=False)
class RiskSets:
    """Who could have left, and who left, at each time at which somebody did.

    Attributes
    ----------
    z
        Covariates, one column for each distinct customer.
    weights, left
        How many customers a row stands for, and whether they left.
    place
        For each row, the number of event times up to its duration.
    times
        The times at which somebody left.
    leavers
        How many customers left at each time.
    part
        For each of them, in order of time: the part of those leaving then who went before.
    """

    z: Vector
    weights: Vector
    left: Vector
    place: Vector
    times: Vector
    leavers: Vector
    part: Vector

    @classmethod
    def of(cls, counts: pd.DataFrame, z: Vector) -> RiskSets:
        """Prepare the counts, with `z` as covariates, one row for each row of the counts."""
        duration, left = counts["duration"].to_numpy(float), counts["churned"].to_numpy(bool)
        weights = counts["customers"].to_numpy(float)
        times = np.unique(duration[left])
        place = np.searchsorted(times, duration, side="right")
        leavers = np.bincount(place[left] - 1, weights[left], len(times)).astype(int)
        if leavers.sum() > _MOST_LEAVERS:
            raise ValueError(
                f"{leavers.sum():,} customers left, too many to be taken one after the other (at most "
                f"{_MOST_LEAVERS:,}); fit kind='cloglog', which counts them, or a sample"
            )
        before = np.repeat(np.cumsum(leavers) - leavers, leavers)
        part = (np.arange(len(before)) - before) / np.repeat(leavers, leavers)
        return cls(np.ascontiguousarray(z.T), weights, left, place, times, leavers, part)

    def at_risk(self, values: Vector) -> Vector:
        """Sum `values`, whose last axis runs over the rows, over those at risk at each event time."""
        return self._by_time(values, self.place)[..., :0:-1].cumsum(axis=-1)[..., ::-1]

    def leaving(self, values: Vector) -> Vector:
        """Sum `values`, whose last axis runs over the rows, over those that leave at each event time."""
        return self._by_time(values[..., self.left], self.place[self.left] - 1)[..., :-1]

    def over_order(self, values: Vector) -> Vector:
        """Sum `values`, one for each customer who left, over those leaving at each time."""
        return np.add.reduceat(values, np.cumsum(self.leavers) - self.leavers)

    def likelihood(self, coefficients: Vector) -> tuple[float, Vector, Vector]:
        """Return Efron's partial log-likelihood, its gradient and its Hessian."""
        predictor = coefficients @ self.z
        top = predictor.max()
        risk, rows = self.weights * np.exp(predictor - top), self.weights * self.left
        phi = self._phi(risk)
        height = rows @ predictor - np.log(phi).sum() - top * len(phi)
        a, b = self._orders(phi)
        lived = np.concatenate([[0.0], np.cumsum(a[0])])[self.place]
        expected = risk * (lived - self.left * a[1][self.place - 1])  # how many of each row were to leave
        first = risk * self.z
        s1, d1 = self.at_risk(first), self.leaving(first)
        mixed = (s1 * b[1]) @ d1.T
        means = (s1 * b[0]) @ s1.T - mixed - mixed.T + (d1 * b[2]) @ d1.T
        return float(height), self.z @ (rows - expected), means - (self.z * expected) @ self.z.T

    def moments(self, coefficients: Vector) -> tuple[Vector, Vector]:
        """Return, by event time, the Schoenfeld residuals (summed over those who left) and the information."""
        predictor = coefficients @ self.z
        risk = self.weights * np.exp(predictor - predictor.max())
        a, b = self._orders(self._phi(risk))
        first, second = risk * self.z, risk * self.z[:, None] * self.z[None, :]
        s1, d1, s2, d2 = self.at_risk(first), self.leaving(first), self.at_risk(second), self.leaving(second)
        residuals = self.leaving(self.weights * self.z) - (a[0] * s1 - a[1] * d1)
        mixed = _outer(b[1], s1, d1)
        means = _outer(b[0], s1, s1) - mixed - mixed.swapaxes(0, 1) + _outer(b[2], d1, d1)
        return residuals.T, np.moveaxis(a[0] * s2 - a[1] * d2 - means, -1, 0)

    def baseline(self, coefficients: Vector) -> Vector:
        """Return by how much the cumulative hazard of the reference rises at each event time."""
        return self.over_order(1 / self._phi(self.weights * np.exp(coefficients @ self.z)))

    def _phi(self, risk: Vector) -> Vector:
        """Return the risk that remains when each customer leaves, after a part of those leaving then has gone."""
        there, leaving = (np.repeat(sums, self.leavers) for sums in (self.at_risk(risk), self.leaving(risk)))
        return there - self.part * leaving

    def _orders(self, phi: Vector) -> tuple[list[Vector], list[Vector]]:
        """Return, by event time, the sums of part^k / phi for k = 0, 1 and of part^k / phi² for k = 0, 1, 2."""
        share, later = 1 / phi, self.part / phi
        pairs = [share * share, share * later, later * later]
        return [self.over_order(share), self.over_order(later)], [self.over_order(pair) for pair in pairs]

    def _by_time(self, values: Vector, place: Vector) -> Vector:
        size = len(self.times) + 1
        sums = [np.bincount(place, row, size) for row in values.reshape(-1, len(place))]
        return np.stack(sums).reshape(*values.shape[:-1], size)


def fit_cox(counts: pd.DataFrame, z: Vector, names: Sequence[str]) -> Estimate:
    """Fit Cox's regression with Efron's ties to counts.

    Raises
    ------
    ValueError
        If the data do not determine an effect.
    """
    sets = RiskSets.of(counts, z)
    try:
        top = maximize(sets.likelihood, [0.0] * len(names), names)
    except NotIdentifiedError as error:
        raise ValueError(
            f"{error.parameter}: its hazard ratio has no end, for it separates those who left from those who stayed; "
            "join levels or leave it out"
        ) from error
    steps = Steps(sets.times, sets.baseline(top.point), float(counts["duration"].max()))
    return Estimate(top.point, top.covariance, top.log_likelihood, steps, top.converged)


def _outer(factor: Vector, left: Vector, right: Vector) -> Vector:
    return factor * left[:, None] * right[None, :]
