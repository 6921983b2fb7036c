"""Intervals of a test: at the end of one test, and over all of many looks."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from crmlab.ab_test import ABTest, SequentialTest

OLD, NEW, A_DAY, DAYS = 0.10, 0.13, 60, 30


def samples(seed: int) -> Iterable[tuple[str, float, float, float, float]]:
    """Yield what was estimated from one simulated experiment: name, truth, estimate, low and high."""
    rng = np.random.default_rng(seed)
    days = pd.DataFrame({"day": np.repeat(range(DAYS), 2), "variant": ["old", "new"] * DAYS, "customers": A_DAY})
    days["successes"] = rng.binomial(A_DAY, np.where(days["variant"] == "new", NEW, OLD))
    whole = ABTest.from_units(days, "old")
    yield "difference of two shares", NEW - OLD, whole.difference, whole.low, whole.high
    table = SequentialTest.from_days(days, "old", 0.03).table
    last, low, high = table["estimate"].iloc[-1], table["low"].max(), table["high"].min()
    yield "difference, all always-valid looks together", NEW - OLD, last, low, high
