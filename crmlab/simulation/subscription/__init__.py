"""The company `subscription` put together: generation by generation, because customers bring leads."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from crmlab.company import Company, Truth
from crmlab.simulation.parameters import build, stream
from crmlab.simulation.relationship import MODEL
from crmlab.simulation.subscription import (
    consents,
    contracts,
    marketing,
    people,
    referrals,
    sales,
    saving,
    service,
    surveys,
)
from crmlab.simulation.subscription.people import CHANNELS, END, Prospects, Subscription

CUSTOMERS = 5000
STANDARD = 6300  # customers of a company of standard size


def simulate(customers: int | None, seed: int, switches: dict[str, float]) -> Company:
    """Simulate the subscription company: all its tables and its truth."""
    mechanism = build(Subscription, switches)
    size = (customers or CUSTOMERS) / STANDARD
    spend = {channel.name: marketing.budgets(mechanism, channel, size, seed) for channel in CHANNELS}
    prospects, won, recommended = _live(mechanism, _attracted(spend, size, seed), seed)
    prospects = people.number(prospects)
    won = won.merge(prospects[["uid", "lead_id", "customer_id"]], on="uid")
    won = won.sort_values("customer_id", ignore_index=True)
    asked, agreeing = consents.ask(mechanism, won, seed)
    agents, tickets, solved = service.desk(mechanism, won, seed)
    answered, would_say = surveys.ask(mechanism, won, tickets, seed)
    trials = [sales.experiment(prospects), contracts.experiment(won), saving.experiment(won)]
    tables = {
        "customers": people.describe_customers(won),
        "consents": asked,
        "leads": sales.lead_table(prospects),
        "stage_events": sales.stage_events(prospects),
        "contracts": contracts.contract_table(won),
        "agents": agents,
        "tickets": tickets,
        "surveys": answered,
        "channel_spend": marketing.spend_table(mechanism, spend, prospects, won),
        "referrals": referrals.referral_table(prospects, recommended),
        "experiments": pd.concat(trials, ignore_index=True),
    }
    truth = _truth(prospects, won) | {"consents": agreeing, "tickets": solved, "surveys": would_say}
    known = Truth(mechanism.table(**_derived(mechanism, prospects)), truth)
    tables = {name: table for name, table in tables.items() if len(table)}  # a small company may lack one
    return Company("subscription", tables, f"{END:%Y-%m-%d}", truth=known)


def _attracted(spend: dict[str, np.ndarray], size: float, seed: int) -> Prospects:
    """Return everybody whom marketing brought in, in all months."""
    parts = []
    for channel in CHANNELS:
        means = marketing.expected_leads(channel, spend[channel.name], size)
        counts = stream(seed, f"leads {channel.name}").poisson(means)
        parts.append(people.draw_prospects(channel, counts, seed))
    return people.together(parts)


def _live(mechanism: Subscription, batch: Prospects, seed: int) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return all prospects, the customers among them, and who recommended whom (by `uid`).

    Each generation of customers brings the leads of the next one, until nobody recommends us any more. A lead comes
    after the customer who brings it, so there are at most as many generations as months.

    Raises
    ------
    ValueError
        If nobody becomes a customer.
    """
    leads, won, recommended, count = [], [], [], 0
    while len(batch.known):
        known = sales.follow(mechanism, batch.known)
        known["uid"] = np.arange(count, count + len(known))
        count += len(known)
        is_won = (known["won_on"] <= END).to_numpy()
        customers = people.relate(mechanism, known[is_won].reset_index(drop=True))
        customers = contracts.run(mechanism, customers, batch.renewals[is_won])
        row, month = referrals.recommend(customers, batch.recommends[is_won])
        uids = np.arange(count, count + len(row))
        recommended.append(pd.DataFrame({"referrer": customers["uid"].to_numpy()[row], "uid": uids}))
        leads.append(known)
        won.append(customers)
        counts = np.bincount(month, minlength=people.MONTHS)
        batch = people.draw_prospects(referrals.REFERRAL, counts, seed, f"of generation {len(won)}")
    if not any(map(len, won)):
        raise ValueError("nobody became a customer of so small a company; ask for more customers")
    return tuple(pd.concat(parts, ignore_index=True) for parts in (leads, won, recommended))


def _truth(prospects: pd.DataFrame, won: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return what is true of customers and leads, what would have been, and why."""
    lived = ["expectation", "process", "attitude", "experience", "satisfaction"]
    rates = won[["churn_probability"]].round(8).assign(referral_rate=won["referral_rate"].round(6))
    stays = won[["months", "months_without_fault"]]
    return {
        "customers": pd.concat([won[["customer_id"]], won[lived].round(6), rates, stays], axis=1),
        "leads": prospects[["lead_id", "conversion_probability", "converts", "won_on"]].round(6),
        "experiments": contracts.other_outcomes(won),
        "save_calls": saving.other_outcomes(won),
        "causes": MODEL.causes(),
    }


def _derived(mechanism: Subscription, prospects: pd.DataFrame) -> dict[str, tuple[float, str, str]]:
    """Return what follows from the mechanism and is worth a name of its own."""
    base = sales.base_rates(prospects)
    at_most = sales.conversion(mechanism, prospects, base, np.full(len(prospects), 1e9)).mean()
    brought = referrals.reproduction(mechanism, prospects)
    derived: dict[str, Any] = {
        "acquire_ceiling": (at_most, "share", "leads that would become customers if money were no object"),
        "reproduction": (brought, "customers", "new customers whom one recommended customer brings in three years"),
    }
    for channel in CHANNELS:
        own = prospects[prospects["channel"] == channel.name]
        if own.empty:
            continue
        rate = sales.conversion(mechanism, own, channel.conversion, np.full(len(own), mechanism.acquire_standard))
        meaning = f"leads from {channel.name} that ever become customers, at standard effort"
        derived[f"conversion_{channel.name}"] = (rate.mean(), "share", meaning)
    return {name: (round(float(value), 6), unit, meaning) for name, (value, unit, meaning) in derived.items()}
