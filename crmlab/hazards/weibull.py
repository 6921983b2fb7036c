"""Weibull's regression, by `lifelines` as an accelerated failure time model, reported as hazard ratios.

The Weibull is the one distribution in which both hold: a covariate multiplies the time by a factor, and the hazard by
another (Kalbfleisch and Prentice 2002, chapter 2). With the acceleration b and the shape ρ the log hazard ratio is
−ρ b. It knows the hazard beyond the last month observed, at the price of a form that the data cannot check there.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np
import pandas as pd

from crmlab.estimation import Vector
from crmlab.hazards.baseline import Estimate, WeibullCurve

_LOOSEST = 6.0  # as in `crmlab.estimation`: an effect known no better than within exp(±2·6) is not known


def fit_weibull(counts: pd.DataFrame, z: Vector, names: Sequence[str]) -> Estimate:
    """Fit Weibull's regression to counts.

    Raises
    ------
    ValueError
        If the data do not determine an effect, or the fit does not converge.
    """
    from lifelines import WeibullAFTFitter
    from lifelines.exceptions import ConvergenceError, ConvergenceWarning, StatisticalWarning

    columns = [f"z{i}" for i in range(len(names))]
    frame = pd.DataFrame(z, columns=columns).assign(**counts[["duration", "churned", "customers"]])
    frame = frame[frame["duration"] > 0]  # who was not yet seen for a month tells nothing
    if frame["duration"].nunique() < 2:
        raise ValueError("weibull: all durations are alike, so how the hazard runs cannot be known; take kind='cox'")
    with warnings.catch_warnings():
        for kind in (ConvergenceWarning, StatisticalWarning, RuntimeWarning):
            warnings.simplefilter("error", kind)
        try:
            fitted = WeibullAFTFitter().fit(frame, "duration", "churned", weights_col="customers")
        except (ConvergenceError, ConvergenceWarning, StatisticalWarning, RuntimeWarning) as error:
            raise ValueError("weibull: the fit does not converge; leave a covariate out, or take kind='cox'") from error
    wanted = [*(("lambda_", column) for column in columns), ("rho_", "Intercept")]
    point = fitted.params_.loc[wanted].to_numpy(float)
    shape = float(np.exp(point[-1]))
    coefficients = -shape * point[:-1]
    slopes = np.column_stack([-shape * np.eye(len(columns)), coefficients])
    covariance = slopes @ fitted.variance_matrix_.loc[wanted, wanted].to_numpy(float) @ slopes.T
    loose = ~(np.sqrt(np.diag(covariance)) < _LOOSEST)
    if loose.any():
        raise ValueError(f"{names[int(np.argmax(loose))]}: the data do not determine its hazard ratio; leave it out")
    scale = float(np.exp(fitted.params_.loc["lambda_", "Intercept"]))
    curve = WeibullCurve(scale, shape, float(frame["duration"].max()))
    return Estimate(coefficients, covariance, float(fitted.log_likelihood_), curve)
