"""The service desk: who answers what, and why the better agents look worse."""

import numpy as np
import pandas as pd
import pytest

from crmlab.simulation.days import is_working_day
from crmlab.simulation.subscription import service
from crmlab.simulation.subscription.service import Service, desk
from crmlab.tables import dictionary

SEEDS = (1, 2, 3)
BOTS = ("chatbot_share", "chatbot_skill", "chatbot_notice")


def customers(count, seed):
    draw = np.random.default_rng(seed)
    won_on = service.START + pd.to_timedelta(draw.integers(10, 1090, count), unit="D")
    return pd.DataFrame(
        {
            "customer_id": [f"C{number:06d}" for number in range(count)],
            "won_on": won_on,
            "ended_on": won_on + pd.to_timedelta(30 * draw.geometric(0.06, count), unit="D"),
            "transfer": draw.random(count) < 0.35,
            "disappointment": draw.standard_normal(count),
        }
    )


@pytest.fixture(scope="module")
def known():
    return customers(5000, 1)


@pytest.fixture(scope="module")
def usual(known):
    return desk(Service(), known, 1)


def seniors_less_juniors(seed, **switches):
    """Return by how much seniors solve more: crude, standardised over difficulty, and in truth."""
    agents, tickets, truth = desk(Service(**switches), customers(5000, seed), seed)
    answered = tickets.merge(agents, on="agent_id").assign(
        solved=lambda rows: rows["resolved_at_first_contact"].astype(float)
    )
    crude = answered.groupby("level")["solved"].mean()
    cells = answered.pivot_table(index="difficulty", columns="level", values="solved")
    standard = cells.mul(answered["difficulty"].value_counts(normalize=True), axis=0).sum()
    both = truth.set_index("ticket_id").loc[answered["ticket_id"]]
    real = both["solved_by_senior"].mean() - both["solved_by_junior"].mean()
    return np.array([crude["senior"] - crude["junior"], standard["senior"] - standard["junior"], real])


def test_seniors_look_worse_and_are_better():
    crude, standardised, real = np.mean([seniors_less_juniors(seed) for seed in SEEDS], axis=0)
    assert real > 0.08
    assert crude < -0.05
    assert standardised == pytest.approx(real, abs=0.03)


def test_where_chance_decides_who_gets_the_hard_cases_the_crude_rates_are_right():
    crude, _, real = np.mean([seniors_less_juniors(seed, hard_to_senior=0) for seed in SEEDS], axis=0)
    assert crude == pytest.approx(real, abs=0.025)


def chatbot_rates(seed, **switches):
    """Return the share that the chatbot solves: of its own cases, standardised over all cases, and in truth of all."""
    _, tickets, truth = desk(Service(**switches), customers(5000, seed), seed)
    both = tickets.merge(truth, on="ticket_id")
    own = both[both["first_answer"] == "chatbot"]
    solved = own["resolved_at_first_contact"].astype(float) * (1.0 - own["handed_over"].astype(float))
    cells = solved.groupby(own["difficulty"]).mean()
    standard = (cells * both["difficulty"].value_counts(normalize=True)).sum()
    return np.array([solved.mean(), standard, both["solved_by_chatbot"].mean()])


def test_the_chatbot_looks_abler_than_it_is_because_it_gets_what_is_easy():
    own, standardised, real = np.mean([chatbot_rates(seed) for seed in SEEDS], axis=0)
    assert own > real + 0.08
    assert standardised == pytest.approx(real, abs=0.03)


def test_an_answer_that_was_not_handed_over_need_not_be_a_solution(usual):
    first = usual[1][usual[1]["first_answer"] == "chatbot"]
    kept = first[~first["handed_over"].astype(bool)]
    assert 0.02 < (~kept["resolved_at_first_contact"].astype(bool)).mean() < 0.4


def test_what_happened_is_one_of_the_outcomes_that_are_known(usual):
    agents, tickets, truth = usual
    level = tickets["agent_id"].map(agents.set_index("agent_id")["level"]).fillna("chatbot")
    known = truth.set_index("ticket_id")
    for who in ("junior", "senior", "chatbot"):
        own = tickets[level == who]
        happened = own["resolved_at_first_contact"].to_numpy(bool)
        assert (happened == known.loc[own["ticket_id"], f"solved_by_{who}"].to_numpy()).all()


def test_the_chatbot_takes_simple_questions_in_writing_and_no_agent_works_on_what_it_keeps(usual):
    _, tickets, _ = usual
    first = tickets[tickets["first_answer"] == "chatbot"]
    assert set(first["topic"]) == set(service.SIMPLE)
    assert set(first["contact_channel"]) == set(service.BY_CHATBOT)
    kept = (tickets["first_answer"] == "chatbot") & ~tickets["handed_over"].astype(bool)
    assert (tickets["agent_id"].isna() == kept).all()
    assert (tickets["handle_minutes"].isna() == kept).all()
    assert not tickets.loc[tickets["first_answer"] == "agent", "handed_over"].any()


