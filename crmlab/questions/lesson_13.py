"""Exercises on lifetime value: the rule of thumb, discounting, value from a survival curve, customers who differ."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np
import pandas as pd

from crmlab.churn import ChurnCurve, count_contracts
from crmlab.company import Company
from crmlab.exercises import Mistake, Question, QuestionSet
from crmlab.lifetime_value import FirstPayment, clv, survival_clv
from crmlab.renewals import ShiftedBetaGeometric

Shares = Callable[[Company], pd.DataFrame]
DISCOUNT, LENDER = 1.12 ** (1 / 12) - 1, 1.20 ** (1 / 12) - 1


def known(company: Company) -> tuple[pd.DataFrame, pd.Timestamp]:
    """Return the contracts that had begun twelve months before the last day observed, and that day."""
    end = pd.to_datetime(company.observation_end) - pd.DateOffset(months=12)
    return company.contracts.loc[company.contracts["started_on"] <= end], end


@lru_cache(maxsize=4)  # a check compares an answer with all mistakes: count and fit once, not for each
def plans(company: Company) -> pd.DataFrame:
    """Return a row for each plan, the cheapest first: mean `fee` and `margin`, `customers`, and months as a customer.

    `stay`: one over the churn rate; `from_0`: the same with month 0 at risk; `lived`, `seen`: mean of the lost, of all.
    """
    contracts, end = known(company)
    money = contracts.groupby("plan")[["monthly_fee", "monthly_margin"]].mean().set_axis(["fee", "margin"], axis=1)
    rows = count_contracts(contracts, end, by="plan").assign(months=lambda t: t["duration"] * t["customers"])
    everybody, lost = (some.groupby("plan")[["customers", "months"]].sum() for some in (rows, rows[rows["churned"]]))
    table = money.assign(customers=everybody["customers"], stay=everybody["months"] / lost["customers"])
    table = table.assign(lived=lost["months"] / lost["customers"], seen=everybody["months"] / everybody["customers"])
    return table.assign(from_0=everybody.sum(axis=1) / lost["customers"]).sort_values("margin", kind="stable")


def rule(company: Company, months: str = "stay", factor: float = 1, money: str = "margin", fees: int = 3) -> float:
    """Return the rule of thumb for the dearest plan: months as a customer × money − the cost in monthly fees."""
    plan = plans(company).sort_values("margin", ascending=False, kind="stable").iloc[0]
    return float(factor * plan[months] * plan[money] - fees * plan["fee"])


def discounted(company: Company, rate: float = LENDER, first_payment: FirstPayment = "now") -> float:
    """Return what a customer of the cheapest plan is worth at one churn rate and a monthly discount rate."""
    plan = plans(company).iloc[0]
    return clv(float(plan["margin"]), 1 - 1 / float(plan["stay"]), rate, first_payment)


@lru_cache(maxsize=4)
def shares(company: Company) -> pd.DataFrame:
    """Return the survival curve of each plan."""
    return pd.DataFrame(ChurnCurve.from_contracts(*known(company), by="plan").survival_function)


def one_rate(company: Company) -> pd.DataFrame:
    """Return the shares still there, by plan, if one churn rate held in all months."""
    return pd.DataFrame({plan: (1 - 1 / stay) ** np.arange(12) for plan, stay in plans(company)["stay"].items()})


def not_lost(company: Company) -> pd.DataFrame:
    """Return one less the contracts lost by each month over all contracts, however short these have been seen."""
    lost = count_contracts(*known(company), by="plan").query("churned").pivot_table("customers", "duration", "plan")
    return 1 - lost.reindex(range(12)).fillna(0).cumsum() / plans(company)["customers"]


def payments(
    company: Company, share: Shares = shares, months: range = range(12), rate: float = DISCOUNT, money: str = "margin"
) -> pd.Series:
    """Return the discounted payments of some months, by plan, from the shares still there."""
    paid = share(company).loc[lambda rows: rows.index.isin(months)]
    return paid.mul((1 + rate) ** -paid.index.to_numpy(float), axis=0).sum() * plans(company)[money]


@lru_cache(maxsize=4)
def sbg(company: Company) -> ShiftedBetaGeometric:
    """Return the shifted-beta-geometric model of the cheapest plan."""
    rows = count_contracts(*known(company), by="plan")
    return ShiftedBetaGeometric.fit(rows[rows["plan"] == plans(company).index[0]])


def differing(company: Company, first: float = 1, delay: int = 1) -> float:
    """Return the mean value of customers who differ, in months: the first payment, and those to come after a delay."""
    return first + float(sbg(company).residual_lifetime(0, DISCOUNT).item()) / (1 + DISCOUNT) ** delay


def in_sight(company: Company) -> float:
    """Return the value of the payments up to the last month observed, in months."""
    return survival_clv(pd.Series(sbg(company).table["fitted"]), 1, DISCOUNT)


def at_mean(company: Company, observed: bool = False) -> float:
    """Return the value at the mean of the probabilities to leave, or at the churn rate observed, in months."""
    model = sbg(company)
    leaving = 1 / float(plans(company)["stay"].iloc[0]) if observed else model.alpha / (model.alpha + model.beta)
    return clv(1, 1 - leaving, DISCOUNT)


_RULE = Question(
    title="The rule of thumb, less what a customer costs",
    objective="compute a lifetime value by the rule of thumb, and say what it leaves out",
    level="warm-up",
    minutes=10,
    task=(
        "Compute yearly revenue × margin rate × years as a customer − cost of winning for the **dearest** plan. The "
        "years are one over the churn rate: contracts that ended, over the months in which contracts could have ended "
        "(the sum of all durations). Winning a customer costs three monthly fees."
    ),
    wanted="the value of one customer, in the company's currency.",
    not_checked="whether you use a helper; nothing is discounted yet.",
    given="""\
