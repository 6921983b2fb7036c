"""Exercises on the service desk: two agents by hand, a promise, equal difficulty, and what a chatbot costs."""

from __future__ import annotations

from math import ceil

import pandas as pd

from crmlab.company import Company
from crmlab.exercises import Mistake, Question, QuestionSet
from crmlab.service import agents_needed, erlang_c

CALLS, CHAT, AGAIN = 60, 300, 20_000
LEVELS = {1: "easy", 2: "easy", 3: "middle", 4: "hard", 5: "hard"}


def seconds(company: Company) -> float:
    """Return the mean seconds of a case by telephone."""
    return 60 * float(company.tickets.loc[company.tickets["contact_channel"] == "phone", "handle_minutes"].mean())


def load(company: Company, calls: float = CALLS) -> float:
    """Return the work that so many calls an hour bring, in agents."""
    return calls * seconds(company) / 3600


def waiting(a: float) -> float:
    """Return the chance to wait where two agents carry the load a."""
    return a**2 / (2 + a)


def staff(company: Company, target: float = 0.8) -> int:
    """Return the fewest agents who answer this share of 60 calls an hour within 20 seconds."""
    return agents_needed(calls_per_hour=CALLS, handle_seconds=seconds(company), answer_within=20, target=target)


def mean_wait_kept(company: Company) -> int:
    """Return the fewest agents with whom the mean wait is 20 seconds at most."""
    agents = ceil(load(company)) + 1
    while erlang_c(calls_per_hour=CALLS, handle_seconds=seconds(company), agents=agents)["mean_wait"] > 20:
        agents += 1
    return agents


def handled(company: Company) -> pd.DataFrame:
    """Return the tickets that agents worked on, with the agent's level and how hard the case was."""
    rows = company.tickets.merge(company.agents, on="agent_id")
    return rows.assign(kind=rows["difficulty"].map(LEVELS), solved=rows["resolved_at_first_contact"].astype(float))


def contact(company: Company, weights: str = "all") -> float:
    """Return the first-contact rate of seniors less that of juniors, within one kind of case, then averaged."""
    rows = handled(company)
    rates = rows.pivot_table("solved", "kind", "level")
    gaps = rates["senior"] - rates["junior"]
    share = (rows if weights == "all" else rows.loc[rows["level"] == weights]).groupby("kind").size()
    return float(gaps.mean() if weights == "equal" else (gaps * share).sum() / share.sum())


def crude(company: Company) -> float:
    """Return the same over all cases."""
    rates = handled(company).groupby("level")["solved"].mean()
    return float(rates["senior"] - rates["junior"])


def case(company: Company, again: float = AGAIN, chat: float = CHAT, deflected: bool = False) -> float:
    """Return the mean cost of a case that the chatbot answered first, or of those that it kept from the agents."""
    rows = company.tickets.loc[company.tickets["first_answer"] == "chatbot"]
    rows = rows.merge(company.agents[["agent_id", "hourly_cost"]], on="agent_id", how="left")
    work = (rows["handle_minutes"] / 60 * rows["hourly_cost"]).fillna(0)
    cost = chat + work + again * (1 - rows["resolved_at_first_contact"].astype(float))
    return float(cost[rows["agent_id"].isna()].mean() if deflected else cost.mean())


_TWO = Question(
    title="Two agents",
    objective="say why a desk with enough people still lets callers wait, by hand and by Erlang's formula",
    level="warm-up",
    minutes=10,
    task=(
        "In the evening **two agents** take **6 calls an hour**, each as long as a case by telephone usually is (the "
        "mean of `handle_minutes`). With the load a in agents, a caller has to wait with probability a²/(2 + a). How "
        "large is it?"
    ),
    wanted="a probability between 0 and 1.",
    not_checked="how you turn minutes into a load.",
    given='minutes = tickets.loc[tickets["contact_channel"] == "phone", "handle_minutes"].mean()',
    expected=lambda c: waiting(load(c, 6)),
    mistakes=(
        Mistake(lambda c: load(c, 6) / 2, "this is how busy an agent is, not the chance that a caller waits."),
        Mistake(lambda c: load(c, 6), "this is the load; put it into the formula."),
        Mistake(lambda c: waiting(load(c, 6) / 2), "this is the load of one agent; a is the work of both together."),
    ),
    hints=(
        "The load is the work that comes in: calls an hour times hours a call.",
        "6 calls of `minutes` minutes are 6 * minutes / 60 hours of work in an hour.",
        "a**2 / (2 + a), with a = 6 * minutes / 60",
    ),
    solution="""\
a = 6 * minutes / 60
answer_1 = a**2 / (2 + a)""",
    reasoning="Calls come by chance and bunch, so both agents are sometimes busy although there is time for all calls.",
    reading="Compare it with how busy the agents are: idle minutes cannot be stored for the next bunch of calls.",
)

