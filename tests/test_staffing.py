"""Staffing: the published neighbours, patience, and what the picture says."""

from __future__ import annotations

import pytest

from crmlab.plots import alternative_text
from crmlab.service import Staffing, erlang_a

CALLS = {"calls_per_hour": 200, "handle_seconds": 180}


def test_the_published_neighbours():
    got = Staffing.plan(**CALLS)
    assert got.agents == 14
    assert got.table["service_level"].loc[[13, 14]].to_list() == pytest.approx([0.796, 0.888], abs=5e-4)
    assert got.table.index.min() == 11
    assert got.table["service_level"].is_monotonic_increasing
    assert list(got.summary().index) == [12, 13, 14, 15, 16]


def test_impatient_customers_need_fewer_agents_and_some_are_lost():
    got = Staffing.plan(**CALLS, patience_seconds=60)
    assert got.agents < 14
    row = erlang_a(**CALLS, agents=got.agents, patience_seconds=60)
    assert got.table.loc[got.agents, "abandoned"] == pytest.approx(row["abandoned"])


def test_a_large_desk_keeps_the_same_promise_with_busier_agents():
    small, large = (Staffing.plan(calls_per_hour=calls, handle_seconds=180) for calls in (20, 2000))
    assert large.table.loc[large.agents, "occupancy"] > small.table.loc[small.agents, "occupancy"] + 0.2


def test_the_picture_asks_a_question_and_says_its_numbers():
    ax = Staffing.plan(**CALLS, patience_seconds=60).plot()
    assert ax.get_title() == "How many people keep the promise?"
    said = alternative_text(ax.figure)
    assert "agents reach 80.0 % within 20 seconds" in said
    assert "abandoned ends at" in said
