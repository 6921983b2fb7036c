"""Every split of a budget between hunting and farming: what it is worth, and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from crmlab.estimation import Z95, Vector, errors_of, refuse_few_draws
from crmlab.growth.flow import middle
from crmlab.growth.market import Market
from crmlab.growth.response import ResponseCurve
from crmlab.growth.response_fit import Shape, shape_at
from crmlab.growth.sensitivity import Tornado

_SHARES = np.linspace(0, 1, 41)


def frontier(hunting: ResponseCurve, farming: ResponseCurve, market: Market, budget: float) -> pd.DataFrame:
    """Return what each split of a whole budget is worth, as the table of an `Allocation` holds it."""
    won, kept = market.spends(budget, _SHARES)
    columns = {
        "hunting_spend": won,
        "farming_spend": kept,
        "acquisition_rate": market.hunting.rate(won),
        "retention_rate": market.farming.rate(kept),
        "customer_value": market.margin + market.future(kept),
        "value": market.value(won, kept),
    }
    fitted = [curve.maximum for curve in (hunting, farming) if curve.maximum is not None]
    if fitted:
        error = _value_errors(hunting, farming, market, won, kept)
        columns |= {"low": columns["value"] - Z95 * error, "high": columns["value"] + Z95 * error}
    return pd.DataFrame(columns, index=pd.Index(_SHARES.round(3), name="farming_share"))


def _value_errors(hunting: ResponseCurve, farming: ResponseCurve, market: Market, won: Vector, kept: Vector) -> Vector:
    """Return the standard errors of the value, from those of both curves, which are independent of each other."""
    variance: Any = 0.0
    for name, curve in (("hunting", hunting), ("farming", farming)):
        if curve.maximum is not None:

            def value(point: Vector, name: str = name, curve: ResponseCurve = curve) -> Vector:
                return replace(market, **{name: shape_at(point, curve.held)}).value(won, kept)

            variance = variance + errors_of(value, curve.maximum.point, curve.maximum.covariance) ** 2
    return np.sqrt(variance)


def redraw(
    hunting: ResponseCurve,
    farming: ResponseCurve,
    market: Market,
    spends: tuple[float, float],
    budget: float,
    draws: int,
    seed: int | np.random.Generator,
) -> pd.DataFrame:
    """Value a plan, and find the best one, under curves that the experiments allow; see `Allocation.uncertainty`."""
    refuse_few_draws(draws)
    rng = np.random.default_rng(seed)
    pair = hunting.draw(draws, rng), farming.draw(draws, rng)
    rows = []
    for i in range(draws):
        own, other = (Shape(drawn.floor[i], drawn.ceiling[i], drawn.k[i]) for drawn in pair)
        drawn_market = replace(market, hunting=own, farming=other)
        plan = drawn_market.optimum(budget)
        best = {"best_share": drawn_market.share(*plan), "best_value": drawn_market.value(*plan)}
        row = drawn_market.plan_numbers(*spends) | best
        rows.append(row | {"regret": row["best_value"] - row["value"]})
    return pd.DataFrame(rows).astype(float)


def spans(drawn: pd.DataFrame, market: Market, spends: tuple[float, float], budget: float) -> pd.DataFrame:
    """Return each number of a plan with the middle 95 % of what was drawn; see `Allocation.intervals`."""
    best = market.optimum(budget)
    plan = market.plan_numbers(*spends)
    found = plan | {"best_share": market.share(*best), "best_value": float(market.value(*best))}
    found["regret"] = found["best_value"] - found["value"]
    # the best of all splits lies at the edge of what can be drawn, so that its draws have no two sides
    ends = {name: middle(drawn[name].to_numpy(), number) for name, number in plan.items()}
    ends |= {name: tuple(drawn[name].quantile([0.025, 0.975])) for name in found if name not in plan}
    table = pd.DataFrame(ends, index=pd.Index(["low", "high"])).T
    table.insert(0, "estimate", pd.Series(found))
    return table


def tornado(
    market: Market, spends: tuple[float, float], budget: float, ranges: Mapping[str, tuple[float, float]]
) -> Tornado:
    """Move each input of a plan to both ends, and find the split that would then be best; see `Allocation.tornado`."""
    inputs = market.inputs()

    def value(**changed: float) -> float:
        return float(market.with_inputs(changed).value(*spends))

    shown = Tornado.of(value, inputs, ranges)
    for end in ("low", "high"):
        ends = zip(shown.table.index, shown.table[end], strict=True)
        markets = [market.with_inputs({**inputs, str(name): float(number)}) for name, number in ends]
        shown.table[f"best_share_at_{end}"] = [moved.share(*moved.optimum(budget)) for moved in markets]
    return shown
