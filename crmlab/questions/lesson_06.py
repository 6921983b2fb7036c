"""Exercises on three kinds of CRM: a question asked twice, a crossed cut, the price of a repair, a plain comparison."""

from __future__ import annotations

from functools import lru_cache

import pandas as pd

from crmlab.company import Company
from crmlab.exercises import Mistake, Question, QuestionSet
from crmlab.revenue import active_on, churn_rates, churn_rise, monthly_revenue

REPORT, SUSPECT = pd.Timestamp("2025-06-30"), "bank transfer"
BEFORE, FALL = ("2024-04", "2025-03"), ("2025-04", "2025-06")
HOUR, HORIZON, COST = 20_000, 6, 1_500_000


def minutes(company: Company, what: str = "extra") -> float:
    """Return the minutes that asking twice adds to a ticket, or the minutes of a repeat or of a first question."""
    mean = company.tickets.loc[company.tickets["opened_on"] <= REPORT].groupby("asked_before")["handle_minutes"].mean()
    return float({"extra": mean[True] - mean[False], "repeat": mean[True], "first": mean[False]}[what])


def repeats(company: Company, months: int = HORIZON) -> int:
    """Return the tickets of the months before the report that cost working time and had been asked before."""
    since = REPORT - pd.DateOffset(months=months)
    rows = company.tickets.loc[company.tickets["opened_on"].between(since, REPORT, inclusive="right")]
    return int(rows.loc[rows["handle_minutes"].notna(), "asked_before"].sum())


@lru_cache(maxsize=4)
def cube(company: Company) -> pd.DataFrame:
    """Return the months of revenue up to the report, by plan and payment."""
    return monthly_revenue(known(company), REPORT, by=["plan", "payment_method"])


def known(company: Company) -> pd.DataFrame:
    """Return the contracts as they stood on the day of the report."""
    rows = company.contracts.loc[company.contracts["started_on"] <= REPORT]
    return rows.assign(ended_on=rows["ended_on"].where(rows["ended_on"] <= REPORT))


def lead(rise: pd.DataFrame) -> float:
    """Return the rise of the plan basic less that of premium."""
    return float(rise["estimate"]["basic"] - rise["estimate"]["premium"])


def crossed(company: Company, weights: str = "all") -> float:
    """Return the same on one mix of payments: that of all customers, equal parts, or that of the plan basic."""
    rise = churn_rise(cube(company), BEFORE, FALL, by=["payment_method", "plan"])
    gaps = rise["estimate"].xs("basic", level="plan") - rise["estimate"].xs("premium", level="plan")
    at_risk = (
        rise["at_risk"].xs("basic", level="plan") if weights == "basic" else rise["at_risk"].groupby(level=0).sum()
    )
    return float(gaps.mean() if weights == "equal" else (gaps * at_risk).sum() / at_risk.sum())


def saved(company: Company, money: str = "monthly_margin", everybody: bool = False, grows: bool = True) -> float:
    """Return what is saved within the horizon if leaving falls back among those who pay by the suspect method."""
    rates = {
        name: churn_rates(cube(company), *span, by="payment_method") for name, span in (("h", FALL), ("n", BEFORE))
    }
    rows = active_on(known(company), REPORT)
    now, then = (rows["payment_method"].map(rates[name]["estimate"]).astype(float) for name in ("h", "n"))
    pays = rows[money] * (everybody | (rows["payment_method"] == SUSPECT))
    if not grows:
        return float((HORIZON * pays * (now - then)).sum())
    return float(sum((pays * ((1 - then) ** month - (1 - now) ** month)).sum() for month in range(1, HORIZON + 1)))


def firsts(company: Company) -> pd.DataFrame:
    """Return each customer's first ticket, if old enough, with whether it was solved, hard, and the customer stayed."""
    rows = company.tickets.sort_values(["opened_on", "ticket_id"]).drop_duplicates("customer_id")
    last = pd.to_datetime(company.observation_end) - pd.Timedelta(days=90)
    rows = rows.merge(company.contracts[["customer_id", "ended_on"]], on="customer_id")
    rows["stayed"] = (~(rows["ended_on"] <= rows["opened_on"] + pd.Timedelta(days=90))).astype(float)
    rows["solved"], rows["hard"] = rows["resolved_at_first_contact"].astype(bool), rows["difficulty"].astype(int) >= 3
    return rows.loc[rows["opened_on"] <= last]


def solving(rows: pd.DataFrame, weights: str = "all") -> float:
    """Return the share who stayed of the solved less that of the others, within one difficulty, then averaged."""
    means = rows.pivot_table("stayed", "hard", "solved")
    share = rows.groupby("hard").size() / len(rows)
    return float(((means[True] - means[False]) * (0.5 if weights == "equal" else share)).sum())


def plainly(rows: pd.DataFrame) -> float:
    """Return the same over all difficulties."""
    shares = rows.groupby("solved")["stayed"].mean()
    return float(shares[True] - shares[False])


