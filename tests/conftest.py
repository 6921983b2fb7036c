"""What the tests share: the exercises of a question set, whose module names the lesson as `LESSON`; no haste."""

from __future__ import annotations

import pytest
from hypothesis import settings

from crmlab.exercises import Exercise
from question_sets import exercises

settings.register_profile("crmlab", deadline=None)  # a busy machine is no failure
settings.load_profile("crmlab")


@pytest.fixture(scope="module", params=["usual", "another"])
def q(request: pytest.FixtureRequest) -> Exercise:
    return exercises(request.module.LESSON, request.param)
