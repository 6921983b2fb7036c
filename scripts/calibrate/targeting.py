"""Simulated samples that tell whether the intervals of `crmlab.targeting` hold what they promise."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from crmlab.targeting import Qini, Uplift
from crmlab.targeting.policy import METHODS

SIZE, VALUE, COST = 800, 100.0, 8.0


def samples(seed: int) -> Iterable[tuple[str, float, float, float, float]]:
    """Yield (what, truth, estimate, low, high) of one experiment whose effect is 0.3 x, with x even on (−1, 1)."""
    rng = np.random.default_rng(seed)
    x, treated = rng.uniform(-1, 1, SIZE), rng.random(SIZE) < 0.4
    outcome = rng.random(SIZE) < 0.5 + 0.3 * x * treated - 0.1 * x
    table = pd.DataFrame({"called": treated, "kept": outcome, "x": x, "good": x > 0})
    uplift = Uplift.fit(table, "called", "kept", ["x"], seed=seed)
    qini = Qini.from_scores(uplift.table, "x", seed=seed)
    yield "qini coefficient of a known score", 0.3 / 6, qini.coefficient, qini.low, qini.high
    yield ("mean effect", 0.0, *ends(uplift.effect))
    for group, truth in ((False, -0.15), (True, 0.15)):
        row = uplift.by_group("good")[["estimate", "low", "high"]].loc[group]
        yield (f"effect where good is {group}", truth, *ends(row))
    gains = 0.3 * x * VALUE - COST
    for method in METHODS:
        rows = uplift.policy_value(VALUE, COST, {"good": "good"}, method).table[["gain", "gain_low", "gain_high"]]
        truth = 0.3 * VALUE / 4 - COST / 2
        yield (f"gain of a known rule, {method}", truth, *ends(rows.loc["good"]))
        offer = uplift.policy(VALUE, COST)
        yield (f"gain of the learned rule, {method}", float((gains * offer).mean()), *ends(rows.loc["by uplift"]))


def ends(row: pd.Series | pd.DataFrame) -> tuple[float, float, float]:
    """Return estimate, low and high as plain numbers."""
    estimate, low, high = row.to_numpy(float)
    return float(estimate), float(low), float(high)