_TWICE = Question(
    title="The price of asking twice",
    objective="say what operational, collaborative and analytical CRM each do with the same customer",
    level="warm-up",
    minutes=10,
    task=(
        "`asked_before` marks tickets whose question had been put to another desk. By how much are these **longer** "
        "than the others, and what did that cost in the **six months** before the report, at 20,000 an hour? Count "
        "tickets that have `handle_minutes`; the chatbot's own cost no working time."
    ),
    wanted="a sum for six months, in the company's currency.",
    not_checked="the interval, and that hard questions may be asked twice more often.",
    given="""\
worked = tickets.dropna(subset="handle_minutes")
since = report - pd.DateOffset(months=6)""",
    expected=lambda c: minutes(c) * repeats(c) / 60 * HOUR,
    mistakes=(
        Mistake(
            lambda c: minutes(c, "repeat") * repeats(c) / 60 * HOUR,
            "this is all the work on repeats; the question would have cost the usual minutes anyway.",
        ),
        Mistake(lambda c: minutes(c) * repeats(c) * HOUR, "minutes are priced like hours; divide by 60."),
        Mistake(lambda c: minutes(c) * repeats(c, 99) / 60 * HOUR, "these are the repeats of all years."),
    ),
    hints=(
        "A silo costs the minutes that a repeat takes beyond those of a question put for the first time.",
        'worked.groupby("asked_before")["handle_minutes"].mean() has both means; count the repeats after `since`.',
        "(mean[True] - mean[False]) * count / 60 * 20_000",
    ),
    solution="""\
mean = worked.groupby("asked_before")["handle_minutes"].mean()
count = worked.loc[worked["opened_on"] > since, "asked_before"].sum()
answer_1 = (mean[True] - mean[False]) * count / 60 * 20_000""",
    reasoning="The means come from all tickets, so that they are steady; the count from the months that are priced.",
    reading="This is the most that one contact history for all desks may cost for half a year, as far as work goes.",
)

_CROSSED = Question(
    title="Plan or payment",
    objective="cross two cuts where one cut misleads",
    level="core",
    minutes=15,
    task=(
        "From the year before to the fall, the share who leave in a month rose in both plans. By how much more did it "
        "rise in `basic` than in `premium` **if both had the same mix of payment methods**, that of all customers at "
        "risk in the fall? `rise` holds the four rises and the customers at risk."
    ),
    wanted="basic less premium, as a share: 0.01 is one percentage point; below zero if premium rose more.",
    not_checked="the interval.",
    given='rise = crm.churn_rise(cube, before, fall, by=["payment_method", "plan"])',
    expected=crossed,
    mistakes=(
        Mistake(
            lambda c: lead(churn_rise(cube(c), BEFORE, FALL, by="plan")),
            "this is one cut: it compares the payment methods of the plans as much as the plans.",
        ),
        Mistake(lambda c: crossed(c, "equal"), "both payment methods have the same weight here; count the customers."),
        Mistake(lambda c: crossed(c, "basic"), "this is the mix of the plan basic; take that of all customers."),
        Mistake(lambda c: -crossed(c), "this is premium less basic; the other way round is wanted."),
    ),
    hints=(
        "Direct standardisation: the difference within each payment method, weighted with the customers at risk there.",
        'rise.pivot_table("estimate", "payment_method", "plan") has a row for each method; weight by "at_risk".',
        '((rates["basic"] - rates["premium"]) * at_risk).sum() / at_risk.sum()',
    ),
    solution="""\
rates = rise.pivot_table("estimate", "payment_method", "plan")
at_risk = rise.groupby("payment_method")["at_risk"].sum()
answer_2 = ((rates["basic"] - rates["premium"]) * at_risk).sum() / at_risk.sum()""",
    reasoning="What is left of the difference at equal payments belongs to the plan; what vanished was the payment.",
    reading="If the sign turns against the one cut, the plan that looked guilty was a decoy.",
)

