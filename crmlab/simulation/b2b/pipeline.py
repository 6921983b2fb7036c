"""How leads move through the pipeline of `b2b`: lead, qualified, proposal, won or lost.

Each stage ends after a time drawn from an exponential distribution, and independently of that time a lead goes on or
is lost. So how long an open lead has waited says nothing about its chance, and the wins to be expected of the open
pipeline are a sum of known probabilities. Whether an offer is taken depends on what it holds: see `offers`.

At the end of each year firms spend what is left of their budgets, and decide for an offer more often.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy.special import expit, logit

from crmlab.simulation.b2b.accounts import END
from crmlab.simulation.b2b.model import B2B
from crmlab.simulation.days import next_working_day
from crmlab.simulation.parameters import identifiers, stream

_USER = ("user_id", "team", "skill", "gap", "first_used_on")


def draw_paths(mechanism: B2B, firms: pd.DataFrame, users: pd.DataFrame, who: np.ndarray, seed: int) -> pd.DataFrame:
    """Return the leads with who works them, on which days each stage ends, and how far they come before an offer."""
    draw, known = stream(seed, "b2b stages"), firms.copy()
    chance, wait = draw.random((2, len(firms))), draw.exponential(1.0, (3, len(firms)))
    known["lead_id"] = identifiers("L", len(firms))
    known[list(_USER)] = users[list(_USER)].iloc[who].to_numpy()
    known = known.astype({"skill": float, "gap": float, "first_used_on": "datetime64[ns]"})
    known["qualify_chance"] = expit(logit(min(mechanism.qualify_chance, 1 - 1e-9)) + known["fit"])
    known["propose_chance"] = mechanism.propose_chance
    known["qualifies"] = chance[0] < known["qualify_chance"]
    known["proposes"] = known["qualifies"] & (chance[1] < known["propose_chance"])
    days = [mechanism.qualify_days, mechanism.propose_days, mechanism.decide_days]
    steps = [known["created_on"]]
    for mean, drawn in zip(days, wait, strict=True):
        steps.append(_later(steps[-1], mean * drawn))
    known["sorted_on"], known["prepared_on"], known["decided_on"] = steps[1:]
    known["proposal_on"] = known["prepared_on"].where(known["proposes"])
    return known


def _later(day: pd.Series, wait: np.ndarray) -> pd.Series:
    """Return the first working day after a wait, at least one day later."""
    return pd.Series(next_working_day(day + pd.to_timedelta(np.floor(wait) + 1, unit="D")), index=day.index)


def close(known: pd.DataFrame, choice: np.ndarray, choice_chance: np.ndarray) -> pd.DataFrame:
    """Return the leads with what came of them, also after the end of the observation, and numbered customers."""
    known = known.assign(choice=np.where(known["proposes"], choice, -1), choice_chance=choice_chance)
    known["won_on"] = known["decided_on"].where(known["choice"] >= 0)
    lost = known["sorted_on"].where(~known["qualifies"], known["prepared_on"].where(~known["proposes"]))
    known["lost_on"] = lost.fillna(known["decided_on"]).where(known["choice"] < 0)
    won = known[known["won_on"] <= END].sort_values(["won_on", "lead_id"])
    known["customer_id"] = pd.Series(identifiers("C", len(won)), index=won.index, dtype=object)
    return known


def win_chance(known: pd.DataFrame) -> np.ndarray:
    """Return each lead's probability to be won from the stage it has reached at the end; 1 or 0 where decided."""
    qualified = (known["qualifies"] & (known["sorted_on"] <= END)).to_numpy()
    proposed = (known["proposal_on"] <= END).to_numpy()
    chance = known["choice_chance"].to_numpy() * np.where(proposed, 1.0, known["propose_chance"])
    chance = chance * np.where(qualified, 1.0, known["qualify_chance"])
    return np.select([known["won_on"] <= END, known["lost_on"] <= END], [1.0, 0.0], chance)


def lead_table(known: pd.DataFrame) -> pd.DataFrame:
    """Return the table `leads`."""
    return known[["lead_id", "created_on", "channel", "team", "user_id", "customer_id"]].copy()


def stage_events(known: pd.DataFrame) -> pd.DataFrame:
    """Return the table `stage_events`: the steps that were reached by the end of the observation."""
    steps = {
        "lead": known["created_on"],
        "qualified": known["sorted_on"].where(known["qualifies"]),
        "proposal": known["proposal_on"],
        "won": known["won_on"],
        "lost": known["lost_on"],
    }
    parts = [
        pd.DataFrame({"lead_id": known["lead_id"], "stage": stage, "reached_on": days, "rank": rank})
        for rank, (stage, days) in enumerate(steps.items())
    ]
    events = pd.concat([part[part["reached_on"] <= END] for part in parts])
    return events.sort_values(["reached_on", "lead_id", "rank"], ignore_index=True).drop(columns="rank")


def lead_truth(known: pd.DataFrame) -> pd.DataFrame:
    """Return what is true of each lead: its chances in each stage, and what came of it in the end."""
    columns: dict[str, Any] = {
        "lead_id": known["lead_id"],
        "employees": known["employees"],
        "qualify_chance": known["qualify_chance"].round(4),
        "propose_chance": known["propose_chance"].round(4),
        "choice_chance": known["choice_chance"].round(4),
        "win_chance": win_chance(known).round(4),
        "won_on": known["won_on"],
    }
    return pd.DataFrame(columns)
