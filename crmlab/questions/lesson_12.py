"""Exercises on who will leave: a ratio of risks, whether it lasts, how good a prediction is, and a list of visits."""

from __future__ import annotations

import pandas as pd

from crmlab.churn import contract_durations
from crmlab.company import Company
from crmlab.exercises import Mistake, Question, QuestionSet

HORIZON, EARLY, VISIT, SAVES, GAINED = 6, 8, 300_000, 0.25, 12


def today(company: Company) -> pd.Timestamp:
    """Return the day half a year before the last day of the data."""
    return pd.to_datetime(company.observation_end) - pd.offsets.MonthEnd(HORIZON)


def firms(company: Company) -> pd.DataFrame:
    """Return the contracts known today, with the months seen and whether they have ended."""
    day = today(company)
    return contract_durations(company.contracts.loc[company.contracts["started_on"] <= day], day)


def risk_a_month(rows: pd.DataFrame, by: str, start: int = 0, end: float = 999) -> pd.Series:
    """Return those who left over the months in which they could, between two ages, by a driver."""
    months = rows["duration"].clip(upper=end) - rows["duration"].clip(upper=start)
    left = rows["churned"] & (rows["duration"] > start) & (rows["duration"] <= end)
    return left.groupby(rows[by]).sum() / months.groupby(rows[by]).sum()


def ratio(risks: pd.Series, one: str = "priority", other: str = "standard") -> float:
    """Return one risk over another."""
    return float(risks[one] / risks[other])


def share_left(company: Company) -> pd.Series:
    """Return the share who have left by today, by service level."""
    rows = firms(company)
    return rows["churned"].groupby(rows["service_level"]).mean()


def listed(company: Company, drivers: bool = True) -> pd.DataFrame:
    """Return the firms that are here today, with their risk of the horizon and whether they left within it."""
    rows = firms(company)
    here = rows.loc[~rows["churned"]].copy()
    monthly = here["service_level"].map(risk_a_month(rows, "service_level")).astype(float)
    if not drivers:
        monthly = monthly * 0 + rows["churned"].sum() / rows["duration"].sum()
    ended = company.contracts.set_index("contract_id")["ended_on"]
    here["left"] = (here["contract_id"].map(ended) <= pd.to_datetime(company.observation_end)).astype(float)
    return here.assign(risk=1 - (1 - monthly) ** HORIZON)


def brier(company: Company, power: float = 2, drivers: bool = True) -> float:
    """Return the mean squared distance, or another power, between the risk and what came."""
    rows = listed(company, drivers)
    return float(((rows["risk"] - rows["left"]).abs() ** power).mean())


def visits(company: Company, saves: float = SAVES, money: str = "monthly_margin", everybody: bool = False) -> float:
    """Return what visits to the firms for which they pay are expected to bring, net."""
    rows = listed(company)
    net = rows["risk"] * saves * GAINED * rows[money] - VISIT
    return float(net.sum() if everybody else net.clip(lower=0).sum())


_RATIO = Question(
    title="The ratio of two risks",
    objective="estimate by what ratio a driver moves the risk of leaving",
    level="warm-up",
    minutes=10,
    task=(
        "How many times the monthly risk of a *standard* firm does a **priority** firm run? A risk is the number who "
        "left over the months in which they could: the sum of all `duration`s, also of those still here."
    ),
    wanted="a ratio: below 1 if priority firms leave less.",
    not_checked="the interval, and other drivers that may differ.",
    given='levels = firms.groupby("service_level")',
    expected=lambda c: ratio(risk_a_month(firms(c), "service_level")),
    mistakes=(
        Mistake(lambda c: ratio(share_left(c)), "these are the shares who left, however long they have been here."),
        Mistake(lambda c: 1 / ratio(risk_a_month(firms(c), "service_level")), "this is standard over priority."),
        Mistake(
            lambda c: ratio(risk_a_month(firms(c).query("churned"), "service_level")),
            "only those who left are in your months: the firms still here are dropped.",
        ),
    ),
    hints=(
        "Everybody counts for as long as they were seen; only some of them leave.",
        'levels["churned"].sum() and levels["duration"].sum()',
        'risk = levels["churned"].sum() / levels["duration"].sum(); risk["priority"] / risk["standard"]',
    ),
    solution="""\
risk = levels["churned"].sum() / levels["duration"].sum()
answer_1 = risk["priority"] / risk["standard"]""",
    reasoning="Firms that are still here add months without a leaving, which is what makes a risk out of a share.",
    reading="Set it beside the ratio of Cox, which also holds the age and the other drivers alike.",
)

