"""How long the firms stay with `b2b`: a hazard in months, proportional in one driver and not in the other.

The probability to leave at the end of month m is 1 - exp(-exp(baseline + drivers)): the discrete form of proportional
hazards (Prentice & Gloeckler 1978, Biometrics 34(1)). Priority service lowers the hazard by the same ratio at all
times. Guided onboarding lowers it strongly, but only in the first months: hazards are not proportional in it. Whoever
was promised more than is delivered leaves sooner, at all times. Nothing else that is hidden moves the hazard.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import expit

from crmlab.simulation.b2b.accounts import END, MONTHS, log_size
from crmlab.simulation.b2b.model import B2B, STAYING
from crmlab.simulation.b2b.offers import OPTIONS, Offers
from crmlab.simulation.days import months_later
from crmlab.simulation.parameters import stream

SERVICE = ("standard", "priority")
ONBOARDING = ("self", "guided")
COST_SHARE, PRIORITY_SHARE = 0.25, 0.06  # cost of serving a month, as shares of the list price
CHANCES = ("chance_process", "chance_attitude")


def draw_drivers(firms: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Draw service level and onboarding of each lead, should it be won; larger firms rather take priority service."""
    chance = stream(seed, "b2b drivers").random((2, len(firms)))
    priority = chance[0] < expit(-0.2 + 0.3 * log_size(firms))
    return pd.DataFrame({"service_level": priority, "onboarding": chance[1] < 0.5}, index=firms.index)


def run(mechanism: B2B, known: pd.DataFrame, offers: Offers, seed: int) -> pd.DataFrame:
    """Return the customers won in time, with what they pay, feel and do, and what would have been."""
    draw = stream(seed, "b2b service").random((len(CHANCES), len(known)))
    chance = stream(seed, "b2b renewals").random((len(known), MONTHS))
    at = np.flatnonzero((known["won_on"] <= END).to_numpy())
    won, chance = known.iloc[at].reset_index(drop=True).assign(row=at), chance[at]
    given = {name: won[name].to_numpy(float) for name in ("service_level", "onboarding")}
    given |= {"promise_gap": won["gap"].to_numpy()} | dict(zip(CHANCES, draw[:, at], strict=True))
    won = won.join(_fees(won, offers, at))
    nodes = STAYING.simulate(mechanism, given)
    for name in ("expectation", "process", "attitude", "experience", "satisfaction", "answer"):
        won[name] = nodes[name]
    worlds = {"months": {}, "months_without_gap": {"promise_gap": 0.0}}
    worlds |= {"months_self": {"onboarding": 0.0}, "months_guided": {"onboarding": 1.0}}
    for name, instead in worlds.items():
        fixed = {cause: np.full(len(won), value) for cause, value in instead.items()}
        won[name] = _stay(chance, STAYING.simulate(mechanism, given | fixed)["churn"][:, :MONTHS])
    won["expected_months"] = expected_months(nodes["churn"])
    won["ended_on"] = months_later(won["won_on"], won["months"])
    return won.sort_values("customer_id", ignore_index=True)


def _fees(won: pd.DataFrame, offers: Offers, at: np.ndarray) -> pd.DataFrame:
    """Return what each customer pays a month, what is left of it, and what the service really saves."""
    option = won["choice"].to_numpy()
    fee, discount = offers.price[at, option], offers.discount[at]
    cost = (fee + discount) * (COST_SHARE + PRIORITY_SHARE * won["service_level"].to_numpy())
    return pd.DataFrame(
        {
            "option": np.array(OPTIONS, dtype=object)[option],
            "monthly_fee": fee,
            "monthly_margin": np.round(fee - cost),
            "delivered_value": offers.delivered[at, option],
        }
    )


def _stay(chance: np.ndarray, leaving: np.ndarray) -> np.ndarray:
    """Return the number of months paid, one more than the window has for whoever never leaves in it."""
    leaves = chance < leaving
    return np.where(leaves.any(axis=1), leaves.argmax(axis=1) + 1, MONTHS + 1)


def expected_months(leaving: np.ndarray) -> np.ndarray:
    """Return the mean number of months paid, up to the horizon of the hazards given.

    Examples
    --------
    >>> expected_months(np.array([[0.5, 0.5, 0.5]])).tolist()
    [1.75]
    """
    kept = np.cumprod(1 - leaving[:, :-1], axis=1)
    return 1 + kept.sum(axis=1)


def contract_table(won: pd.DataFrame) -> pd.DataFrame:
    """Return the table `contracts`."""
    return pd.DataFrame(
        {
            "contract_id": won["customer_id"].str.replace("C", "K"),
            "customer_id": won["customer_id"],
            "started_on": won["won_on"],
            "ended_on": won["ended_on"].where(won["ended_on"] <= END),
            "plan": won["option"],
            "service_level": np.array(SERVICE, dtype=object)[won["service_level"].to_numpy(int)],
            "onboarding": np.array(ONBOARDING, dtype=object)[won["onboarding"].to_numpy(int)],
            "monthly_fee": won["monthly_fee"],
            "monthly_margin": won["monthly_margin"],
        }
    )
