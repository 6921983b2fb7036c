"""Beliefs: they start at the ranges, come nearer to the truth, and nearer still with experiments."""

import numpy as np
import pytest

from crmlab.game.beliefs import BLOCKS, Beliefs
from crmlab.game.course import Course
from crmlab.game.market import HIDDEN, RANGES
from crmlab.game.policies import POLICIES

GAMES = list(range(60))


@pytest.fixture(scope="module")
def ends():
    return {name: Course(GAMES).run(POLICIES[name]) for name in ("reads ledgers", "experiments")}


def error(course, name):
    low, high = RANGES[name]
    believed = course.seen.beliefs.market()[name]
    return np.sqrt(np.mean((believed - course.market[name]) ** 2)) / ((high - low) / np.sqrt(12))


def test_each_hidden_parameter_is_believed_in_one_block():
    assert sorted(name for names in BLOCKS.values() for name in names) == sorted(HIDDEN)


def test_beliefs_start_in_the_middle_of_the_ranges():
    for name, mean in Beliefs.at_first(()).market().items():
        low, high = RANGES[name]
        assert mean == pytest.approx((low + high) / 2, abs=0.04 * (high - low))


def test_ledgers_teach_and_experiments_teach_more(ends):
    tried = ("attract_ceiling", "attract_rate", "acquire_rate", "retain_lift")
    for name in tried:
        assert error(ends["experiments"], name) < error(ends["reads ledgers"], name) < 1.0, name


def test_beliefs_know_how_little_they_know(ends):
    course = ends["experiments"]
    for name, (mean, spread) in course.seen.beliefs.moments().items():
        score = (mean - course.market[name]) / spread
        assert (np.abs(score) < 2).mean() > 0.8, name


def test_one_game_believes_what_it_believes_among_many(ends):
    alone = Course(7).run(POLICIES["experiments"]).seen.beliefs.market()
    among = ends["experiments"].seen.beliefs.market()
    assert all(np.isclose(alone[name], among[name][7]) for name in HIDDEN)
