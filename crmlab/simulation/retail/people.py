"""Who the customers of the shop are, and when its clock runs fast.

A customer has a rate of ordering, a probability of leaving after a repeat order, and a mean amount: three draws that
have nothing to do with each other. All else about the customer is drawn beside them and tells nothing of them.

A shop has weekends, holidays and a season. They do not change how customers differ; they bend the clock. Buying runs
in operational time, in which a day counts as much as it is worth for trade: a busy day is long, a holiday is short.
The whole window is as long as it is on the calendar, so rates per week keep their meaning.

Weather, campaigns and paydays reach all customers at once. So trade swings from week to week: each week draws a factor,
and the days lie on lines between them, so that it does not matter on which weekday weeks are taken to begin.

Customers are drawn in blocks of 10,000, each with streams of its own and always whole. So the first customers of a
large shop are those of a small one with the same seed, and a shop of any size is made block by block.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from crmlab.simulation.days import holidays
from crmlab.simulation.parameters import Mechanism, parameter, stream

BLOCK = 10_000
MOST = 7  # orders a week of a mean customer
HOLIDAY = 0.6  # what a public holiday is worth for trade, whatever its weekday
SEASON = (0.98, 0.97, 0.99, 1.00, 1.02, 1.00, 0.98, 0.97, 1.02, 1.00, 1.03, 1.04)
BLUNT = 0.55  # variance of a week's mean on lines between independent factors: the quintic B-spline at 0
WEEKDAYS = (1.00, 0.95, 0.95, 1.00, 1.05, 1.10, 0.95)
CHANNELS = {"store": 0.40, "web": 0.60}
REGIONS = {"Seoul": 0.35, "Gyeonggi": 0.30, "Busan": 0.17, "Daegu": 0.12, "Jeju": 0.06}


@dataclass(frozen=True)
class Retail(Mechanism):
    """Parameters of the shop; rates are per week."""

    r: float = parameter(0.6, "shape", 0.05, 20, "purchase rates over customers: shape of the gamma distribution")
    alpha: float = parameter(2.5, "weeks", 0.1, 500, "purchase rates over customers: rate of the gamma distribution")
    a: float = parameter(0.7, "shape", 0.05, 50, "leaving after a repeat order: first shape of the beta distribution")
    b: float = parameter(6.0, "shape", 0.05, 200, "leaving after a repeat order: second shape of the beta distribution")
    p: float = parameter(6.25, "shape", 0.5, 50, "amounts of one customer: shape of the gamma distribution")
    q: float = parameter(3.74, "shape", 1.5, 50, "mean amounts over customers: shape of the gamma distribution")
    v: float = parameter(15_440.0, "won", 10, 1e6, "mean amounts over customers: scale of the gamma distribution")
    arrival_weeks: float = parameter(26, "weeks", 1, 52, "time over which the customers first order")
    season: float = parameter(1.0, "factor", 0, 10, "how far months differ: 0 not at all, 1 as the shop's season says")
    class_contrast: float = parameter(1.0, "share", 0, 1, "how far the classes differ in tastes, discounts and days")
    profile_contrast: float = parameter(1.0, "share", 0, 1, "how far the classes differ in age and gender")
    segment_price: float = parameter(12_000, "won", 0, 1e6, "yearly profit of treating a customer as the class wants")
    shock: float = parameter(0.25, "share", 0, 2, "more pieces for the same money, everywhere, in one quarter")
    programme: float = parameter(0.0, "share", 0, 2, "more pieces by the programme of one region in that quarter")

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.r / self.alpha > MOST:
            pace = f"{self.r / self.alpha:.3g}"
            raise ValueError(f"r / alpha is {pace} orders a week; choose at most {MOST}, for nobody orders twice a day")


@dataclass(frozen=True)
class Shape:
    """What a shop looks like from outside, apart from the customers' behaviour.

    Attributes
    ----------
    start, end
        First and last day of observation, as ISO text.
    arrivals
        Weights of the days from `start` on, by which customers first order.
    season
        How busy each month of the year is, January first.
    channels, regions
        Shares of the customers by name.
    weekdays
        How busy each day of the week is, Monday first.
    holiday
        What a public holiday of South Korea is worth, as a share of the mean day; None where it is a day like others.
    swing
        How far weeks differ that customers share: standard deviation of the log of a week's trade, from 0 to 1.
    """

    start: str
    end: str
    arrivals: Sequence[float] | np.ndarray
    season: Sequence[float]
    channels: Mapping[str, float]
    regions: Mapping[str, float]
    weekdays: Sequence[float]
    holiday: float | None = HOLIDAY
    swing: float = 0.0

    def __post_init__(self) -> None:
        if not 0 <= self.swing <= 1:
            raise ValueError(f"swing is {self.swing}; choose a value from 0 to 1 (log sd)")

    @property
    def days(self) -> pd.DatetimeIndex:
        """All days of observation."""
        return pd.date_range(self.start, self.end)


def default_shape(mechanism: Retail) -> Shape:
    """Return the shape of the built-in shop: two years, a mild season, Saturdays and holidays."""
    first = pd.date_range("2024-01-01", periods=round(7 * mechanism.arrival_weeks))
    arrivals = _day_weights(first, np.ones(12), np.array(WEEKDAYS), HOLIDAY)
    return Shape("2024-01-01", "2025-12-31", arrivals, SEASON, CHANNELS, REGIONS, WEEKDAYS)


def clocks(mechanism: Retail, shape: Shape, weekend: np.ndarray, seed: int) -> np.ndarray:
    """Return operational time at the start of each day and at the end of the last, one row a class of customers.

    Parameters
    ----------
    mechanism
        Its `season` says how far months differ.
    shape
        The window, the season, the week and the swing of the shop.
    weekend
        What a Saturday or a Sunday is worth to each class, as a factor on the shop's week.
    seed
        What the weeks' own factors are drawn from; they are the same for all customers.
    """
    days = shape.days
    season = 1 + mechanism.season * (np.asarray(shape.season, float) / np.mean(shape.season) - 1)
    usual = _day_weights(days, np.maximum(season, 0.0), np.asarray(shape.weekdays, float), shape.holiday)
    weights = usual * _swings(shape, seed) * np.where(days.dayofweek >= 5, weekend[:, None], 1.0)
    time = np.cumsum(weights, axis=1) * (len(days) / weights.sum(axis=1, keepdims=True))
    time[:, -1] = len(days)
    return np.hstack([np.zeros((len(weekend), 1)), time])


def _day_weights(days: pd.DatetimeIndex, season: np.ndarray, week: np.ndarray, holiday: float | None) -> np.ndarray:
    usual = week[days.dayofweek]
    if holiday is not None:
        closed = pd.DatetimeIndex([day for year in days.year.unique() for day in holidays(year)])
        usual = np.where(days.isin(closed), holiday * week.mean(), usual)
    return season[days.month - 1] * usual


def _swings(shape: Shape, seed: int) -> np.ndarray:
    """Return the factor of each day: lines, on the log scale, between one normal draw a week."""
    day = np.arange(len(shape.days))
    drawn = stream(seed, "retail weeks").standard_normal(len(day) // 7 + 2)
    return np.exp(shape.swing / np.sqrt(BLUNT) * np.interp(day / 7, np.arange(len(drawn)), drawn))


def draw_behaviour(mechanism: Retail, shape: Shape, block: int, seed: int) -> dict[str, np.ndarray]:
    """Return what makes each customer of a block order: first day, rate, leaving, mean amount."""
    draw = stream(seed, f"retail people {block}")
    weights = np.asarray(shape.arrivals, float)[: len(shape.days)]
    return {
        "first_day": pick(draw.random(BLOCK), weights),
        "hour": draw.random(BLOCK),
        "weekly_rate": draw.gamma(mechanism.r, 1 / mechanism.alpha, BLOCK),
        "leaving": draw.beta(mechanism.a, mechanism.b, BLOCK),
        "mean_amount": mechanism.p * mechanism.v / draw.gamma(mechanism.q, 1.0, BLOCK),
    }


def make_customers(shape: Shape, first_day: np.ndarray, profile: dict[str, Any], block: int, seed: int) -> pd.DataFrame:
    """Return the table of the customers of a block; `profile` gives `birth_year` and `gender`."""
    draw = stream(seed, f"retail customers {block}")
    sources = {"channel": shape.channels, "region": shape.regions}
    places = {
        name: np.array(list(shares), dtype=object)[pick(draw.random(BLOCK), np.array(list(shares.values())))]
        for name, shares in sources.items()
    }
    return pd.DataFrame(
        {
            "customer_id": customer_ids(block),
            "acquired_on": shape.days[first_day],
            **places,
            "birth_year": pd.array(profile["birth_year"], dtype="Int64"),
            "gender": profile["gender"],
        }
    )


def pick(chance: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return for each uniform chance which of the weighted possibilities it falls on."""
    edges = np.cumsum(weights)
    return np.minimum(np.searchsorted(edges, chance * edges[-1], side="right"), len(edges) - 1)


def customer_ids(block: int) -> np.ndarray:
    """Return the identifiers of the customers of a block."""
    return spell("C", (block * BLOCK + np.arange(1, BLOCK + 1), 8))


def spell(*parts: str | tuple[np.ndarray, int]) -> np.ndarray:
    """Return identifiers, put together of fixed text and of numbers with their width in digits.

    Examples
    --------
    >>> spell("O", (np.array([7, 12]), 4), "-", (np.array([1, 2]), 2)).tolist()
    ['O0007-01', 'O0012-02']
    """
    rows = next(len(part[0]) for part in parts if not isinstance(part, str))
    columns: list[Any] = []
    for part in parts:
        if isinstance(part, str):
            columns += [ord(letter) for letter in part]
        else:
            columns += [part[0] // 10**power % 10 + ord("0") for power in reversed(range(part[1]))]
    letters = np.empty((rows, len(columns)), dtype=np.uint32)
    for place, column in enumerate(columns):
        letters[:, place] = column
    return letters.view(f"U{len(columns)}").ravel().astype(object)
