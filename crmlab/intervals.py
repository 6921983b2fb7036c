"""Intervals for whatever is computed from fitted models: one mechanism, the delta method.

The data leave open what the parameters of a model are, and so leave open all that is computed from them: a lifetime
value, a retention rate, the worth of a customer base. Their errors follow from the covariance of the parameters and
from how fast the number moves with each of them. Nothing needs to be derived by hand: the model is moved a little along
each parameter, the number is computed again, and the differences are the slopes.

What such an interval holds is only what the data leave open *about the parameters*. It is too narrow, and by how much
nobody can say, for three things: the luck of single customers (what one customer does scatters far more than what is
expected of it), a model that is wrong, and periods to come that are not like those seen. It is also too narrow where a
parameter is barely known, because the number is then no longer a straight line of the parameters within its error.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Literal

import numpy as np
import pandas as pd

from crmlab.estimation import Z95, Vector, errors_of, share_interval

Scale = Literal["positive", "share", "any"]
SCALES = ("positive", "share", "any")


def interval_of(quantity: Callable[..., Any], *models: Any, scale: Scale = "positive") -> pd.DataFrame:
    """Return a number, or a series of numbers, computed from fitted models, with its 95 % interval.

    Delta method (Oehlert 1992, The American Statistician 46(1), 27–29). Several models are taken to be fitted to data
    that say nothing about each other, as those of how often customers buy and of how much they spend.

    Parameters
    ----------
    quantity
        Takes the models, in the order given, and returns a number, an array or a series.
    models
        Models fitted by maximum likelihood, such as `BetaGeo`, `GammaGamma`, `ShiftedBetaGeometric` or a fitted
        `ResponseCurve`.
    scale
        Where the interval is symmetric: "positive" on the logarithm, "share" on the logit, "any" on the number itself.

    Returns
    -------
    DataFrame
        Columns `estimate`, `low`, `high`; the index of the series, or one row.

    Raises
    ------
    ValueError
        If a model has no covariance of its parameters, a number is not finite, or one does not fit the scale.

    Examples
    --------
    >>> from crmlab.renewals import ShiftedBetaGeometric
    >>> sbg = ShiftedBetaGeometric.fit(survivors=[1000, 869, 743, 653, 593, 551, 517, 491])
    >>> interval_of(lambda model: 100 * model.residual_lifetime([0, 4], 0.1), sbg).round(0).reset_index()
       renewals  estimate    low   high
    0         0     541.0  511.0  574.0
    1         4     690.0  641.0  742.0
    """
    if scale not in SCALES:
        raise ValueError(f"scale is {scale!r}; choose one of {', '.join(SCALES)}")
    for model in models:
        if not hasattr(model, "maximum"):
            raise ValueError(f"{type(model).__name__} keeps no covariance of its parameters; fit it, or bootstrap it")
    value = quantity(*models)
    estimate = np.atleast_1d(np.asarray(value, float))
    _refuse_unfit(estimate, scale)
    error = np.sqrt(sum((_errors(quantity, models, place) ** 2 for place in range(len(models))), np.zeros(1)))
    low, high = _ends(estimate, error, scale)
    columns = {"estimate": estimate, "low": low, "high": high}
    return pd.DataFrame(columns, index=value.index if isinstance(value, pd.Series) else None)


def _errors(quantity: Callable[..., Any], models: tuple[Any, ...], place: int) -> Vector:
    """Return the standard errors that come from one of the models, the others held."""
    moved, top = models[place], models[place].maximum
    if top is None:  # drawn by hand, so known
        return np.zeros(1)

    def at(point: Vector) -> Vector:
        others = [*models]
        others[place] = moved_to(moved, point)
        return np.atleast_1d(np.asarray(quantity(*others), float))

    return errors_of(at, top.point, top.covariance)


def moved_to(model: Any, point: Vector) -> Any:
    """Return the model as it would be with other parameters, given on the unbounded scale of its estimates."""
    moved = replace(model.maximum, point=np.asarray(point, float))
    return model.with_maximum(moved) if hasattr(model, "with_maximum") else replace(model, maximum=moved)


def _refuse_unfit(estimate: Vector, scale: str) -> None:
    if not np.isfinite(estimate).all():
        raise ValueError("the number is not finite at these parameters, so it has no interval")
    if scale == "positive" and (estimate < 0).any():
        raise ValueError("a number is negative; give scale='any'")
    if scale == "share" and ((estimate < 0) | (estimate > 1)).any():
        raise ValueError("a number lies outside 0 to 1 and is no share; give scale='positive' or 'any'")


def _ends(estimate: Vector, error: Vector, scale: str) -> tuple[Vector, Vector]:
    if scale == "share":
        return share_interval(estimate, error)
    if scale == "any":
        return estimate - Z95 * error, estimate + Z95 * error
    half = np.exp(np.minimum(Z95 * error / np.maximum(estimate, 1e-300), 700.0))
    return estimate / half, estimate * half
