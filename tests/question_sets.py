"""The exercises that tests work on: on the built-in companies, and on small ones of another seed."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from importlib import import_module

import crmlab as crm
from crmlab.exercises import Exercise, QuestionSet

SMALL = {"subscription": 1200, "retail": 600, "b2b": 600}


@cache
def company(name: str, seed: str) -> crm.Company:
    """Return a built-in company, or with the seed "another" a small one."""
    return crm.open_company(name) if seed == "usual" else crm.simulate_company(name, customers=SMALL[name], seed=5)


@cache
def exercises(lesson: str, seed: str) -> Exercise:
    """Return the exercises of a lesson, which compute each answer only once."""
    found: QuestionSet = import_module(f"crmlab.questions.lesson_{lesson}").SET
    questions = [
        replace(
            asked,
            expected=cache(asked.expected),
            mistakes=tuple(replace(one, answer=cache(one.answer)) for one in asked.mistakes),
        )
        for asked in found.questions
    ]
    return Exercise(replace(found, questions=tuple(questions)), company(found.company, seed))
