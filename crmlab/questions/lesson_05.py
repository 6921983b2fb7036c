"""Exercises on selling value: who takes an offer, what a saving is worth, the velocity of sales, and bold promises."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pandas as pd

from crmlab.churn import ChurnCurve
from crmlab.company import Company
from crmlab.exercises import Mistake, Question, QuestionSet
from crmlab.pipeline import OfferChoice, decided_offers

SPAN, SAVING, FIRST, LAST = 24, 1_000_000, "2025-10-01", "2025-12-31"
UNITS = {"promised_value": 100_000, "monthly_price": 100_000}


@lru_cache(maxsize=4)
def offers(company: Company) -> pd.DataFrame:
    """Return the options of all decided offers, with the list price and the size that it tells."""
    rows = decided_offers(company.offers, company.stage_events)
    test = company.experiments.loc[company.experiments["experiment"] == "price test"].set_index("unit_id")["spend"]
    rows["list"] = rows["monthly_price"] + rows["lead_id"].map(test).fillna(0.0)
    level = (rows["list"] / rows.groupby("option")["list"].transform("median")).map(np.log)
    rows["size"] = level.groupby(rows["offer_id"]).transform("mean")
    return rows


def taken(company: Company, how: str = "one of them") -> float:
    """Return the chance that an offer is taken, by the numbers given; or what other sums make of them."""
    rows = offers(company)
    likes = np.exp(-4 + 0.6 * rows["promised_value"] / 1e5 - 0.8 * rows["monthly_price"] / 1e5)
    if how == "each alone":
        return float((likes / (1 + likes)).groupby(rows["offer_id"]).sum().clip(upper=1).mean())
    total = likes.groupby(rows["offer_id"]).transform("sum")
    shares = likes / (1 + total)
    return float(shares.mean() if how == "an option" else shares.groupby(rows["offer_id"]).sum().mean())


@lru_cache(maxsize=8)
def choice(company: Company, *attributes: str) -> OfferChoice:
    """Return a choice model of the promised value, the price, and other attributes."""
    return OfferChoice.fit(offers(company), ("promised_value", *attributes), units=UNITS)


def worth(company: Company, *attributes: str) -> float:
    """Return the price that makes up for a promised saving of a million."""
    return SAVING * float(choice(company, *attributes).willingness_to_pay()["estimate"]["promised_value"])


def velocity(company: Company, **other: str | float) -> float:
    """Return open leads × win rate × fee ÷ days of the last quarter, with some of the four replaced."""
    steps = company.stage_events.pivot_table(index="lead_id", columns="stage", values="reached_on", aggfunc="first")
    ended = steps["won"].fillna(steps["lost"])
    now = steps.loc[ended.between(FIRST, LAST)]
    fees = company.leads.set_index("lead_id")["customer_id"].map(
        company.contracts.set_index("customer_id")["monthly_fee"]
    )
    known = {
        "open": float(((steps["lead"] < FIRST) & ~(ended < FIRST)).sum()),
        "rate": float(now["won"].notna().mean()),
        "fee": float(fees.loc[now.index[now["won"].notna()]].mean()),
        "days": float((ended - steps["lead"]).dt.days.loc[now.index].mean()),
        "won_days": float((now["won"] - now["lead"]).dt.days.mean()),
        "of_all": float(now["won"].notna().sum() / len(steps)),
    }
    part = {name: known[str(by)] if isinstance(by, str) else by for name, by in other.items()}
    used = known | part
    return used["open"] * used["rate"] * used["fee"] / used["days"]


def by_promise(company: Company) -> pd.DataFrame:
    """Return, for the third that promises most and the one that promises least: share won, margin, months."""
    rows = offers(company).merge(company.leads[["lead_id", "user_id"]], on="lead_id")
    ratio = (rows["promised_value"] / rows["list"]).map(np.log)
    index = (ratio - ratio.groupby(rows["option"]).transform("mean")).groupby(rows["user_id"]).mean()
    third = pd.qcut(index, 3, labels=["least", "middle", "most"]).astype(str)
    won = rows.groupby("offer_id").agg(user_id=("user_id", "first"), won=("accepted", "max"))
    customers = company.contracts.merge(company.leads[["customer_id", "user_id"]], on="customer_id")
    customers["promises"] = customers["user_id"].map(third)
    table = pd.DataFrame({"won": won["won"].astype(float).groupby(won["user_id"].map(third)).mean()})
    table["margin"] = customers.groupby("promises")["monthly_margin"].mean()
    curve = ChurnCurve.from_contracts(customers.dropna(subset="promises"), company.observation_end, by="promises")
    table["months"] = curve.mean_within(SPAN)["estimate"]
    return table


def bold(company: Company, *factors: str) -> float:
    """Return the product of some factors of the third that promises most, over that of the least."""
    table = by_promise(company)[list(factors or ("won", "margin", "months"))].prod(axis=1)
    return float(table["most"] / table["least"])


_TAKEN = Question(
    title="Who takes an offer",
    objective="turn prices and promises into the probability that an offer is taken",
    level="warm-up",
    minutes=15,
    task=(
        "Suppose a firm likes an option by u = −4 + 0.6 · promised value − 0.8 · price, both in **100,000 a month**, "
        "and takes option j with probability exp(uⱼ) / (1 + Σ exp(uₖ)), summed over the options of its offer. What is "
        "the mean probability that an offer is **taken at all**, over all offers in `offers`?"
    ),
    wanted="a probability between 0 and 1.",
    not_checked="whether these three numbers fit.",
    given='u = -4 + 0.6 * offers["promised_value"] / 100_000 - 0.8 * offers["monthly_price"] / 100_000',
    expected=taken,
    mistakes=(
        Mistake(
            lambda c: taken(c, "an option"), "this is the mean over options; add up the options of an offer first."
        ),
        Mistake(lambda c: taken(c, "each alone"), "each option is judged alone here; they compete with each other."),
        Mistake(lambda c: 1 - taken(c), "this is the probability that nothing is taken."),
    ),
    hints=(
        "All options of one offer share one sum: what the one wins, the others lose.",
        'Add up exp(u) with groupby("offer_id"); nothing is taken with probability 1 / (1 + sum).',
        '(1 - 1 / (1 + np.exp(u).groupby(offers["offer_id"]).sum())).mean()',
    ),
    solution="""\
