"""Means of samples whose rows count differently, or come several from one customer.

Three things keep a sample from being n equal voices. Rows may be counts. Answers may be weighted by one over the
probability to answer (Horvitz and Thompson 1952, Journal of the American Statistical Association 47(260)). And several
rows may come from one customer or one day, and then resemble each other. The standard error here is the linearised one,
robust to all three (Binder 1983, International Statistical Review 51(3)): each row, or each cluster of rows, moves the
mean by its weight times its distance from it. What that error amounts to in equal, independent rows is the effective
size of the sample (Kish 1965, Survey Sampling); with it, intervals made for plain counts serve here too.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from crmlab.estimation import Z95, Vector, wilson


@dataclass(frozen=True, eq=False)
class SampleMean:
    """A mean with its robust standard error.

    Attributes
    ----------
    estimate, standard_error
        The weighted mean, and its error.
    n
        How many rows, counts added up.
    effective_n
        How many equal, independent rows would have this error.
    units
        How many independent units: clusters where there are any, else rows.
    """

    estimate: float
    standard_error: float
    n: float
    effective_n: float
    units: float

    def share_interval(self) -> tuple[float, float]:
        """Return the 95 % interval of a share: Wilson's (1927) at the effective size.

        Examples
        --------
        >>> [round(end, 4) for end in sample_mean([1, 0], counts=[5, 35]).share_interval()]
        [0.0546, 0.2611]
        """
        low, high = wilson(self.estimate * self.effective_n, self.effective_n)
        return min(float(low), self.estimate), max(float(high), self.estimate)

    def mean_interval(self) -> tuple[float, float]:
        """Return the 95 % interval of a mean by Student's t, with one degree of freedom less than units.

        Raises
        ------
        ValueError
            If there are fewer than two units, or nothing varies: then no error can be known.

        Examples
        --------
        >>> [round(end, 2) for end in sample_mean([4, 6, 5, 7]).mean_interval()]
        [3.45, 7.55]
        """
        if self.units < 2 or self.standard_error == 0:
            raise ValueError(f"{self.units:.0f} independent values without any difference: an error cannot be known")
        half = t_quantile(self.units - 1) * self.standard_error * math.sqrt(self.units / (self.units - 1))
        return self.estimate - half, self.estimate + half


def t_quantile(degrees: float) -> float:
    """Return the upper 97.5 % point of Student's t.

    Examples
    --------
    >>> round(t_quantile(10), 3)
    2.228
    """
    from scipy.special import stdtrit

    return float(stdtrit(degrees, 0.975))


def sample_mean(values: Any, counts: Any = None, weights: Any = None, clusters: Any = None) -> SampleMean:
    """Return a weighted mean with its robust standard error.

    Parameters
    ----------
    values
        Numbers.
    counts
        How many rows share each value; 1 by default.
    weights
        Above 0, such as one over the probability to answer; their scale does not matter.
    clusters
        To whom or what each row belongs, where rows of one cluster may resemble each other.

    Raises
    ------
    ValueError
        If there is no row, a weight is not above 0, or clusters come with counts.

    Examples
    --------
    >>> got = sample_mean([1, 0], counts=[30, 70])
    >>> round(got.estimate, 3), round(got.standard_error, 4), round(got.effective_n)
    (0.3, 0.0458, 100)
    >>> round(sample_mean([1, 1, 0, 0], clusters=["a", "a", "b", "b"]).effective_n, 2)  # two voices, not four
    0.02
    """
    y = np.asarray(values, float)
    count = np.ones(len(y)) if counts is None else np.asarray(counts, float)
    weight = np.ones(len(y)) if weights is None else np.asarray(weights, float)
    _refuse(count, weight, clusters)
    total = float(count @ weight)
    mean = float((count * weight) @ y) / total
    spread = float((count * weight) @ (y - mean) ** 2) / total
    push = weight * (y - mean) / total
    if clusters is None:
        n = units = float(count.sum())
        variance, most = float(count @ push**2), total**2 / float(count @ weight**2)
        shrink = 1.0
    else:
        codes = pd.factorize(np.asarray(clusters))[0]
        n, units = float(len(y)), float(codes.max() + 1)
        if units < 2:
            raise ValueError(f"all {n:.0f} rows belong to one cluster: an error cannot be known")
        variance = float(np.sum(np.bincount(codes, push) ** 2))
        most = total**2 / float(np.sum(np.bincount(codes, weight) ** 2))
        # few clusters know their own spread badly (Korn and Graubard 1998, Survey Methodology 24(2))
        shrink = (units - 1) / units * (Z95 / t_quantile(units - 1)) ** 2
    size = shrink * spread / variance if variance > 1e-20 * max(mean**2, spread) else most
    return SampleMean(mean, math.sqrt(variance), n, float(size), units)


def staggered_means(values: Vector, followed: Vector) -> tuple[Vector, Vector]:
    """Return the mean of each month of life over the units that could be seen in it, and how each unit moves it.

    Parameters
    ----------
    values
        One row a unit, one column a month of its life; what lies beyond the months seen is not read.
    followed
        Completed months in which each unit could be seen; it tells of the month that runs as well.

    Returns
    -------
    tuple
        The means, one a month; and, of the shape of `values`, by how much each unit moves them: the root of the sum of
        squares of a column is the standard error of that mean, and rows add up over months.

    Raises
    ------
    ValueError
        If no month is asked for, or no unit could be seen for so many.

    Examples
    --------
    >>> staggered_means(np.array([[4.0, 2.0], [2.0, 9.0]]), np.array([5, 0]))[0].tolist()
    [3.0, 2.0]
    """
    months, longest = values.shape[1], int(followed.max()) + 1
    if not 1 <= months <= longest:
        raise ValueError(f"months is {months}, and the earliest was seen in {longest}; ask for 1 to {longest}")
    seen = followed[:, None] >= np.arange(months)
    count = seen.sum(axis=0)
    mean = np.where(seen, values, 0.0).sum(axis=0) / count
    return mean, np.where(seen, values - mean, 0.0) / count


def _refuse(count: Vector, weight: Vector, clusters: Any) -> None:
    if not (count >= 0).all() or not count.sum() > 0:
        raise ValueError("there is no row: the table is empty, or a count is negative")
    bad = ~(np.isfinite(weight) & (weight > 0)) & (count > 0)
    if bad.any():
        row = int(np.flatnonzero(bad)[0])
        raise ValueError(f"weights: {int(bad.sum())} are not above 0, the first in row {row}")
    if clusters is not None and (count != 1).any():
        raise ValueError("clusters need one row each; rows that are counts cannot be told apart")
    if clusters is not None and pd.isna(np.asarray(clusters, dtype=object)).any():
        raise ValueError(f"clusters: {int(pd.isna(np.asarray(clusters, dtype=object)).sum())} are empty")
