"""Maximum likelihood for the small models of this package, and the errors of whatever is computed from them.

A model hands over its log-likelihood with its gradient, as a function of unbounded parameters (logarithms or logits),
and with its Hessian where it knows that; otherwise the Hessian is the gradient's differences. Here it is climbed by
Newton steps, so that the answer is exact and does not depend on how the data were grouped, and the last Hessian gives
the covariance. With so few parameters this is quick, and unlike the quasi-Newton methods of
scipy it starts no threads, which matters where a class shares a machine. Where the climb runs away, the data do not
identify the model, and that is said instead of returning the place where the climb happened to stop.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

Vector = np.ndarray
Objective = Callable[[Vector], tuple[float, Vector] | tuple[float, Vector, Vector]]

Z95 = 1.959964
_REACH = 12.0  # how far, on the unbounded scale, a parameter may move from its start
_STRIDE = 2.0  # the longest step of one parameter
_STEPS = 200
_LOOSEST = 6.0  # a parameter known no better than within a factor exp(±2·6) is not known


class NotIdentifiedError(ValueError):
    """The data cannot identify the model; `parameter` names one that ran away."""

    def __init__(self, parameter: str) -> None:
        super().__init__(f"the data do not determine {parameter}")
        self.parameter = parameter


@dataclass(frozen=True, eq=False)
class Maximum:
    """Where a log-likelihood is highest.

    Attributes
    ----------
    names
        The parameters, in order.
    point, covariance
        The estimates and their covariance on the unbounded scale.
    log_likelihood
        Its height there.
    converged
        Whether the climb ended on a flat top: a Newton step would gain less than 1e-6.
    """

    names: tuple[str, ...]
    point: Vector
    covariance: Vector
    log_likelihood: float
    converged: bool


def maximize(objective: Objective, start: Sequence[float], names: Sequence[str]) -> Maximum:
    """Return the maximum of a log-likelihood.

    Parameters
    ----------
    objective
        Returns the log-likelihood, its gradient and, where the model knows it, its Hessian, at a vector of unbounded
        parameters.
    start
        Where to begin; the search stays within ±12 of it.
    names
        The names of the parameters.

    Raises
    ------
    NotIdentifiedError
        If a parameter runs away, or is not known within any useful bounds.

    Warns
    -----
    UserWarning
        If the climb ended below the top; `converged` is then False.

    Examples
    --------
    >>> top = maximize(lambda v: (-float((v[0] - 2) ** 2), -2 * (v - 2)), [0.0], ["mean"])
    >>> round(float(top.point[0]), 6), round(float(top.covariance[0, 0]), 6), top.converged
    (2.0, 0.5, True)
    """
    point = _climb(objective, np.asarray(start, float), names)
    here = objective(point)
    covariance, slope = _invert(-_hessian(objective, point, here), names), here[1]
    converged = bool(slope @ covariance @ slope < 2e-6)
    if not converged:
        warnings.warn("The likelihood is not at its top: do not rely on these estimates.", stacklevel=3)
    return Maximum(tuple(names), point, covariance, float(here[0]), converged)


def _refuse_runaways(runaway: Vector, names: Sequence[str]) -> None:
    if runaway.any():
        raise NotIdentifiedError(names[int(np.argmax(runaway))])


def on_log_scale(objective: Objective) -> Objective:
    """Return an objective of positive parameters as one of their logarithms.

    Examples
    --------
    >>> height, slope = on_log_scale(lambda v: (float(v[0] ** 2), 2 * v))(np.log([3.0]))
    >>> round(height, 9), slope.round(9).tolist()
    (9.0, [18.0])
    """

    def of_logs(point: Vector) -> tuple[float, Vector] | tuple[float, Vector, Vector]:
        parameters = np.exp(point)
        height, slope, *hessian = objective(parameters)
        slope = slope * parameters
        if not hessian:
            return height, slope
        return height, slope, hessian[0] * np.outer(parameters, parameters) + np.diag(slope)

    return of_logs


def _climb(objective: Objective, begin: Vector, names: Sequence[str]) -> Vector:
    """Take Newton steps, each shortened until it gains; where the surface bends upwards, uphill by its steepness."""
    point, here = begin, objective(begin)
    for _ in range(_STEPS):
        height, slope = here[:2]
        bends, axes = np.linalg.eigh(-_hessian(objective, point, here))
        steep = np.maximum(np.abs(bends), 1e-9 * max(np.abs(bends).max(), 1e-12))
        step = axes @ (axes.T @ slope / steep)
        step *= min(1.0, _STRIDE / max(np.abs(step).max(), 1e-300))
        if slope @ step < 1e-10 * (1 + abs(height)):
            return point + step  # gains below the precision of the sum: the last step cannot be checked, only taken
        higher = _shortened(objective, point, step, height, float(slope @ step))
        if higher is None:
            return point
        point, here = higher
        _refuse_runaways(np.abs(point - begin) > _REACH, names)
    return point


def _shortened(
    objective: Objective, point: Vector, step: Vector, height: float, promise: float
) -> tuple[Vector, Any] | None:
    """Halve the step until it gains a ten-thousandth of what the slope promises; None where no step does."""
    for part in 0.5 ** np.arange(40):
        there = objective(point + part * step)
        if there[0] >= height + 1e-4 * part * promise:
            return point + part * step, there
    return None


def _hessian(objective: Objective, point: Vector, here: Any, width: float = 1e-4) -> Vector:
    """Return the Hessian that the objective gave at the point, or the differences of its gradient around it."""
    if len(here) == 3:
        return here[2]
    columns = []
    for i in range(len(point)):
        shift = np.zeros(len(point))
        shift[i] = width
        columns.append((objective(point + shift)[1] - objective(point - shift)[1]) / (2 * width))
    hessian = np.array(columns)
    return (hessian + hessian.T) / 2


def _invert(information: Vector, names: Sequence[str]) -> Vector:
    """Return the covariance, or say which parameter the data leave open."""
    values, vectors = np.linalg.eigh(information)
    if values[0] <= 0:
        raise NotIdentifiedError(names[int(np.argmax(np.abs(vectors[:, 0])))])
    covariance = np.linalg.inv(information)
    _refuse_runaways(np.sqrt(np.diag(covariance)) > _LOOSEST, names)
    return covariance


def jacobian(function: Callable[[Vector], Any], point: Vector, width: float = 1e-4) -> Vector:
    """Return the derivatives of a function's values (rows) by the parameters (columns), by central differences."""
    columns = []
    for i in range(len(point)):
        shift = np.zeros(len(point))
        shift[i] = width
        columns.append((np.asarray(function(point + shift)) - np.asarray(function(point - shift))) / (2 * width))
    return np.stack(columns, axis=-1)


