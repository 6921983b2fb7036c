"""Every public name of crmlab that reads a table, with a good table for it, for the tests of bad data and of counts.

A table here has one row a customer (a touch, a ticket, an offer). `needs` are the columns that must be there; of these
`gaps` may hold empty values, because empty means something (no answer, still running). `counted` says whether a column
`customers` may stand for equal rows; where it may not, the docstring of the estimator says so.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

import crmlab as crm
from crmlab.adoption import bass_share
from crmlab.privacy import diversity

Table = pd.DataFrame


@dataclass(frozen=True)
class Estimator:
    """One way to hand a table to crmlab.

    Attributes
    ----------
    run
        Estimates or counts.
    make
        Returns the good table.
    needs, gaps
        Columns without which it must refuse, and those among them that may be empty in places.
    counted
        Whether it takes counts.
    blank
        Columns or rows of the result that may be empty by its docstring.
    """

    run: Callable[[Table], Any]
    make: Callable[[], Table]
    needs: tuple[str, ...]
    gaps: tuple[str, ...] = ()
    counted: bool = True
    blank: tuple[str, ...] = ()

    def __call__(self, table: Table) -> Any:
        return self.run(table)


def numbers_in(result: Any) -> dict[str, Any]:
    """Return the frames and numbers that a result shows, by name."""
    if isinstance(result, tuple):
        return {f"{i}.{name}": found for i, part in enumerate(result) for name, found in numbers_in(part).items()}
    if isinstance(result, pd.DataFrame | pd.Series | float | int):
        return {"": result}
    shown = {name: value for name, value in vars(result).items() if isinstance(value, pd.DataFrame | pd.Series | float)}
    return shown | {"summary": result.summary()}


# Good tables.


@cache
def buyers() -> Table:
    """Customers of a BG/NBD world: r 0.6, alpha 4, a 0.8, b 2.5, watched for 20 to 40 weeks."""
    rng, rows = np.random.default_rng(1), []
    for length in rng.integers(20, 40, 220).astype(float):
        rate, leave, at, count, last = rng.gamma(0.8, 1 / 4), rng.beta(0.9, 2.5), 0.0, 0, 0.0
        while True:
            at += rng.exponential(1 / rate)
            if at > length:
                break
            count, last = count + 1, round(at, 1)
            if rng.random() < leave:
                break
        rows.append((count, min(last, length), length))
    return pd.DataFrame(rows, columns=["frequency", "recency", "T"])


@cache
def mortals() -> Table:
    """Customers of a Pareto/NBD world, who leave at a rate of their own, watched for 40 to 60 weeks."""
    rng, rows = np.random.default_rng(31), []
    for length in rng.integers(40, 60, 400).astype(float):
        rate, until = rng.gamma(0.8, 1 / 3), min(length, rng.exponential(1 / rng.gamma(0.7, 1 / 9)))
        when = np.sort(rng.uniform(0, until, rng.poisson(rate * until)))
        rows.append((len(when), round(float(when.max(initial=0.0)), 0), length))
    return pd.DataFrame(rows, columns=["frequency", "recency", "T"]).assign(
        recency=lambda t: t["recency"].clip(lower=t["frequency"].clip(upper=1))
    )


@cache
def spenders() -> Table:
    rng = np.random.default_rng(2)
    frequency = rng.integers(1, 8, 200)
    rate = rng.gamma(4, 1 / 15, 200)
    return pd.DataFrame({"frequency": frequency, "monetary_value": rng.gamma(6 * frequency, 1 / rate) / frequency})


@cache
def donors() -> Table:
    rng, rows = np.random.default_rng(3), []
    for _ in range(400):
        give, leave, count, last = rng.beta(1.2, 0.8), rng.beta(0.8, 2.5), 0, 0
        for year in range(1, 7):
            if rng.random() < leave:
                break
            if rng.random() < give:
                count, last = count + 1, year
        rows.append((count, last, 6))
    return pd.DataFrame(rows, columns=["frequency", "recency", "opportunities"])


@cache
def contracts_by_month() -> Table:
    rng = np.random.default_rng(4)
    churn, seen = rng.geometric(rng.beta(1.0, 4.0, 300)), rng.integers(2, 9, 300)
    return pd.DataFrame({"duration": np.minimum(churn, seen), "churned": (churn <= seen).astype(int)})


@cache
def histories() -> Table:
    rng = np.random.default_rng(5)
    plan, fee = rng.choice(["basic", "premium"], 300), rng.integers(1, 6, 300)
    leave = np.where(plan == "basic", 0.25, 0.12) * np.exp(0.1 * (fee - 3))
    churn, seen = rng.geometric(leave), rng.integers(2, 10, 300)
    table = pd.DataFrame({"duration": np.minimum(churn, seen), "churned": (churn <= seen).astype(int)})
    return table.assign(plan=plan, fee=fee)


@cache
def contracts() -> Table:
    rng = np.random.default_rng(6)
    start = pd.Timestamp("2024-01-10") + pd.to_timedelta(rng.integers(0, 300, 60), unit="D")
    end = start + pd.to_timedelta(rng.integers(20, 500, 60), unit="D")
    ended = pd.Series(end).where(end <= pd.Timestamp("2025-01-31"))
    plan = rng.choice(["basic", "premium"], 60)
    return pd.DataFrame({"started_on": start, "ended_on": ended, "monthly_fee": 10.0, "plan": plan})


@cache
def monthly() -> Table:
    return crm.monthly_revenue(contracts(), "2025-01-31", by="plan")


@cache
def ways() -> Table:
    rng = np.random.default_rng(7)
    path = [" > ".join(rng.choice(["ad", "mail", "web"], rng.integers(1, 4))) for _ in range(80)]
    return pd.DataFrame({"path": path, "won": rng.random(80) < 0.4})


@cache
def touches() -> Table:
    rng, rows = np.random.default_rng(8), []
    for visitor in range(40):
        won = f"C{visitor}" if rng.random() < 0.4 else None
        days = pd.date_range("2025-01-01", periods=int(rng.integers(1, 4)))
        rows += [(visitor, day, rng.choice(["ad", "web"]), won) for day in days]
    return pd.DataFrame(rows, columns=["visitor_id", "touched_on", "channel", "customer_id"])


@cache
def units() -> Table:
    rng = np.random.default_rng(9)
    variant = rng.choice(["old", "new"], 300)
    success = rng.random(300) < np.where(variant == "new", 0.3, 0.2)
    return pd.DataFrame({"variant": variant, "day": np.arange(300) // 50, "success": success})


@cache
def offers() -> Table:
    rng, size = np.random.default_rng(10), 200
    value, price = rng.integers(0, 5, (2, size, 2)).astype(float)
    liked = 0.5 + value - 0.8 * price + rng.gumbel(size=(size, 2))
    best = np.where(liked.max(axis=1) > rng.gumbel(size=size), liked.argmax(axis=1), -1)
    taken = (best[:, None] == np.arange(2)).ravel()
    rows = {"offer_id": np.repeat(range(size), 2), "option": ["A", "B"] * size, "promised_value": value.ravel()}
    return pd.DataFrame({**rows, "monthly_price": price.ravel(), "accepted": taken})


@cache
def stage_events() -> Table:
    rng, rows = np.random.default_rng(11), []
    for lead in range(60):
        day = pd.Timestamp("2025-01-01") + pd.Timedelta(days=int(rng.integers(0, 60)))
        for stage in ("lead", "qualified", "won"):
            rows.append((lead, stage, day))
            if rng.random() < 0.35:
                break
            day += pd.Timedelta(days=int(rng.integers(1, 30)))
        else:
            continue
        if rng.random() < 0.5 and rows[-1][1] != "won":
            rows.append((lead, "lost", day + pd.Timedelta(days=5)))
    table = pd.DataFrame(rows, columns=["lead_id", "stage", "reached_on"])
    return table.assign(channel=np.where(table["lead_id"] % 2, "fair", "web"))


@cache
def leads() -> Table:
    rng = np.random.default_rng(12)
    channel, size = rng.choice(["fair", "web"], 300), rng.integers(1, 4, 300)
    won = rng.random(300) < np.where(channel == "fair", 0.4, 0.2)
    return pd.DataFrame({"channel": channel, "size": size, "won": won})


@cache
def shoppers() -> Table:
    rng = np.random.default_rng(13)
    table = pd.DataFrame({"days_since_last": rng.integers(1, 60, 120), "frequency": rng.integers(1, 9, 120)})
    return table.assign(monetary=table["frequency"] * 10.0, gender=rng.choice(["female", "male"], 120))


@cache
def orders() -> Table:
    rng = np.random.default_rng(14)
    when = pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 300, 150), unit="D")
    return pd.DataFrame({"customer_id": rng.integers(0, 40, 150), "ordered_at": when, "amount": rng.uniform(1, 9, 150)})


@cache
def sorted_people() -> Table:
    rng = np.random.default_rng(15)
    kind = rng.choice(["a", "b"], 120)
    sales = np.where(rng.random(120) < 0.8, kind, "b")
    return pd.DataFrame({"class": kind, "sales": sales, "service": np.where(rng.random(120) < 0.6, kind, "a")})


EARNED = pd.DataFrame({"class": list("aabb"), "treatment": list("ABAB"), "profit": [10.0, 0, -5, 8]})


@cache
def lines() -> Table:
    rng = np.random.default_rng(16)
    basket = np.repeat(range(60), 2)
    first = pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 99, 120), unit="D")
    return pd.DataFrame({"customer_id": basket, "category": rng.choice(list("abc"), 120), "ordered_at": first})


@cache
def points() -> Table:
    rng = np.random.default_rng(17)
    kind = np.repeat([0, 1], [60, 40])
    return pd.DataFrame((rng.normal(size=(100, 2)) + 5 * kind[:, None]).round(1), columns=["price", "speed"])


@cache
def baskets() -> Table:
    return pd.DataFrame(np.random.default_rng(18).integers(1, 5, (30, 3)), columns=list("abc"))


@cache
def surveys() -> Table:
    rng = np.random.default_rng(19)
    process, attitude = rng.integers(1, 6, (2, 250))
    csat = np.clip(np.round(0.5 * process + 0.3 * attitude + rng.normal(size=250)), 1, 5)
    plan, nps = rng.choice(["basic", "premium"], 250), rng.integers(0, 11, 250).astype(float)
    nps[rng.random(250) < np.where(plan == "basic", 0.5, 0.3)] = np.nan
    money = {"revenue": rng.integers(1, 9, 250), "cost_to_serve": rng.integers(1, 9, 250)}
    table = pd.DataFrame({"process": process, "attitude": attitude, "csat": csat, "nps": nps, "plan": plan, **money})
    return table.assign(ces=rng.integers(1, 8, 250))


@cache
def tickets() -> Table:
    rng, size = np.random.default_rng(20), 200
    chatbot, handed = rng.random(size) < 0.5, rng.random(size) < 0.3
    by_agent = ~chatbot | handed
    table = pd.DataFrame({"first_answer": np.where(chatbot, "chatbot", "agent"), "handed_over": handed & chatbot})
    table["handle_minutes"] = np.where(by_agent, rng.integers(3, 9, size), np.nan)
    table["agent_id"] = pd.Series(rng.choice(["A", "B"], size)).where(by_agent)
    table["level"] = rng.choice(["junior", "senior"], size)
    return table.assign(resolved_at_first_contact=rng.random(size) < 0.7, difficulty=rng.integers(1, 3, size))


AGENTS = pd.DataFrame({"agent_id": ["A", "B"], "hourly_cost": [30.0, 60.0]})


@cache
def calls() -> Table:
    rng = np.random.default_rng(21)
    return pd.DataFrame({"wait_seconds": rng.integers(0, 60, 100), "abandoned": rng.random(100) < 0.1})


@cache
def tried() -> Table:
    rng = np.random.default_rng(22)
    table = pd.DataFrame({"plan": rng.choice(["basic", "premium"], 240), "age": rng.integers(20, 24, 240)})
    table["treated"] = rng.random(240) < 0.5
    table["outcome"] = rng.random(240) < 0.5 + np.where(table["plan"] == "premium", 0.3, -0.3) * table["treated"]
    return table


@cache
def scored() -> Table:
    rng = np.random.default_rng(23)
    return tried().assign(uplift=rng.integers(0, 5, 240), if_treated=0.6, if_not=0.5, score=1.0, chosen=1)


@cache
def ranked() -> Table:
    rng = np.random.default_rng(24)
    return pd.DataFrame({"score": rng.integers(0, 6, 120), "churned": rng.random(120) < 0.3})


@cache
def people() -> Table:
    rng = np.random.default_rng(25)
    table = pd.DataFrame({"born": rng.integers(1970, 1976, 120), "region": rng.choice(["Seoul", "Busan"], 120)})
    table["agreed"] = rng.random(120) < np.where(table["region"] == "Seoul", 0.7, 0.4)
    return table.assign(chance=0.5, debt=rng.choice(["none", "some"], 120), spent=rng.integers(1, 9, 120))


@cache
def report() -> Table:
    return pd.DataFrame({"region": ["Seoul", "Busan", "Daegu", "Jeju"], "customers": [90, 40, 12, 3]})


@cache
def accepting() -> Table:
    rng = np.random.default_rng(26)
    ease = rng.integers(1, 8, 150)
    usefulness = np.clip(ease + rng.integers(-2, 3, 150), 1, 7)
    intention = np.clip(usefulness + rng.integers(-2, 3, 150), 1, 7)
    return pd.DataFrame({"ease": ease, "usefulness": usefulness, "intention": intention}).assign(
        logins=intention + rng.integers(0, 4, 150), uses=rng.random(150) < intention / 9
    )


@cache
def adopters() -> Table:
    counts = np.diff(np.round(1000 * bass_share(np.arange(13.0), 0.03, 0.4))).astype(int)
    return pd.DataFrame({"period": np.repeat(np.arange(1, 13), counts)})


@cache
def vendors() -> Table:
    once = {"setup_cost": [100.0, 1000.0], "migration_cost": 5.0, "integration_cost": 5.0}
    return pd.DataFrame({"name": ["cloud", "own"], **once, "monthly_licence": [1.0, 0.1], "yearly_upkeep": [1.0, 9.0]})


@cache
def scores() -> Table:
    return pd.DataFrame({"functions": [9.0, 6, 5], "usability": [5.0, 7, 9]}, index=["A", "B", "C"])


@cache
def spends() -> Table:
    rng = np.random.default_rng(27)
    spend = rng.choice([0.0, 10, 20, 40, 80], 600)
    return pd.DataFrame({"spend": spend, "success": rng.random(600) < 0.6 * (1 - np.exp(-0.04 * spend))})


@cache
def converts() -> Table:
    """Leads of whom six in ten convert, a month after they came on average, followed for a year and more."""
    rng = np.random.default_rng(28)
    when, seen = rng.weibull(1.2, 400) * 30, rng.integers(350, 400, 400)
    had = (rng.random(400) < 0.6) & (when < seen)
    return pd.DataFrame({"duration": np.where(had, when, seen) // 1, "converted": had.astype(int)})


@cache
def visits() -> Table:
    rng = np.random.default_rng(29)
    table = spenders().assign(T=40.0)
    return table.assign(recency=rng.integers(5, 40, len(table)).astype(float))


@cache
def models() -> tuple[Any, Any]:
    return crm.BetaGeo.fit(buyers()), crm.GammaGamma.fit(spenders())


@cache
def survivors() -> Table:
    return pd.DataFrame({"survival": [1.0, 0.8, 0.7, 0.65, 0.62]})


@cache
def earning() -> Table:
    return contracts().assign(monthly_margin=np.arange(60.0))


@cache
def records() -> Table:
    """Records of 60 persons, every other one of whom has two, the second with another address."""
    who = np.array([*range(60), *range(0, 60, 2)])
    day = pd.Timestamp("1960-01-05") + pd.to_timedelta(211 * who, unit="D")
    table = pd.DataFrame({"record_id": [f"R{row:03d}" for row in range(90)], "customer_id": [f"C{one}" for one in who]})
    table["name"] = [f"{chr(97 + one % 20) * 3} {chr(97 + one % 17) * 4}" for one in who]
    table["email"] = [f"{one}@example.com" if row % 3 else f"{row}@example.org" for row, one in enumerate(who)]
    return table.assign(phone=[f"0100{one:07d}" for one in who], birth_date=day.astype(str), postcode="04524")


@cache
def record_orders() -> Table:
    rng = np.random.default_rng(30)
    when = pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 700, 300), unit="D")
    ids = records()["record_id"].to_numpy()[rng.integers(0, 90, 300)]
    return pd.DataFrame({"record_id": ids, "ordered_at": when, "amount": rng.uniform(1, 9, 300)})


@cache
def told() -> dict[str, Table]:
    """The other tables of a company in which customers recommend it."""
    day = pd.Timestamp("2023-01-10") + pd.to_timedelta(np.arange(80) * 7, unit="D")
    names = [f"C{row}" for row in range(80)]
    customers = pd.DataFrame({"customer_id": names, "channel": ["referral", "web"] * 40})
    held = pd.DataFrame({"customer_id": names, "started_on": day, "ended_on": pd.Series([pd.NaT] * 80)})
    leads = pd.DataFrame({"lead_id": [f"L{row}" for row in range(80)], "created_on": day, "channel": "referral"})
    leads["customer_id"] = pd.Series(names).where(np.arange(80) % 3 == 0)
    return {"customers": customers, "contracts": held, "leads": leads}


@cache
def recommended() -> Table:
    day = told()["contracts"]["started_on"] + pd.Timedelta(days=70)
    ids = {"referrer_id": told()["customers"]["customer_id"], "lead_id": told()["leads"]["lead_id"]}
    return pd.DataFrame({**ids, "referred_on": day})


def counted(table: Table, columns: list[str] | None = None) -> Table:
    """Return the distinct rows of a table with the number of customers who share each."""
    return (
        table.groupby(columns or list(table.columns), dropna=False, sort=False).size().rename("customers").reset_index()
    )


def _score(name: str, column: str) -> Callable[[Table], Any]:
    def run(table: Table) -> Any:
        return getattr(crm, name)(table[column], table.get("customers"))

    return run


RULES = {"regular": crm.at_least("frequency", 4), "women": crm.equals("gender", "female")}
STAGES = ["lead", "qualified"]
HAZARD = ("duration", "churned", "plan", "fee")
MONTHS = ("2024-06", "2024-08"), ("2024-10", "2025-01")
BORN = {"born": [2.0], "region": []}
TICKETS = ("first_answer", "handed_over", "handle_minutes", "resolved_at_first_contact", "difficulty", "agent_id")
PATHS = ("ease", "usefulness", "intention")
VENDORS = ("name", "setup_cost", "migration_cost", "integration_cost", "monthly_licence", "yearly_upkeep")


def hazard(kind: Any) -> Callable[[Table], Any]:
    return lambda table: crm.HazardModel.fit(table, ["plan", "fee"], kind=kind)


FIRM = crm.Firm(customers=500, prospects=900, revenue=60.0, margin=30.0)

ESTIMATORS: dict[str, Estimator] = {
    "ABTest": Estimator(lambda t: crm.ABTest.from_units(t, "old"), units, ("variant", "success")),
    "SequentialTest": Estimator(
        lambda t: crm.SequentialTest.from_days(t, "old", 0.05), units, ("variant", "day", "success")
    ),
    "Acceptance": Estimator(crm.Acceptance.fit, accepting, PATHS),
    "Acceptance with use": Estimator(lambda t: crm.Acceptance.fit(t, "logins"), accepting, (*PATHS, "logins")),
    "Acceptance with yes or no": Estimator(lambda t: crm.Acceptance.fit(t, "uses"), accepting, (*PATHS, "uses")),
    "Bass": Estimator(crm.Bass.fit, adopters, ("period",)),
    "CostOfOwnership": Estimator(
        lambda t: crm.CostOfOwnership.from_vendors(t, 20, 5, 0.1), vendors, VENDORS, counted=False
    ),
    "Scorecard": Estimator(lambda t: crm.Scorecard.from_scores(t, draws=200), scores, (), counted=False),
    "count_adopters": Estimator(
        lambda t: crm.count_adopters(t["started_on"], "2024-01-01", "2025-01-31"), contracts, (), counted=False
    ),
    "Attribution of ways": Estimator(crm.Attribution.from_touches, ways, ("path", "won")),
    "Attribution of touches": Estimator(
        crm.Attribution.from_touches,
        touches,
        ("visitor_id", "touched_on", "channel", "customer_id"),
        ("customer_id",),
        counted=False,
    ),
    "BetaGeo": Estimator(crm.BetaGeo.fit, buyers, ("frequency", "recency", "T")),
    "ModifiedBetaGeo": Estimator(crm.ModifiedBetaGeo.fit, buyers, ("frequency", "recency", "T")),
    "ParetoNBD": Estimator(crm.ParetoNBD.fit, mortals, ("frequency", "recency", "T")),
    "BetaGeoBetaBinomial": Estimator(crm.BetaGeoBetaBinomial.fit, donors, ("frequency", "recency", "opportunities")),
    "GammaGamma": Estimator(crm.GammaGamma.fit, spenders, ("frequency", "monetary_value")),
    "ChurnCurve": Estimator(
        crm.ChurnCurve.from_counts, contracts_by_month, ("duration", "churned"), blank=("median", "after")
    ),
    "ChurnCurve by group": Estimator(
        lambda t: crm.ChurnCurve.from_counts(t, "plan"),
        histories,
        ("duration", "churned", "plan"),
        blank=("median", "after"),
    ),
    "ChurnCurve of contracts": Estimator(
        lambda t: crm.ChurnCurve.from_contracts(t, "2025-01-31"),
        contracts,
        ("started_on", "ended_on"),
        ("ended_on",),
        counted=False,
        blank=("median", "after"),
    ),
    "contract_durations": Estimator(
        lambda t: crm.contract_durations(t, "2025-01-31"),
        contracts,
        ("started_on", "ended_on"),
        ("ended_on",),
        counted=False,
        blank=("ended_on",),
    ),
    "count_contracts": Estimator(
        lambda t: crm.count_contracts(t, "2025-01-31", "plan"),
        contracts,
        ("started_on", "ended_on", "plan"),
        ("ended_on",),
        counted=False,
    ),
    "summarize_customers": Estimator(
        lambda t: crm.summarize_customers(t, "2024-12-31"),
        orders,
        ("customer_id", "ordered_at"),
        counted=False,
    ),
    "count_repeats": Estimator(
        lambda t: crm.count_repeats(t, "2024-12-31"), orders, ("customer_id", "ordered_at"), counted=False
    ),
    "count_customers": Estimator(
        lambda t: crm.count_customers(t, ["frequency", "recency", "T"]), buyers, ("frequency", "recency", "T")
    ),
    "count_cohorts": Estimator(
        lambda t: crm.count_cohorts(t, "2025-01-31"),
        contracts,
        ("started_on", "ended_on"),
        ("ended_on",),
        counted=False,
        blank=("happened",),
    ),
    "CohortTriangle": Estimator(
        lambda t: crm.CohortTriangle.from_dates(t, "2025-01-31"),
        contracts,
        ("started_on", "ended_on"),
        ("ended_on",),
        counted=False,
        blank=("3 months", "6 months", "12 months"),
    ),
    "summarize_opportunities": Estimator(
        lambda t: crm.summarize_opportunities(t, "2024-12-31", "M"),
        orders,
        ("customer_id", "ordered_at"),
        counted=False,
    ),
    "count_opportunities": Estimator(
        lambda t: crm.count_opportunities(t, "2024-12-31", "M"), orders, ("customer_id", "ordered_at"), counted=False
    ),
    "Drivers": Estimator(
        crm.Drivers.fit,
        surveys,
        ("process", "attitude", "csat"),
        ("process", "attitude", "csat"),
        blank=("coefficient",),
    ),
    "Interaction": Estimator(
        crm.Interaction.fit, surveys, ("process", "attitude", "csat"), ("process", "attitude", "csat")
    ),
    "Mediation": Estimator(
        lambda t: crm.Mediation.fit(t, "process", "attitude", "csat"),
        surveys,
        ("process", "attitude", "csat"),
        ("process", "attitude", "csat"),
    ),
    "TimeToConvert": Estimator(
        lambda t: crm.TimeToConvert.from_events(t, "2025-04-01"),
        stage_events,
        ("lead_id", "stage", "reached_on"),
        counted=False,
        blank=("30 days", "60 days", "90 days", "180 days"),
    ),
    "CureModel": Estimator(crm.CureModel.fit, converts, ("duration", "converted"), blank=("low", "high")),
    "Funnel of events": Estimator(
        lambda t: crm.Funnel.from_events(t, [*STAGES, "won"]),
        stage_events,
        ("lead_id", "stage", "reached_on"),
        counted=False,
        blank=("rate", "low", "high"),
    ),
    "Funnel of counts": Estimator(
        lambda t: crm.Funnel.from_counts(t, [*STAGES, "won"]),
        lambda: counted(stage_events()[["stage"]]),
        ("stage", "customers"),
        blank=("rate", "low", "high"),
        counted=False,
    ),
    "ResponseCurve": Estimator(crm.ResponseCurve.fit, spends, ("spend", "success")),
    "HazardModel cox": Estimator(hazard("cox"), histories, HAZARD),
    "HazardModel weibull": Estimator(hazard("weibull"), histories, HAZARD),
    "HazardModel cloglog": Estimator(hazard("cloglog"), histories, HAZARD),
    "HazardModel logit": Estimator(hazard("logit"), histories, HAZARD),
    "split_customers": Estimator(crm.split_customers, histories, ()),
    "nps": Estimator(_score("nps", "nps"), surveys, (), ("nps",)),
    "csat": Estimator(_score("csat", "csat"), surveys, (), ("csat",)),
    "ces": Estimator(_score("ces", "ces"), surveys, (), ("ces",)),
    "NonResponse": Estimator(
        lambda t: crm.NonResponse.fit(t, "nps", ["plan", "csat"]),
        surveys,
        ("nps", "plan", "csat"),
        ("nps",),
        blank=("standard_error", "low", "high"),
    ),
    "ProfitExperience": Estimator(
        lambda t: crm.ProfitExperience.from_customers(t, "csat", 4),
        surveys,
        ("csat", "revenue", "cost_to_serve"),
        ("csat",),
        blank=("experience", "margin", "cost_to_serve", "margin_error"),
    ),
    "LeadScore": Estimator(lambda t: crm.LeadScore.fit(t, ["channel", "size"]), leads, ("channel", "size", "won")),
    "OfferChoice": Estimator(
        lambda t: crm.OfferChoice.fit(t, ["promised_value"]),
        offers,
        ("offer_id", "option", "promised_value", "monthly_price", "accepted"),
    ),
    "PipelineForecast": Estimator(
        lambda t: crm.PipelineForecast.fit(t, "2025-04-01", STAGES),
        stage_events,
        ("lead_id", "stage", "reached_on"),
        counted=False,
    ),
    "decided_offers": Estimator(
        lambda t: crm.decided_offers(pd.DataFrame({"lead_id": range(60)}), t),
        stage_events,
        ("lead_id", "stage", "reached_on"),
        counted=False,
    ),
    "Anonymized": Estimator(lambda t: crm.Anonymized.from_table(t, BORN), people, ("born", "region")),
    "smallest_class": Estimator(
        lambda t: crm.smallest_class(t, ["born", "region"]), people, ("born", "region"), ("born", "region")
    ),
    "diversity": Estimator(
        lambda t: diversity(t, ["born", "region"], "debt"),
        people,
        ("born", "region", "debt"),
        ("born", "region", "debt"),
    ),
    "ConsentWeights": Estimator(
        lambda t: crm.ConsentWeights.fit(t, "agreed", ["born", "region"]), people, ("agreed", "born", "region")
    ),
    "ConsentWeights of known chances": Estimator(
        lambda t: crm.ConsentWeights.from_probabilities(t, "agreed", "chance", ["born"]),
        people,
        ("agreed", "chance", "born"),
    ),
    "the mean of ConsentWeights": Estimator(
        lambda t: crm.ConsentWeights.fit(t, "agreed", ["region"]).mean("spent"), people, ("agreed", "region", "spent")
    ),
    "suppress": Estimator(crm.suppress, report, ("customers",), blank=("customers",), counted=False),
    "pseudonyms": Estimator(
        lambda t: crm.pseudonyms(t["region"], "an example; a real key is not a sentence"),
        people,
        (),
        ("region",),
        counted=False,
    ),
    "BetaDiscreteWeibull": Estimator(crm.BetaDiscreteWeibull.fit, contracts_by_month, ("duration", "churned")),
    "ShiftedBetaGeometric": Estimator(crm.ShiftedBetaGeometric.fit, contracts_by_month, ("duration", "churned")),
    "active_on": Estimator(
        lambda t: crm.active_on(t, "2024-12-31"),
        contracts,
        ("started_on", "ended_on"),
        ("ended_on",),
        counted=False,
        blank=("ended_on",),
    ),
    "monthly_revenue": Estimator(
        lambda t: crm.monthly_revenue(t, "2025-01-31", by="plan"),
        contracts,
        ("started_on", "ended_on", "monthly_fee", "plan"),
        ("ended_on", "plan"),
        counted=False,
    ),
    "churn_rates": Estimator(
        lambda t: crm.churn_rates(t, "2024-06", "2025-01", "plan"),
        monthly,
        ("month", "plan", "customers", "joined", "left"),
        counted=False,
    ),
    "churn_rise": Estimator(
        lambda t: crm.churn_rise(t, *MONTHS, by="plan"),
        monthly,
        ("month", "plan", "customers", "joined", "left"),
        counted=False,
    ),
    "project_revenue": Estimator(
        lambda t: crm.project_revenue(t, crm.churn_rates(t, "2024-06", "2025-01", "plan")),
        monthly,
        ("month", "plan", "customers", "joined", "revenue"),
        counted=False,
    ),
    "RFM": Estimator(crm.RFM.from_customers, shoppers, ("days_since_last", "frequency", "monetary")),
    "RFM of orders": Estimator(
        lambda t: crm.RFM.from_orders(t, "2024-12-31"), orders, ("customer_id", "ordered_at", "amount"), counted=False
    ),
    "Agreement": Estimator(
        lambda t: crm.Agreement.from_customers(t, ["sales", "service"], draws=50), sorted_people, ("sales", "service")
    ),
    "DisagreementPrice": Estimator(
        lambda t: crm.DisagreementPrice.from_customers(t, ["sales", "service"], EARNED),
        sorted_people,
        ("sales", "service", "class"),
    ),
    "Lift of baskets": Estimator(crm.Lift.from_baskets, lines, ("category", "customer_id")),
    "Lift of what is next": Estimator(
        crm.Lift.next_purchase, lines, ("category", "customer_id", "ordered_at"), counted=False
    ),
    "Mixture": Estimator(
        lambda t: crm.Mixture.fit(t, ["price", "speed"], classes=[1, 2], starts=1), points, ("price", "speed")
    ),
    "log_ratios": Estimator(crm.log_ratios, baskets, (), counted=False),
    "Rules": Estimator(
        lambda t: crm.Rules.from_customers(t, RULES, value="monetary"),
        shoppers,
        ("frequency", "gender", "monetary"),
        ("frequency", "gender"),
    ),
    "Deflection": Estimator(
        lambda t: crm.Deflection.from_tickets(t, AGENTS),
        tickets,
        TICKETS,
        ("handle_minutes", "agent_id"),
        blank=("cases",),
    ),
    "FirstContact": Estimator(
        lambda t: crm.FirstContact.from_tickets(t, "level"),
        tickets,
        ("level", "difficulty", "resolved_at_first_contact"),
    ),
    "sla_share": Estimator(lambda t: crm.sla_share(t, 20), calls, ("wait_seconds",)),
    "Uplift": Estimator(
        lambda t: crm.Uplift.fit(t, "treated", "outcome", ["plan", "age"]), tried, ("treated", "outcome", "plan", "age")
    ),
    "Qini": Estimator(crm.Qini.from_scores, scored, ("treated", "outcome", "uplift")),
    "PolicyValue": Estimator(
        lambda t: crm.PolicyValue.from_experiment(t, {"all": "chosen"}),
        scored,
        ("treated", "outcome", "if_treated", "if_not", "chosen"),
    ),
    "PolicyValue by inverse probability": Estimator(
        lambda t: crm.PolicyValue.from_experiment(t, {}, method="inverse probability"), scored, ("treated", "outcome")
    ),
    "expected_maximum_profit": Estimator(crm.expected_maximum_profit, ranked, ("score", "churned")),
    "customer_value": Estimator(
        lambda t: crm.customer_value(*models(), t, 52, 0.002, 0.3),
        visits,
        ("frequency", "recency", "T", "monetary_value"),
        counted=False,
    ),
    "survival_clv": Estimator(
        lambda t: crm.survival_clv(t["survival"], 100, 0.1), survivors, (), ("survival",), counted=False
    ),
    "margin_within": Estimator(
        lambda t: crm.margin_within(t, "2025-01-31", 6),
        earning,
        ("started_on", "ended_on", "monthly_margin"),
        ("ended_on",),
        counted=False,
    ),
    "Reproduction": Estimator(
        lambda t: crm.Reproduction.from_tables({**told(), "referrals": t}, "2025-06-30", 12),
        recommended,
        ("referrer_id", "lead_id", "referred_on"),
        counted=False,
    ),
    "UnitEconomics": Estimator(
        lambda t: crm.UnitEconomics.from_curve(crm.ResponseCurve.fit(t), 20, 100),
        spends,
        ("spend", "success"),
    ),
    "GrowthPlan": Estimator(
        lambda t: crm.GrowthPlan.of(
            3_000,
            1_000,
            hunting=crm.ResponseCurve.fit(t),
            farming=crm.ResponseCurve.through(0.9, 1, 0.8),
            firm=FIRM,
            months=6,
            draws=50,
        ),
        spends,
        ("spend", "success"),
        blank=("low", "high"),
    ),
    "Allocation": Estimator(
        lambda t: crm.Allocation.best(
            hunting=crm.ResponseCurve.fit(t),
            farming=crm.ResponseCurve.through(0.8, 8, 0.6),
            margin=50,
            discount_rate=0.1,
        ),
        spends,
        ("spend", "success"),
    ),
    # each fit takes a second; what gaps in the fields do to it is asked in test_identity_linkage
    "Linkage": Estimator(lambda t: crm.Linkage.fit(t, sample_pairs=4_000), records, ("record_id",), counted=False),
    "exact_links": Estimator(
        crm.exact_links,
        records,
        ("record_id",),
        ("name", "email", "phone", "birth_date", "postcode"),
        counted=False,
    ),
    "linkage_scores": Estimator(
        lambda t: crm.linkage_scores(t, records()), records, ("record_id", "customer_id"), counted=False
    ),
    "linkage_effects": Estimator(
        lambda t: crm.linkage_effects(t, records(), "2025-12-31"),
        record_orders,
        ("record_id", "ordered_at", "amount"),
        counted=False,
    ),
}
