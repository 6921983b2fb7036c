"""Hazard ratios as tables and on axes: symmetric around 1 on the scale of logarithms."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from crmlab.estimation import Z95, Vector
from crmlab.hazards.baseline import Estimate
from crmlab.hazards.design import Design
from crmlab.plots import FAINT

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LARGEST = 700.0  # the logarithm of the largest ratio that a number can hold


def in_units(design: Design, estimate: Estimate) -> tuple[Vector, Vector]:
    """Return the coefficients and their standard errors in the units of the data."""
    spread = design.columns["spread"].to_numpy(float)
    return estimate.coefficients / spread, np.sqrt(np.diag(estimate.covariance)) / spread


def bands(value: Vector, error: Vector) -> Vector:
    """Return ratio, low and high of each coefficient, one row each.

    Examples
    --------
    >>> bands(np.array([0.0]), np.array([0.5])).round(3).tolist()
    [[1.0, 0.375, 2.664]]
    """
    return np.exp([value, value - Z95 * error, value + Z95 * error]).T


def ratio_table(design: Design, estimate: Estimate) -> pd.DataFrame:
    """Return one row for each column of the design: `against`, ratio with interval, coefficient, error, p value.

    Raises
    ------
    ValueError
        If a covariate is given in a unit so large that the ratio of one unit more is beyond all numbers.
    """
    from scipy.stats import norm

    value, error = in_units(design, estimate)
    index = pd.Index(design.columns.index, name="covariate")
    beyond = [str(name) for name in index[np.abs(value) + Z95 * error > _LARGEST]]
    if beyond:
        raise ValueError(
            f"{', '.join(beyond)}: the hazard ratio of one unit more is beyond all numbers; give it in a smaller unit, "
            "of which customers differ by about 1"
        )
    table = pd.DataFrame(bands(value, error), index, ["estimate", "low", "high"])
    table.insert(0, "against", design.columns["against"].to_numpy())
    return table.assign(coefficient=value, standard_error=error, p_value=2 * norm.sf(np.abs(value / error)))


def ratio_axis(ax: Axes, axis: str) -> Axes:
    """Make the axis logarithmic, with plain numbers, and draw the line at 1."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

    (ax.axvline if axis == "x" else ax.axhline)(1, color=FAINT, lw=1)
    getattr(ax, f"set_{axis}scale")("log")
    side = getattr(ax, f"{axis}axis")
    side.set_major_locator(LogLocator(subs=(1, 1.5, 2, 3, 5, 7)))
    side.set_minor_locator(NullLocator())
    side.set_major_formatter(FuncFormatter(lambda number, _: f"{number:g}"))
    return ax
