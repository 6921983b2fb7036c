"""The save call of `subscription`: an experiment in which the best call is the one not made.

On 1 October 2025 half of the customers are taken into a trial, and half of those get a call that asks them to stay.
What the call does depends on whom it reaches. The persuadable would leave and stay; the sure things stay and the lost
causes leave in any case; and the sleeping dogs, who had forgotten that they pay, are reminded of it and go (the four
kinds of Radcliffe & Surry 1999). Their effects nearly cancel, so the average effect says that the call does nothing.

Who is of which kind follows from what the company can see before it calls. Most sleeping dogs are on the basic plan
and came half a year ago or earlier; most persuadables came lately, on the premium plan, and are disappointed. The
riskiest came lately too, but on the basic plan, and the call does not reach them: risk and effect do not go together.

The response is an index, lower for the sleeping dogs and higher for the persuadables. Its rank among the customers of
that day is known in advance, as a mixture of normal distributions. So a share of the customers is a cut in the rank.

The contracts ask for the months a customer stays with a call and without, by `ratio`; `assign` says which of the two
really happened, and `record` keeps both.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import ndtr, ndtri

from crmlab.simulation.parameters import Mechanism, parameter

EXPERIMENT = "save call"
CHANCES = ("call_arm", "call_response")  # uniform, drawn once for each prospect
START, MONTHS = 33, (33, 34, 35)  # October to December 2025
ASSIGNED_ON = pd.Timestamp("2025-10-01")
SETTLED = pd.Timedelta(days=183)  # how long ago a settled customer came, at least
STAYS = 0.8  # share of those who can be driven away that would have stayed
DRIVEN, WON_OVER = 200.0, 0.12  # by what the call multiplies the monthly churn probability
OWN = 1.15  # standard deviation of the index within a plan and tenure


@dataclass(frozen=True)
class Group:
    """Customers of one plan and tenure, and how they take a call."""

    premium: bool
    settled: bool
    share: float  # of the customers on the day of the draw, roughly
    response: float  # mean of the index


GROUPS = (
    Group(False, False, 0.23, -1.2),
    Group(False, True, 0.16, -3.2),
    Group(True, False, 0.27, 1.7),
    Group(True, True, 0.34, 1.1),
)


@dataclass(frozen=True)
class Saving(Mechanism):
    """Parameters of the save call."""

    save_trial: float = parameter(0.5, "share", 0, 1, "customers in the trial of the save call; half are called")
    sleeping_dogs: float = parameter(0.10, "share", 0, 0.4, "customers who leave because of the save call")
    persuadable: float = parameter(0.5, "share", 0, 0.5, "customers whom the save call wins over when they would leave")
    call_cost: float = parameter(15_000, "won", 100, 100_000, "what one save call costs")


def assign(mechanism: Saving, known: pd.DataFrame, running: np.ndarray) -> np.ndarray:
    """Return who is called: a random half of the trial, among those who are customers on the day of the draw."""
    return running & (known["call_arm"].to_numpy() < mechanism.save_trial / 2)


def ratio(mechanism: Saving, known: pd.DataFrame) -> np.ndarray:
    """Return by what a call multiplies each customer's churn probability in the months of the experiment."""
    rank = _rank(known)
    driven, won_over = rank < mechanism.sleeping_dogs / STAYS, rank > 1 - mechanism.persuadable
    return np.select([driven, won_over], [DRIVEN, WON_OVER], 1.0)


def _rank(known: pd.DataFrame) -> np.ndarray:
    """Return each customer's rank by the response to a call, from 0 (a sleeping dog) to 1 (persuadable)."""
    premium = known["premium"].to_numpy(dtype=bool)
    settled = (ASSIGNED_ON - known["won_on"] >= SETTLED).to_numpy()
    index = np.zeros(len(known))
    for group in GROUPS:
        index[(premium == group.premium) & (settled == group.settled)] = group.response
    index += np.where(premium, _opening(known["disappointment"].to_numpy()), 0.0)
    index -= 0.2 * ((ASSIGNED_ON.year - known["born"]) - 48) / 16  # the older, the less they want to be called
    index -= 0.4 * (known["transfer"] - 0.35)  # a standing order is soon forgotten
    index += ndtri(known["call_response"])
    cuts = (index.to_numpy()[:, None] - [group.response for group in GROUPS]) / OWN
    return ndtr(cuts) @ np.array([group.share for group in GROUPS])


def _opening(disappointment: np.ndarray) -> np.ndarray:
    """Return how open a premium customer is: more with disappointment, until it is too late."""
    return 0.6 * (np.minimum(disappointment, 0.6) + 0.5) - 2.5 * np.maximum(disappointment - 0.6, 0.0)


def record(
    mechanism: Saving, known: pd.DataFrame, running: np.ndarray, kept_if_called: np.ndarray, kept_if_not: np.ndarray
) -> pd.DataFrame:
    """Return the customers with their part in the trial, and with both outcomes at the end of 2025.

    Parameters
    ----------
    mechanism
        The parameters.
    known
        One row a customer.
    running
        Who is a customer on the day of the draw.
    kept_if_called, kept_if_not
        Who would still be a customer at the end, with a call and without.

    Returns
    -------
    pandas.DataFrame
        `call_spend` is what the call cost in won: 0 for who was drawn to get none, empty for who is not in the trial.
    """
    spend = np.where(assign(mechanism, known, running), mechanism.call_cost, 0.0)
    trial = running & (known["call_arm"].to_numpy() < mechanism.save_trial)
    return known.assign(
        reachable=running,
        call_spend=np.where(trial, spend, np.nan),
        kept_if_called=kept_if_called,
        kept_if_not=kept_if_not,
    )


def experiment(known: pd.DataFrame) -> pd.DataFrame:
    """Return the experiment with the save call; success means still a customer at the end of 2025."""
    trial = known[known["call_spend"].notna()]
    kept = np.where(trial["call_spend"] > 0, trial["kept_if_called"], trial["kept_if_not"])
    return pd.DataFrame(
        {
            "experiment": EXPERIMENT,
            "unit_id": trial["customer_id"],
            "assigned_on": ASSIGNED_ON,
            "spend": trial["call_spend"],
            "success": pd.array(kept, dtype="boolean"),
        }
    ).reset_index(drop=True)


def other_outcomes(known: pd.DataFrame) -> pd.DataFrame:
    """Return for all customers of that day who would stay with a call and who without, and of which kind they are."""
    base = known[known["reachable"]]
    called, alone = base["kept_if_called"].to_numpy(dtype=bool), base["kept_if_not"].to_numpy(dtype=bool)
    kinds = np.select([called & alone, called, alone], ["sure thing", "persuadable", "sleeping dog"], "lost cause")
    return pd.DataFrame(
        {"customer_id": base["customer_id"], "kept_if_called": called, "kept_if_not": alone, "kind": kinds}
    ).reset_index(drop=True)
