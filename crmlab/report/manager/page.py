"""The manager's page as HTML, and its numbers as tables for a spreadsheet."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from html import escape
from pathlib import Path

import pandas as pd

from crmlab.report.manager import Brief, Part
from crmlab.report.manager.sentences import say, speaking
from crmlab.report.spreadsheets import write_csv

TABLES = ("funnel", "churn", "value", "hunting-farming", "data", "sentences")


def brief_html(told: Brief, below: int, lessons: str = "") -> str:
    """Return the page without its frame, every text escaped.

    Parameters
    ----------
    told
        What the manager is told.
    below
        Counts under this are hidden.
    lessons
        A sentence on the lessons that can run.
    """
    with speaking(told.language):
        parts = "\n".join(_part(part, told.language) for part in told.parts)
        carried = [f"<h3>{escape(say('carries'))}</h3>", _table(told.carried)]
        carried += [f"<p>{_text(lessons)}</p>"] if lessons else []
        odd = told.warnings or (say("no warnings"),)
        blocks = [
            f"<h2>{escape(say('page'))}</h2>\n<p>{_text(say('intervals'))}</p>",
            f'<div class="parts">\n{parts}\n</div>',
            *carried,
            f"<h3>{escape(say('warnings'))}</h3>\n{_list(odd)}",
            f"<h3>{escape(say('doubts'))}</h3>\n{_list((*told.doubts, say('luck')))}",
            f"<p>{escape(say('hidden', below=below))} {escape(say('tables'))}</p>",
        ]
        return '<section class="brief">\n' + "\n".join(blocks) + "\n</section>"


def write_tables(told: Brief, folder: Path) -> list[str]:
    """Write the numbers of the page as CSV files that hold no formula, and return their names.

    Parameters
    ----------
    told
        What the manager is told.
    folder
        It is made where it is missing.
    """
    folder.mkdir(parents=True, exist_ok=True)
    tables = {part.name: part.table for part in told.parts if part.table is not None}
    with speaking(told.language):
        rows = [(part.title, "; ".join(part.said)) for part in told.parts]
        rows += [(say("warnings"), text) for text in told.warnings] + [(say("doubts"), text) for text in told.doubts]
    tables |= {"data": told.carried, "sentences": pd.DataFrame(rows, columns=["about", "sentence"])}
    for name, table in tables.items():
        write_csv(table, folder / f"{name}.csv")
    return [f"{name}.csv" for name in tables]


def _part(part: Part, language: str) -> str:
    first, *others = part.said
    kind = "part" if part.found else "part skipped"
    pieces = [f"<h3>{escape(part.title)}</h3>", f'<p class="answer">{_text(first)}</p>']
    if part.picture:
        # what pictures say of themselves is English
        seen = part.alternative_text if language == "en" else f"{part.title} {' '.join(part.said)}"
        source = b64encode(part.picture).decode("ascii")
        pieces.append(f'<img src="data:image/png;base64,{source}" alt="{escape(seen)}">')
    pieces += [f"<p>{_text(text)}</p>" for text in others]
    return f'<article class="{kind}">\n' + "\n".join(pieces) + "\n</article>"


def _text(sentence: str) -> str:
    """Return a sentence as HTML in which no percent sign begins a line."""
    return escape(sentence).replace(" %", "&nbsp;%")


def _table(table: pd.DataFrame) -> str:
    rows = "".join(
        f"<tr><th scope='row'>{escape(str(measure))}</th><td class='number'>{escape(str(number))}</td></tr>"
        for measure, number in table.itertuples(index=False)
    )
    head = f"<tr><th>{escape(say('measure'))}</th><th class='number'>{escape(say('number'))}</th></tr>"
    return f'<div class="scroll" tabindex="0"><table><thead>{head}</thead><tbody>{rows}</tbody></table></div>'


def _list(sentences: Sequence[str]) -> str:
    return "<ul>\n" + "\n".join(f"<li>{_text(text)}</li>" for text in sentences) + "\n</ul>"
