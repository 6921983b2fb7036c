"""Which texts of a company name a single person or thing of a person: numbers of customers, names, addresses, comments.

A report must not hold them. What a page would show is looked up in the tables, not the tables in the page: a page has
a few thousand words, a table may have a hundred million rows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Set

import pandas as pd

from crmlab.company import Company
from crmlab.tables import TABLES

_THINGS = {"product_id", "vendor_id"}  # they name no person
_PERSONAL = {"source_records": ("name", "email", "phone", "birth_date", "postcode"), "surveys": ("comment",)}
_SHORT = re.compile(r"(0|[1-9]\d{0,3})(\.0)?")  # such a number names nobody by itself
_FEW = 30  # a column that no dictionary knows, with fewer different values, sorts people and does not name them
_COMMENT = 12  # letters of a comment by which its writer might be known
_WORDS = 4  # a name has at most so many
_EDGES = ".,;:!?()[]{}'\"“”‘’<>|=*`"
_SPLIT = re.compile(r"[\s,;:()\[\]{}'\"<>|=*`/]+")
_HANGUL = re.compile("[가-힣]{3,}")

PERSONAL_COLUMNS = frozenset(
    {
        column.name
        for table in TABLES.values()
        for column in table.columns
        if (column.name.endswith("_id") and column.name not in _THINGS) or column.name in _PERSONAL.get(table.name, ())
    }
    - {"name"}  # products have names too: people's are found by their values
)
ROW_DATES = frozenset(
    column.name
    for table in TABLES.values()
    for column in table.columns
    if column.kind == "date" and column.name != "month"
)


class Personal:
    """The columns of a company that name people.

    Parameters
    ----------
    company
        A company of one's own.
    """

    def __init__(self, company: Company) -> None:
        self._columns = list(_columns(company))

    def named(self, texts: Iterable[str]) -> set[str]:
        """Return those of the texts that name somebody.

        Numbers of one to four digits are left out: they name nobody unless they stand in a column of numbers of
        customers, which is known by its head.

        Examples
        --------
        >>> orders = pd.DataFrame({"customer_id": ["C0001", "7"], "amount": [5.0, 6.0]})
        >>> sorted(Personal(Company("shop", {"orders": orders}, "2025-12-31")).named({"C0001", "7", "C0002"}))
        ['C0001']
        """
        asked = {text for text in texts if text and not _SHORT.fullmatch(text)}
        found: set[str] = set()
        for column in self._columns:
            left = asked - found
            if left:
                found |= left & _held(column, left)
        return found


def words_of(text: str) -> set[str]:
    """Return the parts of a text that might be a name: words, words without their edges, and a few words in a row.

    Examples
    --------
    >>> sorted(words_of("Kim Minsu."))
    ['Kim', 'Kim Minsu', 'Kim Minsu.', 'Minsu', 'Minsu.']
    """
    found = {text.strip(), *(line.strip() for line in text.splitlines())} if "\n" in text else {text.strip()}
    for line in text.splitlines():
        ends = [match.span() for match in re.finditer(r"\S+", line)]
        for length in range(1, min(_WORDS, len(ends)) + 1):
            for first, last in zip(ends, ends[length - 1 :], strict=False):
                run = line[first[0] : last[1]]
                found |= {run, run.strip(_EDGES)}
        for word in _SPLIT.split(line):
            found.add(word.strip(_EDGES))
    for word in list(found):
        if _HANGUL.fullmatch(word):  # a name with a particle behind it
            found |= {word[:length] for length in range(2, min(len(word), 5))}
    return found - {""}


def _columns(company: Company) -> Iterator[pd.Series]:
    for name, table in company.tables.items():
        known = {column.name for column in TABLES[name].columns} if name in TABLES else set()
        for column in table.columns:
            own = str(column) not in known and _names_single_ones(table[column])
            listed = column in PERSONAL_COLUMNS or column in _PERSONAL.get(name, ())
            if (listed and str(column) in known) or own:
                yield table[column]


def _names_single_ones(column: pd.Series) -> bool:
    """Return whether a column that the dictionary does not know has too many values to be a way to sort people."""
    if pd.api.types.is_bool_dtype(column) or pd.api.types.is_float_dtype(column):
        return False
    return int(column.nunique()) > min(_FEW, max(len(column) // 2, 1))


def _held(column: pd.Series, asked: Set[str]) -> set[str]:
    """Return which of the texts a column holds, as they would be printed."""
    if pd.api.types.is_datetime64_any_dtype(column):
        days = pd.to_datetime(pd.Series(sorted(asked), dtype=object), format="%Y-%m-%d", errors="coerce").dropna()
        return set(days[days.isin(column)].dt.strftime("%Y-%m-%d"))
    if pd.api.types.is_numeric_dtype(column):
        numbers = {float(text): text for text in asked if re.fullmatch(r"-?\d{1,15}(\.0)?", text)}
        return {numbers[float(value)] for value in column[column.isin(list(numbers))].unique()}
    if column.name == "comment":  # a single word of a comment names nobody
        asked = {text for text in asked if len(text) >= _COMMENT}
    return {str(value) for value in column[column.isin(list(asked))].unique()}
