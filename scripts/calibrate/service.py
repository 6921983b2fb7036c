"""The service desk: the promise kept in simulated queues, first contact at equal difficulty, and the chatbot."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from crmlab.service import Deflection, FirstContact, erlang_a, erlang_c, simulate_queue, sla_share

Sample = tuple[str, float, float, float, float]
SOLVED = "resolved_at_first_contact"


def samples(seed: int) -> Iterable[Sample]:
    """Yield (what, truth, estimate, low, high) for one simulated desk."""
    rng = np.random.default_rng(seed)
    yield from _queues(seed)
    yield from _first_contact(rng)
    yield from _chatbot(rng)


def _queues(seed: int) -> Iterable[Sample]:
    desk: dict[str, Any] = {"calls_per_hour": 60, "handle_seconds": 240, "agents": 5}
    calls = simulate_queue(**desk, calls=10_000, seed=seed)
    truth = erlang_c(**desk)["service_level"]
    yield _row("in time, Erlang C", truth, sla_share(calls, 20, clusters="desk"), "share")
    calls = simulate_queue(**desk, patience_seconds=120, calls=10_000, seed=seed)
    truth = erlang_a(**desk, patience_seconds=120)["service_level"]
    yield _row("in time, Erlang A", truth, sla_share(calls, 20, clusters="desk"), "share")


def _first_contact(rng: np.random.Generator) -> Iterable[Sample]:
    cells = pd.DataFrame({"level": ["junior"] * 3 + ["senior"] * 3, "difficulty": [1, 3, 5] * 2})
    cases, rates = np.array([80, 60, 12, 10, 40, 60]), np.array([0.9, 0.6, 0.2, 0.95, 0.75, 0.4])
    won = rng.binomial(cases, rates)
    tickets = pd.concat(
        [cells.assign(**{SOLVED: 1}, customers=won), cells.assign(**{SOLVED: 0}, customers=cases - won)]
    )
    got = FirstContact.from_tickets(tickets, by="level")
    mix = (cases[:3] + cases[3:]) / cases.sum()
    for level, rate in (("junior", rates[:3]), ("senior", rates[3:])):
        yield _row(f"first contact, {level}", mix @ rate, got.table.loc[level])
    yield _row("first contact, difference", mix @ (rates[3:] - rates[:3]), got.difference("senior", "junior"))


def _chatbot(rng: np.random.Generator) -> Iterable[Sample]:
    count = 400
    chatbot, hard = rng.random(count) < 0.5, rng.random(count) < 0.4
    fails = rng.random(count) < np.where(hard, 0.6, 0.2)
    handed = chatbot & fails & (rng.random(count) < 0.75)
    minutes = np.where(hard, 9.0, 5.0) * rng.lognormal(-0.1, 0.2**0.5, count)
    tickets = pd.DataFrame({"first_answer": np.where(chatbot, "chatbot", "agent"), "handed_over": handed})
    tickets["handle_minutes"] = np.where(chatbot & ~handed, np.nan, minutes)
    tickets[SOLVED], tickets["difficulty"] = ~chatbot | handed | ~fails, 1 + hard
    tickets["agent_id"] = pd.Series("A", tickets.index).mask(chatbot & ~handed)
    agents = pd.DataFrame({"agent_id": ["A"], "hourly_cost": [30.0]})
    got = Deflection.from_tickets(tickets, agents, chat_cost=0.2)
    failing = 0.6 * 0.2 + 0.4 * 0.6
    truth = [1 - 0.75 * failing, 1 - 0.25 * failing, 1 - failing, 0.25 * failing, 0.75]
    for (name, row), value in zip(got.table.iterrows(), truth, strict=True):
        yield _row(f"chatbot, {name}", value, row)
    mix = hard[chatbot].mean()  # costs are compared at the mix of the chatbot's cases
    costs = {"agent first": (1 - mix) * 2.5 + mix * 4.5}
    costs["chatbot first"] = 0.2 + 0.75 * ((1 - mix) * 0.2 * 2.5 + mix * 0.6 * 4.5)
    costs["saved"] = costs["agent first"] - costs["chatbot first"]
    for name, value in costs.items():
        yield _row(f"cost of a case, {name}", value, got.costs.loc[name])


def _row(what: str, truth: float, got: Any, name: str = "estimate") -> Sample:
    return what, float(truth), float(got[name]), float(got["low"]), float(got["high"])
