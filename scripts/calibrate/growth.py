"""Samples for response curves: two experiments that drew the spend at random."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from crmlab.growth import ResponseCurve

ARM = 500
HUNTING = {"ceiling": 0.40, "k": 0.15}
FARMING = {"floor": 0.35, "ceiling": 0.70, "k": 0.60}
Row = tuple[str, float, float, float, float]


def samples(seed: int) -> Iterator[Row]:
    """Yield what one pair of experiments says."""
    draw = np.random.default_rng(seed)
    yield from _experiment(draw, "hunting", [2.0, 6.0, 12.0, 24.0], HUNTING | {"floor": 0.0}, 0.0)
    yield from _experiment(draw, "farming", [0.0, 0.5, 1.5, 5.0], FARMING, None)


def _experiment(
    draw: np.random.Generator, name: str, spends: list[float], shape: dict[str, float], floor: float | None
) -> Iterator[Row]:
    def rate(spend: Any) -> Any:
        return shape["floor"] + (shape["ceiling"] - shape["floor"]) * (1 - np.exp(-shape["k"] * spend))

    won = draw.binomial(ARM, rate(np.array(spends)))
    curve = ResponseCurve.fit(pd.DataFrame({"spend": spends, "successes": won, "customers": ARM}), floor)
    table = curve.summary()
    for what in ("ceiling", "k") if floor == 0.0 else ("floor", "ceiling"):
        row: Any = table.loc[what]
        yield f"{name} {what}", shape[what], row["estimate"], row["low"], row["high"]
    spend = spends[2]
    at: Any = curve.interval([spend]).iloc[0]
    yield f"{name} rate at {spend:g}", float(rate(spend)), at["estimate"], at["low"], at["high"]
