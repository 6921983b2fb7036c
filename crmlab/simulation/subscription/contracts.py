"""How long the customers of `subscription` stay, and what would have been.

Each month ends with a decision to renew. A customer leaves with a probability of their own, beta-distributed over the
customers of a plan (Fader & Hardie 2007, Journal of Interactive Marketing 21(1)). Three things disturb this: a billing
system that from April to June 2025 failed for bank transfers, an experiment with retention money from July to December
2025, and the save calls of its last three months. The same chances decide in every world, so each customer's other
outcome is known.

The margin is the fee less what it costs to serve the customer: the same on average as a plan promises, but a loyal
customer who keeps us busy may bring nothing.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from crmlab.simulation.days import months_later
from crmlab.simulation.subscription import saving
from crmlab.simulation.subscription.people import END, FIRST_DAYS, MONTHS, Subscription

EXPERIMENT = "money per customer"
EXPERIMENT_START, EXPERIMENT_MONTHS = 30, 6  # July to December 2025
FAULT_MONTHS = (27, 28, 29)  # April to June 2025
ARMS = np.array([0.0, 0.5, 1.5, 5.0])  # 1,000 won a customer and month
PRICES = {"basic": (9_900.0, 5_200.0), "premium": (19_900.0, 11_400.0)}  # fee and mean margin, won a month


def run(mechanism: Subscription, customers: pd.DataFrame, chance: np.ndarray) -> pd.DataFrame:
    """Return the customers with the months they stayed, in the real world and in the worlds without.

    Parameters
    ----------
    mechanism
        The parameters.
    customers
        One row each, with churn probability and plan.
    chance
        The chance that decides each renewal: one row a customer, one column a month since the start.
    """
    known = customers.copy()
    known["transfer"] = known["payment"] < np.where(known["premium"], 0.25, 0.45)
    decided, own = _decided(known), known["churn_probability"].to_numpy()[:, None]
    fault = mechanism.billing_fault * (np.isin(decided, FAULT_MONTHS) & known["transfer"].to_numpy()[:, None])
    called = _running(decided, saving.START)
    ratio = np.where(np.isin(decided, saving.MONTHS), saving.ratio(mechanism, known)[:, None], 1.0)
    calls = np.where(saving.assign(mechanism, known, called)[:, None], ratio, 1.0)

    def stay(spend: Any, fault: Any = fault, call: Any = calls) -> np.ndarray:
        leaving = np.minimum(own * _offer(mechanism, spend, decided) * call, 1.0)
        return _stay(chance, 1 - (1 - leaving) * (1 - fault))

    standard = mechanism.retain_standard
    known["arm_spend"] = _draw_arm(known, _running(decided, EXPERIMENT_START, stay(standard)))
    spend = known["arm_spend"].fillna(standard)
    known["months"] = stay(spend)
    sound = _draw_arm(known, _running(decided, EXPERIMENT_START, stay(standard, 0.0)))  # more would have taken part
    known["months_without_fault"] = stay(sound.fillna(standard), 0.0)
    for arm in ARMS:
        known[f"kept_at_{arm:g}"] = _kept(known, stay(arm))
    known["kept"] = _kept(known, known["months"])
    known["ended_on"] = months_later(known["won_on"], known["months"])
    outcomes = [_kept(known, stay(spend, call=call)) for call in (ratio, 1.0)]
    return saving.record(mechanism, known, _running(decided, saving.START, known["months"].to_numpy()), *outcomes)


def _first_month(known: pd.DataFrame) -> np.ndarray:
    """Return the number of the calendar month in which each customer was won."""
    return ((known["won_on"].dt.year - FIRST_DAYS[0].year) * 12 + known["won_on"].dt.month - 1).to_numpy()


def _decided(known: pd.DataFrame) -> np.ndarray:
    """Return the calendar month that decides on each customer's k-th renewal, k = 1 to MONTHS.

    It is the month of the renewal; a renewal on the first of a month is decided in the month before.
    """
    on_first = (known["won_on"].dt.day == 1).to_numpy()
    return (_first_month(known) - on_first)[:, None] + np.arange(1, MONTHS + 1)


def _stay(chance: np.ndarray, hazard: np.ndarray) -> np.ndarray:
    """Return the number of months paid: one more than the renewals that came before the first refusal."""
    leaves = chance < hazard
    return np.where(leaves.any(axis=1), leaves.argmax(axis=1) + 1, MONTHS + 1)


def _running(decided: np.ndarray, start: int, months: Any = MONTHS + 1) -> np.ndarray:
    """Return who is a customer on the first day of the month `start`, if they stay for `months`."""
    first = decided[:, 0] - 1
    return (first < start) & (first + months >= start)


def _draw_arm(known: pd.DataFrame, running: np.ndarray) -> pd.Series:
    """Draw an arm for everybody who is a customer when the experiment begins; nobody else has one."""
    return pd.Series(ARMS[(known["retain_arm"] * len(ARMS)).astype(int)], index=known.index).where(running)


def _offer(mechanism: Subscription, spend: Any, decided: np.ndarray) -> np.ndarray:
    """Return each renewal's churn probability under the spend (1,000 won a month), relative to the standard spend."""
    spends = np.append(np.atleast_1d(np.asarray(spend, float)), mechanism.retain_standard)
    left = 1 - mechanism.retain_lift * (1 - np.exp(-mechanism.retain_rate * spends))
    during = (decided >= EXPERIMENT_START) & (decided < EXPERIMENT_START + EXPERIMENT_MONTHS)
    return np.where(during, (left[:-1] / left[-1])[:, None], 1.0)


def _kept(known: pd.DataFrame, months: Any) -> np.ndarray:
    """Return who is still a customer at the end of the last month."""
    return _first_month(known) + np.asarray(months) >= MONTHS


def contract_table(known: pd.DataFrame) -> pd.DataFrame:
    """Return the table `contracts`."""
    premium = known["premium"].to_numpy()
    fee, margin = (np.where(premium, PRICES["premium"][i], PRICES["basic"][i]) for i in (0, 1))
    return pd.DataFrame(
        {
            "contract_id": known["customer_id"].str.replace("C", "K"),
            "customer_id": known["customer_id"],
            "started_on": known["won_on"],
            "ended_on": known["ended_on"].where(known["ended_on"] <= END),
            "plan": np.where(premium, "premium", "basic").astype(object),
            "payment_method": np.where(known["transfer"], "bank transfer", "card").astype(object),
            "monthly_fee": fee,
            "monthly_margin": np.round(fee - (fee - margin) * known["cost_to_serve"]),
        }
    )


def experiment(known: pd.DataFrame) -> pd.DataFrame:
    """Return the experiment with the money per customer; success means still a customer when it ended."""
    trial = known[known["arm_spend"].notna()]
    return pd.DataFrame(
        {
            "experiment": EXPERIMENT,
            "unit_id": trial["customer_id"],
            "assigned_on": FIRST_DAYS[EXPERIMENT_START],
            "spend": (1000 * trial["arm_spend"]).round(),
            "success": trial["kept"].astype("boolean"),
        }
    )


def other_outcomes(known: pd.DataFrame) -> pd.DataFrame:
    """Return who of the experiment would have been kept at each amount of money."""
    trial = known[known["arm_spend"].notna()]
    names = {f"kept_at_{spend:g}": f"kept_at_{1000 * spend:.0f}" for spend in ARMS}
    return trial[["customer_id", *names]].rename(columns=names).reset_index(drop=True)
