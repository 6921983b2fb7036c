"""Samples for growth: curves from experiments that drew the spend at random, and what follows from them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from crmlab.growth import Allocation, Firm, GrowthPlan, ResponseCurve, UnitEconomics

ARM = 500
SPENDS = {"hunting": [2.0, 6.0, 12.0, 24.0], "farming": [0.0, 0.5, 1.5, 5.0]}
SHAPES = {
    "hunting": {"floor": 0.0, "ceiling": 0.40, "k": 0.15},
    "farming": {"floor": 0.35, "ceiling": 0.70, "k": 0.60},
}
Row = tuple[str, float, float, float, float]


def _true(floor: float, ceiling: float, k: float) -> ResponseCurve:
    return ResponseCurve.through(ceiling, 1.0, floor - (ceiling - floor) * float(np.expm1(-k)), floor)


TRUE = {name: _true(**shape) for name, shape in SHAPES.items()}


def samples(seed: int) -> Iterator[Row]:
    """Yield what one pair of experiments says; nothing where a fit is refused, for then no interval is promised."""
    draw = np.random.default_rng(seed)
    try:
        hunting, farming = (_fitted(draw, name) for name in ("hunting", "farming"))
    except ValueError:
        return
    yield from _curve(hunting, "hunting")
    yield from _curve(farming, "farming")
    yield from _following({"hunting": hunting, "farming": farming}, seed)


def _fitted(draw: np.random.Generator, name: str) -> ResponseCurve:
    spends = np.array(SPENDS[name])
    won = draw.binomial(ARM, TRUE[name](spends))
    data = pd.DataFrame({"spend": spends, "successes": won, "customers": ARM})
    return ResponseCurve.fit(data, 0.0 if name == "hunting" else None)


def _following(curves: dict[str, ResponseCurve], seed: int) -> Iterator[Row]:
    """Costs and ratio at a spend, the value of a plan, and customers and cash after two years."""
    known, found = (UnitEconomics.from_curve(own["hunting"], 6.0, 60.0).table for own in (TRUE, curves))
    for kind in ("average", "marginal"):
        row: Any = found.loc[kind]
        truth = float(known["cac"][kind])
        yield f"{kind} cost of a customer", truth, row["cac"], row["cac_low"], row["cac_high"]
    inputs: dict[str, Any] = {"margin": 30.0, "discount_rate": 0.1}
    best, plan = (Allocation.of(6.0, 2.0, **own, **inputs) for own in (TRUE, curves))
    wanted = {"value": best.value, "customer_value": best.customer_value}
    yield from _rows("plan, ", plan.intervals(300, seed), wanted)
    firm = Firm(customers=1_000, prospects=2_000, revenue=60.0, margin=30.0)
    future: dict[str, Any] = {"firm": firm, "months": 24, "draws": 500, "seed": seed}
    path, guess = (GrowthPlan.of(12_000, 2_000, **own, **future) for own in (TRUE, curves))
    wanted = path.table[["customers", "cumulative_cash"]].iloc[-1].to_dict()
    yield from _rows("after 24 months, ", guess.summary(), wanted)


def _rows(about: str, table: pd.DataFrame, truth: dict[Any, float]) -> Iterator[Row]:
    for name, known in truth.items():
        row: Any = table.loc[name]
        yield f"{about}{name}", float(known), row["estimate"], row["low"], row["high"]


def _curve(curve: ResponseCurve, name: str) -> Iterator[Row]:
    table, shape = curve.summary(), SHAPES[name]
    for what in ("ceiling", "k") if name == "hunting" else ("floor", "ceiling"):
        row: Any = table.loc[what]
        yield f"{name} {what}", shape[what], row["estimate"], row["low"], row["high"]
    spend = SPENDS[name][2]
    at: Any = curve.interval([spend]).iloc[0]
    yield f"{name} rate at {spend:g}", float(TRUE[name](spend)), at["estimate"], at["low"], at["high"]
