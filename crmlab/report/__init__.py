"""Lessons run on a company, as a folder of pages that anybody can open: one for each lesson, and an index.

A lesson whose tables the company lacks is skipped, one that fails stops no other, and the index says why.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from time import perf_counter
from typing import Any

from crmlab.company import Company
from crmlab.data import built_in, find_company, open_company
from crmlab.folders import fresh
from crmlab.lessons import Lesson, choose, find_lessons, hushed
from crmlab.pages import generator, page
from crmlab.report.pages import lesson_body

_PATIENCE = 600  # seconds that one cell may take


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
        Why it did not run; "" where it ran.
    seconds
        How long it took.
    company
        What it ran on; "" where it uses none.
    notebook
        The executed notebook; None where it did not run.
    """

    lesson: Lesson
    status: str
    reason: str = ""
    seconds: float = 0.0
    company: str = ""
    notebook: Any = None


def run(
    lessons: Iterable[str | int] | str,
    company: str | Path | None = None,
    out: str | Path = "report",
    settings: Mapping[str, Any] | None = None,
    *,
    overwrite: bool = False,
    progress: bool = True,
    notebooks: Path | None = None,
) -> list[Outcome]:
    """Run lessons, write one page of HTML for each and an index, and return what became of them.

    Parameters
    ----------
    lessons
        Numbers or names, or "all".
    company
        A built-in company or a folder; None leaves each lesson its own.
    out, overwrite
        A new or empty folder, and whether to replace a report that was written there before.
    settings
        Values for parameters of the lessons, as ``{"CALIBRATION_END": "1997-09-30"}``. A lesson without such a
        parameter runs without it.
    progress
        Whether to show a bar.
    notebooks
        The folder of the lessons; that of the course if not given.

    Raises
    ------
    ValueError
        If there is no such lesson or company, or no chosen lesson has a parameter that is set.
    DataError
        If the company's tables do not fit.
    FileExistsError
        If `out` is there and may not be replaced.
    """
    known = find_lessons(notebooks)
    chosen = choose([lessons] if isinstance(lessons, str) else lessons, known)
    settings = _accepted(settings or {}, chosen)
    opened = open_company(company) if company is not None else None
    with fresh(out, overwrite, _ours) as place:
        outcomes = [_outcome(lesson, company, opened, settings) for lesson in _bar(chosen, progress)]
        for outcome in outcomes:
            if outcome.status == "ran":
                _write(place / outcome.lesson.page, _lesson_page(outcome, outcomes, company, settings))
        _write(place / "index.html", _index(outcomes, opened))
    return outcomes


def suitable(company: Company, notebooks: Path | None = None) -> list[str]:
    """Return the numbers of the lessons for which a company has the tables; none where no lessons are at hand."""
    try:
        lessons = find_lessons(notebooks)
    except ValueError:
        return []
    return [number for number, lesson in lessons.items() if lesson.tables and not lesson.lacks(company)]


def _bar(lessons: Sequence[Lesson], progress: bool) -> Iterable[Lesson]:
    from tqdm import tqdm

    bar = tqdm(lessons, unit="lesson", disable=not progress)
    for lesson in bar:
        bar.set_description(lesson.number)
        yield lesson


def _accepted(settings: Mapping[str, Any], lessons: Sequence[Lesson]) -> dict[str, Any]:
    if "COMPANY" in settings:
        raise ValueError("COMPANY is not set like other parameters: name the company (--company on the command line)")
    for name in settings:
        if not any(name in lesson.parameters for lesson in lessons):
            has = "; ".join(f"{lesson.number} has {', '.join(lesson.parameters) or 'none'}" for lesson in lessons)
            raise ValueError(f"no chosen lesson has the parameter {name!r}: {has}")
    return dict(settings)


def _outcome(
    lesson: Lesson, company: str | Path | None, opened: Company | None, settings: Mapping[str, Any]
) -> Outcome:
    lacking = lesson.lacks(opened) if opened is not None else ""
    if opened is not None and lacking:
        return Outcome(lesson, "skipped", lacking, company=opened.name)
    parameters = {name: value for name, value in settings.items() if name in lesson.parameters}
    uses = "COMPANY" in lesson.parameters
    if company is not None and uses:
        named = str(company) in built_in()
        parameters["COMPANY"] = str(company) if named else str(find_company(company))
    start = perf_counter()
    notebook, reason = _execute(lesson, parameters)
    name = opened.name if opened is not None else str(lesson.parameters.get("COMPANY", ""))
    status = "failed" if reason else "ran"
    return Outcome(lesson, status, _plain(reason, company), perf_counter() - start, name if uses else "", notebook)


