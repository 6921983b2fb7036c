"""Exercises on hunting and farming: a plan by hand, a response curve, the next customer, the split of a budget."""

from __future__ import annotations

from functools import lru_cache

import pandas as pd

from crmlab.company import Company
from crmlab.exercises import Mistake, Question, QuestionSet
from crmlab.growth import Allocation, ResponseCurve, customer_equity
from crmlab.revenue import active_on

LEADS, CUSTOMERS = "money per lead", "money per customer"
PERIOD, DISCOUNT, PROSPECTS = 6, 1.12**0.5 - 1, 3_000


def trial(company: Company, name: str) -> pd.DataFrame:
    """Return one of the two experiments; the spend on a customer is turned into that of a period."""
    rows = company.experiments.loc[company.experiments["experiment"] == name]
    return rows.assign(spend=rows["spend"] * (PERIOD if name == CUSTOMERS else 1))


def share(company: Company, name: str, spend: float) -> float:
    """Return the share won or kept in one arm of an experiment."""
    rows = trial(company, name)
    return float(rows.loc[rows["spend"] == spend, "success"].astype(float).mean())


def running(company: Company) -> pd.DataFrame:
    """Return the contracts that ran on the day before the experiment with customers."""
    return active_on(company.contracts, trial(company, CUSTOMERS)["assigned_on"].min() - pd.Timedelta(days=1))


def margin(company: Company, months: int = PERIOD, money: str = "monthly_margin") -> float:
    """Return the mean margin, or another amount, of a customer in so many months."""
    return float(months * running(company)[money].mean())


def plan(
    company: Company,
    kept: float = 9_000,
    months: int = PERIOD,
    discount: float = DISCOUNT,
    money: str = "monthly_margin",
) -> float:
    """Return what a lead is worth if 12,000 is spent on it, and 9,000 in a period on each customer."""
    won, stay = share(company, LEADS, 12_000), share(company, CUSTOMERS, 9_000)
    return customer_equity(12_000, won, kept, stay, margin=margin(company, months, money), discount_rate=discount)


@lru_cache(maxsize=4)
def curve(company: Company, name: str = LEADS) -> ResponseCurve:
    """Return the response curve of an experiment; that of customers has a floor of its own."""
    return ResponseCurve.fit(trial(company, name), floor=0.0 if name == LEADS else None)


@lru_cache(maxsize=4)
def best(company: Company) -> Allocation:
    """Return the best split of a budget of 8,000 a lead and 9,000 a customer."""
    customers = len(running(company))
    market = {"margin": margin(company), "discount_rate": DISCOUNT, "prospects": PROSPECTS, "customers": customers}
    return Allocation.best(
        8_000 * PROSPECTS + 9_000 * customers, hunting=curve(company), farming=curve(company, CUSTOMERS), **market
    )


def next_one(company: Company) -> float:
    """Return what one more customer costs where the spend on a lead rises from 6,000 to 12,000."""
    return 6_000 / (share(company, LEADS, 12_000) - share(company, LEADS, 6_000))


_PLAN = Question(
    title="A plan by hand",
    objective="value a plan with two rates and two spends by hand",
    level="warm-up",
    minutes=15,
    task=(
        "What is a **lead** worth by Blattberg and Deighton, if **12,000** is spent on each lead and **1,500 a month** "
        "on each customer? Take the shares won and kept in these arms of the two experiments. A period is half a year: "
        "so are `margin` and `discount`."
    ),
    wanted="the value of a lead, in the company's currency.",
    not_checked="the interval, and whether you use the helper.",
    given="""\
won = hunted.loc[hunted["spend"] == 12_000, "success"].astype(float).mean()
stay = farmed.loc[farmed["spend"] == 9_000, "success"].astype(float).mean()  # six months of 1,500""",
    expected=plan,
    mistakes=(
        Mistake(lambda c: plan(c, kept=1_500), "the spend on a customer is that of a month here; a period has six."),
        Mistake(lambda c: plan(c, months=1), "the margin is that of a month here; a period has six."),
        Mistake(lambda c: plan(c, money="monthly_fee"), "this is revenue, not margin."),
        Mistake(lambda c: plan(c) + 12_000, "the spend on the lead itself is not taken off."),
    ),
    hints=(
        "A lead costs A at once, brings a·m if won, and then what its retention brings, less R for every period.",
        "a·m − A + a·(m·r − R)/(1 + d − r), or crm.customer_equity.",
        "crm.customer_equity(12_000, won, 9_000, stay, margin=margin, discount_rate=discount)",
    ),
    solution="answer_1 = won * margin - 12_000 + won * (margin * stay - 9_000) / (1 + discount - stay)",
    reasoning="All is of half a year. A is paid for every lead, R for every customer; m comes from those who stay.",
    reading="Above zero the plan pays; whether another one pays more, only the other arms can tell.",
)

_CURVE = Question(
    title="How far from the ceiling",
    objective="fit a response curve to a randomised experiment and read its ceiling",
    level="core",
    minutes=10,
    task=(
        "Fit a response curve to the experiment with leads. At a spend of **8,000** on a lead, **which part of the "
        "ceiling** is reached: the rate there, over the rate that no spend exceeds?"
    ),
    wanted="a share between 0 and 1.",
    not_checked="the interval of the ceiling, which is wide.",
    given="curve = crm.ResponseCurve.fit(hunted)",
    expected=lambda c: float(curve(c)(8_000)) / curve(c).ceiling,
    mistakes=(
        Mistake(lambda c: float(curve(c)(8_000)), "this is the share of leads won; divide it by the ceiling."),
        Mistake(lambda _: 8 / 24, "this compares amounts of money; compare what they achieve."),
        Mistake(lambda c: 1 - float(curve(c)(8_000)) / curve(c).ceiling, "this is the part that is still missing."),
    ),
    hints=(
        "The curve rises from its floor to its ceiling; nobody has to have spent so much to estimate where it ends.",
        "A curve can be called with a spend; it has a ceiling, and a summary() with intervals.",
        "curve(8_000) / curve.ceiling",
    ),
    solution="answer_2 = curve(8_000) / curve.ceiling",
    reasoning="The curve was fitted to money drawn at random, so that it says what money does, not where money went.",
    reading="What is missing to one is all that more money on each lead can still buy.",
)

