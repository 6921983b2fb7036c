"""The likelihood of Bass's model for counts by interval (Schmittlein and Mahajan 1982), and its climb.

p and q are climbed as logarithms. The third parameter is the logarithm of m, or, in a population of known size, the
logit of the share that adopts one day; it is absent where that share is given.
"""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd

from crmlab.adoption.curve import bass_slopes
from crmlab.estimation import Maximum, NotIdentifiedError, Vector, maximize


def natural(point: Vector, population: float | None, share: float | None) -> Vector:
    """Return p, q and m (rows) at unbounded parameters, a vector or one column for each draw."""
    from scipy.special import expit

    p, q = np.exp(point[:2])
    if share is not None and population is not None:
        return np.array([p, q, np.full_like(p, share * population)])
    return np.array([p, q, np.exp(point[2]) if population is None else population * expit(point[2])])


def climb(counts: pd.DataFrame, until: float, population: float | None, share: float | None) -> Maximum:
    """Return the estimates.

    Raises
    ------
    ValueError
        If the data cannot tell the parameters apart, or the climb did not end on the top.
    """
    adopted, middle = float(counts["customers"].sum()), _median(counts)
    start = [np.log(0.2 / middle), np.log(2.0 / middle)]
    names = ["p", "q"] if share is not None else ["p", "q", "m"]
    if share is None:
        part = min(adopted / population, 0.95) if population is not None else 0.0
        start.append(np.log(1.1 * adopted) if population is None else np.log(part / (1 - part)))

    arrays = (*(counts[name].to_numpy(float) for name in ("start", "end", "customers")), np.array([until]))

    def objective(point: Vector) -> tuple[float, Vector]:
        return log_likelihood(point, arrays, population, share)

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", UserWarning)
            return maximize(objective, start, names)
    except (NotIdentifiedError, UserWarning) as error:
        name = error.parameter if isinstance(error, NotIdentifiedError) else "p, q and m"
        raise ValueError(_said(name, adopted, until, population)) from error


def log_likelihood(
    point: Vector, arrays: tuple[Vector, ...], population: float | None, share: float | None
) -> tuple[float, Vector]:
    """Return the log-likelihood and its gradient by the unbounded parameters.

    Parameters
    ----------
    point
        The unbounded parameters.
    arrays
        Starts and ends of the intervals, adopters in them, and how long was watched.
    population, share
        As in `crmlab.adoption.bass.Bass.fit`.
    """
    p, q, m = natural(point, population, share)
    start, end, weights, until = arrays
    (before, d_before), (after, d_after) = bass_slopes(start, p, q), bass_slopes(end, p, q)
    gain = np.maximum(before - after, 1e-300)
    (still, d_still), adopted = bass_slopes(until, p, q), float(weights.sum())
    reached, d_reached = 1 - float(still[0]), -d_still[:, 0]
    height, slope = float(weights @ np.log(gain)), (d_before - d_after) / gain @ weights
    if population is None:
        height += adopted * float(np.log(m)) - m * reached
        return height, np.append(slope - m * d_reached, adopted - m * reached)
    chance, waiting = m / population, population - adopted
    outside = max(1 - chance * reached, 1e-300)
    height += adopted * float(np.log(chance)) + waiting * float(np.log(outside))
    slope = slope - waiting * chance * d_reached / outside
    if share is not None:
        return height, slope
    return height, np.append(slope, (1 - chance) * (adopted - waiting * chance * reached / outside))


def refuse(counts: pd.DataFrame, until: float, population: float | None, share: float | None) -> None:
    """Raise a ValueError where population, share and counts contradict one another."""
    adopted = float(counts["customers"].sum())
    if not np.isfinite(until) or until < float(counts["end"].max()) - 1e-9:
        raise ValueError(f"until is {until:g}; the last adopters came by {float(counts['end'].max()):g}")
    if population is not None and not population >= adopted:
        raise ValueError(f"population is {population:g}, but customers add up to {adopted:g} adopters")
    if share is not None and (population is None or not 0 < share <= 1):
        raise ValueError("share is a share above 0 and up to 1 of a population; give the population too")
    if share is not None and population is not None and share * population < adopted:
        raise ValueError(f"share {share:g} of {population:g} is fewer than the {adopted:g} who have adopted")


def _median(counts: pd.DataFrame) -> float:
    """Return the time by which half of those who were seen to adopt had adopted."""
    running = counts["customers"].cumsum()
    return float(np.interp(running.iloc[-1] / 2, [0.0, *running], [0.0, *counts["end"]]))


def _said(name: str, adopted: float, until: float, population: float | None) -> str:
    begin = f"Bass: {adopted:g} adopters until {until:g} do not determine {name}"
    if name == "q":
        return f"{begin}: adoption does not speed up as others adopt; a constant rate describes it"
    if name == "p":
        return f"{begin}: hardly anyone adopted at the start, or the peak has not been passed; watch for longer"
    if population is None:
        return f"{begin}: the peak has not been passed; watch for longer, or give population and share"
    return f"{begin}: all of the population may still adopt; give share, for instance share=1.0"
