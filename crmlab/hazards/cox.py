"""Cox's regression on counts.

Cox (1972, JRSS B 34(2), 187–220) compares, at each time at which somebody left, those who left with all who could have.
Contracts end in whole months, so hundreds leave at one time. Efron (1977, JASA 72, 557–565) takes them as having left
one after the other in an unknown order; that comes much nearer to the truth than Breslow's sum, which lets nobody leave
before the month is over. The baseline is Efron's too, so that without covariates it repeats the observed curve.

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


@dataclass(frozen=True, eq=False)
class RiskSets:
    """Who could have left, and who left, at each time at which somebody did.

    Attributes
    ----------
    z
        Covariates, one row for each distinct customer.
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
        """Prepare the counts, with `z` as covariates."""
        duration, left = counts["duration"].to_numpy(float), counts["churned"].to_numpy(bool)
        weights = counts["customers"].to_numpy(float)
        times = np.unique(duration[left])
        place = np.searchsorted(times, duration, side="right")
        leavers = np.bincount(place[left] - 1, weights[left], len(times)).astype(int)
        part = np.concatenate([np.arange(number) / number for number in leavers])
        return cls(z, weights, left, place, times, leavers, part)

    def at_risk(self, values: Vector) -> Vector:
        """Sum `values` over the rows at risk at each event time."""
        return self._by_time(values, np.ones(len(self.left), bool), shift=0)[:0:-1].cumsum(axis=0)[::-1]

    def leaving(self, values: Vector) -> Vector:
        """Sum `values` over the rows that leave at each event time."""
        return self._by_time(values, self.left, shift=-1)[:-1]

    def over_order(self, values: Vector) -> Vector:
        """Sum `values`, one for each customer who left, over those leaving at each time."""
        return np.add.reduceat(values, np.cumsum(self.leavers) - self.leavers)

    def likelihood(self, coefficients: Vector) -> tuple[float, Vector]:
        """Return Efron's partial log-likelihood and its gradient."""
        predictor = self.z @ coefficients
        top = predictor.max()
        risk = self.weights * np.exp(predictor - top)
        phi = self._phi(risk)
        rows = self.weights * self.left
        height = rows @ predictor - np.log(phi).sum() - top * len(phi)
        share = 1 / phi
        plain, parts = self.over_order(share), self.over_order(self.part * share)
        moments = risk[:, None] * self.z
        slope = rows @ self.z - plain @ self.at_risk(moments) + parts @ self.leaving(moments)
        return float(height), slope

    def moments(self, coefficients: Vector) -> tuple[Vector, Vector]:
        """Return, by event time, the Schoenfeld residuals (summed over those who left) and the information."""
        predictor = self.z @ coefficients
        risk = self.weights * np.exp(predictor - predictor.max())
        phi, part = self._phi(risk), self.part
        a = [self.over_order(part**power / phi) for power in (0, 1)]
        b = [self.over_order(part**power / phi**2) for power in (0, 1, 2)]
        first, second = risk[:, None] * self.z, risk[:, None, None] * self.z[:, :, None] * self.z[:, None, :]
        s1, d1, s2, d2 = self.at_risk(first), self.leaving(first), self.at_risk(second), self.leaving(second)
        residuals = self.leaving(self.weights[:, None] * self.z) - (a[0][:, None] * s1 - a[1][:, None] * d1)
        means = _outer(b[0], s1, s1) - _outer(b[1], s1, d1) - _outer(b[1], d1, s1) + _outer(b[2], d1, d1)
        return residuals, a[0][:, None, None] * s2 - a[1][:, None, None] * d2 - means

    def baseline(self, coefficients: Vector) -> Vector:
        """Return by how much the cumulative hazard of the reference rises at each event time."""
        return self.over_order(1 / self._phi(self.weights * np.exp(self.z @ coefficients)))

    def _phi(self, risk: Vector) -> Vector:
        """Return the risk that remains when each customer leaves, after a part of those leaving then has gone."""
        there, leaving = (np.repeat(sums, self.leavers) for sums in (self.at_risk(risk), self.leaving(risk)))
        return there - self.part * leaving

    def _by_time(self, values: Vector, rows: Vector, shift: int) -> Vector:
        sums = np.zeros((len(self.times) + 1, *values.shape[1:]))
        np.add.at(sums, self.place[rows] + shift, values[rows])
        return sums


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
    return factor[:, None, None] * left[:, :, None] * right[:, None, :]
