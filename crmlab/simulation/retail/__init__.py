"""The company `retail`: customers order when they like and never say goodbye.

Purchases follow BG/NBD (Fader, Hardie & Lee 2005, Marketing Science 24(2)): a living customer orders as a Poisson
process with a rate of their own, and after each repeat order leaves for good with a probability of their own. Amounts
follow the gamma-gamma model (Fader, Hardie & Lee 2005, JMR 42(4)), in won.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from crmlab.company import Company, Truth
from crmlab.simulation.parameters import Mechanism, build, identifiers, parameter, stream

START, END = "2024-01-01", "2025-12-31"
DAYS = 731
REGIONS = ("Seoul", "Gyeonggi", "Busan", "Daegu", "Jeju")
REGION_SHARES = (0.35, 0.30, 0.17, 0.12, 0.06)


@dataclass(frozen=True)
class Retail(Mechanism):
    """Parameters of the shop; rates are per week."""

    r: float = parameter(0.55, "shape", 0.05, 20, "purchase rates over customers: shape of the gamma distribution")
    alpha: float = parameter(6.0, "weeks", 0.1, 500, "purchase rates over customers: rate of the gamma distribution")
    a: float = parameter(0.8, "shape", 0.05, 50, "leaving after a repeat order: first shape of the beta distribution")
    b: float = parameter(2.5, "shape", 0.05, 200, "leaving after a repeat order: second shape of the beta distribution")
    p: float = parameter(6.25, "shape", 0.5, 50, "amounts of one customer: shape of the gamma distribution")
    q: float = parameter(3.74, "shape", 1.5, 50, "mean amounts over customers: shape of the gamma distribution")
    v: float = parameter(15_440.0, "won", 10, 1e6, "mean amounts over customers: scale of the gamma distribution")
    arrival_weeks: float = parameter(26, "weeks", 1, 52, "first orders are spread evenly over this time")


def simulate(customers: int | None, seed: int, switches: dict[str, float]) -> Company:
    """Simulate the shop: customers, orders and their truth."""
    mechanism, count = build(Retail, switches), customers or 4000
    people = _people(mechanism, count, seed)
    orders = _orders(mechanism, people, seed)
    tables = {"customers": _customers(people, seed), "orders": orders}
    truth = Truth(mechanism.table(), {"customers": _known(people, orders)})
    return Company("retail", tables, END, truth=truth)


def _people(mechanism: Retail, count: int, seed: int) -> dict[str, Any]:
    draw = stream(seed, "retail people")
    first = np.sort(draw.integers(0, int(7 * mechanism.arrival_weeks), count))
    return {
        "customer_id": identifiers("C", count),
        "first_day": first,
        "weekly_rate": draw.gamma(mechanism.r, 1 / mechanism.alpha, count),
        "leaving": draw.beta(mechanism.a, mechanism.b, count),
        "mean_amount": mechanism.p * mechanism.v / draw.gamma(mechanism.q, 1.0, count),
        "left_on": np.full(count, np.inf),
    }


def _orders(mechanism: Retail, people: dict[str, Any], seed: int) -> pd.DataFrame:
    """Walk all living customers from order to order; fills in when each one left."""
    draw = stream(seed, "retail orders")
    living = np.arange(len(people["first_day"]))
    clock = people["first_day"].astype(float)
    who, when = [living], [clock.copy()]
    while living.size:
        clock = clock + 7 * draw.exponential(1 / people["weekly_rate"][living])
        seen = clock < DAYS
        living, clock = living[seen], clock[seen]
        who.append(living)
        when.append(clock)
        leaves = draw.random(living.size) < people["leaving"][living]
        people["left_on"][living[leaves]] = clock[leaves]
        living, clock = living[~leaves], clock[~leaves]
    return _order_table(mechanism, people, np.concatenate(who), np.concatenate(when), seed)


def _order_table(mechanism: Retail, people: dict[str, Any], who: Any, when: Any, seed: int) -> pd.DataFrame:
    scale = people["mean_amount"][who] / mechanism.p
    amount = stream(seed, "retail amounts").gamma(mechanism.p, scale)
    order = np.lexsort((who, when.astype(int)))
    days = pd.Timestamp(START) + pd.to_timedelta(when[order].astype(int), unit="D")
    return pd.DataFrame(
        {
            "order_id": identifiers("O", len(order)),
            "customer_id": people["customer_id"][who[order]],
            "ordered_at": days,
            "amount": np.maximum(10.0, np.round(amount[order], -1)),
        }
    )


def _customers(people: dict[str, Any], seed: int) -> pd.DataFrame:
    draw, count = stream(seed, "retail customers"), len(people["first_day"])
    return pd.DataFrame(
        {
            "customer_id": people["customer_id"],
            "acquired_on": pd.Timestamp(START) + pd.to_timedelta(people["first_day"], unit="D"),
            "channel": draw.choice(["store", "web"], count, p=[0.4, 0.6]),
            "region": draw.choice(REGIONS, count, p=REGION_SHARES),
            "birth_year": pd.array(draw.integers(1950, 2006, count), dtype="Int64"),
            "gender": draw.choice(["female", "male"], count, p=[0.55, 0.45]),
        }
    )


def _known(people: dict[str, Any], orders: pd.DataFrame) -> pd.DataFrame:
    """Return what is true of each customer: their rates, and the day on which they left without a word."""
    left = pd.Series(people["left_on"]).replace(np.inf, np.nan)
    return pd.DataFrame(
        {
            "customer_id": people["customer_id"],
            "weekly_rate": people["weekly_rate"].round(8),
            "leaving_probability": people["leaving"].round(8),
            "mean_amount": people["mean_amount"].round(2),
            "left_on": pd.Timestamp(START) + pd.to_timedelta(np.floor(left), unit="D"),
            "orders": orders["customer_id"].value_counts().reindex(people["customer_id"]).to_numpy(),
        }
    )
