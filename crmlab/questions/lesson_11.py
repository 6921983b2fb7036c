"""Exercises on staying: the product-limit curve, months in money, customers who passed the start, a forecast."""

from __future__ import annotations

import numpy as np
import pandas as pd

from crmlab.churn import ChurnCurve, count_contracts
from crmlab.company import Company
from crmlab.exercises import Mistake, Question, QuestionSet
from crmlab.renewals import ShiftedBetaGeometric

YEAR = 12


def of_plan(company: Company, plan: str = "basic") -> pd.DataFrame:
    """Return the contracts of one plan."""
    return company.contracts.loc[company.contracts["plan"] == plan]


def counted(company: Company, contracts: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return contracts, all if none are given, counted by months and by whether they ended."""
    return count_contracts(company.contracts if contracts is None else contracts, company.observation_end)


def beyond(counts: pd.DataFrame, months: int = 18) -> float:
    """Return the share of those counted who were seen for more than so many months."""
    return float(counts.loc[counts["duration"] > months, "customers"].sum() / counts["customers"].sum())


def leavers(counts: pd.DataFrame) -> pd.DataFrame:
    """Return the counts of those who left."""
    return counts.loc[counts["churned"]]


def still_here(company: Company) -> float:
    """Return the share still customers after 18 months."""
    return float(ChurnCurve.from_counts(counted(company)).at(18)["estimate"].iloc[0])


def paid(counts: pd.DataFrame) -> float:
    """Return the mean months within the first year of those counted."""
    return float(np.average(counts["duration"].clip(upper=YEAR), weights=counts["customers"]))


def months_paid(company: Company, contracts: pd.DataFrame | None = None) -> float:
    """Return the months that a new customer, of the basic plan if none are given, pays within the first year."""
    chosen = of_plan(company) if contracts is None else contracts
    return float(ChurnCurve.from_counts(counted(company, chosen)).mean_within(YEAR)["estimate"].iloc[0])


def margin(company: Company, money: str = "monthly_margin") -> float:
    """Return the mean of a month's margin, or of another amount, on the basic plan."""
    return float(of_plan(company)[money].mean())


def by_plan(company: Company, months: int) -> pd.Series:
    """Return the share still customers after so many months, for each plan."""
    curve = ChurnCurve.from_contracts(company.contracts, company.observation_end, by="plan")
    return curve.at(months).loc[:, "estimate"]


def passed(company: Company) -> pd.Series:
    """Return, for each plan, the share of those there after three months who are there after twelve."""
    return by_plan(company, YEAR) / by_plan(company, 3)


def leavers_passed(company: Company) -> pd.Series:
    """Return the same for those who left, as though nobody were still there."""
    gone = leavers(count_contracts(company.contracts, company.observation_end, by="plan"))
    later, early = (gone.loc[gone["duration"] > m].groupby("plan")["customers"].sum() for m in (YEAR, 3))
    return later / early


def survivors(company: Company) -> pd.Series:
    """Return how many premium customers who joined two years ago or earlier were there after 0 to 24 months."""
    contracts, end = of_plan(company, "premium"), pd.to_datetime(company.observation_end)
    months = counted(company, contracts.loc[contracts["started_on"] <= end - pd.DateOffset(months=24)])
    stayed = [months.loc[(months["duration"] > m) | ~months["churned"], "customers"].sum() for m in range(25)]
    return pd.Series(stayed)


def second_year(there: pd.Series, renewals: int = YEAR) -> float:
    """Return the share that the model expects to stay for twelve more months, after so many renewals."""
    model = ShiftedBetaGeometric.fit(survivors=there.to_list()[: YEAR + 1])
    return float(model.project(YEAR, renewals=renewals)["estimate"].iloc[-1])


def expected_later(company: Company, renewals: int = YEAR) -> float:
    """Return how many of the survivors of the first year the model expects after the second."""
    there = survivors(company)
    return float(there[YEAR] * second_year(there, renewals))


def constant_later(company: Company) -> float:
    """Return the same if the churn rate of the first year went on."""
    there = survivors(company)
    rate = 1 - there[1 : YEAR + 1].sum() / there[:YEAR].sum()
    return float(there[YEAR] * (1 - rate) ** YEAR)


_CURVE = Question(
    title="Who is here after 18 months",
    objective="estimate how many customers stay how long while many are still here",
    level="warm-up",
    minutes=10,
    task=(
        "What share of customers is still here **after 18 months**? Use all rows of `contracts` and the last day "
        "observed, `end`. Customers who are still active count for as long as they were seen."
    ),
    wanted="a share between 0 and 1.",
    not_checked="the interval, and whether you multiply by hand or let the package do it.",
    given="counts = crm.count_contracts(contracts, end)",
    expected=still_here,
    mistakes=(
        Mistake(lambda c: beyond(leavers(counted(c))), "the active customers are left out, the longest lives."),
        Mistake(
            lambda c: beyond(counted(c)),
            "these customers are still active: they are not churned. Here today is taken as their end.",
        ),
        Mistake(
            lambda c: float(c.contracts["ended_on"].isna().mean()),
            "this is the share active today, of customers of every age: no word of month 18.",
        ),
        Mistake(lambda c: 1 - still_here(c), "this is the share that has left; the share still here is wanted."),
    ),
    hints=(
        "To be here after 18 months a customer has to stay on in each of the 18: multiply the 18 shares.",
        "crm.ChurnCurve.from_counts(counts) holds the curve, and a curve can be called with a month.",
        "crm.ChurnCurve.from_counts(counts)(18)",
    ),
    solution="answer_1 = crm.ChurnCurve.from_counts(counts)(18)",
    reasoning="In each month the share that stays is taken of those still seen: the active ones count while they can.",
    reading="Of those who join today this share will still pay in the 19th month, if life goes on as before.",
)

_MONEY = Question(
    title="What a new basic customer brings in a year",
    objective="turn months into money",
    level="core",
    minutes=15,
    task=(
        "How much **margin** does a new customer of the plan `basic` bring in the **first twelve months**? Multiply "
        "the mean monthly margin by the months that such a customer pays within the twelve, without discounting."
    ),
    wanted="the margin of a new customer's first twelve months, in won.",
    not_checked="the interval.",
    given='basic = contracts[contracts["plan"] == "basic"]',
    expected=lambda c: months_paid(c) * margin(c),
    mistakes=(
        Mistake(lambda c: months_paid(c) * margin(c, "monthly_fee"), "this is revenue, not margin."),
        Mistake(
            lambda c: paid(leavers(counted(c, of_plan(c)))) * margin(c),
            "only those who left are in your months: the active customers are dropped.",
        ),
        Mistake(
            lambda c: paid(counted(c, of_plan(c))) * margin(c),
            "these customers are still active: they are not churned. Today is taken as their end.",
        ),
        Mistake(lambda c: YEAR * margin(c), "here nobody leaves: every customer pays for twelve months."),
        Mistake(
            lambda c: margin(c) * ChurnCurve.from_counts(counted(c, of_plan(c))).median_lifetime,
            "this is the median lifetime: it forgets what the half that stays goes on paying.",
        ),
        Mistake(lambda c: months_paid(c, c.contracts) * margin(c), "these are the months of all plans together."),
        Mistake(months_paid, "these are months, not money."),
    ),
    hints=(
        "The months paid within a year are the area under the curve up to month twelve: the restricted mean.",
        "crm.ChurnCurve.from_contracts(basic, end) has restricted_mean and mean_within.",
        'crm.ChurnCurve.from_contracts(basic, end).restricted_mean(12) * basic["monthly_margin"].mean()',
    ),
    solution="""\
curve = crm.ChurnCurve.from_contracts(basic, end)
answer_2 = curve.restricted_mean(12) * basic["monthly_margin"].mean()""",
    reasoning="Month k is paid by those who are still there before it; adding up these shares gives the months paid.",
    reading="What a campaign may cost a head. If the cheap to serve stay longer, as here, the true sum is higher.",
)

_PASSED = Question(
    title="Those who got through the start",
    objective="compare groups by the size of the difference, at the same age",
    level="core",
    minutes=15,
    task=(
        "Take customers who were still here after three months. What share of them is still here **after twelve "
        "months**? Answer for each plan."
    ),
    wanted="a Series with the plans as index and a share between 0 and 1 for each.",
    not_checked="the intervals, and the log-rank test.",
    given='plans = crm.ChurnCurve.from_contracts(contracts, end, by="plan")',
    expected=passed,
    mistakes=(
        Mistake(
            lambda c: by_plan(c, YEAR),
            "this is the share of all who joined, not of those here after three months.",
        ),
        Mistake(lambda c: by_plan(c, 9), "this is the share of new customers after nine months; these are not new."),
        Mistake(lambda c: 1 - passed(c), "this is the share that left between month three and month twelve."),
        Mistake(lambda c: by_plan(c, 3) - by_plan(c, YEAR), "this is a difference; divide by those who were here."),
        Mistake(leavers_passed, "the active customers are left out, the longest lives."),
    ),
    hints=(
        "A share of those who got so far: S(12) of all equals S(3) times the share wanted.",
        "A curve with groups, called with a month, gives a Series: plans(12).",
        "plans(12) / plans(3)",
    ),
    solution="answer_3 = plans(12) / plans(3)",
    reasoning="Who is here after twelve months was here after three, so the share wanted is the ratio of the two.",
    reading="The plans differ less than among new customers: in both, those who leave easily have gone by month three.",
)

_FORECAST = Question(
    title="The second year, forecast from the first",
    objective="forecast months that nobody has seen yet",
    level="stretch",
    minutes=20,
    task=(
        "Take the customers of the plan `premium` who joined two years before `end` or earlier. Fit the shifted-beta-"
        "geometric model on their **first twelve months** only. Of those who were there after twelve months, how many "
        "does it expect **after 24**?"
    ),
    wanted="a number of customers; it need not be whole.",
    not_checked="the interval.",
    given="""\
early = contracts[(contracts["plan"] == "premium") & (contracts["started_on"] <= end - pd.DateOffset(months=24))]
share = crm.ChurnCurve.from_contracts(early, end).survival_function
alive = (share * len(early)).round()  # how many were there after 0, 1, 2, ... months""",
    expected=expected_later,
    mistakes=(
        Mistake(constant_later, "this lets the churn rate of the first year go on: the steady do not leave so fast."),
        Mistake(
            lambda c: expected_later(c, renewals=0),
            "these are the odds of new customers; after twelve renewals the same people are steadier.",
        ),
        Mistake(lambda c: survivors(c)[24], "this is what came; the forecast from the first twelve months is wanted."),
        Mistake(lambda c: second_year(survivors(c)), "this is a share; give the number of customers."),
        Mistake(lambda c: survivors(c)[YEAR] - expected_later(c), "these are the customers who will have left."),
    ),
    hints=(
        "The model gives S(24) and S(12); the share of those there after twelve who stay is their ratio.",
        "crm.ShiftedBetaGeometric.fit(survivors=...) wants 13 numbers; project(12, renewals=12) starts at month 12.",
        "alive[12] * model.project(12, renewals=12).loc[12, 'estimate']",
    ),
    solution="""\
model = crm.ShiftedBetaGeometric.fit(survivors=alive.loc[:12])
answer_4 = alive[12] * model.project(12, renewals=12).loc[12, "estimate"]""",
    reasoning="Customers differ, and those who renewed twelve times are the steady ones: the model sorts them too.",
    reading="Set it beside those who really stayed; what lies between is chance, or something new that happened.",
    tolerance=0.01,
)

SET = QuestionSet(
    lesson="11",
    slug="11-when-customers-leave",
    title="When customers leave",
    company="subscription",
    given="""\
contracts = company.contracts
end = pd.Timestamp(company.observation_end)""",
    questions=(_CURVE, _MONEY, _PASSED, _FORECAST),
    written=(
        "Write to finance in at most 150 words: how much may a campaign cost for each new customer of each plan? "
        "Recommend, give the sums with their ranges and the horizon they hold for, and name the one thing that must "
        "stay as it was for the sums to hold."
    ),
    rubric=(
        "No sum, or one that rests on those who left, on revenue, or on customers who never leave.",
        "A sum from the curve for one plan, or without its range or its horizon.",
        "A sum and a range for each plan and a stated horizon, explained so that finance follows.",
        "All that, the rule 'before half have left' answered, and what must not change named with a way to watch it.",
    ),
)