total = np.exp(u).groupby(offers["offer_id"]).sum()
answer_1 = (total / (1 + total)).mean()""",
    reasoning="The chances of the options add up, because a firm takes one of them at most.",
    reading="Not buying is an option too, and often the strongest competitor.",
)

_WORTH = Question(
    title="What a promised saving is worth",
    objective="say what a promised saving is worth to the buyer in money",
    level="core",
    minutes=15,
    task=(
        "Fit a choice model with the **promised value**, the price and the **size** of the firm. By how much can the "
        "monthly price rise, at most, for a promised saving of **one million** a month more, if a firm is to stay as "
        "likely to buy?"
    ),
    wanted="a price a month, in the company's currency.",
    not_checked="the interval; the fit may also hold the season.",
    given='units = {"promised_value": 100_000, "monthly_price": 100_000}',
    expected=lambda c: worth(c, "size"),
    mistakes=(
        Mistake(
            lambda c: SAVING**2 / worth(c, "size"),
            "this is turned round: effect of the promise over that of the price.",
        ),
        Mistake(lambda c: worth(c), "the size is missing: large firms pay more and buy more gladly, promise or not."),
        Mistake(lambda c: worth(c, "size") / SAVING, "this is for a saving of one; a million is asked for."),
        Mistake(
            lambda c: 10 * float(choice(c, "size").parameters["promised_value"]),
            "this is the change of the log odds; divide it by the effect of the price.",
        ),
    ),
    hints=(
        "Willingness to pay: the effect of the promise over the effect of the price, so that both cancel.",
        'crm.OfferChoice.fit(offers, ("promised_value", "size"), units=units) has willingness_to_pay().',
        'choice.willingness_to_pay().loc["promised_value", "estimate"] * 1_000_000',
    ),
    solution="""\
choice = crm.OfferChoice.fit(offers, ("promised_value", "size"), units=units)
answer_2 = choice.willingness_to_pay().loc["promised_value", "estimate"] * 1_000_000""",
    reasoning="Only because a lot drew the discounts does the effect of the price mean what a price does.",
    reading="Firms give up a part of what they believe to save; the rest is why they buy.",
    tolerance=0.01,
)

_VELOCITY = Question(
    title="How fast money comes in",
    objective="read the key figures of sales",
    level="core",
    minutes=15,
    task=(
        "What was the **pipeline velocity** of the fourth quarter of 2025, in fees a month won a day? Take the leads "
        "`open` when it began, the win rate of those that ended in it, the mean monthly fee of those won, and the mean "
        "days from lead to end of **all** that ended."
    ),
    wanted="fees a month, won in a day, in the company's currency.",
    not_checked="what was really won a day.",
    given="""\
steps = events.pivot_table(index="lead_id", columns="stage", values="reached_on", aggfunc="first")
ended = steps["won"].fillna(steps["lost"])
start, now = pd.Timestamp("2025-10-01"), steps[ended.between("2025-10-01", "2025-12-31")]
fees = leads.set_index("lead_id")["customer_id"].map(contracts.set_index("customer_id")["monthly_fee"])""",
    expected=velocity,
    mistakes=(
        Mistake(
            lambda c: velocity(c, days="won_days"),
            "these are the days of the won leads; the lost ones fill the pipeline, too.",
        ),
        Mistake(
            lambda c: velocity(c, rate="of_all"),
            "the win rate is of those that ended in the quarter, not of all leads.",
        ),
        Mistake(lambda c: velocity(c, rate=1.0), "the win rate is missing: not every open lead is won."),
        Mistake(lambda c: velocity(c, days=1.0), "this is what is under way; divide by the days that it takes."),
    ),
    hints=(
        "Open leads × win rate × fee ÷ days: each of the four is a mean or a count of this quarter.",
        'Open: steps["lead"] < start and not ended < start. Days: (ended - steps["lead"]).dt.days, of the rows of now.',
        'crm.pipeline_velocity(count, now["won"].notna().mean(), fee, days)',
    ),
    solution="""\
