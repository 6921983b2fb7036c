"""Samples for the funnel: rates, standardised rates, and time to convert with a competing end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from crmlab.conversion_time import TimeToConvert
from crmlab.funnel import Funnel

LEADS, RATES = 400, {"a": 0.12, "b": 0.45}
WON, LOST, DAYS = 0.3, 0.4, 30.0  # shares that are won and lost in the end, and the mean days until then
START = pd.Timestamp("2025-01-01")
Row = tuple[str, float, float, float, float]


def samples(seed: int) -> Iterator[Row]:
    """Yield what one sample of leads says."""
    draw = np.random.default_rng(seed)
    yield from _rates(draw)
    yield from _times(draw)


def _rates(draw: np.random.Generator) -> Iterator[Row]:
    """Two teams that convert alike in each channel, with channels mixed differently."""
    rows = [
        (team, channel, stage, number)
        for team, mix in (("north", 0.7), ("south", 0.3))
        for channel, share in (("a", mix), ("b", 1 - mix))
        for leads in [round(LEADS * share)]
        for stage, number in (("lead", leads), ("won", draw.binomial(leads, RATES[channel])))
    ]
    counts = pd.DataFrame(rows, columns=["team", "channel", "stage", "customers"])
    first: Any = Funnel.from_counts(counts, ["lead", "won"], ["team", "channel"]).ends().iloc[0]
    yield "conversion rate", RATES["a"], first["estimate"], first["low"], first["high"]
    level: Any = Funnel.from_counts(counts, ["lead", "won"], ["team", "channel"]).standardize("channel").loc["north"]
    yield "standardised rate", sum(RATES.values()) / 2, level["estimate"], level["low"], level["high"]


def _times(draw: np.random.Generator) -> Iterator[Row]:
    """Leads that come in over 120 days and are seen until day 150."""
    came, end = draw.uniform(0, 120, LEADS), draw.exponential(DAYS, LEADS)
    fate = draw.choice(["won", "lost", "open"], LEADS, p=[WON, LOST, 1 - WON - LOST])
    names = [f"L{i}" for i in range(LEADS)]
    starts = pd.DataFrame({"lead_id": names, "stage": "lead", "reached_on": START + pd.to_timedelta(came, unit="D")})
    ends = starts.assign(stage=fate, reached_on=starts["reached_on"] + pd.to_timedelta(end, unit="D"))
    events = pd.concat([starts, ends[fate != "open"]])
    curve = TimeToConvert.from_events(events, START + pd.Timedelta(days=150))
    for days in (20, 45):
        at: Any = curve.at(days).iloc[0]
        # days are whole: what ends within the day after `days` still counts
        truth = WON * (1 - np.exp(-(days + 1) / DAYS))
        yield f"share won within {days} days", truth, at["estimate"], at["low"], at["high"]
