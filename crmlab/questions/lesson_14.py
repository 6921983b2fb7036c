"""Exercises on value without contracts: who is alive, a hold-out, value in money, and letters that are scored."""

from __future__ import annotations

from functools import lru_cache

import pandas as pd

from crmlab.buyers import BetaGeo, GammaGamma
from crmlab.company import Company
from crmlab.customers import summarize_customers
from crmlab.exercises import Mistake, Question, QuestionSet
from crmlab.lifetime_value import customer_value

CUT = "2024-12-31"
DISCOUNT, MARGIN, LIFT, LETTER = 0.002, 0.3, 0.1, 2_100


@lru_cache(maxsize=4)
def buyers(company: Company, cut: str | None = CUT) -> pd.DataFrame:
    """Return a row for each buyer known by the end of the calibration period, in weeks; without a cut, by the end."""
    return summarize_customers(company.orders, company.observation_end, "W", calibration_end=cut)


@lru_cache(maxsize=4)
def models(company: Company, cut: str | None = CUT) -> tuple[BetaGeo, GammaGamma]:
    """Return the models of buying and of spend."""
    return BetaGeo.fit(buyers(company, cut)), GammaGamma.fit(buyers(company, cut))


def alive(company: Company, recency: str = "last", first: int = 0, all_rows: bool = False) -> float:
    """Return the mean probability of being alive of those who came back, by the dials that are given."""
    rows = buyers(company)
    x, known = rows["frequency"] + first, rows["T"]
    last = rows["recency"] if recency == "last" else known - rows["recency"]
    odds = 0.7 / (6 + x - 1) * ((2.5 + known) / (2.5 + last)) ** (0.6 + x)
    return float((1 / (1 + odds * (x > first)))[all_rows | (rows["frequency"] > 0)].mean())


def held_out(company: Company, once: bool = True, cut: str | None = CUT) -> float:
    """Return expected over actual purchases in the hold-out, of those with one purchase or of all."""
    rows = buyers(company)
    chosen = rows.loc[(rows["frequency"] == 0) | (not once)]
    weeks = float(rows["holdout_T"].iloc[0])
    return float(models(company, cut)[0].expected_purchases(weeks, chosen).sum() / chosen["holdout_frequency"].sum())


@lru_cache(maxsize=16)
def values(company: Company, rate: float = DISCOUNT, margin: float = MARGIN) -> pd.Series:
    """Return what each customer is worth in the 52 weeks after the calibration period."""
    buying, spend = models(company)
    return customer_value(buying, spend, buyers(company), 52, rate, margin)["value"]