_STAFF = Question(
    title="Staff for a promise",
    objective="staff a desk for a promise",
    level="core",
    minutes=10,
    task=(
        "How many agents does it take to answer **80 % of 60 calls an hour within 20 seconds**, if all callers wait "
        "until it is their turn? A call lasts as long as a case by telephone usually does."
    ),
    wanted="a whole number of agents.",
    not_checked="callers who hang up.",
    given='minutes = tickets.loc[tickets["contact_channel"] == "phone", "handle_minutes"].mean()',
    expected=staff,
    mistakes=(
        Mistake(lambda c: ceil(load(c)), "this is as many as the work: the queue would hardly ever end."),
        Mistake(lambda c: ceil(load(c) / 0.8), "80 % is the share of calls, and not how busy the agents are."),
        Mistake(mean_wait_kept, "this keeps the *mean* wait at 20 seconds; the promise is about four calls in five."),
        Mistake(lambda c: staff(c, 0.95), "this keeps the promise for 95 % of the calls."),
    ),
    hints=(
        "More than the work: how much more, Erlang's formula says for each number of agents.",
        "crm.agents_needed, or the table of crm.Staffing.plan, whose service_level is the share answered in time.",
        "crm.agents_needed(calls_per_hour=60, handle_seconds=60 * minutes, answer_within=20, target=0.8)",
    ),
    solution="""\
call = 60 * minutes  # in seconds
answer_2 = crm.agents_needed(calls_per_hour=60, handle_seconds=call, answer_within=20, target=0.8)""",
    reasoning="Going up from as many agents as the work, the first number whose share in time reaches the target.",
    reading="The agents beyond the work are no waste: they are the price of answering while others call too.",
    tolerance=0.0,
)

_CONTACT = Question(
    title="The same cases for seniors and juniors",
    objective="compare who solves more at first contact, on cases as hard as each other",
    level="core",
    minutes=15,
    task=(
        "By how much do **seniors** solve more at first contact than **juniors** if both get the same cases? Compare "
        "within each `kind` (easy, middle, hard), and weight the three differences by the cases of each kind among all "
        "that agents `handled`."
    ),
    wanted="seniors less juniors, as a share: 0.1 is ten percentage points.",
    not_checked="the interval.",
    given="""\
levels = {1: "easy", 2: "easy", 3: "middle", 4: "hard", 5: "hard"}
handled = tickets.merge(agents, on="agent_id")
handled["kind"] = handled["difficulty"].map(levels)
handled["solved"] = handled["resolved_at_first_contact"].astype(float)""",
    expected=contact,
    mistakes=(
        Mistake(crude, "this compares all cases: triage sends the hard ones to seniors."),
        Mistake(lambda c: contact(c, "equal"), "the three kinds have the same weight here; count the cases."),
        Mistake(lambda c: contact(c, "senior"), "this is the mix of the seniors' cases; take that of all cases."),
        Mistake(lambda c: contact(c, "junior"), "this is the mix of the juniors' cases; take that of all cases."),
    ),
    hints=(
        "Direct standardisation: a difference for each kind of case, and then their weighted mean.",
        'handled.pivot_table("solved", "kind", "level") and handled["kind"].value_counts(normalize=True).',
        '((rates["senior"] - rates["junior"]) * handled["kind"].value_counts(normalize=True)).sum()',
    ),
    solution="""\
rates = handled.pivot_table("solved", "kind", "level")
answer_3 = ((rates["senior"] - rates["junior"]) * handled["kind"].value_counts(normalize=True)).sum()""",
    reasoning="How hard a case is, is settled before an agent gets it, and moves the rate; so it is held constant.",
    reading="A bonus on the crude rate would pay people for avoiding the cases that need them most.",
)

_BOT = Question(
    title="What a case of the chatbot costs",
    objective="judge a chatbot by what is solved and what it costs, not by what it keeps away",
    level="stretch",
    minutes=15,
    task=(
        "What does a case cost, on average, that the **chatbot answered first**? Putting it to the chatbot costs 300; "
        "where it hands over, an agent works `handle_minutes` at `hourly_cost`; and a case that is **not solved at "
        "first contact**, by whomever, costs another 20,000."
    ),
    wanted="a mean cost a case, in the company's currency.",
    not_checked="the comparison with agents.",
    given="""\
chat = tickets[tickets["first_answer"] == "chatbot"]
chat = chat.merge(agents[["agent_id", "hourly_cost"]], on="agent_id", how="left")  # without an agent: nothing""",
    expected=case,
    mistakes=(
        Mistake(lambda c: case(c, again=0), "the cases that were not solved are missing: the customer comes again."),
        Mistake(lambda c: case(c, deflected=True), "these are the cases that no agent touched; all are asked for."),
        Mistake(lambda c: case(c, chat=0), "putting the case to the chatbot costs something too."),
    ),
    hints=(
        "Three parts: what every case costs, what some cost in work, and what the unsolved cost later.",
        'work = (chat["handle_minutes"] / 60 * chat["hourly_cost"]).fillna(0), and resolved_at_first_contact.',
        '(300 + work + 20_000 * ~chat["resolved_at_first_contact"].astype(bool)).mean()',
    ),
    solution="""\
work = (chat["handle_minutes"] / 60 * chat["hourly_cost"]).fillna(0)
answer_4 = (300 + work + 20_000 * ~chat["resolved_at_first_contact"].astype(bool)).mean()""",
    reasoning="A case that the chatbot keeps without solving it looks cheapest today and is the dearest in the end.",
    reading="Compare it with what agents cost on cases as hard: only then is it a saving.",
)

SET = QuestionSet(
    lesson="10",
    slug="10-service-desk",
    title="The service desk",
    company="subscription",
    given="tickets, agents = company.tickets, company.agents",
    questions=(_TWO, _STAFF, _CONTACT, _BOT),
    written=(
        "The head of service is to be paid by two figures: share of cases kept away from agents, and first-contact "
        "rate. Write to the management in at most 150 words: recommend figures that cannot be flattered so, give two "
        "numbers from above that show the trouble, and name what no table here holds."
    ),
    rubric=(
        "The two figures are accepted, or rejected without a reason.",
        "One of them is shown to flatter, without a number.",
        "Both are replaced, with numbers: solved cases and their cost, first contact at equal difficulty.",
        "All that, how people would game the new figures too, and the waits that no table holds.",
    ),
)