_MEND = Question(
    title="What mending is worth",
    objective="climb from description to diagnosis, prediction and prescription, and price each rung",
    level="stretch",
    minutes=20,
    task=(
        "Mending brings leaving among those who pay by **bank transfer** back from the rate of the fall to that of the "
        "year before. What **margin** does that save with **today's** customers within **six months**, **less the "
        "1,500,000** it costs? Of a customer with the monthly rate h, the share (1 − h)ᵐ is still there after m months."
    ),
    wanted="a net sum, in the company's currency; below zero if mending does not pay.",
    not_checked="the interval, and customers who join later.",
    given="""\
now = crm.churn_rates(cube, *fall, by="payment_method").loc["bank transfer", "estimate"]
then = crm.churn_rates(cube, *before, by="payment_method").loc["bank transfer", "estimate"]
today = crm.active_on(contracts, report)""",
    expected=lambda c: saved(c) - COST,
    mistakes=(
        Mistake(lambda c: saved(c, "monthly_fee") - COST, "this is revenue, not margin."),
        Mistake(lambda c: saved(c), "the cost of mending is not taken off."),
        Mistake(lambda c: saved(c, everybody=True) - COST, "these are all customers; only bank transfers are mended."),
        Mistake(
            lambda c: saved(c, grows=False) - COST,
            "each month saves the same here; but who is kept in the first month goes on paying in the others.",
        ),
    ),
    hints=(
        "In month m mending keeps the share (1 − then)ᵐ − (1 − now)ᵐ of today's customers more than not mending.",
        'today.loc[today["payment_method"] == "bank transfer", "monthly_margin"].sum(), and sum over range(1, 7).',
        "margin * sum((1 - then) ** m - (1 - now) ** m for m in range(1, 7)) - 1_500_000",
    ),
    solution="""\
margin = today.loc[today["payment_method"] == "bank transfer", "monthly_margin"].sum()
answer_3 = margin * sum((1 - then) ** m - (1 - now) ** m for m in range(1, 7)) - 1_500_000""",
    reasoning="A diagnosis becomes a decision when two futures are forecast and their difference meets a price.",
    reading="Set it beside zero, what doing nothing costs, and beside the net of the other projects.",
)

_PLAIN = Question(
    title="Solved, and still here",
    objective="say what a plain comparison cannot tell",
    level="core",
    minutes=15,
    task=(
        "Take each customer's first ticket, at least 90 days before `end`. Are those whose case was **solved at first "
        "contact** more often still customers **90 days later**? Compare among simple cases and among hard ones "
        "(`hard`: difficulty 3 or more), and weight both differences by the cases of each kind."
    ),
    wanted="solved less not solved, as a share.",
    not_checked="the interval.",
    given="""\
first = company.tickets.sort_values(["opened_on", "ticket_id"]).drop_duplicates("customer_id")
first = first[first["opened_on"] <= end - pd.Timedelta(days=90)]
first = first.merge(company.contracts[["customer_id", "ended_on"]], on="customer_id")
first["stayed"] = (~(first["ended_on"] <= first["opened_on"] + pd.Timedelta(days=90))).astype(float)
first["solved"] = first["resolved_at_first_contact"].astype(bool)
first["hard"] = first["difficulty"].astype(int) >= 3""",
    expected=lambda c: solving(firsts(c)),
    mistakes=(
        Mistake(lambda c: plainly(firsts(c)), "this compares all cases: the unsolved ones are also the hard ones."),
        Mistake(lambda c: solving(firsts(c), weights="equal"), "both kinds weigh the same here; count the cases."),
        Mistake(lambda c: -solving(firsts(c)), "this is not solved less solved; the other way round is wanted."),
    ),
    hints=(
        "Compare like with like: one difference for simple cases, one for hard ones, then their weighted mean.",
        'first.pivot_table("stayed", "hard", "solved") and first["hard"].value_counts(normalize=True).',
        '((rates[True] - rates[False]) * first["hard"].value_counts(normalize=True)).sum()',
    ),
    solution="""\
rates = first.pivot_table("stayed", "hard", "solved")
answer_4 = ((rates[True] - rates[False]) * first["hard"].value_counts(normalize=True)).sum()""",
    reasoning="A hard case is solved less often and may itself drive a customer away, so it has to be held constant.",
    reading="Where it is near zero, nothing shows that solving keeps customers. Only a fast lane drawn by lot could.",
)

SET = QuestionSet(
    lesson="06",
    slug="06-three-kinds-of-crm",
    title="Three kinds of CRM",
    company="subscription",
    given="""\
# as in the lesson, you stand on the day of the report: what came later is not known yet, but for question 4
report, end = pd.Timestamp("2025-06-30"), pd.Timestamp(company.observation_end)
before, fall = ("2024-04", "2025-03"), ("2025-04", "2025-06")
tickets = company.tickets[company.tickets["opened_on"] <= report]
contracts = company.contracts[company.contracts["started_on"] <= report].copy()
contracts["ended_on"] = contracts["ended_on"].where(contracts["ended_on"] <= report)
cube = crm.monthly_revenue(contracts, report, by=["plan", "payment_method"])""",
    questions=(_TWICE, _CROSSED, _MEND, _PLAIN),
    written=(
        "The report asks for a discount on the plan `basic`. Write to the managers in at most 150 words: which project "
        "do you pay for instead, and why does the report name the wrong culprit? Give the net sum, and the one number "
        "that could turn the decision."
    ),
    rubric=(
        "The discount, or no project.",
        "The repair, because bank transfers look bad, without a sum.",
        "The repair with its net, and the decoy explained by the mix of payments so that managers follow.",
        "All that, the topic of tickets named as the mechanism, and how small a part of the rise mending may remove.",
    ),
)