def letters(
    company: Company, by: str = "value", share: float = MARGIN, lift: float = LIFT, cost: int = LETTER
) -> float:
    """Return what letters to the first fifth of a ranking earned in the hold-out."""
    rows = buyers(company).assign(value=values(company))
    chosen = rows.sort_values(by, ascending=False, kind="stable").head(len(rows) // 5)
    return float((lift * share * chosen["holdout_spend"] - cost).sum())


_ALIVE = Question(
    title="Who is still there",
    objective="tell the two meanings of recency apart, and compute how likely a silent customer is still there",
    level="warm-up",
    minutes=15,
    task=(
        "Let *r* = 0.6, *α* = 2.5, *a* = 0.7 and *b* = 6 weeks be given. By the formula of the lesson, "
        "P(alive) = 1 / (1 + a/(b + x − 1) · ((α + T)/(α + t))^(r + x)) with x the frequency and t the recency, what "
        "is the **mean probability of being alive of all customers who came back at least once**?"
    ),
    wanted="a probability between 0 and 1.",
    not_checked="whether these four numbers fit.",
    given="""\
r, alpha, a, b = 0.6, 2.5, 0.7, 6
back = buyers[buyers["frequency"] > 0]""",
    expected=alive,
    mistakes=(
        Mistake(
            lambda c: alive(c, "since"),
            "this is the time *since* the last purchase, as in RFM; the model counts from the first to the last.",
        ),
        Mistake(lambda c: alive(c, first=1), "the first purchase is counted in x; frequency is what came after it."),
        Mistake(lambda c: alive(c, all_rows=True), "those who never came back are in the mean, as alive for certain."),
        Mistake(lambda c: 1 - alive(c), "this is the mean probability of having left."),
    ),
    hints=(
        "A long silence raises the odds of having left, and the more so the busier the customer was.",
        'silence = (alpha + back["T"]) / (alpha + back["recency"]); the rest is the formula, column by column.',
        '(1 / (1 + a / (b + x - 1) * silence ** (r + x))).mean(), with x = back["frequency"]',
    ),
    solution="""\
x, silence = back["frequency"], (alpha + back["T"]) / (alpha + back["recency"])
answer_1 = (1 / (1 + a / (b + x - 1) * silence ** (r + x))).mean()""",
    reasoning="Under the one stand the odds of having left; turned into a probability for each, and then averaged.",
    reading="Times the customers who came back, this is how many of them to count on, though none by name.",
)

_HOLDOUT = Question(
    title="Those who came once",
    objective="hold a model against a period that it has not seen, and say what it takes for granted",
    level="core",
    minutes=15,
    task=(
        "BG/NBD takes it that nobody leaves before a *repeat* purchase. Fit `crm.BetaGeo` to the calibration period. "
        "How many purchases does it expect in the **hold-out** from the customers with **frequency 0**, as a multiple "
        "of those that they made?"
    ),
    wanted="expected over actual: 1 if the model is right, above 1 if it expects too much.",
    not_checked="whether chance alone explains the difference from 1.",
    given='once, weeks = buyers[buyers["frequency"] == 0], buyers["holdout_T"].iloc[0]',
    expected=held_out,
    mistakes=(
        Mistake(lambda c: held_out(c, once=False), "these are all customers; the doubtful ones have frequency 0."),
        Mistake(lambda c: 1 / held_out(c), "this is actual over expected; turn it round."),
        Mistake(
            lambda c: held_out(c, cut=None),
            "this model has seen the hold-out; fit it to the calibration period only.",
        ),
        Mistake(
            lambda c: held_out(c) * buyers(c).query("frequency == 0")["holdout_frequency"].sum(),
            "this is the number expected; divide it by the number that came.",
        ),
    ),
    hints=(
        "A model is tested on what it has not seen: sum what it expects from these customers, and what they did.",
        'model.expected_purchases(weeks, once) has a number for each; once["holdout_frequency"] what came.',
        'crm.BetaGeo.fit(buyers).expected_purchases(weeks, once).sum() / once["holdout_frequency"].sum()',
    ),
    solution="""\
expected = crm.BetaGeo.fit(buyers).expected_purchases(weeks, once)
answer_2 = expected.sum() / once["holdout_frequency"].sum()""",
    reasoning="The assumption is about exactly these customers, so a check over all of them would hide its failure.",
    reading="In the simulated shop the assumption holds. In a real one, a number well above 1 here is its price.",
    tolerance=0.002,
)

_VALUE = Question(
    title="What all customers are worth",
    objective="put a value in money on each customer, with churn and discounting",
    level="core",
    minutes=15,
    task=(
        "What **margin** will the customers known on the last day of the calibration period bring in the following "
        "**52 weeks**, all together, seen from that day? Fit `crm.BetaGeo` and `crm.GammaGamma` to that period; the "
        "margin is 30 % of what they pay, the discount 0.2 % a **week**."
    ),
    wanted="a sum over all customers, in the company's currency.",
    not_checked="the interval, and whether you discount from the middle of a week.",
    given="buying, spend = crm.BetaGeo.fit(buyers), crm.GammaGamma.fit(buyers)",
    expected=lambda c: values(c).sum(),
    mistakes=(
        Mistake(lambda c: values(c, margin=1.0).sum(), "this is revenue, not margin."),
        Mistake(lambda c: values(c, 0.0).sum(), "nothing is discounted here."),
        Mistake(lambda c: values(c).mean(), "this is the mean customer; the sum over all is wanted."),
    ),
    hints=(
        "Purchases expected in each week × spend a purchase × margin rate, discounted and added up.",
        "crm.customer_value(buying, spend, buyers, 52, ...) has the column value, a row for each customer.",
        'crm.customer_value(buying, spend, buyers, 52, 0.002, 0.3)["value"].sum()',
    ),
    solution='answer_3 = crm.customer_value(buying, spend, buyers, 52, discount_rate=0.002, margin=0.3)["value"].sum()',
    reasoning="Churn sits in the expected purchases: who is likely gone is expected to buy little.",
    reading="The value of the base for a year. What these customers do after it, and those to come, are not in it.",
)

_LETTERS = Question(
    title="Letters that pay",
    objective="score rules for choosing customers in money",
    level="stretch",
    minutes=20,
    task=(
        "One customer in five (`len(buyers) // 5`) gets a letter for 2,100. A letter raises what a customer spends by "
        "a tenth; margin is 30 %. Choose by the **value to come** of question 3. What did the letters **earn in the "
        "hold-out**, after their price?"
    ),
    wanted="a sum, in the company's currency.",
    not_checked="whether a letter really works so: that takes an experiment.",
    given="""\
buying, spend = crm.BetaGeo.fit(buyers), crm.GammaGamma.fit(buyers)
value = crm.customer_value(buying, spend, buyers, 52, discount_rate=0.002, margin=0.3)["value"]""",
    expected=letters,
    mistakes=(
        Mistake(lambda c: letters(c, share=1.0), "this is revenue, not margin."),
        Mistake(lambda c: letters(c, lift=1.0), "all that they spent counts here; the letter brings a tenth of it."),
        Mistake(lambda c: letters(c, cost=0), "the price of the letters is not taken off."),
        Mistake(lambda c: letters(c, "frequency"), "these were chosen by the number of orders; choose by the value."),
        Mistake(
            lambda c: float((LIFT * values(c).nlargest(len(buyers(c)) // 5) - LETTER).sum()),
            "this is what the model promises; take what the chosen customers spent in the hold-out.",
        ),
    ),
    hints=(
        "Choose with what was known, and count with what came: the rank is the model's, the money the hold-out's.",
        'value.nlargest(len(buyers) // 5).index are the chosen rows; their money is buyers["holdout_spend"].',
        '(0.1 * 0.3 * buyers.loc[chosen, "holdout_spend"] - 2_100).sum()',
    ),
    solution="""\
chosen = value.nlargest(len(buyers) // 5).index
answer_4 = (0.1 * 0.3 * buyers.loc[chosen, "holdout_spend"] - 2_100).sum()""",
    reasoning="The model only ranks here; what a rule earns is counted on months that played no part in the ranking.",
    reading="Do the same by frequency: the difference is what counting orders instead of value would have lost.",
)

SET = QuestionSet(
    lesson="14",
    slug="14-value-without-contracts",
    title="Value without contracts",
    company="retail",
    given="""\
# the models see the year 2024; what came after is the hold-out
buyers = crm.summarize_customers(company.orders, company.observation_end, "W", calibration_end="2024-12-31")""",
    questions=(_ALIVE, _HOLDOUT, _VALUE, _LETTERS),
    written=(
        "The shop writes to the customers with the most orders. Write to the head of marketing in at most 150 words: "
        "whom should it write to instead? Recommend, give what the letters earned both ways, and name the assumption "
        "that only an experiment can settle."
    ),
    rubric=(
        "No rule, or one that counts orders or silence alone.",
        "Value to come, without what it earned.",
        "Value to come, with what both rules earned in the hold-out, explained by living and dead customers.",
        "All that, the assumed lift named, and an experiment drawn by lot to measure it.",
    ),
)
