"""Simulated samples that tell whether the intervals of `crmlab.privacy` hold what they promise."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
from scipy.special import expit

from crmlab.privacy import ConsentWeights

SIZE = 600


def samples(seed: int) -> Iterable[tuple[str, float, float, float, float]]:
    """Yield (what, truth, estimate, low, high) of the weighted means of one sample of customers who were asked."""
    rng = np.random.default_rng(seed)
    age = rng.normal(0, 1, SIZE)
    chance = expit(0.3 - 0.9 * age)
    table = pd.DataFrame({"age": age, "chance": chance, "agreed": rng.random(SIZE) < chance})
    table["left"] = (rng.random(SIZE) < 0.3 + 0.2 * (age < 0)).astype(float)
    table["spend"] = 3 + age + rng.normal(0, 1, SIZE)
    ways = {
        "chances estimated": ConsentWeights.fit(table, "agreed", ["age"]),
        "chances known": ConsentWeights.from_probabilities(table, "agreed", "chance"),
    }
    for way, weights in ways.items():
        for outcome, truth in (("left", 0.4), ("spend", 3.0)):
            estimate, low, high = weights.mean(outcome).loc["weighted"].to_numpy(float)
            yield f"weighted mean of {outcome}, {way}", truth, float(estimate), float(low), float(high)
