"""The curve of Bass: the share of adopters over time, its slopes, and the counts it is fitted to.

Bass (1969, Management Science 15(5), 215–227): who has not adopted adopts at the rate p + q F(t), by innovation
and by imitation of the share F(t) who have. From F(0) = 0 follows F(t) = (1 − e^(−(p+q)t)) / (1 + (q/p)
e^(−(p+q)t)), steepest at ln(q/p) / (p + q).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from crmlab.customers import UNITS, count_customers
from crmlab.engines import days, need, numbers, to_pandas
from crmlab.estimation import Vector


def bass_share(t: Any, p: Any, q: Any) -> Any:
    """Return the share of the eventual adopters who have adopted by time `t`.

    Examples
    --------
    >>> round(float(bass_share(6.1926, p=0.03, q=0.38)), 4)
    0.4605
    """
    return 1 - _waiting(np.asarray(t, float), p, q)


def bass_density(t: Any, p: Any, q: Any) -> Any:
    """Return the share of the eventual adopters who adopt per unit of time, at time `t`.

    Examples
    --------
    >>> round(float(bass_density(6.1926, p=0.03, q=0.38)), 4)
    0.1106
    """
    waiting = _waiting(np.asarray(t, float), p, q)
    return (p + q * (1 - waiting)) * waiting


def bass_peak(p: Any, q: Any) -> tuple[Any, Any, Any]:
    """Return when adoption is fastest, the share who have adopted by then, and the rate at that time.

    Without more imitation than innovation (q not above p) adoption is fastest at the start.

    Examples
    --------
    >>> [round(float(value), 4) for value in bass_peak(p=0.03, q=0.38)]
    [6.1926, 0.4605, 0.1106]
    """
    time = np.maximum(np.log(q / p), 0.0) / (p + q)
    return time, bass_share(time, p, q), bass_density(time, p, q)


def bass_slopes(t: Vector, p: float, q: float) -> tuple[Vector, Vector]:
    """Return the share who have not adopted yet and its derivatives by log p and log q (rows)."""
    left, ratio = np.exp(-(p + q) * t), q / p
    below = (1 + ratio * left) ** 2
    faster, later = (1 + ratio) * t * left / below, ratio * left * (1 - left) / below
    return (1 + ratio) * left / (1 + ratio * left), np.stack([-p * faster - later, -q * faster + later])


def count_adopters(
    first_used_on: Any, launched_on: str, observation_end: str, unit: str = "M"
) -> tuple[pd.DataFrame, int]:
    """Return how many adopted in each period since the launch, and the size of the population.

    Parameters
    ----------
    first_used_on
        The day of first use, one a person, empty where there was none, or later than `observation_end`.
    launched_on, observation_end
        First day on which one could adopt, and last day seen, as ISO text.
    unit
        The unit of the periods: "D", "W" or "M" (365.25 / 12 days). The last one may be shorter.

    Returns
    -------
    tuple
        A table with `start` and `end` in units since the launch and `customers`, who adopted in between; and the
        number of people, adopters or not.

    Raises
    ------
    ValueError
        If a unit or a day is impossible, there is nobody, or somebody adopted before the launch.

    Examples
    --------
    >>> days = pd.to_datetime(pd.Series(["2024-07-05", "2024-08-20", None]))
    >>> counts, population = count_adopters(days, "2024-07-01", "2024-08-31")
    >>> counts.round(2)
       start   end  customers
    0    0.0  1.00          1
    1    1.0  2.00          1
    2    2.0  2.04          0
    >>> population
    3
    """
    used = days(pd.DataFrame({"first_used_on": first_used_on}), ["first_used_on"], "users")["first_used_on"]
    begin, until = pd.Timestamp(launched_on), pd.Timestamp(observation_end) + pd.Timedelta(days=1)
    if unit not in UNITS or used.empty or not begin < until:
        said = "first_used_on holds nobody, or observation_end lies before launched_on"
        raise ValueError(said if unit in UNITS else f"unit is {unit!r}; choose one of {', '.join(UNITS)}")
    if early := int((used < begin).sum()):
        raise ValueError(f"first_used_on: {early} lie before the launch on {launched_on}; leave the pilot out")
    length = (until - begin).days / UNITS[unit]
    edges = np.append(np.arange(np.ceil(length - 1e-9)), length)
    waited = (used[used < until] - begin).dt.days.to_numpy(float) / UNITS[unit]
    # a period is open at its start and closed at its end, and a day lasts until its evening
    counts = np.histogram(waited + 0.5 / UNITS[unit], edges)[0]
    return pd.DataFrame({"start": edges[:-1], "end": edges[1:], "customers": counts}), len(used)


def adopter_counts(data: Any) -> tuple[pd.DataFrame, float]:
    """Return `start`, `end` and `customers`, one row an interval with adopters, and the last end of all intervals.

    Raises
    ------
    ValueError
        If a column is missing, intervals overlap or are impossible, or too few hold adopters.
    """
    frame = to_pandas(data)
    if "period" in frame and "end" not in frame:
        period = numbers(frame[["period"]])["period"]
        frame = frame.assign(start=period - 1, end=period)
    need(frame.columns, ("start", "end"), "the table of adopters (or period)")
    counts = count_customers(frame, columns=("start", "end"))
    start, end = counts["start"].to_numpy(), counts["end"].to_numpy()
    if (start < 0).any() or (end <= start).any():
        bad = int(((start < 0) | (end <= start)).sum())
        raise ValueError(f"start and end: {bad} intervals begin before 0 or do not last; each needs 0 <= start < end")
    if (start[1:] < end[:-1] - 1e-9).any():
        raise ValueError("start and end: intervals overlap, so it is not known in which one somebody adopted")
    if len(counts) < 3:
        raise ValueError(f"customers: {len(counts)} intervals hold adopters; p, q and m need at least three")
    return counts, float(pd.to_numeric(frame["end"]).max())


def _waiting(t: Vector, p: Any, q: Any) -> Any:
    left, ratio = np.exp(-(p + q) * t), q / p
    return (1 + ratio) * left / (1 + ratio * left)
