"""Exercises on loyalty and profit: answers needed, the silent, content but dear customers, and a perk on trial."""

from __future__ import annotations

import pandas as pd

from crmlab.company import Company
from crmlab.exercises import Mistake, Question, QuestionSet

PERK, MONTHS, HORIZON, PAYS = 1_500, 6, 12, 6_000


def sent(company: Company) -> pd.DataFrame:
    """Return the surveys, with 100 for a promoter, -100 for a detractor, 0 between and nothing where silent."""
    rows = company.surveys.merge(company.customers[["customer_id", "channel"]], on="customer_id")
    nps = rows["nps"].astype(float)
    return rows.assign(vote=(100.0 * (nps >= 9) - 100.0 * (nps <= 6)).where(nps.notna()))


def needed(company: Company, half: float = 2, z: float = 1.96) -> float:
    """Return the answers after which the score is known to so many points up or down."""
    return float((z / half) ** 2 * sent(company)["vote"].var(ddof=0))


def one_share(company: Company) -> float:
    """Return the same from the error of the share of promoters alone."""
    p = float((sent(company)["vote"].dropna() == 100).mean())
    return (1.96 * 100 / 2) ** 2 * p * (1 - p)


def score(company: Company, by: str = "asked") -> float:
    """Return the score, each channel weighted by those asked, by those who answered, or all channels alike."""
    channels = sent(company).groupby("channel")["vote"]
    weights = {"asked": channels.size(), "answered": channels.count(), "alike": channels.size() * 0 + 1}[by]
    return float((channels.mean() * weights).sum() / weights.sum())


def silent_as_zero(company: Company) -> float:
    """Return the score if the silent count as passives."""
    return float(sent(company)["vote"].fillna(0).mean())


def dear(company: Company, of: str = "content", money: str = "monthly_margin") -> float:
    """Return the share of the content, of all who answered, or of the unprofitable, who are content and dear."""
    last = (
        company.surveys.dropna(subset="csat")
        .sort_values(["sent_on", "survey_id"])
        .groupby("customer_id")["csat"]
        .last()
    )
    rows = company.contracts.drop_duplicates("customer_id")
    rows = rows.assign(csat=rows["customer_id"].map(last).astype(float)).dropna(subset="csat")
    content, low = rows["csat"] >= 4, rows[money] < PAYS
    return float((content & low).sum() / {"content": content, "all": content | True, "low": low}[of].sum())


def perk(company: Company, months: int = MONTHS, effect: bool = True, money: str = "monthly_margin") -> pd.Series:
    """Return what the perk brings net for a customer of each plan."""
    rows = company.experiments.loc[company.experiments["experiment"] == "money per customer"]
    rows = rows.merge(company.contracts, left_on="unit_id", right_on="customer_id")
    rates = rows.assign(kept=rows["success"].astype(float)).pivot_table("kept", "plan", "spend")
    more = rates[PERK] - (rates[0] if effect else 0)
    return more * HORIZON * rows.groupby("plan")[money].mean() - months * PERK


_NEEDED = Question(
    title="How many answers",
    objective="compute NPS with its error, and say how many answers fix a score to two points",
    level="warm-up",
    minutes=15,
    task=(
        "How many answers does it take to know the **NPS to two points up or down**, with 95 % confidence? Take the "
        "shares of promoters p and detractors d among all answers, as though each came from another customer. The "
        "standard error of the score is 100·√((p + d − (p − d)²)/n)."
    ),
    wanted="a number of answers; it need not be whole.",
    not_checked="whether you round up.",
    given="""\
nps = surveys["nps"].dropna().astype(int)
p, d = (nps >= 9).mean(), (nps <= 6).mean()""",
    expected=needed,
    mistakes=(
        Mistake(
            lambda c: needed(c, z=1), "the 1.96 is missing: one standard error holds the score in 68 of 100 cases."
        ),
        Mistake(lambda c: needed(c, half=1), "two points up *or* down: the half width is two, not one."),
        Mistake(lambda c: needed(c, half=4), "this is two points in all directions together; the half width is two."),
        Mistake(one_share, "this is the error of the promoters alone; the score is a difference of two shares."),
    ),
    hints=(
        "Set 1.96 standard errors equal to two points, and solve for n.",
        "1.96 * 100 * √(v / n) = 2, with v = p + d − (p − d)².",
        "(1.96 * 100 / 2) ** 2 * (p + d - (p - d) ** 2)",
    ),
    solution="answer_1 = (1.96 * 100 / 2) ** 2 * (p + d - (p - d) ** 2)",
    reasoning="A vote is +100, 0 or −100; v is its variance, and that of a mean is v over n.",
    reading="Fewer answers a quarter than this, and a score that moves by two points has not moved.",
)

