"""Where a table begins on its sheet, whether its first row names the columns, and what the columns are called."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median

from crmlab.data.records import kind_of

_YEAR = re.compile("(19|20)[0-9]{2}")
_YES, _NO = "say --header yes", "say --header no"


@dataclass(eq=False)
class Top:
    """How a table begins.

    Attributes
    ----------
    skip
        How many rows stand above the table: titles, dates of export.
    header
        Whether the first row of the table names the columns.
    reason
        Why it is taken so, a clause.
    """

    skip: int
    header: bool
    reason: str


@dataclass(eq=False)
class Names:
    """What the columns are called, and what a user should know about that.

    Attributes
    ----------
    names
        One for each column that is kept: the text of the header, or the position from 1.
    kept
        The places of these columns, from 0.
    notes
        Which names occurred twice, and which columns had none.
    """

    names: list[str] | list[int]
    kept: list[int]
    notes: list[str] = field(default_factory=list)


def find_top(rows: Sequence[Sequence[str]], header: bool | None = None) -> Top:
    """Return how a table begins, from its first rows.

    A first row is a header where it holds text over columns of numbers or dates. Where no column holds numbers or
    dates, it is one unless its cells occur again below. Rows above that fill at most half of the usual columns are
    titles, if what follows them is a header.

    Parameters
    ----------
    rows
        The cells of the first rows as text, "" where blank; no row is blank altogether.
    header
        Whether there is a header, where the user told it.

    Examples
    --------
    >>> find_top([["id", "amount"], ["1", "5.50"], ["2", "6"]])
    Top(skip=0, header=True, reason='its first row holds text over numbers or dates')
    >>> find_top([["1", "5.50"], ["2", "6"]])
    Top(skip=0, header=False, reason='its first row holds numbers or dates as the rows below')
    >>> find_top([["Sales of March", ""], ["id", "amount"], ["1", "5.50"], ["2", "6"]]).skip
    1
    """
    skip = _titles(rows)
    if skip:
        below = _header(rows[skip:])
        if header or (header is None and below[0]):
            return Top(skip, True, below[1])
    if header is not None:
        return Top(0, header, "you said so")
    return Top(0, *_header(rows))


def name_columns(first: Sequence[str] | None, filled: Sequence[bool]) -> Names:
    """Return what each column is called; columns without a name and without a value are left out.

    Names that occur twice are all told apart by their positions, so that nobody takes one for the other.

    Parameters
    ----------
    first
        The cells of the header; None where there is none.
    filled
        For each column whether any row has a value in it.

    Examples
    --------
    >>> name_columns(["id", "tel", "tel", "", ""], [True, True, True, True, False]).names
    ['id', 'tel (column 2)', 'tel (column 3)', 'column 4']
    """
    width = len(filled)
    if first is None:
        return Names([*range(1, width + 1)], [*range(width)])
    texts = [" ".join(str(cell).split()) for cell in first]
    kept = [at for at in range(width) if texts[at] or filled[at]]
    often = Counter(texts)
    notes = [
        f"the name {name!r} occurs {n} times; each is told by its position"
        for name, n in often.items()
        if name and n > 1
    ]
    nameless = [str(at + 1) for at in kept if not texts[at]]
    if nameless:
        notes.append(f"no name stands over column{'s' * (len(nameless) > 1)} {', '.join(nameless[:20])}")
    return Names([_told_apart(texts[at], at, often) for at in kept], kept, notes)


def titles_noted(name: str, place: str, rows: Sequence[tuple[int, Sequence[str]]]) -> list[str]:
    """Return notes on the rows above the table, which are left out.

    Examples
    --------
    >>> titles_noted("export.csv", "line", [(1, ["Sales", ""])])
    ["export.csv: left out above the table: line 1, 'Sales'."]
    """
    words = [(at, " ".join(filter(None, cells))) for at, cells in rows]
    return [f"{name}: left out above the table: {place} {at}, {said[:60]!r}." for at, said in words[:5]]


def _told_apart(text: str, at: int, often: Counter[str]) -> str:
    """Return the name of a column: its text where that is the only one, else one that tells its position."""
    if text and often[text] == 1:
        return text
    name = f"{text} (column {at + 1})" if text else f"column {at + 1}"
    while often[name]:
        name += "'"
    return name


def _titles(rows: Sequence[Sequence[str]]) -> int:
    """Return how many rows at the top fill at most half of what rows usually fill, the leftmost cell among them."""
    fills = [sum(bool(cell) for cell in row) for row in rows]
    left = min((at for row in rows for at, cell in enumerate(row) if cell), default=0)
    usual = median(fills) if fills else 0
    count = 0
    while count < len(rows) - 1 and usual >= 2 and fills[count] <= usual / 2 and rows[count][left]:
        count += 1
    return count


def _header(rows: Sequence[Sequence[str]]) -> tuple[bool, str]:
    """Return whether the first row is a header, and why: each column of numbers or dates below it has a vote."""
    first, below = rows[0], rows[1:]
    votes = Counter(_vote(cell, [row[at] for row in below if at < len(row)]) for at, cell in enumerate(first))
    if votes["header"] > votes["data"]:
        return True, "its first row holds text over numbers or dates"
    if votes["data"]:
        return False, "its first row holds numbers or dates as the rows below"
    if any(kind_of(cell) in ("number", "date") for cell in first) and below:
        return False, f"its first row holds numbers or dates; {_YES} if it names the columns"
    again = sum(bool(cell) and any(cell == row[at] for row in below if at < len(row)) for at, cell in enumerate(first))
    if below and again * 2 >= sum(map(bool, first)):
        return False, f"the cells of its first row occur again below; {_YES} if it names the columns"
    return True, f"its first row holds no number; {_NO} if it is data"


def _vote(cell: str, below: list[str]) -> str:
    """Return "header" or "data" where a column of numbers or dates tells its first cell apart or not, else ""."""
    kinds = Counter(kind_of(value) for value in below)
    kinds.pop("blank", None)
    if not kinds:
        return ""
    usual, times = kinds.most_common(1)[0]
    first = kind_of(cell)
    if usual == "text" or times < 0.8 * kinds.total() or first == "blank":
        return ""
    if first == "text":
        return (
            "header"
            if any(sign.isalpha() for sign in cell) and cell.upper() not in ("NA", "NAN", "NULL", "NONE", "N/A")
            else ""
        )
    if first == "date" and usual == "number":
        return "header"
    years = (
        cell.isdigit() and 1900 <= int(cell) <= 2100 and not all(value == "" or _like_year(value) for value in below)
    )
    return "" if years and usual == "number" else "data"


def _like_year(value: str) -> bool:
    return value.isdigit() and 1900 <= int(value) <= 2100
