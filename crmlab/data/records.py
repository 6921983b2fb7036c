"""Delimited text to records: what separates the fields is found out, and each record knows the line on which it starts.

`crmlab.data.reading`, which reads the strict files of a company, and `crmlab.sources`, which reads whatever people
have, both split text here.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from crmlab.data.validation import Problem

SEPARATORS = {"\t": "tabs", ";": "semicolons", ",": "commas", "|": "bars", " ": "blanks"}
LONGEST_LINE = 4_000_000  # characters
SAMPLE = 200  # records that decide what separates the fields, and whether there is a header

_LINES = 20_000  # among which the first records are looked for
_TOLD = 5  # different widths that are told one by one
_USUAL = 0.9  # share of the records that have the same width, where what separates them is beyond doubt
_MONEY = "[₩$€¥£원%]"
_DATE = re.compile(r"\d{4}[-./]\d{1,2}|\d{1,4}\s?[-./년]\s?\d{1,2}\s?[-./월]\s?\d{1,4}(\s?[일.])?([T\s].*)?")
_NUMBER = re.compile(rf"\(?[-+]? ?{_MONEY}? ?[-+]?[.]?\d[\d.,'  ]*([eE][-+]?\d+)?{_MONEY}?\)?-?")


@dataclass(frozen=True)
class _Split:
    """How a separator splits the first records: their usual width, how many have it, and what their cells look like."""

    separator: str
    width: int
    share: float
    first: int
    typed: float

    @property
    def score(self) -> float:
        return self.width * self.share

    @property
    def sure(self) -> bool:
        return self.width > 1 and self.first == self.width and self.share >= _USUAL


def find_separator(lines: Callable[[], Iterable[str]]) -> str:
    r"""Return what splits most records into the same number of fields, the more the better; blanks come last.

    Where two separators both split every record alike, as in "1,234;5,678", the one that leaves more numbers and dates
    has it.

    Parameters
    ----------
    lines
        Gives the lines of the text, with their ends, from the first on.

    Examples
    --------
    >>> find_separator(lambda: ["a;b\n", "1;5,50\n"]), find_separator(lambda: ["1,234;5,678\n", "2,345;6,789\n"])
    (';', ';')
    """
    found = [_split(lines, separator) for separator in SEPARATORS if separator != " "]
    best = max(found, key=lambda split: split.score if split.width > 1 else 0)
    rivals = [split for split in found if split.sure]
    if best.sure and len(rivals) > 1:
        best = max(rivals, key=lambda split: (split.typed, split.score))
    if best.score <= 1:
        blanks = _split(lines, " ")
        best = blanks if blanks.width > 1 and blanks.score > 1 else best
    return best.separator if best.width > 1 else ","


def split_records(
    lines: Iterable[str], separator: str, table: str, problems: list[Problem]
) -> Iterator[tuple[int, list[str]]]:
    r"""Yield each record that is not blank with the line on which it starts.

    What cannot be split ends the records and is added to `problems`.

    Examples
    --------
    >>> list(split_records(["a,b\n", "\n", '1,"two\n', 'lines"\n'], ",", "orders", []))
    [(1, ['a', 'b']), (3, ['1', 'two\nlines'])]
    """
    if separator == " ":
        for number, line in enumerate(lines, 1):
            if len(line) > LONGEST_LINE:
                problems.append(_too_long(table, number))
                return
            if line.strip():
                yield number, line.split()
        return
    reader = csv.reader(_bounded(lines), delimiter=separator, strict=True)
    start = 1
    try:
        for fields in reader:
            if fields and any(map(str.strip, fields)):  # a blank line has none
                yield start, fields
            start = reader.line_num + 1
    except _LongLineError:
        problems.append(_too_long(table, reader.line_num + 1))
    except csv.Error as error:
        remedy = "Look for a quotation mark that is not closed, or not doubled, from there on."
        problems.append(lines_problem(table, f"not readable to its end: {error}", [start], remedy))


def uneven(table: str, widths: Mapping[int, list[int]], usual: int) -> list[Problem]:
    """Return a problem for each unusual width, from the lines of the records that have it.

    Examples
    --------
    >>> print(uneven("orders", {2: [7], 3: [4, 5]}, 3)[0])
    orders: 1 row is 2 fields wide, where 3 are expected (line 7). Put a text that holds a separator in quotation marks.
    """
    remedy = "Put a text that holds a separator in quotation marks."
    others = sorted((width, lines) for width, lines in widths.items() if width != usual)
    told, rest = (others, []) if len(others) <= _TOLD else ([], sorted(line for _, lines in others for line in lines))
    problems = [
        lines_problem(table, f"{width} fields wide, where {usual} are expected", lines, remedy) for width, lines in told
    ]
    said = f"of {len(others):,} other widths than the {usual} fields that are expected"
    return problems + ([lines_problem(table, said, rest, remedy)] if rest else [])


def lines_problem(table: str, what: str, lines: list[int], remedy: str) -> Problem:
    """Return the problem of some lines of a file."""
    return Problem(table, "", what, remedy, len(lines), tuple(lines[:5]), by_line=True)


def kind_of(cell: str) -> str:
    """Return what a cell looks like: "blank", "date", "number" or "text".

    Examples
    --------
    >>> kind_of("2025년 3월 1일"), kind_of("₩1,234,567"), kind_of("(5,50)"), kind_of("cust_1"), kind_of("2025-01")
    ('date', 'number', 'number', 'text', 'date')
    """
    text = cell.strip().replace("\u00a0", " ").replace("\u202f", " ")
    if not text:
        return "blank"
    if _DATE.fullmatch(text):
        return "date"
    return "number" if len(text) < 60 and _NUMBER.fullmatch(text) else "text"


class _LongLineError(Exception):
    """A line is longer than any table's."""


def _bounded(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        if len(line) > LONGEST_LINE:
            raise _LongLineError
        yield line


def _too_long(table: str, line: int) -> Problem:
    what = f"longer than {LONGEST_LINE:,} characters, which no row of a table is"
    return lines_problem(table, what, [line], "Look whether the file has line ends, and whether it is a table at all.")


def _split(lines: Callable[[], Iterable[str]], separator: str) -> _Split:
    records = [fields for _, fields in islice(split_records(islice(lines(), _LINES), separator, "", []), SAMPLE)]
    if not records:
        return _Split(separator, 1, 1.0, 1, 0.0)
    width, times = Counter(map(len, records)).most_common(1)[0]
    cells = [kind_of(cell) for fields in records for cell in fields[:100]]
    typed = sum(kind in ("date", "number") for kind in cells) / len(cells)
    return _Split(separator, width, times / len(records), len(records[0]), typed)
