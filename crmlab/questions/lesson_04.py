"""Exercises on which marketing works: a sixth rule of credit, a price per customer, ten looks, and a rule on trial."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import pandas as pd

from crmlab.ab_test import ABTest
from crmlab.company import Company
from crmlab.exercises import Mistake, Question, QuestionSet

CHANNEL, COST, MARGIN, LOOKS = "retargeting", 400, 0.3, 10


def touched(company: Company, won: bool = True) -> pd.DataFrame:
    """Return the touches of those who bought, or of all, with their place on the way and its length."""
    rows = company.touches[company.touches["customer_id"].notna()] if won else company.touches
    way = rows.groupby("visitor_id")
    return rows.assign(place=way.cumcount() + 1, length=way["channel"].transform("size"))


def sixth_rule(company: Company, won: bool = True, short: bool = True, shared: bool = True) -> pd.Series:
    """Return the credit by 40, 20 and 40 percent; without `short` also on ways of one or two touches."""
    rows = touched(company, won)
    place, length = rows["place"], rows["length"]
    weight = 0.2 / (length - 2).clip(lower=1) if shared else pd.Series(0.2, rows.index)
    weight = weight.mask((place == 1) | (place == length), 0.4)
    if short:
        weight = weight.mask(length < 3, 1 / length)
    return weight.groupby(rows["channel"]).sum()


def linear(company: Company) -> pd.Series:
    """Return the credit if each touch of a way gets the same."""
    rows = touched(company)
    return (1 / rows["length"]).groupby(rows["channel"]).sum()


def lots(company: Company) -> pd.DataFrame:
    """Return the visitors of the experiment in order of time, with whether they were shown the channel and bought."""
    drawn = company.experiments.loc[company.experiments["experiment"] == f"{CHANNEL} hold-out"]
    drawn = drawn.sort_values(["assigned_on", "unit_id"], ignore_index=True)
    return drawn.assign(
        variant=np.where(drawn["spend"] > 0, "shown", "held out"), bought=drawn["success"].astype(float)
    )


def dearest(company: Company, at: str = "high", only_touched: bool = False) -> float:
    """Return what a customer won costs at the estimate or at either end of its interval."""
    rows = lots(company)
    if only_touched:
        rows = rows[rows["unit_id"].isin(company.touches["visitor_id"])]
    found = ABTest.from_units(rows, control="held out")
    return COST / {"low": found.low, "estimate": found.difference, "high": found.high}[at]


def credited(company: Company) -> float:
    """Return the season's bill for each customer whose last touch was the channel."""
    last = company.touches.dropna(subset="customer_id").groupby("visitor_id")["channel"].last()
    return float(lots(company)["spend"].sum() / (last == CHANNEL).sum())


def sellers_proof(company: Company) -> float:
    """Return what a customer won would cost if all that sets those who saw it apart were its doing."""
    seen = company.touches.assign(saw=company.touches["channel"] == CHANNEL).groupby("visitor_id")
    bought, saw = seen["customer_id"].first().notna(), seen["saw"].any()
    return float(COST / (bought[saw].mean() - bought[~saw].mean()))


