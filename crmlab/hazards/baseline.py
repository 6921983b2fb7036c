"""How the hazard runs over time, apart from the covariates.

The predictor η of a customer is 0 for the reference: every category at its reference level, every number at its mean.
Under proportional hazards S(t | η) = exp(−H(t) e^η) with one cumulative hazard H, whether it is a step function (Cox,
complementary log-log) or Weibull's (t / scale)^shape. With the logit link the odds of leaving in a month are
proportional, and survival is a product over months.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crmlab.estimation import Vector


@dataclass(frozen=True, eq=False)
class Steps:
    """A cumulative hazard that rises at certain times only; `last` is the last time observed."""

    times: Vector
    rises: Vector
    last: float

    def log_survival(self, predictor: Vector, time: Vector) -> Vector:
        """Return log S(time | predictor); both are broadcast against each other.

        Examples
        --------
        >>> flat = Steps(np.array([1.0, 2.0]), np.array([0.1, 0.1]), 2.0)
        >>> flat.log_survival(np.log([1.0, 2.0]), np.array(2.0)).round(6).tolist()
        [-0.2, -0.4]
        """
        height = np.concatenate([[0.0], np.cumsum(self.rises)])
        return -height[np.searchsorted(self.times, time, side="right")] * np.exp(predictor)

    @property
    def table(self) -> pd.DataFrame:
        """By time: the `hazard` (share of those there who leave) and `survival` of the reference customer."""
        survival = np.exp(-np.cumsum(self.rises))
        return _table(self.times, -np.expm1(-self.rises), survival)


@dataclass(frozen=True, eq=False)
class LogOdds:
    """The log odds of leaving in each month; `last` is the last month observed."""

    times: Vector
    rises: Vector
    last: float

    def log_survival(self, predictor: Vector, time: Vector) -> Vector:
        """Return log S(time | predictor); both are broadcast against each other."""
        total = np.zeros(np.broadcast_shapes(np.shape(predictor), np.shape(time)))
        for month, log_odds in zip(self.times, self.rises, strict=True):
            total -= np.where(np.asarray(time) >= month, np.logaddexp(0.0, log_odds + predictor), 0.0)
        return total

    @property
    def table(self) -> pd.DataFrame:
        """By time: the `hazard` (share of those there who leave) and `survival` of the reference customer."""
        survival = np.exp(self.log_survival(np.zeros(1), self.times))
        return _table(self.times, 1 / (1 + np.exp(-self.rises)), survival)


@dataclass(frozen=True, eq=False)
class WeibullCurve:
    """A cumulative hazard (t / scale)^shape; it is known at any time, so `last` is infinite."""

    scale: float
    shape: float
    observed: float
    last: float = np.inf

    def log_survival(self, predictor: Vector, time: Vector) -> Vector:
        """Return log S(time | predictor); both are broadcast against each other."""
        return -((np.asarray(time, float) / self.scale) ** self.shape) * np.exp(predictor)

    @property
    def table(self) -> pd.DataFrame:
        """By time, as far as was observed: the `hazard` of the period up to it and `survival` of the reference."""
        times = np.arange(1, int(np.ceil(self.observed)) + 1)
        rises = np.diff(-self.log_survival(np.zeros(1), np.array([0, *times])))
        return _table(times, -np.expm1(-rises), np.exp(-np.cumsum(rises)))


Baseline = Steps | LogOdds | WeibullCurve


@dataclass(frozen=True, eq=False)
class Estimate:
    """What each kind of model hands over: coefficients of scaled columns, their covariance, and the baseline."""

    coefficients: Vector
    covariance: Vector
    log_likelihood: float
    baseline: Baseline
    converged: bool = True


def _table(times: Vector, hazard: Vector, survival: Vector) -> pd.DataFrame:
    return pd.DataFrame({"hazard": hazard, "survival": survival}, index=pd.Index(times, name="time"))
