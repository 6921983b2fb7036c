"""The company `subscription` put together: month by month, because today's customers bring tomorrow's leads."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from crmlab.company import Company, Truth
from crmlab.simulation.parameters import build, identifiers, stream
from crmlab.simulation.subscription import contracts, marketing, sales, service
from crmlab.simulation.subscription.people import (
    BY_NAME,
    CHANNELS,
    END,
    FIRST_DAYS,
    MONTHS,
    Subscription,
    describe_customers,
    draw_prospects,
    number,
)

STANDARD = 5000  # customers of a company of standard size


def simulate(customers: int | None, seed: int, switches: dict[str, float]) -> Company:
    """Simulate the subscription company: all its tables and its truth."""
    mechanism = build(Subscription, switches)
    size = (customers or STANDARD) / STANDARD
    spend = {channel.name: marketing.budgets(channel, size, seed) for channel in CHANNELS}
    prospects, recommended = _live(mechanism, spend, size, seed)
    prospects = number(prospects)
    won = prospects[prospects["customer_id"].notna()].sort_values("customer_id", ignore_index=True)
    surveys, all_scores = service.surveys(mechanism, won, seed)
    tables = {
        "customers": describe_customers(won),
        "leads": sales.lead_table(prospects),
        "stage_events": sales.stage_events(prospects),
        "contracts": contracts.contract_table(won),
        "tickets": service.tickets(mechanism, won, seed),
        "surveys": surveys,
        "channel_spend": marketing.spend_table(mechanism, spend, prospects, won),
        "referrals": _referral_table(prospects, won, recommended),
        "experiments": pd.concat([sales.experiment(prospects), contracts.experiment(won)], ignore_index=True),
    }
    return Company("subscription", tables, f"{END:%Y-%m-%d}", truth=_truth(mechanism, prospects, won, all_scores))


def _live(
    mechanism: Subscription, spend: dict[str, np.ndarray], size: float, seed: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return all prospects with what became of them, and who recommended whom (by `uid`)."""
    born: list[pd.DataFrame] = []
    recommended: list[pd.DataFrame] = []
    count = 0
    for month in range(MONTHS):
        referrers = _referrers(mechanism, born, month)
        batch = _prospects_of_month(mechanism, spend, size, seed, month, len(referrers))
        batch["uid"] = np.arange(count, count + len(batch))
        count += len(batch)
        known = sales.follow(mechanism, batch)
        born.append(contracts.run(mechanism, known))
        new = known.loc[known["channel"] == "referral", "uid"]
        recommended.append(pd.DataFrame({"referrer": referrers, "uid": new.to_numpy()}))
    return pd.concat(born, ignore_index=True), pd.concat(recommended, ignore_index=True)


def _prospects_of_month(
    mechanism: Subscription, spend: dict[str, np.ndarray], size: float, seed: int, month: int, referred: int
) -> pd.DataFrame:
    parts = []
    for channel in CHANNELS:
        mean = marketing.expected_leads(channel, spend[channel.name], size)[month]
        count = referred if channel.name == "referral" else stream(seed, f"leads {channel.name} {month}").poisson(mean)
        parts.append(draw_prospects(mechanism, channel, month, int(count), seed))
    return pd.concat(parts, ignore_index=True)


def _referrers(mechanism: Subscription, born: list[pd.DataFrame], month: int) -> np.ndarray:
    """Return the customers who recommend us in a month, by `uid`."""
    if not born:
        return np.array([], dtype=int)
    columns = ["uid", "disappointment", "recommends"]
    active = pd.concat([batch.loc[marketing.active_at(batch, FIRST_DAYS[month]), columns] for batch in born])
    chance = np.array([draws[month] for draws in active["recommends"]])
    return active.loc[chance < referral_rate(mechanism, active) / 12, "uid"].to_numpy()


def referral_rate(mechanism: Subscription, customers: pd.DataFrame) -> np.ndarray:
    """Return each customer's recommendations a year; the average over all who ever join is the parameter."""
    pull = mechanism.content_to_referral
    weights = np.array([channel.weight for channel in CHANNELS])
    means = np.array([channel.expectation for channel in CHANNELS])
    average = (weights * np.exp(-pull * means + pull**2 / 2)).sum() / weights.sum()
    rate = mechanism.referral_rate * np.exp(-pull * customers["disappointment"].to_numpy()) / average
    return np.minimum(rate, 12.0)


def _referral_table(prospects: pd.DataFrame, won: pd.DataFrame, recommended: pd.DataFrame) -> pd.DataFrame:
    lead = recommended.merge(prospects[["uid", "lead_id", "created_on"]], on="uid")
    both = lead.merge(won[["uid", "customer_id"]], left_on="referrer", right_on="uid", suffixes=("", "_referrer"))
    both = both.sort_values(["created_on", "lead_id"], ignore_index=True)
    return pd.DataFrame(
        {
            "referral_id": identifiers("R", len(both)),
            "referrer_id": both["customer_id"],
            "lead_id": both["lead_id"],
            "referred_on": both["created_on"],
        }
    )


def _truth(mechanism: Subscription, prospects: pd.DataFrame, won: pd.DataFrame, all_scores: pd.DataFrame) -> Truth:
    people = pd.DataFrame(
        {
            "customer_id": won["customer_id"],
            "contentment": (-won["disappointment"]).round(6),
            "churn_probability": won["churn_probability"].round(8),
            "referral_rate": referral_rate(mechanism, won).round(6),
            "months": won["months"],
            "months_without_fault": won["months_without_fault"],
        }
    )
    leads = pd.DataFrame(
        {
            "lead_id": prospects["lead_id"],
            "conversion_probability": prospects["conversion_probability"].round(6),
            "converts": prospects["converts"],
            "won_on": prospects["won_on"],
        }
    )
    tables = {"customers": people, "leads": leads, "surveys": all_scores, "experiments": contracts.other_outcomes(won)}
    return Truth(mechanism.table(**_derived(mechanism, prospects)), tables)


def _derived(mechanism: Subscription, prospects: pd.DataFrame) -> dict[str, tuple[float, str, str]]:
    """Return what follows from the mechanism and is worth a name of its own."""
    base = np.array([BY_NAME[name].conversion for name in prospects["channel"]])
    at_most = sales.conversion(mechanism, prospects, base, np.full(len(prospects), 1e9)).mean()
    derived: dict[str, Any] = {
        "acquire_ceiling": (at_most, "share", "leads that would become customers if money were no object"),
    }
    for channel in CHANNELS:
        own = prospects[prospects["channel"] == channel.name]
        if own.empty:
            continue
        rate = sales.conversion(mechanism, own, channel.conversion, np.full(len(own), mechanism.acquire_standard))
        meaning = f"leads from {channel.name} that ever become customers, at standard effort"
        derived[f"conversion_{channel.name}"] = (rate.mean(), "share", meaning)
    return {name: (round(float(value), 6), unit, meaning) for name, (value, unit, meaning) in derived.items()}
