"""Answers to the exercises with nothing but pandas and numpy: a second way beside the solutions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import brentq, minimize
from scipy.special import expit, hyp2f1
from sklearn.metrics import adjusted_rand_score

import crmlab as crm
from crmlab import Company
from crmlab.questions.lesson_09 import ENGLISH, KOREAN

ELSEWHERE = {"03", "11", "13"}  # these have a test module of their own, with answers and mistakes by hand
ANSWERS: dict[tuple[str, int], Callable[[Company], Any]] = {}


def answers(lesson: str, number: int) -> Callable[[Callable[[Company], Any]], Callable[[Company], Any]]:
    """Put a function down as the plain answer to a question."""

    def put(function: Callable[[Company], Any]) -> Callable[[Company], Any]:
        ANSWERS[lesson, number] = function
        return function

    return put


def still_there(company: Company, months: int = 6) -> pd.DataFrame:
    """Return customers with contracts old enough, and whether they were there after so many months."""
    end = pd.Timestamp(company.observation_end)
    rows = company.contracts.merge(company.customers, on="customer_id")
    rows = rows[rows["started_on"] + pd.DateOffset(months=months) <= end].copy()
    rows["there"] = (
        rows["ended_on"].fillna(end + pd.DateOffset(years=9)) > rows["started_on"] + pd.DateOffset(months=months)
    ) * 1.0
    return rows


@answers("01", 1)
def _(company: Company) -> pd.Series:
    ledger = company.channel_spend[company.channel_spend["activity"] != "retain"]
    heads = company.customers["channel"].value_counts()
    return pd.Series({name: rows["amount"].sum() / heads[name] for name, rows in ledger.groupby("channel")})


@answers("01", 2)
def _(company: Company) -> float:
    contracts, left, begun = company.contracts, 0, 0
    months = pd.period_range(contracts["started_on"].min(), company.observation_end, freq="M")
    started, ended = contracts["started_on"].dt.to_period("M"), contracts["ended_on"].dt.to_period("M")
    for month in months:
        left += (ended == month).sum()
        begun += ((started < month) & ~(ended < month)).sum()
    now, then = left / begun, 0.99 * left / begun
    return 100 * ((1 - (1 - then) ** 24) / then / ((1 - (1 - now) ** 24) / now) - 1)


def paid_channel(company: Company) -> str:
    spent = company.channel_spend[company.channel_spend["activity"] == "attract"].groupby("channel")["amount"].sum()
    return (spent[spent > 0] / company.leads.groupby("channel").size()).idxmin()


@answers("01", 3)
def _(company: Company) -> float:
    rows, cheap = still_there(company), paid_channel(company)
    return rows.loc[rows["channel"] == cheap, "there"].mean() - rows.loc[rows["channel"] != cheap, "there"].mean()


@answers("01", 4)
def _(company: Company) -> float:
    rows, cheap = still_there(company), paid_channel(company)
    first = (
        company.surveys[company.surveys["csat"].notna()].sort_values("sent_on").groupby("customer_id")["csat"].first()
    )
    rows = rows[rows["customer_id"].isin(first.index)]
    content = rows["customer_id"].map(first) >= 4
    expected = rows[rows["channel"] != cheap].groupby(content)["there"].mean()  # as the others who answered alike
    theirs = rows["channel"] == cheap
    return rows.loc[theirs, "there"].mean() - content[theirs].map(expected).mean()


REPORT = pd.Timestamp("2025-06-30")


@answers("06", 1)
def _(company: Company) -> float:
    rows = company.tickets[(company.tickets["opened_on"] <= REPORT) & company.tickets["handle_minutes"].notna()]
    again = rows["asked_before"].astype(bool)
    extra = rows.loc[again, "handle_minutes"].mean() - rows.loc[~again, "handle_minutes"].mean()
    return (again & (rows["opened_on"] > "2024-12-30")).sum() * extra * 20_000 / 60


def months_at_risk(company: Company, first: str, last: str) -> pd.DataFrame:
    """Return a row for each contract and month of a window that it began in, with whether it ended in that month."""
    rows = company.contracts[["plan", "payment_method"]].copy()
    started, ended = (company.contracts[column].dt.to_period("M") for column in ("started_on", "ended_on"))
    months = pd.period_range(first, last, freq="M")
    return pd.concat([rows[(started < m) & ~(ended < m)].assign(left=ended == m) for m in months])


@answers("06", 2)
def _(company: Company) -> float:
    old, now = months_at_risk(company, "2024-04", "2025-03"), months_at_risk(company, "2025-04", "2025-06")
    total = 0.0
    for method, part in now.groupby("payment_method"):
        then = old[old["payment_method"] == method].groupby("plan")["left"].mean()
        rise = part.groupby("plan")["left"].mean() - then
        total += (rise["basic"] - rise["premium"]) * len(part) / len(now)
    return total


@answers("06", 3)
def _(company: Company) -> float:
    stay = [
        1 - window.loc[window["payment_method"] == "bank transfer", "left"].mean()
        for window in (months_at_risk(company, "2024-04", "2025-03"), months_at_risk(company, "2025-04", "2025-06"))
    ]
    rows = company.contracts
    here = (rows["started_on"] <= REPORT) & ~(rows["ended_on"] <= REPORT) & (rows["payment_method"] == "bank transfer")
    mended, not_mended = (share * (1 - share**6) / (1 - share) for share in stay)
    return rows.loc[here, "monthly_margin"].sum() * (mended - not_mended) - 1_500_000


@answers("06", 4)
def _(company: Company) -> float:
    end = pd.Timestamp(company.observation_end)
    ended = company.contracts.set_index("customer_id")["ended_on"]
    rows = company.tickets.sort_values(["opened_on", "ticket_id"]).groupby("customer_id").head(1)
    rows = rows[(end - rows["opened_on"]).dt.days >= 90]
    stayed = ~((rows["customer_id"].map(ended) - rows["opened_on"]).dt.days <= 90)
    solved, hard = rows["resolved_at_first_contact"].astype(bool), rows["difficulty"] > 2
    return sum((stayed[solved & k].mean() - stayed[~solved & k].mean()) * k.mean() for k in (hard, ~hard))


def shopping(company: Company) -> pd.DataFrame:
    """Return a row for each customer of 2024: purchases after the first, and first and last day, in weeks."""
    days = company.orders.groupby(["customer_id", "ordered_at"])["amount"].sum().reset_index()
    past = days[days["ordered_at"] <= "2024-12-31"].groupby("customer_id")["ordered_at"].agg(["size", "min", "max"])
    rows = pd.DataFrame({"frequency": past["size"] - 1, "recency": (past["max"] - past["min"]).dt.days / 7})
    rows["T"] = (pd.Timestamp("2024-12-31") - past["min"]).dt.days / 7
    later = days[days["ordered_at"] > "2024-12-31"].groupby("customer_id")["amount"].agg(["size", "sum"])
    return rows.join(later.set_axis(["came", "spent"], axis=1)).fillna(0).reset_index()


@answers("14", 1)
def _(company: Company) -> float:
    rows = shopping(company).query("frequency > 0")
    left = 0.7 / (5 + rows["frequency"]) * ((2.5 + rows["T"]) / (2.5 + rows["recency"])) ** (0.6 + rows["frequency"])
    return (1 - left / (1 + left)).mean()


def buying(company: Company) -> crm.BetaGeo:
    return crm.BetaGeo.fit(shopping(company)[["frequency", "recency", "T"]])


@answers("14", 2)
def _(company: Company) -> float:
    """As Fader, Hardie and Lee (2005a) write it for customers without a repeat purchase."""
    rows, ahead = shopping(company).query("frequency == 0"), 365 / 7
    r, alpha, a, b = buying(company).parameters
    z = ahead / (alpha + rows["T"] + ahead)
    shrunk = ((alpha + rows["T"]) / (alpha + rows["T"] + ahead)) ** r * hyp2f1(r, b, a + b - 1, z)
    return ((a + b - 1) / (a - 1) * (1 - shrunk)).sum() / rows["came"].sum()


def worth(company: Company) -> pd.Series:
    """Return the value of each customer, week by week."""
    rows, model = shopping(company), buying(company)
    expected = pd.DataFrame({week: model.expected_purchases(week, rows) for week in range(1, 53)})
    weekly = expected.diff(axis=1).fillna({1: expected[1]})
    summary = crm.summarize_customers(company.orders, company.observation_end, "W", calibration_end="2024-12-31")
    spend = crm.GammaGamma.fit(summary).expected_spend(summary).set_axis(summary["customer_id"])
    return 0.3 * (weekly * 1.002 ** (0.5 - np.arange(1, 53))).sum(axis=1) * rows["customer_id"].map(spend)


@answers("14", 3)
def _(company: Company) -> float:
    return worth(company).sum()


@answers("14", 4)
def _(company: Company) -> float:
    rows = shopping(company).assign(value=worth(company)).sort_values("value")
    chosen = rows.tail(len(rows) // 5)
    return 0.03 * chosen["spent"].sum() - 2_100 * len(chosen)


def arms(company: Company, name: str) -> pd.Series:
    """Return the share of successes by what was spent on a lead, or on a customer in six months."""
    rows = company.experiments[company.experiments["experiment"] == name]
    shares = rows["success"].astype(float).groupby(rows["spend"]).mean()
    return shares if name == "money per lead" else shares.set_axis(6 * shares.index)


def half_year(company: Company) -> tuple[float, int]:
    """Return the mean margin of six months and the number of customers before the experiment with customers began."""
    rows = company.experiments[company.experiments["experiment"] == "money per customer"]
    day = rows["assigned_on"].min()
    here = company.contracts[(company.contracts["started_on"] < day) & ~(company.contracts["ended_on"] < day)]
    return 6 * here["monthly_margin"].mean(), len(here)


def lead_value(spends: tuple[float, float], rates: tuple[float, float], margin: float) -> tuple[float, float]:
    """Return what a lead and what a present customer is worth, adding up the periods one by one."""
    (hunt, farm), (won, stay) = spends, rates
    later = sum((stay**t * margin - stay ** (t - 1) * farm) / 1.12 ** (t / 2) for t in range(1, 400)) * 1.12**0.5
    return won * (margin + later / 1.12**0.5) - hunt, later / 1.12**0.5


@answers("15", 1)
def _(company: Company) -> float:
    rates = arms(company, "money per lead")[12_000], arms(company, "money per customer")[9_000]
    return lead_value((12_000, 9_000), rates, half_year(company)[0])[0]


def response(company: Company, name: str) -> np.ndarray:
    """Return floor, ceiling and k by a likelihood of our own."""
    rows = company.experiments[company.experiments["experiment"] == name]
    arm = rows["success"].astype(int).groupby(rows["spend"]).agg(["sum", "size"]).reset_index().astype(float)
    spend = arm["spend"].to_numpy() * (1 if name == "money per lead" else 6) / 1e4
    hits, misses = arm["sum"].to_numpy(), (arm["size"] - arm["sum"]).to_numpy()

    def shape(point: np.ndarray) -> tuple[float, float, float]:
        low = 0.0 if name == "money per lead" else expit(point[2])
        return low, low + (1 - low) * expit(point[0]), np.exp(point[1])

    def height(point: np.ndarray) -> float:
        low, top, k = shape(point)
        rate = (low + (top - low) * -np.expm1(-k * spend)).clip(1e-12, 1 - 1e-12)
        return -(hits * np.log(rate) + misses * np.log1p(-rate)).sum()

    found = minimize(
        height, [0.0, 0.5, 0.0], method="Nelder-Mead", options={"xatol": 1e-7, "fatol": 1e-9, "maxiter": 4000}
    )
    low, top, k = shape(found.x)
    return np.array([low, top, k / 1e4])


@answers("15", 2)
def _(company: Company) -> float:
    return -np.expm1(-response(company, "money per lead")[2] * 8_000)


@answers("15", 3)
def _(company: Company) -> float:
    won = 100 * arms(company, "money per lead")  # of a hundred leads
    return 100 * 6_000 / (won[12_000] - won[6_000])


@answers("15", 4)
def _(company: Company) -> float:
    (hunt, farm), (margin, customers) = (
        [response(company, f"money per {who}") for who in ("lead", "customer")],
        half_year(company),
    )
    share = np.append(np.linspace(0, 1, 2001), 0.85)
    budget = 8_000 * 3_000 + 9_000 * customers
    spends = (1 - share) * budget / 3_000, share * budget / customers
    won, stay = (low + (top - low) * -np.expm1(-k * s) for (low, top, k), s in zip((hunt, farm), spends, strict=True))
    later = (margin * stay - spends[1]) / (1.12**0.5 - stay)
    value = 3_000 * (won * (margin + later) - spends[0]) + customers * later
    return value.max() - value[-1]


def called_or_not(company: Company) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the customers of the experiment with calls: those called, and those left alone."""
    rows = company.experiments.query("experiment == 'save call'").set_index("unit_id")
    rows = rows.join(company.contracts.set_index("customer_id"))
    rows["kept"] = rows["success"].astype(int)
    return rows[rows["spend"] > 0], rows[rows["spend"] == 0]