rows = counts[counts["plan"] == dearest]
fee, margin = plans.loc[dearest, ["monthly_fee", "monthly_margin"]]""",
    expected=rule,
    mistakes=(
        Mistake(lambda c: rule(c, money="fee"), "this is revenue, not margin."),
        Mistake(lambda c: rule(c, factor=12), "1/churn counts months; divide it by 12 to have years."),
        Mistake(lambda c: rule(c, factor=1 / 12), "years meet the revenue of a month here; take that of a year."),
        Mistake(lambda c: rule(c, fees=0), "the cost of winning the customer is not taken off."),
        Mistake(lambda c: rule(c, "lived"), "this is the mean life of those who left; the active ones are missing."),
        Mistake(lambda c: rule(c, "seen"), "this is the mean time so far, but active customers go on; take 1/churn."),
        Mistake(lambda c: rule(c, "from_0"), "month 0 is among your months at risk; nobody can leave in it."),
    ),
    hints=(
        "If a share c leaves each month, a customer stays 1/c months on average, which is 1/c/12 years.",
        'Months at risk: (rows["duration"] * rows["customers"]).sum(). The rule is crm.simple_clv.',
        "crm.simple_clv(12 * fee, margin / fee, 1 / churn / 12, acquisition_cost=3 * fee)",
    ),
    solution="""\
churn = rows.loc[rows["churned"], "customers"].sum() / (rows["duration"] * rows["customers"]).sum()
answer_1 = crm.simple_clv(12 * fee, margin / fee, 1 / churn / 12, acquisition_cost=3 * fee)""",
    reasoning="Active customers add months at risk but no loss: everybody counts for as long as they were seen.",
    reading="It leaves out that later money is worth less, and above all that customers differ.",
)

_DISCOUNTED = Question(
    title="A lender who asks for 20 % a year",
    objective="discount a stream of margins by hand and by formula, and name the payment convention",
    level="core",
    minutes=10,
    task=(
        "What is a new customer of the **cheapest** plan worth if money costs **20 % a year** and all leave with the "
        'probability `churn` a month? Customers pay in advance: the convention is "now". Count all payments, and '
        "leave the cost of winning aside."
    ),
    wanted="the value of one customer, in the company's currency.",
    not_checked="whether you use the formula or add up payments; 600 months are enough.",
    given="""\
