"""Exercises on process or attitude: another score, the arrow turned round, a list judged, and a kind point."""

from __future__ import annotations

import numpy as np
import pandas as pd

from crmlab.company import Company
from crmlab.exercises import Mistake, Question, QuestionSet

FAILED, KINDNESS = 5, 2_500
KOREAN = "안 돼|안돼|느려|느리|늦|불친절|비싸|비쌈|실망|아쉬|불편|답답|못 |실패|오류|부탁|ㅠ"
ENGLISH = "not |no |never|slow|rude|expensive|wait|fail|disappoint|annoying|crash|can't|still|twice"


def correlations(company: Company, score: str) -> tuple[float, float, float]:
    """Return the correlations of process and attitude with a score, and with each other."""
    found = company.surveys[["process", "attitude", score]].dropna().astype(float).corr().to_numpy()
    return found[0, 2], found[1, 2], found[0, 1]


def explained(company: Company, score: str = "ces") -> float:
    """Return R-squared of a score on both ratings."""
    p, a, pa = correlations(company, score)
    return (p**2 + a**2 - 2 * p * a * pa) / (1 - pa**2)


def process_share(company: Company, order: str = "both", score: str = "ces", of: str = "explained") -> float:
    """Return what process explains, first, last, or on average of both, as a share of what is explained or of all."""
    p, a, _ = correlations(company, score)
    whole = explained(company, score)
    part = {"first": p**2, "last": whole - a**2, "both": (p**2 + whole - a**2) / 2}[order]
    return part / (whole if of == "explained" else 1)


def slopes(rows: pd.DataFrame, outcome: str, *drivers: str) -> np.ndarray:
    """Return what a point of each driver goes with, the others held."""
    used = rows[[outcome, *drivers]].dropna().astype(float)
    x = np.column_stack([np.ones(len(used)), used[list(drivers)]])
    return np.linalg.lstsq(x, used[outcome].to_numpy(), rcond=None)[0][1:]


def process_coefficients(company: Company) -> float:
    """Return the coefficient of process as a share of both."""
    both = slopes(company.surveys, "ces", "process", "attitude")
    return float(both[0] / both.sum())


def through(company: Company, cause: str = "attitude", by: str = "process", of: str = "total") -> float:
    """Return the effect on the NPS through another rating, in points or by the total or the direct effect."""
    rows = company.surveys.dropna(subset=["process", "attitude", "nps"])
    (a,), (direct, b) = slopes(rows, by, cause), slopes(rows, "nps", cause, by)
    return float(a * b / {"total": direct + a * b, "direct": direct, "points": 1}[of])


def through_alone(company: Company) -> float:
    """Return the same with the slope of process alone, attitude not held."""
    rows = company.surveys.dropna(subset=["process", "attitude", "nps"])
    (a,), (alone,), (total,) = (
        slopes(rows, *pair) for pair in (("process", "attitude"), ("nps", "process"), ("nps", "attitude"))
    )
    return float(a * alone / total)


def readings(company: Company) -> tuple[pd.Series, pd.Series]:
    """Return for every third comment whether list and reader find a complaint.

    Raises
    ------
    ValueError
        If nobody has read the comments: of a company that was not simulated.
    """
    if company.truth is None:
        raise ValueError("question 3 needs comments that somebody has read: open a simulated company")
    rows = company.surveys.dropna(subset="comment").iloc[::3]
    mood = company.truth.surveys.set_index("survey_id")["mood"]
    return rows["comment"].str.lower().str.contains(f"{KOREAN}|{ENGLISH}"), rows["survey_id"].map(mood) < 0


def agreement(company: Company) -> tuple[float, float]:
    """Return how often list and reader agree, and how often they would by chance."""
    listed, read = readings(company)
    by_chance = listed.mean() * read.mean() + (1 - listed.mean()) * (1 - read.mean())
    return float((listed == read).mean()), float(by_chance)


def kappa(company: Company) -> float:
    """Return the agreement beyond chance, as a share of what chance leaves open."""
    agree, by_chance = agreement(company)
    return (agree - by_chance) / (1 - by_chance)


def found_of(company: Company, which: str) -> float:
    """Return the share of complaints that the list finds, or of its finds that are complaints."""
    listed, read = readings(company)
    return float((listed & read).sum() / (read if which == "complaints" else listed).sum())


def kind_point(
    company: Company,
    where: str = "worked",
    point: str = "attitude",
    held: bool = True,
    cost: float = KINDNESS,
    money: str = "monthly_margin",
) -> pd.Series:
    """Return what a point of a rating goes with in twelve months, net, in each plan."""
    end = pd.Timestamp(company.observation_end)
    rows = company.surveys.merge(company.contracts, on="customer_id")
    rows = rows[rows["sent_on"] <= end - pd.DateOffset(months=12)].dropna(subset=["process", "attitude"])
    months = (rows["ended_on"].fillna(end) - rows["sent_on"]).dt.days / 30.44
    rows = rows.assign(paid=months.clip(upper=12) * rows[money])
    rows = rows if where == "all" else rows[(rows["process"] >= FAILED) == (where == "worked")]
    drivers = [point, "process" if point == "attitude" else "attitude"] if held else [point]
    return pd.Series({plan: float(slopes(part, "paid", *drivers)[0]) - cost for plan, part in rows.groupby("plan")})