_LASTS = Question(
    title="Does the ratio last?",
    objective="test whether a ratio lasts",
    level="core",
    minutes=15,
    task=(
        "Guided firms leave less in their first months. How many times the risk of a firm that set itself up (`self`) "
        "does a **guided** one run **after its eighth month**? Count leavings at a `duration` above 8, and of every "
        "firm the months beyond the eighth."
    ),
    wanted="a ratio: 1 if nothing is left of the difference.",
    not_checked="the interval.",
    given="""\
months = (firms["duration"] - 8).clip(lower=0)
left = firms["churned"] & (firms["duration"] > 8)""",
    expected=lambda c: ratio(risk_a_month(firms(c), "onboarding", EARLY), "guided", "self"),
    mistakes=(
        Mistake(
            lambda c: ratio(risk_a_month(firms(c), "onboarding"), "guided", "self"),
            "this is the mean over all months: true of none of them if the ratio changes.",
        ),
        Mistake(
            lambda c: ratio(risk_a_month(firms(c), "onboarding", 0, EARLY), "guided", "self"),
            "these are the first eight months.",
        ),
        Mistake(
            lambda c: ratio(risk_a_month(firms(c), "onboarding", EARLY), "self", "guided"), "this is self over guided."
        ),
    ),
    hints=(
        "The same as in question 1, for the part of each life that lies beyond month eight.",
        'left.groupby(firms["onboarding"]).sum(), and the same of months.',
        'risk["guided"] / risk["self"]',
    ),
    solution="""\
risk = left.groupby(firms["onboarding"]).sum() / months.groupby(firms["onboarding"]).sum()
answer_2 = risk["guided"] / risk["self"]""",
    reasoning="A ratio that is the same in every month would come out alike in every part of the time.",
    reading="One ratio for all months would promise these firms a safety that is gone.",
)

_BRIER = Question(
    title="How far off is the risk?",
    objective="judge a prediction by its size",
    level="core",
    minutes=10,
    task=(
        "For each firm that is `here`, the risk to leave within six months is 1 − (1 − h)⁶, with h the monthly risk of "
        "its service level. `came` says who left. What is the **Brier score** of these risks?"
    ),
    wanted="a mean squared distance; 0 is best.",
    not_checked="whether the order of the firms is right.",
    given="""\
levels = firms.groupby("service_level")
h = here["service_level"].map(levels["churned"].sum() / levels["duration"].sum()).astype(float)
risk = 1 - (1 - h) ** 6""",
    expected=brier,
    mistakes=(
        Mistake(lambda c: brier(c, 1), "this is the mean distance; the Brier score squares it."),
        Mistake(lambda c: brier(c) ** 0.5, "this is the root of the Brier score."),
        Mistake(lambda c: brier(c, drivers=False), "here everybody has the same risk; use that of the service level."),
    ),
    hints=(
        "Who left counts as one, who stayed as zero; how far was the risk from that?",
        "risk - came is the distance of each firm; square it.",
        "((risk - came) ** 2).mean()",
    ),
    solution="answer_3 = ((risk - came) ** 2).mean()",
    reasoning="Squares punish a risk that is far off, so that only honest risks come out best.",
    reading="Set it beside the score of one risk for everybody: the difference is what the service level tells.",
    tolerance=0.001,
)

_VISITS = Question(
    title="A list of visits",
    objective="turn risks into a list of visits, and price it",
    level="stretch",
    minutes=20,
    task=(
        "A visit costs 300,000 and keeps **one in four** of those about to leave, who then stay **twelve months** "
        "more. Visit every firm that is `here` for which that pays, by its own `monthly_margin` and the risk of "
        "question 3. What do the visits bring together, **net, as expected today**?"
    ),
    wanted="a sum, in the company's currency.",
    not_checked="what came later.",
    given="""\
levels = firms.groupby("service_level")
h = here["service_level"].map(levels["churned"].sum() / levels["duration"].sum()).astype(float)
risk = 1 - (1 - h) ** 6""",
    expected=visits,
    mistakes=(
        Mistake(lambda c: visits(c, money="monthly_fee"), "this is revenue, not margin."),
        Mistake(lambda c: visits(c, saves=1.0), "a visit keeps one in four of those about to leave, not all."),
        Mistake(
            lambda c: visits(c, everybody=True), "here all firms are visited, also those for which it does not pay."
        ),
    ),
    hints=(
        "A visit brings its price back only if risk × chance to keep × months × margin exceeds it.",
        'net = risk * 0.25 * 12 * here["monthly_margin"] - 300_000; then only what is above zero.',
        "net.clip(lower=0).sum()",
    ),
    solution="""\
net = risk * 0.25 * 12 * here["monthly_margin"] - 300_000
answer_4 = net.clip(lower=0).sum()""",
    reasoning="The list is not the riskiest firms, but those whose risk times worth exceeds the price.",
    reading="It is expected under an assumption: that one in four is kept. Lesson 16 puts that to a test.",
)

SET = QuestionSet(
    lesson="12",
    slug="12-who-will-leave",
    title="Who will leave",
    company="b2b",
    given="""\
# as in the lesson, today lies half a year before the last day of the data; what came after is the exam
end = pd.Timestamp(company.observation_end)
today = end - pd.offsets.MonthEnd(6)
firms = crm.contract_durations(company.contracts[company.contracts["started_on"] <= today], today)
here = firms[~firms["churned"]]
ended = here["contract_id"].map(company.contracts.set_index("contract_id")["ended_on"])
came = (ended <= end).astype(float)""",
    questions=(_RATIO, _LASTS, _BRIER, _VISITS),
    written=(
        "Account managers want a list of the riskiest firms. Write to them in at most 150 words: which firms should be "
        "visited, and how far can the risks be trusted? Recommend, give what the visits are expected to bring and how "
        "good the risks are, and name the assumption that decides."
    ),
    rubric=(
        "The riskiest firms, without a price.",
        "Risk times worth, without how good the risks are.",
        "A list by what a visit brings, with the net and the score of the risks beside that of one risk for all.",
        "All that, the ratio that does not last, the share kept named as an assumption, and a trial to test it.",
    ),
)
