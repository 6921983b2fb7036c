"""The twin of a shop: buyers who come as often, spend as much and leave as silently as those of one's own shop.

Buying is read by BG/NBD and amounts by gamma-gamma (Fader, Hardie & Lee 2005a, 2005b): seven numbers for all buyers
together. Where the window is long enough, the months' own pull on orders is read too, and buying is fitted again on a
clock that runs faster in strong months. What weeks still differ by, beyond chance, is the swing that customers share.
The simulator of the shop then runs on these numbers; its products, its advertising and its experiments stay at home.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crmlab.buyers import BetaGeo, GammaGamma
from crmlab.company import Company
from crmlab.customers import summarize_customers
from crmlab.simulation.parameters import build, stream
from crmlab.simulation.retail.orders import place_orders
from crmlab.simulation.retail.people import BLOCK, Retail, Shape, clocks, draw_behaviour
from crmlab.simulation.twin_shapes import Mix, coarse, fresh_ids, seasons, swing, to_money

FEWEST_BUYERS, FEWEST_WHO_CAME_BACK = 100, 30
_GRID = 400  # times at which the expectation is computed; between them it is a line
_ROUNDS = 2  # of fitting buying and reading the season in turn
_FLAT = (1.0,) * 12


@dataclass(frozen=True)
class OrdersShape:
    """What a twin of a shop is made from.

    Attributes
    ----------
    buyers
        How many bought.
    parameters
        r, alpha (weeks), a, b of BG/NBD; p, q, v (currency) of gamma-gamma.
    shape
        Window, arrivals, seasons, weekdays, swing and mixes, as the simulator of the shop takes them.
    mixes
        The mixes of the columns of `customers` that the twin carries.
    seasonal
        Whether the window was long enough to read seasons.
    """

    buyers: int
    parameters: dict[str, float]
    shape: Shape
    mixes: dict[str, Mix]
    seasonal: bool


def read_orders(company: Company) -> OrdersShape:
    """Read the shape of a company with orders.

    Raises
    ------
    ValueError
        If there are too few buyers, too few came back, or the models cannot be fitted.
    """
    end = pd.Timestamp(company.observation_end)
    orders = company.orders[company.orders["ordered_at"] <= end]
    buyers = summarize_customers(orders, company.observation_end)
    _refuse_too_few(company.name, buyers)
    first = end - pd.to_timedelta(buyers["T"] * 7, unit="D").dt.round("D")
    start = first.min().replace(day=1)  # the day of the very first order is somebody's
    try:
        buying, season, swung = read_buying(orders, buyers, pd.date_range(start, end))
        spend = GammaGamma.fit(buyers)
        _ = spend.population_mean  # refuses a mean that is infinite
    except ValueError as error:
        raise ValueError(f"{company.name} has no twin: {error}") from error
    mixes = customer_mixes(company, buyers["customer_id"])
    shape = Shape(
        start=f"{start:%Y-%m-%d}",
        end=company.observation_end,
        arrivals=coarse(first, start, end),
        season=season or _FLAT,
        channels=mixes.get("channel", Mix({}, 0)).shares or {"shop": 1.0},
        regions=mixes.get("region", Mix({}, 0)).shares or {"here": 1.0},
        weekdays=_weekdays(orders["ordered_at"]),
        holiday=None,
        swing=swung,
    )
    parameters = {str(name): float(value) for name, value in {**buying.parameters, **spend.parameters}.items()}
    return OrdersShape(len(buyers), parameters, shape, mixes, season is not None)


def customer_mixes(company: Company, customers: pd.Series) -> dict[str, Mix]:
    """Return the mixes of channel and region over some customers; a column that tells nothing is left out."""
    if "customers" not in company.tables:
        return {}
    known = company.customers[company.customers["customer_id"].isin(customers)]
    mixes = {name: Mix.of(known[name]) for name in ("channel", "region") if name in known}
    return {name: mix for name, mix in mixes.items() if mix.shares}


def make_orders(
    shop: OrdersShape, customers: int | None, seed: int, prefix: str, currency: str
) -> tuple[dict[str, pd.DataFrame], pd.DataFrame]:
    """Return the tables of the twin, and what is true of each of its customers.

    Raises
    ------
    ValueError
        If a fitted parameter lies where no shop can be simulated.
    """
    size = customers or shop.buyers
    mechanism = build(Retail, {name: shop.parameters[name] for name in ("r", "alpha", "a", "b")})
    clock = clocks(mechanism, shop.shape, np.ones(1), seed)
    blocks = [_make_block(shop, mechanism, clock, block, seed) for block in range(-(-size // BLOCK))]
    people = pd.concat([people for people, _ in blocks], ignore_index=True).head(size)
    orders = pd.concat([orders for _, orders in blocks], ignore_index=True)
    orders = orders[orders["who"] < size].sort_values(["day", "who"], ignore_index=True)
    days, ids = shop.shape.days, fresh_ids(prefix, "C", size)
    acquired = {"customer_id": ids, "acquired_on": days[people["first_day"]]}
    mixes = {name: mix.draw(stream(seed, f"twin {name}").random(size)) for name, mix in shop.mixes.items()}
    bought = {
        "order_id": fresh_ids(prefix, "O", len(orders)),
        "customer_id": ids[orders["who"]],
        "ordered_at": days[orders["day"]],
        "amount": to_money(orders["amount"].to_numpy(), currency),
    }
    left = pd.Series(days[people["left"].clip(lower=0)]).where(people["left"] >= 0)
    known = {
        "customer_id": ids,
        "weekly_rate": people["weekly_rate"].round(8),
        "leaving_probability": people["leaving"].round(8),
        "mean_amount": people["mean_amount"].round(4),
        "left_on": left,
        "orders": np.bincount(orders["who"], minlength=size),
    }
    return {"customers": pd.DataFrame(acquired | mixes), "orders": pd.DataFrame(bought)}, pd.DataFrame(known)


def _make_block(
    shop: OrdersShape, mechanism: Retail, clock: np.ndarray, block: int, seed: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the customers of a block, and their orders: who, day and amount."""
    p, q, v = (shop.parameters[name] for name in "pqv")
    behaviour = draw_behaviour(mechanism, shop.shape, block, seed)
    behaviour["kind"] = np.zeros(BLOCK, dtype=int)
    placed = place_orders(behaviour, clock, block, seed)
    draw = stream(seed, f"twin amounts {block}")
    mean = p * v / draw.gamma(q, 1.0, BLOCK)
    amount = draw.gamma(p, mean[placed["who"]] / p)
    columns = {name: behaviour[name] for name in ("first_day", "weekly_rate", "leaving")}
    people = pd.DataFrame(columns | {"mean_amount": mean, "left": placed["left"]})
    orders = pd.DataFrame({"who": block * BLOCK + placed["who"], "day": placed["day"], "amount": amount})
    return people, orders


