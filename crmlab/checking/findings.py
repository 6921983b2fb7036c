"""What a check found, as sentences: what must be mended, what should be looked at, what is good to know.

No sentence holds a value of a text. Names of tables and columns come from the data; whoever prints them escapes them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pandas as pd

from crmlab.checking.columns import row_limit
from crmlab.checking.identifiers import KINDS
from crmlab.data.validation import Problem
from crmlab.labels import percent

LEVELS = ("fault", "warning", "note")
COLUMNS = ("level", "where", "what")
_NAMED = 5  # months of one column that are named one by one
_MANY = 0.01
_LONG_GAP = 7

_PROMISED = {"name": "names", "address": "addresses", "date of birth": "dates of birth", "account": "bank accounts"}

Sentence = tuple[str, str, str]


def of_problems(problems: Iterable[Problem]) -> Iterator[Sentence]:
    """Yield what keeps the folder from being opened."""
    for each in problems:
        where, _, what = str(each).partition(": ")
        yield "fault", where, what


def of_tables(columns: pd.DataFrame) -> Iterator[Sentence]:
    """Yield tables that look cut off, and columns that are suspiciously constant."""
    for table, rows in columns.groupby("table", sort=False)["rows"].first().items():
        why = row_limit(int(rows))
        if why:
            level = "note" if why == "a round number" else "warning"
            yield level, str(table), f"has exactly {rows:,} rows ({why}): was the export cut off?"
    for row in columns[columns["remark"] != ""].to_dict("records"):
        level = "note" if row["remark"] in ("never filled", "one value only") else "warning"
        yield level, f"{row['table']}.{row['column']}", f"{row['remark']}."


def of_keys(repeats: pd.DataFrame, broken: pd.DataFrame) -> Iterator[Sentence]:
    """Yield what repeats, and what refers to nothing."""
    for row in repeats.to_dict("records"):
        level = "fault" if row["what"] == "the key repeats" else "warning" if row["share"] >= _MANY else "note"
        yield level, row["table"], f"{row['what']} in {_rows(row)}. Was an export loaded twice?"
    for row in broken.to_dict("records"):
        where = f"{row['table']}.{row['columns']}"
        if row["rows"]:
            yield "fault", where, f"{_rows(row)} {'is' if row['rows'] == 1 else 'are'} {row['what']}."
        else:
            yield "note", where, f"{row['what']}."


def of_volume(months: pd.DataFrame, gaps: pd.DataFrame) -> Iterator[Sentence]:
    """Yield the months that leap, and the stretches without rows."""
    leaps = months[months["leap"] != ""] if len(months) else months
    for (table, column), rows in leaps.groupby(["table", "column"], sort=False):
        said = [_leap(row) for row in rows.head(_NAMED).to_dict("records")]
        said += [f"and {len(rows) - _NAMED} more"] if len(rows) > _NAMED else []
        yield "warning", f"{table}.{column}", f"rows leap: {'; '.join(said)}."
    for (table, column), rows in gaps.groupby(["table", "column"], sort=False):
        longest = max(rows.to_dict("records"), key=lambda row: row["days"])
        level = "warning" if longest["days"] > _LONG_GAP else "note"
        stretch = f"{longest['first']} to {longest['last']}" if longest["days"] > 1 else f"{longest['first']}"
        more = f"the longest of {len(rows)} stretches" if len(rows) > 1 else "where"
        said = f"no row from {stretch}" if longest["days"] > 1 else f"no row on {stretch}"
        yield level, f"{table}.{column}", f"{said}, {more}; {longest['expected']:,.0f} rows were to be expected."


def of_persons(personal: pd.DataFrame) -> Iterator[Sentence]:
    """Yield the columns that seem to hold personal data."""
    for row in personal.to_dict("records"):
        kind = KINDS.get(row["kind"]) or _PROMISED[row["kind"]]
        found = f"seems to hold {kind} in {_rows(row)}" if row["why"] == "contents" else f"its heading promises {kind}"
        within = ", within longer text" if row["within"] == "longer text" else ""
        yield "warning", f"{row['table']}.{row['column']}", f"{found}{within}."


def of_lessons(lessons: pd.DataFrame) -> Iterator[Sentence]:
    """Yield the lessons that run but have too little to be believed."""
    for row in lessons[lessons["runs"] & (lessons["verdict"] == "too little")].to_dict("records"):
        yield "warning", f"lesson {row['lesson']}", f"runs, but there is too little data for the {row['of']}."


def sorted_frame(sentences: Iterable[Sentence]) -> pd.DataFrame:
    """Return the sentences as a frame, the grave ones first.

    Examples
    --------
    >>> sorted_frame([("note", "a", "x"), ("fault", "b", "y")])["level"].to_list()
    ['fault', 'note']
    """
    return pd.DataFrame(sorted(sentences, key=lambda one: LEVELS.index(one[0])), columns=list(COLUMNS))


def _rows(row: dict) -> str:
    return f"{row['rows']:,} row{'s' * (row['rows'] != 1)} ({percent(row['share'])})"


def _leap(row: dict) -> str:
    if row["leap"] == "from here on":
        return f"from {row['month']} on ({row['rows']:,} where the three months before had {row['expected']:,.0f})"
    return f"{row['month']} ({row['rows']:,} where {row['expected']:,.0f} were to be expected)"
