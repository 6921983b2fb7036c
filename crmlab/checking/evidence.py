"""Whether there is enough data to believe each lesson: the company's numbers held against published rules.

What is judged is the amount of data alone. Whether a model is right for a company is another question, and the lessons
ask it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

import numpy as np
import pandas as pd

from crmlab.checking.criteria import VERDICTS, Criterion, events, experiment, per_covariate
from crmlab.company import Company
from crmlab.loyalty import nps_answers_needed

COLUMNS = ("model", "what", "number", "enough", "thin", "verdict", "lessons", "source")
_DRIVERS = ("plan", "payment_method", "service_level", "onboarding")
_SHARED = ("00", "01", "03", "05", "06", "08", "11", "13", "15", "16", "17")  # all these value a customer by churn
_MOST_EXPERIMENTS = 8


def weigh(company: Company) -> list[Criterion]:
    """Return every rule that the company's tables let us ask, with its numbers.

    Examples
    --------
    >>> days = pd.to_datetime(["2025-01-01", "2025-03-01", "2025-01-05"])
    >>> orders = pd.DataFrame({"customer_id": ["a", "a", "b"], "ordered_at": days, "amount": [1.0, 2.0, 3.0]})
    >>> [(each.what, each.number, each.verdict) for each in weigh(Company("shop", {"orders": orders}, "2025-12-31"))][0]
    ('customers who came back', 1, 'too little')
    """
    return [
        each
        for table, rules in _RULES.items()
        if table in company.tables and len(company.tables[table])
        for each in rules(company)
    ]


def table_of(criteria: Iterable[Criterion]) -> pd.DataFrame:
    """Return the criteria as a frame: what is too little first."""
    rows = [
        (one.model, one.what, one.number, one.enough, one.thin, one.verdict, ", ".join(one.lessons), one.source)
        for one in sorted(criteria, key=lambda one: -VERDICTS.index(one.verdict))
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def verdict_of(lesson: str, criteria: Iterable[Criterion]) -> tuple[str, str]:
    """Return the worst verdict on a lesson and the model that it is for; "no published rule" where none asks.

    Examples
    --------
    >>> verdict_of("14", [events("BG/NBD", "came back", ("14",), 100)]), verdict_of("02", [])
    (('thin', 'BG/NBD'), ('no published rule', ''))
    """
    asked = [one for one in criteria if lesson in one.lessons]
    if not asked:
        return "no published rule", ""
    worst = max(asked, key=lambda one: VERDICTS.index(one.verdict))
    return worst.verdict, "" if worst.verdict == "enough" else worst.model


def _orders(company: Company) -> Iterator[Criterion]:
    orders = company.tables["orders"]
    days = orders[["customer_id", "ordered_at"]].dropna().drop_duplicates()
    visits = days["customer_id"].value_counts()
    lessons = ("14", "20")
    yield events("BG/NBD", "customers who came back", lessons, int((visits > 1).sum()))
    source = "Fader, Hardie and Lee 2005: proven on 39 weeks (9 months)"
    months = _months(days["ordered_at"], company.observation_end)
    yield Criterion("BG/NBD", "months observed", lessons, months, 9, 4.5, source)
    source = "Dolnicar et al. 2016: 100 customers a variable; Dolnicar et al. 2014: 70"
    yield Criterion("segments on three variables", "customers who bought", ("07",), len(visits), 300, 210, source)


def _contracts(company: Company) -> Iterator[Criterion]:
    contracts = company.tables["contracts"]
    ended = contracts["ended_on"] <= pd.Timestamp(company.observation_end)
    n = int(ended.sum())
    yield events("survival curve", "contracts that ended", _SHARED, n)
    effects = sum(max(contracts[name].nunique() - 1, 0) for name in _DRIVERS if name in contracts)
    if effects:
        yield per_covariate("hazard model", "contracts that ended", ("12",), n, effects)
    months = _months(contracts["started_on"], company.observation_end)
    source = "Fader and Hardie 2007: projected from 7 periods; 3 are one more than its parameters"
    yield Criterion("shifted beta-geometric", "months observed", ("13",), int(months), 7, 3, source)


def _leads(company: Company) -> Iterator[Criterion]:
    leads = company.tables["leads"]
    if "customer_id" in leads:
        won = int(leads["customer_id"].notna().sum())
        yield events("funnel", "leads won", ("00", "01", "03", "05", "06"), won)
        yield events("funnel", "leads not won", ("00", "01", "03", "05", "06"), len(leads) - won)


def _offers(company: Company) -> Iterator[Criterion]:
    offers = company.tables["offers"]
    taken = offers.groupby("offer_id")["accepted"].any()
    effects = 1 + sum(name in offers for name in ("specification", "promised_value"))
    rarer = int(min(taken.sum(), (~taken).sum()))
    yield per_covariate("offer choice", "offers with the rarer answer", ("05",), rarer, effects)


def _experiments(company: Company) -> Iterator[Criterion]:
    lessons = ("01", "04", "05", "08", "15", "16", "19")
    found = []
    for name, rows in company.tables["experiments"].groupby("experiment"):
        arms = rows["spend"].value_counts()
        smallest = int(arms.min()) if len(arms) > 1 else 0  # one arm has nothing to be compared with
        found.append(experiment(str(name), lessons, smallest, float(rows["success"].mean())))
    yield from sorted(found, key=lambda one: one.number / one.enough)[:_MOST_EXPERIMENTS]


def _surveys(company: Company) -> Iterator[Criterion]:
    surveys = company.tables["surveys"]
    if "nps" in surveys and surveys["nps"].count():
        nps = surveys["nps"].dropna().astype(float)
        shares = float((nps >= 9).mean()), float((nps <= 6).mean())
        enough, thin = (max(1, nps_answers_needed(*shares, half_width=points)) for points in (5, 10))
        source = "Rocks 2016, Cochran 1977: 95 % within 5 (10) points"
        yield Criterion("NPS", "answers", ("06", "08", "09", "11"), len(nps), enough, thin, source)
    drivers = [name for name in ("process", "attitude") if name in surveys and surveys[name].count()]
    if drivers:
        answers = len(surveys.dropna(subset=drivers))
        m = len(drivers)
        source = "Green 1991: 104 + predictors; Harrell 2015: 10 a predictor"
        yield Criterion("drivers", "full answers", ("09",), answers, 104 + m, 10 * m, source)


def _touches(company: Company) -> Iterator[Criterion]:
    touches = company.tables["touches"]
    if "customer_id" in touches:
        bought = touches.loc[touches["customer_id"].notna(), "visitor_id"].nunique()
        yield events("attribution", "paths that led to a customer", ("04",), int(bought))


def _tickets(company: Company) -> Iterator[Criterion]:
    tickets = company.tables["tickets"]
    yield events("service", "tickets", ("06", "10"), len(tickets))
    if "resolved_at_first_contact" in tickets:
        unsolved = int((~tickets["resolved_at_first_contact"].dropna().astype(bool)).sum())
        yield events("first contact", "tickets not resolved at once", ("09", "10"), unsolved)


def _referrals(company: Company) -> Iterator[Criterion]:
    yield events("referrals", "recommendations", ("08", "15"), len(company.tables["referrals"]))


def _consents(company: Company) -> Iterator[Criterion]:
    consents, people = company.tables["consents"], company.tables.get("customers", pd.DataFrame())
    known = [name for name in ("channel", "region", "gender") if name in people]
    effects = sum(max(people[name].nunique() - 1, 0) for name in known) + ("birth_year" in people)
    granted = consents["granted"].dropna().astype(bool)
    rarer = int(min(granted.sum(), (~granted).sum()))
    if effects:
        yield per_covariate("consent weights", "customers with the rarer answer", ("17",), rarer, effects)


def _users(company: Company) -> Iterator[Criterion]:
    users = company.tables["crm_users"]
    beliefs = [name for name in ("usefulness", "ease") if name in users]
    if beliefs and "intention" in users:
        n, m = len(users.dropna(subset=[*beliefs, "intention"])), len(beliefs)
        source = "Green 1991: 104 + predictors; Harrell 2015: 10 a predictor"
        yield Criterion("acceptance", "users who answered", ("18",), n, 104 + m, 10 * m, source)
    if "first_used_on" in users and users["first_used_on"].count():
        months = _months(users["first_used_on"], company.observation_end)
        source = "Heeler and Hustad 1980: 10 periods with the peak among them; 4 are one more than its parameters"
        yield Criterion("Bass", "months since the first user", ("18",), int(months), 10, 4, source)


def _months(days: pd.Series, end: str) -> float:
    """Return the months from the first day to the end of the observation."""
    first = days.min()
    return 0.0 if first is pd.NaT else round(float((pd.Timestamp(end) - first) / np.timedelta64(1, "D")) / 30.4375, 1)


_RULES: Mapping[str, Callable[[Company], Iterator[Criterion]]] = {
    "orders": _orders,
    "contracts": _contracts,
    "leads": _leads,
    "offers": _offers,
    "experiments": _experiments,
    "surveys": _surveys,
    "touches": _touches,
    "tickets": _tickets,
    "referrals": _referrals,
    "consents": _consents,
    "crm_users": _users,
}
