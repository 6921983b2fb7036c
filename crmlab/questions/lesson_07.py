"""Exercises on segments: what a rule is worth, whom it reaches, a habit in disguise, and how far departments agree."""

from __future__ import annotations

import pandas as pd

from crmlab.company import Company
from crmlab.exercises import Mistake, Question, QuestionSet

CATEGORY = "gifts"


def people(company: Company, months: int = 6) -> pd.DataFrame:
    """Return the customers, with what they paid in the last year and whether the rule picks them."""
    end, orders = pd.to_datetime(company.observation_end), company.orders
    rows = company.customers.assign(age=end.year - company.customers["birth_year"])
    lately = orders.loc[orders["ordered_at"] > end - pd.DateOffset(months=months)]
    rows["busy"] = rows["customer_id"].map(lately.groupby("customer_id")["ordered_at"].nunique()).fillna(0) >= 3
    year = orders.loc[orders["ordered_at"] > end - pd.DateOffset(months=12)]
    rows["paid"] = rows["customer_id"].map(year.groupby("customer_id")["amount"].sum()).fillna(0.0)
    rows["person"] = (rows["gender"].eq("female") & rows["age"].between(30, 39)).fillna(False).astype(bool)
    return rows.assign(rule=rows["busy"] & rows["person"])


def richer(rows: pd.DataFrame, by: str = "rule") -> float:
    """Return what a member of a segment paid, over what a customer paid on average."""
    return float(rows.loc[rows[by], "paid"].mean() / rows["paid"].mean())


def money_share(company: Company) -> float:
    """Return the share of all money that the members of the rule paid."""
    rows = people(company)
    return float(rows.loc[rows["rule"], "paid"].sum() / rows["paid"].sum())


def reached(company: Company, whom: str = "rule") -> float:
    """Return the share of the rule's members, or of all, who ordered under a record with an e-mail address."""
    mailed = company.source_records.loc[company.source_records["email"].notna(), "record_id"]
    known = company.orders.loc[company.orders["record_id"].isin(mailed), "customer_id"]
    rows = people(company)
    return float(rows.loc[rows["rule"] | (whom == "all"), "customer_id"].isin(known).mean())


def lift(company: Company, ahead: int = 2, over_base: bool = True) -> float:
    """Return how much likelier the category is in an order if it was in the one so many orders before."""
    lines = company.order_lines.merge(company.products[["product_id", "category"]], on="product_id")
    orders = company.orders.sort_values(["customer_id", "ordered_at", "order_id"])
    has = orders["order_id"].isin(lines.loc[lines["category"] == CATEGORY, "order_id"]).astype(float)
    later = has.groupby(orders["customer_id"]).shift(-ahead)
    seen, rate = later.notna(), float(later[has == 1].mean())
    return rate / float(later[seen].mean()) if over_base else rate


