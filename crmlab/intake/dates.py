"""Dates as people write them, to ISO text. How a column is to be read is decided by its values, or asked.

In 13/02/2025 the 13 can only be a day. So each order of day, month and year that some value rules out is out; where
one is left, it is taken; where several are left, the question is put with the evidence; where none is left, the rows
contradict each other. Counts of days (spreadsheets) and of seconds (computers) look like any number: they are asked.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pandas as pd

from crmlab.data.validation import Problem
from crmlab.intake.clocks import read_clock
from crmlab.intake.shapes.month_names import month_of
from crmlab.intake.texts import Distinct, Read, Where

ORDERS = ("day-first", "month-first", "year-first")
COUNTS = ("spreadsheet", "epoch")
WAYS = (*ORDERS, *COUNTS)
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

_ISO = re.compile(r"\d{4}-\d{2}-\d{2}(?:[ T]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?", re.ASCII)
_NAME = rf"(?P<name>{'|'.join(MONTHS)})[a-z]*\.?"
_WEEKDAY = r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,? )?"
_AFTER = r"(?: ?\(?[월화수목금토일](?:요일)?\)?)?(?!\d)"
_FIXED = tuple(
    re.compile(_WEEKDAY + form, re.IGNORECASE)
    for form in (
        rf"(?P<y>\d{{4}}) ?(?P<mark>[-./]) ?(?P<m>\d{{1,2}}) ?(?P=mark) ?(?P<d>\d{{1,2}})\.?{_AFTER}",
        rf"(?P<y>\d{{4}}|\d{{2}})년 ?(?P<m>\d{{1,2}})월 ?(?P<d>\d{{1,2}})일{_AFTER}",
        r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})(?=$|[T ]|\d{4}$|\d{6}$)",
        rf"(?P<d>\d{{1,2}})(?:st|nd|rd|th)?[ .-]*{_NAME}[ ,.-]*(?P<y>\d{{4}}|\d{{2}})(?!\d)",
        rf"{_NAME} ?(?P<d>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<y>\d{{4}})(?!\d)",
        rf"(?P<y>\d{{4}})[ ./-]*{_NAME}[ ./-]*(?P<d>\d{{1,2}})(?!\d)",
    )
)
_OPEN = re.compile(r"(\d{1,2}) ?([-./]) ?(\d{1,2}) ?\2 ?(\d{4}|\d{2})\.?(?!\d)|(\d{2})(\d{2})(\d{2})$")
_SERIAL = re.compile(r"[1-7]\d{4}(?:\.\d+)?")
_EPOCH = re.compile(r"(?:\d{9,10}(?:\.\d+)?|1\d{12})")


def read_dates(values: pd.Series, where: Where, told: Collection[str] = (), month: bool = False) -> Read:
    """Read a column of dates.

    Parameters
    ----------
    values
        Texts, numbers or timestamps; timestamps come back as they are.
    where
        The sheet and the column, for messages.
    told
        Which of `WAYS` the user said.
    month
        Whether a month without a day stands for its first day.

    Examples
    --------
    >>> read_dates(pd.Series(["13/02/2025", "3/4/2025"]), ("orders.csv", "date")).values.to_list()
    ['2025-02-13', '2025-04-03']
    >>> open_ = read_dates(pd.Series(["03/04/2025"], index=[2]), ("orders.csv", "date")).problems
    >>> print(open_[0])  # doctest: +ELLIPSIS
    orders.csv, column date: 1 row is a date with several readings ... Say --dates day-first or --dates month-first.
    """
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        return Read(values, "dates already")
    column = Distinct.of(values)
    if all(map(_ISO.fullmatch, column.texts)):
        return Read(column.back(list(column.texts)), "dates as 2025-01-31")
    days, clocks = _without_clocks(column)
    texts = [_fixed(text) or (_month(text) if month else None) for text in days.texts]
    said = [f"dates as {raw}" for raw, text in zip(days.texts, texts, strict=True) if text][:1]
    left = np.array([text is None for text in texts], bool)
    order, problems = _ordered(days, left, texts, where, told)
    said += [order] if order else []
    for way, shape, day in (("spreadsheet", _SERIAL, _from_serial), ("epoch", _EPOCH, _from_epoch)):
        like = left & np.array([shape.fullmatch(text) is not None for text in days.texts], bool)
        if like.any() and way in told:
            texts = [day(raw) if hit else text for raw, hit, text in zip(days.texts, like, texts, strict=True)]
            said.append(way)
        elif like.any():
            problems.append(_counted(days, like, where, way, day(days.texts[like][0])))
    read = days.back([raw if text is None else text for raw, text in zip(days.texts, texts, strict=True)])
    settled = " ".join(one for one in said if one in WAYS)
    return Read(read if clocks is None else read + clocks, ", ".join(said), settled, problems=tuple(problems))


def date_share(column: Distinct) -> tuple[float, float]:
    """Return the share of rows that are written as dates, and of those that could be counts of days or seconds.

    Only the first thousand distinct texts are looked at.

    Examples
    --------
    >>> date_share(Distinct.of(pd.Series(["2025-01-31", "3. 4. 2025", "45717", "x"])))
    (0.5, 0.25)
    """
    texts, counts = column.texts[:1000], column.counts[:1000]
    if not len(texts):
        return 0.0, 0.0
    dates = np.array([_fixed(text) is not None or any(_fits(_open(text)).values()) for text in texts], bool)
    like = np.array([bool(_SERIAL.fullmatch(text) or _EPOCH.fullmatch(text)) for text in texts], bool)
    return float(counts[dates].sum() / counts.sum()), float(counts[like & ~dates].sum() / counts.sum())


def _month(text: str) -> str | None:
    found = month_of(text)
    return found and f"{found}-01"


def _year(text: str) -> int:
    """Return a year; of two digits, those to 68 are of this century, as POSIX has it."""
    return int(text) if len(text) == 4 else int(text) + (2000 if int(text) <= 68 else 1900)


def _without_clocks(column: Distinct) -> tuple[Distinct, pd.Series | None]:
    """Return the days alone, each once however many times of day there are, and the time of each row.

    Where a text cannot be parted at its first blank into a day and a time, the column comes back as it is.
    """
    parts = [text.partition(" ") for text in column.texts]
    if not any(clock for _, _, clock in parts):
        return column, None
    clocks = [read_clock(f" {clock}" if clock else "") for _, _, clock in parts]
    codes, heads = pd.factorize(np.array([head for head, _, _ in parts], dtype=object))
    if None in clocks or not all(_fixed(head) or _open(head) for head in heads):
        return column, None
    codes = np.where(column.codes < 0, -1, codes[column.codes])
    counts = np.bincount(codes[codes >= 0], minlength=len(heads))
    return Distinct(np.asarray(heads, dtype=object), codes, counts, column.index), column.back(clocks)


def _fixed(text: str) -> str | None:
    """Return the ISO text of a date in which day, month and year cannot be confused."""
    for form in _FIXED:
        found = form.match(text)
        if found:
            parts = found.groupdict()
            month = int(parts["m"]) if parts.get("m") else MONTHS.index(parts["name"].lower()) + 1
            clock = read_clock(text[found.end() :])
            return None if clock is None else f"{_year(parts['y']):04}-{month:02}-{int(parts['d']):02}{clock}"
    return None


def _open(text: str) -> tuple[str, str, str, str] | None:
    """Return the three numbers of a date whose order is open, and its time of day."""
    found = _OPEN.match(text)
    if not found:
        return None
    clock = read_clock(text[found.end() :])
    parts = (found[1], found[3], found[4]) if found[1] else (found[5], found[6], found[7])
    return None if clock is None else (*parts, clock)


def _fits(parts: tuple[str, str, str, str] | None) -> dict[str, bool]:
    if parts is None:
        return dict.fromkeys(ORDERS, False)
    a, b, c = (int(part) for part in parts[:3])
    month, day = 1 <= b <= 12, 1 <= b <= 31
    return {
        "day-first": 1 <= a <= 31 and month,
        "month-first": 1 <= a <= 12 and day,
        "year-first": len(parts[2]) == 2 == len(parts[0]) and month and 1 <= c <= 31,
    }


def _as(order: str, parts: tuple[str, str, str, str]) -> str:
    a, b, c, clock = parts
    year, month, day = {"day-first": (c, b, a), "month-first": (c, a, b), "year-first": (a, b, c)}[order]
    return f"{_year(year)}-{int(month):02}-{int(day):02}{clock}"


def _ordered(
    column: Distinct, left: np.ndarray, texts: list[str | None], where: Where, told: Collection[str]
) -> tuple[str, list[Problem]]:
    """Read what has an open order into `texts`; return the order and what keeps it from being one."""
    parts = {place: _open(column.texts[place]) for place in np.flatnonzero(left).tolist()}
    fits = {place: _fits(part) for place, part in parts.items()}
    fits = {place: fit for place, fit in fits.items() if any(fit.values())}
    if not fits:
        return "", []
    named = [order for order in ORDERS if order in told]
    able = [order for order in named or ORDERS if all(fit[order] for fit in fits.values())]
    if len(able) != 1:
        return "", [_open_question(column, fits, where, able, named)]
    for place in fits:
        known = parts[place]
        texts[place] = _as(able[0], known) if known else None
        left[place] = False
    return able[0], []


def _marked(column: Distinct, places: Collection[int]) -> np.ndarray:
    marks = np.zeros(len(column.texts), bool)
    marks[list(places)] = True
    return marks


def _open_question(
    column: Distinct, fits: dict[int, dict[str, bool]], where: Where, able: list[str], named: list[str]
) -> Problem:
    """Return the question which of several orders holds, or the contradiction where none does."""
    if able:
        text = column.texts[next(iter(fits))]
        readings = [f"{_spoken(_as(order, parts))} ({order})" for order in able if (parts := _open(text))]
        one = column.count(_marked(column, fits)) == 1
        what = f"{'a date' if one else 'dates'} with several readings that no row decides: {text!r} is "
        remedy = f"Say {' or '.join(f'--dates {order}' for order in able)}."
        return column.problem(where, _marked(column, fits), what + " or ".join(readings), remedy, examples=False)
    if named:
        wrong = [place for place, fit in fits.items() if not any(fit[order] for order in named)] or list(fits)
        remedy = "Correct these rows, or name another order."
        return column.problem(where, _marked(column, wrong), f"not dates read {' and '.join(named)}", remedy)
    only = {order: [p for p, fit in fits.items() if fit[order] and sum(fit.values()) == 1] for order in ORDERS}
    said = [
        f"{column.texts[places[0]]!r} can only be {order} ({column.seen(_marked(column, places))})"
        for order, places in only.items()
        if places
    ]
    what = f"dates that contradict each other: {', but '.join(said)}" if said else "dates that fit no single order"
    remedy = "Two ways of writing were mixed: correct the fewer, or export the column as yyyy-mm-dd."
    return column.problem(where, _marked(column, fits), what, remedy, examples=False)


def _spoken(iso: str) -> str:
    return f"{int(iso[8:10])} {MONTHS[int(iso[5:7]) - 1].capitalize()} {iso[:4]}"


def _counted(column: Distinct, like: np.ndarray, where: Where, way: str, day: str) -> Problem:
    of = "a spreadsheet's count of days" if way == "spreadsheet" else "a count of seconds since 1970"
    what = f"numbers where dates are expected; as {of}, {column.texts[like][0]} would be {day}"
    return column.problem(where, like, what, f"If that is right, say --dates {way}.", examples=False)


def _from_serial(text: str) -> str:
    return (date(1899, 12, 30) + timedelta(days=int(float(text)))).isoformat()


def _from_epoch(text: str) -> str:
    seconds = float(text) / (1000 if len(text.partition(".")[0]) == 13 else 1)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S}Z"
