"""A check as text for the terminal, and as one page of HTML.

What comes from the data, such as the name of a column, stays text: the page escapes it, and the terminal gets no sign
that would move its cursor or turn its direction.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from html import escape
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING

import pandas as pd

from crmlab import plots
from crmlab.labels import language, percent
from crmlab.pages import generator, page

if TYPE_CHECKING:
    from crmlab.checking.result import Check

_HEADS = {"fault": "Must be mended", "warning": "To be looked at", "note": "Good to know"}
_MOST_COLUMNS = 100  # on the terminal; the page shows all
_OFFER = (
    "A copy without them, in which the tables can still be joined: "
    "crmlab check {name} --pseudonymize --key FILE --out DIR"
)
_MARK = 'name="generator" content="crmlab '


def as_text(check: Check) -> str:
    """Return the check as lines for the terminal.

    Examples
    --------
    >>> from crmlab.checking import check
    >>> print(as_text(check("retail")).splitlines()[0])
    retail: 8 tables, 96,886 rows, observed to 2025-12-31
    """
    return "\n".join(_lines(check))


def as_html(check: Check) -> str:
    """Return the check as one page that asks nothing of any network."""
    parts = [
        f"<h1>Check of {escape(check.company.name)}</h1>",
        f"<p>{escape(_head(check))}.</p>",
        *_sentences(check),
        f"<h2>Rows by month</h2>\n{_picture(check)}",
        "<h2>Lessons</h2>",
        _table(_lessons(check), "No lessons are at hand: this package is installed without the course."),
        "<h2>What would open more lessons</h2>",
        _table(check.opens, "Nothing: every lesson runs."),
        "<h2>Is there enough data?</h2>",
        "<p>Each number is held against a published rule. From <i>enough</i> on the amount of data is no reason for "
        "doubt; below <i>thin</i> it is too little. Whether a model is right is another question.</p>",
        _table(check.evidence, "No rule applies to these tables."),
        "<h2>Personal data</h2>",
        _table(_shares(check.personal), "No column seems to hold personal data. That proves nothing about free text."),
        f"<p>{escape(_offer(check))}</p>" if len(check.personal) else "",
        "<h2>Columns</h2>",
        _table(_shares(check.table), "There are none."),
        f"<footer>{escape(generator())}</footer>",
    ]
    return page(f"Check of {check.company.name}", "\n".join(parts), language(), back=False)


def write_page(html: str, path: Path, overwrite: bool) -> None:
    """Write a page whole or not at all; only a page that crmlab wrote is replaced.

    Raises
    ------
    FileExistsError
        If there is a folder of that name, a file of somebody else's, or a page and `overwrite` is not given.
    """
    path = path.expanduser()
    if path.is_dir():
        raise FileExistsError(f"{path.name} is a folder; nothing was written. Name a file, as check.html.")
    if path.exists() and not overwrite:
        raise FileExistsError(f"{path.name} is there already; nothing was written. Replace it with --force.")
    if path.exists() and _MARK not in path.read_text(encoding="utf-8", errors="replace")[:2000]:
        raise FileExistsError(f"{path.name} was not written by crmlab; nothing was written. Name another file.")
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}-{token_hex(4)}")
    try:
        beside.write_text(html, encoding="utf-8", newline="\n")
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def printable(text: str) -> str:
    r"""Return a text without signs that steer a terminal.

    Examples
    --------
    >>> printable("plan\x1b[31m 요금제")
    'plan�[31m 요금제'
    """
    return "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in text)


def _head(check: Check) -> str:
    tables, rows = check.table["table"].nunique(), check.summary().loc["rows", "value"]
    counted = f"{tables} table{'s' * (tables != 1)}, {rows:,} rows"
    return f"{check.company.name}: {counted}, observed to {check.company.observation_end}"


def _lines(check: Check) -> Iterator[str]:
    yield printable(_head(check))
    for level, head in _HEADS.items():
        rows = check.findings[check.findings["level"] == level]
        if len(rows):
            yield f"\n{head}"
            yield from (printable(f"  {row['where']}: {row['what']}") for row in rows.to_dict("records"))
    if len(check.personal):
        yield f"  {printable(_offer(check))}"
    yield "\nLessons"
    yield from _runs(check)
    if len(check.opens):
        yield "\nWhat would open more lessons"
        yield from (f"  {printable(line)}" for line in map(_opening, check.opens.to_dict("records")))
    if len(check.evidence):
        yield "\nIs there enough data?"
        yield from _framed(check.evidence.drop(columns=["lessons"]))
    yield "\nColumns"
    yield from _framed(_shares(check.table.head(_MOST_COLUMNS)))
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
    lacking = check.lessons[~check.lessons["runs"].astype(bool)]
    yield from (printable(f"  {row['lesson']} {row['lacks']}") for row in lacking.to_dict("records"))
    if check.lessons.empty:
        yield "  none are at hand: this package is installed without the course"


def _opening(row: dict) -> str:
    alone = f"opens {row['lessons']}" if row["opens"] else "opens none alone"
    others = f"; wanted by {row['helps']} in all" if row["helps"] > row["opens"] else ""
    return f"{row['table']} ({row['columns']}): {alone}{others}"


def _offer(check: Check) -> str:
    return _OFFER.format(name=check.company.name)


def _framed(frame: pd.DataFrame) -> Iterator[str]:
    shown = frame.map(lambda value: printable(value) if isinstance(value, str) else value)
    for line in shown.to_string(index=False, max_colwidth=100).splitlines():
        yield f"  {line}".rstrip()


def _shares(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(**{name: frame[name].map(percent) for name in ("missing", "share") if name in frame})


def _lessons(check: Check) -> pd.DataFrame:
    said = check.lessons["lacks"].where(~check.lessons["runs"].astype(bool), check.lessons["verdict"])
    runs = check.lessons["runs"].map({True: "yes", False: "no"})
    shown = {"lesson": check.lessons["lesson"], "title": check.lessons["title"], "runs": runs, "": said}
    return pd.DataFrame(shown | {"because of": check.lessons["of"]})


def _sentences(check: Check) -> Iterator[str]:
    for level, head in _HEADS.items():
        rows = check.findings[check.findings["level"] == level].to_dict("records")
        items = "".join(f"<li><b>{escape(row['where'])}</b>: {escape(row['what'])}</li>\n" for row in rows)
        if rows:
            yield f'<h2 class="{level}">{head}</h2>\n<ul>\n{items}</ul>'
    if check.findings.empty:
        yield "<p>Nothing looks wrong. That is no proof that nothing is.</p>"


def _table(frame: pd.DataFrame, otherwise: str) -> str:
    if frame.empty:
        return f"<p>{escape(otherwise)}</p>"
    shown = frame.map(lambda value: f"{value:,.6g}" if isinstance(value, float) else value)
    html = shown.to_html(index=False, escape=True, border=0, na_rep="", justify="left", classes="words")
    return f'<div class="scroll" tabindex="0">{html}</div>'


def _picture(check: Check) -> str:
    if check.months.empty:
        return "<p>No column holds days.</p>"
    import matplotlib as mpl

    with mpl.rc_context():
        plots.use_theme(language())
        with plots.quiet_figure(9.0, 4.0) as ax:
            check.plot(ax)
            data, told = plots.png(ax.figure)  # pyright: ignore[reportArgumentType]
    return f'<img alt="{escape(told["alt"])}" src="data:image/png;base64,{b64encode(data).decode()}">'
