"""Exercises on the three stages: the full cost of a customer, one percent more, a promise, and what no table holds."""

from __future__ import annotations

import pandas as pd

from crmlab.company import Company
from crmlab.exercises import Mistake, Question, QuestionSet
from crmlab.revenue import monthly_revenue

SPAN, HALF_YEAR = 24, 6


def cost(company: Company, activities: tuple[str, ...] = ("attract", "acquire"), each: str = "customers") -> pd.Series:
    """Return what was spent on some activities in each channel, over its customers or its leads."""
    spent = company.channel_spend.loc[company.channel_spend["activity"].isin(activities)]
    return spent.groupby("channel")["amount"].sum() / company.tables[each].groupby("channel").size()


def leaving(company: Company) -> float:
    """Return the share of those there when a month begins who leave in it, over all months."""
    flows = monthly_revenue(company.contracts, company.observation_end)
    return float(flows["left"].sum() / (flows["customers"] + flows["left"] - flows["joined"]).sum())


def months_paid(rate: float, months: int = SPAN) -> float:
    """Return how many of the first months a customer pays if a share leaves each month."""
    return sum((1 - rate) ** month for month in range(months))


def one_percent(company: Company, rate: float, months: int = SPAN) -> float:
    """Return the rise in months paid at another rate of leaving, in percent: that of leads is one."""
    return 100 * (months_paid(rate, months) / months_paid(leaving(company), months) - 1)


def cheapest(company: Company) -> str:
    """Return the channel with the cheapest leads among those that attraction is paid for."""
    prices = cost(company, ("attract",), "leads")
    return str(prices[prices > 0].idxmin())


def lives(company: Company, ripe: bool = True) -> pd.DataFrame:
    """Return contracts, old enough or all, with whether they lasted half a year, the channel and the first answer."""
    rows = company.contracts.merge(company.customers[["customer_id", "channel"]], on="customer_id")
    rows["stayed"] = ~(rows["ended_on"] <= rows["started_on"] + pd.DateOffset(months=HALF_YEAR))
    rows["theirs"] = rows["channel"] == cheapest(company)
    asked = company.surveys.dropna(subset="csat").sort_values("sent_on").drop_duplicates("customer_id")
    rows["answer"] = rows["customer_id"].map(asked.set_index("customer_id")["csat"]).astype(float)
    last = pd.to_datetime(company.observation_end) - pd.DateOffset(months=HALF_YEAR)
    return rows.loc[rows["started_on"] <= last] if ripe else rows


def gap(rows: pd.DataFrame) -> float:
    """Return the share of the channel's customers who stayed, less that of all others."""
    shares = rows.groupby("theirs")["stayed"].mean()
    return float(shares[True] - shares[False])


def answered(company: Company) -> pd.DataFrame:
    """Return the ripe contracts of those who answered, with whether the answer was one of the two best."""
    rows = lives(company).dropna(subset="answer")
    return rows.assign(content=rows["answer"] >= 4)


def alike(company: Company, weights: str = "theirs") -> float:
    """Return the gap among customers who answered alike, weighted by the mix of the channel, of others, or equally."""
    rows = answered(company)
    rates = rows.pivot_table("stayed", "content", "theirs", aggfunc="mean").astype(float)
    counts = rows.loc[rows["theirs"] == (weights == "theirs")].groupby("content").size()
    shares = 0.5 if weights == "equal" else counts / counts.sum()
    return float(((rates[True] - rates[False]) * shares).sum())


_COST = Question(
    title="What a customer costs",
    objective="follow customers through the stages in heads and money",
    level="warm-up",
    minutes=10,
    task=(
        "What did a **customer** cost until the contract, in each channel? Divide all the money spent on attraction "
        "*and* acquisition by the customers of the channel."
    ),
    wanted="a Series with the channel as index, in the company's currency.",
    not_checked="the order of the channels.",
    given='money = company.channel_spend.pivot_table("amount", "channel", "activity", aggfunc="sum")',
    expected=cost,
    mistakes=(
        Mistake(lambda c: cost(c, each="leads"), "this is the price of a lead: most leads never become customers."),
        Mistake(lambda c: cost(c, ("attract",)), "the leads were also worked on: the money of acquisition is missing."),
        Mistake(
            lambda c: cost(c, ("attract", "acquire", "retain")),
            "the money of retention was spent after the contract; it wins nobody.",
        ),
    ),
    hints=(
        "A lead costs twice: to bring it in, and to work on it. Those who are won have to pay for the others too.",
        'customers["channel"].value_counts() counts the customers; the ledger has a column for each activity.',
        '(money["attract"] + money["acquire"]) / customers["channel"].value_counts()',
    ),
    solution='answer_1 = (money["attract"] + money["acquire"]) / customers["channel"].value_counts()',
    reasoning="Money spent on leads that were lost is part of the price of those that were won.",
    reading="Leads that cost nothing to attract still cost work, and cheap leads can make dear customers.",
)