count = ((steps["lead"] < start) & ~(ended < start)).sum()
fee = fees[now.index[now["won"].notna()]].mean()
days = (ended - steps["lead"]).dt.days[now.index].mean()
answer_3 = crm.pipeline_velocity(count, now["won"].notna().mean(), fee, days)""",
    reasoning="It is a law of queues: what is in the pipeline, over how long it stays, is what leaves it a day.",
    reading="The quarter's end of the year is not usual here; compare it with the quarters before.",
)

_BOLD = Question(
    title="What bold promises are worth",
    objective="count what a promise beyond the delivered value wins, and what it loses later",
    level="stretch",
    minutes=20,
    task=(
        "`promises` sorts salespeople into thirds by how much they promise. An offer is worth the **share won × mean "
        "monthly margin × months within two years**. How many times as much is an offer of the third that promises "
        "**most** worth as one of the third that promises **least**?"
    ),
    wanted="a ratio: 1 if both are worth the same.",
    not_checked="the interval, and what lies beyond two years.",
    given="""\
offers["user_id"] = offers["lead_id"].map(leads.set_index("lead_id")["user_id"])
ratio = np.log(offers["promised_value"] / offers["list"])
ratio -= ratio.groupby(offers["option"]).transform("mean")
promises = pd.qcut(ratio.groupby(offers["user_id"]).mean(), 3, labels=["least", "middle", "most"]).astype(str)
won = offers.groupby("offer_id").agg(user_id=("user_id", "first"), won=("accepted", "max"))
customers = contracts.merge(leads[["customer_id", "user_id"]], on="customer_id")
customers["promises"] = customers["user_id"].map(promises)""",
    expected=bold,
    mistakes=(
        Mistake(lambda c: bold(c, "won"), "this counts only what is won; look at how long these customers stay."),
        Mistake(
            lambda c: bold(c, "margin", "months"), "this is the worth of a customer; an offer has to be won first."
        ),
        Mistake(
            lambda c: bold(c, "won", "margin"), "this is margin a month; the months that customers stay are missing."
        ),
        Mistake(lambda c: 1 / bold(c), "this is least over most; turn it round."),
    ),
    hints=(
        "Three factors a third: two are means, and the months are an area under a survival curve.",
        'crm.ChurnCurve.from_contracts(customers, end, by="promises").mean_within(24)["estimate"]',
        '(share * margin * months), by third; then ["most"] / ["least"]',
    ),
    solution="""\
share = won["won"].astype(float).groupby(won["user_id"].map(promises)).mean()
margin = customers.groupby("promises")["monthly_margin"].mean()
months = crm.ChurnCurve.from_contracts(customers, end, by="promises").mean_within(24)["estimate"]
answer_4 = (share * margin * months)["most"] / (share * margin * months)["least"]""",
    reasoning="What a promise wins shows at once, what it loses only in the months; the product holds both.",
    reading="Set it beside the ratio of offers won. The longer you count, the less of the lead of the bold is left.",
    tolerance=0.01,
)

SET = QuestionSet(
    lesson="05",
    slug="05-selling-value",
    title="Selling value",
    company="b2b",
    given="""\
leads, contracts, events = company.leads, company.contracts, company.stage_events
end = company.observation_end
offers = crm.decided_offers(company.offers, events)
discounts = company.experiments[company.experiments["experiment"] == "price test"].set_index("unit_id")["spend"]
offers["list"] = offers["monthly_price"] + offers["lead_id"].map(discounts).fillna(0.0)
level = np.log(offers["list"] / offers.groupby("option")["list"].transform("median"))
offers["size"] = level.groupby(offers["offer_id"]).transform("mean")  # list prices tell how large a firm is""",
    questions=(_TAKEN, _WORTH, _VELOCITY, _BOLD),
    written=(
        "Salespeople are paid by offers won. Write to the head of sales in at most 150 words: how much should they "
        "promise, and by what should they be paid? Recommend, give what bold promises win and what they lose, and name "
        "how many months you count, and why."
    ),
    rubric=(
        "Promise more, because it wins.",
        "Promise less, without what that costs in offers won.",
        "A rule with both numbers, wins and months, counted over stated months, that a head of sales can follow.",
        "All that, a way of paying that counts customers who stay, and the test that would show what a promise does.",
    ),
)
