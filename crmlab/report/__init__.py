"""Lessons run on a company, as a folder of pages that anybody can open: one for each lesson, and an index.

The index opens with one page for a manager. A lesson whose tables the company lacks is skipped, one that fails stops no
other, and the index says why. On a company of one's own nothing of single people is shown, and no small count.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from html import escape
from pathlib import Path
from typing import Any

from crmlab import labels
from crmlab.company import Company
from crmlab.data import built_in, find_company, open_company
from crmlab.folders import files, fresh, refuse
from crmlab.lessons import Lesson, choose, find_lessons, in_words
from crmlab.pages import page
from crmlab.report.execution import Done, Task, execute, usual_jobs
from crmlab.report.index import Outcome, index_page, lessons_sentence
from crmlab.report.keeping import Keeping, checksum_of, key_of
from crmlab.report.manager import brief
from crmlab.report.manager.page import TABLES, brief_html, write_tables
from crmlab.report.manager.sentences import say, speaking
from crmlab.report.pages import lesson_body
from crmlab.report.personal import Personal
from crmlab.report.redaction import Redactor, summary

__all__ = ["Outcome", "run", "suitable"]


def run(
    lessons: Iterable[str | int] | str,
    company: str | Path | None = None,
    out: str | Path = "report",
    settings: Mapping[str, Any] | None = None,
    *,
    overwrite: bool = False,
    progress: bool = True,
    notebooks: Path | None = None,
    jobs: int | None = None,
    min_count: int = 5,
    language: str = "en",
) -> list[Outcome]:
    """Run lessons, write one page of HTML for each and an index, and return what became of them.

    A run that is ended keeps the lessons that were finished, and the same call goes on from there.

    Parameters
    ----------
    lessons
        Numbers or names, or "all".
    company
        A built-in company or a folder; None leaves each lesson its own.
    out, overwrite
        A new or empty folder; whether to replace a report that was written there before, and to start anew.
    settings
        Values for parameters of the lessons, as ``{"CALIBRATION_END": "1997-09-30"}``. A lesson without such a
        parameter runs without it.
    progress
        Whether to show a bar.
    notebooks
        The folder of the lessons; that of the course if not given.
    jobs
        How many lessons run at once; by cores and memory if not given.
    min_count
        On a company of one's own, counts under this are hidden.
    language
        "en" or "ko": of the manager's page, and of figures and tables in the lessons.

    Raises
    ------
    ValueError
        If there is no such lesson or company, no chosen lesson has a parameter that is set, or a setting is impossible.
    DataError
        If the company's tables do not fit.
    FileExistsError
        If `out` is there and may not be replaced.
    """
    known = find_lessons(notebooks)
    chosen = choose([lessons] if isinstance(lessons, str) else lessons, known)
    _refuse_impossible(jobs, min_count, language)
    settings = _accepted(settings or {}, chosen)
    opened = open_company(company) if company is not None else None
    refuse(out, overwrite, _ours)
    asked = _Run(
        company, opened, settings, min_count, language, Keeping(out), find_company(company) if company else None
    )
    if overwrite:
        asked.keeping.clear()
    outcomes = asked.outcomes(chosen, jobs, progress)
    told = brief(opened, min_count, language) if opened is not None else None
    with fresh(out, overwrite, _ours) as place:
        for outcome in outcomes:
            if outcome.status == "ran":
                _write(place / outcome.lesson.page, asked.page(outcome, outcomes))
        html = ""
        if told is not None and opened is not None:
            html = brief_html(told, min_count, lessons_sentence(known.values(), opened, language))
            write_tables(told, place / "tables")
        below = min_count if asked.own else 0
        _write(place / "index.html", index_page(outcomes, opened, html, below, language))
    asked.keeping.clear()
    return outcomes


def suitable(company: Company, notebooks: Path | None = None) -> list[str]:
    """Return the numbers of the lessons for which a company has the tables; none where no lessons are at hand."""
    try:
        lessons = find_lessons(notebooks)
    except ValueError:
        return []
    return [number for number, lesson in lessons.items() if lesson.tables and not lesson.lacks(company)]


class _Run:
    """What all lessons of one report share."""

    def __init__(
        self,
        company: str | Path | None,
        opened: Company | None,
        settings: Mapping[str, Any],
        below: int,
        language: str,
        keeping: Keeping,
        folder: Path | None,
    ) -> None:
        self.company, self.opened, self.settings, self.folder = company, opened, settings, folder
        self.below, self.language, self.keeping = below, language, keeping
        self.own = opened is not None and opened.truth is None  # people live in it
        self.redactor = Redactor(Personal(opened), below) if opened is not None and self.own else None

    def outcomes(self, lessons: Sequence[Lesson], jobs: int | None, progress: bool) -> list[Outcome]:
        """Run what can run and is not kept, and return what became of all, in the order of the course."""
        from tqdm import tqdm

        found = {lesson.number: self._settled(lesson) for lesson in lessons}
        tasks = [self._task(one) for one in lessons if found[one.number] is None]
        by_number = {lesson.number: lesson for lesson in lessons}
        at_once = jobs or usual_jobs(self._size())
        with tqdm(total=len(lessons), initial=len(lessons) - len(tasks), unit="lesson", disable=not progress) as bar:
            for done in execute(tasks, at_once) if tasks else ():
                found[done.number] = self._outcome(by_number[done.number], done)
                bar.set_description(done.number)
                bar.update()
        return [outcome for outcome in found.values() if outcome is not None]

    def page(self, outcome: Outcome, outcomes: Sequence[Outcome]) -> str:
        """Return the page of a lesson that ran."""
        lesson = outcome.lesson
        shown = {"COMPANY": self.folder.name} if self.folder is not None else {}
        shown = {name: value for name, value in {**shown, **self._set()}.items() if name in lesson.parameters}
        links = {each.lesson.path.name: each.lesson.page for each in outcomes if each.status == "ran"}
        body = lesson_body(outcome.notebook, shown, self._hidden(), links)
        if self.redactor is not None:
            left_out = Counter(outcome.notebook.metadata.get("crmlab_left_out", {}))
            body = f'<p class="left-out">{escape(summary(left_out, self.below))}</p>\n{body}'
        return page(lesson.title, body, str(shown.get("LANGUAGE", lesson.parameters.get("LANGUAGE", "en"))))

    def _settled(self, lesson: Lesson) -> Outcome | None:
        """Return the outcome of a lesson that needs not run: its tables are missing, or it was kept."""
        lacking = lesson.lacks(self.opened, self.language) if self.opened is not None else ""
        if self.opened is not None and lacking:
            return Outcome(lesson, "skipped", lacking, company=self.opened.name)
        kept = self.keeping.load(self._key(lesson))
        if kept is None:
            return None
        return replace(self._named(lesson), seconds=kept[1], notebook=kept[0], kept=True)

    def _outcome(self, lesson: Lesson, done: Done) -> Outcome:
        named = replace(self._named(lesson), seconds=done.seconds)
        if done.reason:
            return replace(named, status="failed", reason=self._plain(done.reason))
        if self.redactor is not None:
            done.notebook.metadata["crmlab_left_out"] = dict(self.redactor.redact(done.notebook))
        self.keeping.save(self._key(lesson), done.notebook, done.seconds)
        return replace(named, notebook=done.notebook)

    def _task(self, lesson: Lesson) -> Task:
        return Task(lesson.number, lesson.path, self._parameters(lesson), self._lacking(lesson))

    def _lacking(self, lesson: Lesson) -> dict[str, str]:
        return lesson.leaves_out(self.opened) if self.opened is not None else {}

    def _named(self, lesson: Lesson) -> Outcome:
        name = self.opened.name if self.opened is not None else str(lesson.parameters.get("COMPANY", ""))
        lacking = self._lacking(lesson)
        with speaking(self.language):
            reason = say("lacks parts", what=in_words(lacking, self.language)) if lacking else ""
        return Outcome(lesson, "ran", reason, company=name if "COMPANY" in lesson.parameters else "")

    def _set(self) -> dict[str, Any]:
        spoken = {"LANGUAGE": self.language} if self.language != "en" else {}
        return {**spoken, **self.settings}

    def _parameters(self, lesson: Lesson) -> dict[str, Any]:
        parameters = {name: value for name, value in self._set().items() if name in lesson.parameters}
        if self.folder is not None and "COMPANY" in lesson.parameters:
            named = str(self.company) in built_in()
            parameters["COMPANY"] = str(self.company) if named else str(self.folder)
        return parameters

    def _key(self, lesson: Lesson) -> str:
        return key_of(lesson.path, self._parameters(lesson), self._checksum(), self.below if self.own else 0)

    def _checksum(self) -> str:
        if not hasattr(self, "_checked"):
            folders = [self.folder] if self.folder is not None else built_in().values()
            self._checked = " ".join(checksum_of(folder) for folder in folders)
        return self._checked

    def _size(self) -> float:
        if self.folder is None:
            return 0.0
        return float(sum((self.folder / name).stat().st_size for name in files(self.folder)))

    def _plain(self, reason: str) -> str:
        for path, shown in self._hidden().items():
            reason = reason.replace(path, shown)
        if self.redactor is not None:
            reason = self.redactor.text(reason)
        return reason if len(reason) <= 1000 else f"{reason[:1000]} ..."

    def _hidden(self) -> dict[str, str]:
        """Return the paths of this machine that a page does not show, and what it shows in their place."""
        hidden = {str(self.folder): self.folder.name} if self.folder is not None else {}
        tree = Path(__file__).resolve().parents[2]
        return hidden | {f"{tree}{os.sep}": ""}


def _accepted(settings: Mapping[str, Any], lessons: Sequence[Lesson]) -> dict[str, Any]:
    if "COMPANY" in settings:
        raise ValueError("COMPANY is not set like other parameters: name the company (--company on the command line)")
    for name in settings:
        if not any(name in lesson.parameters for lesson in lessons):
            has = "; ".join(f"{lesson.number} has {', '.join(lesson.parameters) or 'none'}" for lesson in lessons)
            raise ValueError(f"no chosen lesson has the parameter {name!r}: {has}")
    return dict(settings)


def _refuse_impossible(jobs: int | None, min_count: int, language: str) -> None:
    if jobs is not None and jobs < 1:
        raise ValueError(f"jobs is {jobs}; at least one lesson must run at a time")
    if min_count < 2:
        raise ValueError(f"min_count is {min_count}; there is nothing to hide under 2")
    if language not in labels.LANGUAGES:
        raise ValueError(f"language is {language!r}; choose one of {', '.join(labels.LANGUAGES)}")


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


def _ours(folder: Path) -> set[str]:
    """Return the pages in a folder that bear crmlab's mark, and the tables that go with an index."""
    mark = 'name="generator" content="crmlab '
    ours = {path.name for path in folder.glob("*.html") if mark in path.read_text(encoding="utf-8", errors="replace")}
    return ours | {f"tables/{name}.csv" for name in TABLES} if "index.html" in ours else ours
