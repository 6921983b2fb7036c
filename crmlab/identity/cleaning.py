"""What was typed, brought into one form before it is compared.

Two records of one person seldom hold the same characters: "010-0123-4567" and "+82 10 0123 4567" are one telephone,
김민서 and "Kim Min-seo" one name. What is only another way of writing is undone here, field by field; what is a slip is
left to the comparison, which gives it a weight. A form's default date of birth is no date of birth, so it counts as
missing: taken at its word it would make strangers alike and a person unlike herself.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from crmlab.engines import need, to_pandas
from crmlab.hangul import is_hangul
from crmlab.identity.korean import split_hangul, split_latin

FIELDS = ("name", "email", "phone", "birth_date", "postcode")
DEFAULT_DATES = ("1900-01-01", "1970-01-01")
_SHARE_OF_DEFAULT = 0.005  # a day of birth that more records than this hold is a default: one in 25,000 is usual
_FEWEST = 20  # records that must hold a day before it can be called a default


def clean_name(value: Any) -> str | None:
    """Return a personal name as family name and given name in small Latin letters; None where there is none.

    Korean names are romanised, and the family name is put first under its usual spelling. The words of other names are
    sorted, so that "Clark, Emily" is "Emily Clark".

    Examples
    --------
    >>> clean_name("김민서"), clean_name("MINSEO KIM"), clean_name("Kim Min-seo"), clean_name("Yi Jisu")
    ('kim minseo', 'kim minseo', 'kim minseo', 'lee jisu')
    >>> clean_name("Emily Clark"), clean_name("CLARK, Emily"), clean_name("  ")
    ('clark emily', 'clark emily', None)
    """
    text = _text(value).casefold().lstrip(" -,.'")
    if is_hangul(text):
        return " ".join(split_hangul("".join(filter(str.isalpha, text)))).strip()
    words = re.findall(r"[^\W\d_]+", re.sub(r"['’\-]", "", text))
    if not words:
        return None
    korean = split_latin(words)
    return " ".join(korean or sorted(words))


def clean_email(value: Any) -> str | None:
    """Return an e-mail address in small letters without spaces; None where there is no address.

    Examples
    --------
    >>> clean_email(" Minseo.Kim7@Example.com "), clean_email("none")
    ('minseo.kim7@example.com', None)
    """
    text = "".join(_text(value).casefold().split()).removeprefix("mailto:")
    return text if re.fullmatch(r"[^@]+@[^@]+", text) else None


def clean_phone(value: Any) -> str | None:
    """Return a telephone number as digits, a Korean one in its national form; None where there is no number.

    The country code 82 gives way to the leading zero, which is also put back where a spreadsheet dropped it from a
    mobile number. A number of another country keeps its plus.

    Examples
    --------
    >>> [clean_phone(text) for text in ("010-0123-4567", "+82 10 0123 4567", "+82 (0)10.0123.4567", 1001234567.0)]
    ['01001234567', '01001234567', '01001234567', '01001234567']
    >>> clean_phone("+44 20 7946 0000"), clean_phone("-")
    ('+442079460000', None)
    """
    text = _text(value)
    digits = "".join(re.findall(r"[0-9]", text))
    abroad = digits.startswith("00") or "+" in re.split(r"[0-9]", text)[0]
    if abroad:
        digits = digits.lstrip("0")  # no country code begins with a zero
    if digits.startswith("82") and (abroad or len(digits) > 10):
        digits, abroad = "0" + digits[2:].lstrip("0"), False
    if len(digits) < 7:
        return None
    if abroad:
        return "+" + digits
    return "0" + digits if re.fullmatch(r"1[016-9]\d{7,8}", digits) else digits


def clean_postcode(value: Any) -> str | None:
    """Return a postcode as its letters and digits, at least five; None where there is none.

    Examples
    --------
    >>> clean_postcode("04633"), clean_postcode(4633), clean_postcode("sw1a 1aa"), clean_postcode("")
    ('04633', '04633', 'SW1A1AA', None)
    """
    text = "".join(filter(str.isalnum, _text(value))).upper()
    return (text.zfill(5) if text.isdigit() else text) or None


def clean_birth_dates(dates: pd.Series) -> pd.Series:
    """Return days of birth as ISO text; None where there is none, or only a form's default.

    A default is 1900-01-01, 1970-01-01, and any day that at least 20 records and more than one in 200 of those with a
    date hold: on a day of a usual year one person in some 25,000 was born.

    Raises
    ------
    ValueError
        If a value is no date.

    Examples
    --------
    >>> clean_birth_dates(pd.Series(["1990-05-06", "1900-01-01", None])).tolist()
    ['1990-05-06', None, None]
    """
    days = to_dates(dates)
    bad = np.flatnonzero(days.isna() & dates.notna())
    if len(bad):
        raise ValueError(f"birth_date: {len(bad)} values are no date, the first in row {bad[0]}: {dates.iloc[bad[0]]}")
    texts = days.dt.strftime("%Y-%m-%d")
    counts = texts.value_counts()
    held = counts.to_numpy()
    frequent = counts.index[(held >= _FEWEST) & (held > _SHARE_OF_DEFAULT * held.sum())]
    return _none_unless(texts, texts.notna() & ~texts.isin([*DEFAULT_DATES, *frequent]))


def to_dates(values: pd.Series) -> pd.Series:
    """Return dates, or ISO texts of dates, as dates; empty where a value is none."""
    known = values.dtype.kind == "M"
    return values if known else pd.to_datetime(values.astype("string"), errors="coerce", format="ISO8601")


def clean_records(source_records: Any) -> pd.DataFrame:
    """Return source records with every field in one form, and missing values as None.

    Parameters
    ----------
    source_records
        One row a record: `record_id`, and any of `name`, `email`, `phone`, `birth_date`, `postcode`.

    Returns
    -------
    DataFrame
        `record_id` and those of the five fields that the table has, as text.

    Raises
    ------
    ValueError
        If there is no record, no `record_id`, one is empty or stands twice, none of the fields is there, or a date of
        birth is no date.

    Examples
    --------
    >>> clean_records(pd.DataFrame({"record_id": ["R1"], "name": ["김민서"], "phone": ["+82 10-0123-4567"]}))
      record_id        name        phone
    0        R1  kim minseo  01001234567
    """
    frame = to_pandas(source_records).reset_index(drop=True)
    need(frame.columns, ["record_id"], "source_records")
    check_ids(frame["record_id"], "source_records")
    fields = [name for name in FIELDS if name in frame]
    if not fields:
        raise ValueError(f"source_records: none of {', '.join(FIELDS)}, so there is nothing to compare records by")
    columns = {name: _cleaned(frame[name], name) for name in fields}
    return pd.DataFrame({"record_id": frame["record_id"], **columns})


def check_ids(ids: pd.Series, table: str) -> None:
    """Raise a ValueError where a table has no rows, or a `record_id` is empty or stands twice."""
    if ids.empty:
        raise ValueError(f"{table}: there is no record")
    empty = np.flatnonzero(ids.isna())
    if len(empty):
        raise ValueError(f"{table}: record_id is empty in {len(empty)} rows, the first in row {empty[0]}")
    twice = np.flatnonzero(ids.duplicated())
    if len(twice):
        said = f"{len(twice)} rows repeat an earlier one, the first in row {twice[0]}: {ids.iloc[twice[0]]}"
        raise ValueError(f"{table}: record_id names one record each, but {said}")


_CLEAN: dict[str, Callable[[Any], str | None]] = {
    "name": clean_name,
    "email": clean_email,
    "phone": clean_phone,
    "postcode": clean_postcode,
}


def _cleaned(column: pd.Series, name: str) -> pd.Series:
    if name == "birth_date":
        return clean_birth_dates(column)
    known = {value: _CLEAN[name](value) for value in column.dropna().unique()}
    cleaned = column.map(known)
    return _none_unless(cleaned, cleaned.notna())


def _none_unless(values: pd.Series, kept: pd.Series) -> pd.Series:
    return pd.Series([value if keep else None for value, keep in zip(values, kept, strict=True)], values.index, object)


def _text(value: Any) -> str:
    """Return a cell as text: whole numbers without a point, wide and split letters as usual ones."""
    if pd.isna(value):
        return ""
    whole = isinstance(value, float) and value.is_integer()
    return unicodedata.normalize("NFKC", str(int(value) if whole else value)).strip()