_SHARE = Question(
    title="Another score, another 80",
    objective="divide what drives satisfaction into shares, and say which share is meant",
    level="warm-up",
    minutes=10,
    task=(
        "The lesson divided the NPS. Take `ces` instead: how easy it was to get help. Of what **process and attitude "
        "together explain** of it, what share belongs to **process**, as the mean over both orders of entering?"
    ),
    wanted="a share of R-squared, between 0 and 1.",
    not_checked="the interval.",
    given="""\
answers = surveys[["process", "attitude", "ces"]].dropna().astype(float)
rp, ra, rpa = answers.corr().to_numpy()[[0, 1, 0], [2, 2, 1]]
both = (rp**2 + ra**2 - 2 * rp * ra * rpa) / (1 - rpa**2)  # R-squared""",
    expected=process_share,
    mistakes=(
        Mistake(lambda c: process_share(c, "first"), "this is process entering first; it takes what both share."),
        Mistake(lambda c: process_share(c, "last"), "this is process entering last; take the mean of both orders."),
        Mistake(
            lambda c: process_share(c, of="all"),
            "this is a share of all differences, explained or not; divide by R-squared.",
        ),
        Mistake(lambda c: 1 - process_share(c), "this is the share of attitude."),
        Mistake(process_coefficients, "this compares the coefficients, what a point of each does: another 80/20."),
        Mistake(lambda c: process_share(c, score="nps"), "this is the share for the NPS; take ces."),
    ),
    hints=(
        "Who enters first takes what both explain; so let each enter first once, and take the mean.",
        "First, process explains rp**2; last, what both explain less ra**2. crm.Drivers does the same.",
        "(rp**2 + both - ra**2) / 2 / both",
    ),
    solution="answer_1 = (rp**2 + both - ra**2) / 2 / both",
    reasoning="With two drivers there are two orders; the shares of both drivers add up to R-squared.",
    reading="The same service, the same people, another question: a share belongs to a score and to its halo.",
)

_ARROW = Question(
    title="The arrow turned round",
    objective="follow an effect along its way, and name what the arithmetic has to assume",
    level="core",
    minutes=15,
    task=(
        "The lesson let process work through attitude. A colleague turns the arrow round: kind people also make things "
        "work. What share of the effect of **attitude** on the **NPS** then runs **through process**?"
    ),
    wanted="a share of the total effect, between 0 and 1.",
    not_checked="the interval.",
    given="",
    expected=through,
    mistakes=(
        Mistake(
            lambda c: through(c, "process", "attitude"), "this is process through attitude, the lesson's direction."
        ),
        Mistake(lambda c: through(c, of="direct"), "this divides by the direct effect; divide by the total."),
        Mistake(lambda c: through(c, of="points"), "these are points of NPS; divide by the total effect."),
        Mistake(through_alone, "the second slope must hold attitude: else the direct way is in it too."),
    ),
    hints=(
        "Cause, mediator and outcome change their places; the arithmetic does not mind.",
        "a: process on attitude; b: NPS on process with attitude held. Or crm.Mediation.fit(surveys, cause, ...).",
        'crm.Mediation.fit(surveys, "attitude", "process", "nps").indirect_share',
    ),
    solution='answer_2 = crm.Mediation.fit(surveys, "attitude", "process", "nps").indirect_share',
    reasoning="a·b is what comes by way of process; with the direct effect it adds up to the total.",
    reading="Both arrows fit the same answers equally well. Which is right you must know from elsewhere.",
)

