"""How visitors come to a shop's first order, and the advertising that they meet on the way.

A visitor comes with an intent of their own (`visitors` has the causal model). Search, newsletter, social media and
influencers touch some visitors; retargeting is shown, last of all, to those whom it takes to be about to buy. Some
visitors come without any touch: they know the brand, and what they buy is base sales.

A visitor buys with a probability that is a logit of intent and of the channels that touched them,

    P(buys) = 1 / (1 + exp(-(purchase_odds + intent_effect x intent + sum of the effects of the channels seen))).

Retargeting has no effect, as the shop is built, and yet stands last on most ways to an order: whoever gives the last
touch the credit, or shares it among all touches, pays it most. Social media comes early, moves many, and gets little.
A randomised hold-out shows it: of the visitors whom retargeting picks, some are drawn who never see it.

The customers of the shop are given, so the visitors are drawn to fit them: visitors come one by one, each buys or not
by the logit, and the k-th who buys is the k-th customer; once there are as many buyers as customers, nobody comes any
more. Every visitor therefore follows the logit, and only the number of visitors is left to chance. A visitor's own draw
is compared with each probability that might have been: so it is known who had bought without retargeting, or without
any other channel. First touches may lie before the shop opened: it advertised its opening.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import expit

from crmlab.simulation.names import digits
from crmlab.simulation.parameters import parameter, stream
from crmlab.simulation.retail.visitors import MODEL, Visits, effects

EXPERIMENT = "retargeting hold-out"
WINDOW = ("2024-01-01", "2025-12-31")
ASSIGNED = 4  # days before the decision on which retargeting picks visitors
MOST = 3  # touches of one visitor in one channel
DRIFT = 7  # days by which visitors who do not buy decide before or after those who do


@dataclass(frozen=True)
class Channel:
    """How often a channel touches the visitors whom it reaches, and when.

    Attributes
    ----------
    most
        Touches of one visitor at most.
    first, last
        Days before the decision between which it touches.
    """

    most: int
    first: int
    last: int


CHANNELS = {
    "search": Channel(2, 14, 2),
    "social": Channel(1, 28, 10),
    "newsletter": Channel(2, 21, 3),
    "influencer": Channel(1, 28, 10),
    "retargeting": Channel(MOST, ASSIGNED - 1, 1),
}
NAMES = np.array(list(CHANNELS), dtype=object)


@dataclass(frozen=True)
class Touches(Visits):
    """What makes visitors see advertising and buy, and what showing it costs."""

    retargeting_cost: float = parameter(400, "won", 0, 1e5, "money spent on showing retargeting to one visitor")


def make(
    mechanism: Touches, people: dict[str, Any], seed: int, block: int, window: tuple[str, str] = WINDOW
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return the table `touches` of a block, the hold-out experiment, and what is true of each visitor.

    The visitors up to the last of the first customers do not depend on how many customers follow.

    Parameters
    ----------
    mechanism
        The parameters.
    people
        Arrays, one entry for each customer of the block: `customer_id` and `first_day` (days since the window opened).
    seed
        Seed of all streams.
    block
        Number of the block, from 0.
    window
        First and last day of observation, as ISO text.

    Examples
    --------
    >>> people = {"customer_id": np.array(["C1", "C2"], dtype=object), "first_day": np.array([3, 8])}
    >>> touches, experiment, visitors = make(Touches(), people, seed=1, block=0)
    >>> visitors["customer_id"].dropna().to_list()
    ['C1', 'C2']
    """
    count = len(people["customer_id"])
    known = _visitors(mechanism, count, seed, block)
    size = len(known["bought"])
    visitor_id = f"V{block:03d}" + digits(np.arange(size), 6)
    before = np.cumsum(known["bought"]) - known["bought"]
    customer = np.full(size, None, dtype=object)
    customer[known["bought"]] = people["customer_id"]
    day = _decisions(people["first_day"].astype(np.int64)[before], known, window)
    touches = _touches(known, visitor_id, customer, day, seed, block)
    picked = known["picked"]
    experiment = pd.DataFrame(
        {
            "experiment": EXPERIMENT,
            "unit_id": visitor_id[picked],
            "assigned_on": day[picked] - np.timedelta64(ASSIGNED, "D"),
            "spend": float(mechanism.retargeting_cost) * known["seen"][picked, -1],
            "success": pd.array(known["bought"][picked], dtype="boolean"),
        }
    )
    return touches, experiment, _truth(mechanism, known, visitor_id, customer)


