"""The first page of a report: for the manager, then the lessons and what became of each, then the company."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from crmlab.company import Company
from crmlab.data import built_in, open_company
from crmlab.lessons import Lesson
from crmlab.pages import generator, page
from crmlab.report.manager.part import count
from crmlab.report.manager.sentences import say, speaking

_HEAD = "<tr><th>Lesson</th><th>Company</th><th>Status</th><th>Seconds</th></tr>"


@dataclass(frozen=True, eq=False)
class Outcome:
    """What became of one lesson.

    Attributes
    ----------
    lesson
        Which one.
    status
        "ran", "skipped" or "failed".
    reason
        Why it did not run, or what it ran without; "" where it ran whole.
    seconds
        How long it took.
    company
        What it ran on; "" where it uses none.
    notebook
        The executed notebook, as its page shows it; None where it did not run.
    kept
        Whether it was finished by an earlier run that was ended.
    """

    lesson: Lesson
    status: str
    reason: str = ""
    seconds: float = 0.0
    company: str = ""
    notebook: Any = None
    kept: bool = False


def index_page(
    outcomes: Sequence[Outcome], opened: Company | None, brief: str = "", below: int = 0, language: str = "en"
) -> str:
    """Return the page.

    Parameters
    ----------
    outcomes
        Of all lessons that were chosen.
    opened
        The company of all; None where each lesson has its own.
    brief
        HTML of what the manager is told.
    below
        Counts under this are hidden.
    language
        Of what the manager is told.
    """
    companies = [opened] if opened is not None else _defaults(outcomes)
    rows = "".join(map(_row, outcomes))
    table = f'<div class="scroll" tabindex="0"><table><thead>{_HEAD}</thead><tbody>{rows}</tbody></table></div>'
    name = f": {opened.name}" if opened is not None else ""
    title = f"<h1>crmlab{escape(name)}</h1>" if brief else "<h1>crmlab: customer management, learned on data</h1>"
    parts = [title, brief, '<section lang="en">', "<h2>Lessons</h2>", _counts(outcomes), table]
    parts += [*(_described(company, below) for company in companies), "</section>"]
    body = "\n".join(part for part in [*parts, f"<footer>{escape(generator())}</footer>"] if part)
    return page(f"crmlab{name}: a report", body, language if brief else "en", back=False)


def lessons_sentence(lessons: Iterable[Lesson], company: Company, language: str) -> str:
    """Return how many lessons can run on a company, and what would unlock the others."""
    every = list(lessons)
    lacking = [lesson for lesson in every if lesson.lacks(company)]
    missing: dict[str, int] = {}
    for lesson in lacking:
        for table, columns in lesson.tables.items():
            have = company.tables.get(table)
            gone = (
                [table] if have is None else [f"{table}.{c}" for c in columns if c not in have or have[c].count() == 0]
            )
            for name in gone:
                missing[name] = missing.get(name, 0) + 1
    what = ", ".join(sorted(missing, key=lambda name: (-missing[name], name)))
    with speaking(language):
        if not lacking:
            return say("all unlocked", all=len(every))
        return say("unlock", can=len(every) - len(lacking), all=len(every), what=what)


def _counts(outcomes: Sequence[Outcome]) -> str:
    number = {status: sum(one.status == status for one in outcomes) for status in ("ran", "skipped", "failed")}
    kept = sum(one.kept for one in outcomes)
    said = ", ".join(f"{n} {status}" for status, n in number.items() if n)
    more = f" {kept} were kept from a run that was ended before." if kept else ""
    return f"<p>{len(outcomes)} lessons: {said}.{more}</p>"


def _row(outcome: Outcome) -> str:
    lesson, title = outcome.lesson, escape(f"{outcome.lesson.number} {outcome.lesson.title}")
    link = f'<a href="{escape(lesson.page)}">{title}</a>' if outcome.status == "ran" else title
    status = f'<span class="{outcome.status}">{outcome.status}</span>'
    reason = escape(outcome.reason).replace("\n", "<br>")
    seconds = f"{outcome.seconds:.1f}" if outcome.status != "skipped" else ""
    return (
        f"<tr><td>{link}</td><td>{escape(outcome.company)}</td>"
        f"<td>{status}{': ' if reason else ''}{reason}</td><td>{seconds}</td></tr>\n"
    )


def _defaults(outcomes: Sequence[Outcome]) -> list[Company]:
    names = dict.fromkeys(outcome.company for outcome in outcomes if outcome.company in built_in())
    return [open_company(name) for name in names]


def _described(company: Company, below: int) -> str:
    """Return the company's name, the days it was observed, and its tables with their rows."""
    overview = company.overview()
    first = overview["first day"].min()
    known = "Its truth is known." if company.truth else "No truth is known."
    sizes: Mapping[Any, int] = overview["rows"].to_dict()
    rows = "".join(
        f"<tr><td>{escape(str(name))}</td><td>{escape(count(n, below))}</td></tr>" for name, n in sizes.items()
    )
    since = f"from {first:%Y-%m-%d} " if first == first else ""  # NaT, where no table has a day
    return (
        f"<h2>Company {escape(company.name)}</h2>\n<p>Observed {since}to "
        f"{escape(company.observation_end)}; money in {escape(company.currency)}. {known}</p>\n"
        f"<table><thead><tr><th>Table</th><th>Rows</th></tr></thead><tbody>{rows}</tbody></table>"
    )