_LIST = Question(
    title="Right by chance",
    objective="judge a word list before using it",
    level="core",
    minutes=20,
    task=(
        "Every third comment has been read (the simulator lends you its reader). `listed` says whether the list of "
        "words finds a complaint in it, `read` whether the reader does. They agree on most. But two who know nothing "
        "of each other agree, too: both say *yes* by chance, or both say *no*. How much of the **agreement that chance "
        "leaves open** does the list reach? This is Cohen's κ."
    ),
    wanted="a number, at most 1: 1 is perfect agreement, 0 no more than chance.",
    not_checked="the interval.",
    given=f"""\
BAD = "{KOREAN}"
BAD += "|{ENGLISH}"
every_third = surveys.dropna(subset="comment").iloc[::3]
listed = every_third["comment"].str.lower().str.contains(BAD)
read = every_third["survey_id"].map(company.truth.surveys.set_index("survey_id")["mood"]) < 0""",
    expected=kappa,
    mistakes=(
        Mistake(lambda c: agreement(c)[0], "this is the plain agreement; an empty list agrees nearly as often."),
        Mistake(
            lambda c: 2 * agreement(c)[0] - 1,
            "chance is not a half: most comments are no complaint, so two *no* meet often.",
        ),
        Mistake(
            lambda c: agreement(c)[0] - agreement(c)[1],
            "this is the agreement beyond chance; divide it by all that chance leaves open.",
        ),
        Mistake(
            lambda c: found_of(c, "complaints"), "this is the list's recall: the share of complaints that it finds."
        ),
        Mistake(lambda c: found_of(c, "finds"), "this is the list's precision: the share of its finds that are right."),
    ),
    hints=(
        "Chance: multiply how often each says yes, multiply how often each says no, and add.",
        "(listed == read).mean() agree; listed.mean() and read.mean() are how often each says yes.",
        "(agree - chance) / (1 - chance), with chance = yes * yes + no * no",
    ),
    solution="""\
agree = (listed == read).mean()
chance = listed.mean() * read.mean() + (1 - listed.mean()) * (1 - read.mean())
answer_3 = (agree - chance) / (1 - chance)""",
    reasoning="Of the way from chance to perfect agreement, this is the part that the list has gone.",
    reading="It is mostly right, and yet less than half of the way from chance to perfect: nothing to count with.",
)

_KIND = Question(
    title="What a kind point earns",
    objective="turn points on a scale into money, and choose whom to be kind to",
    level="stretch",
    minutes=20,
    task=(
        "One more point of **attitude** costs 2,500 a customer and year. What does it bring **net, in each plan**, "
        "where the process **worked** (rated 5 or better), with process held? `paid` is the margin of the twelve "
        "months after a survey; `ahead` holds the surveys that are old enough."
    ),
    wanted="a Series with the plans as index, in the company's currency; below zero for a loss.",
    not_checked="the intervals, which are wide.",
    given="""\
end = pd.Timestamp(company.observation_end)
ahead = surveys.merge(contracts, on="customer_id").dropna(subset=["process", "attitude"])
ahead = ahead[ahead["sent_on"] <= end - pd.DateOffset(months=12)]
months = (ahead["ended_on"].fillna(end) - ahead["sent_on"]).dt.days / 30.44
ahead["paid"] = months.clip(upper=12) * ahead["monthly_margin"]""",
    expected=kind_point,
    mistakes=(
        Mistake(
            lambda c: kind_point(c, held=False),
            "process is not held: kind answers come from customers whose process worked better.",
        ),
        Mistake(lambda c: kind_point(c, "all"), "those whose process failed are in it, too."),
        Mistake(lambda c: kind_point(c, cost=0), "the cost of the point is not taken off."),
        Mistake(lambda c: kind_point(c, "failed"), "this is where the process failed."),
        Mistake(lambda c: kind_point(c, point="process"), "this is a point of process."),
        Mistake(lambda c: kind_point(c, money="monthly_fee"), "this is revenue, not margin."),
    ),
    hints=(
        "Hold process: compare customers of one plan who rated it alike. A line through both ratings does that.",
        'crm.Drivers.fit(rows, "paid", ["process", "attitude"]).table.loc["attitude", "coefficient"], by plan.',
        'For plan, rows in ahead[ahead["process"] >= 5].groupby("plan"): that coefficient less 2_500.',
    ),
    solution="""\
found = {}
for plan, rows in ahead[ahead["process"] >= 5].groupby("plan"):
    found[plan] = crm.Drivers.fit(rows, "paid", ["process", "attitude"]).table.loc["attitude", "coefficient"]
answer_4 = pd.Series(found) - 2_500""",
    reasoning="The coefficient is the margin that goes with one more point among customers with the same process.",
    reading="It is what goes with kindness, not yet what kindness does: the noise in process flatters it.",
)

SET = QuestionSet(
    lesson="09",
    slug="09-process-or-attitude",
    title="Process or attitude",
    company="subscription",
    given="surveys, contracts = company.surveys, company.contracts",
    questions=(_SHARE, _ARROW, _LIST, _KIND),
    written=(
        "The head of service read that service is 80 % process, and wants to spend the whole budget on repairs. The "
        "head of training says that kindness mends what fails. Write to both in at most 150 words: what do you do, and "
        "for which customers? Recommend, give the money of a point with how sure it is, and say which 80 is meant."
    ),
    rubric=(
        "Repairs, because of the 80 %.",
        "The share told from an effect, or the two plans compared, without money.",
        "A plan by what a point brings net, where the process worked and where it failed, with how sure it is.",
        "All that, noise and silence named with the side that they flatter, and a trial that would settle it.",
    ),
)
