"""The service desk of `subscription`: agents, a chatbot, and the tickets they deal with.

Customers write all the time, the disappointed more often, and fewer at weekends. From April to June 2025 those whose
bank transfer fails write about their bills. Each ticket is triaged: difficulty 1 to 5, by its topic. Simple questions
that come in writing go to the chatbot. It solves easy ones; where it notices that it fails it hands over to an agent,
and where it does not notice, the customer has to write again. All other tickets go to an agent.

Seniors solve more at first contact than juniors, at every difficulty. But triage sends them the hard cases, so that
their rate over all tickets is the lower one: Simpson's paradox (Simpson 1951, Journal of the Royal Statistical Society
B 13(2)). Rates standardised over difficulty tell the truth. In the same way the chatbot looks able, because it is
asked what is easy. Whether a junior, a senior or the chatbot would have solved a ticket is decided by one chance each,
so all the answers are known.

The desk also works for other companies of the group: its agents are more than these tickets need.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import expit, logit, ndtri

from crmlab.simulation.days import draw_days, next_working_day
from crmlab.simulation.parameters import Mechanism, identifiers, parameter, stream

START, END, MONTHS = pd.Timestamp("2023-01-01"), pd.Timestamp("2025-12-31"), 36
FAULT_START, FAULT_END, FAULT_MONTHS = pd.Timestamp("2025-04-01"), pd.Timestamp("2025-06-30"), 3
WEEKEND, HOLIDAY = 0.4, 0.25  # tickets on such a day, relative to a working day
CONTACTS = {"phone": 0.42, "chat": 0.30, "e-mail": 0.22, "social media": 0.06}
BY_CHATBOT = ("chat", "social media")
SIMPLE = ("usage", "delivery")
TOPICS = {"usage": 0.38, "technical": 0.27, "billing": 0.20, "delivery": 0.15}
DIFFICULTY = {  # shares of difficulty 1 to 5
    "usage": (0.34, 0.30, 0.21, 0.11, 0.04),
    "technical": (0.05, 0.14, 0.27, 0.31, 0.23),
    "billing": (0.13, 0.25, 0.31, 0.21, 0.10),
    "delivery": (0.36, 0.31, 0.20, 0.10, 0.03),
}
MIDDLE = 3  # the difficulty at which levels are compared
SOLVED, HARDER = 0.65, -0.8  # log odds of a junior at the middle difficulty, and for each further point
CHATBOT_HARDER = -1.1
ASKED_BEFORE = {"phone": 0.22, "chat": 0.38, "e-mail": 0.38, "social media": 0.38}
MINUTES, LONGER, SPREAD = 5.4, 0.23, 0.45  # of the easiest case; log growth a point; log standard deviation
STANDARD, AGENTS, SENIORS = 5000, 14, 5  # agents in a company of so many customers, and seniors among them
COST = {"junior": (15_500, 19_000), "senior": (23_000, 29_500)}  # won an hour
COLUMNS = (
    *("ticket_id", "customer_id", "opened_on", "topic", "contact_channel", "difficulty", "agent_id", "first_answer"),
    *("handed_over", "asked_before", "handle_minutes", "resolved_at_first_contact"),
)
_CHANCES = (
    *("day", "topic", "contact", "difficulty", "before", "level", "agent"),
    *("first", "notice", "junior_or_senior", "chatbot", "minutes"),
)


@dataclass(frozen=True)
class Service(Mechanism):
    """Parameters of the service desk."""

    ticket_rate: float = parameter(0.14, "tickets a month", 0, 3, "written by a customer who got what was promised")
    content_to_tickets: float = parameter(0.25, "log rate per sd", 0, 2, "how much disappointment moves writing")
    fault_tickets: float = parameter(0.55, "tickets a month", 0, 5, "further ones on bills while bank transfers fail")
    hard_to_senior: float = parameter(1.3, "log odds a point", 0, 4, "how much difficulty sends a ticket to a senior")
    senior_skill: float = parameter(0.7, "log odds", -3, 3, "solving at first contact: seniors against juniors")
    chatbot_share: float = parameter(0.6, "share", 0, 1, "simple questions in chat answered by the chatbot first")
    chatbot_skill: float = parameter(0.85, "probability", 0.01, 0.99, "the chatbot solves a case of difficulty 1")
    chatbot_notice: float = parameter(0.75, "share", 0, 1, "failures that the chatbot notices and hands over")
    repeat_minutes: float = parameter(7.0, "minutes", 0, 60, "work lost when a question is asked twice")


def desk(mechanism: Service, customers: pd.DataFrame, seed: int) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return the tables `agents` and `tickets`, and who would have solved each ticket at first contact.

    Parameters
    ----------
    mechanism
        The parameters.
    customers
        One row each: `customer_id`, `won_on`, `ended_on`, `transfer`, `disappointment`.
    seed
        The seed of the company.
    """
    agents = agent_table(len(customers), seed)
    parts = [_usual(mechanism, customers, seed), _on_fault(mechanism, customers, seed)]
    tickets = pd.concat(parts, ignore_index=True)
    tickets = tickets[(tickets["opened_on"] >= tickets["won_on"]) & (tickets["opened_on"] < tickets["ended_on"])]
    tickets = tickets.sort_values(["opened_on", "customer_id", "minutes"], ignore_index=True)
    tickets["ticket_id"] = identifiers("T", len(tickets))
    tickets = _answer(mechanism, _solve(mechanism, tickets), agents)
    truth = ["ticket_id", "solved_by_junior", "solved_by_senior", "solved_by_chatbot"]
    return agents, tickets[list(COLUMNS)], tickets[truth].copy()


