"""Samples for the funnel: rates, standardised rates, time to convert, the share that never does, and cohorts."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from crmlab.cohorts import CohortTriangle
from crmlab.conversion_time import CureModel, TimeToConvert
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
    yield from _never(draw)
    yield from _cohort(draw)


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
    for interval, said in (("wilson", ""), ("jeffreys", ", Jeffreys' interval")):
        funnel = Funnel.from_counts(counts, ["lead", "won"], ["team", "channel"], interval=interval)
        first: Any = funnel.ends().iloc[0]
        yield f"conversion rate{said}", RATES["a"], first["estimate"], first["low"], first["high"]
        level: Any = funnel.standardize("channel").loc["north"]
        yield f"standardised rate{said}", sum(RATES.values()) / 2, level["estimate"], level["low"], level["high"]


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


def _never(draw: np.random.Generator) -> Iterator[Row]:
    """Leads of whom 60 of 100 never convert, and the others do so after a Weibull time."""
    time, seen = 25 * draw.weibull(1.3, LEADS), draw.integers(30, 250, LEADS)
    had = (draw.random(LEADS) < 0.4) & (time < seen + 1)
    data = pd.DataFrame({"duration": np.where(had, np.floor(time), seen), "converted": had})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a straggler makes a follow-up look short; the interval must hold all the same
        model = CureModel.fit(data)
    never, at = model.never, model.at(40).iloc[0]
    yield "share that never converts", 0.6, never["estimate"], never["low"], never["high"]
    truth = float(0.4 * -np.expm1(-((41 / 25) ** 1.3)))
    yield "share converted by day 40, fitted", truth, float(at["estimate"]), float(at["low"]), float(at["high"])


def _cohort(draw: np.random.Generator) -> Iterator[Row]:
    """Contracts of one month that lapse with 0.1 a month; only a part of them has been seen for three."""
    day, month = pd.to_timedelta(draw.integers(0, 28, LEADS), unit="D"), np.datetime64("2024-01")
    began, ended = (day + (month + months).astype("datetime64[ns]") for months in (0, draw.geometric(0.1, LEADS)))
    data = pd.DataFrame({"started_on": began, "ended_on": ended})
    cell: Any = CohortTriangle.from_dates(data, "2024-04-15").table.set_index("age").loc[3]
    yield "retained after 3 months, open cohort", 0.9**3, cell["estimate"], cell["low"], cell["high"]
