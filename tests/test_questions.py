"""All sets of exercises: solutions, plain answers, each usual mistake, nonsense and untouched starters, by two seeds.

The answers of `plain_answers` come from the tables with nothing but pandas and numpy, a second way beside the solution.
"""

from __future__ import annotations

from itertools import combinations
from typing import Any

import nbformat
import numpy as np
import pandas as pd
import pytest

import crmlab as crm
import plain_answers
from crmlab.exercises import Exercise, lessons_with_exercises
from question_sets import company, exercises

QUESTIONS = [(lesson, number) for lesson in lessons_with_exercises() for number in range(1, 5)]


@pytest.fixture(params=["usual", "another"])
def q(request: pytest.FixtureRequest, lesson: str) -> Exercise:
    return exercises(lesson, request.param)


@pytest.mark.parametrize("solved", [False, True])
@pytest.mark.parametrize("lesson", lessons_with_exercises())
def test_starters_run_as_they_are_and_solutions_are_right(q: Exercise, solved: bool) -> None:
    opening = f'crm.open_company("{q.questions.company}")'
    assert opening in q.questions.setup
    for number, asked in enumerate(q.questions.questions, 1):  # each after the set-up alone
        space: dict[str, Any] = {"given": q.company}
        exec(q.questions.setup.replace(opening, "given"), space)  # the set-up and the cells are our own code
        exec(asked.code if solved else asked.starter(number), space)
        assert ("right." if solved else "not attempted yet") in q.check(number, space[f"answer_{number}"]).text


@pytest.mark.parametrize(("lesson", "number"), sorted(plain_answers.ANSWERS))
def test_a_plain_answer_is_right(q: Exercise, lesson: str, number: int) -> None:
    answer = plain_answers.ANSWERS[lesson, number](q.company)
    assert q.check(number, answer).correct is True


def test_every_question_has_a_plain_answer() -> None:
    assert set(plain_answers.ANSWERS) == {asked for asked in QUESTIONS if asked[0] not in plain_answers.ELSEWHERE}


@pytest.mark.parametrize(("lesson", "number"), QUESTIONS)
def test_each_mistake_is_named(q: Exercise, number: int) -> None:
    asked = q.questions.questions[number - 1]
    for mistake in asked.mistakes:
        answer = mistake.answer(q.company)
        feedback = q.check(number, answer)
        if near(answer, asked.expected(q.company), asked.tolerance):  # harmless on these data, so it may pass
            assert q.company is company(q.questions.company, "another")
        else:
            assert feedback.correct is False
            assert any(one.message in feedback.text for one in alike(asked, answer, q.company))


def near(one: Any, other: Any, tolerance: float) -> bool:
    if isinstance(one, pd.Series) is not isinstance(other, pd.Series):
        return False
    return bool(np.max(np.abs(one - other) - tolerance * np.abs(other)) <= 1e-9)


def alike(asked: Any, answer: Any, on: crm.Company) -> list[Any]:
    """Return the mistakes that give this answer on these data: in some companies two give one number."""
    return [one for one in asked.mistakes if near(answer, one.answer(on), asked.tolerance)]


@pytest.mark.parametrize(("lesson", "number"), QUESTIONS)
def test_no_two_answers_are_taken_for_each_other(lesson: str, number: int) -> None:
    usual = exercises(lesson, "usual")
    asked = usual.questions.questions[number - 1]
    given = [compute(usual.company) for compute in (asked.expected, *(wrong.answer for wrong in asked.mistakes))]
    for one, other in combinations(given, 2):
        assert not near(one, other, 2 * asked.tolerance)


@pytest.mark.parametrize(("lesson", "number"), QUESTIONS)
def test_nonsense_and_odd_answers_get_a_friendly_line(lesson: str, number: int) -> None:
    q = exercises(lesson, "usual")
    expected = q.questions.questions[number - 1].expected(q.company)
    wants_series = isinstance(expected, pd.Series)
    odd: list[tuple[Any, str]] = [(None, "the answer is None"), ("0.2", "the text '0.2'")]
    if wants_series:
        odd += [(0.2, "a Series is wanted"), (expected * np.nan, "are missing"), (expected.iloc[:1], "the index is")]
        odd += [(expected * 0 - 987.6, f"Ask q.hint({number})"), (expected.to_frame("a"), "a Series is wanted")]
    else:
        odd += [(np.nan, "the number is nan"), (-987.6, f"Ask q.hint({number})")]
        odd += [(pd.DataFrame({"a": [1]}), "a whole DataFrame"), (pd.Series([1.0]), "a whole Series")]
    for answer, words in odd:
        feedback = q.check(number, answer)
        assert words in feedback.text
        assert feedback.correct is not True


@pytest.mark.parametrize(("lesson", "number"), QUESTIONS)
def test_the_objective_stands_in_the_lesson(lesson: str, number: int) -> None:
    slug = exercises(lesson, "usual").questions.slug
    assert slug.startswith(lesson)
    opening = nbformat.read(f"notebooks/{slug}.ipynb", as_version=4)["cells"][0]["source"]
    assert f"exercise {number}" in opening
