"""The prospects of `subscription`: everything random about them is drawn here, once.

What a prospect does follows from these draws by rules without chance. So a rule can be changed, or an offer withheld,
and every other thing stays as it was: that is what makes both potential outcomes known. Why customers stay or leave
is the causal model of `crmlab.simulation.relationship`; here it gets the channels of this company, and the beta
distributions of churn that were published for its plans.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import betaincinv

from crmlab.simulation.days import draw_days
from crmlab.simulation.parameters import Mechanism, identifiers, parameter, stream
from crmlab.simulation.relationship import CHANCES, MODEL, Relationship, Typical, typical
from crmlab.simulation.subscription import saving
from crmlab.simulation.subscription.consents import Consents
from crmlab.simulation.subscription.saving import Saving
from crmlab.simulation.subscription.service import Service
from crmlab.simulation.subscription.surveys import Surveys

START, MONTHS = pd.Timestamp("2023-01-01"), 36
END = pd.Timestamp("2025-12-31")
FIRST_DAYS = pd.date_range(START, periods=MONTHS + 1, freq="MS")
REGIONS = ("Seoul", "Gyeonggi", "Busan", "Daegu", "Jeju")
REGION_SHARES = (0.35, 0.30, 0.17, 0.12, 0.06)
PLANS = ("basic", "premium")


@dataclass(frozen=True)
class Channel:
    """One way to come to us, seen from the truth."""

    name: str
    ceiling: float  # leads a month at most, in a company of standard size
    reach: float  # share of the ceiling that a standard month's money buys
    budget: float  # won in a standard month
    conversion: float  # probability to become a customer, at standard effort
    expectation: float  # what the channel promises, in standard deviations of experience
    south: float  # share of its leads that team South works
    weight: float  # rough share of the customers, which says who is typical


CHANNELS = (
    Channel("search", 295, 0.63, 1_600_000, 0.36, 0.0, 0.45, 0.36),
    Channel("social", 435, 0.55, 1_400_000, 0.15, 0.8, 0.80, 0.19),
    Channel("partner", 153, 0.60, 1_200_000, 0.46, -0.2, 0.25, 0.19),
    Channel("referral", 0, 0.0, 0.0, 0.52, -0.5, 0.35, 0.26),
)
BY_NAME = {channel.name: channel for channel in CHANNELS}


@dataclass(frozen=True)
class Plans(Mechanism):
    """Parameters of the plans and of the churn on them."""

    premium_share: float = parameter(0.45, "share", 0, 1, "customers on the premium plan")
    premium_alpha: float = parameter(0.668, "shape", 0.05, 50, "monthly churn on premium: first shape of the beta")
    premium_beta: float = parameter(3.806, "shape", 0.05, 200, "monthly churn on premium: second shape of the beta")
    basic_alpha: float = parameter(0.704, "shape", 0.05, 50, "monthly churn on basic: first shape of the beta")
    basic_beta: float = parameter(1.182, "shape", 0.05, 200, "monthly churn on basic: second shape of the beta")


@dataclass(frozen=True)
class Subscription(Surveys, Service, Saving, Consents, Relationship, Plans):
    """Parameters of the subscription company."""

    referral_rate: float = parameter(1.05, "leads a customer and year", 0, 3, "recommendations by the average customer")
    season: float = parameter(1.0, "share", 0, 3, "seasonal swing of the money spent on attracting leads")
    hunting_months: float = parameter(36, "months", 1, 36, "months in which money is spent on attracting leads")
    south_effect: float = parameter(1.15, "ratio", 0.5, 2, "conversion of team South relative to team North")
    acquire_rate: float = parameter(0.15, "per 1,000 won", 0.001, 1, "how fast money spent on a lead works")
    acquire_standard: float = parameter(8.0, "1,000 won a lead", 1, 200, "money spent on a lead outside experiments")
    reply_effect: float = parameter(0.25, "share", 0, 0.9, "conversion lost when the first reply is very late")
    retain_lift: float = parameter(0.55, "share", 0, 1, "churn that any amount of retention money can avert")
    retain_rate: float = parameter(0.7, "per 1,000 won", 0.001, 5, "how fast retention money works")
    retain_standard: float = parameter(2.0, "1,000 won a customer and month", 0, 50, "spent on keeping everybody else")
    attract_hours: float = parameter(9.0, "hours a million won", 0, 1000, "work on attracting leads")
    acquire_hours: float = parameter(30.0, "hours a million won", 0, 1000, "work on turning leads into customers")
    retain_hours: float = parameter(45.0, "hours a million won", 0, 1000, "work on keeping customers")
    billing_fault: float = parameter(0.30, "probability a month", 0, 1, "cancelling when a bank transfer fails")


_GAPS = {"gap_1": 12, "gap_2": 18, "gap_3": 25, "gap_4": 50}  # mean days between the steps of a lead
_MATRICES = ("renewals", "recommends")
_LATENT = (
    *("created", "team", "reply", "convert", "closing", "arm", *_GAPS),
    *("plan", "payment", "region", "gender", "born", "retain_arm", *saving.CHANCES, *CHANCES),
)


@dataclass(frozen=True)
class Prospects:
    """People who leave an address, with all their luck.

    Attributes
    ----------
    known
        One row each: channel, month, first day, and the chances that decide what becomes of them.
    renewals, recommends
        The chances of their renewals, and of a recommendation in each calendar month: one row each, one column a month.
    """

    known: pd.DataFrame
    renewals: np.ndarray
    recommends: np.ndarray


def draw_prospects(channel: Channel, counts: np.ndarray, seed: int, source: str = "") -> Prospects:
    """Draw so many prospects of a channel in each month; every month has a stream of its own.

    Parameters
    ----------
    channel
        Where they come from.
    counts
        How many in each month.
    seed
        The seed of the company.
    source
        Tells apart the streams of prospects of one channel who come for different reasons.
    """
    width = len(_LATENT) + 2 * MONTHS
    purposes = [f"prospects {channel.name} {source} {month}" for month in range(MONTHS)]
    drawn = [stream(seed, purpose).random((count, width)) for purpose, count in zip(purposes, counts, strict=True)]
    chance = np.concatenate(drawn)
    known = pd.DataFrame(chance[:, : len(_LATENT)], columns=list(_LATENT))
    known[list(_GAPS)] = 1 - np.log1p(-known[list(_GAPS)]) * list(_GAPS.values())
    known["born"] = 1950 + (56 * known["born"]).astype(int)
    known["region"] = np.array(REGIONS, dtype=object)[np.searchsorted(np.cumsum(REGION_SHARES)[:-1], known["region"])]
    known["channel"] = np.full(len(known), channel.name, dtype=object)
    known["month"] = month = np.arange(MONTHS).repeat(counts)
    known["created_on"] = draw_days(FIRST_DAYS[month], FIRST_DAYS[month + 1] - pd.Timedelta(days=1), known["created"])
    return Prospects(known, *np.split(chance[:, len(_LATENT) :], 2, axis=1))


def together(parts: list[Prospects]) -> Prospects:
    """Return several groups of prospects as one."""
    known = pd.concat([part.known for part in parts], ignore_index=True)
    renewals, recommends = (np.concatenate([getattr(part, name) for part in parts]) for name in _MATRICES)
    return Prospects(known, renewals, recommends)


def average(mechanism: Relationship) -> Typical:
    """Return the typical customers of this company."""
    return typical(mechanism, tuple((channel.expectation, channel.weight) for channel in CHANNELS))


def relate(mechanism: Subscription, customers: pd.DataFrame) -> pd.DataFrame:
    """Return the customers with what they expect and live through, and what that moves in them."""
    given = {name: customers[name].to_numpy() for name in CHANCES}
    given["channel"] = customers["channel"].map({channel.name: channel.expectation for channel in CHANNELS}).to_numpy()
    nodes = MODEL.simulate(mechanism, given)
    usual = average(mechanism)
    nodes["disappointment"] = -nodes["satisfaction"]
    nodes["cost_to_serve"] = nodes["cost_to_serve"] / usual.mean("cost_to_serve")
    nodes["referral_rate"] = np.minimum(mechanism.referral_rate * nodes["referral"] / usual.mean("referral"), 12.0)
    known = customers.assign(**nodes, premium=is_premium(mechanism, customers))
    known["churn_probability"] = churn_probability(mechanism, usual.rank("churn", nodes["churn"]), known["premium"])
    return known


def churn_probability(mechanism: Subscription, rank: np.ndarray, premium: Any) -> np.ndarray:
    """Return each one's monthly churn probability: beta-distributed within a plan, by the rank among the customers."""
    first = np.where(premium, mechanism.premium_alpha, mechanism.basic_alpha)
    second = np.where(premium, mechanism.premium_beta, mechanism.basic_beta)
    return betaincinv(first, second, rank).clip(1e-6, 1 - 1e-6)


def is_premium(mechanism: Subscription, customers: pd.DataFrame) -> np.ndarray:
    """Return who takes the premium plan."""
    return customers["plan"].to_numpy() < mechanism.premium_share


def number(prospects: pd.DataFrame) -> pd.DataFrame:
    """Return the prospects in order of time with lead and, where won in time, customer identifiers."""
    prospects = prospects.sort_values(["created_on", "channel", "convert"], ignore_index=True)
    prospects["lead_id"] = identifiers("L", len(prospects))
    won = prospects[prospects["won_on"] <= END].sort_values(["won_on", "lead_id"])
    prospects["customer_id"] = pd.Series(identifiers("C", len(won)), index=won.index)
    return prospects


def describe_customers(customers: pd.DataFrame) -> pd.DataFrame:
    """Return the table `customers` from the prospects who became customers."""
    return pd.DataFrame(
        {
            "customer_id": customers["customer_id"],
            "acquired_on": customers["won_on"],
            "channel": customers["channel"],
            "region": customers["region"],
            "birth_year": customers["born"].astype("Int64"),
            "gender": np.where(customers["gender"] < 0.54, "female", "male"),
        }
    )
