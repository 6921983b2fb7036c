"""Exercises on conversion: intervals, standardisation, time to convert, and a closure scored in money."""

from __future__ import annotations

import numpy as np
import pandas as pd

from crmlab.company import Company
from crmlab.conversion_time import TimeToConvert
from crmlab.exercises import Mistake, Question, QuestionSet

RIPE_DAYS = 180
_Z = 1.959964


def first_forty(company: Company) -> tuple[int, float]:
    """Return the size and the share won of the first forty leads."""
    won = company.leads.head(40)["customer_id"].notna()
    return len(won), float(won.mean())


def wilson(company: Company, sign: int = -1) -> float:
    """Return one end of the 95 % Wilson interval of the first forty leads: the lower, or with `sign` 1 the upper."""
    n, p = first_forty(company)
    half = _Z * np.sqrt(p * (1 - p) / n + _Z**2 / (4 * n**2))
    return float((p + _Z**2 / (2 * n) + sign * half) / (1 + _Z**2 / n))


def textbook(company: Company) -> float:
    """Return the lower end of the textbook interval of the first forty leads."""
    n, p = first_forty(company)
    return float(p - _Z * np.sqrt(p * (1 - p) / n))


def aged(company: Company, days: int) -> pd.DataFrame:
    """Return the leads that are at least `days` old, with a column `won`."""
    age = pd.to_datetime(company.observation_end) - company.leads["created_on"]
    return company.leads.assign(won=company.leads["customer_id"].notna()).loc[age >= pd.Timedelta(days=days)]


def mix(leads: pd.DataFrame) -> pd.Series:
    """Return the share of each channel in some leads."""
    return leads.groupby("channel").size() / len(leads)


def gaps(company: Company, days: int = 0) -> pd.Series:
    """Return the share won of South less that of North, by channel, of the leads that are at least `days` old."""
    rates = aged(company, days).pivot_table("won", "channel", "team")
    return rates["South"] - rates["North"]


def plain_gap(company: Company, days: int = 0) -> float:
    """Return the plain rate of South less that of North."""
    plain = aged(company, days).groupby("team")["won"].mean()
    return float(plain["South"] - plain["North"])


def fair_gap(company: Company) -> float:
    """Return the rate of South less that of North on the mix of all leads."""
    return float((gaps(company) * mix(company.leads)).sum())


def taken(company: Company) -> pd.Series:
    """Return South's leads of the last twelve months, by channel."""
    since = pd.to_datetime(company.observation_end) - pd.DateOffset(months=12)
    leads = company.leads.loc[(company.leads["team"] == "South") & (company.leads["created_on"] > since)]
    return leads.groupby("channel").size()


def young_curve(company: Company, competing: bool = True) -> TimeToConvert:
    """Return the time to convert of the leads of the last quarter."""
    quarter = company.leads.set_index("lead_id")["created_on"].dt.to_period("Q")
    last = quarter[quarter == quarter.max()].astype(str)
    return TimeToConvert.from_events(company.stage_events, company.observation_end, by=last, competing=competing)


def within_60_days(company: Company, competing: bool = True) -> float:
    """Return the share of the last quarter's leads that is won within 60 days."""
    return float(young_curve(company, competing).at(60)["estimate"].iloc[0])


def share_won(company: Company, *ends: str) -> float:
    """Return the last quarter's leads won so far, as a share of those with the given ends."""
    counts = young_curve(company).counts.iloc[0]
    return float(counts["won"] / counts[list(ends)].sum())


def year_value(company: Company, money: str = "monthly_margin", leave: bool = True) -> float:
    """Return what a customer brings in the first twelve months; without leaving, twelve full months."""
    end = pd.to_datetime(company.observation_end)
    begun = company.contracts.loc[company.contracts["started_on"] <= end - pd.DateOffset(months=12)]
    months = ((begun["ended_on"].fillna(end) - begun["started_on"]).dt.days / 30.44).round().clip(upper=12)
    return float((begun[money] * (months if leave else 12)).mean())


def closure(company: Company, days: int = RIPE_DAYS) -> float:
    """Return the customers lost in a year if North worked South's leads, from rates by channel."""
    return float((taken(company) * gaps(company, days)).sum())


