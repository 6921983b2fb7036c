"""The exercises that the tests of a question set work on: its module names the lesson as `LESSON`."""

from __future__ import annotations

import pytest

from crmlab.exercises import Exercise
from question_sets import exercises


@pytest.fixture(scope="module", params=["usual", "another"])
def q(request: pytest.FixtureRequest) -> Exercise:
    return exercises(request.module.LESSON, request.param)
