"""Policies: they stay within the budget, and each does what its name says."""

import numpy as np
import pytest

from crmlab.game.course import Course, play_many
from crmlab.game.market import LEVERS, SPENDS
from crmlab.game.policies import POLICIES, TRIALS, knowing

GAMES = range(40)


@pytest.fixture(scope="module")
def totals():
    return {name: play_many(policy, GAMES) for name, policy in POLICIES.items()}


def rows(name, seed=1):
    return Course(seed).run(POLICIES[name]).seen.rows


@pytest.mark.parametrize("name", POLICIES)
def test_no_policy_spends_more_than_there_is(name):
    assert all(sum(row[lever] for lever in SPENDS) <= 100 + 1e-6 for row in rows(name))


def test_hunters_hunt_and_farmers_farm():
    assert all(row["retain"] == row["service"] == 0 for row in rows("all hunting"))
    assert all(row["attract"] == row["acquire"] == 0 for row in rows("all farming"))


def test_a_plan_made_once_is_held():
    assert {tuple(float(row[name]) for name in LEVERS) for row in rows("plans once")} == {
        tuple(float(rows("plans once")[0][name]) for name in LEVERS)
    }


def test_experiments_are_made_early_and_by_one_policy_only():
    trials = {name: Course(1).run(policy).seen.trials for name, policy in POLICIES.items()}
    assert [trial.lever for trial in trials["experiments"] if trial] == list(TRIALS)
    assert not any(trial for name, found in trials.items() if name != "experiments" for trial in found)


def test_a_small_firm_plays_without_experiments():
    trials = Course(1, {"budget": 5}).run(POLICIES["experiments"]).seen.trials
    assert not any(trials)


def test_the_greedy_policy_moves_a_share_a_quarter():
    for last, now in zip(rows("greedy")[1:], rows("greedy")[2:], strict=False):
        moved = np.array([now[name] - last[name] for name in LEVERS])
        assert moved.sum() == pytest.approx(0, abs=1e-6)
        assert np.abs(moved).max() <= 15 + 1e-6


def test_learning_beats_planning_once_and_planning_beats_extremes(totals):
    means = {name: total.mean() for name, total in totals.items()}
    assert means["experiments"] > means["plans once"] > means["greedy"]
    assert means["plans once"] > max(means["all hunting"], means["all farming"])


def test_nothing_beats_knowing_in_the_mean(totals):
    some = range(5)
    best = []
    for seed in some:
        course = Course(seed)
        best.append(float(course.run(knowing(course.market)).total()))
    assert all(np.mean(best) > total.loc[list(some)].mean() for total in totals.values())
