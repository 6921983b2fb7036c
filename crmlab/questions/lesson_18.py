"""Exercises on buying and adopting CRM: all weights, cloud or own servers, the last to begin, what a draw allows."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pandas as pd

from crmlab.adoption import Bass, CostOfOwnership, count_adopters
from crmlab.company import Company
from crmlab.exercises import Mistake, Question, QuestionSet

RATE, ROLLOUT, KNOWN = 0.08, "2024-07-01", "2025-01-31"
BEFORE, PILOT, LATELY = ("2023-01-01", "2023-09-01"), ("2023-10-01", "2024-06-01"), ("2025-01-01", "2025-12-01")
CLOUD, OWN, MARGIN = "Ginkgo Suite", "Onggi Desk", 0.68
GRID = np.linspace(0, 1, 10_001)


def two(company: Company, lower: bool = True) -> pd.DataFrame:
    """Return functions and total cost on a scale from 0 for the worst to 1 for the best."""
    cost = CostOfOwnership.from_vendors(company.vendors, len(company.crm_users), 5, RATE).table["total_cost"]
    rows = company.vendors.set_index("name")[["functions"]].assign(cost=-cost if lower else cost)
    return (rows - rows.min()) / (rows.max() - rows.min())


def wins(company: Company, lower: bool = True) -> pd.Series:
    """Return for each system the share of all weights under which it comes first."""
    scaled = two(company, lower)
    sums = scaled[["functions"]].to_numpy() * GRID + scaled[["cost"]].to_numpy() * (1 - GRID)
    return pd.Series(np.bincount(sums.argmax(axis=0), minlength=len(scaled)) / len(GRID), scaled.index)


def favourite(company: Company, lower: bool = True) -> str:
    """Return the system that comes first under equal weights."""
    return str(two(company, lower).mean(axis=1).idxmax())


def meeting(
    company: Company,
    years: int = 3,
    rate: float = RATE,
    once: tuple[str, ...] = ("setup_cost", "migration_cost", "integration_cost"),
    upkeep: bool = True,
    months: int = 12,
) -> float:
    """Return the users at which a system in the cloud and one on servers of one's own cost the same."""
    prices = company.vendors.set_index("name")
    factor = sum((1 + rate) ** -year for year in range(1, years + 1))
    fixed = prices[list(once)].sum(axis=1) + upkeep * factor * prices["yearly_upkeep"]
    licence = months * factor * prices["monthly_licence"]
    return float((fixed[OWN] - fixed[CLOUD]) / (licence[CLOUD] - licence[OWN]))


@lru_cache(maxsize=8)
def curve(company: Company, until: str = "", day: str = KNOWN) -> Bass:
    """Return the curve of those not in the pilot, as known on a day, and told to have been watched until another."""
    users = company.crm_users
    later = users.loc[~users["pilot"].astype(bool), "first_used_on"]
    counts, people = count_adopters(later.where(later <= day), ROLLOUT, until or day)
    return Bass.fit(counts, population=people)


def reached(fit: Bass, share: float = 0.9) -> float:
    """Return after how many months this share of those who will ever begin has begun."""
    return float(np.log((1 + fit.q / fit.p * share) / (1 - share)) / (fit.p + fit.q))


def a_year(company: Company, months: tuple[str, str], of: str = "sales") -> pd.Series:
    """Return the mean of a column by user in these months, in millions a year if it is the sales."""
    rows = company.crm_usage.loc[company.crm_usage["month"].between(*months)]
    return rows.groupby("user_id")[of].mean().astype(float) * (12 / 1e6 if of == "sales" else 1)


def drawn(company: Company) -> pd.Series:
    """Return for each user whether the lot drew them for the pilot."""
    return company.crm_users.set_index("user_id")["pilot"].astype(bool)


def heavy(company: Company) -> pd.Series:
    """Return for each user whether they belong to the third that logs in most lately."""
    logins = a_year(company, LATELY, "logins").rank(method="first")
    return logins > 2 / 3 * len(logins)


def possible(sales: pd.Series, group: pd.Series, sign: float = 1.0, margin: float = MARGIN) -> float:
    """Return an end of the interval of what the group has more than the others: the upper one, or another."""
    parts = [sales[group.reindex(sales.index) == inside] for inside in (True, False)]
    error = np.sqrt(sum(part.var() / len(part) for part in parts))
    return margin * float(parts[0].mean() - parts[1].mean() + sign * 1.96 * error)


def change(company: Company, months: tuple[str, str] = PILOT) -> pd.Series:
    """Return by how much the yearly sales of each user rose since before anybody had the system."""
    return a_year(company, months) - a_year(company, BEFORE)


