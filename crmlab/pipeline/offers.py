"""Offers as the choice model reads them: which rows belong together, what was taken, and what is still open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from crmlab.engines import days, need, numbers, refuse_gaps, to_pandas
from crmlab.estimation import Vector


@dataclass(frozen=True, eq=False)
class Offers:
    """Offers as arrays: one entry for each option, and `weight`, one for each offer.

    Attributes
    ----------
    offer
        The number of the offer that an option belongs to.
    option, values, taken
        Its name, its attributes (one column each) and whether it was taken.
    weight
        How many offers each stands for.
    """

    offer: Vector
    option: Vector
    values: Vector
    taken: Vector
    weight: Vector


def decided_offers(offers: Any, stage_events: Any, won: str = "won", lost: str = "lost") -> pd.DataFrame:
    """Return the offers of leads that were won or lost, with the day on which that happened.

    Parameters
    ----------
    offers
        With a column `lead_id`.
    stage_events
        Columns `lead_id`, `stage`, `reached_on`.
    won, lost
        The stages in which a lead is decided.

    Raises
    ------
    ValueError
        If a column is missing, or no offer was decided.

    Examples
    --------
    >>> offers = pd.DataFrame({"lead_id": ["a", "a", "b"], "option": ["X", "Y", "X"]})
    >>> events = pd.DataFrame({"lead_id": ["a", "b"], "stage": ["won", "proposal"],
    ...                        "reached_on": pd.to_datetime(["2025-03-01", "2025-02-01"])})
    >>> decided_offers(offers, events)
      lead_id option decided_on
    0       a      X 2025-03-01
    1       a      Y 2025-03-01
    """
    rows, events = to_pandas(offers), to_pandas(stage_events)
    for frame, table, names in (
        (rows, "offers", ["lead_id"]),
        (events, "stage_events", ["lead_id", "stage", "reached_on"]),
    ):
        need(frame.columns, names, table)
        refuse_gaps(frame, names, table)
    events = days(events, ["reached_on"], "stage_events")
    ends = (
        events[events["stage"].isin([won, lost])]
        .groupby("lead_id", observed=True)["reached_on"]
        .min()
        .rename("decided_on")
    )
    found = rows.merge(ends, left_on="lead_id", right_index=True).reset_index(drop=True)
    if found.empty:
        raise ValueError(f"offers: no lead with an offer has reached {won} or {lost}: nothing has been decided yet")
    return found


def read_offers(offers: Any, attributes: Sequence[str]) -> Offers:
    """Return the offers as arrays.

    Raises
    ------
    ValueError
        If a column is missing or impossible, an offer has two accepted options, or nobody or everybody took one.
    """
    frame = to_pandas(offers)
    need(frame.columns, ("offer_id", "option", "accepted", *attributes), "offers")
    refuse_gaps(frame, ("offer_id", "option", "accepted"), "offers")
    if frame.empty:
        raise ValueError("offers: the table is empty")
    values, taken = numbers(frame[list(attributes)]).to_numpy(), numbers(frame[["accepted"]]).to_numpy()[:, 0]
    if not np.isin(taken, (0, 1)).all():
        raise ValueError("offers: accepted is neither true nor false in some rows")
    offer, names = pd.factorize(frame["offer_id"])
    twice = np.flatnonzero(np.bincount(offer, taken) > 1)
    if len(twice):
        raise ValueError(f"offers: {len(twice)} offers have two accepted options, the first is {names[twice[0]]}")
    weight = _weights(frame, offer)
    sold = weight @ np.bincount(offer, taken)
    if not 0 < sold < weight.sum():
        raise ValueError(f"offers: {'nobody' if sold == 0 else 'everybody'} took an option, so no effect can be known")
    return Offers(offer, frame["option"].astype(str).to_numpy(), values, taken, weight)


def _weights(frame: pd.DataFrame, offer: Vector) -> Vector:
    if "customers" not in frame:
        return np.ones(offer.max() + 1)
    each = numbers(frame[["customers"]]).groupby(offer)["customers"].agg(["min", "max"])
    if (each["min"] != each["max"]).any() or (each["min"] < 0).any() or not each["min"].sum() > 0:
        raise ValueError("offers: customers differs between the options of an offer, is negative, or is 0 everywhere")
    return each["min"].to_numpy(float)