def test_without_a_chatbot_agents_answer_everything(known, usual):
    _, tickets, truth = desk(Service(chatbot_share=0), known, 1)
    assert tickets["agent_id"].notna().all()
    pd.testing.assert_frame_equal(truth, usual[2])


@pytest.mark.parametrize("name", [*BOTS, "hard_to_senior", "senior_skill", "repeat_minutes"])
def test_a_rule_of_the_desk_changes_neither_who_writes_nor_about_what(known, usual, name):
    agents, tickets, _ = desk(Service(**{name: 0.3}), known, 1)
    same = ["ticket_id", "customer_id", "opened_on", "topic", "contact_channel", "difficulty", "asked_before"]
    pd.testing.assert_frame_equal(agents, usual[0])
    pd.testing.assert_frame_equal(tickets[same], usual[1][same])
    assert not tickets.equals(usual[1])


def test_a_question_asked_twice_costs_what_the_parameter_says(known, usual):
    once = desk(Service(repeat_minutes=0), known, 1)[1]["handle_minutes"]
    before = usual[1]["asked_before"].astype(bool)
    extra = (usual[1]["handle_minutes"] - once).dropna()
    assert extra[before].to_numpy() == pytest.approx(7.0, abs=0.11)
    assert extra[~before].to_numpy() == pytest.approx(0.0)
    means = usual[1].groupby(before)["handle_minutes"].mean()
    assert means[True] - means[False] == pytest.approx(7.0, abs=1.0)


def test_the_fault_brings_questions_on_bills_from_those_who_pay_by_transfer(known, usual):
    quiet = desk(Service(fault_tickets=0), known, 1)[1]
    during = usual[1][usual[1]["opened_on"].between(service.FAULT_START, service.FAULT_END)]
    assert len(usual[1]) - len(quiet) > 100
    assert (during["topic"] == "billing").mean() > 0.4
    outside = ~usual[1]["opened_on"].between(service.FAULT_START, service.FAULT_END)
    names = ["customer_id", "opened_on", "topic", "difficulty"]
    left = quiet[~quiet["opened_on"].between(service.FAULT_START, service.FAULT_END)]
    pd.testing.assert_frame_equal(
        usual[1].loc[outside, names].reset_index(drop=True), left[names].reset_index(drop=True)
    )


def test_the_disappointed_write_more(known, usual):
    def rate(tickets):
        days = (known["ended_on"].clip(upper=service.END) - known["won_on"]).dt.days
        sad = known.loc[known["disappointment"] > 0.5, "customer_id"]
        glad = known.loc[known["disappointment"] < -0.5, "customer_id"]
        wrote = tickets.groupby("customer_id").size().reindex(known["customer_id"], fill_value=0)
        worn = days.set_axis(known["customer_id"])
        return (wrote[sad].sum() / worn[sad].sum()) / (wrote[glad].sum() / worn[glad].sum())

    assert rate(usual[1]) > 1.25
    assert rate(desk(Service(content_to_tickets=0), known, 1)[1]) == pytest.approx(1.0, abs=0.12)


def test_the_desk_is_quiet_at_weekends_and_on_holidays(usual):
    days = usual[1]["opened_on"]
    assert is_working_day(days).mean() > 0.8
    assert (days.dt.dayofweek >= 5).mean() == pytest.approx(2 * 0.4 / 5.8, abs=0.03)


def test_everybody_writes_as_a_customer_and_is_answered_by_somebody_hired(known, usual):
    agents, tickets, _ = usual
    held = tickets.merge(known, on="customer_id").merge(agents, on="agent_id", how="left")
    assert ((held["opened_on"] >= held["won_on"]) & (held["opened_on"] < held["ended_on"])).all()
    answered = held.dropna(subset="agent_id")
    assert (answered["hired_on"] <= answered["opened_on"]).all()
    assert set(agents["agent_id"]) == set(answered["agent_id"])


def test_agents_are_hired_on_working_days_and_paid_in_whole_won(usual):
    agents = usual[0]
    assert len(agents) == 14
    assert is_working_day(agents["hired_on"]).all()
    assert (agents["hourly_cost"] % 100 == 0).all()
    cost = agents.groupby("level")["hourly_cost"].agg(["min", "max"])
    assert cost.loc["junior", "max"] < cost.loc["senior", "min"]


@pytest.mark.parametrize("count", [0, 1, 30])
def test_a_small_company_has_a_desk_too(count):
    agents, tickets, truth = desk(Service(), customers(count, 2), 2)
    assert len(agents) == 4
    assert len(tickets) == len(truth)
    assert list(tickets.columns) == list(dictionary("tickets")["column"])


def test_the_same_seed_gives_the_same_desk(known, usual):
    for first, second in zip(usual, desk(Service(), known, 1), strict=True):
        pd.testing.assert_frame_equal(first, second)


def test_the_columns_are_those_of_the_dictionary(usual):
    for name, table in zip(("agents", "tickets"), usual, strict=False):
        assert list(table.columns) == list(dictionary(name)["column"])


def test_a_chatbot_that_never_fails_is_out_of_range():
    with pytest.raises(ValueError, match="chatbot_skill is 1"):
        Service(chatbot_skill=1.0)
