"""Months as people head their columns: 2025-01, 202501, Jan-25, 2025년 1월, or 1월 with the year told."""

from __future__ import annotations

import re

_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_FULL = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november")
_NAMED = {name: number for names in (_NAMES, (*_FULL, "december")) for number, name in enumerate(names, 1)}
_NAMED |= {"sept": 9}
_YEAR, _MONTH = r"(?P<year>(?:19|20)\d{2})", r"(?P<month>0?[1-9]|1[0-2])"
_WORD = rf"(?P<word>{'|'.join(sorted(_NAMED, key=len, reverse=True))})"
_SHAPES = [
    re.compile(shape)
    for shape in (
        rf"{_YEAR} ?[-/._ m] ?{_MONTH}",
        rf"{_YEAR}(?P<month>0[1-9]|1[0-2])",
        rf"{_YEAR} ?[-/.] ?{_MONTH} ?[-/.] ?0?1\.?(?:[t ]00:00(?::00(?:\.0+)?)?)?",
        rf"{_MONTH} ?[-/.] ?{_YEAR}",
        rf"{_YEAR}년 ?{_MONTH}월",
        rf"'?(?P<short>\d{{2}})년 ?{_MONTH}월",
        rf"{_WORD}\.?[-/_ ,']*{_YEAR}",
        rf"{_WORD}\.?[-/_ ,']+(?P<short>\d{{2}})",
        rf"{_YEAR}[-/_ ]*{_WORD}\.?",
        rf"{_MONTH}월",
        rf"{_WORD}\.?",
    )
]


def month_of(heading: object, year: int | None = None) -> str | None:
    """Return the month that a heading names, as "2025-01"; None where it names none.

    Parameters
    ----------
    heading
        What stands above the column. A year of two digits is one of this century.
    year
        The year of months that are named without one; where it is None these are no months.

    Examples
    --------
    >>> [month_of(text) for text in ("2025/1", "202501", "Jan-25", "2025년 1월", "1월", "total")]
    ['2025-01', '2025-01', '2025-01', '2025-01', None, None]
    >>> month_of("1월", 2024)
    '2024-01'
    """
    text = re.sub(r"\s+", " ", str(heading)).strip().casefold()
    for shape in _SHAPES:
        found = shape.fullmatch(text)
        if found is not None:
            parts = found.groupdict()
            number = _NAMED[parts["word"]] if parts.get("word") else int(parts["month"])
            told = (
                int(parts["year"]) if parts.get("year") else 2000 + int(parts["short"]) if parts.get("short") else year
            )
            return None if told is None else f"{told:04d}-{number:02d}"
    return None


def needs_year(heading: object) -> bool:
    """Return whether a heading names a month without its year.

    Examples
    --------
    >>> needs_year("1월"), needs_year("March"), needs_year("2025-03")
    (True, True, False)
    """
    return month_of(heading) is None and month_of(heading, 2000) is not None
