"""Bass, the technology acceptance paths and the scorecard, on samples whose truth is known."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from crmlab.adoption import Acceptance, Bass, Scorecard, bass_peak, bass_share

P, Q, SHARE, PEOPLE = 0.03, 0.38, 0.8, 600
PATHS = (0.4, 0.6, 0.2, 0.8, 0.24, 0.48)


def samples(seed: int) -> Iterable[tuple[str, float, float, float, float]]:
    """Yield what, truth, estimate, low and high for one sample."""
    yield from _bass(seed)
    yield from _paths(seed)
    table = Scorecard.from_scores(pd.DataFrame(np.eye(3), columns=list("xyz")), seed=seed, draws=2000).table
    yield "scorecard: first of three alike", 1 / 3, *table[["first", "low", "high"]].iloc[0]


def _bass(seed: int) -> Iterable[tuple[str, float, float, float, float]]:
    chances = SHARE * np.diff(bass_share(np.arange(21.0), P, Q))
    drawn = np.random.default_rng(seed).multinomial(PEOPLE, [*chances, 1 - chances.sum()])[:-1]
    counts = pd.DataFrame({"period": range(1, 13), "customers": drawn[:12]})
    for kind, population in (("population known", PEOPLE), ("population unknown", None)):
        bass = Bass.fit(counts, population)
        rows = bass.summary()
        truth = {"p": P, "q": Q, "peak": float(bass_peak(P, Q)[0])} | ({"m": SHARE * PEOPLE} if population else {})
        for name, value in truth.items():
            yield f"Bass, {kind}: {name}", value, *rows.T[name][["estimate", "low", "high"]]
        later = bass.forecast([20], seed).iloc[0]
        yield f"Bass, {kind}: forecast 8 ahead", float(drawn.sum()), *later[["estimate", "low", "high"]]


def _paths(seed: int) -> Iterable[tuple[str, float, float, float, float]]:
    rng, size = np.random.default_rng(seed), 150
    ease = rng.normal(size=size)
    usefulness = 0.4 * ease + np.sqrt(1 - 0.16) * rng.normal(size=size)
    intention = 0.6 * usefulness + 0.2 * ease + np.sqrt(1 - 0.496) * rng.normal(size=size)
    use = rng.random(size) < 1 / (1 + np.exp(-0.8 * intention))
    people = pd.DataFrame({"ease": ease, "usefulness": usefulness, "intention": intention, "use": use})
    table = Acceptance.fit(people, use="use").table
    for truth, (name, row) in zip(PATHS, table.iterrows(), strict=True):
        yield f"acceptance: {name}", truth, row["estimate"], row["low"], row["high"]
