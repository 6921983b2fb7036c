"""Exercises that answer at once: `check` an answer, ask for a `hint`, read the `solution`.

What is expected is recomputed from the learner's own company each time, so a check holds on another seed and on one's
own data. A wrong answer is compared with the usual mistakes first, and the feedback names the one that was made. The
sets live in `crmlab.questions`, one module for each lesson; the notebooks in `exercises/` are generated from them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape
from importlib import import_module
from math import isfinite
from numbers import Real
from pkgutil import iter_modules
from typing import Any

import pandas as pd

from crmlab import questions
from crmlab.company import Company

Compute = Callable[[Company], Any]


@dataclass(frozen=True)
class Mistake:
    """A usual wrong answer: how it comes about, and what to tell whoever made it."""

    answer: Compute
    message: str


@dataclass(frozen=True)
class Question:
    """One question of a set.

    Attributes
    ----------
    title, objective, level, minutes
        What it is about, what can be done afterwards, "warm-up", "core" or "stretch", and the time it takes.
    task
        The question in Markdown.
    wanted
        What the variable must hold: a number with its unit, or a Series with its index.
    not_checked
        What the check does not look at.
    given
        The lines that the learner's cell begins with; "" for none.
    expected
        Computes the right answer from a company.
    mistakes
        The usual wrong answers.
    hints
        Three steps: the concept, the function, nearly the code.
    solution
        The lines that go on from the given ones and assign the variable.
    reasoning, reading
        Why the code is right, and how to read its result.
    tolerance
        Relative tolerance; an answer closer than this, or than 1e-9, is right.
    """

    title: str
    objective: str
    level: str
    minutes: int
    task: str
    wanted: str
    not_checked: str
    given: str
    expected: Compute
    mistakes: tuple[Mistake, ...]
    hints: tuple[str, str, str]
    solution: str
    reasoning: str
    reading: str
    tolerance: float = 0.005

    def starter(self, number: int) -> str:
        """Return the cell that the learner completes; it assigns ``...`` to the variable of question `number`."""
        return f"{self.given}\n\nanswer_{number} = ...".lstrip()

    @property
    def code(self) -> str:
        """The whole code that answers the question after the set-up."""
        return f"{self.given}\n{self.solution}".lstrip()


@dataclass(frozen=True)
class QuestionSet:
    """The exercises of one lesson: four to six questions, and a written task with a four-level rubric.

    Attributes
    ----------
    lesson, slug, title
        The number of the lesson as text, the name of its notebook, and what it is about.
    company
        The built-in company that the questions are put to.
    given
        What the set-up prepares once the `company` is open.
    questions, written, rubric
        The questions, the closing task, and what an answer of each level shows, the lowest first.
    """

    lesson: str
    slug: str
    title: str
    company: str
    given: str
    questions: tuple[Question, ...]
    written: str
    rubric: tuple[str, str, str, str]

    @property
    def setup(self) -> str:
        """The code of the first cell: all that the questions take for granted."""
        return (
            "import numpy as np\nimport pandas as pd\n\nimport crmlab as crm\n\n"
            f'crm.setup()\ncompany = crm.open_company("{self.company}")\n{self.given}\n'
            f'q = crm.exercise("{self.lesson}", company)'
        )


@dataclass(frozen=True)
class Feedback:
    """What a check, a hint or a solution says."""

    text: str
    correct: bool | None = None

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        colour = {True: "#009E73", False: "#D55E00", None: "#767676"}[self.correct]
        style = f"border-left:4px solid {colour};padding:.3em .8em;white-space:pre-wrap"
        return f'<div style="{style}">{escape(self.text)}</div>'


@dataclass
class Exercise:
    """The exercises of one lesson on one company.

    Attributes
    ----------
    questions
        The set.
    company
        The company whose tables the answers are recomputed from.
    """

    questions: QuestionSet
    company: Company
    _hints_given: dict[int, int] = field(default_factory=dict, repr=False)

    def check(self, number: int, answer: Any) -> Feedback:
        """Say whether the answer to question `number` is right, or which mistake it shows."""
        question = self._question(number)
        problem = _unusable(answer)
        if problem:
            return Feedback(f"Question {number}: {problem}")
        expected = question.expected(self.company)
        misfit = _misfit(answer, expected)
        if misfit:
            return Feedback(f"Question {number}: {misfit} Wanted: {question.wanted}", correct=False)
        if _close(answer, expected, question.tolerance):
            return Feedback(f"Question {number}: right. {question.reading}", correct=True)
        return Feedback(f"Question {number}: not yet. {self._diagnosis(question, answer, expected)}", correct=False)

    def hint(self, number: int) -> Feedback:
        """Give the next of the three hints to question `number`; after the third, the third again."""
        hints = self._question(number).hints
        step = min(self._hints_given.get(number, 0) + 1, len(hints))
        self._hints_given[number] = step
        return Feedback(f"Hint {step} of {len(hints)}: {hints[step - 1]}")

    def solution(self, number: int) -> Feedback:
        """Show the solution of question `number`: reasoning, code, reading, and the usual mistake."""
        question = self._question(number)
        mistake = question.mistakes[0].message
        parts = (question.reasoning, question.code, f"Reading: {question.reading}", f"The usual mistake: {mistake}")
        return Feedback("\n\n".join(parts))

    def _question(self, number: int) -> Question:
        count = len(self.questions.questions)
        if number not in range(1, count + 1):
            raise ValueError(f"there is no question {number}; there are 1 to {count}")
        return self.questions.questions[number - 1]

    def _diagnosis(self, question: Question, answer: Any, expected: Any) -> str:
        for mistake in question.mistakes:
            wrong = mistake.answer(self.company)
            if not _close(wrong, expected, question.tolerance) and _close(answer, wrong, question.tolerance):
                return mistake.message
        return f"No usual mistake gives this. Ask q.hint({self.questions.questions.index(question) + 1})."

    def __repr__(self) -> str:
        count = len(self.questions.questions)
        return f"Exercises of lesson {self.questions.lesson}: {count} questions on {self.company.name}"


def exercise(lesson: str, company: Company | None = None) -> Exercise:
    """Open the exercises of a lesson.

    Parameters
    ----------
    lesson
        The number of the lesson, as text: "11".
    company
        Whose tables the answers come from; the lesson's own company if not given.

    Raises
    ------
    ValueError
        If the lesson has no exercises.

    Examples
    --------
    >>> q = exercise("11")
    >>> q.check(1, ...)
    Question 1: not attempted yet. Replace the ... and check again.
    """
    if lesson not in lessons_with_exercises():
        raise ValueError(f"lesson {lesson!r} has no exercises; there are {', '.join(lessons_with_exercises())}")
    found: QuestionSet = import_module(f"crmlab.questions.lesson_{lesson}").SET
    if company is None:
        from crmlab.data import open_company

        company = open_company(found.company)
    return Exercise(found, company)


def lessons_with_exercises() -> list[str]:
    """Return the numbers of the lessons that have exercises, in order.

    Examples
    --------
    >>> "11" in lessons_with_exercises()
    True
    """
    names = sorted(module.name for module in iter_modules(questions.__path__))
    return [name.removeprefix("lesson_") for name in names if name.startswith("lesson_")]


def _unusable(answer: Any) -> str:
    """Say why an answer cannot be judged at all; "" where it can."""
    if answer is Ellipsis:
        return "not attempted yet. Replace the ... and check again."
    if answer is None:
        return "the answer is None. A function that only prints gives None; assign what it computes."
    if isinstance(answer, str):
        return f"the answer is the text {answer[:40]!r}. Give the number itself, without quotes."
    return ""


def _misfit(answer: Any, expected: Any) -> str:
    """Say in which way an answer is not of the kind that is wanted; "" where it is."""
    if isinstance(expected, pd.Series):
        return _series_misfit(answer, expected)
    if isinstance(answer, pd.Series | pd.DataFrame):
        return f"this is a whole {type(answer).__name__}, and one number is wanted."
    if isinstance(answer, bool) or not isinstance(answer, Real):
        return f"this is a {type(answer).__name__}, and a number is wanted."
    if not isfinite(answer):
        return f"the number is {answer}. Look for an empty cell or a division by zero on the way."
    return ""


def _series_misfit(answer: Any, expected: pd.Series) -> str:
    if not isinstance(answer, pd.Series):
        return f"this is a {type(answer).__name__}, and a Series is wanted, one number for each of {_some(expected)}."
    if not pd.api.types.is_numeric_dtype(answer):
        return "the Series does not hold numbers."
    if set(answer.index) != set(expected.index):
        return f"the index is {_some(answer)}; it should be {_some(expected)}."
    return f"{int(answer.isna().sum())} of the numbers are missing." if answer.isna().any() else ""


def _some(series: pd.Series) -> str:
    return ", ".join(map(str, series.index[:4])) + (" …" if len(series) > 4 else "")


def _close(answer: Any, expected: Any, tolerance: float) -> bool:
    if isinstance(expected, pd.Series):
        if _series_misfit(answer, expected):
            return False
        gap = (answer.reindex(expected.index).astype(float) - expected.astype(float)).abs()
        return bool((gap <= tolerance * expected.astype(float).abs() + 1e-9).all())
    if isinstance(answer, pd.Series):
        return False
    return abs(float(answer) - float(expected)) <= tolerance * abs(float(expected)) + 1e-9
