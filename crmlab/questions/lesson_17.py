"""Exercises on consent and trust: weights, a total that needs no person, a salt that is no key, and safe but false."""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256

import pandas as pd

from crmlab.company import Company
from crmlab.exercises import Mistake, Question, QuestionSet

CELLS, QUASI = ("plan", "channel"), ["band", "gender", "region", "plan"]
YEARS, K, BAND = range(1940, 2011), 5, 5


@lru_cache(maxsize=4)
def everyone(company: Company) -> pd.DataFrame:
    """Return all who were asked and joined a year ago or more: whether they agreed, left, and what they paid."""
    end, year = pd.Timestamp(company.observation_end), pd.DateOffset(months=12)
    first = company.contracts.sort_values("started_on").drop_duplicates("customer_id")
    rows = company.consents.loc[company.consents["purpose"] == "analysis"].merge(company.customers, on="customer_id")
    rows = rows.merge(first.loc[first["started_on"] <= end - year], on="customer_id").astype({"granted": bool})
    months = ((rows["ended_on"].fillna(end) - rows["started_on"]).dt.days / 30.44).clip(upper=12).round()
    left = (rows["ended_on"] < rows["started_on"] + year).astype(float)
    return rows.assign(left=left, paid=months * rows["monthly_margin"], revenue=months * rows["monthly_fee"])


def agreed(company: Company) -> pd.DataFrame:
    """Return those who agreed."""
    rows = everyone(company)
    return rows.loc[rows["granted"]]


def weighted(company: Company, cells: tuple[str, ...] = CELLS, power: int = -1, of: str = "left") -> float:
    """Return a mean of those who agreed, each with a power of the share that agreed in their cell as weight."""
    rows, known = everyone(company), agreed(company)
    weight = rows.groupby([*cells])["granted"].transform("mean").loc[known.index] ** power
    return float((known[of] * weight).sum() / weight.sum())


def mixed(company: Company, share: float, of: str = "paid") -> float:
    """Return what customers bring if this share of them left, each like the willing who left, or who stayed."""
    means = agreed(company).groupby("left")[of].mean()
    return float(share * means[1.0] + (1 - share) * means[0.0])


def total(company: Company) -> float:
    """Return the share of all that left."""
    return float(everyone(company)["left"].mean())


def refused(company: Company) -> float:
    """Return the share that left of those who refused."""
    rows = everyone(company)
    return float(rows.loc[~rows["granted"], "left"].mean())


def sign(text: str) -> str:
    """Return a plain hash."""
    return sha256(text.encode()).hexdigest()[:32]


@lru_cache(maxsize=4)
def recognised(company: Company, of: str = "table", salted: bool = True) -> float:
    """Return the share of a table's signs that the partner hits, or the share of its customers, or of its guesses."""
    table = {sign(f"{row.customer_id}-{row.birth_year}") for row in agreed(company).itertuples()}
    brought = company.customers.loc[company.customers["channel"] == "partner", "customer_id"]
    years = [f"-{year}" for year in YEARS] if salted else [""]
    guesses = {sign(f"{number}{year}") for number in brought for year in years}
    return len(table & guesses) / {"table": len(table), "customers": len(brought), "guesses": len(guesses)}[of]


