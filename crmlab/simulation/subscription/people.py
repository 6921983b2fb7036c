"""The prospects of `subscription`: everything random about them is drawn here, once.

What a prospect does follows from these draws by rules without chance. So a rule can be changed, or an offer withheld,
and every other thing stays as it was: that is what makes both potential outcomes known.

The causal picture: the channel sets an expectation; delivered service less expectation is the customer's contentment;
contentment moves churn, referrals, complaints and survey answers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import betaincinv, ndtr, ndtri

from crmlab.simulation.parameters import Mechanism, identifiers, parameter, stream

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
    expectation: float  # what the channel promises, in standard deviations of delivered service
    south: float  # share of its leads that team South works
    weight: float  # rough share of the customers, which centres contentment


CHANNELS = (
    Channel("search", 295, 0.63, 1_600_000, 0.36, 0.0, 0.45, 0.43),
    Channel("social", 435, 0.55, 1_400_000, 0.15, 0.8, 0.80, 0.26),
    Channel("partner", 153, 0.60, 1_200_000, 0.46, -0.2, 0.25, 0.26),
    Channel("referral", 0, 0.0, 0.0, 0.52, -0.5, 0.35, 0.05),
)
BY_NAME = {channel.name: channel for channel in CHANNELS}


@dataclass(frozen=True)
class Subscription(Mechanism):
    """Parameters of the subscription company."""

    premium_share: float = parameter(0.45, "share", 0, 1, "customers on the premium plan")
    premium_alpha: float = parameter(0.668, "shape", 0.05, 50, "monthly churn on premium: first shape of the beta")
    premium_beta: float = parameter(3.806, "shape", 0.05, 200, "monthly churn on premium: second shape of the beta")
    basic_alpha: float = parameter(0.704, "shape", 0.05, 50, "monthly churn on basic: first shape of the beta")
    basic_beta: float = parameter(1.182, "shape", 0.05, 200, "monthly churn on basic: second shape of the beta")
    content_to_churn: float = parameter(0.7, "correlation", 0, 0.99, "how much of staying follows from contentment")
    referral_rate: float = parameter(0.24, "leads a customer and year", 0, 3, "recommendations by the average customer")
    content_to_referral: float = parameter(0.5, "log rate per sd", 0, 2, "how much contentment moves recommending")
    south_effect: float = parameter(1.15, "ratio", 0.5, 2, "conversion of team South relative to team North")
    acquire_rate: float = parameter(0.15, "per 1,000 won", 0.001, 1, "how fast money spent on a lead works")
    acquire_standard: float = parameter(8.0, "1,000 won a lead", 1, 200, "money spent on a lead outside experiments")
    reply_effect: float = parameter(0.25, "share", 0, 0.9, "conversion lost when the first reply is very late")
    retain_lift: float = parameter(0.55, "share", 0, 1, "churn that any amount of retention money can avert")
    retain_rate: float = parameter(0.7, "per 1,000 won", 0.001, 5, "how fast retention money works")
    retain_standard: float = parameter(2.0, "1,000 won a customer and month", 0, 50, "spent on keeping everybody else")
    billing_fault: float = parameter(0.30, "probability a month", 0, 1, "cancelling when a bank transfer fails")
    silence: float = parameter(0.7, "log odds per sd", -3, 3, "how much contentment moves answering a survey")
    repeat_minutes: float = parameter(7.0, "minutes", 0, 60, "work lost when a question is asked twice")


_LATENT = (
    "team",
    "reply",
    "convert",
    "closing",
    "delivered",
    "taste",
    "plan",
    "payment",
    "region",
    "gender",
    "arm",
    "retain_arm",
)


def draw_prospects(mechanism: Subscription, channel: Channel, month: int, count: int, seed: int) -> pd.DataFrame:
    """Draw `count` prospects of one channel and month: one row each, all their chances as columns."""
    draw = stream(seed, f"prospects {channel.name} {month}")
    latent: dict[str, Any] = {name: draw.random(count) for name in _LATENT}
    latent["born"] = draw.integers(1950, 2006, count)
    gaps = draw.exponential([12, 18, 25, 50], (count, 4)) + 1
    latent |= {f"gap_{step}": gaps[:, step - 1] for step in (1, 2, 3, 4)}
    latent["channel"], latent["month"] = np.full(count, channel.name, dtype=object), np.full(count, month)
    latent["created_on"] = _days(FIRST_DAYS[month], draw.random(count))
    latent["disappointment"] = channel.expectation + ndtri(latent["delivered"])
    latent["churn_probability"] = _churn_probability(mechanism, latent)
    latent["renewals"] = list(draw.random((count, MONTHS + 1)))
    latent["recommends"] = list(draw.random((count, MONTHS + 1)))
    return pd.DataFrame(latent)


def _days(first: pd.Timestamp, chance: np.ndarray) -> pd.DatetimeIndex:
    """Return days of the month that begins on `first`; half as many leads come in at a weekend."""
    days = pd.date_range(first, first + pd.offsets.MonthEnd(0))
    weights = np.where(days.dayofweek < 5, 1.0, 0.5)
    edges = np.cumsum(weights) / weights.sum()
    return days[np.searchsorted(edges, chance, side="right").clip(max=len(days) - 1)]


def _churn_probability(mechanism: Subscription, latent: Mapping[str, Any]) -> np.ndarray:
    """Return each one's monthly churn probability: beta-distributed within a plan, higher for the disappointed."""
    own = mechanism.content_to_churn
    weights = np.array([channel.weight for channel in CHANNELS])
    means = own * np.array([channel.expectation for channel in CHANNELS])
    index = own * latent["disappointment"] + np.sqrt(1 - own**2) * ndtri(latent["taste"])
    rank = (ndtr(index[:, None] - means) * weights).sum(axis=1) / weights.sum()
    premium = is_premium(mechanism, latent)
    first = np.where(premium, mechanism.premium_alpha, mechanism.basic_alpha)
    second = np.where(premium, mechanism.premium_beta, mechanism.basic_beta)
    return betaincinv(first, second, rank.clip(1e-9, 1 - 1e-9)).clip(1e-6, 1 - 1e-6)


def is_premium(mechanism: Subscription, latent: Any) -> np.ndarray:
    """Return who takes the premium plan."""
    return np.asarray(latent["plan"]) < mechanism.premium_share


def describe_customers(customers: pd.DataFrame) -> pd.DataFrame:
    """Return the table `customers` from the prospects who became customers."""
    regions = np.searchsorted(np.cumsum(REGION_SHARES), customers["region"]).clip(max=len(REGIONS) - 1)
    return pd.DataFrame(
        {
            "customer_id": customers["customer_id"],
            "acquired_on": customers["won_on"],
            "channel": customers["channel"],
            "region": np.array(REGIONS, dtype=object)[regions],
            "birth_year": customers["born"].astype("Int64"),
            "gender": np.where(customers["gender"] < 0.54, "female", "male"),
        }
    )


def number(prospects: pd.DataFrame) -> pd.DataFrame:
    """Return the prospects in order of time with lead and, where won in time, customer identifiers."""
    prospects = prospects.sort_values(["created_on", "channel", "convert"], ignore_index=True)
    prospects["lead_id"] = identifiers("L", len(prospects))
    won = prospects[prospects["won_on"] <= END].sort_values(["won_on", "lead_id"])
    prospects["customer_id"] = pd.Series(identifiers("C", len(won)), index=won.index)
    return prospects