@answers("16", 1)
def _(company: Company) -> pd.Series:
    called, alone = called_or_not(company)
    return called.groupby("plan")["kept"].mean().sub(alone.groupby("plan")["kept"].mean())


@answers("16", 2)
def _(company: Company) -> float:
    both = pd.concat(called_or_not(company)).rename_axis("customer_id").reset_index()
    both = both.sort_values("customer_id").sort_values("started_on", ascending=False, kind="stable")
    gain = 0.0
    for row in both.head(len(both) // 2).itertuples():
        arm = both[(both["spend"] > 0) == (row.spend > 0)]
        gain += (1 if row.spend > 0 else -1) * (row.kept - both["kept"].mean()) / len(arm)
    return gain


@answers("16", 3)
def _(company: Company) -> float:
    called, alone = ([arm, arm[arm["plan"] == "premium"]] for arm in called_or_not(company))
    brings = [(part["kept"] * 12 * part["monthly_margin"]).sum() / len(part) for part in (called[1], alone[1])]
    share = (len(called[1]) + len(alone[1])) / (len(called[0]) + len(alone[0]))
    return share * (brings[0] - brings[1]) - share * 15_000


@answers("16", 4)
def _(company: Company) -> float:
    called, alone = called_or_not(company)
    variance = sum(arm["kept"].mean() * (1 - arm["kept"].mean()) / len(arm) for arm in (called, alone))
    return (len(called) + len(alone)) * 2.8**2 * variance / 0.03**2


def telephone_hours(company: Company) -> float:
    return company.tickets.groupby("contact_channel")["handle_minutes"].mean()["phone"] / 60


@answers("10", 1)
def _(company: Company) -> float:
    a = 6 * telephone_hours(company)  # with chances 1 : a : a²/2 : a³/4 ... for 0, 1, 2, 3 ... calls in the desk
    chances = np.array([1, a, *(2 * (a / 2) ** n for n in range(2, 200))])
    return chances[2:].sum() / chances.sum()


@answers("10", 2)
def _(company: Company) -> int:
    a, blocked, agents = 60 * telephone_hours(company), 1.0, 0
    while True:  # Erlang B by its recursion, and C from it
        agents += 1
        blocked = a * blocked / (agents + a * blocked)
        if agents > a:
            wait = agents * blocked / (agents - a * (1 - blocked))
            if 1 - wait * np.exp(-(agents - a) * 20 / 3600 / telephone_hours(company)) >= 0.8:
                return agents


@answers("10", 3)
def _(company: Company) -> float:
    rows = company.tickets[company.tickets["agent_id"].notna()]
    senior = rows["agent_id"].map(company.agents.set_index("agent_id")["level"]) == "senior"
    solved, kind = rows["resolved_at_first_contact"].astype(bool), pd.cut(rows["difficulty"].astype(int), [0, 2, 3, 5])
    would = {
        who: kind.map(solved[senior == who].groupby(kind, observed=True).mean()).astype(float) for who in (True, False)
    }
    return (would[True] - would[False]).mean()


@answers("10", 4)
def _(company: Company) -> float:
    rows = company.tickets[company.tickets["first_answer"] == "chatbot"]
    wages = rows["agent_id"].map(company.agents.set_index("agent_id")["hourly_cost"])
    unsolved = len(rows) - rows["resolved_at_first_contact"].sum()
    return (300 * len(rows) + (rows["handle_minutes"] * wages / 60).sum() + 20_000 * unsolved) / len(rows)


def decided(company: Company) -> pd.DataFrame:
    """Return the options of offers whose lead has ended, with the lead's size by list prices."""
    ended = company.stage_events.query("stage in ['won', 'lost']")["lead_id"]
    rows = company.offers[company.offers["lead_id"].isin(ended)].copy()
    off = company.experiments.query("experiment == 'price test'").set_index("unit_id")["spend"]
    rows["list"] = rows["monthly_price"] + rows["lead_id"].map(off).fillna(0)
    rows["size"] = np.log(rows["list"]) - rows["option"].map(np.log(rows.groupby("option")["list"].median()))
    rows["size"] = rows["offer_id"].map(rows.groupby("offer_id")["size"].mean())
    return rows


@answers("05", 1)
def _(company: Company) -> float:
    rows = decided(company)
    likes = np.exp((0.6 * rows["promised_value"] - 0.8 * rows["monthly_price"]) / 100_000 - 4)
    return np.mean([1 - 1 / (1 + mine.sum()) for _, mine in likes.groupby(rows["offer_id"])])


@answers("05", 2)
def _(company: Company) -> float:
    """By a likelihood of our own."""
    rows = decided(company).sort_values("offer_id")
    x = np.column_stack([np.ones(len(rows)), rows["promised_value"] / 1e6, rows["monthly_price"] / 1e6, rows["size"]])
    start = np.flatnonzero(np.r_[True, rows["offer_id"].to_numpy()[1:] != rows["offer_id"].to_numpy()[:-1]])
    chosen = rows["accepted"].to_numpy(bool)

    def height(point: np.ndarray) -> float:
        return np.log1p(np.add.reduceat(np.exp(x @ point), start)).sum() - (x @ point)[chosen].sum()

    best = minimize(height, [-2.0, 3.0, -3.0, 0.0], method="BFGS").x
    return -1e6 * best[1] / best[2]


@answers("05", 3)
def _(company: Company) -> float:
    events = company.stage_events
    began = events[events["stage"] == "lead"].set_index("lead_id")["reached_on"]
    end = events[events["stage"].isin(["won", "lost"])].set_index("lead_id")
    count = ((began < "2025-10-01") & ~(end["reached_on"].reindex(began.index) < "2025-10-01")).sum()
    now = end[(end["reached_on"] >= "2025-10-01") & (end["reached_on"] <= "2025-12-31")]
    buyers = company.leads.set_index("lead_id").loc[now.index[now["stage"] == "won"], "customer_id"]
    fee = company.contracts[company.contracts["customer_id"].isin(buyers)]["monthly_fee"].mean()
    return count * len(buyers) / len(now) * fee / (now["reached_on"] - began[now.index]).dt.days.mean()


@answers("05", 4)
def _(company: Company) -> float:
    rows = decided(company).merge(company.leads[["lead_id", "user_id"]], on="lead_id")
    rows["bold"] = np.log(rows["promised_value"] / rows["list"])
    rows["bold"] -= rows["option"].map(rows.groupby("option")["bold"].mean())
    rank = rows.groupby("user_id")["bold"].mean().sort_values()
    value, end = [], pd.Timestamp(company.observation_end)
    for people in (rank.index[rank > rank.quantile(2 / 3)], rank.index[rank <= rank.quantile(1 / 3)]):
        won = rows[rows["user_id"].isin(people)].groupby("offer_id")["accepted"].max().astype(float).mean()
        mine = company.leads.loc[company.leads["user_id"].isin(people), "customer_id"]
        mine = company.contracts[company.contracts["customer_id"].isin(mine)]
        there, months = 1.0, 0.0
        for month in range(24):
            due = mine["started_on"] + pd.DateOffset(months=1) * (month + 1)
            months += there
            seen = (due <= end) & ~(mine["ended_on"] < due)  # through the whole month
            gone = mine["ended_on"].between(mine["started_on"] + pd.DateOffset(months=month), due, inclusive="right")
            there *= 1 - gone.sum() / (gone | seen).sum()
        value.append(won * mine["monthly_margin"].mean() * months)
    return value[0] / value[1]


@answers("02", 1)
def _(company: Company) -> float:
    dates = company.source_records["birth_date"].dropna()
    dates = dates[~dates.isin(pd.to_datetime(["1900-01-01", "1970-01-01"]))].to_numpy()
    agreeing = sum((dates[lag:] == dates[:-lag]).sum() for lag in range(1, len(dates)))
    return np.log2(0.97 * len(dates) * (len(dates) - 1) / 2 / agreeing)


@answers("02", 2)
def _(company: Company) -> float:
    prior, bits = 1 / (len(company.source_records) - 1), np.linspace(0, 40, 400_001)
    chance = 1 / (1 + (1 - prior) / prior * 2.0**-bits)
    return bits[np.argmax(chance * 10_000 > (1 - chance) * 30_000)]


def by_address(company: Company) -> pd.DataFrame:
    """Return the orders with the record's e-mail address, or the record itself where there is none."""
    rows = company.orders.merge(company.source_records[["record_id", "email"]], on="record_id")
    return rows.assign(person=rows["email"].str.lower().where(rows["email"].notna(), rows["record_id"]))


@answers("02", 3)
def _(company: Company) -> float:
    who = by_address(company)[["record_id", "customer_id", "person"]].drop_duplicates()
    both = who.merge(who, on="person").query("record_id_x < record_id_y")
    return (both["customer_id_x"] == both["customer_id_y"]).mean()


@answers("02", 4)
def _(company: Company) -> float:
    rows, churn = by_address(company), {}
    rows["ago"] = (pd.Timestamp(company.observation_end) - rows["ordered_at"]).dt.days // 365
    for who in ("record_id", "person"):
        years = rows[rows["ago"] < 2].groupby(who)["ago"].agg(["min", "max"])
        churn[who] = (years.loc[years["max"] == 1, "min"] == 1).mean()
    return churn["record_id"] - churn["person"]


def chosen_by_rule(company: Company) -> pd.Series:
    """Return for each customer, in the order of the table, whether the rule on trial picks it."""
    who, end = company.customers.set_index("customer_id"), pd.Timestamp(company.observation_end)
    days = company.orders[company.orders["ordered_at"] > end - pd.DateOffset(months=6)]
    days = days.drop_duplicates(["customer_id", "ordered_at"])["customer_id"].value_counts()
    age = end.year - who["birth_year"].astype(float)
    return (who["gender"] == "female").fillna(False) & (age >= 30) & (age < 40) & (days.reindex(who.index) >= 3)


@answers("07", 1)
def _(company: Company) -> float:
    inside, end = chosen_by_rule(company), pd.Timestamp(company.observation_end)
    year = company.orders[company.orders["ordered_at"] > end - pd.DateOffset(months=12)]
    theirs = year.loc[year["customer_id"].isin(inside.index[inside]), "amount"].sum()
    return theirs / inside.sum() / (year["amount"].sum() / len(inside))


@answers("07", 2)
def _(company: Company) -> float:
    inside = chosen_by_rule(company)
    used = company.orders[["customer_id", "record_id"]].merge(company.source_records[["record_id", "email"]])
    return used.groupby("customer_id")["email"].count().reindex(inside.index[inside], fill_value=0).gt(0).mean()


@answers("07", 3)
def _(company: Company) -> float:
    gifts = company.products.loc[company.products["category"] == "gifts", "product_id"]
    with_gifts = set(company.order_lines.loc[company.order_lines["product_id"].isin(gifts), "order_id"])
    pairs = []
    for _, mine in company.orders.sort_values(["ordered_at", "order_id"]).groupby("customer_id")["order_id"]:
        held = [order in with_gifts for order in mine]
        pairs += zip(held, held[2:], strict=False)
    first, second = np.array(pairs).T
    return second[first].mean() / second.mean()


@answers("07", 4)
def _(company: Company) -> float:
    return adjusted_rand_score(company.customers["sales_segment"], company.customers["service_segment"])


@answers("08", 1)
def _(company: Company) -> float:
    nps = company.surveys["nps"].dropna().astype(int)
    votes = np.select([nps >= 9, nps <= 6], [100, -100], 0)
    return votes.var() * (1.96 / 2) ** 2


@answers("08", 2)
def _(company: Company) -> float:
    channel = company.surveys["customer_id"].map(company.customers.set_index("customer_id")["channel"])
    answered = company.surveys["nps"].notna()
    weight = 1 / channel[answered].map(answered.groupby(channel).mean())
    nps = company.surveys.loc[answered, "nps"].astype(int)
    return 100 * (weight[nps >= 9].sum() - weight[nps <= 6].sum()) / weight.sum()


@answers("08", 3)
def _(company: Company) -> float:
    last = company.surveys[company.surveys["csat"].notna()].sort_values(["sent_on", "survey_id"])
    last = last.drop_duplicates("customer_id", keep="last")
    content = last.loc[last["csat"] > 3, "customer_id"]
    margin = company.contracts.set_index("customer_id")["monthly_margin"][content]
    return (margin < 6_000).sum() / len(content)


@answers("08", 4)
def _(company: Company) -> pd.Series:
    rows = company.experiments.query("experiment == 'money per customer'").set_index("unit_id")
    rows = rows.join(company.contracts.set_index("customer_id")[["plan", "monthly_margin"]])
    net = {}
    for plan, part in rows.groupby("plan"):
        kept = [part.loc[part["spend"] == spend, "success"].astype(int).mean() for spend in (1_500, 0)]
        net[plan] = (kept[0] - kept[1]) * part["monthly_margin"].mean() * 12 - 9_000
    return pd.Series(net)


@answers("04", 1)
def _(company: Company) -> pd.Series:
    credit = dict.fromkeys(company.touches["channel"].dropna().unique(), 0.0)
    for _, way in company.touches.dropna(subset="customer_id").groupby("visitor_id")["channel"]:
        first, *between, last = way if len(way) > 1 else [*way, *way]
        for channel in (first, last):
            credit[channel] += 0.4 if between else 0.5
        for channel in between:
            credit[channel] += 0.2 / len(between)
    return pd.Series(credit)


def hold_out(company: Company) -> pd.DataFrame:
    """Return the visitors of the hold-out in order of time, bought as 0 or 1."""
    rows = company.experiments.query("experiment == 'retargeting hold-out'").sort_values(["assigned_on", "unit_id"])
    return rows.assign(bought=rows["success"].astype(int))


@answers("04", 2)
def _(company: Company) -> float:
    """By the two Wilson intervals, as Newcombe (1998) joins them."""
    arms, z = hold_out(company).groupby("spend")["bought"].agg(["mean", "size"]), 1.96
    middle = (arms["mean"] + z**2 / 2 / arms["size"]) / (1 + z**2 / arms["size"])
    half = np.sqrt(arms["mean"] * (1 - arms["mean"]) / arms["size"] + (z / 2 / arms["size"]) ** 2)
    half *= z / (1 + z**2 / arms["size"])
    up, down = middle[400] + half[400] - arms["mean"][400], arms["mean"][0] - middle[0] + half[0]
    return 400 / (arms["mean"][400] - arms["mean"][0] + np.hypot(up, down))


@answers("04", 3)
def _(company: Company) -> float:
    """By asking of one boundary after the other how many tests exceed it, in lots made one visitor group at a time."""
    bought = hold_out(company).query("spend > 0")["bought"].to_numpy()
    parts = np.split(bought[: len(bought) // 10 * 10], 10)
    new, stopped, grid = np.random.default_rng(4).random((2000, 10, len(parts[0]))) < 0.5, [], np.arange(1.5, 4, 0.001)
    for lot in new:
        sizes = []
        for look in range(1, 11):
            drawn, all_of = lot[:look].ravel(), np.concatenate(parts[:look])
            share = all_of.mean()
            error = np.sqrt(share * (1 - share) * (1 / drawn.sum() + 1 / (~drawn).sum()))
            sizes.append(abs(all_of[drawn].mean() - all_of[~drawn].mean()) / error)
        stopped.append(max(sizes) > grid)
    return grid[np.argmax(np.mean(stopped, axis=0) <= 0.05)]


@answers("04", 4)
def _(company: Company) -> float:
    rows, early = hold_out(company), {}
    drawn_on = dict(zip(rows["unit_id"], rows["assigned_on"], strict=True))
    for visitor, day in zip(company.touches["visitor_id"], company.touches["touched_on"], strict=True):
        if visitor in drawn_on and day <= drawn_on[visitor]:
            early[visitor] = early.get(visitor, 0) + 1
    likely = rows[[early.get(visitor, 0) > 1 for visitor in rows["unit_id"]]]
    first = company.orders.sort_values(["ordered_at", "order_id"]).drop_duplicates("customer_id")["amount"]
    shown, held_out = (likely.loc[likely["spend"] == spend, "bought"].mean() for spend in (400, 0))
    return len(likely) * (0.3 * first.mean() * (shown - held_out) - 400)


def rest(values: pd.Series, *held: pd.Series) -> np.ndarray:
    """Return what a line through other columns leaves of a column."""
    x = np.column_stack([np.ones(len(values)), *held])
    return values - x @ np.linalg.pinv(x) @ values


@answers("09", 1)
def _(company: Company) -> float:
    rows = company.surveys[["process", "attitude", "ces"]].dropna().astype(float)
    p, a, ces = (rows[name] for name in rows)
    left = {who: (rest(ces, *held) ** 2).sum() for who, held in {"": (), "p": (p,), "a": (a,), "pa": (p, a)}.items()}
    return ((left[""] - left["p"]) + (left["a"] - left["pa"])) / 2 / (left[""] - left["pa"])


@answers("09", 2)
def _(company: Company) -> float:
    """What the effect of attitude loses once process is held."""
    rows = company.surveys[["process", "attitude", "nps"]].dropna().astype(float)
    alone, own = rest(rows["attitude"]), rest(rows["attitude"], rows["process"])
    return 1 - (own @ rows["nps"] / (own @ own)) / (alone @ rows["nps"] / (alone @ alone))


@answers("09", 3)
def _(company: Company) -> float:
    rows = company.surveys[company.surveys["comment"].notna()][::3]
    rows = rows.merge(company.truth.surveys[["survey_id", "mood"]], on="survey_id")
    words = [*KOREAN.split("|"), *ENGLISH.split("|")]
    listed = [any(word in comment.lower() for word in words) for comment in rows["comment"]]
    yes, missed, wrong, no = (
        sum(a == b for a in zip(listed, rows["mood"] < 0, strict=True))
        for b in ((True, True), (False, True), (True, False), (False, False))
    )
    return 2 * (yes * no - missed * wrong) / ((yes + wrong) * (wrong + no) + (yes + missed) * (missed + no))


@answers("09", 4)
def _(company: Company) -> pd.Series:
    end, net = pd.Timestamp(company.observation_end), {}
    rows = company.surveys.query("process >= 5").join(company.contracts.set_index("customer_id"), on="customer_id")
    rows = rows[rows["attitude"].notna() & (rows["sent_on"] + pd.DateOffset(months=12) <= end)]
    for plan, part in rows.groupby("plan"):
        months = np.minimum((part["ended_on"].fillna(end) - part["sent_on"]).dt.days / 30.44, 12)
        own = rest(part["attitude"].astype(float), part["process"].astype(float))
        net[plan] = own @ (months * part["monthly_margin"]) / (own @ own) - 2_500
    return pd.Series(net)


def half_a_year_ago(company: Company) -> pd.DataFrame:
    """Return the contracts known half a year before the end, with months counted from one due date to the next."""
    end = pd.Timestamp(company.observation_end)
    day = pd.Timestamp(end.year, end.month - 6, 1) + pd.offsets.MonthEnd(0)
    rows = company.contracts[company.contracts["started_on"] <= day].copy()
    rows["gone"], rows["later"] = rows["ended_on"] <= day, rows["ended_on"] <= end
    rows["months"] = 0
    for month in range(1, 60):
        due = rows["started_on"] + pd.DateOffset(months=1) * month
        before = rows["started_on"] + pd.DateOffset(months=1) * (month - 1)
        rows["months"] += (rows["gone"] & (before < rows["ended_on"])) | (~rows["gone"] & (due <= day))
    return rows


@answers("12", 1)
def _(company: Company) -> float:
    rows = half_a_year_ago(company)
    risk = [part["gone"].sum() / part["months"].sum() for _, part in rows.groupby("service_level")]
    return risk[0] / risk[1]


@answers("12", 2)
def _(company: Company) -> float:
    rows, risk = half_a_year_ago(company).query("months > 8"), {}
    for kind, part in rows.groupby("onboarding"):
        risk[kind] = part["gone"].sum() / (part["months"].sum() - 8 * len(part))
    return risk["guided"] / risk["self"]


def risks(company: Company) -> pd.DataFrame:
    rows = half_a_year_ago(company)
    sums = rows.groupby("service_level")[["gone", "months"]].sum()
    rows["risk"] = 1 - (1 - rows["service_level"].map(sums["gone"] / sums["months"])) ** 6
    return rows[~rows["gone"]]


@answers("12", 3)
def _(company: Company) -> float:
    rows = risks(company)
    return ((1 - rows.loc[rows["later"], "risk"]) ** 2).sum() / len(rows) + (
        rows.loc[~rows["later"], "risk"] ** 2
    ).sum() / len(rows)


@answers("12", 4)
def _(company: Company) -> float:
    gains = [3 * row.risk * row.monthly_margin - 300_000 for row in risks(company).itertuples()]
    return sum(gain for gain in gains if gain > 0)


def asked_a_year_ago(company: Company) -> pd.DataFrame:
    """Return who was asked for consent to analysis and joined a year ago or more, by customer."""
    end = pd.Timestamp(company.observation_end)
    rows = company.customers.set_index("customer_id")
    answers = company.consents[company.consents["purpose"] == "analysis"].set_index("customer_id")["granted"]
    rows = rows.join(answers.rename("yes"), how="inner").join(company.contracts.set_index("customer_id"))
    rows = rows[rows["started_on"] <= end - pd.DateOffset(years=1)].copy()
    rows["left"] = rows["ended_on"] < rows["started_on"] + pd.DateOffset(years=1)
    stayed = (rows["ended_on"].fillna(end) - rows["started_on"]).dt.days / 30.44
    rows["paid"] = np.minimum(stayed, 12).round() * rows["monthly_margin"]
    return rows.astype({"yes": bool})


@answers("17", 1)
def _(company: Company) -> float:
    rows = asked_a_year_ago(company)
    parts = [(len(part), part.loc[part["yes"], "left"].mean()) for _, part in rows.groupby(["plan", "channel"])]
    return sum(size * left for size, left in parts) / len(rows)


@answers("17", 2)
def _(company: Company) -> float:
    rows = asked_a_year_ago(company)
    brings = {left: rows.loc[rows["yes"] & (rows["left"] == left), "paid"].mean() for left in (True, False)}
    return (rows["left"].sum() * brings[True] + (~rows["left"]).sum() * brings[False]) / len(rows)


@answers("17", 3)
def _(company: Company) -> float:
    rows = asked_a_year_ago(company).query("yes")
    return ((rows["channel"] == "partner") & rows["birth_year"].between(1940, 2010)).mean()


@answers("17", 4)
def _(company: Company) -> float:
    rows, stay = asked_a_year_ago(company).query("yes"), []
    for _, part in rows.groupby([(rows["birth_year"].astype(int) - 1900) // 5, "gender", "region", "plan"]):
        if len(part) >= 5 and 0 < part["left"].sum() < len(part):
            stay += list(part["left"])
    return 100 * (np.mean(stay) - rows["left"].mean())


@answers("18", 1)
def _(company: Company) -> float:
    rows, weight = company.vendors.set_index("name"), 1.08 ** -np.arange(1, 6)
    yearly = 12 * len(company.crm_users) * rows["monthly_licence"] + rows["yearly_upkeep"]
    cost = rows.filter(like="_cost").sum(axis=1) + weight.sum() * yearly
    good = (rows["functions"] - rows["functions"].min()) / np.ptp(rows["functions"])
    cheap = (cost.max() - cost) / np.ptp(cost)
    best = (good + cheap).idxmax()
    low, high = 0.0, 1.0  # the weights of functions under which the best beats each of the others
    for name in rows.index.drop(best):
        more, less = good[best] - good[name], cheap[best] - cheap[name]
        crossing = less / (less - more)
        low, high = (max(low, crossing), high) if more > less else (low, min(high, crossing))
    return high - low


@answers("18", 2)
def _(company: Company) -> float:
    rows, found = company.vendors.set_index("name"), {}
    for name in ("Ginkgo Suite", "Onggi Desk"):
        one = rows.loc[name]
        flows = [[one.setup_cost + one.migration_cost + one.integration_cost, 0]]
        flows += [[one.yearly_upkeep, 12 * one.monthly_licence]] * 3
        found[name] = sum(np.array(flow, float) / 1.08**year for year, flow in enumerate(flows))
    fixed, user = found["Onggi Desk"] - found["Ginkgo Suite"]
    return -fixed / user


@answers("18", 3)
def _(company: Company) -> float:
    """By a likelihood of our own."""
    users = company.crm_users[~company.crm_users["pilot"].astype(bool)]
    waited = (users["first_used_on"] - pd.Timestamp("2024-07-01")).dt.days / (365.25 / 12)
    until = (pd.Timestamp("2025-02-01") - pd.Timestamp("2024-07-01")).days / (365.25 / 12)
    edges = np.append(np.arange(np.ceil(until)), until)
    seen = np.histogram(waited[waited < until], edges)[0]

    def share(t: np.ndarray, p: float, q: float) -> np.ndarray:
        return (1 - np.exp(-(p + q) * t)) / (1 + q / p * np.exp(-(p + q) * t))

    def height(point: np.ndarray) -> float:
        p, q, ever = np.exp(point[0]), np.exp(point[1]), expit(point[2])
        begun = ever * share(edges, p, q)
        return -(seen * np.log(np.diff(begun))).sum() - (len(users) - seen.sum()) * np.log(1 - begun[-1])

    p, q = np.exp(minimize(height, [-3.0, -1.0, 1.0], method="BFGS").x[:2])
    return brentq(lambda t: share(t, p, q) - 0.9, 0, 100)


@answers("18", 4)
def _(company: Company) -> float:
    rows = company.crm_usage.pivot_table("sales", "user_id", "month")
    rose = rows.loc[:, "2023-10":"2024-06"].mean(axis=1) - rows.loc[:, "2023-01":"2023-09"].mean(axis=1)
    pilot = company.crm_users.set_index("user_id")["pilot"].astype(bool)[rose.index].to_numpy()
    more = rose[pilot].mean() - rose[~pilot].mean()
    return 0.68 * 12 / 1e6 * (more + 1.96 * np.hypot(rose[pilot].sem(), rose[~pilot].sem()))
