"""Exercises on who is a customer: bits of a birth date, a threshold, precision of a rule, and the churn it reports."""

from __future__ import annotations

from math import log, log2

import pandas as pd

from crmlab.company import Company
from crmlab.exercises import Mistake, Question, QuestionSet

AGREE, WRONG, MISSED = 0.97, 30_000, 10_000
DEFAULTS = ["1900-01-01", "1970-01-01"]


def by_chance(company: Company, defaults: bool = False) -> float:
    """Return the share of pairs of records with a birth date that agree on it, without the default dates or with."""
    born = company.source_records["birth_date"].dropna()
    counts = born[defaults | ~born.astype(str).isin(DEFAULTS)].value_counts()
    return float((counts * (counts - 1)).sum() / (counts.sum() * (counts.sum() - 1)))


def bits_wanted(company: Company, wrong: float = WRONG, missed: float = MISSED, start: bool = True) -> float:
    """Return the weight that a pair needs where a wrong link and a missed one cost so much."""
    return log2(wrong / missed) + (log2(len(company.source_records) - 2) if start else 0)


def linked(company: Company) -> pd.DataFrame:
    """Return each record with the person that the rule "same e-mail address" makes of it."""
    records = company.source_records[["record_id"]]
    return records.assign(person_id=company.source_records["email"].str.lower().fillna(records["record_id"]))


