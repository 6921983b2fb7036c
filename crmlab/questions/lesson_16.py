"""Exercises on whom to save: effect by group, a ranking on trial, a rule in money, and a trial that is too small."""

from __future__ import annotations

import numpy as np
import pandas as pd

from crmlab.company import Company
from crmlab.exercises import Mistake, Question, QuestionSet

COST, CHANCE, EFFECT = 15_000, 1.96 + 0.84, 0.03


def trial(company: Company) -> pd.DataFrame:
    """Return the customers of the experiment, the newest first, with whether they were called and kept."""
    drawn = company.experiments.loc[company.experiments["experiment"] == "save call"]
    rows = drawn.merge(company.contracts, left_on="unit_id", right_on="customer_id")
    rows["called"], rows["kept"] = rows["spend"] > 0, rows["success"].astype(float)
    return rows.sort_values(["started_on", "customer_id"], ascending=[False, True], ignore_index=True)


def kept(company: Company, called: bool) -> pd.Series:
    """Return the share kept in one arm, by plan."""
    rows = trial(company)
    return rows.loc[rows["called"] == called].groupby("plan")["kept"].mean()


def effect(rows: pd.DataFrame, value: pd.Series) -> float:
    """Return the mean of a value among the called less that among the others."""
    return float(value[rows["called"]].mean() - value[~rows["called"]].mean())


def qini(company: Company, half: str = "newest") -> float:
    """Return what calling one half, or everybody, gains: customers kept, per customer of the trial."""
    rows = trial(company)
    arm = rows["called"].map(rows["called"].value_counts())
    part = (rows["kept"] - rows["kept"].mean()) * np.where(rows["called"], 1, -1) / arm
    middle = len(rows) // 2
    return float({"newest": part[:middle], "oldest": part[middle:], "all": part}[half].sum())


def rule(
    company: Company, months: int = 12, cost: int = COST, each: str = "all", money: str = "monthly_margin"
) -> float:
    """Return what calling the plan premium gains, per customer of all or per customer called."""
    rows = trial(company)
    premium = rows["plan"] == "premium"
    gain = effect(rows[premium], (rows["kept"] * months * rows[money])[premium]) - cost
    return gain * float(premium.mean() if each == "all" else 1)


def needed(company: Company, chance: float = CHANCE, squared: bool = True) -> float:
    """Return the customers of a trial that shows an effect of three points with this chance."""
    rows = trial(company)
    arms = rows.groupby("called")["kept"]
    ratio = chance * float(np.sqrt((arms.var(ddof=1) / arms.size()).sum())) / EFFECT
    return len(rows) * (ratio**2 if squared else ratio)


_EFFECT = Question(
    title="What the call changes",
    objective="tell risk from uplift",
    level="warm-up",
    minutes=10,
    task=(
        "By how much does the call raise the share who are **kept**, in each plan? A lot decided who was `called`. "
        "(`kept` is 1 for who was still a customer at the end.)"
    ),
    wanted="a Series with the plans as index: the share kept if called, less that if not.",
    not_checked="the intervals.",
    given="",
    expected=lambda c: kept(c, True) - kept(c, False),
    mistakes=(
        Mistake(lambda c: 1 - kept(c, False), "this is the risk: who would leave, not whom a call changes."),
        Mistake(lambda c: kept(c, True), "this is the share kept of the called; many of them stay without a call."),
        Mistake(lambda c: kept(c, False) - kept(c, True), "the sign is turned round: called less not called."),
    ),
    hints=(
        "Uplift is a difference between two groups alike in all else, here by the lot, and no property of one group.",
        'tried.pivot_table("kept", "plan", "called") has the four shares.',
        "shares[True] - shares[False]",
    ),
    solution="""\
shares = tried.pivot_table("kept", "plan", "called")
answer_1 = shares[True] - shares[False]""",
    reasoning="Within a plan the lot still decided, so the difference is the mean effect on that plan's customers.",
    reading="Below zero, the call drives customers of that plan away: they had forgotten that they pay.",
)