rows = counts[counts["plan"] == cheapest]
churn = rows.loc[rows["churned"], "customers"].sum() / (rows["duration"] * rows["customers"]).sum()""",
    expected=discounted,
    mistakes=(
        Mistake(lambda c: discounted(c, 0.20), "the yearly discount is used as though it were monthly."),
        Mistake(lambda c: discounted(c, 0.20 / 12), "nearly, but twelve months of 20/12 % multiply to over 20 %."),
        Mistake(lambda c: discounted(c, LENDER, "excluded"), 'this is "excluded": the payment at signing is missing.'),
        Mistake(lambda c: discounted(c, LENDER, "period_end"), 'this is "period_end": all payments are a month late.'),
        Mistake(lambda c: discounted(c, DISCOUNT), "this is the discount of the set-up; 20 % a year is asked for."),
        Mistake(lambda c: discounted(c, 0), "nothing is discounted here; this is the rule of thumb again."),
    ),
    hints=(
        "The payment of month t is worth margin · (1 − churn)^t / (1 + d)^t, with t from 0 on and d a monthly rate.",
        "Twelve months of d multiply to the yearly rate: (1 + d)^12 = 1.20. The sum is crm.clv.",
        'crm.clv(margin, 1 - churn, 1.20 ** (1 / 12) - 1, first_payment="now")',
    ),
    solution="""\
margin = plans.loc[cheapest, "monthly_margin"]
answer_2 = crm.clv(margin, 1 - churn, 1.20 ** (1 / 12) - 1, first_payment="now")""",
    reasoning="Margin, retention and discount must all be per month, and the first margin comes at once.",
    reading="Compare it with no discount at all: where customers leave fast, dear money takes little from the value.",
    tolerance=0.002,
)

_CURVE = Question(
    title="What comes back in the first year",
    objective="value customers from a survival curve instead of a single rate",
    level="core",
    minutes=15,
    task=(
        "The treasurer wants the price of a customer back within a year. What are the **first twelve payments** of a "
        "new customer worth, those of months 0 to 11, in each plan? Take the shares still there from the survival "
        "curve, and the monthly `discount` of the set-up; the payment of month 0 is made at once."
    ),
    wanted="a Series with the plan as index, in the company's currency.",
    not_checked="the order of the plans, and the interval.",
    given="""\
curve = crm.ChurnCurve.from_contracts(contracts, end, by="plan")
share = curve.survival_function  # a row for each month, a column for each plan""",
    expected=payments,
    mistakes=(
        Mistake(lambda c: payments(c, rate=0), "nothing is discounted: this is the plain area under the curve."),
        Mistake(lambda c: payments(c, months=range(1, 12)), "the payment of month 0 is missing; everybody makes it."),
        Mistake(lambda c: payments(c, months=range(1, 13)), "these are months 1 to 12; payments begin in month 0."),
        Mistake(lambda c: payments(c, months=range(13)), "these are thirteen payments; month 11 has the twelfth."),
        Mistake(lambda c: payments(c, money="fee"), "this is revenue, not margin."),
        Mistake(lambda c: payments(c) / plans(c)["margin"], "these are months of margin; multiply by the margins."),
        Mistake(lambda c: payments(c, one_rate), "this is one churn rate for all months; use the survival curve."),
        Mistake(lambda c: payments(c, not_lost), "contracts that began lately count as though they had stayed."),
    ),
    hints=(
        "The payment of month t is worth the margin times the share still there after t months, discounted t months.",
        "crm.survival_clv(share, margin, discount) adds them up, to the last month of the curve it is given.",
        "share.iloc[:12].apply(lambda column: crm.survival_clv(column.dropna(), 1, discount)), times the margins.",
    ),
    solution="""\
months = share.iloc[:12].apply(lambda column: crm.survival_clv(column.dropna(), 1, discount))
answer_3 = months * plans["monthly_margin"]""",
    reasoning="The curve needs no rate, and the first year lies within what was seen: nothing is extrapolated.",
    reading="A lower bound of lifetime value. If the cheap to serve stay longer, as here, even the year is worth more.",
    tolerance=0.002,
)