def together(company: Company, chance: bool = True, other: str = "service_segment") -> float:
    """Return the share of pairs that two departments sort alike, or their adjusted Rand index."""
    table = pd.crosstab(company.customers["sales_segment"], company.customers[other]).to_numpy()
    cells, rows, columns = (int((n * (n - 1)).sum() // 2) for n in (table, table.sum(axis=1), table.sum(axis=0)))
    pairs = int(table.sum() * (table.sum() - 1) // 2)
    if not chance:
        return (pairs + 2 * cells - rows - columns) / pairs
    by_chance = rows * columns / pairs
    return (cells - by_chance) / ((rows + columns) / 2 - by_chance)


_RULE = Question(
    title="What a rule picks out",
    objective="write a segment as a rule, and say how large it is and what it is worth",
    level="warm-up",
    minutes=15,
    task=(
        "The rule: **women from 30 to 39 with orders on three days or more in the last six months**. How many times as "
        "much as the average customer did its members **pay in the last twelve months**? Who paid nothing counts, too; "
        "the age is the year of `end` less the year of birth."
    ),
    wanted="a ratio of two means: 1 if members pay as much as everybody.",
    not_checked="whether you use `crm.Rules`.",
    given="""\
days = orders[orders["ordered_at"] > end - pd.DateOffset(months=6)].groupby("customer_id")["ordered_at"].nunique()
paid = orders[orders["ordered_at"] > end - pd.DateOffset(months=12)].groupby("customer_id")["amount"].sum()
people = company.customers.assign(age=end.year - company.customers["birth_year"])
people["days"] = people["customer_id"].map(days).fillna(0)
people["paid"] = people["customer_id"].map(paid).fillna(0.0)""",
    expected=lambda c: richer(people(c)),
    mistakes=(
        Mistake(lambda c: richer(people(c), "busy"), "these are all who order so often; the rule asks for two things."),
        Mistake(
            lambda c: richer(people(c), "person"), "these are all women of that age, also those who order nothing."
        ),
        Mistake(lambda c: richer(people(c, 24)), "these ordered on three days at any time; six months are asked for."),
        Mistake(money_share, "this is their share of the money; divide it by their share of the customers."),
    ),
    hints=(
        "A rule is a condition for each customer: both parts must hold.",
        '(people["days"] >= 3) & people["gender"].eq("female") & people["age"].between(30, 39)',
        'people.loc[inside, "paid"].mean() / people["paid"].mean()',
    ),
    solution="""\
inside = (people["days"] >= 3) & people["gender"].eq("female") & people["age"].between(30, 39)
answer_1 = people.loc[inside.fillna(False), "paid"].mean() / people["paid"].mean()""",
    reasoning="Members and customers are counted alike, also those who paid nothing, so that the means compare.",
    reading="Do the same for each half of the rule: it shows which half the money sits in.",
)

_REACH = Question(
    title="Who can be reached",
    objective="put a segment to the tests before anybody acts on it",
    level="core",
    minutes=15,
    task=(
        "A segment must be *accessible*. What share of the rule's members can get an **e-mail**: who ordered, at any "
        "time, under a record that holds an address?"
    ),
    wanted="a share of members, between 0 and 1.",
    not_checked="whether they have agreed to get mail: that is lesson 17.",
    given="""\
days = orders[orders["ordered_at"] > end - pd.DateOffset(months=6)].groupby("customer_id")["ordered_at"].nunique()
people = company.customers.assign(age=end.year - company.customers["birth_year"])
people = people[people["gender"].eq("female") & people["age"].between(30, 39)]
members = people.loc[people["customer_id"].map(days).fillna(0) >= 3, "customer_id"]""",
    expected=reached,
    mistakes=(
        Mistake(lambda c: reached(c, "all"), "these are all customers; the members of the rule are asked for."),
        Mistake(
            lambda c: float(c.source_records["email"].notna().mean()),
            "these are records, and a customer can have several: one address is enough.",
        ),
        Mistake(lambda c: 1 - reached(c), "this is the share who cannot be reached."),
    ),
    hints=(
        "From records to customers: an order names both.",
        'mailed = records.loc[records["email"].notna(), "record_id"]; then the customers of orders under these.',
        'members.isin(orders.loc[orders["record_id"].isin(mailed), "customer_id"]).mean()',
    ),
    solution="""\
mailed = company.source_records.loc[company.source_records["email"].notna(), "record_id"]
answer_2 = members.isin(orders.loc[orders["record_id"].isin(mailed), "customer_id"]).mean()""",
    reasoning="What counts is whether one of a person's records has an address, not how many records have.",
    reading="Set it beside that of all customers. Who cannot be reached gets nothing, however well a rule fits.",
    tolerance=0.001,
)

_HABIT = Question(
    title="Habit or influence",
    objective="tell a habit from an influence in a next-purchase table",
    level="core",
    minutes=15,
    task=(
        "Gifts follow gifts: the lift in the *next* order is high. If buying them *made* people buy them again, it "
        "would have to fade. How large is the **lift in the order after the next**: the share that holds gifts where "
        "the order two before did, over the share among all orders that have one two before?"
    ),
    wanted="a lift: 1 if the one says nothing about the other.",
    not_checked="the interval.",
    given="""\
lines = company.order_lines.merge(company.products[["product_id", "category"]], on="product_id")
orders = orders.sort_values(["customer_id", "ordered_at", "order_id"])
has = orders["order_id"].isin(lines.loc[lines["category"] == "gifts", "order_id"]).astype(float)""",
    expected=lift,
    mistakes=(
        Mistake(lambda c: lift(c, 1), "this is the lift of the next order; the order after it is asked for."),
        Mistake(lambda c: lift(c, over_base=False), "this is the share itself; divide it by the share among all."),
        Mistake(lambda c: 1 / lift(c), "this is turned round."),
    ),
    hints=(
        "Put beside each order what lay in the customer's order two later; the last two of each customer have none.",
        'later = has.groupby(orders["customer_id"]).shift(-2)',
        "later[has == 1].mean() / later.mean()",
    ),
    solution="""\
later = has.groupby(orders["customer_id"]).shift(-2)
answer_3 = later[has == 1].mean() / later.mean()""",
    reasoning="mean() leaves out the empty ones, so both shares are of orders that have one two before.",
    reading="If it is as high as in the next order, nothing fades: the same people like gifts all the time.",
)

_AGREE = Question(
    title="Do the departments agree?",
    objective="measure how far departments agree",
    level="stretch",
    minutes=20,
    task=(
        "How far do **sales** and **service** sort the customers alike? Compute the adjusted Rand index over all "
        "pairs of customers: (together in both − expected by chance) / (mean of the two − expected by chance), where "
        "chance expects the product of the two numbers of pairs together, over all pairs."
    ),
    wanted="an index: 1 for the same sorting, 0 for no more than chance.",
    not_checked="the interval, and the way that you count pairs.",
    given='table = pd.crosstab(company.customers["sales_segment"], company.customers["service_segment"]).to_numpy()',
    expected=together,
    mistakes=(
        Mistake(lambda c: together(c, chance=False), "this is the plain share of pairs sorted alike: chance is in it."),
        Mistake(lambda c: together(c, other="marketing_segment"), "this is sales and marketing; service is asked for."),
    ),
    hints=(
        "n customers together make n(n − 1)/2 pairs. Cells count pairs together in both, margins those in one.",
        "both = (table * (table - 1) / 2).sum(); the same of table.sum(axis=1) and of table.sum(axis=0).",
        "chance = a * b / pairs; (both - chance) / ((a + b) / 2 - chance)",
    ),
    solution="""\
both, a, b = ((n * (n - 1) / 2).sum() for n in (table, table.sum(axis=1), table.sum(axis=0)))
chance = a * b / (table.sum() * (table.sum() - 1) / 2)
answer_4 = (both - chance) / ((a + b) / 2 - chance)""",
    reasoning="Names of segments do not matter; whether two customers lie together does.",
    reading="Near zero, a customer's segment in one department says nothing about that in the other.",
)

SET = QuestionSet(
    lesson="07",
    slug="07-segments-that-act",
    title="Segments that act",
    company="retail",
    given="orders, end = company.orders, pd.Timestamp(company.observation_end)",
    questions=(_RULE, _REACH, _HABIT, _AGREE),
    written=(
        "Marketing wants a campaign for women in their thirties with three orders in six months. Write to its head in "
        "at most 150 words: is this a segment to act on? Recommend, give what its members are worth, how many can be "
        "reached and what the rule owes to each of its halves, and name what no table says about them."
    ),
    rubric=(
        "Yes or no without a number.",
        "Size or worth, but not whether one campaign fits its members.",
        "Worth by halves, reach, and a recommendation that follows from them.",
        "All that, what its members want named as unknown, and a trial by lot to find out.",
    ),
)