def _execute(lesson: Lesson, parameters: Mapping[str, Any]) -> tuple[Any, str]:
    """Return the executed notebook, or None and the reason why it failed."""
    import nbformat
    import papermill
    from papermill.exceptions import PapermillExecutionError

    try:
        with hushed(), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return papermill.execute_notebook(
                nbformat.read(lesson.path, as_version=4),  # as a path it would be taken for a template
                None,
                parameters=dict(parameters),
                progress_bar=False,
                cwd=str(lesson.path.parent),
                execution_timeout=_PATIENCE,
                extra_arguments=["--IPKernelApp.log_level=CRITICAL"],
            ), ""
    except PapermillExecutionError as error:
        return None, f"cell {error.exec_count}: {error.ename}: {error.evalue}"
    except Exception as error:  # a kernel that dies or hangs fails its own lesson, not the report
        return None, f"{type(error).__name__}: {error}"


def _plain(text: str, company: str | Path | None) -> str:
    for path, shown in _hidden(company).items():
        text = text.replace(path, shown)
    return text if len(text) <= 1000 else f"{text[:1000]} ..."


def _hidden(company: str | Path | None) -> dict[str, str]:
    """Return the paths of this machine that a page does not show, and what it shows in their place."""
    hidden = {}
    if company is not None:
        folder = find_company(company)
        hidden[str(folder)] = folder.name
    tree = Path(__file__).resolve().parents[2]
    return hidden | {f"{tree}{os.sep}": ""}


def _lesson_page(
    outcome: Outcome, outcomes: Sequence[Outcome], company: str | Path | None, settings: Mapping[str, Any]
) -> str:
    lesson = outcome.lesson
    shown = {"COMPANY": find_company(company).name} if company is not None else {}
    shown = {name: value for name, value in {**shown, **settings}.items() if name in lesson.parameters}
    links = {each.lesson.path.name: each.lesson.page for each in outcomes if each.status == "ran"}
    body = lesson_body(outcome.notebook, shown, _hidden(company), links)
    return page(lesson.title, body, str(shown.get("LANGUAGE", lesson.parameters.get("LANGUAGE", "en"))))


def _index(outcomes: Sequence[Outcome], opened: Company | None) -> str:
    companies = [opened] if opened is not None else _defaults(outcomes)
    rows = "".join(_row(outcome) for outcome in outcomes)
    head = "<tr><th>Lesson</th><th>Company</th><th>Status</th><th>Seconds</th></tr>"
    table = f"<table><thead>{head}</thead><tbody>{rows}</tbody></table>"
    parts = ["<h1>crmlab: customer management, learned on data</h1>", "<h2>Lessons</h2>", table]
    body = "\n".join([*parts, *map(_described, companies), f"<footer>{escape(generator())}</footer>"])
    return page("crmlab: a report", body, back=False)


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


def _described(company: Company) -> str:
    """Return the company's name, the days it was observed, and its tables with their rows."""
    overview = company.overview()
    first = overview["first day"].min()
    known = "Its truth is known." if company.truth else "No truth is known."
    rows = "".join(f"<tr><td>{escape(str(name))}</td><td>{n:,}</td></tr>" for name, n in overview["rows"].items())
    return (
        f"<h2>Company {escape(company.name)}</h2>\n<p>Observed from {first:%Y-%m-%d} to "
        f"{escape(company.observation_end)}; money in {escape(company.currency)}. {known}</p>\n"
        f"<table><thead><tr><th>Table</th><th>Rows</th></tr></thead><tbody>{rows}</tbody></table>"
    )


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


def _ours(folder: Path) -> set[str]:
    """Return the pages in a folder that bear crmlab's mark."""
    mark = 'name="generator" content="crmlab '
    return {path.name for path in folder.glob("*.html") if mark in path.read_text(encoding="utf-8", errors="replace")}
