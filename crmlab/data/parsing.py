"""One column at a time: values as they come, to values of the kind that the data dictionary names.

A parser never guesses. It returns the parsed column, in which what could not be read is missing, and beside it the
faults: which rows they are, what is wrong with them and what to do. `crmlab.data.validation` gathers them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

EARLIEST, LATEST = 1900, 2100
MISSING = frozenset({"", "NA", "N/A", "#N/A", "NaN", "nan", "NaT", "<NA>", "NULL", "null", "None"})

_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")
_WHOLE = re.compile(r"([+-]?[0-9]{1,18})(\.0*)?")
_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_COMPACT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_CLOCK = re.compile(r"[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.,][0-9]+)?)?( ?(Z|[+-][0-9]{2}:?[0-9]{2}))?")
_BOOLEANS = {"true": True, "false": False, "t": True, "f": False, "yes": True, "no": False, "y": True, "n": False}
_BOOLEANS |= {"1": True, "0": False, "1.0": True, "0.0": False}

_ENDLESS = {"inf", "-inf", "+inf", "infinity", "-infinity"}

_NOT_A_NUMBER = ("not a number", "Write the number alone, as 1234.5: no letters, no currency sign, no comma.")
_NOT_FINITE = ("not a finite number", "Leave the value empty where it is not known.")
_NOT_WHOLE = ("not a whole number", "Write whole numbers, as 7.")
_NOT_BOOLEAN = ("neither true nor false", "Write true or false.")
_NO_DAY = ("not a day of the calendar", "Correct the day.")
_FAR = (f"before {EARLIEST} or after {LATEST}", "Correct the year; leave a day that has not come yet empty.")
_NOT_ISO = "not a date in the form 2025-01-31 or 20250131"
_SEEN = (
    (r"[0-9]{4,5}(\.[0-9]+)?", "They look like a spreadsheet's count of days: give the column the format yyyy-mm-dd."),
    (
        r"[0-9]{1,2}([./-])[0-9]{1,2}\1[0-9]{2,4}.*",
        "Day and month cannot be told apart in them: export the column as yyyy-mm-dd.",
    ),
    (r"[0-9]{4}([./-]) ?[0-9]{1,2}\1 ?[0-9]{1,2}.*", "Write hyphens and two digits each: yyyy-mm-dd."),
)


@dataclass(frozen=True, eq=False)
class Fault:
    """What is wrong with some values of a column.

    Attributes
    ----------
    rows
        True where the value is faulty; one entry for each row.
    what
        What the values are, to be read after "is" or "are".
    remedy
        What to do, as a sentence.
    """

    rows: np.ndarray
    what: str
    remedy: str


def parse(kind: str, values: pd.Series, *, identifies: bool = False) -> tuple[pd.Series, list[Fault]]:
    """Return the column as `kind`, and what could not be read.

    Parameters
    ----------
    kind
        "text", "integer", "number", "date" or "boolean". A date may carry a time of day, which is left out.
    values
        Any column; it is not changed. Blanks around a value are left out.
    identifies
        Whether a text column names customers, leads and the like. In one that does, "NULL" and "NA" mean that nothing
        is known; in other text they stay what they are.

    Raises
    ------
    KeyError
        If there is no such kind.

    Examples
    --------
    >>> days, faults = parse("date", pd.Series(["2025-02-28", "2025-02-30", ""]))
    >>> days.isna().to_list(), faults[0].what, faults[0].rows.tolist()
    ([False, True, True], 'not a day of the calendar', [False, True, False])
    """
    if kind == "date" and pd.api.types.is_datetime64_any_dtype(values.dtype):
        return _days(values)
    if kind == "number" and pd.api.types.is_numeric_dtype(values.dtype):
        return _floats(values)
    if kind == "text":
        return _text(values, identifies), []
    codes, texts = distinct(values)
    known = np.array([text not in MISSING for text in texts], bool)
    codes = np.append(np.where(known, np.cumsum(known) - 1, -1), -1)[codes]
    parsed, faults = _PARSERS[kind](texts[known])
    column = parsed.take(np.where(codes < 0, len(parsed) - 1, codes)).set_axis(values.index)
    column.name = values.name
    return column, [Fault((codes >= 0) & _spread(fault.rows, codes), fault.what, fault.remedy) for fault in faults]


def written(values: pd.Series) -> np.ndarray:
    """Return each value as text without blanks around it, None where it is missing or blank.

    Whole numbers that became floats, because other rows were empty, are written without a point, as they were meant.

    Examples
    --------
    >>> written(pd.Series([4.0, None])).tolist(), written(pd.Series([" 0001 ", " "])).tolist()
    (['4', None], ['0001', None])
    """
    if pd.api.types.is_float_dtype(values.dtype):
        known = values.dropna().to_numpy(float)
        if np.all(np.isfinite(known) & (known % 1 == 0) & (np.abs(known) < 1e15)):
            values = values.astype("Int64")
    objects = values.to_numpy(object)
    texts = np.full(len(objects), None, object)
    try:
        texts[:] = [*map(str.strip, objects)]
    except TypeError:  # not all of them are text
        known = ~pd.isna(objects)
        texts[known] = [*map(str.strip, map(str, objects[known]))]
    texts[texts == ""] = None
    return texts


def distinct(values: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """Return for each row the place of its text, -1 where it is missing or blank, and each text once, in that order.

    The texts are those of `written`, but each is looked at once, however many rows have it.

    Examples
    --------
    >>> codes, texts = distinct(pd.Series(["b ", "", "a", "b"]))
    >>> codes.tolist(), texts.tolist()
    ([0, -1, 1, 0], ['b', 'a'])
    """
    objects = values.to_numpy(object)
    if pd.api.types.infer_dtype(objects, skipna=True) != "string":  # 1, 1.0 and True would be taken for the same
        codes, texts = pd.factorize(written(values))
        return codes, np.asarray(texts, object)
    codes, raw = pd.factorize(objects)
    texts = written(pd.Series(raw, dtype=object))
    if np.array_equal(texts, raw):
        return codes, texts
    inner, texts = pd.factorize(texts)
    return np.append(inner, -1)[codes], np.asarray(texts, object)


def guess_kind(values: pd.Series) -> str:
    """Return the kind that fits every value of a column of text; "text" where none does.

    Numbers with leading zeros are names, not amounts, and stay text.

    Examples
    --------
    >>> guess_kind(pd.Series(["1", "2"])), guess_kind(pd.Series(["0001", "0002"])), guess_kind(pd.Series(["2.5", ""]))
    ('integer', 'text', 'number')
    """
    known = {text for text in written(values) if text is not None}
    if not known or any(re.match(r"[+-]?0[0-9]", text) for text in known):
        return "text"
    if known <= {"true", "false"}:
        return "boolean"
    shapes = {"integer": re.compile(r"[+-]?[0-9]{1,18}"), "number": _NUMBER, "date": _DAY}
    fits = (kind for kind, shape in shapes.items() if all(shape.fullmatch(text) for text in known))
    kind = next(fits, "text")
    return "text" if kind != "text" and parse(kind, pd.Series(sorted(known)))[1] else kind


def has_clock(values: pd.Series) -> bool:
    """Return whether any date carries a time of day other than midnight."""
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        return bool((values != values.dt.normalize())[values.notna()].any())
    clocks = (text[10:] for text in written(values) if text is not None and len(text) > 10 and _DAY.match(text))
    return any(re.search("[1-9]", clock) for clock in clocks if clock)


def _text(values: pd.Series, identifies: bool) -> pd.Series:
    texts = written(values)
    nothing = MISSING if identifies else ()
    texts[[text is None or text in nothing for text in texts]] = np.nan
    return pd.Series(texts, values.index, dtype=object, name=values.name)


def _spread(rows: np.ndarray, codes: np.ndarray) -> np.ndarray:
    return rows[np.where(codes < 0, 0, codes)] if len(rows) else np.zeros(len(codes), bool)


def _matches(pattern: re.Pattern[str], texts: np.ndarray) -> np.ndarray:
    return np.array([pattern.fullmatch(text) is not None for text in texts], bool)


def _faults(*found: tuple[np.ndarray, tuple[str, str]]) -> list[Fault]:
    return [Fault(rows, *said) for rows, said in found if rows.any()]


# Each parser below takes the distinct texts and returns one value more than it got: the missing one, at the end.


def _number(texts: np.ndarray) -> tuple[pd.Series, list[Fault]]:
    good = _matches(_NUMBER, texts)
    endless = np.zeros(len(texts), bool)
    endless[~good] = [text.lower() in _ENDLESS for text in texts[~good]]
    values = np.full(len(texts) + 1, np.nan)
    values[:-1][good] = texts[good].astype(float)
    too_big = np.isinf(values[:-1])
    values[:-1][too_big] = np.nan
    return pd.Series(values), _faults((~good & ~endless, _NOT_A_NUMBER), (endless | too_big, _NOT_FINITE))


def _floats(values: pd.Series) -> tuple[pd.Series, list[Fault]]:
    """Return a column that holds numbers already, without the endless ones."""
    floats = values.astype("Float64").to_numpy(float, na_value=np.nan)
    endless = np.isinf(floats)
    return pd.Series(np.where(endless, np.nan, floats), values.index, name=values.name), _faults((endless, _NOT_FINITE))


def _integer(texts: np.ndarray) -> tuple[pd.Series, list[Fault]]:
    found = [_WHOLE.fullmatch(text) for text in texts]
    values = pd.Series([*(int(match[1]) if match else pd.NA for match in found), pd.NA], dtype="Int64")
    return values, _faults((np.array([match is None for match in found], bool), _NOT_WHOLE))


def _boolean(texts: np.ndarray) -> tuple[pd.Series, list[Fault]]:
    values = pd.Series([*(_BOOLEANS.get(text.lower(), pd.NA) for text in texts), pd.NA], dtype="boolean")
    return values, _faults((values.isna().to_numpy()[:-1], _NOT_BOOLEAN))


def _date(texts: np.ndarray) -> tuple[pd.Series, list[Fault]]:
    # each day and each time of day is looked at once
    places, heads = pd.factorize(np.array([text[:10] for text in texts], object))
    times, clocks = pd.factorize(np.array([text[10:] for text in texts], object))
    found = [_day(head) for head in heads]
    timed = np.array([not clock or _CLOCK.fullmatch(clock) is not None for clock in clocks], bool)[times]
    years = np.array([int(day[:4]) if day else EARLIEST for day in found])
    far = (years < EARLIEST) | (years > LATEST)
    days = pd.Series([None if away else day for day, away in zip(found, far, strict=True)], dtype=object)
    parsed = pd.to_datetime(days, format="%Y-%m-%d", errors="coerce").to_numpy("datetime64[ns]")
    iso = timed & np.array([day is not None for day in found], bool)[places]
    good, late = np.where(iso, parsed[places], np.datetime64("NaT")), iso & far[places]
    values = pd.Series(np.append(good, np.datetime64("NaT")).astype("datetime64[ns]"))
    return values, _not_iso(texts, ~iso) + _faults((iso & ~late & np.isnat(good), _NO_DAY), (late, _FAR))


def _day(text: str) -> str | None:
    """Return a date without its time as ISO text; None where it is in no form that is read."""
    match = _COMPACT.fullmatch(text) or _DAY.fullmatch(text)
    return "-".join(match.groups()) if match else None


def _not_iso(texts: np.ndarray, rows: np.ndarray) -> list[Fault]:
    """Sort what is no date by what it looks like, so that each has a remedy that fits."""
    faults, left = [], rows.copy()
    for shape, remedy in _SEEN:
        like = left.copy()
        like[left] = _matches(re.compile(shape), texts[left])
        faults += _faults((like, (_NOT_ISO, remedy)))
        left &= ~like
    return faults + _faults((left, (_NOT_ISO, "Export the column as yyyy-mm-dd.")))


def _days(values: pd.Series) -> tuple[pd.Series, list[Fault]]:
    """Return the days of a column of timestamps, in the time zone in which they are written."""
    local = values.dt.tz_localize(None) if isinstance(values.dtype, pd.DatetimeTZDtype) else values
    far = ((local.dt.year < EARLIEST) | (local.dt.year > LATEST)).to_numpy()
    return local.mask(far).astype("datetime64[ns]").dt.normalize(), _faults((far, _FAR))


_PARSERS: dict[str, Callable[[np.ndarray], tuple[pd.Series, list[Fault]]]] = {
    "integer": _integer,
    "number": _number,
    "date": _date,
    "boolean": _boolean,
}
