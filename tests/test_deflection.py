"""Deflection: shares and costs by hand, coverage, the company's chatbot, and tickets that cannot tell."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import crmlab as crm
from crmlab.plots import alternative_text
from crmlab.service import Deflection

SOLVED = "resolved_at_first_contact"
NAMES = ["first_answer", "handed_over", "handle_minutes", SOLVED, "agent_id", "difficulty", "customers"]
ROWS = [
    ("chatbot", False, None, True, None, 1, 60),
    ("chatbot", False, None, False, None, 2, 10),
    ("chatbot", True, 6.0, True, "A", 2, 25),
    ("chatbot", True, 10.0, False, "B", 2, 5),
    ("agent", False, 4.0, True, "A", 1, 20),
    ("agent", False, 8.0, True, "B", 2, 30),
    ("agent", False, 9.0, False, "A", 2, 10),
    ("agent", False, 30.0, True, "A", 5, 50),
]
TICKETS = pd.DataFrame(ROWS, columns=NAMES)
AGENTS = pd.DataFrame({"agent_id": ["A", "B"], "hourly_cost": [30.0, 60.0]})


def test_the_shares_by_hand():
    table = Deflection.from_tickets(TICKETS, AGENTS).table
    assert table["cases"].to_list() == [100, 100, 100, 100, 40]
    assert table["estimate"].to_list() == pytest.approx([0.7, 0.85, 0.6, 0.1, 0.75])
    assert table.loc["deflected", ["low", "high"]].to_list() == pytest.approx([0.604, 0.781], abs=1e-3)


def test_the_costs_by_hand():
    """Agents' cases of difficulty 5 do not count: the chatbot is never asked them."""
    costs = Deflection.from_tickets(TICKETS, AGENTS, chat_cost=0.5, again_cost=2.0).costs["estimate"]
    chatbot = 0.5 + (25 * 3.0 + 5 * 10.0 + 15 * 2.0) / 100
    agent = 0.6 * 2.0 + 0.4 * (30 * 8.0 + 10 * 4.5 + 10 * 2.0) / 40
    assert costs.to_list() == pytest.approx([chatbot, agent, agent - chatbot])


def test_rows_and_counts_give_one_answer():
    rows = TICKETS.loc[TICKETS.index.repeat(TICKETS["customers"])].drop(columns="customers")
    one, other = (Deflection.from_tickets(data, AGENTS, 0.5, 2.0) for data in (rows, TICKETS))
    pd.testing.assert_frame_equal(one.table, other.table, rtol=1e-9)
    pd.testing.assert_frame_equal(one.costs, other.costs, rtol=1e-9)


def drawn(rng, count):
    """The chatbot solves 80 % of easy and 40 % of hard cases and notices 75 % of its failures."""
    chatbot, hard = rng.random(count) < 0.5, rng.random(count) < 0.4
    fails = rng.random(count) < np.where(hard, 0.6, 0.2)
    handed = chatbot & fails & (rng.random(count) < 0.75)
    minutes = np.where(hard, 9.0, 5.0) * rng.gamma(4, 0.25, count)
    return pd.DataFrame(
        {
            "first_answer": np.where(chatbot, "chatbot", "agent"),
            "handed_over": handed,
            "handle_minutes": np.where(chatbot & ~handed, np.nan, minutes),
            SOLVED: ~chatbot | handed | ~fails,
            "agent_id": np.where(chatbot & ~handed, None, "A"),
            "difficulty": 1 + hard,
        }
    )


def test_intervals_hold_the_truth_as_often_as_they_promise():
    """Of 100 samples each interval may miss up to 13 (one in a thousand if it keeps its promise)."""
    rng, missed = np.random.default_rng(3), np.zeros(7)
    failing = 0.6 * 0.2 + 0.4 * 0.6
    shares = [1 - 0.75 * failing, 1 - 0.25 * failing, 1 - failing, 0.25 * failing, 0.75]
    for _ in range(100):
        table = drawn(rng, 500)
        got = Deflection.from_tickets(table, AGENTS, chat_cost=0.2)
        hard = (table.loc[table["first_answer"] == "chatbot", "difficulty"] == 2).mean()  # the mix is given
        chatbot = 0.2 + 0.75 * ((1 - hard) * 0.2 * 2.5 + hard * 0.6 * 4.5)
        truth = np.array([*shares, chatbot, (1 - hard) * 2.5 + hard * 4.5])
        rows = pd.concat([got.table[["low", "high"]], got.costs.loc[["chatbot first", "agent first"], ["low", "high"]]])
        missed += ((truth < rows["low"]) | (rows["high"] < truth)).to_numpy()
    assert (missed <= 13).all(), missed
    assert missed.sum() > 0


def test_in_the_company_the_chatbot_notices_as_planted_and_deflects_more_than_it_solves():
    company = crm.open_company("subscription")
    got = Deflection.from_tickets(company.tickets, company.agents, chat_cost=300).table
    noticed = got.loc["failures noticed"]
    assert noticed["low"] < company.truth["chatbot_notice"] < noticed["high"]
    own = company.tickets["first_answer"] == "chatbot"
    real = company.truth.tickets.loc[own, "solved_by_chatbot"].mean()
    assert got.loc["solved by the chatbot", "estimate"] == pytest.approx(real)
    assert got.loc["failed unnoticed", "low"] > 0.02


def test_a_chatbot_that_never_fails_has_no_failures_to_notice():
    table = TICKETS[~TICKETS["handed_over"] & (TICKETS[SOLVED] | (TICKETS["first_answer"] == "agent"))]
    got = Deflection.from_tickets(table, AGENTS)
    assert "failures noticed" not in got.table.index
    assert got.table.loc["solved", "estimate"] == 1


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"first_answer": "agent", "handle_minutes": 5.0, "agent_id": "A"}, "chatbot answered no case"),
        ({"first_answer": None}, "first_answer is empty in 8 rows; mend or leave out"),
        ({"handle_minutes": None}, "handle_minutes: 6 tickets"),
        ({"agent_id": "C"}, "hourly_cost: 6 tickets"),
        ({"difficulty": [1, 3, 3, 3, 1, 2, 2, 5]}, "fewer than two cases at 3"),
        ({"customers": -1}, "a count is negative"),
    ],
)
def test_tickets_that_cannot_tell_are_refused(change, said):
    with pytest.raises(ValueError, match=said):
        Deflection.from_tickets(TICKETS.assign(**change), AGENTS)


def test_costs_below_nothing_and_missing_columns_are_refused():
    with pytest.raises(ValueError, match="not negative"):
        Deflection.from_tickets(TICKETS, AGENTS, chat_cost=-1)
    with pytest.raises(ValueError, match="no column handed_over"):
        Deflection.from_tickets(TICKETS.drop(columns="handed_over"), AGENTS)


def test_the_picture_asks_a_question_and_says_its_numbers():
    got = Deflection.from_tickets(TICKETS, AGENTS)
    ax = got.plot()
    assert ax.get_title() == "What does the chatbot take, and what does it solve?"
    assert "failed unnoticed 0.1" in alternative_text(ax.figure)
    assert "cost of a case: saved" in got.summary().index
