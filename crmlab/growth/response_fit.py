"""Fitting a response curve to a randomised experiment, by binomial maximum likelihood.

Floor and ceiling are climbed as logits (the ceiling as the way from the floor to 1), the speed k as a logarithm. Where
the likelihood still rises as the ceiling nears 1, the spends tested do not show it: it is held there, with a warning.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from crmlab.engines import need, numbers, to_pandas
from crmlab.estimation import Maximum, NotIdentifiedError, Vector, maximize

NAMES = ("floor", "ceiling", "k")


@dataclass(frozen=True)
class Shape:
    """The curve itself: three numbers, each may be an array."""

    floor: Any
    ceiling: Any
    k: Any

    def rate(self, spend: Any) -> Any:
        """Return the rate at a spend."""
        return self.floor - (self.ceiling - self.floor) * np.expm1(-self.k * spend)

    def slope(self, spend: Any) -> Any:
        """Return by how much the rate rises with one more unit of spend."""
        return (self.ceiling - self.floor) * self.k * np.exp(-self.k * spend)


def fit_shape(data: Any, floor: float | None) -> tuple[pd.DataFrame, dict[str, float], Maximum]:
    """Return the counts by spend, the parameters held, and the estimates of the others.

    Parameters, warnings and errors are those of `crmlab.growth.response.ResponseCurve.fit`.
    """
    if floor is not None and not 0 <= floor < 1:
        raise ValueError(f"floor is {floor}; it is a share from 0 to 1")
    counts = _counts(data)
    held = {} if floor is None else {"floor": float(floor)}
    _refuse_too_few(counts, held)
    try:
        return counts, held, _climb(counts, held)
    except NotIdentifiedError as error:
        held, top = _at_the_ceiling(counts, held, error)
        return counts, held, top


def shape_at(point: Vector, held: Mapping[str, float]) -> Shape:
    """Return the curve at unbounded parameters: logit floor, logit of the way from floor to 1, log k."""
    from scipy.special import expit

    free = iter(point)
    floor = held["floor"] if "floor" in held else expit(next(free))
    ceiling = held["ceiling"] if "ceiling" in held else floor + (1 - floor) * expit(next(free))
    return Shape(floor, ceiling, np.exp(next(free)))


def _free(held: Mapping[str, float]) -> tuple[str, ...]:
    return tuple(name for name in NAMES if name not in held)


def _climb(counts: pd.DataFrame, held: Mapping[str, float]) -> Maximum:
    spend, won, lost = _arrays(counts, held)
    share = won / (won + lost)
    low, high = np.clip(share.min(), 0.01, 0.9), np.clip(share.max() * 1.2, 0.05, 0.95)
    floor = float(held.get("floor", low / 2))
    way = np.clip((high - floor) / (1 - floor), 0.02, 0.98)
    start = {"floor": np.log(floor / (1 - floor)) if floor else 0.0, "ceiling": np.log(way / (1 - way))}
    start["k"] = -np.log(float(np.mean(spend[spend > 0])))

    def objective(point: Vector) -> tuple[float, Vector]:
        return _log_likelihood(point, held, spend, won, lost)

    return maximize(objective, [float(start[name]) for name in _free(held)], _free(held))


def _log_likelihood(
    point: Vector, held: Mapping[str, float], spend: Vector, won: Vector, lost: Vector
) -> tuple[float, Vector]:
    """Return the binomial log-likelihood and its gradient by the unbounded parameters."""
    shape = shape_at(point, held)
    rest = np.exp(-shape.k * spend)
    rate = np.clip(shape.rate(spend), 1e-12, 1 - 1e-12)
    pull = won / rate - lost / (1 - rate)
    way = (shape.ceiling - shape.floor) / (1 - shape.floor)
    fixed = "ceiling" in held
    rises = {
        "floor": shape.floor * (1 - shape.floor) * (rest if fixed else 1 - way * (1 - rest)),
        "ceiling": (1 - shape.floor) * way * (1 - way) * (1 - rest),
        "k": (shape.ceiling - shape.floor) * shape.k * spend * rest,
    }
    return float(won @ np.log(rate) + lost @ np.log1p(-rate)), np.array([pull @ rises[name] for name in _free(held)])


def _at_the_ceiling(
    counts: pd.DataFrame, held: Mapping[str, float], error: NotIdentifiedError
) -> tuple[dict[str, float], Maximum]:
    """Hold the ceiling at 1 where the likelihood still rises there; otherwise spend has shown no effect."""
    full = {**held, "ceiling": 1.0}
    refused = "the rate does not rise with spend in a way that tells floor, ceiling and speed apart; test other spends"
    if "floor" not in held:
        refused += ", or give the floor (floor=0.0) where no spend near 0 was tested"
    try:
        top = _climb(counts, full)
    except NotIdentifiedError as again:
        raise ValueError(f"ResponseCurve: {again}; {refused}") from again
    spend, won, lost = _arrays(counts, full)
    shape = shape_at(top.point, full)
    rate = shape.rate(spend)
    if (won / rate - lost / (1 - rate)) @ (1 - np.exp(-shape.k * spend)) < 0:
        raise ValueError(f"ResponseCurve: {error}; {refused}")
    warnings.warn(
        "The ceiling runs to 1: the spends tested do not show where the curve flattens. "
        f"Do not use it beyond a spend of {spend.max():g}.",
        stacklevel=4,
    )
    return full, top


def _arrays(counts: pd.DataFrame, held: Mapping[str, float]) -> tuple[Vector, Vector, Vector]:
    # without a floor, nobody succeeds without spend: these rows tell nothing
    used = counts.loc[counts["spend"] > 0] if held.get("floor") == 0 else counts
    spend, won, n = used[["spend", "successes", "customers"]].to_numpy(float).T
    return spend, won, n - won


def _counts(data: Any) -> pd.DataFrame:
    """Return `spend`, `successes`, `customers` by distinct spend."""
    frame = to_pandas(data)
    wanted = ["spend", "successes", "customers"] if "successes" in frame else ["spend", "success"]
    need(frame.columns, wanted, "the experiment")
    rows = numbers(frame.filter(["spend", "success", "successes", "customers"]))
    if "success" in wanted:
        if not set(rows["success"]) <= {0.0, 1.0}:
            raise ValueError("success is neither true nor false in some rows")
        rows["customers"] = rows.get("customers", 1.0)
        rows["successes"] = rows["success"] * rows["customers"]
    if (rows["spend"] < 0).any() or (rows["customers"] < 0).any():
        raise ValueError("spend and customers cannot be negative")
    if (rows["successes"] > rows["customers"]).any() or (rows["successes"] < 0).any():
        raise ValueError("there are more successes than customers in some rows, or fewer than none")
    return rows.loc[rows["customers"] > 0].groupby("spend", as_index=False)[["successes", "customers"]].sum()


def _refuse_too_few(counts: pd.DataFrame, held: Mapping[str, float]) -> None:
    free = _free(held)
    levels = len(_arrays(counts, held)[0])
    if held.get("floor") == 0 and counts.loc[counts["spend"] == 0, "successes"].sum() > 0:
        raise ValueError("some succeed without any spend, so the floor is not 0; use floor=None")
    if levels < len(free):
        raise ValueError(f"{levels} different spends cannot tell {' and '.join(free)} apart; test at least {len(free)}")
    if counts["successes"].sum() in (0, counts["customers"].sum()):
        raise ValueError("all units ended alike: the data cannot tell how the rate answers to spend")