_ALL = Question(
    title="The winner of equal weights",
    objective="score systems without agreeing on weights first, and say under which part of all weights each one wins",
    level="warm-up",
    minutes=15,
    task=(
        "Sales wants **functions**, finance wants a low **cost**; nothing else counts. Put both on a scale from 0 for "
        "the worst of the six systems to 1 for the best. One system comes first under **equal weights**. Under what "
        "**share of all weights** does this system come first?"
    ),
    wanted="a share between 0 and 1.",
    not_checked="how finely you go through the weights, from a hundredth on.",
    given="""\
cost = crm.CostOfOwnership.from_vendors(company.vendors, staff, years=5, discount_rate=0.08).table["total_cost"]
two = vendors[["functions"]].assign(cost=cost)""",
    expected=lambda c: float(wins(c)[favourite(c)]),
    mistakes=(
        Mistake(
            lambda c: float(wins(c, lower=False)[favourite(c, lower=False)]),
            "a low cost is best: turn the scale of the cost round, and bring both from 0 to 1.",
        ),
        Mistake(lambda c: float(two(c).mean(axis=1).max()), "this is its score; ask under how many weights it wins."),
        Mistake(
            lambda c: float(wins(c).max()), "this is the system that wins most often; take the one of equal weights."
        ),
    ),
    hints=(
        "With two criteria all weights lie on a line: w for the functions, 1 − w for the cost, w from 0 to 1.",
        'Try each w of np.linspace(0, 1, 1001); or crm.Scorecard.from_scores(two, lower_is_better=["cost"]).',
        'card.table.loc[card.table["score"].idxmax(), "first"]',
    ),
    solution="""\
scaled = (two - two.min()) / (two.max() - two.min())
scaled["cost"] = 1 - scaled["cost"]
w = np.linspace(0, 1, 10_001)
sums = scaled[["functions"]].to_numpy() * w + scaled[["cost"]].to_numpy() * (1 - w)
answer_1 = (sums.argmax(axis=0) == scaled.mean(axis=1).argmax()).mean()""",
    reasoning="Each w has one winner; the favourite wins on a stretch around one half, and its length is the share.",
    reading="It is everybody's compromise and hardly anybody's choice: move the weights a little, and another wins.",
    tolerance=0.05,
)

_MEETING = Question(
    title="Cloud or own servers, for three years",
    objective="reckon what a system costs over the years, and where the cloud and servers of one's own meet",
    level="core",
    minutes=15,
    task=(
        "The system is to be kept for **three years**; money is discounted at 8 % a year. With how many **users** does "
        "**Ginkgo Suite** (cloud) cost as much as **Onggi Desk** (on-premises)? Set-up, migration and integration are "
        "paid at the start, licences and upkeep at the end of each year."
    ),
    wanted="a number of users; it need not be whole.",
    not_checked="on which side you would buy.",
    given='pair = vendors.loc[["Ginkgo Suite", "Onggi Desk"]]',
    expected=meeting,
    mistakes=(
        Mistake(lambda c: meeting(c, years=5), "this is for five years; the system is kept for three."),
        Mistake(lambda c: meeting(c, rate=0.0), "nothing is discounted here: money paid later counts less."),
        Mistake(lambda c: meeting(c, months=1), "the licence is a price a month: twelve of them make a year."),
        Mistake(lambda c: meeting(c, upkeep=False), "the yearly upkeep is missing, the dear part of own servers."),
        Mistake(lambda c: meeting(c, once=("setup_cost",)), "migration and integration are paid once too."),
        Mistake(lambda c: meeting(c, once=()), "what is paid once, at the start, is missing."),
    ),
    hints=(
        "One line a system: what does not depend on users, and what each user adds. Where do the lines cross?",
        "The years together weigh 1/1.08 + 1/1.08² + 1/1.08³; or crm.CostOfOwnership.from_vendors(...).break_even().",
        'crm.CostOfOwnership.from_vendors(company.vendors, staff, 3, 0.08).break_even()["users"], the row of both',
    ),
    solution="""\
factor = (1.08 ** -np.arange(1, 4)).sum()
fixed = pair[["setup_cost", "migration_cost", "integration_cost"]].sum(axis=1) + factor * pair["yearly_upkeep"]
user = 12 * factor * pair["monthly_licence"]
answer_2 = (fixed["Onggi Desk"] - fixed["Ginkgo Suite"]) / (user["Ginkgo Suite"] - user["Onggi Desk"])""",
    reasoning="The fixed part of own servers is larger by so much; each user makes the cloud dearer by so much.",
    reading="Above it own servers are cheaper. The longer the system is kept, the fewer users that takes.",
)

