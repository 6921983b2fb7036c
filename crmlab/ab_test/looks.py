"""What looking early and often costs, and boundaries that pay for it.

A test at 5 % that is looked at k times, with the experiment stopped at the first p-value below 5 %, raises a false
alarm far more often than in 5 of 100 cases; but less often than 1 − .95^k, because one look sees much of what the last
one saw. The chance follows by integrating look by look over what has not been stopped yet (Armitage, McPherson and Rowe
1969, Journal of the Royal Statistical Society A 132(2), 235–244).

The same integral finds boundaries that keep the promise. Lan and DeMets (1983, Biometrika 70(3), 659–663) fix
beforehand how much of the 5 % may be spent by the time that a share t of the data is in, and so need not know when
the looks will come. Spending like O'Brien and Fleming asks for much at early looks and leaves almost all for the end;
spending like Pocock, α ln(1 + (e − 1)t), asks for about the same at every look. Both sides spend half each: on each,
O'Brien and Fleming's is 2(1 − Φ(z/√t)), with z the quantile that a quarter of α leaves above it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import cast

import numpy as np
import pandas as pd

from crmlab.estimation import Vector, wilson

_NODES = 160  # of the Gauss–Legendre rule: more than two in each standard deviation of a step, for 20 looks
_BEGIN = (np.zeros(1), np.ones(1))  # before the first look the sum is 0
_LARGEST = 12.0  # no boundary lies farther out: alpha that small is not spent


def peeking_false_alarms(
    looks: Sequence[int] = (1, 2, 5, 10, 20), alpha: float = 0.05, samples: int = 20_000, seed: int = 1
) -> pd.DataFrame:
    """Return how often a test without any effect is called significant at one of its looks.

    Parameters
    ----------
    looks
        How many looks, evenly spread over the experiment.
    alpha
        The level at each look.
    samples, seed
        Experiments simulated for each number of looks, and the seed of the draw.

    Returns
    -------
    DataFrame
        Index `looks`; columns `simulated` with its 95 % interval `low` to `high`, `exact` (by integration), and
        `if_independent`, 1 − (1 − alpha)^looks, which is wrong because the looks share data.

    Raises
    ------
    ValueError
        If there are no looks, or `alpha` is not between 0 and 1.

    Examples
    --------
    >>> peeking_false_alarms()["exact"].round(3).to_list()
    [0.05, 0.083, 0.142, 0.193, 0.248]
    """
    from scipy.stats import norm

    counts = np.asarray(looks, int)
    if counts.size == 0 or (counts < 1).any() or not 0 < alpha < 1 or samples < 1:
        raise ValueError("give numbers of looks from 1 up, an alpha between 0 and 1, and at least one sample")
    rng, bound, rows = np.random.default_rng(seed), float(norm.isf(alpha / 2)), []
    for count in counts:
        sums = rng.standard_normal((samples, count)).cumsum(axis=1)
        alarms = (np.abs(sums) > bound * np.sqrt(np.arange(1, count + 1))).any(axis=1).sum()
        exact = _crossings(np.arange(1, count + 1) / count, np.full(count, bound)).sum()
        rows.append([alarms / samples, *wilson(alarms, samples), exact, 1 - (1 - alpha) ** count])
    columns = ["simulated", "low", "high", "exact", "if_independent"]
    return pd.DataFrame(np.array(rows, float), pd.Index(counts, name="looks"), columns)


def spending_boundaries(fractions: Sequence[float], alpha: float = 0.05, like: str = "obrien-fleming") -> pd.DataFrame:
    """Return how large |z| must be at each planned look so that false alarms stay at `alpha` over all looks.

    Parameters
    ----------
    fractions
        The share of all data that is in at each look, rising, at most 1.
    alpha
        The probability of a false alarm at any look, two-sided.
    like
        How alpha is spent: "obrien-fleming" or "pocock" (Lan and DeMets 1983).

    Returns
    -------
    DataFrame
        Index `look`; columns `fraction`, `spent` (alpha by then), `boundary` (of |z|) and `p_value` (below which a look
        stops the experiment).

    Raises
    ------
    ValueError
        If the fractions do not rise within 0 to 1, or the kind of spending is unknown.

    Examples
    --------
    >>> spending_boundaries([0.2, 0.4, 0.6, 0.8, 1.0])["boundary"].round(2).to_list()
    [4.88, 3.36, 2.68, 2.29, 2.03]
    """
    from scipy.optimize import brentq
    from scipy.stats import norm

    times = np.asarray(fractions, float)
    if times.size == 0 or not (times[0] > 0 and times[-1] <= 1 and (np.diff(times) > 0).all()) or not 0 < alpha < 1:
        raise ValueError("fractions must rise from above 0 to at most 1, and alpha lie between 0 and 1")
    spent = _spending(like, alpha)(times)
    bounds: list[float] = []
    steps, inside = np.sqrt(np.diff(times, prepend=0.0)), _BEGIN
    for time, step, due in zip(times, steps, np.diff(spent, prepend=0.0), strict=True):
        excess = partial(_excess, inside, float(np.sqrt(time)), float(step), float(due))
        found = brentq(excess, 0.0, _LARGEST, xtol=1e-10) if excess(_LARGEST) < 0 else _LARGEST
        bounds.append(float(cast(float, found)))
        inside = _staying(inside, bounds[-1] * np.sqrt(time), step)
    columns = {"fraction": times, "spent": spent, "boundary": bounds, "p_value": 2 * norm.sf(bounds)}
    return pd.DataFrame(columns, pd.RangeIndex(1, len(times) + 1, name="look"))


def _spending(like: str, alpha: float) -> Callable[[Vector], Vector]:
    from scipy.stats import norm

    kinds: dict[str, Callable[[Vector], Vector]] = {
        "obrien-fleming": lambda t: 4 * norm.sf(norm.isf(alpha / 4) / np.sqrt(t)),
        "pocock": lambda t: alpha * np.log1p((np.e - 1) * t),
    }
    if like not in kinds:
        raise ValueError(f"like is {like!r}; choose one of {', '.join(kinds)}")
    return kinds[like]


def _excess(inside: tuple[Vector, Vector], root: float, step: float, due: float, bound: float) -> float:
    return _leaving(inside, bound * root, step) - due


def _crossings(times: Vector, bounds: Vector) -> Vector:
    """Return the probability to leave the boundaries of |z| for the first time at each look, without any effect."""
    left, inside = [], _BEGIN
    for edge, step in zip(bounds * np.sqrt(times), np.sqrt(np.diff(times, prepend=0.0)), strict=True):
        left.append(_leaving(inside, edge, step))
        inside = _staying(inside, edge, step)
    return np.array(left)


def _leaving(inside: tuple[Vector, Vector], edge: float, step: float) -> float:
    """Return the probability that the sum of all data, after one more normal step, lies beyond the edges."""
    from scipy.special import ndtr

    place, mass = inside
    return float((mass * (ndtr((-edge - place) / step) + ndtr((place - edge) / step))).sum())


def _staying(inside: tuple[Vector, Vector], edge: float, step: float) -> tuple[Vector, Vector]:
    """Return where the sum lies after one more normal step, of those that stay between the edges."""
    nodes, weights = np.polynomial.legendre.leggauss(_NODES)
    place, mass = inside
    density = np.exp(-(((edge * nodes[:, None] - place) / step) ** 2) / 2) / (step * np.sqrt(2 * np.pi))
    return edge * nodes, edge * weights * (density * mass).sum(axis=1)
