"""Numbers and addresses that lead to one person, told apart from other numbers by their form and their check digit.

Forms: e-mail addresses (the plain part of RFC 5321), telephone numbers (Korean ones as they are dialled; others with a
plus sign, at most 15 digits, ITU-T E.164), Korean resident registration numbers, Korean business registration numbers,
payment cards (ISO/IEC 7812, the check digit of Luhn 1960) and IP addresses.

A check digit lets one in ten of any numbers pass. So a bare row of digits counts as a card or a business only where
most of a column passes (`crmlab.checking.personal`); one that is written with the usual hyphens counts by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from ipaddress import ip_address

_RESIDENT = re.compile(r"(?<![A-Za-z\d-])(\d{6})([- ]?)([1-8]\d{6})(?![A-Za-z\d-])")
_BUSINESS = re.compile(r"(?<![A-Za-z\d-])([1-9]\d{2})(-?)(\d{2})\2(\d{5})(?![A-Za-z\d-])")
_CARD = re.compile(
    r"(?<![A-Za-z\d-])(?:[3-69]\d{3}([ -]?)\d{4}\1\d{4}\1\d{2,7}|3\d{3}([ -]?)\d{6}\2\d{5})(?![A-Za-z\d-])"
)
_MOBILE = r"(?:\+?82[ .-]?(?:\(0\))?|0)1[016789][ .-]?\d{3,4}[ .-]?\d{4}"
_LANDLINE = r"(?:\+?82[ .-]|\(?0)(?:2|[3-6]\d|70|50\d)(?:\)[ ]?|[ .-])\d{3,4}[ .-]\d{4}"
_ABROAD = r"\+[1-9](?:[ ().-]{0,2}\d){7,14}"
TELEPHONE = f"{_MOBILE}|{_LANDLINE}|{_ABROAD}"  # these two are also read by RE2, which knows no look-behind
MAIL = r"[A-Za-z0-9._%+-]+@(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,24}"
_PHONE = re.compile(rf"(?<![A-Za-z\d+.-])(?:{TELEPHONE})(?![A-Za-z\d-])")
_MAIL = re.compile(rf"{MAIL}(?![A-Za-z0-9])")
_ADDRESS = re.compile(r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])|(?<![\w:])[0-9A-Fa-f:]*:[0-9A-Fa-f]*:[0-9A-Fa-f:.]*")
_RANDOM_FROM = date(2020, 10, 1)  # from here on new resident numbers end in chance, without a check digit
_CENTURY = {"1": 1900, "2": 1900, "5": 1900, "6": 1900, "3": 2000, "4": 2000, "7": 2000, "8": 2000}


@dataclass(frozen=True)
class Found:
    """One identifier within a text.

    Attributes
    ----------
    kind
        A key of `KINDS`.
    start, end
        Where it stands.
    """

    kind: str
    start: int
    end: int


KINDS = {
    "e-mail": "e-mail addresses",
    "resident number": "Korean resident registration numbers",
    "card": "payment card numbers",
    "telephone": "telephone numbers",
    "business number": "Korean business registration numbers",
    "IP address": "IP addresses",
}


def find_identifiers(text: str) -> list[Found]:
    """Return the identifiers in a text, in the order in which they stand; none overlaps another.

    Examples
    --------
    >>> [found.kind for found in find_identifiers("Kim, 010-1234-5678 or kim@example.com")]
    ['telephone', 'e-mail']
    >>> find_identifiers("order 20250131-0042")
    []
    """
    taken: list[Found] = []
    for found in _candidates(text):
        if all(found.end <= other.start or found.start >= other.end for other in taken):
            taken.append(found)
    return sorted(taken, key=lambda found: found.start)


def is_resident_number(digits: str) -> bool:
    """Tell whether 13 digits are a Korean resident (or foreigner's) registration number with its check digit.

    Examples
    --------
    >>> is_resident_number("9001011234568"), is_resident_number("9001011234567")
    (True, False)
    """
    born = _born(digits)
    if born is None:
        return False
    total = sum(
        int(digit) * weight for digit, weight in zip(digits, (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5), strict=False)
    )
    foreign = 2 if digits[6] in "5678" else 0
    return (11 - total % 11 + foreign) % 10 == int(digits[12])


def is_business_number(digits: str) -> bool:
    """Tell whether 10 digits are a Korean business registration number: their check digit fits.

    Examples
    --------
    >>> is_business_number("1234567891"), is_business_number("1234567890")
    (True, False)
    """
    total = sum(int(digit) * weight for digit, weight in zip(digits, (1, 3, 7, 1, 3, 7, 1, 3, 5), strict=False))
    return (10 - (total + int(digits[8]) * 5 // 10) % 10) % 10 == int(digits[9])


def passes_luhn(digits: str) -> bool:
    """Tell whether the last digit is the check digit of Luhn (1960, US patent 2,950,048).

    Examples
    --------
    >>> passes_luhn("4111111111111111"), passes_luhn("4111111111111112")
    (True, False)
    """
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 * (value > 9)
    return total % 10 == 0


def _candidates(text: str) -> Iterator[Found]:
    """Yield what fits a form, the surest form first."""
    for match in _MAIL.finditer(text):
        yield Found("e-mail", *match.span())
    for match in _RESIDENT.finditer(text):
        digits, hyphen = match[1] + match[3], bool(match[2])
        born = _born(digits)
        if is_resident_number(digits) or (hyphen and born is not None and born >= _RANDOM_FROM):
            yield Found("resident number", *match.span())
    for match in _PHONE.finditer(text):
        yield Found("telephone", *match.span())
    for match in _CARD.finditer(text):
        if passes_luhn(re.sub(r"\D", "", match[0])):
            yield Found("card", *match.span())
    for match in _BUSINESS.finditer(text):
        if is_business_number(re.sub(r"\D", "", match[0])):
            yield Found("business number", *match.span())
    for match in _ADDRESS.finditer(text):
        if _is_address(match[0]):
            yield Found("IP address", *match.span())


def _born(digits: str) -> date | None:
    century = _CENTURY.get(digits[6])
    try:
        return None if century is None else date(century + int(digits[:2]), int(digits[2:4]), int(digits[4:6]))
    except ValueError:
        return None


def _is_address(text: str) -> bool:
    try:
        return not ip_address(text).is_unspecified
    except ValueError:
        return False
