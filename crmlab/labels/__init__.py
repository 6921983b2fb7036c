"""Words of figures and tables in English and Korean, and the formats of money and shares.

Identifiers stay English everywhere; only what a reader sees passes through here. `use` picks language and currency
once, at the start of a lesson, and `word` looks a term up. Both languages hold the same keys.
"""

from __future__ import annotations

from crmlab.labels import titles, words

WORDS = titles.TITLES | words.WORDS
LANGUAGES = ("en", "ko")
_current = "en"
_currency: str | None = None


def use(language: str, currency: str | None = None) -> None:
    """Make `language` ("en" or "ko") that of every figure and table from here on, and `currency` that of their axes.

    Raises
    ------
    ValueError
        If the language is not one of `LANGUAGES`.
    """
    global _current, _currency
    if language not in LANGUAGES:
        raise ValueError(f"language is {language!r}; choose one of {', '.join(LANGUAGES)}")
    _current, _currency = language, currency


def language() -> str:
    """Return the language in use.

    Examples
    --------
    >>> language()
    'en'
    """
    return _current


def word(key: str) -> str:
    """Return the reader's word for `key`, or `key` itself where it names data (a plan, a channel).

    Examples
    --------
    >>> word("still customers"), word("value (currency)")
    ('share still customers', 'value (currency)')
    """
    place = LANGUAGES.index(_current)
    return WORDS[key][place].replace("{currency}", _currency or ("currency", "통화")[place]) if key in WORDS else key


def money(value: float, currency: str = "KRW") -> str:
    """Write an amount with its currency; won carry no decimals.

    Examples
    --------
    >>> money(1234567.4), money(29.333, "USD")
    ('KRW 1,234,567', 'USD 29.33')
    """
    return f"{currency} {value:,.0f}" if currency in {"KRW", "JPY"} else f"{currency} {value:,.2f}"


def number(value: float, digits: int = 3) -> str:
    """Write a number as it is read aloud: with so many significant digits, and never as a power of ten if large.

    Examples
    --------
    >>> number(0.12345), number(28523.4, 4), number(7e6)
    ('0.123', '28,520', '7,000,000')
    """
    return f"{float(f'{value:.{digits}g}'):,.0f}" if abs(value) >= 1000 else f"{value:.{digits}g}"


def percent(share: float, digits: int = 1, signed: bool = False) -> str:
    """Write a share as a percentage; a change with its sign.

    Examples
    --------
    >>> percent(0.1234), percent(0.1234, 0, signed=True)
    ('12.3 %', '+12 %')
    """
    return f"{100 * share:{'+' * signed}.{digits}f} %"
