"""The firm and the market of the game: the rules that everybody knows, and the parameters that the seed hides.

The forms and the names are those of the company `subscription`, at the level of a quarter. A hidden parameter is drawn
evenly from its range; so the ranges are also all that a player can know before the first quarter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from crmlab.simulation.parameters import Mechanism, build, parameter, stream

QUARTERS = 12
LEVERS = ("attract", "acquire", "retain", "service")
SPENDS = (*LEVERS, "learn")
_SHOCKS = ("attract_shock", "acquire_shock", "churn_shock")
_CHANCES = ("attracted", "referred", "won", "lost", "survey", *_SHOCKS, "arm_0", "arm_1", "arm_2")

Numbers = dict[str, Any]  # by name: a number for one game, or an array with one entry a game


@dataclass(frozen=True)
class Rules(Mechanism):
    """What every player knows."""

    budget: float = parameter(100, "million won a quarter", 1, 10_000, "money to split")
    customers: float = parameter(5000, "customers", 100, 1_000_000, "customers at the start")
    margin: float = parameter(45, "1,000 won a quarter", 1, 1000, "margin of a customer")
    final_quarters: float = parameter(4, "quarters", 0, 20, "margins that a customer left at the end counts for")
    floor: float = parameter(0.03, "share", 0, 0.09, "leads won without any money")
    memory: float = parameter(0.5, "share", 0, 0.95, "satisfaction that is carried into the next quarter")
    erosion: float = parameter(0.5, "sd", 0, 3, "where satisfaction falls to without service, below 0")
    shock: float = parameter(0.2, "log sd", 0, 1, "luck of a quarter with leads, with conversion and with churn")
    survey_error: float = parameter(0.1, "sd", 0.01, 1, "standard error of the satisfaction that the survey reads")


@dataclass(frozen=True)
class Hidden(Mechanism):
    """What the seed draws, each evenly from its range, and hides."""

    attract_ceiling: float = parameter(3250, "leads a quarter", 500, 6000, "leads that any amount of money attracts")
    attract_rate: float = parameter(0.032, "per million won", 0.004, 0.06, "how fast money attracts leads")
    acquire_ceiling: float = parameter(0.35, "share", 0.1, 0.6, "leads that any amount of money wins")
    acquire_rate: float = parameter(0.1, "per 1,000 won a lead", 0.01, 0.2, "how fast money spent on a lead works")
    churn_base: float = parameter(0.2, "share a quarter", 0.12, 0.28, "churn without retention at satisfaction 0")
    retain_lift: float = parameter(0.4, "share", 0, 0.8, "churn that any amount of retention money can avert")
    retain_rate: float = parameter(0.25, "per 1,000 won a customer", 0.02, 0.5, "how fast retention money works")
    service_lift: float = parameter(1.5, "sd", 0, 3, "satisfaction that any amount of service adds")
    service_rate: float = parameter(0.25, "per 1,000 won a customer", 0.02, 0.5, "how fast service money works")
    content_to_churn: float = parameter(0.3, "log rate per sd", 0, 0.6, "how much satisfaction lowers churn")
    content_to_referral: float = parameter(0.4, "log rate per sd", 0, 0.8, "how much satisfaction moves recommending")
    referral_rate: float = parameter(0.5, "leads a customer and year", 0, 1, "recommendations at satisfaction 0")


@dataclass(frozen=True)
class Market(Hidden, Rules):
    """All that makes one game, apart from luck."""


RULES = tuple(item.name for item in fields(Rules))
HIDDEN = tuple(item.name for item in fields(Hidden))
RANGES = {item.name: (item.metadata["low"], item.metadata["high"]) for item in fields(Hidden)}


def draw_market(seed: int, switches: dict[str, float] | None = None) -> Market:
    """Return the market of a seed; a switch sets one of its parameters to a value within the range.

    Raises
    ------
    ValueError
        If a switch is unknown or lies outside its range.

    Examples
    --------
    >>> market = draw_market(1, {"budget": 60})
    >>> market.budget, bool(0 <= market.retain_lift <= 0.8)
    (60, True)
    """
    chance = stream(seed, "market").random(len(HIDDEN))
    drawn = {name: low + (high - low) * u for (name, (low, high)), u in zip(RANGES.items(), chance, strict=True)}
    return build(Market, drawn | (switches or {}))


def numbers_of(markets: Market | Sequence[Market]) -> Numbers:
    """Return the parameters of one market as numbers, or of several as arrays with one entry each."""
    if isinstance(markets, Market):
        return {item.name: float(getattr(markets, item.name)) for item in fields(Market)}
    return {name: np.array([getattr(one, name) for one in markets], float) for name in (*RULES, *HIDDEN)}


def draw_luck(seeds: int | Sequence[int]) -> Numbers:
    """Return all chances of the games, between 0 and 1: by name, with quarters in rows and, for several, a column each.

    Every policy that plays a seed meets these same chances, so that two paths differ by what was done and not by luck.
    """
    many = not isinstance(seeds, int | np.integer)
    drawn = [stream(int(seed), "luck").random((QUARTERS, len(_CHANCES))) for seed in (seeds if many else [seeds])]
    luck = np.stack(drawn, axis=1) if many else drawn[0]
    return {name: luck[..., column] for column, name in enumerate(_CHANCES)}
