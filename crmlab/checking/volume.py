"""How many rows each month brings: months that leap against their neighbours, and stretches without any row.

Counts of independent events scatter by the square root of their mean (Poisson), and the difference of two square roots
has nearly the same scatter whatever the mean (Anscombe 1948, Biometrika 35, 246–254). So a month is compared with the
median of up to three whole months on either side by z = 2 (√n − √m). A table whose months scatter more than by chance,
because of seasons, sets its own band: z is divided by 1.4826 times the median absolute deviation of all its z, where
that is above 1 (Hampel 1974, JASA 69, 383–393). A month leaps where the quotient is beyond 4 and the rows are half as
many again, or two thirds, or beyond. In the same way the median of three months is compared with that of the three
before, which finds a lasting step; that needs 15 whole months, and begins with the seventh.

A stretch without rows is named where 15 rows or more were to be expected, from the weekday and the months around:
under chance alone that happens once in three million stretches.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from crmlab.tables import TABLES

BEYOND, RATIO, NEIGHBOURS = 4.0, 1.5, 3
FEWEST_MONTHS, FEWEST_FOR_STEPS, SETTLED = 6, 15, 6  # a company that begins is growing, not leaping
EXPECTED = 15.0
_DENSE = 0.6  # share of days (or weeks) with a row from which a gap can be seen in them
MONTHS = ("table", "column", "month", "rows", "expected", "ratio", "leap")
GAPS = ("table", "column", "first", "last", "days", "expected")
_IN_BATCHES = {"experiments", "crm_users", "crm_usage", "channel_spend"}  # their rows come as they were planned
_NO_EVENTS = {"birth_date"}


def count_months(tables: Mapping[str, pd.DataFrame], observation_end: str) -> pd.DataFrame:
    """Return the rows of each month for each date column, with the leaps marked.

    Returns
    -------
    DataFrame
        `table`, `column`, `month` ("2025-03"), `rows`, `expected` (median of the months around; missing where it is not
        judged), `ratio` (rows over expected) and `leap`: "", "alone" or "from here on".

    Examples
    --------
    >>> days = pd.date_range("2024-01-01", "2024-12-31").repeat(10)
    >>> spike = pd.to_datetime(["2024-08-15"] * 400)
    >>> orders = pd.DataFrame({"ordered_at": days.append(spike)})
    >>> count_months({"orders": orders}, "2024-12-31").query("leap != ''")[["month", "rows", "leap"]].to_dict("records")
    [{'month': '2024-08', 'rows': 710, 'leap': 'alone'}]
    """
    parts = [_months(name, column, days, observation_end) for name, column, days in _events(tables)]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(MONTHS))


def find_gaps(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the stretches of days without any row between the first and the last row of a table.

    Returns
    -------
    DataFrame
        `table`, `column`, `first` and `last` (the empty days, as ISO text), `days`, `expected` (rows), longest first.

    Examples
    --------
    >>> days = pd.date_range("2024-01-01", "2024-12-31").repeat(10)
    >>> orders = pd.DataFrame({"ordered_at": days[(days < "2024-05-03") | (days > "2024-05-12")]})
    >>> find_gaps({"orders": orders})[["first", "last", "days", "expected"]].to_dict("records")
    [{'first': '2024-05-03', 'last': '2024-05-12', 'days': 10, 'expected': 99.7}]
    """
    rows = [
        (name, column, *gap)
        for name, column, days in _events(tables)
        for gap in _gaps(*np.unique(days, return_counts=True))
    ]
    return pd.DataFrame(rows, columns=list(GAPS)).sort_values("expected", ascending=False, ignore_index=True)


