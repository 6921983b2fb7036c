"""Who of the customers of `subscription` lets us use the data, and for what.

Two weeks after the first day we ask each customer twice: may we analyse the data, and may we send advertising? Who
says yes is no random sample. The yes depends on what we can see (channel, plan, age, region) and on what we cannot:
the satisfied trust us with more, and the satisfied also stay. So those who agreed are the better customers, and an
analysis that keeps to them finds less churn than there is.

Weights mend it: each customer who agreed stands for 1 / probability customers (Horvitz & Thompson 1952, Journal of
the American Statistical Association 47(260)). A probability that is estimated from what we can see mends only what
follows from that. What the satisfied add to the bias stays, unless nothing links satisfaction to consent.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import expit

from crmlab.simulation.days import next_working_day
from crmlab.simulation.parameters import Mechanism, parameter, stream

OBSERVATION_END = pd.Timestamp("2025-12-31")
ASKED_AFTER = pd.Timedelta(days=14)
PURPOSES = {"analysis": 0.0, "marketing": -0.9}  # log odds, on top of `consent_base`
CHANNELS = {"search": 0.0, "social": -0.5, "partner": 0.5, "referral": 0.6}
REGIONS = {"Seoul": -0.25, "Gyeonggi": -0.1, "Busan": 0.15, "Daegu": 0.1, "Jeju": 0.3}
PREMIUM = 0.5
AGE = -0.25  # for 16 years more


@dataclass(frozen=True)
class Consents(Mechanism):
    """Parameters of consent; `consent_link` belongs to the causal model of all companies."""

    consent_base: float = parameter(0.4, "log odds", -4, 4, "agreeing to analysis: average age, basic, search")


def ask(mechanism: Consents, customers: pd.DataFrame, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the table `consents`, and the true probability of each customer to agree to each purpose.

    Parameters
    ----------
    mechanism
        The parameters.
    customers
        One row each: customer_id, won_on, channel, premium, region, born, and consent (log odds from satisfaction).
    seed
        The seed of the company.
    """
    asked_on = next_working_day(customers["won_on"] + ASKED_AFTER)
    asked = customers.assign(asked_on=asked_on)[asked_on <= OBSERVATION_END]
    odds = _log_odds(mechanism, asked)
    tables, truths = [], []
    for purpose, shift in PURPOSES.items():
        rows = asked[["customer_id", "asked_on"]].assign(purpose=purpose, probability=expit(odds + shift))
        # chances for all customers, so that nobody's answer depends on who else was asked
        chance = stream(seed, f"consent {purpose}").random(len(customers))[asked_on <= OBSERVATION_END]
        rows["granted"] = pd.array(chance < rows["probability"], dtype="boolean")
        tables.append(rows[["customer_id", "purpose", "asked_on", "granted"]])
        truths.append(rows[["customer_id", "purpose", "probability"]].round(6))
    order = ["customer_id", "purpose"]
    table, truth = (pd.concat(parts).sort_values(order, ignore_index=True) for parts in (tables, truths))
    return table, truth


def _log_odds(mechanism: Consents, customers: pd.DataFrame) -> np.ndarray:
    """Return each customer's log odds to agree to analysis; `consent` is what satisfaction adds."""
    seen = customers["channel"].map(CHANNELS) + customers["region"].map(REGIONS)
    seen += PREMIUM * customers["premium"] + AGE * (2025 - customers["born"] - 48) / 16
    return (mechanism.consent_base + seen + customers["consent"]).to_numpy(dtype=float)