def moved(company: Company, k: int = K, values: int = 2) -> float:
    """Return by how many points the share that left moves when small groups and groups of one outcome go."""
    rows = agreed(company)
    groups = rows.assign(band=rows["birth_year"] // BAND * BAND).groupby(QUASI)["left"]
    safe = (groups.transform("size") >= k) & (groups.transform("nunique") >= values)
    return 100 * float(rows.loc[safe, "left"].mean() - rows["left"].mean())


_WEIGHTS = Question(
    title="Each stands for others",
    objective="weight those who agreed so that they stand for all who were asked",
    level="warm-up",
    minutes=10,
    task=(
        "Estimate the share of all who were asked that **left** within a year, from those who **agreed** alone. Give "
        "each of them the weight one over the share that agreed among all who were asked with the same **plan and "
        "channel**."
    ),
    wanted="a share between 0 and 1.",
    not_checked="the interval, and columns besides these two.",
    given='willing = people[people["granted"]]',
    expected=weighted,
    mistakes=(
        Mistake(lambda c: float(agreed(c)["left"].mean()), "these are the willing as they are, without weights."),
        Mistake(lambda c: weighted(c, power=1), "the weight is one over the chance: who seldom agrees counts more."),
        Mistake(lambda c: weighted(c, ("plan",)), "this is the chance by plan alone; take plan and channel together."),
        Mistake(
            lambda c: weighted(c, ("channel",)), "this is the chance by channel alone; take plan and channel together."
        ),
        Mistake(
            lambda c: weighted(c) * len(everyone(c)) / len(agreed(c)),
            "the weights stand for all who were asked: divide by their sum, not by the number of the willing.",
        ),
    ),
    hints=(
        "Of ten customers like this one, four agreed: so each of the four stands for two and a half.",
        'The chance: people.groupby(["plan", "channel"])["granted"].transform("mean"), for the rows of willing.',
        '(willing["left"] / chance).sum() / (1 / chance).sum()',
    ),
    solution="""\
chance = people.groupby(["plan", "channel"])["granted"].transform("mean")[willing.index]
answer_1 = (willing["left"] / chance).sum() / (1 / chance).sum()""",
    reasoning="With these weights each plan and channel has the size that it has among all who were asked.",
    reading="It lies nearer to the total of accounts than the willing as they are, and does not reach it.",
    tolerance=0.001,
)

_TOTAL = Question(
    title="A total that needs no person",
    objective="say how far off the willing are, by a total that accounts know without knowing who",
    level="core",
    minutes=15,
    task=(
        "Accounts know the share of all that left within a year: `total`. Suppose that who left brought the same on "
        "average, whether they agreed or refused, and likewise who stayed. What does a new customer **bring within "
        "twelve months** (`paid`), on average over **all** who were asked?"
    ),
    wanted="a mean a customer, in the company's currency.",
    not_checked="whether the assumption holds.",
    given='willing = people[people["granted"]]',
    expected=lambda c: mixed(c, total(c)),
    mistakes=(
        Mistake(
            lambda c: float(agreed(c)["paid"].mean()), "this is the mean of the willing: too few of them have left."
        ),
        Mistake(lambda c: weighted(c, of="paid"), "this weights plan and channel; use the total of accounts instead."),
        Mistake(lambda c: mixed(c, refused(c)), "this is what those who refused bring; all are asked for."),
        Mistake(lambda c: mixed(c, 1 - total(c)), "the shares are swapped: total is the share that left."),
        Mistake(lambda c: mixed(c, 0.5), "who left and who stayed have the same weight here; use total."),
        Mistake(lambda c: mixed(c, total(c), "revenue"), "this is revenue, not margin."),
    ),
    hints=(
        "A mean over all is a mixture of two means: of those who left and of those who stayed.",
        'willing.groupby("left")["paid"].mean() has both; total says how to mix them.',
        "total * means[1.0] + (1 - total) * means[0.0]",
    ),
    solution="""\
means = willing.groupby("left")["paid"].mean()
answer_2 = total * means[1.0] + (1 - total) * means[0.0]""",
    reasoning="The willing know what leaving costs, and accounts know how many left; nobody who refused is looked at.",
    reading="It lies below the mean of the willing. Who spends that mean on each new customer loses the gap each time.",
    tolerance=0.002,
)

_SIGNS = Question(
    title="A salt that is no key",
    objective="show why a hash is no pseudonym, not even with a salt that can be guessed",
    level="core",
    minutes=15,
    task=(
        "A partner gets `table`: outcomes of those who agreed, with a `sign` instead of the customer number. The sign "
        "is a hash of the number **and the year of birth**, so that a list of numbers does not help. The partner knows "
        "the numbers of the customers whom it `brought`, and tries each with every year from **1940 to 2010**. What "
        "share of the **table** does it recognise?"
    ),
    wanted="a share of the rows of `table`, between 0 and 1.",
    not_checked="how fast your code is.",
    given="""\
from hashlib import sha256


def sign(number, year):
    return sha256(f"{number}-{year}".encode()).hexdigest()[:32]


signs = [sign(row.customer_id, row.birth_year) for row in people[people["granted"]].itertuples()]
table = people.loc[people["granted"], ["left", "paid"]].assign(sign=signs)
brought = company.customers.loc[company.customers["channel"] == "partner", "customer_id"]""",
    expected=recognised,
    mistakes=(
        Mistake(lambda c: recognised(c, salted=False), "the numbers alone give other signs: try each with every year."),
        Mistake(lambda c: recognised(c, "customers"), "this is a share of those brought; take it of the table."),
        Mistake(lambda c: recognised(c, "guesses"), "this is the share of guesses that hit; wrong ones cost nothing."),
        Mistake(lambda c: 1 - recognised(c), "this is the share that is not recognised."),
    ),
    hints=(
        "Who knows how a sign is made makes all that could be, and looks which of them are in the table.",
        'Make a set of sign(number, year) for all numbers brought and all years; table["sign"].isin(guesses).',
        'table["sign"].isin({sign(number, year) for number in brought for year in range(1940, 2011)}).mean()',
    ),
    solution="""\
guesses = {sign(number, year) for number in brought for year in range(1940, 2011)}
answer_3 = table["sign"].isin(guesses).mean()""",
    reasoning="A salt out of 71 multiplies the guesses by 71, which a computer makes in the blink of an eye.",
    reading="That is everybody in it whom the partner brought. With a key (crm.pseudonyms) it would be nobody.",
)

_SAFE = Question(
    title="Safe, and false",
    objective="make a table k-anonymous and l-diverse, and say what that costs",
    level="stretch",
    minutes=20,
    task=(
        "Before the table of the willing is published, each group that looks alike (the same `band` of birth, gender, "
        "region and plan) must hold **at least five customers and both outcomes** of `left`. All other groups are left "
        "out. By how many **percentage points** does that move the share that left in the table?"
    ),
    wanted="the share in what is left of the table less that of the willing, in percentage points, with its sign.",
    not_checked="other ways to protect the table, such as wider bands.",
    given="""\
willing = people[people["granted"]].copy()
willing["band"] = willing["birth_year"] // 5 * 5  # five years of birth
quasi = ["band", "gender", "region", "plan"]""",
    expected=moved,
    mistakes=(
        Mistake(lambda c: moved(c, values=1), "this is k alone; groups in which all left, or nobody, have to go too."),
        Mistake(lambda c: moved(c, k=1), "this is l alone; groups of fewer than five have to go too."),
        Mistake(lambda c: -moved(c), "this is turned round: after less before."),
        Mistake(lambda c: moved(c) / 100, "this is a share; percentage points are asked for."),
        Mistake(lambda c: moved(c, k=K + 1), "five are enough: at least five, not more than five."),
    ),
    hints=(
        "Two conditions for each group: how many are in it, and how many different outcomes.",
        'willing.groupby(quasi)["left"] has transform("size") and transform("nunique").',
        '100 * (willing.loc[(size >= 5) & (values == 2), "left"].mean() - willing["left"].mean())',
    ),
    solution="""\
groups = willing.groupby(quasi)["left"]
safe = (groups.transform("size") >= 5) & (groups.transform("nunique") == 2)
answer_4 = 100 * (willing.loc[safe, "left"].mean() - willing["left"].mean())""",
    reasoning="Most groups with one outcome are groups in which all have left: what goes is not like what stays.",
    reading="A table can be safe and false. Publish the true total beside it, or coarsen more and leave out fewer.",
)

SET = QuestionSet(
    lesson="17",
    slug="17-consent-and-trust",
    title="Consent and trust",
    company="subscription",
    given="""\
end, year = pd.Timestamp(company.observation_end), pd.DateOffset(months=12)
first = company.contracts.sort_values("started_on").drop_duplicates("customer_id")
people = company.consents.query("purpose == 'analysis'").merge(company.customers, on="customer_id")
people = people.merge(first[first["started_on"] <= end - year], on="customer_id").astype({"granted": bool})
months = (people["ended_on"].fillna(end) - people["started_on"]).dt.days / 30.44
people["left"] = (people["ended_on"] < people["started_on"] + year).astype(float)
people["paid"] = months.clip(upper=12).round() * people["monthly_margin"]
total = people["left"].mean()  # accounts know this share without knowing who
people.loc[~people["granted"], ["left", "paid", "ended_on"]] = None  # what we may not use""",
    questions=(_WEIGHTS, _TOTAL, _SIGNS, _SAFE),
    written=(
        "Marketing wants to spend on a new customer what the willing bring, and to give the partner the table of the "
        "third question. Write to the management in at most 150 words: recommend a limit and what the partner may get, "
        "give the numbers, and name what nobody here can know."
    ),
    rubric=(
        "The willing are taken for all, or a hash for protection.",
        "A doubt about one of the two, without a number.",
        "A limit held to the total, and a table with a key and mixed groups, each with what it costs.",
        "All that, the assumption behind the limit named, and the total published beside the table.",
    ),
)
