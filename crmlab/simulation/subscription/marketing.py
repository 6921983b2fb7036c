"""The money of `subscription`: what attracts leads, and the ledger of all spending.

More money brings more leads, and each further won brings fewer: the ceiling form of Blattberg & Deighton (1996).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from crmlab.simulation.parameters import stream
from crmlab.simulation.subscription.contracts import EXPERIMENT_MONTHS, EXPERIMENT_START
from crmlab.simulation.subscription.people import CHANNELS, FIRST_DAYS, MONTHS, Channel, Subscription

SEASON = np.array([0.85, 0.85, 1.0, 1.0, 1.05, 1.0, 0.9, 0.9, 1.05, 1.1, 1.2, 1.1])
HOURS_PER_MILLION = {"attract": 9.0, "acquire": 30.0, "retain": 45.0}


def budgets(channel: Channel, size: float, seed: int) -> np.ndarray:
    """Return the won spent on attracting leads in each month; `size` is 1 for a company of standard size."""
    wobble = np.exp(0.35 * stream(seed, f"budget {channel.name}").standard_normal(MONTHS))
    growth = np.linspace(0.8, 1.25, MONTHS)
    return np.round(size * channel.budget * SEASON[np.arange(MONTHS) % 12] * growth * wobble, -3)


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
    won_per_lead = 1000 * leads.groupby(["channel", "month"])["lead_spend"].sum()
    parts = []
    for channel in CHANNELS:
        own = customers[customers["channel"] == channel.name]
        acquire = won_per_lead.get(channel.name, pd.Series(dtype=float)).reindex(range(MONTHS), fill_value=0.0)
        amounts = {"attract": spend[channel.name], "acquire": acquire.to_numpy(), "retain": _retain(mechanism, own)}
        parts += [_ledger(channel.name, activity, amount) for activity, amount in amounts.items()]
    table = pd.concat(parts, ignore_index=True)
    return table.sort_values(["month", "channel", "activity"], ignore_index=True)


def _ledger(channel: str, activity: str, amount: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "month": FIRST_DAYS[:MONTHS],
            "channel": channel,
            "activity": activity,
            "amount": np.round(amount),
            "hours": np.round(amount / 1e6 * HOURS_PER_MILLION[activity], 1),
        }
    )


def _retain(mechanism: Subscription, customers: pd.DataFrame) -> np.ndarray:
    """Return the won spent in each month on keeping these customers: the standard, or what the experiment drew."""
    amounts = np.zeros(MONTHS)
    for month in range(MONTHS):
        active = customers[active_at(customers, FIRST_DAYS[month])]
        running = EXPERIMENT_START <= month < EXPERIMENT_START + EXPERIMENT_MONTHS
        drawn = active["arm_spend"] if running else pd.Series(np.nan, index=active.index)
        amounts[month] = 1000 * drawn.fillna(mechanism.retain_standard).sum()
    return amounts


def active_at(customers: pd.DataFrame, day: pd.Timestamp) -> pd.Series:
    """Return who is a customer on the morning of `day`."""
    return (customers["won_on"] < day) & (customers["ended_on"] > day)
