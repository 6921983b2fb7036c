"""The course of one game or many, and what players see of it."""

import numpy as np
import pytest

from crmlab.game.course import Course, play_many
from crmlab.game.market import HIDDEN
from crmlab.game.policies import POLICIES


@pytest.mark.parametrize("name", POLICIES)
def test_many_games_at_once_end_as_each_alone(name):
    totals = play_many(POLICIES[name], [3, 8])
    assert totals[8] == pytest.approx(float(Course(8).run(POLICIES[name]).total()))


def test_players_see_ledgers_and_rules_only():
    course = Course(4)
    course.play({"retain": 40, "learn": 5})
    seen = course.seen
    assert set(seen.rules).isdisjoint(HIDDEN)
    assert not set(seen.rows[0]) & set(HIDDEN)
    assert (seen.quarter, seen.left, len(seen.rows), len(seen.trials)) == (2, 11, 1, 1)
    assert seen.standing["satisfaction"] != course._satisfaction  # the survey errs


def test_luck_does_not_depend_on_what_is_done():
    courses = [Course(4).run(POLICIES[name]) for name in ("all hunting", "all farming")]
    assert all(np.array_equal(courses[0].luck[name], courses[1].luck[name]) for name in courses[0].luck)


def test_without_luck_the_course_is_the_expectation():
    from crmlab.game.quarter import complete, foresee

    split = {"attract": 25.0, "acquire": 25.0, "retain": 30.0, "service": 20.0}
    totals = play_many(lambda _: split, range(300), shock=0.0)
    courses = Course(list(range(300)), {"shock": 0.0})
    expected = foresee(courses.market, courses.market["customers"], 0.0, [complete(split)] * 12)
    assert np.corrcoef(totals, expected)[0, 1] > 0.99
    assert totals.mean() == pytest.approx(expected.mean(), rel=0.01)
