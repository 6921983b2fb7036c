"""How long the customers of `subscription` stay, and what would have been.

Each month ends with a decision to renew. A customer leaves with a probability of their own, beta-distributed over the
customers of a plan (Fader & Hardie 2007, Journal of Interactive Marketing 21(1)). Two things disturb this: a billing
system that from April to June 2025 failed for bank transfers, and an experiment with retention money from July to
December 2025. The same chances decide in every world, so each customer's other outcome is known.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from crmlab.simulation.subscription.people import END, FIRST_DAYS, MONTHS, Subscription

EXPERIMENT = "money per customer"
EXPERIMENT_START, EXPERIMENT_MONTHS = 30, 6  # July to December 2025
FAULT_MONTHS = (27, 28, 29)  # April to June 2025
ARMS = np.array([0.0, 0.5, 1.5, 5.0])  # 1,000 won a customer and month
PRICES = {"basic": (9_900.0, 5_200.0), "premium": (19_900.0, 11_400.0)}  # fee and margin, won a month


def run(mechanism: Subscription, customers: pd.DataFrame, chance: np.ndarray) -> pd.DataFrame:
    """Return the customers with the months they stayed, in the real world and in the worlds without fault or offer.

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
    calendar = _calendar(known)
    own = known["churn_probability"].to_numpy()[:, None]
    fault = mechanism.billing_fault * (np.isin(calendar, FAULT_MONTHS) & known["transfer"].to_numpy()[:, None])

    def stay(spend: Any, fault: Any = fault) -> np.ndarray:
        return _stay(chance, 1 - (1 - own * _offer(mechanism, spend, calendar)) * (1 - fault))

    standard = mechanism.retain_standard
    known["arm_spend"] = _assign(known, calendar, stay(standard))
    known["months"] = stay(known["arm_spend"].fillna(standard))
    sound = _assign(known, calendar, stay(standard, fault=0.0))  # without the fault more would have taken part
    known["months_without_fault"] = stay(sound.fillna(standard), fault=0.0)
    for spend in ARMS:
        known[f"kept_at_{spend:g}"] = _kept(stay(spend), calendar)
    known["kept"] = _kept(known["months"].to_numpy(), calendar)
    known["ended_on"] = ended_on(known["won_on"], known["months"])
    return known


def _calendar(known: pd.DataFrame) -> np.ndarray:
    """Return the number of the calendar month in which each customer's k-th renewal falls, k = 1 to MONTHS."""
    first = (known["won_on"].dt.year - FIRST_DAYS[0].year) * 12 + known["won_on"].dt.month - 1
    return first.to_numpy()[:, None] + np.arange(1, MONTHS + 1)


def _stay(chance: np.ndarray, hazard: np.ndarray) -> np.ndarray:
    """Return the number of months paid: one more than the renewals that came before the first refusal."""
    leaves = chance < hazard
    return np.where(leaves.any(axis=1), leaves.argmax(axis=1) + 1, MONTHS + 1)


def _assign(known: pd.DataFrame, calendar: np.ndarray, months: np.ndarray) -> pd.Series:
    """Draw an arm for everybody who is a customer when the experiment begins; nobody else has one."""
    first = calendar[:, 0] - 1
    running = (first < EXPERIMENT_START) & (first + months >= EXPERIMENT_START)
    return pd.Series(ARMS[(known["retain_arm"] * len(ARMS)).astype(int)], index=known.index).where(running)


def _offer(mechanism: Subscription, spend: Any, calendar: np.ndarray) -> np.ndarray:
    """Return each renewal's churn probability under the spend (1,000 won a month), relative to the standard spend."""
    spends = np.append(np.atleast_1d(np.asarray(spend, float)), mechanism.retain_standard)
    left = 1 - mechanism.retain_lift * (1 - np.exp(-mechanism.retain_rate * spends))
    during = (calendar >= EXPERIMENT_START) & (calendar < EXPERIMENT_START + EXPERIMENT_MONTHS)
    return np.where(during, (left[:-1] / left[-1])[:, None], 1.0)


def _kept(months: Any, calendar: np.ndarray) -> np.ndarray:
    """Return who is still a customer after the last renewal that falls into the experiment."""
    return calendar[:, 0] - 1 + months >= EXPERIMENT_START + EXPERIMENT_MONTHS


def ended_on(started_on: pd.Series, months: pd.Series) -> pd.Series:
    """Return the first day without service: the same day of the month, or its last where the month is shorter."""
    whole = started_on.dt.to_period("M") + months.to_numpy()
    return pd.Series(
        whole.dt.to_timestamp() + pd.to_timedelta(np.minimum(started_on.dt.day, whole.dt.days_in_month) - 1, unit="D")
    )


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
