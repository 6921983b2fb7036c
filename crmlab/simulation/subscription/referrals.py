"""How the customers of `subscription` bring the next ones.

A customer may recommend us once in each month, the satisfied more often. Whoever comes this way may recommend in turn:
generation follows generation, as in an epidemic. `reproduction` counts the customers that a recommended customer brings
in the window. At one and above, recommendation carries the company without any hunting; below, each generation is
smaller than the one before it.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from crmlab.simulation.parameters import identifiers
from crmlab.simulation.subscription import marketing, sales
from crmlab.simulation.subscription.people import BY_NAME, MONTHS, Subscription, average, churn_probability

REFERRAL = BY_NAME["referral"]


def recommend(customers: pd.DataFrame, chance: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return who recommends us (as row numbers) and in which month, in order of the months.

    Parameters
    ----------
    customers
        One row each, with the days on which they came and went and their `referral_rate` (a year).
    chance
        The chance that decides on a recommendation: one row a customer, one column a calendar month.
    """
    says = marketing.active_months(customers) & (chance < customers["referral_rate"].to_numpy()[:, None] / 12)
    month, row = np.nonzero(says.T)
    return row, month


def reproduction(mechanism: Subscription, prospects: pd.DataFrame) -> float:
    """Return how many customers one recommended customer brings within the window, in a company without faults."""
    usual = average(mechanism)
    promised = usual.values["expectation"] == REFERRAL.expectation
    rank = usual.rank("churn", usual.values["churn"][promised])
    monthly = usual.values["referral"][promised] / usual.mean("referral") * mechanism.referral_rate / 12
    brought = 0.0
    for premium, share in ((True, mechanism.premium_share), (False, 1 - mechanism.premium_share)):
        leaving = churn_probability(mechanism, rank, premium)
        months = (1 - (1 - leaving) ** MONTHS) / leaving
        brought += share * float(np.mean(np.minimum(monthly, 1.0) * months))
    return brought * _conversion(mechanism, prospects)


def _conversion(mechanism: Subscription, prospects: pd.DataFrame) -> float:
    """Return the share of recommended people who become customers, if they are worked as all leads are."""
    spend = np.full(len(prospects), mechanism.acquire_standard)
    rates = [sales.conversion(mechanism, prospects.assign(south=south), REFERRAL.conversion, spend) for south in (0, 1)]
    return float(np.average([rate.mean() for rate in rates], weights=[1 - REFERRAL.south, REFERRAL.south]))


def referral_table(prospects: pd.DataFrame, recommended: pd.DataFrame) -> pd.DataFrame:
    """Return the table `referrals`.

    Parameters
    ----------
    prospects
        All prospects, with `uid`, `lead_id` and `customer_id`.
    recommended
        Who recommended whom: `referrer` and `uid`, both by `uid`.
    """
    people = prospects.set_index("uid")
    both = pd.DataFrame(
        {
            "referrer_id": people["customer_id"].loc[recommended["referrer"]].to_numpy(),
            "lead_id": people["lead_id"].loc[recommended["uid"]].to_numpy(),
            "referred_on": people["created_on"].loc[recommended["uid"]].to_numpy(),
        }
    ).sort_values(["referred_on", "lead_id"], ignore_index=True)
    both.insert(0, "referral_id", identifiers("R", len(both)))
    return both
