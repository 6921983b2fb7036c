"""First contact: rates by hand, coverage, limits, the company's seniors, and tickets that cannot tell."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import crmlab as crm
from crmlab.plots import alternative_text
from crmlab.service import FirstContact

SOLVED = "resolved_at_first_contact"
CELLS = [("junior", 1, 90, 81), ("junior", 5, 10, 2), ("senior", 1, 10, 10), ("senior", 5, 90, 45)]


def counted(cells=CELLS):
    rows = [(g, d, s, n) for g, d, cases, won in cells for s, n in ((True, won), (False, cases - won))]
    return pd.DataFrame(rows, columns=["level", "difficulty", SOLVED, "customers"])


def test_the_rates_by_hand():
    got = FirstContact.from_tickets(counted(), by="level")
    assert got.table["crude"].to_list() == pytest.approx([0.83, 0.55])
    assert got.table["estimate"].to_list() == pytest.approx([0.55, 0.75])
    gap = got.difference("senior", "junior")
    assert (gap["crude"], gap["estimate"]) == pytest.approx((-0.28, 0.2))
    assert got.cells["weight"].to_list() == [0.5] * 4


def test_with_one_difficulty_it_is_the_crude_rate_and_wilsons_interval():
    got = FirstContact.from_tickets(counted([("a", 1, 400, 300), ("b", 1, 500, 100)]), by="level").table
    np.testing.assert_allclose(got["estimate"], got["crude"], rtol=1e-12)
    np.testing.assert_allclose(got[["low", "high"]], got[["crude_low", "crude_high"]], atol=2e-4)


def test_rows_and_counts_give_one_answer():
    counts = counted()
    rows = counts.loc[counts.index.repeat(counts["customers"])].drop(columns="customers")
    one, other = (FirstContact.from_tickets(data, by="level") for data in (rows, counts))
    pd.testing.assert_frame_equal(one.table, other.table, rtol=1e-9)
    pd.testing.assert_frame_equal(one.cells, other.cells, rtol=1e-9)


def test_intervals_hold_the_truth_as_often_as_they_promise():
    """Of 150 samples each interval may miss up to 16 (one in a thousand if it keeps its promise)."""
    rng, missed = np.random.default_rng(2), np.zeros(3)
    cases, rates = np.array([90, 10, 15, 60]), np.array([0.9, 0.3, 0.95, 0.5])
    mix = (cases[:2] + cases[2:]) / cases.sum()
    truth = [mix @ rates[:2], mix @ rates[2:], mix @ (rates[2:] - rates[:2])]
    for _ in range(150):
        won = rng.binomial(cases, rates)
        names = [("junior", 1), ("junior", 5), ("senior", 1), ("senior", 5)]
        cells = [(*name, n, s) for name, n, s in zip(names, cases, won, strict=True)]
        got = FirstContact.from_tickets(counted(cells), by="level")
        rows = [got.table.loc["junior"], got.table.loc["senior"], got.difference("senior", "junior")]
        missed += [not row["low"] <= value <= row["high"] for row, value in zip(rows, truth, strict=True)]
    assert (missed <= 16).all(), missed
    assert missed.sum() > 0


def test_in_the_company_seniors_look_worse_and_are_better():
    company = crm.open_company("subscription")
    tickets = company.tickets.merge(company.agents[["agent_id", "level"]], on="agent_id")
    known = tickets.merge(company.truth.tickets, on="ticket_id")
    real = known["solved_by_senior"].mean() - known["solved_by_junior"].mean()
    gap = FirstContact.from_tickets(tickets, by="level").difference("senior", "junior")
    assert gap["crude"] < 0 < gap["low"]
    assert gap["low"] < real < gap["high"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({SOLVED: None}, "is empty in 8 rows"),
        ({"difficulty": lambda t: t["difficulty"].where(t["level"] == "junior")}, "difficulty is empty in 4 rows"),
        ({SOLVED: 3}, "neither true nor false in"),
        ({"customers": -1}, "a count is negative"),
        ({"customers": 0}, "is empty: it has no customers"),
        ({"difficulty": lambda t: np.where(t["level"] == "junior", 1, 5)}, "no case of difficulty for junior at 5"),
    ],
)
def test_tickets_that_cannot_tell_are_refused(change, said):
    with pytest.raises(ValueError, match=said):
        FirstContact.from_tickets(counted().assign(**change), by="level")


def test_groups_that_are_none_are_refused():
    with pytest.raises(ValueError, match="the groups are junior, senior"):
        FirstContact.from_tickets(counted(), by="level").difference("senior", "boss")
    with pytest.raises(ValueError, match="no column team"):
        FirstContact.from_tickets(counted(), by="team")


def test_the_picture_asks_a_question_and_says_its_numbers():
    got = FirstContact.from_tickets(counted(), by="level")
    ax = got.plot()
    assert ax.get_title() == "Who solves more at first contact?"
    assert "senior, at equal difficulty 0.75" in alternative_text(ax.figure)
    assert got.summary().loc["junior", "crude"] == 0.83