_DIFFERING = Question(
    title="The mean of values, not the value of a mean",
    objective="explain why an average retention rate undervalues customers who differ",
    level="stretch",
    minutes=20,
    task=(
        "Fit the shifted-beta-geometric model to the **cheapest** plan: every customer has its own probability to "
        "leave. **How many times** the value at the mean probability α/(α + β) is the mean of the values of new "
        'customers? Take the monthly `discount` of the set-up, the convention "now" and all payments in both.'
    ),
    wanted="the mean of the values over the value at the mean probability; 1 if customers did not differ.",
    not_checked="whether you use the formula, add up the projected curve (600 months are enough), or integrate.",
    given="""\
model = crm.ShiftedBetaGeometric.fit(counts[counts["plan"] == cheapest])
mean_probability = model.alpha / (model.alpha + model.beta)""",
    expected=lambda c: differing(c) / at_mean(c),
    mistakes=(
        Mistake(lambda c: differing(c, 1, 0) / at_mean(c), "what is to come begins in a month: discount it once."),
        Mistake(lambda c: differing(c, 0, 0) / at_mean(c), "this is what is still to come; add the first payment."),
        Mistake(lambda c: differing(c, 0, 1) / at_mean(c), "the first payment is missing from the mean value."),
        Mistake(at_mean, "this is the value at the mean probability; divide the mean of the values by it."),
        Mistake(differing, "this is the mean of the values, in months of margin; divide it by the value at the mean."),
        Mistake(lambda c: in_sight(c) / at_mean(c), "your sum ends with the data; the model goes on after them."),
        Mistake(lambda c: differing(c) / at_mean(c, True), "divide by the value at α/(α + β), not at observed churn."),
    ),
    hints=(
        "A new customer is worth the first payment and what is still to come, discounted; at one probability, crm.clv.",
        "model.residual_lifetime(0, discount).item() is what is to come, seen from just before the first renewal.",
        "(1 + to_come / (1 + discount)) / crm.clv(1, 1 - mean_probability, discount)",
    ),
    solution="""\
to_come = model.residual_lifetime(0, discount).item()
answer_4 = (1 + to_come / (1 + discount)) / crm.clv(1, 1 - mean_probability, discount)""",
    reasoning="Value bends upwards as the probability falls: who stays gains more than who leaves loses.",
    reading="Whoever bids by the average customer bids too low by this factor.",
    tolerance=0.003,
)

SET = QuestionSet(
    lesson="13",
    slug="13-lifetime-value-on-trial",
    title="Lifetime value on trial",
    company="subscription",
    given="""\
# as in the lesson, the last twelve months are kept back: every question sees the data up to `end` only
end = pd.Timestamp(company.observation_end) - pd.DateOffset(months=12)
contracts = company.contracts[company.contracts["started_on"] <= end]
counts = crm.count_contracts(contracts, end, by="plan")
plans = contracts.groupby("plan")[["monthly_fee", "monthly_margin"]].mean()
dearest, cheapest = plans["monthly_margin"].idxmax(), plans["monthly_margin"].idxmin()
discount = 1.12 ** (1 / 12) - 1  # a month, from 12 % a year""",
    questions=(_RULE, _DISCOUNTED, _CURVE, _DIFFERING),
    written=(
        "Write to the head of sales in at most 150 words: up to which price a head should the company buy customers of "
        "the dearest plan? Recommend a ceiling, give the value behind it with its range, its payment convention and "
        "its discount, and name the one caveat that could change your mind."
    ),
    rubric=(
        "No ceiling, or one in revenue.",
        "A ceiling in margin from one churn rate, without a convention, a discount or a range.",
        "A ceiling from customers who differ, with convention, discount and range, that a head of sales can follow.",
        "All that, how margin and stay go together, how much value lies beyond the months seen, and what to watch.",
    ),
)
