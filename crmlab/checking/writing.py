"""A check as text for the terminal.

What comes from the data, such as the name of a column, stays text: the terminal gets no sign that would move its cursor
or turn its direction. The same as a page makes `crmlab.checking.sheet`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pandas as pd

from crmlab.labels import percent

if TYPE_CHECKING:
    from crmlab.checking.result import Check

HEADS = {"fault": "Must be mended", "warning": "To be looked at", "note": "Good to know"}
_MOST_COLUMNS = 100  # on the terminal; the page shows all
_OFFER = (
    "A copy without them, in which the tables can still be joined: "
    "crmlab check {name} --pseudonymize --key FILE --out DIR"
)


def as_text(check: Check) -> str:
    """Return the check as lines for the terminal.

    Examples
    --------
    >>> from crmlab.checking import check
    >>> print(as_text(check("retail")).splitlines()[0])
    retail: 8 tables, 96,886 rows, observed to 2025-12-31
    """
    return "\n".join(_lines(check))


def printable(text: str) -> str:
    r"""Return a text without signs that steer a terminal.

    Examples
    --------
    >>> printable("plan\x1b[31m 요금제")
    'plan�[31m 요금제'
    """
    return "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in text)


def headline(check: Check) -> str:
    """Return the first line: how much there is."""
    tables, rows = check.table["table"].nunique(), check.summary().loc["rows", "value"]
    counted = f"{tables} table{'s' * (tables != 1)}, {rows:,} rows"
    return f"{check.company.name}: {counted}, observed to {check.company.observation_end}"


def _lines(check: Check) -> Iterator[str]:
    yield printable(headline(check))
    for level, head in HEADS.items():
        rows = check.findings[check.findings["level"] == level]
        if len(rows):
            yield f"\n{head}"
            yield from (printable(f"  {row['where']}: {row['what']}") for row in rows.to_dict("records"))
    if len(check.personal):
        yield f"  {printable(offer(check))}"
    yield "\nLessons"
    yield from _runs(check)
    if len(check.opens):
        yield "\nWhat would open more lessons"
        yield from (f"  {printable(line)}" for line in map(_opening, check.opens.to_dict("records")))
    if len(check.evidence):
        yield "\nIs there enough data?"
        yield from _framed(check.evidence.drop(columns=["lessons"]))
    yield "\nColumns"
    yield from _framed(shares(check.table.head(_MOST_COLUMNS)))
    if len(check.table) > _MOST_COLUMNS:
        yield f"  and {len(check.table) - _MOST_COLUMNS:,} more: --out check.html shows all"


def _runs(check: Check) -> Iterator[str]:
    run = check.lessons[check.lessons["runs"]]
    for verdict, said in (
        ("enough", "run, with enough data"),
        ("thin", "run, with thin data"),
        ("too little", "run, with too little data to be believed"),
        ("no published rule", "run; no published rule says how much they need"),
    ):
        rows = run[run["verdict"] == verdict]
        if len(rows):
            each = (f"{lesson} ({of})" if of else lesson for lesson, of in zip(rows["lesson"], rows["of"], strict=True))
            yield printable(f"  {said}: {', '.join(each)}")
    lacking = check.lessons[check.lessons["lacks"] != ""]
    yield from (printable(f"  {row['lesson']} {row['lacks']}") for row in lacking.to_dict("records"))
    if check.lessons.empty:
        yield "  none are at hand: this package is installed without the course"


def _opening(row: dict) -> str:
    alone = f"opens {row['lessons']}" if row["opens"] else "opens none alone"
    others = f"; wanted by {row['helps']} in all" if row["helps"] > row["opens"] else ""
    return f"{row['table']} ({row['columns']}): {alone}{others}"


def offer(check: Check) -> str:
    """Return what to do where there are personal data."""
    return _OFFER.format(name=check.company.name)


def _framed(frame: pd.DataFrame) -> Iterator[str]:
    shown = frame.map(lambda value: printable(value) if isinstance(value, str) else value)
    for line in shown.to_string(index=False, max_colwidth=100).splitlines():
        yield f"  {line}".rstrip()


def shares(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame with its shares in percent."""
    return frame.assign(**{name: frame[name].map(percent) for name in ("missing", "share") if name in frame})
