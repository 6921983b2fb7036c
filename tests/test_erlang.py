"""Erlang C and A: published desks, limits in which they collapse, staffing, and impossible desks."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmlab.service import agents_needed, erlang_a, erlang_c

LARGE = {"calls_per_hour": 720, "handle_seconds": 240, "agents": 55, "answer_within": 15}
SMALL = {"calls_per_hour": 200, "handle_seconds": 180, "answer_within": 20}


def test_the_published_large_desk():
    """360 calls in half an hour of 240 s, 55 agents, 15 s: wait .2387, 8.18 s on average, 84.6 % in time."""
    got = erlang_c(**LARGE)
    assert got["wait_probability"] == pytest.approx(0.2387, abs=5e-5)
    assert got["mean_wait"] == pytest.approx(8.18, abs=5e-3)
    assert got["service_level"] == pytest.approx(0.846, abs=5e-4)
    assert (got["load"], got["occupancy"]) == pytest.approx((48, 48 / 55))


def test_the_published_small_desk():
    """100 calls in half an hour of 180 s within 20 s: 13 agents 79.6 %, 14 agents 88.8 %."""
    assert erlang_c(**SMALL, agents=13)["service_level"] == pytest.approx(0.796, abs=5e-4)
    assert erlang_c(**SMALL, agents=14)["service_level"] == pytest.approx(0.888, abs=5e-4)
    assert agents_needed(**SMALL, target=0.8) == 14


def test_one_agent_is_the_textbook_queue():
    """M/M/1: who comes waits with probability ρ, on average ρ/(1 − ρ) handling times."""
    got = erlang_c(calls_per_hour=30, handle_seconds=60, agents=1, answer_within=0)
    assert got[["wait_probability", "mean_wait", "service_level"]].to_list() == pytest.approx([0.5, 60, 0.5])


def test_with_endless_patience_erlang_a_is_erlang_c():
    patient = erlang_a(**LARGE, patience_seconds=1e8)
    shared = ["load", "occupancy", "wait_probability", "mean_wait", "service_level"]
    np.testing.assert_allclose(patient[shared], erlang_c(**LARGE)[shared], rtol=1e-5)
    assert patient["abandoned"] < 1e-6


def test_without_patience_erlang_a_is_a_loss_system():
    """Erlang B by its sum: the share that finds all agents busy is lost."""
    got = erlang_a(calls_per_hour=60, handle_seconds=240, agents=5, patience_seconds=1e-4)
    terms = [4.0**k / math.factorial(k) for k in range(6)]
    assert got["abandoned"] == pytest.approx(terms[5] / sum(terms), rel=1e-4)


def test_patience_as_long_as_the_handling_makes_the_poisson_distribution():
    """With θ = μ each customer leaves at the same rate wherever it stands, so their number is Poisson."""
    from scipy.stats import poisson

    got = erlang_a(calls_per_hour=60, handle_seconds=240, agents=5, patience_seconds=240, answer_within=0)
    assert got["wait_probability"] == pytest.approx(poisson.sf(4, 4.0))
    waiting = sum((k - 5) * poisson.pmf(k, 4.0) for k in range(6, 60))
    assert got["abandoned"] == pytest.approx(waiting / 4.0)
    assert got["service_level"] == pytest.approx(poisson.cdf(4, 4.0))


@settings(max_examples=60, deadline=None)
@given(load=st.floats(0.05, 60), extra=st.integers(1, 15), patience=st.floats(5, 3000), within=st.floats(0, 200))
def test_shares_are_shares_and_one_more_agent_helps(load, extra, patience, within):
    desk = {"calls_per_hour": 20 * load, "handle_seconds": 180.0, "answer_within": within}
    agents = int(load) + extra
    c, better = erlang_c(**desk, agents=agents), erlang_c(**desk, agents=agents + 1)
    a, eager = (erlang_a(**desk, agents=n, patience_seconds=patience) for n in (agents, agents + 1))
    for got in (c, a):
        assert got.drop(["load", "mean_wait"]).between(-1e-12, 1 + 1e-12).all()
    assert better["service_level"] >= c["service_level"] - 1e-12
    assert eager["service_level"] >= a["service_level"] - 1e-12
    assert a["mean_wait"] <= c["mean_wait"] + 1e-9
    assert a["service_level"] + a["abandoned"] <= 1 + 1e-9


@pytest.mark.parametrize("patience", [None, 30.0, 600.0])
@pytest.mark.parametrize("target", [0.5, 0.8, 0.99])
def test_the_agents_needed_are_the_fewest(target, patience):
    n = agents_needed(**SMALL, target=target, patience_seconds=patience)

    def level(agents):
        if patience is None:
            return erlang_c(**SMALL, agents=agents)["service_level"] if agents > 10 else 0.0
        return erlang_a(**SMALL, agents=agents, patience_seconds=patience)["service_level"]

    assert level(n) >= target > level(n - 1)


def test_a_very_large_desk_is_reckoned_too():
    needed = agents_needed(calls_per_hour=100_000, handle_seconds=180, answer_within=20)
    assert 5000 < needed < 5100


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"agents": 48}, "48 cannot do the work of 48.0"),
        ({"agents": 0}, "agents is 0"),
        ({"agents": 55.5}, "whole number"),
        ({"calls_per_hour": 0}, "calls_per_hour is 0"),
        ({"handle_seconds": -1}, "handle_seconds is -1"),
        ({"calls_per_hour": float("nan")}, "calls_per_hour is nan"),
        ({"answer_within": -1}, "answer_within is -1"),
    ],
)
def test_impossible_desks_are_refused(change, said):
    with pytest.raises(ValueError, match=said):
        erlang_c(**LARGE | change)


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda: erlang_a(**LARGE, patience_seconds=0), "patience_seconds is 0"),
        (lambda: agents_needed(**SMALL, target=1.0), "target is 1.0"),
        (lambda: agents_needed(**SMALL | {"answer_within": 0}, target=0.9, patience_seconds=-1), "patience_seconds"),
    ],
)
def test_impossible_promises_are_refused(ask, said):
    with pytest.raises(ValueError, match=said):
        ask()
