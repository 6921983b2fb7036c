"""The twin's funnel: as many leads from each channel become customers, and take as long.

The customers of the twin are there already, so the funnel is laid backwards: each has a lead that came in some days
before, and beside them stand as many leads that came to nothing as each channel's conversion asks for. Leads that are
still open when the observation ends count as not converted, as they do in the company that was read.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crmlab.company import Company
from crmlab.simulation.parameters import stream
from crmlab.simulation.twin_shapes import OTHER, Mix, coarse_months, draw_days, fresh_ids

FEWEST_LEADS = 100


@dataclass(frozen=True)
class LeadsShape:
    """What a twin's funnel is made from.

    Attributes
    ----------
    start, end
        First day of the month of the first lead, and the last day seen.
    with_lead
        The share of customers who were a lead before.
    channels
        The mix of the channels of those leads.
    conversion
        The share of each channel's leads that were customers by the end of the observation.
    wait, wait_spread
        Days from lead to customer: mean and standard deviation by channel.
    arrivals
        A weight for each month, of the leads that came to nothing.
    """

    start: pd.Timestamp
    end: pd.Timestamp
    with_lead: float
    channels: Mix
    conversion: dict[str, float]
    wait: dict[str, tuple[float, float]]
    arrivals: tuple[float, ...]


def read_leads(company: Company, customers: int) -> LeadsShape | None:
    """Read the shape of a funnel; None where there is none, or it is too small to be read.

    Parameters
    ----------
    company
        With `customers` and `leads`, whose `channel` may be absent.
    customers
        How many customers the twin is read from.
    """
    if not {"leads", "customers"} <= set(company.tables) or "customer_id" not in company.leads:
        return None
    end = pd.Timestamp(company.observation_end)
    leads = company.leads[company.leads["created_on"] <= end]
    won_on = leads["customer_id"].map(company.customers.set_index("customer_id")["acquired_on"])
    won = won_on.notna() & (won_on <= end)
    if won.sum() < FEWEST_LEADS or (~won).sum() < FEWEST_LEADS:
        return None
    source = leads["channel"].fillna(OTHER).astype(str) if "channel" in leads else pd.Series(OTHER, leads.index)
    mix = Mix.of(source[won])
    source = source.where(source.isin(list(mix.shares)), OTHER)
    days = (won_on - leads["created_on"]).dt.days[won].clip(lower=0)
    start = leads["created_on"].min().replace(day=1)
    return LeadsShape(
        start=start,
        end=end,
        with_lead=min(1.0, float(won.sum()) / customers),
        channels=mix,
        conversion={name: float(won[source == name].mean()) for name in mix.shares},
        wait={name: _moments(days[source[won] == name]) for name in mix.shares},
        arrivals=coarse_months(leads.loc[~won, "created_on"], start, end),
    )


def _moments(days: pd.Series) -> tuple[float, float]:
    return float(days.mean()), float(days.std())


def make_leads(shape: LeadsShape, customers: pd.DataFrame, seed: int, prefix: str) -> pd.DataFrame:
    """Return the leads of the twin's customers and those that came to nothing, in order of time."""
    draw = stream(seed, "twin leads")
    won = customers[draw.random(len(customers)) < shape.with_lead]
    source = shape.channels.draw(draw.random(len(won)))
    if "channel" in won:  # a customer came the way its lead did, where the funnel knows that way
        own = won["channel"].to_numpy()
        source = np.where(pd.Series(own).isin(list(shape.conversion)), own, source)
    created = won["acquired_on"] - pd.to_timedelta(_wait(shape, source, draw), unit="D")
    lost = _lost(shape, source, draw)
    frame = pd.DataFrame(
        {
            "created_on": np.concatenate([created.clip(lower=shape.start), lost["created_on"]]),
            "channel": np.concatenate([source, lost["channel"]]),
            "customer_id": np.concatenate([won["customer_id"], np.full(len(lost), None)]),
            "won_on": np.concatenate([won["acquired_on"], np.full(len(lost), np.datetime64("NaT"))]),
        }
    ).sort_values("created_on", kind="stable", ignore_index=True)
    frame.insert(0, "lead_id", fresh_ids(prefix, "L", len(frame)))
    return frame


def make_stage_events(leads: pd.DataFrame) -> pd.DataFrame:
    """Return the first and the last step of each lead; those between are not read."""
    events = leads.melt("lead_id", ["created_on", "won_on"], "stage", "reached_on").dropna()
    events["stage"] = events["stage"].map({"created_on": "lead", "won_on": "won"})
    return events.sort_values(["reached_on", "lead_id"], kind="stable", ignore_index=True)


def _wait(shape: LeadsShape, source: np.ndarray, draw: np.random.Generator) -> np.ndarray:
    """Draw whole days from lead to customer: gamma-distributed with the mean and the spread of the channel."""
    mean, spread = (np.array([max(shape.wait[name][i], 0.01) for name in source]) for i in (0, 1))
    return np.round(draw.gamma((mean / spread) ** 2, spread**2 / mean))


def _lost(shape: LeadsShape, source: np.ndarray, draw: np.random.Generator) -> pd.DataFrame:
    """Return the leads that came to nothing: so many for each one that did."""
    won = pd.Series(source).value_counts()
    number = {name: round(won.get(name, 0) * (1 - share) / share) for name, share in shape.conversion.items()}
    channel = np.repeat(np.array(list(number), dtype=object), list(number.values()))
    created = draw_days(shape.start, shape.end, shape.arrivals, draw.random(len(channel)), draw.random(len(channel)))
    return pd.DataFrame({"created_on": created, "channel": channel})