_QINI = Question(
    title="Half of a ranking",
    objective="read one point of a Qini curve, and compare it with chance",
    level="core",
    minutes=20,
    task=(
        "New customers are at most risk. So rank by that: `tried` holds the newest first. What does calling the "
        "**first half** (`len(tried) // 2` rows) gain? Each called customer counts by +(y − ȳ)/n₁ and each other by "
        "−(y − ȳ)/n₀, with y = `kept`, ȳ its mean over *all*, and n the size of the arm in the *whole* trial."
    ),
    wanted="customers kept, per customer of the trial; below zero if the calls lose customers.",
    not_checked="the interval.",
    given="half = tried.head(len(tried) // 2)",
    expected=qini,
    mistakes=(
        Mistake(lambda c: qini(c, "oldest"), "this is the other half: the customers who are at least risk."),
        Mistake(lambda c: qini(c, "all"), "this is the effect of calling everybody, the end of the curve."),
        Mistake(lambda c: qini(c, "all") / 2, "this is the line of chance: half of the effect of calling everybody."),
        Mistake(
            lambda c: effect(trial(c).head(len(trial(c)) // 2), trial(c)["kept"].head(len(trial(c)) // 2)),
            "this is the effect within the half, for each of its customers; the curve counts per customer of all.",
        ),
    ),
    hints=(
        "The curve adds up, down the ranking, what each customer of the trial tells about the calls.",
        'Sign: np.where(half["called"], 1, -1); size of the arm: half["called"].map(tried["called"].value_counts()).',
        '((half["kept"] - tried["kept"].mean()) * sign / size).sum()',
    ),
    solution="""\
sign, size = np.where(half["called"], 1, -1), half["called"].map(tried["called"].value_counts())
answer_2 = ((half["kept"] - tried["kept"].mean()) * sign / size).sum()""",
    reasoning="Every part belongs to one customer, so that the parts of both halves add up to the effect on all.",
    reading="A ranking is good if this lies above half of the effect of calling everybody, which any ranking gets.",
)

_RULE = Question(
    title="Call the plan premium",
    objective="say what a rule would have earned that nobody has carried out yet",
    level="core",
    minutes=15,
    task=(
        "What would the rule *call all customers of the plan premium, and nobody else* gain against calling nobody, "
        "**per customer of the whole trial**? A customer who is kept goes on paying `monthly_margin` for twelve "
        "months; a call costs 15,000. Compare the called with the others of that plan."
    ),
    wanted="a gain per customer of the trial, in the company's currency; below zero for a loss.",
    not_checked="the interval, and other ways to estimate the same.",
    given="""\
tried["worth"] = tried["kept"] * 12 * tried["monthly_margin"]
premium = tried[tried["plan"] == "premium"]""",
    expected=rule,
    mistakes=(
        Mistake(lambda c: rule(c, cost=0), "the price of the calls is not taken off."),
        Mistake(lambda c: rule(c, each="called"), "this is per customer called; multiply by the share who are called."),
        Mistake(lambda c: rule(c, months=1), "this counts one month of margin; who is kept pays for twelve."),
        Mistake(lambda c: rule(c, money="monthly_fee"), "this is revenue, not margin."),
    ),
    hints=(
        "The lot carried out the rule on half of that plan, and its opposite on the other half: their difference.",
        'premium.groupby("called")["worth"].mean() has what a customer brings with and without a call.',
        "(mean[True] - mean[False] - 15_000) * len(premium) / len(tried)",
    ),
    solution="""\
mean = premium.groupby("called")["worth"].mean()
answer_3 = (mean[True] - mean[False] - 15_000) * len(premium) / len(tried)""",
    reasoning="All others are treated alike under the rule and under calling nobody, so they add nothing.",
    reading="A rule may keep customers and still lose money: each call is paid, and few of them change anything.",
)

_NEEDED = Question(
    title="How large a trial must be",
    objective="say honestly when an experiment was too small",
    level="stretch",
    minutes=15,
    task=(
        "The management would act on an effect of **three percentage points** on the share kept. How many customers "
        "must a trial have, split as this one, for an **80 % chance** that the 95 % interval of such an effect clears "
        "zero? It takes a standard error of the effect over 2.8 (1.96 + 0.84), and the error shrinks with the root of "
        "the number of customers."
    ),
    wanted="a number of customers; it need not be whole.",
    not_checked="whether you divide variances by n or n − 1.",
    given='arms = tried.groupby("called")["kept"]',
    expected=needed,
    mistakes=(
        Mistake(lambda c: needed(c, 1.96), "with 1.96 alone the chance is one in two; add 0.84 for four in five."),
        Mistake(lambda c: needed(c, squared=False), "the error shrinks with the root: the ratio has to be squared."),
        Mistake(
            lambda c: needed(c) / len(trial(c)),
            "this is how many times as large the trial must be; multiply by its customers.",
        ),
    ),
    hints=(
        "If the error is k times too large, the trial is k² times too small.",
        "The error of the effect now: np.sqrt((arms.var() / arms.size()).sum()).",
        "len(tried) * (2.8 * error / 0.03) ** 2",
    ),
    solution="""\
error = np.sqrt((arms.var() / arms.size()).sum())
answer_4 = len(tried) * (2.8 * error / 0.03) ** 2""",
    reasoning="Both arms grow alike, so their variances shrink alike; only the number of customers is left to find.",
    reading="Many trials are reported that never had a chance: 'no effect was found' then says nothing.",
    tolerance=0.02,
)

SET = QuestionSet(
    lesson="16",
    slug="16-whom-to-save",
    title="Whom to save",
    company="subscription",
    given="""\
drawn = company.experiments[company.experiments["experiment"] == "save call"]
tried = drawn.rename(columns={"unit_id": "customer_id"}).merge(company.contracts, on="customer_id")
tried["called"], tried["kept"] = tried["spend"] > 0, tried["success"].astype(float)
tried = tried.sort_values(["started_on", "customer_id"], ascending=[False, True], ignore_index=True)""",
    questions=(_EFFECT, _QINI, _RULE, _NEEDED),
    written=(
        "The call centre calls whoever is most likely to leave. Write to its head in at most 150 words: go on, stop, "
        "or call others? Recommend, give what the trial says of your rule in money with how sure it is, and name the "
        "trial that you would run next."
    ),
    rubric=(
        "Call the riskiest, or all, because they leave.",
        "Risk told from uplift, without money.",
        "A rule with its gain after the cost of calls, and a plain word on how wide the interval is.",
        "All that, sleeping dogs explained, and the size of a trial that could settle the question.",
    ),
)
