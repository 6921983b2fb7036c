"""The money of `b2b`: what attracts firms, what selling costs, and what keeping customers costs."""

from __future__ import annotations

import numpy as np
import pandas as pd

from crmlab.simulation.b2b.accounts import CHANNELS, FIRST_DAYS, MONTHS
from crmlab.simulation.parameters import stream

COSTS = {"lead": 20_000.0, "qualified": 120_000.0, "proposal": 350_000.0}  # won of selling, when the stage is reached
RETAIN = 25_000.0  # won a customer and month
HOURS_PER_MILLION = {"attract": 9.0, "acquire": 24.0, "retain": 30.0}


def draw_spend(seed: int) -> np.ndarray:
    """Draw the money spent on attracting firms, relative to a standard month: one row a channel, one column a month."""
    wobble = stream(seed, "b2b budgets").standard_normal((len(CHANNELS), MONTHS))
    return np.linspace(0.85, 1.2, MONTHS) * np.exp(0.3 * wobble)


def spend_table(spend: np.ndarray, size: float, events: pd.DataFrame, won: pd.DataFrame) -> pd.DataFrame:
    """Return the table `channel_spend`; `events` are the stages with the channel, `size` is 1 for standard size."""
    names = [channel.name for channel in CHANNELS]
    budgets = np.array([[channel.budget] for channel in CHANNELS])
    costs = events.assign(month=_month(events["reached_on"]), cost=events["stage"].map(COSTS).fillna(0.0))
    selling = costs.pivot_table(index="channel", columns="month", values="cost", aggfunc="sum")
    amounts = {
        "attract": np.round(size * budgets * spend, -3),
        "acquire": selling.reindex(index=names, columns=range(MONTHS)).fillna(0.0).to_numpy(),
        "retain": RETAIN * _running(won, names),
    }
    parts = [_ledger(activity, amount, names) for activity, amount in amounts.items()]
    return pd.concat(parts).sort_values(["month", "channel", "activity"], ignore_index=True)


def _month(days: pd.Series) -> pd.Series:
    return 12 * (days.dt.year - FIRST_DAYS[0].year) + days.dt.month - 1


def _running(won: pd.DataFrame, names: list[str]) -> np.ndarray:
    """Return the number of customers on the first morning of each month, by channel."""
    first = FIRST_DAYS[:MONTHS].to_numpy()
    active = (won["won_on"].to_numpy()[:, None] < first) & (won["ended_on"].to_numpy()[:, None] > first)
    return np.array([active[(won["channel"] == name).to_numpy()].sum(axis=0) for name in names], float)


def _ledger(activity: str, amount: np.ndarray, names: list[str]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "month": np.tile(FIRST_DAYS[:MONTHS], len(names)),
            "channel": np.repeat(names, MONTHS),
            "activity": activity,
            "amount": amount.ravel(),
            "hours": (amount.ravel() / 1e6 * HOURS_PER_MILLION[activity]).round(1),
        }
    )