_WILSON = Question(
    title="An interval for forty leads",
    objective="put an honest interval around a conversion rate",
    level="warm-up",
    minutes=10,
    task=(
        "Take the first forty rows of `leads`. A lead is won if it has a `customer_id`. "
        "Compute the 95 % Wilson interval of the share won, and give its **lower** end."
    ),
    wanted="the lower end, a share between 0 and 1.",
    not_checked="whether you use the formula or a library.",
    given='won = leads.head(40)["customer_id"].notna()',
    expected=wilson,
    mistakes=(
        Mistake(textbook, "this is the textbook interval p ± z·√(p(1−p)/n), which is poor for few leads."),
        Mistake(lambda c: wilson(c, 1), "this is the upper end of the interval; the lower one is wanted."),
        Mistake(lambda c: first_forty(c)[1], "this is the rate itself, without an interval."),
    ),
    hints=(
        "The Wilson interval pulls the rate towards one half before it adds and subtracts.",
        "With p and n: centre (p + z²/2n)/(1 + z²/n); half width z/(1 + z²/n)·√(p(1−p)/n + z²/4n²); z is 1.96.",
        "centre = (p + z**2 / (2 * n)) / (1 + z**2 / n); then subtract half, written in the same way.",
    ),
    solution="""\
n, p, z = len(won), won.mean(), 1.959964
centre = (p + z**2 / (2 * n)) / (1 + z**2 / n)
half = z / (1 + z**2 / n) * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
answer_1 = centre - half""",
    reasoning="Wilson's interval holds every true rate under which the observed one would not be surprising.",
    reading="With forty leads the true rate may well be this low: the rate alone says less than it seems to.",
)

_STANDARDISE = Question(
    title="The same leads for both teams",
    objective="compare two teams that work different leads",
    level="core",
    minutes=15,
    task=(
        "By how much does team South's conversion rate differ from team North's, **if both worked the mix of channels "
        "of all leads together**? Use all leads, whatever their age; a lead is won if it has a `customer_id`."
    ),
    wanted="South less North, as a share: 0.01 is one percentage point.",
    not_checked="the interval of the difference.",
    given="""\
won = leads["customer_id"].notna()
rates = leads.assign(won=won).pivot_table("won", "channel", "team")""",
    expected=fair_gap,
    mistakes=(
        Mistake(plain_gap, "this is the plain difference: it compares the mixes of channels as much as the teams."),
        Mistake(lambda c: float(gaps(c).mean()), "every channel has the same weight here; weight it by its leads."),
        Mistake(
            lambda c: float((gaps(c) * mix(c.leads.loc[c.leads["team"] == "South"])).sum()),
            "this uses South's own mix; use the mix of all leads together.",
        ),
        Mistake(lambda c: -fair_gap(c), "this is North less South; the other way round is wanted."),
        Mistake(lambda c: 100 * fair_gap(c), "these are percentage points; give the share."),
    ),
    hints=(
        "Direct standardisation: the rate in each channel, weighted with that channel's share of all leads.",
        'leads["channel"].value_counts(normalize=True) gives the weights; or Funnel(...).standardize("channel").',
        '((rates["South"] - rates["North"]) * leads["channel"].value_counts(normalize=True)).sum()',
    ),
    solution="""\
weights = leads["channel"].value_counts(normalize=True)
answer_2 = ((rates["South"] - rates["North"]) * weights).sum()""",
    reasoning="The channel is settled before a team gets the lead and moves conversion, so it has to be held constant.",
    reading="Above zero, South is the better team on equal leads, whatever the plain rates say.",
)

_CENSORED = Question(
    title="What the last quarter's leads will do",
    objective="say how many leads convert in a given time, while some are open and others lost",
    level="core",
    minutes=15,
    task=(
        "Take the leads that came in during the last calendar quarter of the data. What share of them is won **within "
        "60 days**? Leads still open are censored at the last day observed; a lost lead has come to its end."
    ),
    wanted="a share between 0 and 1.",
    not_checked="the interval.",
    given="""\
quarter = leads.set_index("lead_id")["created_on"].dt.to_period("Q")
last = quarter[quarter == quarter.max()].astype(str)""",
    expected=within_60_days,
    mistakes=(
        Mistake(
            lambda c: share_won(c, "won", "lost", "open"),
            "this is the share won so far: leads of last week had no 60 days yet.",
        ),
        Mistake(
            lambda c: within_60_days(c, competing=False),
            "the lost leads are treated as censored here, as though they might still buy; losing is an end.",
        ),
        Mistake(lambda c: share_won(c, "won", "lost"), "the open leads are left out here; they are leads too."),
    ),
    hints=(
        "Each lead may be counted only as long as it was seen, and winning and losing compete.",
        "crm.TimeToConvert.from_events takes the events, the last day and, with `by`, the leads to keep.",
        "crm.TimeToConvert.from_events(events, end, by=last).at(60) has the share in the column estimate.",
    ),
    solution="""\
curve = crm.TimeToConvert.from_events(events, end, by=last)
answer_3 = curve.at(60)["estimate"].iloc[0]""",
    reasoning="The cumulative incidence adds up, day by day, the chance to be open so far and to be won on that day.",
    reading="Set it beside the same share of an older quarter: only such like numbers show whether leads got worse.",
)

