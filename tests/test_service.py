"""The service desk as a whole: its names, and the formulas of Erlang against desks that are simulated call by call."""

from __future__ import annotations

import pytest

from crmlab import service
from crmlab.service import agents_needed, erlang_a, erlang_c, simulate_queue, sla_share

DESKS = [
    {"calls_per_hour": 200, "handle_seconds": 180, "agents": 13},
    {"calls_per_hour": 60, "handle_seconds": 240, "agents": 5},
]


def test_the_names_are_handed_on():
    assert all(hasattr(service, name) for name in service.__all__)


@pytest.mark.parametrize("desk", DESKS)
def test_erlang_c_is_what_a_simulated_desk_does(desk):
    calls = simulate_queue(**desk, calls=200_000, seed=3)
    told, seen = erlang_c(**desk), sla_share(calls, 20, clusters="desk")
    assert seen["low"] - 0.003 < told["service_level"] < seen["high"] + 0.003
    assert (calls["wait_seconds"] > 0).mean() == pytest.approx(told["wait_probability"], abs=0.012)
    assert calls["wait_seconds"].mean() == pytest.approx(told["mean_wait"], rel=0.06)


@pytest.mark.parametrize(("desk", "patience"), [(DESKS[0], 60), (DESKS[0] | {"agents": 9}, 120), (DESKS[1], 300)])
def test_erlang_a_is_what_a_simulated_desk_does(desk, patience):
    calls = simulate_queue(**desk, patience_seconds=patience, calls=200_000, seed=4)
    told, seen = erlang_a(**desk, patience_seconds=patience), sla_share(calls, 20, clusters="desk")
    assert seen["low"] - 0.003 < told["service_level"] < seen["high"] + 0.003
    assert calls["abandoned"].mean() == pytest.approx(told["abandoned"], abs=0.004)
    assert calls["wait_seconds"].mean() == pytest.approx(told["mean_wait"], rel=0.04)


def test_the_agents_needed_keep_the_promise_and_one_fewer_does_not():
    desk = {"calls_per_hour": 200, "handle_seconds": 180}
    n = agents_needed(**desk, answer_within=20, target=0.8)
    kept = [
        sla_share(simulate_queue(**desk, agents=agents, calls=200_000, seed=5), 20, clusters="desk")
        for agents in (n, n - 1)
    ]
    assert kept[0]["low"] > 0.8
    assert kept[1]["low"] < 0.8
