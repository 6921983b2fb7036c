"""Numbers as people write them, to plain text: decimal comma or point, thousands signs, currencies, percent, negatives.

Marks decide by their places. In 1.234,50 the comma parts the decimals; in 1.234.567 the point cannot; in 12,5 the comma
must. Only a single mark with three digits behind it, as in 1.234, has two readings. What a whole column leaves open is
asked.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

import numpy as np
import pandas as pd

from crmlab.data.validation import Problem
from crmlab.intake.texts import Distinct, Read, Where

MARKS = {"point": ".", "comma": ","}
SIGNS = {"₩": "KRW", "원": "KRW", "€": "EUR", "£": "GBP", "円": "JPY", "元": "CNY", "$": "USD", "US$": "USD"}
SIGNS |= {"A$": "AUD", "C$": "CAD", "HK$": "HKD", "S$": "SGD", "NT$": "TWD", "R$": "BRL", "₹": "INR", "₫": "VND"}
SIGNS |= {"฿": "THB", "₽": "RUB", "₺": "TRY", "JP¥": "JPY", "CN¥": "CNY"}
CODES = """AED ARS AUD BRL CAD CHF CLP CNY COP CZK DKK EGP EUR GBP HKD HUF IDR ILS INR JPY KRW MXN MYR NOK NZD PHP PLN
RON RUB SAR SEK SGD THB TRY TWD UAH USD VND ZAR"""
YEN_OR_YUAN = "¥"

_PLAIN = re.compile(r"-?\d+(?:\.\d{1,2})?", re.ASCII)
_CURRENCY = rf"(?:{'|'.join(sorted(map(re.escape, [*SIGNS, YEN_OR_YUAN, *CODES.split()]), key=len, reverse=True))})"
_FORM = re.compile(
    rf"(?P<open>\()?\s*(?P<sign>[+-])?\s*(?P<before>{_CURRENCY})?\s*(?P<sign2>[+-])?\s*"
    rf"(?P<core>[\d.,' ]*\d[.,]?)\s*(?P<after>{_CURRENCY})?\s*(?P<percent>%)?\s*(?P<trail>-)?\s*(?P<close>\))?"
)
_GROUPS = re.compile(r"\d{1,3}(?:([' ])\d{3})(?:\1\d{3})*")
_NINES = str.maketrans("12345678", "99999999")  # a zero may not lead a group of thousands, so it stays
_SAME = str.maketrans({"−": "-", "–": "-", "’": "'", "‘": "'", "`": "'", "٫": ".", "٬": "'"})


@dataclass(frozen=True)
class _Number:
    """A way in which numbers are written: sign and currency apart, the core without what is surely a thousands sign."""

    negative: bool
    currency: str
    percent: bool
    core: str
    fits: frozenset[str]  # the decimal marks under which the core is a number
    tables: dict[str, dict[int, str | None]]  # for each of these marks, what is replaced to get plain digits


def read_numbers(values: pd.Series, where: Where, told: str = "") -> Read:
    """Read a column of numbers.

    Parameters
    ----------
    values
        Texts; numbers come back as they are.
    where
        The sheet and the column, for messages.
    told
        What parts the decimals, if the user said: "point" or "comma".

    Examples
    --------
    >>> read = read_numbers(pd.Series(["1.234,50 €", "(99,00 €)"]), ("orders.csv", "total"))
    >>> read.values.to_list(), read.said, read.currency.to_list()
    (['1234.50', '-99.00'], 'decimal comma, EUR', ['EUR', 'EUR'])
    >>> print(*read_numbers(pd.Series(["1.234"], index=[2]), ("orders.csv", "total")).problems)
    orders.csv, column total: 1 row is a number with two readings that no row decides: '1.234' is 1234 or 1.234 (line 2). Say --decimal comma (1234) or --decimal point (1.234).
    """  # noqa: E501
    if pd.api.types.is_numeric_dtype(values.dtype):
        return Read(values, "numbers already")
    column = Distinct.of(values)
    if all(map(_PLAIN.fullmatch, column.texts)):
        return Read(column.back(list(column.texts)), "plain numbers")
    numbers = _numbers(column)
    mark, problems = _decimal(column, numbers, where, told)
    texts = [raw if one is None else _plain(raw, one, mark) for raw, one in zip(column.texts, numbers, strict=True)]
    problems += _mixed_percent(column, numbers, where)
    codes = [one.currency or None if one else None for one in numbers]
    signs = sorted({code for code in codes if code})
    percent = any(one.percent for one in numbers if one)
    said = [f"decimal {mark}"] if mark else ["plain numbers"]
    said += [*signs, *(["percent, as shares of 1"] if percent else [])]
    currency = column.back(codes) if signs else None
    return Read(column.back(texts), ", ".join(said), mark, currency, tuple(problems))


def number_share(column: Distinct) -> tuple[float, float]:
    """Return the share of rows that are written as numbers, and of those with decimals or a currency.

    Only the first thousand distinct texts are looked at.

    Examples
    --------
    >>> number_share(Distinct.of(pd.Series(["₩12,000", "7", "x", "5.25"])))
    (0.75, 0.5)
    """
    texts, counts = column.texts[:1000], column.counts[:1000]
    if not len(texts):
        return 0.0, 0.0
    numbers = [_number(_usual(text)) for text in texts]
    good = np.array([one is not None for one in numbers], bool)
    fine = np.array([bool(one and (one.currency or re.search(r"[.,']", one.core))) for one in numbers], bool)
    return float(counts[good].sum() / counts.sum()), float(counts[fine].sum() / counts.sum())


def _numbers(column: Distinct) -> list[_Number | None]:
    """Return how each text is written; texts that differ only in their digits are looked at once."""
    masks = [_usual(text).translate(_NINES) for text in column.texts]
    ways = {mask: _number(mask) for mask in set(masks)}
    return [ways[mask] for mask in masks]


def _usual(text: str) -> str:
    """Return a text with the usual digits, blanks and signs."""
    return text if text.isascii() else unicodedata.normalize("NFKC", text).translate(_SAME)


def _number(text: str) -> _Number | None:
    """Return how a number is written; None where the text is none."""
    found = _FORM.fullmatch(text.upper() if text.isascii() else text)
    if found is None or bool(found["open"]) != bool(found["close"]) or (found["before"] and found["after"]):
        return None
    signs = [sign for sign in (found["sign"], found["sign2"], found["trail"], found["open"]) if sign]
    core = found["core"].strip()
    grouped = _GROUPS.match(core)
    if grouped:
        core = core[: grouped.end()].replace(grouped[1], "") + core[grouped.end() :]
    fits = frozenset(mark for mark in MARKS if _is_number(core, mark))
    if len(signs) > 1 or not fits:
        return None
    written = found["before"] or found["after"] or ""
    if grouped and "." not in core and "," not in core:
        fits = frozenset(MARKS)
    tables = {mark: _table(text, mark) for mark in fits}
    return _Number(
        bool(signs) and signs != ["+"], SIGNS.get(written, written), bool(found["percent"]), core, fits, tables
    )


def _table(text: str, mark: str) -> dict[int, str | None]:
    """Return what leaves only digits and a point of a text; capitals and small letters may both stand there."""
    table: dict[int, str | None] = {ord(sign): None for sign in text.upper() + text.lower() if not sign.isdigit()}
    return table | {ord(MARKS[mark]): "."}


def _is_number(core: str, decimal: str) -> bool:
    """Return whether the core is a number if `decimal` parts the decimals and the other mark parts thousands."""
    mark, other = MARKS[decimal], "".join(value for key, value in MARKS.items() if key != decimal)
    whole, _, rest = core.partition(mark)
    if rest and not rest.isdigit():
        return False
    if other not in whole:
        return whole.isdigit() or (not whole and bool(rest))
    first, *groups = whole.split(other)
    last = groups.pop()
    middle = all(len(group) in (2, 3) and group.isdigit() for group in groups)  # in India two digits
    return first.isdigit() and len(first) <= 3 and first[0] != "0" and middle and len(last) == 3 and last.isdigit()


def _plain(text: str, one: _Number, mark: str) -> str:
    digits = _usual(text).translate(one.tables[mark if mark in one.fits else next(iter(one.fits))])
    digits = _hundredth(digits) if one.percent else digits
    return f"-{digits}" if one.negative else digits


def _hundredth(text: str) -> str:
    whole, _, rest = text.partition(".")
    whole = whole.zfill(3)
    return f"{whole[:-2].lstrip('0') or '0'}.{whole[-2:]}{rest}"


def _decimal(column: Distinct, numbers: list[_Number | None], where: Where, told: str) -> tuple[str, list[Problem]]:
    """Return what parts the decimals ("" where no mark occurs), and what keeps it from being decided."""
    marked = np.array([one is not None and bool(re.search("[.,]", one.core)) for one in numbers], bool)
    if not marked.any():
        return "", []
    can = {mark: np.array([one is not None and mark in one.fits for one in numbers], bool) for mark in MARKS}
    only = {"point": marked & can["point"] & ~can["comma"], "comma": marked & can["comma"] & ~can["point"]}
    if told:
        other = "comma" if told == "point" else "point"
        what = f"no numbers with a decimal {told}"
        wrong = only[other]
        return told, [column.problem(where, wrong, what, f"Say --decimal {other}.")] if wrong.any() else []
    if only["point"].any() and only["comma"].any():
        return "point", [_contradiction(column, only, where)]
    decided = next((mark for mark in MARKS if only[mark].any()), "") or _thousands(numbers, marked)
    return (decided, []) if decided else ("point", [_question(column, numbers, marked, where)])


def _thousands(numbers: list[_Number | None], marked: np.ndarray) -> str:
    """Return the decimal mark where the ambiguous one must part thousands, else "".

    Decimals are written with as many places as all others have, or without zeros at the end. So where some numbers
    have no mark and some have zeros behind it, it parts thousands; and where all are won or yen.
    """
    known = [one for one in numbers if one]
    used = {sign for one, has in zip(numbers, marked, strict=True) if has and one for sign in ".," if sign in one.core}
    if len(used) != 1:
        return ""
    bare = any(not has and one for one, has in zip(numbers, marked, strict=True))
    zeros = any(one.core.endswith("0") for one, has in zip(numbers, marked, strict=True) if has and one)
    whole = all(one.currency in ("KRW", "JPY") for one in known)
    return ("point" if used == {","} else "comma") if (bare and zeros) or whole else ""


def _contradiction(column: Distinct, only: dict[str, np.ndarray], where: Where) -> Problem:
    said = [f"{column.texts[rows][0]!r} has a decimal {mark} ({column.seen(rows)})" for mark, rows in only.items()]
    remedy = "Two ways of writing were mixed: correct the fewer, or export numbers without thousands signs."
    what = f"numbers that contradict each other: {', but '.join(said)}"
    return column.problem(where, only["point"] | only["comma"], what, remedy, examples=False)


def _question(column: Distinct, numbers: list[_Number | None], marked: np.ndarray, where: Where) -> Problem:
    at = int(np.flatnonzero(marked)[0])
    one = numbers[at]
    as_read = {mark: _plain(column.texts[at], one, mark) for mark in ("comma", "point")} if one else {}
    grouping, decimal = sorted(as_read, key=lambda mark: "." in as_read[mark])
    what = f"{'a number' if column.count(marked) == 1 else 'numbers'} with two readings that no row decides: "
    what += f"{column.texts[at]!r} is {as_read[grouping]} or {as_read[decimal]}"
    remedy = f"Say --decimal {grouping} ({as_read[grouping]}) or --decimal {decimal} ({as_read[decimal]})."
    return column.problem(where, marked, what, remedy, examples=False)


def _mixed_percent(column: Distinct, numbers: list[_Number | None], where: Where) -> list[Problem]:
    percent = np.array([one is not None and one.percent for one in numbers], bool)
    plain = np.array([one is not None and not one.percent for one in numbers], bool)
    if not percent.any() or not plain.any():
        return []
    return [column.problem(where, plain, "without a percent sign, where others have one", "Write all of them alike.")]
