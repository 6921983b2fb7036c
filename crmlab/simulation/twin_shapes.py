"""What may be read of a company for its twin: distributions in which no single person can be found.

A twin shares the shape of a company, not its people. Everything it is made from passes through this room. Values that
fewer than five customers hold are pooled. Days become weeks, and weeks with few newcomers are joined to their
neighbours until at least five newcomers stand behind each weight. What is estimated by likelihood (rates of buying,
amounts, how long contracts run) is a handful of numbers for thousands of people.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count

import numpy as np
import pandas as pd
from scipy.special import chdtrc

from crmlab.company import Company

FEWEST = 5  # customers behind every number that is read
OTHER = "other"
WHOLE_MONEY = ("CLP", "HUF", "IDR", "JPY", "KRW", "VND")  # currencies whose cents are not in use
MONTHS_FOR_SEASON = 18
_PRIOR = 30.0  # orders that a month is taken to have had as expected, before its own are looked at
_FEWEST_EXPECTED = 10  # orders in a week that tells something of the swing
_FEWEST_WEEKS = 12
_CHANCE = 0.05
_HALVINGS = 50


@dataclass(frozen=True)
class Mix:
    """The shares of the values of one column.

    Attributes
    ----------
    shares
        Value to share; they add up to one. Empty where no value is held by enough customers.
    pooled
        How many values were too rare to be named.
    """

    shares: dict[str, float]
    pooled: int

    @classmethod
    def of(cls, values: pd.Series) -> Mix:
        """Count the values of a column that has one row a customer; missing ones are left out.

        Examples
        --------
        >>> Mix.of(pd.Series(["web"] * 12 + ["store"] * 6 + ["fair", "fax", "fax", "post", "radio"])).shares["other"]
        0.21739130434782608
        """
        counts = values.dropna().astype(str).value_counts()
        counts = counts.sort_index().sort_values(ascending=False, kind="stable")
        named, rare = counts[counts >= FEWEST], counts[counts < FEWEST]
        if rare.sum() >= FEWEST:
            named = pd.concat([named, pd.Series({OTHER: rare.sum()})]).groupby(level=0, sort=False).sum()
        shares = {str(name): float(share) for name, share in (named / max(named.sum(), 1)).items()}
        return cls(shares, len(rare))

    def draw(self, chance: np.ndarray) -> np.ndarray:
        """Return the value that belongs to each chance between 0 and 1."""
        edges = np.cumsum(list(self.shares.values()))
        names = np.array(list(self.shares), dtype=object)
        return names[np.minimum(np.searchsorted(edges, chance, side="right"), len(names) - 1)]


def coarse(days: pd.Series, start: pd.Timestamp, end: pd.Timestamp) -> tuple[float, ...]:
    """Return a weight for each day from `start` to `end`, the same within each week.

    Weeks with few newcomers are joined, until at least five customers stand behind each weight that is not zero; then
    each week takes a quarter from either neighbour.

    Examples
    --------
    >>> days = pd.Series(pd.to_datetime(["2025-01-02"] * 8 + ["2025-01-09"] * 4 + ["2025-01-22"] * 4))
    >>> weights = coarse(days, pd.Timestamp("2025-01-01"), pd.Timestamp("2025-01-28"))
    >>> [round(7 * weight, 3) for weight in weights[::7]]
    [0.417, 0.25, 0.167, 0.167]
    """
    length = (end - start).days + 1
    week = np.arange(length) // 7
    counts = np.bincount((days - start).dt.days.to_numpy() // 7, minlength=week[-1] + 1).astype(float)
    weights = (_smooth(counts) / np.bincount(week))[week]
    return tuple(map(float, weights / weights.sum()))


def coarse_months(days: pd.Series, start: pd.Timestamp, end: pd.Timestamp) -> tuple[float, ...]:
    """Return a weight for each month from that of `start` to that of `end`, as `coarse` does for weeks."""
    month = 12 * (days.dt.year - start.year) + days.dt.month - start.month
    length = 12 * (end.year - start.year) + end.month - start.month + 1
    weights = _smooth(np.bincount(month, minlength=length).astype(float))
    return tuple(map(float, weights / weights.sum()))


def draw_days(
    start: pd.Timestamp, end: pd.Timestamp, weights: tuple[float, ...], month: np.ndarray, day: np.ndarray
) -> pd.DatetimeIndex:
    """Return days from `start`, the first of a month, to `end`: the month by its weight, the day within it evenly.

    `month` and `day` are chances between 0 and 1.
    """
    firsts = pd.date_range(start, periods=len(weights), freq="MS")
    lengths = np.minimum(firsts.days_in_month, 1 - (firsts - end).days)
    which = np.searchsorted(np.cumsum(weights), month, side="right").clip(max=len(firsts) - 1)
    return firsts[which] + pd.to_timedelta((day * lengths[which]).astype(int), unit="D")


def _smooth(counts: np.ndarray) -> np.ndarray:
    """Join what is small, then let each count take a quarter from either side."""
    joined = _join(counts)
    wide = np.concatenate([joined[:1], joined, joined[-1:]])
    return wide[:-2] / 4 + wide[1:-1] / 2 + wide[2:] / 4


def _join(counts: np.ndarray) -> np.ndarray:
    """Return the counts without any that is small: neighbours share evenly, the lonely are counted with a crowd."""
    joined, held, begin, full = np.zeros(len(counts)), 0.0, 0, slice(0, len(counts))
    for place, size in enumerate(counts):
        if size >= FEWEST:
            full, joined[place], held = slice(place, place + 1), size + held, 0.0
        elif held + size > 0:
            begin, held = begin if held else place, held + size
            if held >= FEWEST:
                full, held = slice(begin, place + 1), 0.0
                joined[full] = counts[full].sum() / (place + 1 - begin)
    joined[full] += held / (full.stop - full.start)
    return joined


def seasons(days: pd.DatetimeIndex, made: np.ndarray, expected: np.ndarray) -> tuple[float, ...] | None:
    """Return how many orders each month of the year brings, relative to what the model of buying expects in it.

    Parameters
    ----------
    days
        Each day of the window.
    made, expected
        Repeat orders on each day: those made, and those that the model expects of the buyers won by then. The model
        knows no seasons, but it knows how the living base grows and melts away.

    Returns
    -------
    tuple
        Twelve intensities, January first, whose mean over the days of a year is 1; None where the window is shorter
        than 18 months. Each month is drawn towards 1 as if 30 more orders had come as expected.
    """
    if days[-1] + pd.Timedelta(days=1) < days[0] + pd.DateOffset(months=MONTHS_FOR_SEASON):
        return None
    month = days.month.to_numpy() - 1
    sums = [np.bincount(month, values, 12) for values in (made, expected * made.sum() / max(expected.sum(), 1e-12))]
    ratio = (sums[0] + _PRIOR) / (sums[1] + _PRIOR)
    lengths = pd.date_range("2025-01-01", periods=12, freq="MS").days_in_month
    return tuple(float(value) for value in ratio / np.average(ratio, weights=lengths))


def swing(made: np.ndarray, expected: np.ndarray, read: int = 1) -> float:
    """Return how far weeks differ beyond chance: the standard deviation of the log of a week's trade.

    Counts of a week have variance m + s^2 m^2 about their mean m. The square s^2 is chosen so that the squared errors,
    each over its variance, add up to the degrees of freedom (Breslow 1984, Applied Statistics 33, procedure II).

    Parameters
    ----------
    made, expected
        Repeat orders on each day: those made, and those that the model expects. Weeks are counted from the first day.
    read
        How many numbers of the expectation were read from the same weeks.

    Returns
    -------
    float
        At most 1. Weeks in which fewer than ten orders are expected are left out. It is 0 where fewer than twelve are
        left, and where orders without any swing would err as far in more than 5 of 100 shops.
    """
    weeks = len(made) // 7
    sums = [values[: 7 * weeks].reshape(weeks, 7).sum(axis=1) for values in (made, expected)]
    actual, mean = (values[sums[1] >= _FEWEST_EXPECTED] for values in sums)
    freedom = len(mean) - read
    if len(mean) < _FEWEST_WEEKS or freedom < 1:
        return 0.0
    mean = mean * (actual.sum() / mean.sum())

    def error(square: float) -> float:
        return float(((actual - mean) ** 2 / (mean + square * mean**2)).sum())

    if chdtrc(freedom, error(0.0)) > _CHANCE:
        return 0.0
    low, high = 0.0, float(np.expm1(1.0))
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if error(middle) > freedom else (low, middle)
    return float(np.sqrt(np.log1p(low)))


def to_money(amounts: np.ndarray, currency: str) -> np.ndarray:
    """Return amounts rounded to the smallest coin that the currency uses.

    Examples
    --------
    >>> to_money(np.array([12.345, 7.0]), "USD").tolist(), to_money(np.array([12.345]), "KRW").tolist()
    ([12.34, 7.0], [12.0])
    """
    return np.round(amounts, 0 if currency in WHOLE_MONEY else 2)


def fresh_prefix(company: Company) -> str:
    """Return a beginning for identifiers with which no identifier of the company begins."""
    columns = [
        frame[name].astype(str) for frame in company.tables.values() for name in frame if str(name).endswith("_id")
    ]
    return next(
        prefix
        for prefix in (f"twin{number}-" for number in count(1))
        if not any(column.str.startswith(prefix).any() for column in columns)
    )


def fresh_ids(prefix: str, kind: str, size: int) -> np.ndarray:
    """Return identifiers in a row, such as twin1-C000001."""
    return np.array([f"{prefix}{kind}{number:06d}" for number in range(1, size + 1)], dtype=object)
