"""The exercise machinery, on a set made for the purpose, and the promises that every real set must keep."""

from importlib import import_module

import nbformat
import numpy as np
import pandas as pd
import pytest

from crmlab.company import Company
from crmlab.exercises import Exercise, Mistake, Question, QuestionSet, exercise, lessons_with_exercises

ORDERS = pd.DataFrame({"customer_id": ["a", "a", "b"], "amount": [10.0, 20.0, 60.0]})
SHOP = Company("shop", {"orders": ORDERS}, "2025-12-31")


def question(expected, *mistakes, **changes):
    fields = {
        "title": "Mean",
        "objective": "average",
        "level": "core",
        "minutes": 5,
        "task": "Compute.",
        "wanted": "the mean amount in won.",
        "not_checked": "the code.",
        "given": "",
        "expected": expected,
        "mistakes": mistakes or (Mistake(lambda c: c.orders["amount"].sum(), "this is the sum, not the mean."),),
        "hints": ("Think.", "Use mean().", "company.orders['amount'].mean()"),
        "solution": "answer_1 = company.orders['amount'].mean()",
        "reasoning": "A mean is a sum over a count.",
        "reading": "An order brings this much.",
    }
    return Question(**fields | changes)


def exercises_on(*questions):
    rubric = ("none", "some", "most", "all")
    return Exercise(QuestionSet("99", "99-test", "Test", "shop", "", questions, "Write.", rubric), SHOP)


@pytest.fixture
def number():
    return exercises_on(question(lambda c: c.orders["amount"].mean()))


@pytest.fixture
def series():
    return exercises_on(question(lambda c: c.orders.groupby("customer_id")["amount"].mean()))


def test_right_within_tolerance(number):
    assert number.check(1, 30.0).correct
    assert number.check(1, np.float64(30.1)).correct
    assert not number.check(1, 30.2).correct


def test_a_usual_mistake_is_named(number):
    feedback = number.check(1, 90.0)
    assert feedback.correct is False
    assert "this is the sum, not the mean." in feedback.text


def test_an_unusual_mistake_points_to_the_hint(number):
    assert "Ask q.hint(1)" in number.check(1, 7.0).text


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (..., "not attempted yet"),
        (None, "the answer is None"),
        ("30", "the text '30'"),
        (float("nan"), "the number is nan"),
        (float("inf"), "the number is inf"),
        (True, "this is a bool"),
        ([30], "this is a list"),
        (ORDERS, "this is a whole DataFrame"),
        (ORDERS["amount"], "this is a whole Series"),
    ],
)
def test_odd_answers_get_a_friendly_line(number, answer, words):
    feedback = number.check(1, answer)
    assert words in feedback.text
    assert feedback.correct is not True


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (15.0, "a Series is wanted, one number for each of a, b"),
        (pd.Series({"a": 15.0}), "the index is a; it should be a, b"),
        (pd.Series({"a": 15.0, "b": np.nan}), "1 of the numbers are missing"),
        (pd.Series({"a": "x", "b": "y"}), "does not hold numbers"),
    ],
)
def test_odd_series_get_a_friendly_line(series, answer, words):
    assert words in series.check(1, answer).text


def test_a_series_in_another_order_is_right(series):
    assert series.check(1, pd.Series({"b": 60.0, "a": 15.0})).correct


def test_a_mistake_that_happens_to_be_right_on_these_data_is_right():
    same = exercises_on(question(lambda _: 30.0, Mistake(lambda _: 30.0, "wrong.")))
    assert same.check(1, 30.0).correct


def test_hints_come_one_after_the_other(number):
    given = [number.hint(1).text for _ in range(4)]
    assert given[0] == "Hint 1 of 3: Think."
    assert given[2] == given[3] == "Hint 3 of 3: company.orders['amount'].mean()"


def test_solution_holds_reasoning_code_reading_and_the_usual_mistake(number):
    text = number.solution(1).text
    for part in ("sum over a count", "answer_1 =", "Reading:", "The usual mistake: this is the sum"):
        assert part in text


def test_feedback_escapes_text_from_the_learner(number):
    face = number.check(1, "<script>")._repr_html_()
    assert "<script>" not in face


def test_an_unknown_question_or_lesson_is_named(number):
    with pytest.raises(ValueError, match="no question 5; there are 1 to 1"):
        number.check(5, 1)
    with pytest.raises(ValueError, match="lesson '99' has no exercises; there are"):
        exercise("99")


@pytest.mark.parametrize("lesson", lessons_with_exercises())
def test_every_set_is_whole(lesson):
    found = import_module(f"crmlab.questions.lesson_{lesson}").SET
    assert found.lesson == lesson
    assert 4 <= len(found.questions) <= 6
    assert len(found.rubric) == 4
    for number, asked in enumerate(found.questions, 1):
        assert f"answer_{number} = ..." in asked.starter(number)
        assert f"answer_{number}" in asked.code
        assert len(asked.hints) == 3
        assert len(asked.mistakes) >= 2
        assert asked.level in {"warm-up", "core", "stretch"}


def test_the_notebooks_are_what_the_sets_generate(tmp_path, build_exercises):
    build_exercises.main(tmp_path)
    committed = build_exercises.EXERCISES
    made = sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*.ipynb"))
    assert made == sorted(path.relative_to(committed) for path in committed.rglob("*.ipynb"))
    for path in made:
        new, old = (nbformat.reads((f / path).read_text("utf-8"), as_version=4) for f in (tmp_path, committed))
        assert [cell["source"] for cell in new["cells"]] == [cell["source"] for cell in old["cells"]]


@pytest.fixture
def build_exercises(monkeypatch):
    monkeypatch.syspath_prepend("scripts")
    return import_module("build_exercises")