_SILENT = Question(
    title="The voices of the silent",
    objective="see how silence bends a score, and mend the part that can be mended",
    level="core",
    minutes=15,
    task=(
        "Customers of some channels answer less. What would the NPS be if in each **channel** the silent had answered "
        "like those who did? Weight each channel's score by the surveys **sent** to it."
    ),
    wanted="a score in points.",
    not_checked="the interval, and silence that other columns explain.",
    given="""\
asked = surveys.merge(company.customers[["customer_id", "channel"]], on="customer_id")
nps = asked["nps"].astype(float)
asked["vote"] = (100.0 * (nps >= 9) - 100.0 * (nps <= 6)).where(nps.notna())""",
    expected=score,
    mistakes=(
        Mistake(lambda c: score(c, "answered"), "these are the answers alone: who keeps silent has no weight."),
        Mistake(lambda c: score(c, "alike"), "all channels have the same weight here; count the surveys sent."),
        Mistake(silent_as_zero, "the silent count as passives here; nobody knows that they are."),
    ),
    hints=(
        "A weight of one over the share that answers lends each answer to the silent of the same channel.",
        'asked.groupby("channel")["vote"].mean(), weighted by asked["channel"].value_counts().',
        "(votes * sent).sum() / sent.sum()",
    ),
    solution="""\
votes, sent = asked.groupby("channel")["vote"].mean(), asked["channel"].value_counts()
answer_2 = (votes * sent).sum() / sent.sum()""",
    reasoning="One over a channel's share of answers, as a weight, gives each channel the weight of those asked.",
    reading="It mends the silence that follows from the channel. What is left of the bend, no answer shows.",
)

_DEAR = Question(
    title="Content, and dear",
    objective="set what customers say beside what they bring",
    level="core",
    minutes=15,
    task=(
        "Of the customers who are **content** (4 or 5 in their last `csat`), what share brings **less than 6,000 of "
        "margin a month**? Customers who never answered are left out."
    ),
    wanted="a share of the content, between 0 and 1.",
    not_checked="where you would put the line.",
    given="""\
answered = surveys.dropna(subset="csat").sort_values(["sent_on", "survey_id"])
last = answered.drop_duplicates("customer_id", keep="last")[["customer_id", "csat"]]
people = contracts.drop_duplicates("customer_id").merge(last, on="customer_id")""",
    expected=dear,
    mistakes=(
        Mistake(lambda c: dear(c, "all"), "this is the share of all who answered; take it of the content."),
        Mistake(lambda c: dear(c, "low"), "this is how many of the unprofitable are content: the other way round."),
        Mistake(lambda c: dear(c, money="monthly_fee"), "this is revenue, not margin: what serving costs is missing."),
    ),
    hints=(
        "One corner of the matrix, as a share of one of its columns.",
        'people[people["csat"] >= 4] are the content; compare their monthly_margin with 6,000.',
        '(people.loc[people["csat"] >= 4, "monthly_margin"] < 6_000).mean()',
    ),
    solution='answer_3 = (people.loc[people["csat"] >= 4, "monthly_margin"] < 6_000).mean()',
    reasoning="The share is taken of those who say that they are content: a survey alone would reward them all.",
    reading="So many of those whom a survey calls good customers cost nearly what they pay.",
)

_PERK = Question(
    title="A perk on trial",
    objective="choose the members of a programme by what it changes, and score the choice in money",
    level="stretch",
    minutes=20,
    task=(
        "The experiment spent 0, 500, 1,500 or 5,000 a month on customers, drawn by lot. What does a perk of **1,500 a "
        "month for six months** bring, **net, for a customer of each plan**? A customer who is kept brings another "
        "twelve months of the plan's mean `monthly_margin`; the perk is paid for all six months."
    ),
    wanted="a Series with the plans as index, in the company's currency; below zero for a loss.",
    not_checked="the intervals, which are wide.",
    given="""\
trial = company.experiments[company.experiments["experiment"] == "money per customer"]
trial = trial.merge(contracts, left_on="unit_id", right_on="customer_id")
trial["kept"] = trial["success"].astype(float)""",
    expected=perk,
    mistakes=(
        Mistake(lambda c: perk(c, effect=False), "many stay without the perk, too: take off the share kept at 0."),
        Mistake(lambda c: perk(c, months=1), "the perk is paid for six months."),
        Mistake(lambda c: perk(c, months=0), "the cost of the perk is not taken off."),
        Mistake(lambda c: perk(c, money="monthly_fee"), "this is revenue, not margin."),
    ),
    hints=(
        "What a perk changes is the share kept with it less the share kept without, in groups that a lot made.",
        'trial.pivot_table("kept", "plan", "spend") has the shares; trial.groupby("plan")["monthly_margin"].mean().',
        "(rates[1_500] - rates[0]) * 12 * margin - 6 * 1_500",
    ),
    solution="""\
rates, margin = trial.pivot_table("kept", "plan", "spend"), trial.groupby("plan")["monthly_margin"].mean()
answer_4 = (rates[1_500] - rates[0]) * 12 * margin - 6 * 1_500""",
    reasoning="Everybody gets the perk, and only those count who stay because of it.",
    reading="Where it is below zero, the members would have stayed, or left, anyway.",
)

SET = QuestionSet(
    lesson="08",
    slug="08-loyalty-and-profit",
    title="Loyalty and profit",
    company="subscription",
    given="surveys, contracts = company.surveys, company.contracts",
    questions=(_NEEDED, _SILENT, _DEAR, _PERK),
    written=(
        "The management wants to give promoters a perk and to steer by the NPS. Write to it in at most 150 words: who "
        "should be a member, and how far can the score be believed? Recommend, give the net for a member with how sure "
        "it is, and name what the silent could change."
    ),
    rubric=(
        "Promoters, because they are loyal.",
        "Doubt about the score or the perk, without a number.",
        "A choice by what the perk changes, net of its cost, and the score with its error.",
        "All that, the silent named with what weights cannot mend, and a larger trial asked for.",
    ),
)