def _visitors(mechanism: Touches, customers: int, seed: int, block: int) -> dict[str, np.ndarray]:
    """Return the visitors up to the last one who bought: what they saw, and by how much they would buy or not."""
    pool = 3 * customers + 50
    known = _pool(mechanism, pool, seed, block)
    while known["bought"].sum() < customers:
        pool *= 2
        known = _pool(mechanism, pool, seed, block)
    end = int(np.searchsorted(np.cumsum(known["bought"]), customers)) + 1
    return {name: values[:end] for name, values in known.items()}


def _pool(mechanism: Touches, size: int, seed: int, block: int) -> dict[str, np.ndarray]:
    own = stream(seed, f"retail visitors {block}").random((size, 4))
    met = stream(seed, f"retail touches {block}").random((size, len(CHANNELS)))
    chances = {"intent": own[:, 0], "purchase": own[:, 1], "reachable": own[:, 2]} | dict(
        zip(NAMES, met.T, strict=True)
    )
    chances["holdout"] = stream(seed, f"retail hold-out {block}").random(size)
    known = MODEL.simulate(mechanism, {f"chance_{name}": chance for name, chance in chances.items()})
    drift = np.floor((2 * DRIFT + 1) * own[:, 3]).astype(np.int64) - DRIFT
    seen = np.column_stack([known.pop(name) for name in NAMES])
    return known | {"seen": seen, "bought": known["purchase"] > 0, "drift": drift}


def _decisions(first_day: np.ndarray, known: dict[str, np.ndarray], window: tuple[str, str]) -> np.ndarray:
    """Return the day on which each visitor decided: customers ordered; the others, about when the next one did."""
    start, end = (np.datetime64(day, "D") for day in window)
    day = np.clip(first_day + known["drift"], 0, (end - start).astype(np.int64))
    return (start + np.where(known["bought"], first_day, day)).astype("datetime64[ns]")


def _touches(
    known: dict[str, np.ndarray], visitor_id: np.ndarray, customer: np.ndarray, day: np.ndarray, seed: int, block: int
) -> pd.DataFrame:
    """Return each touch, visitor by visitor in order of time."""
    draw = stream(seed, f"retail touch days {block}").random((len(day), len(CHANNELS), 1 + MOST))
    most, first, last = np.array([(channel.most, channel.first, channel.last) for channel in CHANNELS.values()]).T
    number = 1 + np.floor(most * draw[:, :, 0])
    who, channel, place = np.nonzero(known["seen"][:, :, None] & (np.arange(MOST) < number[:, :, None]))
    lead = last[channel] + (draw[who, channel, 1 + place] * (1 + first - last)[channel]).astype(np.int64)
    order = np.lexsort((-lead, who))
    who, channel, lead = who[order], channel[order], lead[order]
    return pd.DataFrame(
        {
            "touch_id": f"T{block:03d}" + digits(np.arange(len(who)), 6),
            "visitor_id": visitor_id[who],
            "touched_on": day[who] - lead.astype("timedelta64[D]"),
            "channel": NAMES[channel],
            "customer_id": customer[who],
        }
    )


def _truth(
    mechanism: Touches, known: dict[str, np.ndarray], visitor_id: np.ndarray, customer: np.ndarray
) -> pd.DataFrame:
    """Return what is true of each visitor, and whether they had bought with retargeting, or without each channel."""
    moved = known["seen"] * effects(mechanism)
    shown = known["purchase"] + mechanism.retargeting_effect - moved[:, -1] > 0
    without = {
        f"bought_without_{name}": known["purchase"] - moved[:, channel] > 0 for channel, name in enumerate(NAMES)
    }
    return pd.DataFrame(
        {
            "visitor_id": visitor_id,
            "customer_id": customer,
            "intent": known["intent"].round(6),
            "purchase_probability": expit(known["inclination"]).round(8),
            "picked": known["picked"],
            "bought": known["bought"],
            "bought_with_retargeting": shown,
            **without,
        }
    )