def pairs(groups: pd.Series) -> int:
    """Return how many pairs the members of all groups make."""
    sizes = groups.to_numpy()
    return int((sizes * (sizes - 1)).sum() // 2)


def judged(company: Company, what: str = "precision") -> float:
    """Return precision or recall over pairs of the rule, or the share of its persons who are one customer."""
    who = company.orders[["record_id", "customer_id"]].drop_duplicates().merge(linked(company), on="record_id")
    right = pairs(who.groupby(["person_id", "customer_id"]).size())
    several = who.groupby("person_id")["customer_id"].agg(["nunique", "size"]).query("size > 1")
    if what == "persons":
        return float((several["nunique"] == 1).mean())
    return right / pairs(who.groupby("person_id" if what == "precision" else "customer_id").size())


def left(company: Company, who: str = "record_id", ever: bool = False) -> float:
    """Return the share of those who bought in the year before the last, or ever before it, and not in the last."""
    orders = company.orders.merge(linked(company), on="record_id")
    end, year = pd.to_datetime(company.observation_end), pd.Timedelta(days=365)
    before = orders.loc[(orders["ordered_at"] <= end - year) & (ever | (orders["ordered_at"] > end - 2 * year)), who]
    last = orders.loc[orders["ordered_at"] > end - year, who]
    return 1 - float(before.drop_duplicates().isin(last).mean())


_BITS = Question(
    title="The bits of a birth date",
    objective="weigh by hand what an agreement between two records says, in bits",
    level="warm-up",
    minutes=15,
    task=(
        "Two records agree on the date of birth. What **weight** is that, in bits, if records of one person agree in "
        "97 of 100 cases (m)? Take u, the share of pairs of records that agree **by chance**, from the dates in "
        "`born`: a date that n records hold makes n(n − 1)/2 pairs, and N records make N(N − 1)/2."
    ),
    wanted="a weight in bits, log₂(m/u).",
    not_checked="that a few of these pairs are one person in truth.",
    given="""\
born = records["birth_date"].dropna()
born = born[~born.astype(str).isin(["1900-01-01", "1970-01-01"])]  # what forms fill in by themselves""",
    expected=lambda c: log2(AGREE / by_chance(c)),
    mistakes=(
        Mistake(lambda c: log(AGREE / by_chance(c)), "this is the natural logarithm; bits have the base 2."),
        Mistake(
            lambda c: log2(AGREE / by_chance(c, defaults=True)),
            "the dates that forms fill in are counted as agreement: they say nothing about a person.",
        ),
        Mistake(lambda _: log2(1 - AGREE), "this weighs how rarely one person differs; u is missing."),
        Mistake(lambda c: by_chance(c), "this is u itself; the weight is log₂(m/u)."),
    ),
    hints=(
        "An agreement says the more the rarer it is among strangers; each doubling of m/u is one bit.",
        "born.value_counts() has the n of each date; np.log2.",
        "u = (n * (n - 1)).sum() / (len(born) * (len(born) - 1)); np.log2(0.97 / u)",
    ),
    solution="""\
n = born.value_counts()
u = (n * (n - 1)).sum() / (len(born) * (len(born) - 1))
answer_1 = np.log2(0.97 / u)""",
    reasoning="Nearly all pairs of records are two people, so the share of all pairs that agree is that of strangers.",
    reading="It about pays for the start: among thousands of records a pair begins with as many bits against it.",
)

_THRESHOLD = Question(
    title="A threshold is a price",
    objective="choose the threshold by what errors cost",
    level="core",
    minutes=15,
    task=(
        "A wrong link costs 30,000, a missed one 10,000. How many **bits** must the weight of a pair have, at least, "
        "for linking to cost less? Before any comparison **one pair in N − 1** is one person, where N is the number of "
        "`records`: as if each had one partner."
    ),
    wanted="a weight in bits.",
    not_checked="whether you work with odds or probabilities.",
    given="N = len(records)",
    expected=bits_wanted,
    mistakes=(
        Mistake(lambda c: bits_wanted(c, start=False), "the start is missing: a pair is hardly ever one person."),
        Mistake(
            lambda c: bits_wanted(c, MISSED, WRONG), "the costs are exchanged: a dear wrong link asks for more bits."
        ),
        Mistake(
            lambda c: log2(0.75) + log2(len(c.source_records) - 2),
            "0.75 is a probability; its odds are 3 to 1.",
        ),
        Mistake(lambda c: -bits_wanted(c), "the sign is turned round: a pair has to earn what it starts below zero."),
    ),
    hints=(
        "Link where p·M > (1 − p)·W: from odds of W to M on. The weight turns the odds at the start into these.",
        "Odds at the start: 1 to N − 2, which are −log₂(N − 2) bits.",
        "np.log2(30_000 / 10_000) + np.log2(N - 2)",
    ),
    solution="""\
start = 1 / (N - 1)
answer_2 = np.log2(30_000 / 10_000) - np.log2(start / (1 - start))""",
    reasoning="In bits all adds up: what the costs ask for, and what every pair has to make good first.",
    reading="Each doubling of the file costs one more bit; trebling the price of a wrong link about one and a half.",
)

_PRECISION = Question(
    title="How right is a rule",
    objective="judge a linkage by precision and recall, over pairs",
    level="core",
    minutes=15,
    task=(
        "The rule *same e-mail address* makes the persons in `links`. Judge it by the records that ordered: the column "
        "`customer_id` of the orders says who that really was. Of all **pairs of records that the rule joins**, what "
        "share is one customer?"
    ),
    wanted="the precision over pairs, a share between 0 and 1.",
    not_checked="the interval.",
    given='who = orders[["record_id", "customer_id"]].drop_duplicates().merge(links, on="record_id")',
    expected=judged,
    mistakes=(
        Mistake(lambda c: judged(c, "recall"), "this is recall: of the pairs that are one customer, those joined."),
        Mistake(lambda c: judged(c, "persons"), "this counts persons; a large heap makes many pairs and weighs more."),
        Mistake(lambda c: 1 - judged(c), "this is the share of wrong links."),
    ),
    hints=(
        "Count pairs twice: those that the rule joins, and those among them that are one customer.",
        'who.groupby("person_id").size() are its heaps, those by ["person_id", "customer_id"] the right parts.',
        "(right * (right - 1)).sum() / (joined * (joined - 1)).sum()",
    ),
    solution="""\
joined, right = who.groupby("person_id").size(), who.groupby(["person_id", "customer_id"]).size()
answer_3 = (right * (right - 1)).sum() / (joined * (joined - 1)).sum()""",
    reasoning="A heap of n records makes n(n − 1)/2 pairs; the halves cancel.",
    reading="What is missing to one are families that share an address: no dirt, and no cleansing removes it.",
)

_CHURN = Question(
    title="Churn that is not there",
    objective="say by how much linkage errors move counts, churn and value",
    level="stretch",
    minutes=15,
    task=(
        "Churn: of those who bought in the year before the last, the share who bought nothing in the last. **By how "
        "much does it fall** if records with the same e-mail address are one person, against every record being a "
        "customer of its own? A year has 365 days and the last one ends on `end`."
    ),
    wanted="churn by records less churn by persons, as a share: 0.1 is ten percentage points.",
    not_checked="the interval.",
    given="""\
bought, year = orders.merge(links, on="record_id"), pd.Timedelta(days=365)
last = bought[bought["ordered_at"] > end - year]
before = bought[bought["ordered_at"].between(end - 2 * year, end - year, inclusive="right")]""",
    expected=lambda c: left(c) - left(c, "person_id"),
    mistakes=(
        Mistake(lambda c: left(c, "person_id"), "this is churn by persons; take it from churn by records."),
        Mistake(
            lambda c: left(c, "person_id") - left(c), "the sign is turned round: churn falls by a number above zero."
        ),
        Mistake(
            lambda c: left(c) - left(c, "customer_id"),
            "this is the fall by the true customers; the rule finds only a part of them.",
        ),
    ),
    hints=(
        "Do the same twice, once by record_id and once by person_id: who of `before` is missing in `last`?",
        'before["record_id"].drop_duplicates().isin(last["record_id"]).mean() is the share who stayed.',
        "stayed by persons less stayed by records",
    ),
    solution="""\
stayed = {who: before[who].drop_duplicates().isin(last[who]).mean() for who in ("record_id", "person_id")}
answer_4 = stayed["person_id"] - stayed["record_id"]""",
    reasoning="Who only changes the register seems to leave in the one and to come anew in the other.",
    reading="So much of the churn was never there, and letters that win back would have gone to customers.",
)

SET = QuestionSet(
    lesson="02",
    slug="02-who-is-a-customer",
    title="Who is a customer",
    company="retail",
    given="""\
records, orders, end = company.source_records, company.orders, pd.Timestamp(company.observation_end)
links = records[["record_id"]].assign(person_id=records["email"].str.lower().fillna(records["record_id"]))""",
    questions=(_BITS, _THRESHOLD, _PRECISION, _CHURN),
    written=(
        "The head of sales reports churn by records of the till. Write to the management in at most 150 words: which "
        "number is to be believed, and what should be done about the records? Recommend, give churn both ways and how "
        "right the links are, and name who is still joined wrongly or not at all."
    ),
    rubric=(
        "The reported churn is believed, or doubted without a number.",
        "Churn both ways, without how right the links are.",
        "Churn both ways with the precision of the rule, explained by people who stand in several registers.",
        "All that, families named as what the rule joins wrongly, and weighed links with a threshold from costs.",
    ),
)
