"""Leads in their stages: how long each stayed, where it went, and at what daily rate stages are left by age."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from crmlab.engines import days, need, refuse_gaps, to_pandas
from crmlab.estimation import Vector, wilson

WON, LOST = "won", "lost"
_MOST_BANDS, _LEAST_ENDS = 4, 50


@dataclass(frozen=True, eq=False)
class Rates:
    """Daily rates by stage, band of ages and end.

    Attributes
    ----------
    table
        One row a rate that is above 0: `stage`, `since`, `to`, `days`, `left`, `rate`, `low`, `high`.
    values, covariance
        The rates of the table, and their covariance.
    place
        For each rate: the number of its stage, the first age of its band, the first age of the next, its end.
    stages
        How many stages there are.
    """

    table: pd.DataFrame
    values: Vector
    covariance: Vector
    place: list[tuple[int, int, int | None, int]]
    stages: int

    def daily(self, values: Vector) -> tuple[Vector, int]:
        """Return the rates by stage, age and end, and how many ages there are; the last stands for all older ones."""
        size = max(begin for _, begin, _, _ in self.place) + 1
        daily = np.zeros((self.stages, size, self.stages + 2))
        for value, (stage, begin, end, to) in zip(values, self.place, strict=True):
            daily[stage, begin:end, to] = value
        return daily, size


def read_stays(stage_events: Any, stages: Sequence[str], today: pd.Timestamp) -> pd.DataFrame:
    """Return one row for each stay of a lead in an open stage.

    Returns
    -------
    DataFrame
        `lead_id`, `stage`, `reached_on`, `age` (days from then to leaving the stage, or to today) and `to`, the stage
        that followed; empty where the lead is still there.

    Raises
    ------
    ValueError
        If a column is missing or empty, a stage is unknown, or no event lies before today.
    """
    frame = to_pandas(stage_events)
    need(frame.columns, ("lead_id", "stage", "reached_on"), "stage_events")
    refuse_gaps(frame, ("lead_id", "stage", "reached_on"), "stage_events")
    frame = days(frame, ["reached_on"], "stage_events")
    order = {stage: number for number, stage in enumerate([*stages, WON, LOST])}
    unknown = sorted(set(frame["stage"]) - set(order))
    if unknown:
        raise ValueError(f"stage_events: stage {', '.join(unknown)} is none of {', '.join(order)}")
    events = frame[frame["reached_on"] <= today]
    if events.empty:
        raise ValueError(f"stage_events: no event lies on or before {today:%Y-%m-%d}")
    events = events.assign(rank=events["stage"].map(order)).sort_values(["lead_id", "rank"], kind="stable")
    events = events.drop_duplicates(["lead_id", "stage"])
    following = events.groupby("lead_id", observed=True)[["stage", "reached_on"]].shift(-1)
    age = (following["reached_on"].fillna(today) - events["reached_on"]).dt.days
    if (age < 0).any():
        raise ValueError(f"stage_events: {int((age < 0).sum())} leads reached a stage before the one that goes before")
    stays = events[["lead_id", "stage", "reached_on"]].assign(age=age, to=following["stage"])
    return stays[stays["stage"].isin(stages)].reset_index(drop=True)


def open_leads(stays: pd.DataFrame, stages: Sequence[str]) -> pd.DataFrame:
    """Return the leads that are open today: `lead_id`, `stage`, `age`, and the `number` of the stage.

    Raises
    ------
    ValueError
        If there are none.
    """
    found = stays[stays["to"].isna()]
    if found.empty:
        raise ValueError("stage_events: no lead is open, so there is nothing to forecast")
    number = found["stage"].map({stage: number for number, stage in enumerate(stages)})
    return found[["lead_id", "stage", "age"]].assign(number=number).reset_index(drop=True)


def stage_rates(stays: pd.DataFrame, stages: Sequence[str], months: Sequence[int]) -> Rates:
    """Return how fast each stage is left, for which end, by bands of ages with about equally many ends.

    Only days that lie in one of the `months` (1 to 12) count, and what happened on them.

    Raises
    ------
    ValueError
        If a stage was never left although leads are in it, or nobody was won.
    """
    stays = stays.assign(counts=_left_in(stays, months))
    if not (stays.loc[stays["counts"], "to"] == WON).any():
        raise ValueError("stage_events: nobody was won, so wins cannot be foreseen")
    ends = [*stages, WON, LOST]
    rows, place, blocks = [], [], []
    for number, stage in enumerate(stages):
        own = stays[stays["stage"] == stage]
        if own.empty:
            continue
        left = own[own["counts"]]
        if left.empty:
            raise ValueError(f"stage_events: no lead has left the stage {stage}, so its rates cannot be known")
        edges = _bands(left["age"].to_numpy(int))
        for begin, end in zip(edges, [*edges[1:], None], strict=True):
            days, counts = _in_band(own, months, begin, end)
            share = counts / days
            low, high = wilson(counts, days)
            for to in counts.index:
                rows.append((stage, begin, to, days, counts[to], share[to], low[counts.index.get_loc(to)],
                             high[counts.index.get_loc(to)]))  # fmt: skip
                place.append((number, begin, end, ends.index(to)))
            rate = share.to_numpy()
            blocks.append((np.diag(rate) - np.outer(rate, rate)) / days)
    table = pd.DataFrame(rows, columns=["stage", "since", "to", "days", "left", "rate", "low", "high"])
    return Rates(table, table["rate"].to_numpy(float), _block_diagonal(blocks), place, len(stages))


def _bands(ages: Vector) -> list[int]:
    """Return the ages at which the bands begin, with about equally many ends in each."""
    count = int(np.clip(len(ages) // _LEAST_ENDS, 1, _MOST_BANDS))
    cuts = np.quantile(ages, np.arange(1, count) / count, method="higher")
    return sorted({0, *(int(cut) for cut in cuts)})


def _left_in(stays: pd.DataFrame, months: Sequence[int]) -> pd.Series:
    """Return which stays ended in one of the months."""
    ended = stays["reached_on"] + pd.to_timedelta(stays["age"], unit="D")
    return stays["to"].notna() & ended.dt.month.isin(months)


def _in_band(own: pd.DataFrame, months: Sequence[int], begin: int, end: int | None) -> tuple[float, pd.Series]:
    """Return the days of these months that leads spent in a band of ages, and how many left it for which end."""
    top = np.inf if end is None else end
    age = own["age"].to_numpy(int)
    first, last = begin, np.minimum(age + 1, top).astype(int)
    day = (own["reached_on"] - own["reached_on"].min()).dt.days.to_numpy()
    calendar = pd.date_range(own["reached_on"].min(), periods=int((day + age).max()) + 2)
    so_far = np.concatenate([[0], np.cumsum(calendar.month.isin(months))])
    there = last > first
    days = (so_far[(day + last)[there]] - so_far[(day + first)[there]]).sum()
    counts = (
        own.loc[own["counts"] & own["age"].between(begin, top, inclusive="left"), "to"]
        .astype(str)
        .value_counts()
        .sort_index()
    )
    return float(days), counts


def _block_diagonal(blocks: list[Vector]) -> Vector:
    from scipy.linalg import block_diag

    return np.asarray(block_diag(*blocks))
