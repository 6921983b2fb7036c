"""What columns and tables are called, in English and Korean: how well a name fits a role. `names.toml` holds the words.

Names are compared without case, blanks, marks and what stands in brackets, so "Cust. No" and "cust_no", or
"고객 번호(필수)" and "고객번호", are one. A word may name several roles ("date"); it then counts less than one that
names a single role.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from difflib import SequenceMatcher
from functools import cache
from importlib.resources import files

EXACT, NAMED, GENERAL, ALMOST = 1.2, 1.0, 0.7, 0.6


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


def fit(role: str, name: object) -> float:
    """Return how well a column's name fits a role: `EXACT`, `NAMED`, `GENERAL`, `ALMOST` (a slip of the pen) or 0.

    Examples
    --------
    >>> fit("customer_id", "Customer_ID"), fit("customer_id", "고객 번호"), fit("customer_id", "id")
    (1.2, 1.0, 0.7)
    >>> fit("customer_id", "custmer no"), fit("customer_id", "customer grade")
    (0.6, 0.0)
    """
    short = squash(name)
    own, shared = _words("roles").get(role, ((), ()))
    if short == squash(role):
        return EXACT
    if short in own or short in shared:
        return NAMED if short in own else GENERAL
    long_enough = (word for word in own if len(word) >= 6 and word.isascii())
    like = len(short) >= 6 and any(SequenceMatcher(None, short, word).ratio() >= 0.9 for word in long_enough)
    return ALMOST if like else 0.0


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