_CLOSURE = Question(
    title="What closing South costs",
    objective="score a closure in money",
    level="stretch",
    minutes=20,
    task=(
        "South is closed and North works the leads that South had in the last twelve months. How much first-year "
        "margin is lost? For each channel, take South's leads of the last twelve months and the difference between the "
        "teams' conversion rates among leads that are at least 180 days old. Value every customer lost alike: at the "
        "mean margin of the first twelve months, over all contracts that began at least twelve months before the end."
    ),
    wanted="the margin lost in a year, in won; above zero if closing loses money.",
    not_checked="how you round the months of a contract, and the wages that are saved.",
    given="""\
begun = contracts[contracts["started_on"] <= end - pd.DateOffset(months=12)]
days = (begun["ended_on"].fillna(end) - begun["started_on"]).dt.days
ripe = leads[leads["created_on"] <= end - pd.Timedelta(days=180)]""",
    expected=lambda c: closure(c) * year_value(c),
    mistakes=(
        Mistake(
            lambda c: taken(c).sum() * plain_gap(c, RIPE_DAYS) * year_value(c),
            "this compares the plain rates; take the difference channel by channel.",
        ),
        Mistake(lambda c: closure(c) * year_value(c, "monthly_fee"), "this is revenue, not margin."),
        Mistake(
            lambda c: closure(c) * year_value(c, leave=False),
            "here every customer stays for twelve months; many leave earlier.",
        ),
        Mistake(
            lambda c: closure(c, days=0) * year_value(c),
            "young leads are in your rates; use leads that are at least 180 days old.",
        ),
        Mistake(closure, "these are customers, not money."),
    ),
    hints=(
        "Customers lost in a channel: South's leads there times the difference of the two rates there.",
        "pivot_table gives rates by channel and team; (days / 30.44).round().clip(upper=12) the months of the year.",
        '(taken * (rates["South"] - rates["North"])).sum() * (months * begun["monthly_margin"]).mean()',
    ),
    solution="""\
value = ((days / 30.44).round().clip(upper=12) * begun["monthly_margin"]).mean()
rates = ripe.assign(won=ripe["customer_id"].notna()).pivot_table("won", "channel", "team")
recent = leads[leads["created_on"] > end - pd.DateOffset(months=12)]
taken = recent[recent["team"] == "South"]["channel"].value_counts()
answer_4 = (taken * (rates["South"] - rates["North"])).sum() * value""",
    reasoning="A closure costs the customers whom the other team would not have won, times what a customer brings.",
    reading="Closing South pays only if it saves more than this in a year.",
    tolerance=0.01,
)

SET = QuestionSet(
    lesson="03",
    slug="03-what-converts",
    title="What converts",
    company="subscription",
    given="""\
leads, events, contracts = company.leads, company.stage_events, company.contracts
end = pd.Timestamp(company.observation_end)""",
    questions=(_WILSON, _STANDARDISE, _CENSORED, _CLOSURE),
    written=(
        "Write to the board in at most 150 words: should team South be closed? Recommend, give the sum at stake with "
        "its range, and name the one caveat that could change your mind, and how you would settle it."
    ),
    rubric=(
        "No recommendation, or one that rests on the plain conversion rates.",
        "A recommendation on equal leads, without a sum or without a range.",
        "A recommendation with a sum and its range, and the channel mix explained so that a board member follows.",
        "All that, the wages left out named, and a way to settle the caveat, such as handing out leads by lot.",
    ),
)