_NEXT = Question(
    title="The next customer",
    objective="tell an average cost from a marginal one, and know which of them decides",
    level="core",
    minutes=10,
    task=(
        "Somebody proposes to spend **12,000 instead of 6,000** on each lead. What does each **additional customer** "
        "cost? Take the shares won in these two arms of the experiment, without a curve."
    ),
    wanted="a price a customer, in the company's currency.",
    not_checked="the interval; a share of a few hundred leads is not sure.",
    given='won = hunted.assign(success=hunted["success"].astype(float)).groupby("spend")["success"].mean()',
    expected=next_one,
    mistakes=(
        Mistake(
            lambda c: 12_000 / share(c, LEADS, 12_000),
            "this is the average cost of all customers; the proposal buys only the additional ones.",
        ),
        Mistake(
            lambda c: 6_000 / share(c, LEADS, 12_000),
            "the additional money is set against all customers; most of them come without it.",
        ),
        Mistake(
            lambda c: 12_000 / share(c, LEADS, 12_000) - 6_000 / share(c, LEADS, 6_000),
            "this is the difference of two averages; divide additional money by additional customers.",
        ),
    ),
    hints=(
        "Marginal cost: what is spent more, over what is won more.",
        "won has the share won by spend: won[12_000] and won[6_000].",
        "(12_000 - 6_000) / (won[12_000] - won[6_000])",
    ),
    solution="answer_3 = (12_000 - 6_000) / (won[12_000] - won[6_000])",
    reasoning="The first 6,000 are spent either way; the decision is about the second, and about those they win.",
    reading="Compare it with what a new customer is worth. The average is lower and would have said yes too gladly.",
)

_SPLIT = Question(
    title="What 85 percent loses",
    objective="find the best split of a budget, and say what a proverb loses",
    level="stretch",
    minutes=20,
    task=(
        "So far 8,000 goes to each of 3,000 leads and 9,000 to each customer of the day before the experiment. That is "
        "the `budget` of half a year. Fit both response curves (that of customers with a floor of its own), find the "
        "best split, and say what a plan with **85 % for farming** loses against it."
    ),
    wanted="a loss above zero, in the company's currency.",
    not_checked="the interval.",
    given="""\
hunting, farming = crm.ResponseCurve.fit(hunted), crm.ResponseCurve.fit(farmed, floor=None)
market = {"hunting": hunting, "farming": farming, "margin": margin, "discount_rate": discount}
market |= {"prospects": 3_000, "customers": len(running)}
budget = 8_000 * 3_000 + 9_000 * len(running)""",
    expected=lambda c: best(c).value - best(c).at(0.85).value,
    mistakes=(
        Mistake(
            lambda c: best(c).value - best(c).at(0.15).value,
            "this is 85 % for hunting; the share of a split is that of farming.",
        ),
        Mistake(
            lambda c: best(c).at(0.85).value, "this is the value of the plan; take it from that of the best split."
        ),
        Mistake(
            lambda c: best(c).at(0.0).value - best(c).at(0.85).value,
            "this compares with all hunting, which is not the best split either.",
        ),
    ),
    hints=(
        "The loss of a plan, its regret, is the value of the best plan less its own, under the same curves.",
        "crm.Allocation.best(budget, **market) has value, and at(share) is the same budget split otherwise.",
        "best = crm.Allocation.best(budget, **market); best.value - best.at(0.85).value",
    ),
    solution="""\
best = crm.Allocation.best(budget, **market)
answer_4 = best.value - best.at(0.85).value""",
    reasoning="Both plans spend under the same curves, so their difference is due to the split alone.",
    reading="So much costs the proverb that retention is most of the effort, in this company and in one half-year.",
    tolerance=0.01,
)

SET = QuestionSet(
    lesson="15",
    slug="15-hunting-or-farming",
    title="Hunting or farming",
    company="subscription",
    given="""\
trials = company.experiments
hunted = trials[trials["experiment"] == "money per lead"]
farmed = trials[trials["experiment"] == "money per customer"].copy()
farmed["spend"] = 6 * farmed["spend"]  # a period is half a year, as long as the experiment ran
running = crm.active_on(company.contracts, farmed["assigned_on"].min() - pd.Timedelta(days=1))
margin, discount = 6 * running["monthly_margin"].mean(), 1.12**0.5 - 1""",
    questions=(_PLAN, _CURVE, _NEXT, _SPLIT),
    written=(
        "A manager says: keeping costs a fifth of winning, so put 85 % of the budget into keeping. Write an answer in "
        "at most 150 words: recommend a split, give what 85 % would lose, and name what would have to be otherwise for "
        "the manager to be right."
    ),
    rubric=(
        "The proverb, or its opposite, without a number.",
        "A split by the average costs of winning and keeping.",
        "The best split with the loss of 85 %, and the next customer told from the average one.",
        "All that, the ceiling of retention named as what flips it, with its interval and the experiment to narrow it.",
    ),
)