_PERCENT = Question(
    title="One percent fewer leave",
    objective="tell where money shows from where it works, and compare stages by what one percent more brings",
    level="core",
    minutes=15,
    task=(
        "A share `leaving` of the customers goes each month, so a new customer pays 1 + (1 − leaving) + (1 − leaving)² "
        "+ … months; count 24. By **how many percent** does the margin of new customers rise if **one percent fewer "
        "leave**? (One percent more leads raise it by exactly 1.)"
    ),
    wanted="a rise in percent: 0.5 means half a percent.",
    not_checked="whether you add up the months or use the formula of the sum.",
    given="""\
flows = crm.monthly_revenue(contracts, end)
leaving = flows["left"].sum() / (flows["customers"] + flows["left"] - flows["joined"]).sum()""",
    expected=lambda c: one_percent(c, 0.99 * leaving(c)),
    mistakes=(
        Mistake(
            lambda c: one_percent(c, 1 - 1.01 * (1 - leaving(c))),
            "here one percent more *stay*: that is the same word, and many more customers.",
        ),
        Mistake(lambda c: one_percent(c, leaving(c) - 0.01), "this takes a whole percentage point off the rate."),
        Mistake(
            lambda c: one_percent(c, 0.99 * leaving(c), 2000),
            "this counts for ever; after 24 months nothing is counted.",
        ),
        Mistake(lambda c: one_percent(c, 0.99 * leaving(c)) / 100, "this is a share; give percent."),
    ),
    hints=(
        "Compare the months paid at the new rate with the months paid at the old one.",
        "One percent fewer leave: the rate becomes 0.99 * leaving. sum((1 - rate) ** month for month in range(24))",
        "100 * (paid(0.99 * leaving) / paid(leaving) - 1)",
    ),
    solution="""\
months = np.arange(24)
paid, paid_more = ((1 - rate) ** months for rate in (leaving, 0.99 * leaving))
answer_2 = 100 * (paid_more.sum() / paid.sum() - 1)""",
    reasoning="Margin is leads × conversion × months × margin a month; only the months change, and by their ratio.",
    reading="Below one: a percent of leaving is less than a percent of leads. Which is cheaper to get decides.",
)

_PROMISE = Question(
    title="The customers of the cheapest leads",
    objective="trace a promise from the channel that made it to the customer who left over it",
    level="core",
    minutes=15,
    task=(
        "Which channel has the **cheapest leads**, by what was spent to *attract* one? Leave out channels that nothing "
        "is spent on. How many **fewer of its customers are still there after six months** than of all others "
        "together? Take contracts that began at least six months before `end`."
    ),
    wanted="its share less that of the others, as a share: −0.10 means ten percentage points fewer.",
    not_checked="the interval.",
    given="""\
attract = company.channel_spend.query("activity == 'attract'").groupby("channel")["amount"].sum()
lives = contracts.merge(customers[["customer_id", "channel"]], on="customer_id")
stayed = ~(lives["ended_on"] <= lives["started_on"] + pd.DateOffset(months=6))""",
    expected=lambda c: gap(lives(c)),
    mistakes=(
        Mistake(
            lambda c: gap(lives(c, ripe=False)),
            "contracts that began lately count as though they had lasted six months.",
        ),
        Mistake(
            lambda c: gap(lives(c).assign(stayed=lives(c)["ended_on"].isna())),
            "this is who is active today, after lives of every length; six months are asked for.",
        ),
        Mistake(
            lambda c: gap(lives(c).assign(theirs=lives(c)["channel"] == "referral")),
            "nothing is spent to attract these; take the cheapest of the channels that are paid for.",
        ),
        Mistake(
            lambda c: -gap(lives(c)), "the sign is turned round: give the channel's share less that of the others."
        ),
    ),
    hints=(
        "Price of a lead: the money of attraction over the leads. Then compare two shares, of contracts old enough.",
        'attract / leads["channel"].value_counts(); rows with lives["started_on"] <= end - pd.DateOffset(months=6).',
        'stayed[old & (lives["channel"] == cheap)].mean() - stayed[old & (lives["channel"] != cheap)].mean()',
    ),
    solution="""\
price = attract[attract > 0] / leads["channel"].value_counts()
theirs = lives["channel"] == price.idxmin()
old = lives["started_on"] <= end - pd.DateOffset(months=6)
answer_3 = stayed[old & theirs].mean() - stayed[old & ~theirs].mean()""",
    reasoning="Everybody compared had six months in which to leave, so the difference is not one of age.",
    reading="The department that buys these leads does not see this number; the one that keeps customers does.",
)