def looks(company: Company) -> np.ndarray:
    """Return z at ten looks in two thousand lots among visitors who were all shown the channel."""
    rows = lots(company)
    bought = rows.loc[rows["variant"] == "shown", "bought"].to_numpy()
    bought = bought[: len(bought) // LOOKS * LOOKS].reshape(LOOKS, -1)
    new = np.random.default_rng(4).random((2000, *bought.shape)) < 0.5
    n, wins = bought.shape[1] * np.arange(1, LOOKS + 1), bought.sum(axis=1).cumsum()
    n_new, wins_new = (part.sum(axis=2).cumsum(axis=1) for part in (new, new * bought))
    error = np.sqrt(wins / n * (1 - wins / n) * (1 / n_new + 1 / (n - n_new)))
    return (wins_new / n_new - (wins - wins_new) / (n - n_new)) / error


def boundary(company: Company, of: str = "largest") -> float:
    """Return what 95 % stay below: the largest of ten looks, each look, or the largest in one direction."""
    z = looks(company)
    size = {"largest": np.abs(z).max(axis=1), "each": np.abs(z), "up": z.max(axis=1)}[of]
    return float(np.quantile(size, 0.95))


def rule(
    company: Company, least: int = 2, late: bool = False, forecast: bool = False, each: bool = False, cost: float = COST
) -> float:
    """Return what showing the channel to those with so many touches by the draw brings, in a season or for each."""
    rows = lots(company)
    met = company.touches.merge(rows, left_on="visitor_id", right_on="unit_id")
    met = met[late | (met["touched_on"] <= met["assigned_on"])]
    rows = rows[rows["unit_id"].map(met["unit_id"].value_counts()).fillna(0) >= least]
    bought = rows.groupby("variant")["bought"].mean()
    first = company.orders.sort_values(["ordered_at", "order_id"]).groupby("customer_id")["amount"].first().mean()
    more = bought["shown"] - (0 if forecast else bought["held out"])
    return float((1 if each else len(rows)) * (more * MARGIN * first - cost))


_SIXTH = Question(
    title="A sixth rule",
    objective="share the sales among channels by a rule, and say what it takes for granted",
    level="warm-up",
    minutes=15,
    task=(
        "Many reports share a customer **40-20-40**: 40 % to the first touch, 40 % to the last, and 20 % shared alike "
        "among all those between. Where there are two touches each gets half, and a single touch gets all. How many "
        "customers does each channel get?"
    ),
    wanted="a Series with the channels as index: customers, which add up to all who bought after a touch.",
    not_checked="the intervals, and rounding.",
    given="""\
won = touches[touches["customer_id"].notna()].copy()  # one row a touch, in order of time
way = won.groupby("visitor_id")
won["place"], won["length"] = way.cumcount() + 1, way["channel"].transform("size")""",
    expected=sixth_rule,
    mistakes=(
        Mistake(
            lambda c: sixth_rule(c, short=False),
            "ways of one or two touches do not add up to one customer here; they have no touch between.",
        ),
        Mistake(lambda c: sixth_rule(c, shared=False), "the touches between *share* 20 %; here each gets 20 %."),
        Mistake(
            lambda c: sixth_rule(c) / sixth_rule(c).sum(),
            "these are shares of the credit; customers are wanted.",
        ),
        Mistake(linear, "this is the linear rule: each touch of a way gets the same."),
        Mistake(lambda c: sixth_rule(c, won=False), "visitors who never bought are in it; credit is for customers."),
    ),
    hints=(
        "Give each touch a weight, so that the weights of a way add up to one; then add up by channel.",
        'np.select([won["length"] < 3, ...], [1 / won["length"], ...], default), then groupby("channel").',
        'For longer ways: 0.4 where place is 1 or equals length, else 0.2 / (won["length"] - 2).',
    ),
    solution="""\
ends = (won["place"] == 1) | (won["place"] == won["length"])
between = 0.2 / (won["length"] - 2).clip(lower=1)
won["weight"] = np.select([won["length"] < 3, ends], [1 / won["length"], 0.4], between)
answer_1 = won.groupby("channel")["weight"].sum()""",
    reasoning="The weights of each way add up to one customer, so the credits add up to all of them.",
    reading="A sixth answer, as good as the others: 40 and 20 come from nobody's data, and none asks for effects.",
)

_PRICE = Question(
    title="The price of a customer",
    objective="read a randomised hold-out, and say what its interval means in money",
    level="core",
    minutes=15,
    task=(
        f"Showing {CHANNEL} to a visitor costs {COST}. What does each customer whom it **really brought** cost, if "
        "the effect lies at the **most favourable end** of its 95 % interval? The lot decided who of the visitors in "
        "`drawn` was shown the channel."
    ),
    wanted="a price per customer brought, in the company's currency.",
    not_checked="which of the usual intervals for a difference of two shares you take.",
    given="",
    expected=dearest,
    mistakes=(
        Mistake(credited, "this is the bill per customer who saw it before buying; most of them come anyway."),
        Mistake(lambda c: dearest(c, "estimate"), "this is the price at the estimate; take the upper end."),
        Mistake(lambda c: dearest(c, "low"), "this is the least favourable end of the interval; take the upper end."),
        Mistake(sellers_proof, "most of those who did not see it were never picked: they mean to buy less."),
        Mistake(
            lambda c: dearest(c, only_touched=True),
            "held-out visitors whom nothing touched are not in the table of touches; take all who were drawn.",
        ),
    ),
    hints=(
        "One more customer for how many shown? One over the effect. Each of them costs the price of showing.",
        'crm.ABTest.from_units(drawn, control="held out") has .difference, .low and .high.',
        f'{COST} / crm.ABTest.from_units(drawn, control="held out").high',
    ),
    solution=f'answer_2 = {COST} / crm.ABTest.from_units(drawn, control="held out").high',
    reasoning="The upper end is the largest effect that the trial does not rule out, so this is the lowest price.",
    reading="Set it beside what a first order brings. Below zero, even the best end brings nobody.",
    tolerance=0.02,
)

_LOOKS = Question(
    title="One boundary for ten looks",
    objective="say what it costs to look at a running test often, and how to look without that cost",
    level="core",
    minutes=15,
    task=(
        "You want to look **ten times**, and stop as soon as |z| exceeds a boundary that is **the same at each look**. "
        "How high must it be, so that only **5 % of all tests in which nothing differs** ever exceed it? `z` has 2,000 "
        "such tests as rows, made by lot among visitors who all saw the channel, and the ten looks as columns."
    ),
    wanted="a boundary for |z|, the same for all looks.",
    not_checked="the second decimal: it depends on the lots.",
    given="""\
bought = drawn.loc[drawn["variant"] == "shown", "bought"].to_numpy()
bought = bought[: len(bought) // 10 * 10].reshape(10, -1)  # one row for the visitors between two looks
new = np.random.default_rng(4).random((2000, *bought.shape)) < 0.5
n, wins = bought.shape[1] * np.arange(1, 11), bought.sum(axis=1).cumsum()
n_new, wins_new = (part.sum(axis=2).cumsum(axis=1) for part in (new, new * bought))
error = np.sqrt(wins / n * (1 - wins / n) * (1 / n_new + 1 / (n - n_new)))
z = (wins_new / n_new - (wins - wins_new) / (n - n_new)) / error""",
    expected=boundary,
    mistakes=(
        Mistake(lambda c: boundary(c, "each"), "this holds at one look; with ten, far more than 5 % stop somewhere."),
        Mistake(
            lambda _: NormalDist().inv_cdf(1 - 0.025 / LOOKS),
            "this is too strict: |z| holds both directions already, and looks share most of their visitors.",
        ),
        Mistake(lambda c: boundary(c, "up"), "a difference in either direction ends the test; take |z|."),
    ),
    hints=(
        "A test stops somewhere if its largest |z| exceeds the boundary.",
        "np.abs(z).max(axis=1) is the largest of each lot; np.quantile finds what 95 % of them stay below.",
        "np.quantile(np.abs(z).max(axis=1), 0.95)",
    ),
    solution="answer_3 = np.quantile(np.abs(z).max(axis=1), 0.95)",
    reasoning="Whatever the boundary, a lot raises an alarm exactly if its largest |z| lies above it.",
    reading="Pocock (1977) found 2.555. It is the price of looking: at the end, too, 1.96 is no longer enough.",
    tolerance=0.02,
)

_RULE = Question(
    title="Show it to the likely",
    objective="tell a good forecast of who buys from a reason to advertise",
    level="stretch",
    minutes=20,
    task=(
        "Visitors with **two touches or more by the day of their draw** buy far more often than others. An agency "
        f"would show {CHANNEL} to all of these, and to nobody else. What would that bring in a season in which the "
        f"visitors in `drawn` are picked, beyond showing it to nobody? A customer brings `value`, showing costs {COST} "
        "a visitor. (Touches on the day of the draw count.)"
    ),
    wanted="a gain for the season, in the company's currency; below zero for a loss.",
    not_checked="the interval, and orders after the first.",
    given='met = touches.merge(drawn, left_on="visitor_id", right_on="unit_id")',
    expected=rule,
    mistakes=(
        Mistake(
            lambda c: rule(c, forecast=True),
            "this counts all who buy; most buy without it. Take off the share of the held out.",
        ),
        Mistake(
            lambda c: rule(c, late=True),
            "touches after the draw are in it, and the channel's own are among them: that breaks the lot.",
        ),
        Mistake(lambda c: rule(c, least=0), "this is showing it to everybody; the rule picks some."),
        Mistake(lambda c: rule(c, cost=0), "the cost of showing is not taken off."),
        Mistake(lambda c: rule(c, each=True), "this is for each visitor shown; multiply by how many these are."),
    ),
    hints=(
        "Within visitors who were alike before the draw the lot is still fair: compare shown and held out there.",
        'Count met[met["touched_on"] <= met["assigned_on"]] by visitor, and keep who has two or more.',
        'len(likely) * ((rates["shown"] - rates["held out"]) * value - 400), with rates of bought by variant.',
    ),
    solution="""\
touches_by_then = met[met["touched_on"] <= met["assigned_on"]]["unit_id"].value_counts()
likely = drawn[drawn["unit_id"].map(touches_by_then) >= 2]
rates = likely.groupby("variant")["bought"].mean()
answer_4 = len(likely) * ((rates["shown"] - rates["held out"]) * value - 400)""",
    reasoning="Touches before the draw are no result of it, so shown and held out differ by the channel alone.",
    reading="Whom the rule picks buys often and with or without it: it forecasts behaviour, and money follows effect.",
)

SET = QuestionSet(
    lesson="04",
    slug="04-which-marketing-works",
    title="Which marketing works",
    company="retail",
    given="""\
touches, orders = company.touches, company.orders
drawn = company.experiments[company.experiments["experiment"] == "retargeting hold-out"]
drawn = drawn.sort_values(["assigned_on", "unit_id"], ignore_index=True)
drawn["variant"] = np.where(drawn["spend"] > 0, "shown", "held out")
drawn["bought"] = drawn["success"].astype(float)
first = orders.sort_values(["ordered_at", "order_id"]).groupby("customer_id")["amount"].first()
value = 0.3 * first.mean()  # the margin of a mean first order""",
    questions=(_SIXTH, _PRICE, _LOOKS, _RULE),
    written=(
        "The agency reports how many customers last touched retargeting, and asks for twice the budget. Write to the "
        "head of marketing in at most 150 words: more, as now, or stop? Recommend, give what the hold-out says in "
        "money with its interval, and name how much a customer would have to be worth to change your mind."
    ),
    rubric=(
        "More, because the channel earns most of the credit.",
        "Credit told from effect, without money.",
        "A choice by the hold-out, in money, with both ends of the interval.",
        "All that, the worth of a customer that turns it, and a next test of a size that could settle it.",
    ),
)
