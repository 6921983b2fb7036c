"""How visitors come to a shop's first order, and the advertising that they meet on the way.

A visitor comes with an intent of their own. Search, newsletter, social media and influencers touch some visitors;
retargeting is shown, last of all, to those whom it takes to be about to buy. Some visitors come without any touch: they
know the brand, and what they buy is base sales.

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
from scipy.special import expit, logit, ndtri

from crmlab.simulation.names import digits
from crmlab.simulation.parameters import Mechanism, parameter, stream

EXPERIMENT = "retargeting hold-out"
WINDOW = ("2024-01-01", "2025-12-31")
ASSIGNED = 4  # days before the decision on which retargeting picks visitors
MOST = 3  # touches of one visitor in one channel
DRIFT = 7  # days by which visitors who do not buy decide before or after those who do


@dataclass(frozen=True)
class Channel:
    """A channel: whom it touches, how often, and when.

    Attributes
    ----------
    name
        What it is called; its effect is the parameter `<name>_effect`.
    reach
        Probability that it touches a visitor of mean intent.
    pull
        Change of the log odds of that with each standard deviation of intent.
    most
        Touches of one visitor at most.
    first, last
        Days before the decision between which it touches.
    """

    name: str
    reach: float
    pull: float
    most: int
    first: int
    last: int


RETARGETING = "retargeting"
CHANNELS = (
    Channel("search", 0.30, 0.8, 2, 14, 2),
    Channel("social", 0.25, 0.0, 1, 28, 10),
    Channel("newsletter", 0.12, 0.4, 2, 21, 3),
    Channel("influencer", 0.12, 0.0, 1, 28, 10),
    Channel(RETARGETING, 0.50, 0.0, MOST, ASSIGNED - 1, 1),  # its pull is the parameter `targeting`
)
NAMES = np.array([channel.name for channel in CHANNELS], dtype=object)


@dataclass(frozen=True)
class Touches(Mechanism):
    """What advertising does; effects are on the log odds of buying."""

    purchase_odds: float = parameter(-1.0, "log odds", -2.5, 2.5, "buying of a visitor of mean intent without a touch")
    intent_effect: float = parameter(1.5, "log odds", 0, 3, "more intent by a standard deviation, on buying")
    retargeting_effect: float = parameter(0.0, "log odds", 0, 1, "retargeting, on buying")
    search_effect: float = parameter(0.2, "log odds", 0, 2, "search advertising, on buying")
    social_effect: float = parameter(1.2, "log odds", 0, 2, "social media, on buying")
    newsletter_effect: float = parameter(0.3, "log odds", 0, 2, "the newsletter, on buying")
    influencer_effect: float = parameter(0.4, "log odds", 0, 2, "influencers, on buying")
    targeting: float = parameter(2.5, "log odds", 0, 5, "more intent by a standard deviation, on being retargeted")
    holdout: float = parameter(0.25, "share", 0, 0.9, "of the visitors whom retargeting picks, held out at random")
    base_sales: float = parameter(0.2, "share", 0, 1, "visitors who come without any touch, by the brand alone")
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
    held_out = stream(seed, f"retail hold-out {block}").random(size) < mechanism.holdout
    intent = ndtri(own[:, 0])
    pull = np.array([channel.pull for channel in CHANNELS[:-1]] + [mechanism.targeting])
    reach = logit(np.array([channel.reach for channel in CHANNELS]))
    seen = (met < expit(reach + pull * intent[:, None])) & (own[:, 2] >= mechanism.base_sales)[:, None]
    picked = seen[:, -1].copy()
    seen[:, -1] &= ~held_out
    log_odds = mechanism.purchase_odds + mechanism.intent_effect * intent + seen @ _effects(mechanism)
    surplus = log_odds - logit(own[:, 1])
    drift = np.floor((2 * DRIFT + 1) * own[:, 3]).astype(np.int64) - DRIFT
    return {
        "intent": intent, "seen": seen, "picked": picked, "log_odds": log_odds, "surplus": surplus,
        "bought": surplus > 0, "drift": drift,
    }  # fmt: skip


def _effects(mechanism: Touches) -> np.ndarray:
    return np.array([getattr(mechanism, f"{name}_effect") for name in NAMES])


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
    most, first, last = np.array([(channel.most, channel.first, channel.last) for channel in CHANNELS]).T
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
    effects = known["seen"] * _effects(mechanism)
    shown = known["surplus"] + mechanism.retargeting_effect - effects[:, -1] > 0
    without = {
        f"bought_without_{name}": known["surplus"] - effects[:, channel] > 0 for channel, name in enumerate(NAMES)
    }
    return pd.DataFrame(
        {
            "visitor_id": visitor_id,
            "customer_id": customer,
            "intent": known["intent"].round(6),
            "purchase_probability": expit(known["log_odds"]).round(8),
            "picked": known["picked"],
            "bought": known["bought"],
            "bought_with_retargeting": shown,
            **without,
        }
    )