_LATENT = Question(
    title="What the answers do not hold",
    objective="say which part of a relationship no table holds, and how it shows all the same",
    level="stretch",
    minutes=20,
    task=(
        "Take the rows of question 3 whose customer answered `csat`, with each customer's **first** answer: content "
        "(4 or 5) or not. Compare the channel's customers with the others **among the content and among the rest**, "
        "and weight the two differences by how often the *channel's* customers are content or not. How large is the "
        "difference in the share still there after six months now?"
    ),
    wanted="a share, as in question 3; nearer to zero if the answer explains part of the difference.",
    not_checked="the interval, and that the silent are left out.",
    given="""\
price = company.channel_spend.query("activity == 'attract' and amount > 0").groupby("channel")["amount"].sum()
price = price / leads["channel"].value_counts()
asked = company.surveys.dropna(subset="csat").sort_values("sent_on").drop_duplicates("customer_id")
lives = contracts[contracts["started_on"] <= end - pd.DateOffset(months=6)]
lives = lives.merge(customers[["customer_id", "channel"]], on="customer_id").merge(asked, on="customer_id")
lives["stayed"] = ~(lives["ended_on"] <= lives["started_on"] + pd.DateOffset(months=6))
lives["theirs"], lives["content"] = lives["channel"] == price.idxmin(), lives["csat"] >= 4""",
    expected=alike,
    mistakes=(
        Mistake(lambda c: gap(answered(c)), "this compares all who answered, whatever they answered."),
        Mistake(lambda c: alike(c, "equal"), "both differences have the same weight here; count the customers."),
        Mistake(lambda c: alike(c, "others"), "these are the weights of the other channels; take the channel's own."),
        Mistake(lambda c: -alike(c), "the sign is turned round: give the channel's share less that of the others."),
    ),
    hints=(
        "Hold the answer fixed: a difference for the content, one for the rest, and then their weighted mean.",
        'lives.pivot_table("stayed", "content", "theirs") has the four shares; value_counts(normalize=True) weights.',
        '((rates[True] - rates[False]) * lives.loc[lives["theirs"], "content"].value_counts(normalize=True)).sum()',
    ),
    solution="""\
rates = lives.assign(stayed=lives["stayed"].astype(float)).pivot_table("stayed", "content", "theirs")
weights = lives.loc[lives["theirs"], "content"].value_counts(normalize=True)
answer_4 = ((rates[True] - rates[False]) * weights).sum()""",
    reasoning="If satisfaction links promise and leaving, customers equally satisfied stay alike, whoever promised.",
    reading="An answer is a noisy trace of satisfaction, so part of the gap stays. The rest is in no table.",
)

SET = QuestionSet(
    lesson="01",
    slug="01-one-company-three-stages",
    title="One company, three stages",
    company="subscription",
    given="""\
customers, leads, contracts = company.customers, company.leads, company.contracts
end = pd.Timestamp(company.observation_end)""",
    questions=(_COST, _PERCENT, _PROMISE, _LATENT),
    written=(
        "Marketing wants to double the budget of the channel with the cheapest leads. Write to the board in at most "
        "150 words: yes or no? Recommend, give what a customer of this channel costs and how long such customers stay, "
        "and name the one thing that you would have to know and that no table holds."
    ),
    rubric=(
        "No recommendation, or one that rests on the price of a lead.",
        "A recommendation by the price of a customer, without how long these customers stay.",
        "A recommendation by price and stay, with both numbers, explained so that marketing follows.",
        "All that, the promise named as the likely cause, and a way to test it, such as another promise by lot.",
    ),
)