def _refuse_too_few(name: str, buyers: pd.DataFrame) -> None:
    back = int((buyers["frequency"] > 0).sum())
    if len(buyers) < FEWEST_BUYERS:
        raise ValueError(f"{name} has {len(buyers)} buyers; a twin needs at least {FEWEST_BUYERS}")
    if back < FEWEST_WHO_CAME_BACK:
        raise ValueError(f"in {name} {back} buyers came back; a twin needs at least {FEWEST_WHO_CAME_BACK}")


def read_buying(
    orders: pd.DataFrame, buyers: pd.DataFrame, days: pd.DatetimeIndex
) -> tuple[BetaGeo, tuple[float, ...] | None, float]:
    """Fit buying on a clock that runs with the seasons, and read the seasons against that fit, in turn; then the swing.

    Parameters
    ----------
    orders
        Seen on `days`.
    buyers
        What `summarize_customers` returns for them, in weeks.
    days
        Each day of the window.

    Returns
    -------
    tuple
        The model; the seasons, None where the window is too short for them; and the swing of the weeks.
    """
    arrived = len(days) - 1 - np.round(7 * buyers["T"].to_numpy()).astype(int)
    last = arrived + np.round(7 * buyers["recency"].to_numpy()).astype(int)
    repeats = orders[["customer_id", "ordered_at"]].drop_duplicates()["ordered_at"]
    made = np.bincount((repeats - days[0]).dt.days, minlength=len(days)) - np.bincount(arrived, minlength=len(days))
    made = made.astype(float)
    buying, season = BetaGeo.fit(buyers), None
    for _ in range(_ROUNDS):
        season = seasons(days, made, _expected(buying, season, arrived, days))
        if season is None:
            break
        clock = _clock(season, days)
        history = {"recency": (clock[last] - clock[arrived]) / 7, "T": (clock[-1] - clock[arrived]) / 7}
        buying = BetaGeo.fit(buyers.assign(**history))
    expected = _expected(buying, season, arrived, days) * np.array(season or _FLAT)[days.month - 1]
    return buying, season, swing(made, expected, 12 if season else 1)


def _clock(season: tuple[float, ...] | None, days: pd.DatetimeIndex) -> np.ndarray:
    """Return the days of selling time that have passed by the end of each day; the whole window keeps its length."""
    speed = np.array(season or _FLAT)[days.month - 1]
    return np.cumsum(speed) * (len(days) / speed.sum())


def _expected(
    buying: BetaGeo, season: tuple[float, ...] | None, arrived: np.ndarray, days: pd.DatetimeIndex
) -> np.ndarray:
    """Return the repeat orders that the model expects on each day if no month differed from another."""
    clock = _clock(season, days) / 7
    new = np.bincount(arrived, minlength=len(days)).astype(float)
    ahead = np.maximum(clock[None, :] - clock[new > 0][:, None], 0.0)
    grid = np.linspace(0.0, clock[-1], _GRID)
    mean = np.interp(ahead, grid, buying.expected_purchases_new(grid)["estimate"].to_numpy())
    daily = np.diff(new[new > 0] @ mean, prepend=0.0)
    return daily / np.array(season or _FLAT)[days.month - 1]


def _weekdays(days: pd.Series) -> tuple[float, ...]:
    """Return the share of orders on each day of the week, Monday first."""
    shares = np.bincount(days.dt.dayofweek, minlength=7) / len(days)
    return tuple(map(float, shares))
