"""How the leads of `subscription` become customers, and when.

The probability depends on the channel, the team, the money spent on the lead and how fast we replied; never on the
month in which the lead came in. A young cohort therefore converts as well as an old one: it only had less time.
Team South converts better in every channel, yet works most of the leads that convert badly.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from crmlab.simulation.subscription.people import CHANNELS, END, Subscription

EXPERIMENT = "money per lead"
EXPERIMENT_MONTHS = (14, 15, 16, 17, 18, 19)
ARMS = np.array([2.0, 6.0, 12.0, 24.0])  # 1,000 won a lead
CLOSED = 0.7  # share of the lost leads that anybody records as lost


def follow(mechanism: Subscription, prospects: pd.DataFrame) -> pd.DataFrame:
    """Return the prospects with what the sales teams did and what came of it."""
    known = prospects.copy()
    known["south"] = known["team"] < known["channel"].map({channel.name: channel.south for channel in CHANNELS})
    known["reply_hours"] = _reply_hours(known)
    known["in_trial"] = known["month"].isin(EXPERIMENT_MONTHS) & (known["arm"] < 0.5)
    arm = ARMS[np.minimum((known["arm"] * 2 * len(ARMS)).astype(int), len(ARMS) - 1)]
    known["lead_spend"] = np.where(known["in_trial"], arm, mechanism.acquire_standard)
    known["conversion_probability"] = conversion(mechanism, known, base_rates(known), known["lead_spend"])
    known["converts"] = known["convert"] < known["conversion_probability"]
    path = known["gap_1"] + known["gap_2"] + known["gap_3"]
    known["won_on"] = later(known["created_on"], path).where(known["converts"])
    return known


def later(day: pd.Series, wait: Any) -> pd.Series:
    """Return the day on which so many days have passed."""
    return day + pd.Series(np.ceil(np.asarray(wait)).astype("timedelta64[D]"), index=day.index)


def base_rates(known: pd.DataFrame) -> np.ndarray:
    """Return the conversion of each lead's channel, at standard effort."""
    rates = {channel.name: channel.conversion for channel in CHANNELS}
    return known["channel"].map(rates).to_numpy(dtype=float)


def conversion(mechanism: Subscription, known: pd.DataFrame, base: Any, spend: Any) -> np.ndarray:
    """Return each lead's probability to become a customer if `spend` (1,000 won) goes into it."""
    money = (1 - np.exp(-mechanism.acquire_rate * np.asarray(spend))) / (
        1 - np.exp(-mechanism.acquire_rate * mechanism.acquire_standard)
    )
    late = 1 - mechanism.reply_effect * (1 - np.exp(-known["reply_hours"] / 24))
    team = np.where(known["south"], mechanism.south_effect, 1.0)
    return np.asarray(base * money * late * team).clip(0, 0.98)


def _reply_hours(known: pd.DataFrame) -> pd.Series:
    """Replies take some hours, and whoever writes at a weekend waits for Monday."""
    hours = 5 * np.exp(1.1 * (2 * known["reply"] - 1) * 1.6)
    weekend = (known["created_on"].dt.dayofweek - 4).clip(lower=0)
    return (hours + np.select([weekend == 1, weekend == 2], [44, 20], 0)).round(1)


def lead_table(known: pd.DataFrame) -> pd.DataFrame:
    """Return the table `leads`."""
    return pd.DataFrame(
        {
            "lead_id": known["lead_id"],
            "created_on": known["created_on"],
            "channel": known["channel"],
            "team": np.where(known["south"], "South", "North"),
            "first_reply_hours": known["reply_hours"].where(
                known["created_on"] + pd.to_timedelta(known["reply_hours"], unit="h") <= END + pd.Timedelta(days=1)
            ),
            "customer_id": known["customer_id"],
        }
    )


def stage_events(known: pd.DataFrame) -> pd.DataFrame:
    """Return the table `stage_events`: the steps that were reached by the end of the observation."""
    qualified = later(known["created_on"], known["gap_1"])
    proposal = later(known["created_on"], known["gap_1"] + known["gap_2"])
    # a lost lead stops at a depth of its own: the same draw that lost it, spread over the losers
    depth = (known["convert"] - known["conversion_probability"]) / (1 - known["conversion_probability"])
    steps = {
        "lead": known["created_on"],
        "qualified": qualified.where(known["converts"] | (depth < 0.5)),
        "proposal": proposal.where(known["converts"] | (depth < 0.25)),
        "won": known["won_on"],
        "lost": _lost_on(known, proposal),
    }
    table = pd.DataFrame(
        {
            "lead_id": np.tile(known["lead_id"], len(steps)),
            "stage": np.repeat(np.array(list(steps), dtype=object), len(known)),
            "reached_on": pd.concat(steps.values(), ignore_index=True),
        }
    )
    lead = np.tile(np.arange(len(known)), len(steps))
    order = np.lexsort((np.arange(len(table)), lead, table["reached_on"]))
    return table.iloc[order[table["reached_on"].to_numpy()[order] <= END.to_numpy()]].reset_index(drop=True)


def _lost_on(known: pd.DataFrame, proposal: pd.Series) -> pd.Series:
    recorded = ~known["converts"] & (known["closing"] < CLOSED)
    return later(proposal, known["gap_4"]).where(recorded)


def experiment(known: pd.DataFrame) -> pd.DataFrame:
    """Return the experiment with the money per lead; success means won by the end of the observation."""
    trial = known[known["in_trial"]]
    return pd.DataFrame(
        {
            "experiment": EXPERIMENT,
            "unit_id": trial["lead_id"],
            "assigned_on": trial["created_on"],
            "spend": (1000 * trial["lead_spend"]).round(),
            "success": (trial["won_on"] <= END).astype("boolean"),
        }
    )
