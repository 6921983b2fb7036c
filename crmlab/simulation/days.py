"""The calendar of South Korea, and days drawn from it.

Nothing in a company happens evenly. Fewer people write, order or sign at a weekend, and fewer still at Seollal or
Chuseok. Whoever draws days evenly makes data whose calendar looks wrong at the first glance. So a day is drawn by its
weight: a working day counts 1, a day of a weekend or a holiday less. The draw itself is a uniform chance, made once;
the day follows from it without further chance.

The fixed holidays are the same every year. Those that follow the moon, the substitute days and the days that the
government declared for one year stand in a table for 2023 to 2027; in other years they are left out. Left out
everywhere are what is no public holiday: Labour Day before 2026, the holidays of single firms and regions, and what
was declared after the table was made.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pandas as pd

FIXED = ("01-01", "03-01", "05-05", "06-06", "08-15", "10-03", "10-09", "12-25")
MOVING = {  # Seollal and Chuseok with the days around them, Buddha's birthday
    2023: ("01-21", "01-22", "01-23", "05-27", "09-28", "09-29", "09-30"),
    2024: ("02-09", "02-10", "02-11", "05-15", "09-16", "09-17", "09-18"),
    2025: ("01-28", "01-29", "01-30", "05-05", "10-05", "10-06", "10-07"),
    2026: ("02-16", "02-17", "02-18", "05-24", "09-24", "09-25", "09-26"),
    2027: ("02-06", "02-07", "02-08", "05-13", "09-14", "09-15", "09-16"),
}
DECLARED = {  # substitute days, elections, days declared once, and from 2026 Labour Day and Constitution Day
    2023: ("01-24", "05-29", "10-02"),
    2024: ("02-12", "04-10", "05-06", "10-01"),
    2025: ("01-27", "03-03", "05-06", "06-03", "10-08"),
    2026: ("03-02", "05-01", "05-25", "06-03", "07-17", "08-17", "10-05"),
    2027: ("02-09", "05-01", "05-03", "07-17", "07-19", "08-16", "10-04", "10-11", "12-27"),
}


def holidays(year: int) -> pd.DatetimeIndex:
    """Return the public holidays of South Korea in a year, in order of time.

    Parameters
    ----------
    year
        The year; outside 2023 to 2027 only the fixed holidays are known.

    Returns
    -------
    pandas.DatetimeIndex
        The days, also those that fall on a weekend.

    Examples
    --------
    >>> len(holidays(2025))
    19
    >>> "2025-10-06" in holidays(2025)
    True
    """
    names = {*FIXED, *MOVING.get(year, ()), *DECLARED.get(year, ())}
    return pd.DatetimeIndex(sorted(f"{year}-{name}" for name in names))


def is_working_day(days: Any) -> np.ndarray:
    """Return for each day whether it is a working day: neither Saturday nor Sunday nor a public holiday.

    Parameters
    ----------
    days
        Days, as an index, a column, an array, or a single day.

    Returns
    -------
    numpy.ndarray
        One truth value a day.

    Examples
    --------
    >>> is_working_day(["2025-10-02", "2025-10-03", "2025-10-04"]).tolist()
    [True, False, False]
    """
    return np.is_busday(_plain(days), holidays=_all_holidays(_plain(days)))


def next_working_day(days: Any) -> pd.DatetimeIndex:
    """Return each day if it is a working day, otherwise the first working day after it.

    Parameters
    ----------
    days
        Days, as an index, a column, an array, or a single day.

    Examples
    --------
    >>> next_working_day(["2025-10-02", "2025-10-03"]).strftime("%m-%d").tolist()
    ['10-02', '10-10']
    """
    plain = _plain(days)
    # the holidays of the following year count, because its first days may be reached
    known = _all_holidays(np.append(plain, plain.max() + 31)) if len(plain) else _all_holidays(plain)
    return pd.DatetimeIndex(np.busday_offset(plain, 0, roll="forward", holidays=known)).as_unit("ns")


def count_working_days(first: Any, before: Any) -> np.ndarray:
    """Return the number of working days from `first` up to `before`, that day excluded; arguments broadcast.

    Examples
    --------
    >>> count_working_days("2025-10-01", "2025-11-01").tolist()
    18
    """
    first, before = (np.asarray(days, dtype="datetime64[D]") for days in (first, before))
    return np.busday_count(first, before, holidays=_all_holidays(np.append(first, before)))


def months_later(days: Any, months: Any) -> pd.DatetimeIndex:
    """Return the same day of a later month, or that month's last day where it is shorter.

    Examples
    --------
    >>> months_later(["2024-01-31", "2024-01-15"], [1, 12]).strftime("%Y-%m-%d").tolist()
    ['2024-02-29', '2025-01-15']
    """
    day = _plain(days)
    month = day.astype("datetime64[M]")
    then = month + np.asarray(months)
    same = then.astype("datetime64[D]") + (day - month.astype("datetime64[D]"))
    last = (then + 1).astype("datetime64[D]") - np.timedelta64(1, "D")
    return pd.DatetimeIndex(np.minimum(same, last)).as_unit("ns")


def draw_days(first: Any, last: Any, chance: Any, weekend: float = 0.5, holiday: float = 0.3) -> pd.DatetimeIndex:
    """Return days between `first` and `last`, both included: the inverse of the cumulated weights of the days.

    A working day weighs 1. All arguments may be single values or have one value a row; the result has one day a
    chance, or a row. A month is drawn from as `draw_days(starts[month], starts[month + 1] - pd.Timedelta(days=1),
    chance)`, where `month` may be an array.

    Parameters
    ----------
    first, last
        The first and the last day that can be drawn.
    chance
        Uniform draws from 0 to 1, 1 excluded.
    weekend
        Weight of a Saturday or a Sunday, relative to a working day.
    holiday
        Weight of a public holiday, whatever its weekday, relative to a working day.

    Raises
    ------
    ValueError
        If a last day comes before its first, or a weight is negative.

    Examples
    --------
    >>> draw_days("2025-10-01", "2025-10-31", [0.0, 0.5, 0.99]).strftime("%d").tolist()
    ['01', '18', '31']
    """
    if min(weekend, holiday) < 0:
        raise ValueError(f"a day cannot have a negative weight; weekend is {weekend}, holiday is {holiday}")
    begin, end, chances = np.broadcast_arrays(_plain(first), _plain(last), np.atleast_1d(np.asarray(chance, float)))
    if not len(chances):
        return pd.DatetimeIndex([])
    if (end < begin).any():
        raise ValueError("a last day comes before its first")
    days = pd.date_range(begin.min(), end.max())
    edges = np.append(0.0, np.cumsum(_weights(days, weekend, holiday)))
    low, high = ((some - days[0].to_datetime64().astype("datetime64[D]")).astype(int) for some in (begin, end))
    wanted = edges[low] + chances * (edges[high + 1] - edges[low])
    return days[np.clip(np.searchsorted(edges, wanted, side="right") - 1, low, high)]


def _plain(days: Any) -> np.ndarray:
    """Return days as numpy counts them, without a time of day."""
    return np.atleast_1d(np.asarray(pd.to_datetime(days), dtype="datetime64[D]"))


def _all_holidays(days: np.ndarray) -> np.ndarray:
    """Return the holidays of all years from the first of the days to the last."""
    if not len(days):
        return np.array([], dtype="datetime64[D]")
    years = days.astype("datetime64[Y]").astype(int) + 1970
    return np.concatenate([_of_year(year) for year in range(int(years.min()), int(years.max()) + 1)])


@cache
def _of_year(year: int) -> np.ndarray:
    return _plain(holidays(year))


def _weights(days: pd.DatetimeIndex, weekend: float, holiday: float) -> np.ndarray:
    plain = _plain(days)
    usual = np.where(np.is_busday(plain), 1.0, weekend)
    return np.where(np.isin(plain, _all_holidays(plain)), holiday, usual)
