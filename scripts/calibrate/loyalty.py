"""Loyalty scores of simulated surveys: what is estimated, what is true, and the interval."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from crmlab.loyalty import NonResponse, ces, csat, nps

SHARES = {nps: np.array([1, 1, 2, 3, 4, 6, 9, 14, 22, 20, 18]), csat: np.array([4, 8, 20, 42, 26])}
SHARES[ces] = np.array([2, 4, 8, 16, 26, 28, 16])


def samples(seed: int) -> Iterable[tuple[str, float, float, float, float]]:
    """Yield (what, truth, estimate, low, high) for one simulated survey."""
    rng = np.random.default_rng(seed)
    for score, shares in SHARES.items():
        low = 0 if score is nps else 1
        scale, chance = np.arange(low, low + len(shares)), shares / shares.sum()
        everybody = score(scale, customers=shares)["score"]
        for n in (40, 300):
            yield _row(f"{score.__name__}, {n} answers", everybody, score(rng.choice(scale, n, p=chance)))
        said = rng.choice(scale, 500, p=chance)
        answering = np.linspace(0.15, 0.6, len(scale))[said - low]
        answered = rng.random(500) < answering
        weighted = score(np.where(answered, said, np.nan), weights=1 / answering)
        yield _row(f"{score.__name__}, weighted by the true probability", everybody, weighted)
    truth = 100 * (0.4 * (0.6 - 0.1) + 0.6 * 0.0)  # premium: 60 % promoters, 10 % detractors; basic: a third each
    premium = rng.random(1500) < 0.4
    votes = np.where(premium, rng.choice([10, 8, 3], 1500, p=[0.6, 0.3, 0.1]), rng.choice([10, 8, 3], 1500))
    answered = rng.random(1500) < np.where(premium, 0.6, 0.3)
    table = pd.DataFrame({"plan": np.where(premium, "premium", "basic"), "nps": np.where(answered, votes, np.nan)})
    silence = NonResponse.fit(table, "nps", "plan")
    yield _row("nps, weighted by an estimated probability", truth, nps(table["nps"], weights=silence.weights))
    found: Any = silence.table.loc["plan premium"]
    yield _row("log odds to answer", np.log(0.6 / 0.4 / (0.3 / 0.7)), found.rename({"estimate": "score"}))


def _row(what: str, truth: float, got: Any) -> tuple[str, float, float, float, float]:
    return what, float(truth), float(got["score"]), float(got["low"]), float(got["high"])