_LAST = Question(
    title="When to call the meeting",
    objective="fit an adoption curve, and say from which month on its end is known",
    level="core",
    minutes=15,
    task=(
        "The roll-out was on 1 July 2024, and it is **31 January 2025**. The committee wants to meet when **nine in "
        "ten of those who will ever begin** have begun. Fit a Bass curve to what is known today: how many months after "
        "the roll-out is that?"
    ),
    wanted="a number of months after the roll-out.",
    not_checked="the interval.",
    given="""\
later = users[~users["pilot"]]
known = later["first_used_on"].where(later["first_used_on"] <= "2025-01-31")  # empty: not begun by then""",
    expected=lambda c: reached(curve(c)),
    mistakes=(
        Mistake(
            lambda c: reached(curve(c, until=str(c.observation_end))),
            "the curve was told that nobody began after 31 January; the counting ends on that day, too.",
        ),
        Mistake(
            lambda c: reached(curve(c, day=str(c.observation_end))), "this uses what became known only after that day."
        ),
        Mistake(lambda c: reached(curve(c), 0.5), "this is when half have begun."),
        Mistake(lambda c: float(np.log(10) / curve(c).p), "the example of the others, q, is missing."),
        Mistake(lambda c: float(np.log(10) / (curve(c).p + curve(c).q)), "p + q is no rate from the first day on."),
    ),
    hints=(
        "F(t), the share of those who will ever begin that has begun, depends on p and q alone. Where is it 0.9?",
        'counts, people = crm.count_adopters(known, "2024-07-01", "2025-01-31"); bass = crm.Bass.fit(counts, people).',
        "Find t with crm.bass_share(t, bass.p, bass.q) = 0.9: try t = np.linspace(0, 60, 60_001).",
    ),
    solution="""\
counts, people = crm.count_adopters(known, "2024-07-01", "2025-01-31")
bass = crm.Bass.fit(counts, population=people)
t = np.linspace(0, 60, 60_001)
answer_3 = t[(crm.bass_share(t, bass.p, bass.q) >= 0.9).argmax()]""",
    reasoning="The curve ends at those who will ever begin, not at the staff: nine in ten of them is where F is 0.9.",
    reading="The peak lies about halfway. Who meets then cannot tell a large group that is slow from a small one.",
    tolerance=0.01,
)

_DRAW = Question(
    title="The most that the draw allows",
    objective="tell what using a system does to sales from who uses it",
    level="stretch",
    minutes=20,
    task=(
        "A lot drew the pilot. For each user take the **change**: yearly sales in the months of the pilot less those "
        "before. How much more did the drawn gain than the others? Take the **upper end** of the 95 % interval, 1.96 "
        "standard errors √(s₁²/n₁ + s₀²/n₀) above the difference, with s² the variance and n the size of each group. "
        "Turn it into **margin**, 68 % of sales."
    ),
    wanted="the most margin a user and year that the draw allows, in millions.",
    not_checked="the months after the roll-out.",
    given="""\
def a_year(first, last):  # yearly sales of each user, in millions
    months = company.crm_usage[company.crm_usage["month"].between(first, last)]
    return months.groupby("user_id")["sales"].mean() * 12 / 1e6


before, during = a_year("2023-01-01", "2023-09-01"), a_year("2023-10-01", "2024-06-01")""",
    expected=lambda c: possible(change(c), drawn(c)),
    mistakes=(
        Mistake(lambda c: possible(change(c), drawn(c), margin=1.0), "these are sales; 68 % of them are margin."),
        Mistake(lambda c: possible(change(c), drawn(c), sign=0), "this is the estimate; take the upper end."),
        Mistake(lambda c: possible(change(c), drawn(c), sign=-1), "this is the lower end of the interval."),
        Mistake(
            lambda c: possible(a_year(c, PILOT), drawn(c)),
            "these are the sales, not their change: what sellers sold before still varies in them.",
        ),
        Mistake(
            lambda c: possible(change(c, LATELY), heavy(c)),
            "these are the people who log in most: they chose that themselves. Compare the drawn with the others.",
        ),
    ),
    hints=(
        "Two groups that a lot made, and one number for each person: the change. Then a difference of two means.",
        'change = during - before; drawn = users["pilot"]; mean, var and size of change in both groups.',
        "0.68 * (difference + 1.96 * np.sqrt(a.var() / len(a) + b.var() / len(b)))",
    ),
    solution="""\
change = during - before
a, b = change[users["pilot"]], change[~users["pilot"]]
answer_4 = 0.68 * (a.mean() - b.mean() + 1.96 * np.sqrt(a.var() / len(a) + b.var() / len(b)))""",
    reasoning="The lot makes the groups alike, and the change takes out who sold much all along.",
    reading="Hold it against what the slide promises, and against what a user costs: there may be room for the latter.",
)

SET = QuestionSet(
    lesson="18",
    slug="18-buying-and-adopting-crm",
    title="Buying and adopting CRM",
    company="b2b",
    given="""\
vendors = company.vendors.set_index("name")
users = company.crm_users.set_index("user_id").astype({"pilot": bool})
staff = len(users)""",
    questions=(_ALL, _MEETING, _LAST, _DRAW),
    written=(
        "The head of sales wants the dearest system for everybody, at once, and a bonus for log-ins. Write to the "
        "management in at most 150 words: which system, for whom first, and paid how? Recommend, give what it costs "
        "for your number of users and what the draw allows, and name what would change your mind."
    ),
    rubric=(
        "Yes or no, by the slide or by taste.",
        "A system by one score, with its licence price.",
        "A system by cost over the years and by weights, a pilot by lot, and no bonus for log-ins, with numbers.",
        "All that, the worst case if use sells nothing, what the draw cannot tell, and when the end is known.",
    ),
)