def judge(counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return what was to be expected of each month, and its leap, from the rows of consecutive whole months.

    Parameters
    ----------
    counts
        Rows, one entry a month.

    Returns
    -------
    tuple
        The medians of the neighbours (missing where not judged) and "", "alone" or "from here on".

    Examples
    --------
    >>> expected, leaps = judge(np.array([100] * 10 + [300] * 8))
    >>> leaps.tolist().index("from here on")
    10
    """
    n = len(counts)
    expected, leaps = np.full(n, np.nan), np.full(n, "", dtype=object)
    if n < FEWEST_MONTHS:
        return expected, leaps
    for i in range(NEIGHBOURS, n):
        around = np.r_[counts[max(0, i - NEIGHBOURS) : i], counts[i + 1 : i + 1 + NEIGHBOURS]]
        expected[i] = np.median(around)
    leaps[_beyond(counts, expected, centred=False)] = "alone"
    before, after = np.full(n, np.nan), np.full(n, np.nan)
    for i in range(SETTLED, n - NEIGHBOURS + 1 if n >= FEWEST_FOR_STEPS else 0):
        before[i], after[i] = np.median(counts[i - NEIGHBOURS : i]), np.median(counts[i : i + NEIGHBOURS])
    steps = np.flatnonzero(_beyond(after, before, centred=True))
    for run in np.split(steps, np.flatnonzero(np.diff(steps) > 1) + 1):
        if len(run):
            i = run[np.argmax(np.abs(np.diff(np.sqrt(counts))[run - 1]))]
            leaps[max(0, i - 2) : i + 2] = ""  # the months beside a step differ from their neighbours for its sake
            leaps[i], expected[i] = "from here on", before[i]
    return expected, leaps


def _beyond(counts: np.ndarray, expected: np.ndarray, centred: bool) -> np.ndarray:
    z = 2 * (np.sqrt(counts) - np.sqrt(expected))
    known = z[np.isfinite(z)]
    if not len(known):
        return np.zeros(len(z), bool)
    middle = float(np.median(known))
    scale = max(1.0, 1.4826 * float(np.median(np.abs(known - middle))))
    ratio = (counts + 0.5) / (expected + 0.5)
    far = np.abs(z - (middle if centred else 0.0)) / scale > BEYOND
    return far & ((ratio >= RATIO) | (ratio <= 1 / RATIO))


def _events(tables: Mapping[str, pd.DataFrame]) -> Iterator[tuple[str, str, np.ndarray]]:
    for name in (name for name in tables if name in TABLES and name not in _IN_BATCHES):
        for column in TABLES[name].columns:
            if column.kind == "date" and column.name in tables[name] and column.name not in _NO_EVENTS:
                days = tables[name][column.name].dropna().to_numpy("datetime64[D]")
                if len(days):
                    yield name, column.name, days


def _months(table: str, column: str, days: np.ndarray, observation_end: str) -> pd.DataFrame:
    months = days.astype("datetime64[M]").astype(int)
    first, counts = months.min(), np.bincount(months - months.min())
    names = (first + np.arange(len(counts))).astype("datetime64[M]")
    after_end = (names + 1).astype("datetime64[D]") > np.datetime64(observation_end, "D") + 1
    whole = int((~after_end).sum())  # a month that is not seen whole is neither judged nor a neighbour
    expected, leaps = np.full(len(counts), np.nan), np.full(len(counts), "", dtype=object)
    expected[:whole], leaps[:whole] = judge(counts[:whole])
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = counts / expected
    parts: dict[str, Any] = {"table": table, "column": column, "month": names.astype(str), "rows": counts}
    return pd.DataFrame(parts | {"expected": expected, "ratio": ratio, "leap": leaps})


def _gaps(days: np.ndarray, counts: np.ndarray) -> Iterator[tuple[str, str, int, float]]:
    span = int((days[-1] - days[0]).astype(int)) + 1
    rows = np.zeros(span)
    rows[(days - days[0]).astype(int)] = counts
    weekday = (days[0].astype(int) + np.arange(span)) % 7
    if span < 60 or not (dense := [step for step in (1, 7) if _share_filled(rows, step) >= _DENSE]):
        return
    usual = _usual(rows, weekday if dense[0] == 1 else np.zeros(span, int))
    edges = np.flatnonzero(np.diff(np.r_[False, rows == 0, False].astype(int)))
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        expected = float(usual[start:end].sum())
        if expected >= EXPECTED and end - start >= dense[0]:
            yield str(days[0] + start), str(days[0] + end - 1), int(end - start), round(expected, 1)


def _share_filled(rows: np.ndarray, step: int) -> float:
    whole = rows[: len(rows) // step * step].reshape(-1, step)
    return float((whole.sum(axis=1) > 0).mean())


def _usual(rows: np.ndarray, weekday: np.ndarray) -> np.ndarray:
    """Return the rows to be expected of each day: the median month around it, by weekday."""
    width = 30
    blocks = np.array([rows[i : i + width].mean() for i in range(0, max(1, len(rows) - width // 2), width)])
    level = np.array([np.median(blocks[max(0, i - 3) : i + 4]) for i in range(len(blocks))])
    factor = np.array([rows[weekday == day].mean() if (weekday == day).any() else 0.0 for day in range(7)])
    factor = factor / max(rows.mean(), 1e-12)
    return level[np.minimum(np.arange(len(rows)) // width, len(level) - 1)] * factor[weekday]
