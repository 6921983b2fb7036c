"""The money of `subscription`: what attracts leads, and the ledger of all spending.

More money brings more leads, and each further won brings fewer: the ceiling form of Blattberg & Deighton (1996).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from crmlab.simulation.parameters import stream
from crmlab.simulation.subscription.contracts import EXPERIMENT_MONTHS, EXPERIMENT_START
from crmlab.simulation.subscription.people import CHANNELS, FIRST_DAYS, MONTHS, Channel, Subscription
from crmlab.tables import ACTIVITIES

SEASON = np.array([0.85, 0.85, 1.0, 1.0, 1.05, 1.0, 0.9, 0.9, 1.05, 1.1, 1.2, 1.1])


def budgets(mechanism: Subscription, channel: Channel, size: float, seed: int) -> np.ndarray:
    """Return the won spent on attracting leads in each month; `size` is 1 for a company of standard size."""
    wobble = np.exp(0.35 * stream(seed, f"budget {channel.name}").standard_normal(MONTHS))
    growth, month = np.linspace(0.8, 1.25, MONTHS), np.arange(MONTHS)
    season = SEASON[month % 12] ** mechanism.season
    amounts = np.round(size * channel.budget * season * growth * wobble, -3)
    return np.where(month < mechanism.hunting_months, amounts, 0.0)


def expected_leads(channel: Channel, spend: np.ndarray, size: float) -> np.ndarray:
    """Return the mean number of leads a month that a monthly spend brings."""
    if channel.budget == 0:
        return np.zeros(len(spend))
    rate = -np.log(1 - channel.reach) / (size * channel.budget)
    return size * channel.ceiling * (1 - np.exp(-rate * spend))


def spend_table(
    mechanism: Subscription, spend: dict[str, np.ndarray], leads: pd.DataFrame, customers: pd.DataFrame
) -> pd.DataFrame:
    """Return the table `channel_spend` from what was spent on channels, on leads and on customers."""
    retained = _retained(mechanism, customers)
    amounts = {}
    for channel in CHANNELS:
        own = leads[leads["channel"] == channel.name]
        amounts[channel.name, "attract"] = spend[channel.name]
        amounts[channel.name, "acquire"] = 1000 * np.bincount(own["month"], own["lead_spend"], MONTHS)
        amounts[channel.name, "retain"] = retained[(customers["channel"] == channel.name).to_numpy()].sum(axis=0)
    hours = {name: getattr(mechanism, f"{name}_hours") for name in ACTIVITIES}
    table = pd.DataFrame(
        {
            "month": np.tile(FIRST_DAYS[:MONTHS], len(amounts)),
            "channel": np.repeat(np.array([channel for channel, _ in amounts], dtype=object), MONTHS),
            "activity": np.repeat(np.array([activity for _, activity in amounts], dtype=object), MONTHS),
            "amount": np.round(np.concatenate(list(amounts.values()))),
        }
    )
    table["hours"] = (table["amount"] / 1e6 * table["activity"].map(hours)).round(1)
    return table.sort_values(["month", "channel", "activity"], ignore_index=True)


def _retained(mechanism: Subscription, customers: pd.DataFrame) -> np.ndarray:
    """Return the won spent on keeping each customer in each month: the standard, or what the experiment drew."""
    month = np.arange(MONTHS)
    running = (month >= EXPERIMENT_START) & (month < EXPERIMENT_START + EXPERIMENT_MONTHS)
    drawn = customers["arm_spend"].fillna(mechanism.retain_standard).to_numpy()[:, None]
    return 1000 * active_months(customers) * np.where(running, drawn, mechanism.retain_standard)


def active_months(customers: pd.DataFrame) -> np.ndarray:
    """Return who is a customer on the first morning of each month: one row a customer, one column a month."""
    first = FIRST_DAYS[:MONTHS].to_numpy()
    return (customers["won_on"].to_numpy()[:, None] < first) & (customers["ended_on"].to_numpy()[:, None] > first)


def active_at(customers: pd.DataFrame, day: pd.Timestamp) -> pd.Series:
    """Return who is a customer on the morning of `day`."""
    return (customers["won_on"] < day) & (customers["ended_on"] > day)
