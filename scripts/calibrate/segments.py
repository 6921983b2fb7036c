"""Rules, lift, agreement and the price of disagreeing, on samples whose truth is known."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from crmlab.segments import Agreement, DisagreementPrice, Lift, Rules, at_least
from crmlab.segments.agreement import adjusted_rand, cramers_v

TABLES = {
    "close": np.array([[0.3, 0.1], [0.1, 0.5]]),
    "loose": np.array([[0.2, 0.1, 0.1], [0.1, 0.2, 0.1], [0.05, 0.05, 0.1]]),
}
PEOPLE = pd.DataFrame({"class": ["a", "a", "b"], "sales": ["x", "y", "y"], "service": ["u", "u", "v"]})
EARNED = pd.DataFrame({"class": list("aabb"), "treatment": list("ABAB"), "profit": [10.0, 0, -5, 8]})
BOTH, FIRST, SECOND = 0.096, 0.3, 0.2


def samples(seed: int) -> Iterable[tuple[str, float, float, float, float]]:
    """Yield what, truth, estimate, low and high for one sample."""
    rng = np.random.default_rng(seed)
    people = pd.DataFrame({"orders": rng.poisson(2, 300)})
    share = Rules.from_customers(people, {"regular": at_least("orders", 4)}).table.iloc[0]
    yield "Rules: share of a segment", 0.1428765, *share[["share", "low", "high"]]
    for name, table in TABLES.items():
        yield from _agreement(name, table, rng, seed)
    drawn = PEOPLE.assign(customers=rng.multinomial(300, [0.4, 0.1, 0.5]))
    row: Any = DisagreementPrice.from_customers(drawn, ["sales", "service"], EARNED).table.loc["sales"]
    yield "DisagreementPrice: profit", 8.0, row["profit"], row["low"], row["high"]
    yield "DisagreementPrice: loss", 1.0, row["loss"], row["loss_low"], row["loss_high"]
    yield from _baskets(rng)
    yield from _visits(rng)


def _agreement(
    name: str, shares: np.ndarray, rng: np.random.Generator, seed: int
) -> Iterable[tuple[str, float, float, float, float]]:
    first, second = np.indices(shares.shape)
    drawn = rng.multinomial(800, shares.ravel())
    table = pd.DataFrame({"a": first.ravel(), "b": second.ravel(), "customers": drawn})
    found = Agreement.from_customers(table, ["a", "b"], draws=500, seed=seed).table
    truths = adjusted_rand(1e9 * shares).item(), cramers_v(1e9 * shares)
    for truth, measure, (_, row) in zip(truths, ("Rand index", "Cramér's V"), found.iterrows(), strict=True):
        yield f"Agreement, {name}: {measure}", truth, row["estimate"], row["low"], row["high"]


def _baskets(rng: np.random.Generator) -> Iterable[tuple[str, float, float, float, float]]:
    drawn = rng.choice(4, 500, p=[BOTH, FIRST - BOTH, SECOND - BOTH, 1 - FIRST - SECOND + BOTH])
    inside = {"a": drawn <= 1, "b": (drawn == 0) | (drawn == 2), "c": np.ones(500, bool)}
    lines = [pd.DataFrame({"order_id": np.flatnonzero(rows), "category": name}) for name, rows in inside.items()]
    row: Any = Lift.from_baskets(pd.concat(lines), basket="order_id").table.loc[("a", "b")]
    yield "Lift, baskets: lift", BOTH / FIRST / SECOND, row["lift"], row["low"], row["high"]
    yield "Lift, baskets: rate", BOTH / FIRST, row["rate"], row["rate_low"], row["rate_high"]


def _visits(rng: np.random.Generator) -> Iterable[tuple[str, float, float, float, float]]:
    """Draw visits of customers of two kinds who come equally often; within a kind visits are independent."""
    liking = np.array([[0.6, 0.2, 0.2], [0.1, 0.5, 0.4]])
    visits = rng.integers(2, 12, 200)
    kind = np.repeat(rng.integers(0, 2, 200), visits)
    edges = np.cumsum(liking, axis=1)[kind]
    bought = (rng.random(len(kind))[:, None] > edges[:, :-1]).sum(axis=1)
    who = np.repeat(np.arange(200), visits)
    lines = pd.DataFrame({"who": who, "day": np.arange(len(who)), "category": np.array(list("abc"))[bought]})
    table = Lift.next_purchase(lines, customer="who", when="day").table
    for second, column in (("a", 0), ("b", 1)):
        both = float((liking[:, 0] * liking[:, column]).mean())
        rate, base = both / float(liking[:, 0].mean()), float(liking[:, column].mean())
        row: Any = table.loc[("a", second)]
        yield f"Lift, next purchase: a then {second}", rate / base, row["lift"], row["low"], row["high"]
        yield f"Lift, next purchase: rate of {second} after a", rate, row["rate"], row["rate_low"], row["rate_high"]