def errors_of(function: Callable[[Vector], Any], point: Vector, covariance: Vector) -> Vector:
    """Return the standard errors of a function of the parameters, by the delta method.

    Examples
    --------
    >>> errors_of(lambda v: [3 * v[0], v[0]], np.array([1.0]), np.array([[0.04]])).round(6).tolist()
    [0.6, 0.2]
    """
    slopes = jacobian(function, point)
    return np.sqrt(np.einsum("...i,ij,...j->...", slopes, covariance, slopes))


def share_interval(share: Any, error: Any, z: float = Z95) -> tuple[Vector, Vector]:
    """Return an interval for shares, symmetric on the logit scale, so that it stays between 0 and 1.

    Examples
    --------
    >>> [round(float(end), 3) for end in share_interval(0.5, 0.05)]
    [0.403, 0.597]
    """
    from scipy.special import expit, logit

    estimate = np.clip(np.asarray(share, float), 1e-12, 1 - 1e-12)
    half = z * np.asarray(error, float) / (estimate * (1 - estimate))
    low, high = expit(logit(estimate) - half), expit(logit(estimate) + half)
    fixed = np.asarray(error, float) == 0
    return np.where(fixed, share, low), np.where(fixed, share, high)


def refuse_few_draws(draws: int) -> None:
    """Raise a ValueError if there are too few draws to have a middle.

    Examples
    --------
    >>> refuse_few_draws(1)
    Traceback (most recent call last):
    ValueError: draws is 1; an interval needs at least 2, and 1,000 make it steady
    """
    if not draws >= 2:
        raise ValueError(f"draws is {draws}; an interval needs at least 2, and 1,000 make it steady")


def wilson(successes: Any, trials: Any, z: float = Z95) -> tuple[Vector, Vector]:
    """Return the 95 % interval of a share by Wilson (1927).

    Examples
    --------
    >>> [round(float(end), 4) for end in wilson(5, 40)]
    [0.0546, 0.2611]
    """
    count, n = np.asarray(successes, float), np.asarray(trials, float)
    middle = (count + z**2 / 2) / (n + z**2)
    half = z / (n + z**2) * np.sqrt(count * (n - count) / n + z**2 / 4)
    return np.maximum(middle - half, 0.0), np.minimum(middle + half, 1.0)


def jeffreys(successes: Any, trials: Any) -> tuple[Vector, Vector]:
    """Return the 95 % interval of a share from Jeffreys' prior, as Brown, Cai and DasGupta (2001) give it.

    Statistical Science 16(2), 101–133, section 4.1.2: the middle 95 % of a beta distribution with half a success and
    half a failure added; where nobody or everybody succeeded it begins at 0 or ends at 1.

    Examples
    --------
    >>> [round(float(end), 4) for end in jeffreys(5, 40)]
    [0.0493, 0.2525]
    """
    from scipy.special import betaincinv

    count, n = np.asarray(successes, float), np.asarray(trials, float)
    low, high = (betaincinv(count + 0.5, n - count + 0.5, part) for part in (0.025, 0.975))
    return np.where(count == 0, 0.0, low), np.where(count == n, 1.0, high)


def count_interval(expected: Any, variance: Any, z: float = Z95) -> tuple[Vector, Vector]:
    """Return the range in which a count falls in 95 of 100 cases, never below 0."""
    half = z * np.sqrt(np.asarray(variance, float))
    return np.maximum(np.asarray(expected, float) - half, 0.0), np.asarray(expected, float) + half


def covariance_frame(covariance: Vector, names: Sequence[str]) -> pd.DataFrame:
    """Return a covariance with the parameters' names on both sides."""
    return pd.DataFrame(covariance, index=pd.Index(names), columns=pd.Index(names))
