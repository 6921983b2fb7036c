"""What columns and tables are called, in English and Korean: how well a name fits a role. `names.toml` holds the words.

Names are compared without case, blanks, marks and what stands in brackets, so "Cust. No" and "cust_no", or
"고객 번호(필수)" and "고객번호", are one. A word may name several roles ("date"); it then counts less than one that
names a single role.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from difflib import get_close_matches
from functools import cache
from importlib.resources import files

from crmlab.intake.shapes import SHAPES

EXACT, NAMED, GENERAL, OPPOSITE, ALMOST = 1.2, 1.0, 0.7, 0.65, 0.6
_LONG, _ALIKE = 6, 0.88


def squash(name: object) -> str:
    """Return a name without case, blanks, marks and what stands in brackets.

    Examples
    --------
    >>> squash("Cust. No"), squash("결제 금액(원)"), squash("（주）고객ＩＤ"), squash("(원)")
    ('custno', '결제금액', '고객id', '원')
    """
    text = unicodedata.normalize("NFKC", str(name)).casefold()
    bare = re.sub(r"[\W_]+", "", re.sub(r"\(.*?\)|\[.*?\]", "", text))
    return bare or re.sub(r"[\W_]+", "", text)


def fits(name: object) -> dict[str, float]:
    """Return the roles that a column's name fits, and how well.

    That is `EXACT`, `NAMED`, `GENERAL`, `ALMOST` (a slip of the pen), or `OPPOSITE` where it asks the contrary.

    Examples
    --------
    >>> fits("유지여부") == {"churned": OPPOSITE}
    True
    >>> fits("Customer_ID")["customer_id"], fits("고객 번호")["customer_id"], fits("id")["customer_id"]
    (1.2, 1.0, 0.7)
    >>> fits("custmer no"), fits("customer grade")
    ({'customer_id': 0.6}, {})
    """
    return dict(_fits(squash(name)))


@cache
def _fits(short: str) -> dict[str, float]:
    index = _index()
    found = dict(index.get(short, {}))
    if not found and len(short) >= _LONG and short.isascii():
        near = (word for size in (-1, 0, 1) for word in _by_length().get(len(short) + size, ()))
        for word in get_close_matches(short, near, 3, _ALIKE):
            found |= dict.fromkeys((role for role, level in index[word].items() if level >= NAMED), ALMOST)
    return found


@cache
def _index() -> dict[str, dict[str, float]]:
    """Return for each word the roles that it names."""
    index: dict[str, dict[str, float]] = {}
    for role, (own, _) in _words("opposites").items():
        index |= {word: index.get(word, {}) | {role: OPPOSITE} for word in own}
    for role, (own, shared) in _words("roles").items():
        for level, words in ((GENERAL, shared), (NAMED, own)):
            for word in words:
                index.setdefault(word, {})[role] = level
    roles = {role.name for shape in SHAPES.values() for role in shape.roles}
    for role in roles:
        index.setdefault(squash(role), {})[role] = EXACT
    return index


@cache
def _by_length() -> dict[int, list[str]]:
    lengths: dict[int, list[str]] = {}
    for word in _index():
        if word.isascii() and len(word) >= _LONG:
            lengths.setdefault(len(word), []).append(word)
    return lengths


def names_shape(shape: str, file: str) -> bool:
    """Return whether a file's or a sheet's name speaks of the shape.

    Examples
    --------
    >>> [names_shape("orders", file) for file in ("2025-03 주문 내역.xlsx", "people.csv", "borders.csv")]
    [True, False, False]
    """
    parts = [part for part in re.split(r"[\W_\d]+", unicodedata.normalize("NFKC", file).casefold()) if part]
    own = {shape.replace("_", ""), *_words("shapes").get(shape, ((), ()))[0]}
    joined = {"".join(parts[at : at + 2]) for at in range(len(parts))} | set(parts)
    hangul = any(not word.isascii() and any(part.startswith(word) for part in parts) for word in own)
    return hangul or bool(own & joined)


@cache
def _words(which: str) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    """Return for each entry its own words and those that it shares with others."""
    told = tomllib.loads((files("crmlab.intake") / "names.toml").read_text(encoding="utf-8"))
    parts = {name: words.partition("|") for name, words in told[which].items()}
    return {name: (tuple(own.split()), tuple(shared.split())) for name, (own, _, shared) in parts.items()}
