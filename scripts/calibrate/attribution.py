"""Samples for attribution: the shares that each rule gives to the channels of a known chain of touches."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import numpy as np
import pandas as pd

from crmlab.attribution import RULES, Attribution

CHANNELS = ("ad", "mail", "web")
WON = {"ad": 0.1, "mail": 0.3, "web": 0.5}  # the chance of a sale, by the last touch
VISITORS, MANY = 600, 400_000
Row = tuple[str, float, float, float, float]


def samples(seed: int) -> Iterator[Row]:
    """Yield what one sample of visitors says of the mail's share."""
    found = Attribution.from_touches(ways(np.random.default_rng(seed), VISITORS)).table.set_index(["rule", "channel"])
    for rule, truth in known().items():
        row = found.loc[(rule, "mail")]
        yield f"share of a channel, {rule}", truth, row["share"], row["low"], row["high"]


def ways(draw: np.random.Generator, visitors: int) -> pd.DataFrame:
    """Draw ways of one to three touches: the first is mostly an ad, the next ones any channel, mail most often."""
    touches = draw.choice(CHANNELS, (visitors, 3), p=[0.2, 0.5, 0.3])
    touches[:, 0] = draw.choice(CHANNELS, visitors, p=[0.6, 0.2, 0.2])
    length = draw.integers(1, 4, visitors)
    paths = [" > ".join(row[:many]) for row, many in zip(touches, length, strict=True)]
    last = touches[np.arange(visitors), length - 1]
    won = draw.random(visitors) < np.vectorize(WON.get)(last)
    table = pd.DataFrame({"path": paths, "won": won})
    return table.value_counts().rename("customers").reset_index()


@cache
def known() -> dict[str, float]:
    """Return the mail's share by each rule among so many visitors that chance plays no part."""
    shares = Attribution.from_touches(ways(np.random.default_rng(2026), MANY)).shares
    return {rule: float(shares.loc["mail", rule]) for rule in RULES}