def agent_table(customers: int, seed: int) -> pd.DataFrame:
    """Return the table `agents`: seniors first; two of each level were there from the start."""
    count = max(4, round(AGENTS * customers / STANDARD))
    seniors = max(2, round(SENIORS * count / AGENTS))
    chance = stream(seed, "agents").random((count, 4))
    level = np.where(np.arange(count) < seniors, "senior", "junior").astype(object)
    rank = np.where(level == "senior", np.arange(count), np.arange(count) - seniors)
    early = START - pd.to_timedelta(np.where(level == "senior", 3000, 1000) * chance[:, 0] + 60, unit="D")
    late = START + pd.to_timedelta(900 * chance[:, 1], unit="D")
    hired = pd.DatetimeIndex(np.where((rank < 2) | (chance[:, 2] < 0.6), early, late)).normalize()
    low, high = np.array([COST[name] for name in level]).T
    agents = pd.DataFrame({"level": level, "hired_on": next_working_day(hired)})
    agents["hourly_cost"] = np.round(low + (high - low) * chance[:, 3], -2)
    agents = agents.sort_values(["hired_on", "hourly_cost"], ignore_index=True)
    return agents.assign(agent_id=identifiers("A", count))[["agent_id", "level", "hired_on", "hourly_cost"]]


def _usual(mechanism: Service, customers: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Return what everybody would write in all the months, had they been customers throughout."""
    pull = np.exp(mechanism.content_to_tickets * customers["disappointment"].to_numpy())
    count = stream(seed, "tickets").poisson(mechanism.ticket_rate * MONTHS * pull)
    tickets = _drawn(customers, count, stream(seed, "chances of tickets"), (START, END))
    return tickets.assign(topic=_share(TOPICS, tickets["topic"].to_numpy()))


def _on_fault(mechanism: Service, customers: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Return what those who pay by bank transfer write about their bills while transfers fail."""
    count = stream(seed, "tickets on the fault").poisson(mechanism.fault_tickets * FAULT_MONTHS, len(customers))
    chances, window = stream(seed, "chances of tickets on the fault"), (FAULT_START, FAULT_END)
    tickets = _drawn(customers, np.where(customers["transfer"], count, 0), chances, window)
    return tickets.assign(topic="billing")


def _drawn(
    customers: pd.DataFrame, count: np.ndarray, chances: np.random.Generator, window: tuple[pd.Timestamp, pd.Timestamp]
) -> pd.DataFrame:
    """Return one row a ticket, with the day and all the chances that decide what becomes of it."""
    row = np.arange(len(customers)).repeat(count)
    tickets = pd.DataFrame(chances.random((len(row), len(_CHANCES))), columns=list(_CHANCES))
    for name in ("customer_id", "won_on", "ended_on"):
        tickets[name] = customers[name].to_numpy()[row]
    tickets["opened_on"] = draw_days(*window, tickets["day"], weekend=WEEKEND, holiday=HOLIDAY)
    return tickets


def _share(shares: dict[str, float], chance: np.ndarray) -> np.ndarray:
    """Return a name for each chance, drawn by its share."""
    return np.array(list(shares), dtype=object)[np.searchsorted(np.cumsum(list(shares.values()))[:-1], chance)]


def _solve(mechanism: Service, tickets: pd.DataFrame) -> pd.DataFrame:
    """Return the tickets with channel and difficulty, and who would solve them at first contact."""
    limits = np.cumsum(list(DIFFICULTY.values()), axis=1)[:, :-1]
    topic = pd.Categorical(tickets["topic"], list(DIFFICULTY)).codes
    difficulty = 1 + (tickets["difficulty"].to_numpy()[:, None] >= limits[topic]).sum(axis=1)
    harder = difficulty - MIDDLE
    junior = SOLVED + HARDER * harder
    chatbot = logit(mechanism.chatbot_skill) + CHATBOT_HARDER * (difficulty - 1)
    return tickets.assign(
        contact_channel=_share(CONTACTS, tickets["contact"].to_numpy()),
        difficulty=difficulty,
        solved_by_junior=tickets["junior_or_senior"] < expit(junior),
        solved_by_senior=tickets["junior_or_senior"] < expit(junior + mechanism.senior_skill),
        solved_by_chatbot=tickets["chatbot"] < expit(chatbot),
        senior=tickets["level"] < expit(logit(SENIORS / AGENTS) + mechanism.hard_to_senior * harder),
    )


def _answer(mechanism: Service, tickets: pd.DataFrame, agents: pd.DataFrame) -> pd.DataFrame:
    """Return the tickets with what happened: who answered, how long it took, and whether it was solved."""
    simple = tickets["topic"].isin(SIMPLE) & tickets["contact_channel"].isin(BY_CHATBOT)
    first = simple & (tickets["first"] < mechanism.chatbot_share)
    handed_over = first & ~tickets["solved_by_chatbot"] & (tickets["notice"] < mechanism.chatbot_notice)
    by_agent = ~first | handed_over
    before = tickets["before"] < tickets["contact_channel"].map(ASKED_BEFORE)
    scale = np.log(MINUTES) + LONGER * (tickets["difficulty"] - 1)
    minutes = np.exp(scale + SPREAD * ndtri(tickets["minutes"])) + mechanism.repeat_minutes * before
    solved = np.where(tickets["senior"], tickets["solved_by_senior"], tickets["solved_by_junior"])
    return tickets.assign(
        agent_id=pd.Series(_agent(agents, tickets), dtype=object).where(by_agent),
        first_answer=np.where(first, "chatbot", "agent").astype(object),
        handed_over=handed_over.astype("boolean"),
        asked_before=before.astype("boolean"),
        handle_minutes=minutes.round(1).where(by_agent),  # the chatbot's own answers are nobody's working time
        resolved_at_first_contact=pd.array(np.where(by_agent, solved, tickets["solved_by_chatbot"]), dtype="boolean"),
        difficulty=tickets["difficulty"].astype("Int64"),
    )


def _agent(agents: pd.DataFrame, tickets: pd.DataFrame) -> np.ndarray:
    """Return who of the level that a ticket asks for dealt with it: anybody hired by that day."""
    who = np.empty(len(tickets), dtype=object)
    for level in ("junior", "senior"):
        own = agents[agents["level"] == level]
        rows = (tickets["senior"] == (level == "senior")).to_numpy()
        there = np.searchsorted(own["hired_on"].to_numpy(), tickets["opened_on"].to_numpy()[rows], side="right")
        who[rows] = own["agent_id"].to_numpy()[(tickets["agent"].to_numpy()[rows] * there).astype(int)]
    return who
