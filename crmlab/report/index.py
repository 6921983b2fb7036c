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
        Of all but the lessons' titles and the reasons of those that failed.
    """
    with speaking(language):
        return _index(outcomes, opened, brief, below, language)


def _index(outcomes: Sequence[Outcome], opened: Company | None, brief: str, below: int, language: str) -> str:
    companies = [opened] if opened is not None else _defaults(outcomes)
    rows = "".join(map(_row, outcomes))
    head = "".join(f"<th>{escape(say(name))}</th>" for name in ("lesson", "company", "status", "seconds"))
    table = f'<div class="scroll" tabindex="0"><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'
    name = f": {opened.name}" if opened is not None else ""
    title = f"<h1>crmlab{escape(name)}</h1>" if brief else f"<h1>{escape(say('course'))}</h1>"
    parts = [title, brief, "<section>", f"<h2>{escape(say('lessons'))}</h2>", _counts(outcomes), table]
    parts += [*(_described(company, below) for company in companies), "</section>"]
    body = "\n".join(part for part in [*parts, f"<footer>{escape(generator())}</footer>"] if part)
    return page(say("index", name=name), body, language, back=False)


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
    said = ", ".join(say("outcome", n=n, status=say(status)) for status, n in number.items() if n)
    more = f" {say('kept', n=kept)}" if kept else ""
    return f"<p>{escape(say('outcomes', all=len(outcomes), said=said) + more)}</p>"


def _row(outcome: Outcome) -> str:
    lesson, title = outcome.lesson, escape(f"{outcome.lesson.number} {outcome.lesson.title}")
    title = f'<span lang="en">{title}</span>'
    link = f'<a href="{escape(lesson.page)}">{title}</a>' if outcome.status == "ran" else title
    status = f'<span class="{outcome.status}">{escape(say(outcome.status))}</span>'
    reason = escape(f": {outcome.reason}" if outcome.reason else "").replace("\n", "<br>")
    reason = f'<span lang="en">{reason}</span>' if outcome.status == "failed" else reason
    seconds = f"{outcome.seconds:.1f}" if outcome.status != "skipped" else ""
    return f"<tr><td>{link}</td><td>{escape(outcome.company)}</td><td>{status}{reason}</td><td>{seconds}</td></tr>\n"


def _defaults(outcomes: Sequence[Outcome]) -> list[Company]:
    names = dict.fromkeys(outcome.company for outcome in outcomes if outcome.company in built_in())
    return [open_company(name) for name in names]


def _described(company: Company, below: int) -> str:
    """Return the company's name, the days it was observed, and its tables with their rows."""
    overview = company.overview()
    first = overview["first day"].min()
    known = say("truth") if company.truth else say("no truth")
    sizes: Mapping[Any, int] = overview["rows"].to_dict()
    rows = "".join(
        f"<tr><td>{escape(str(name))}</td><td>{escape(count(n, below))}</td></tr>" for name, n in sizes.items()
    )
    end, currency = company.observation_end, company.currency
    observed = say("observed to", end=end, currency=currency)
    if first == first:  # not NaT, as where no table has a day
        observed = say("observed", first=f"{first:%Y-%m-%d}", end=end, currency=currency)
    head = "".join(f"<th>{escape(say(name))}</th>" for name in ("table", "rows"))
    return (
        f"<h2>{escape(say('of company', name=company.name))}</h2>\n<p>{escape(f'{observed} {known}')}</p>\n"
        f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    )
