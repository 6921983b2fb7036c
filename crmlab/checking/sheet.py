"""A check as one page of HTML that asks nothing of any network.

What comes from the data, such as the name of a column, is escaped and stays text.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Collection, Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING, Any

from crmlab import plots
from crmlab.checking.writing import HEADS, headline, offer, shares
from crmlab.labels import language
from crmlab.pages import generator, page

if TYPE_CHECKING:
    from crmlab.checking.result import Check

_MARK = 'name="generator" content="crmlab '
_RULES = (
    "<p>Each number is held against a published rule. From <i>enough</i> on, the amount of data is no reason "
    "for doubt; below <i>thin</i> it is too little. Whether a model is right for this company is another question.</p>"
)


def as_html(check: Check) -> str:
    """Return the check as one page."""
    title = f"Check of {check.company.name}"
    parts = [
        f"<h1>{escape(title)}</h1>\n<p>{escape(headline(check))}.</p>",
        *_sentences(check),
        f"<h2>Rows by month</h2>\n{_picture(check)}",
        f"<h2>Lessons</h2>\n{_lessons(check)}",
        f"<h2>What would open more lessons</h2>\n{_opens(check)}",
        f"<h2>Is there enough data?</h2>\n{_evidence(check)}",
        f"<h2>Personal data</h2>\n{_personal(check)}",
        "<h2>Columns</h2>",
        *_columns(check),
        f"<footer>{escape(generator())}</footer>",
    ]
    return page(title, "\n".join(parts), language(), back=False)


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


def _sentences(check: Check) -> Iterator[str]:
    for level, head in HEADS.items():
        rows = check.findings[check.findings["level"] == level].to_dict("records")
        items = "".join(f"<li><b>{escape(row['where'])}</b>: {escape(row['what'])}</li>\n" for row in rows)
        if rows:
            yield f"<h2>{head}</h2>\n<ul>\n{items}</ul>"
    if check.findings.empty:
        yield "<p>Nothing looks wrong. That is no proof that nothing is.</p>"


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


def _lessons(check: Check) -> str:
    rows = [
        (
            f"{row['lesson']} {row['title']}",
            "yes" if row["runs"] else "no",
            f"{row['verdict']} ({row['of']})" if row["of"] else row["verdict"],
            row["lacks"],
        )
        for row in check.lessons.to_dict("records")
    ]
    nothing = "No lessons are at hand: this package is installed without the course."
    return _table(("Lesson", "Runs", "Amount of data", "What is missing"), rows, nothing, whole={0})


def _opens(check: Check) -> str:
    rows = [
        (row["table"], row["lessons"] or "none alone", f"{row['helps']}", row["columns"])
        for row in check.opens.to_dict("records")
    ]
    heads = ("Table", "Opens lessons", "Wanted by", "With the columns")
    return _table(heads, rows, "Nothing would: every lesson runs, or none is at hand.")


def _evidence(check: Check) -> str:
    sources = list(dict.fromkeys(check.evidence["source"]))
    rows = [
        (
            row["model"],
            row["what"],
            *(f"{row[name]:,.6g}" for name in ("number", "enough", "thin")),
            row["verdict"],
            row["lessons"],
            f"{sources.index(row['source']) + 1}",
        )
        for row in check.evidence.to_dict("records")
    ]
    heads = ("Model", "What is counted", "There are", "Enough", "Thin", "Verdict", "Lessons", "Rule")
    items = "".join(f"<li>{escape(source)}</li>\n" for source in sources)
    found = _table(heads, rows, "No rule applies to these tables.", right={2, 3, 4, 7})
    return f"{_RULES}\n{found}\n<ol>\n{items}</ol>" if rows else found


def _personal(check: Check) -> str:
    names = ("table", "column", "kind", "rows", "share", "within", "why")
    found = _rows(shares(check.personal).to_dict("records"), names)
    heads = ("Table", "Column", "Kind", "Rows", "Share", "Within", "Found by")
    nothing = "No column seems to hold personal data. That proves nothing about free text."
    return _table(heads, found, nothing, right={3, 4}) + (f"\n<p>{escape(offer(check))}</p>" if found else "")


def _columns(check: Check) -> Iterator[str]:
    heads = ("Column", "Kind", "Missing", "Different", "From", "To", "Remark")
    names = ("column", "kind", "missing", "different", "low", "high", "remark")
    for table, rows in shares(check.table).groupby("table", sort=False):
        found = _rows(rows.to_dict("records"), names)
        yield f"<h3>{escape(str(table))}: {rows['rows'].iloc[0]:,} rows</h3>"
        yield _table(heads, found, "", right={2, 3, 4, 5})


def _rows(records: Sequence[Mapping[Any, Any]], names: Sequence[str]) -> list[tuple[str, ...]]:
    return [
        tuple(f"{row[name]:,}" if isinstance(row[name], int) else str(row[name]) for name in names) for row in records
    ]


def _table(
    heads: Sequence[str],
    rows: Sequence[Sequence[str]],
    nothing: str,
    right: Collection[int] = (),
    whole: Collection[int] = (),
) -> str:
    """Return a table; columns in `right` and `whole` are never broken, and those in `right` stand to the right."""
    if not rows:
        return f"<p>{escape(nothing)}</p>"
    styles = [
        ' style="text-align:right;white-space:nowrap"' if i in right else ' style="white-space:nowrap"' * (i in whole)
        for i in range(len(heads))
    ]
    head = "".join(f"<th{style}>{escape(text)}</th>" for text, style in zip(heads, styles, strict=True))
    body = "".join(
        f"<tr>{''.join(f'<td{style}>{escape(text)}</td>' for text, style in zip(row, styles, strict=True))}</tr>\n"
        for row in rows
    )
    return (
        f'<div class="scroll" tabindex="0"><table><thead><tr>{head}</tr></thead><tbody>\n{body}</tbody></table></div>'
    )
