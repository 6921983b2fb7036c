"""What customers order: when, for how much, and what is in the basket.

Purchases follow BG/NBD (Fader, Hardie & Lee 2005, Marketing Science 24(2)): a living customer orders as a Poisson
process with a rate of their own, and after each repeat order leaves for good with a probability of their own. A
customer orders at most once a day; a second order waits until the next one. Amounts follow the gamma-gamma model
(Fader, Hardie & Lee 2005, JMR 42(4)), in won.

The amount is the customer's budget, and the basket is filled to it. The budget is split over one to three categories
after the customer's taste. In each of them the customer takes the cheapest product that costs at least what is there
to spend, at a price below the list price; so the lines of an order add up to its amount.

In one quarter everything is cheaper, everywhere: the same money buys more pieces (`shock`). In the same quarter one
region runs a programme that means to sell more pieces (`programme`). Whoever compares that region with the quarter
before credits the programme with what happened everywhere. Money and dates are untouched.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from crmlab.simulation.parameters import stream
from crmlab.simulation.retail.classes import DISCOUNTS, TASTES, blend
from crmlab.simulation.retail.people import BLOCK, Retail, Shape, spell

CATEGORIES = {  # each with its products, from the cheapest to the dearest
    "pantry": ("noodles", "red pepper paste", "rice 4 kg", "olive oil", "rice 10 kg", "rice 20 kg"),
    "fresh food": ("tofu", "eggs", "apples", "pork belly", "mackerel box", "beef ribs"),
    "snacks": ("seaweed crisps", "rice crackers", "chocolate", "nut mix", "biscuit tin", "snack crate"),
    "tea and coffee": ("barley tea", "green tea", "filter coffee", "coffee beans", "ginseng tea", "tea chest"),
    "delicatessen": ("olives", "camembert", "anchovy sauce", "smoked salmon", "dry-aged ham", "truffle set"),
    "household": ("sponges", "dish soap", "kitchen roll", "detergent", "tissue crate", "cleaning set"),
    "personal care": ("soap bar", "toothpaste", "shampoo", "sun cream", "face serum", "skin care set"),
    "kitchen": ("chopsticks", "bowl", "knife", "frying pan", "pot set", "rice cooker"),
    "gifts": ("card", "candle", "flowers", "fruit basket", "tea ceremony set", "hanwoo gift box"),
    "children": ("crayons", "picture book", "baby wipes", "nappies", "building blocks", "car seat"),
}
FACTORS = np.array([1.0, 1.2, 0.7, 1.1, 1.6, 0.8, 1.2, 1.7, 1.5, 1.3])  # of prices, by category
PRICES = np.round(3_000 * FACTORS[:, None] * 1.6 ** np.arange(6), -2)
COST = 0.45  # of the list price
SECOND, THIRD = 0.30, 0.10  # chance that an order has a second line, and a third
SMALLEST = 1_000  # won that a line holds at least, where there are several
TWO = 0.25  # chance that a customer means to take two pieces
PROGRAMME_REGION = "Busan"


def products() -> pd.DataFrame:
    """Return the catalogue of the shop."""
    names = [name for group in CATEGORIES.values() for name in group]
    return pd.DataFrame(
        {
            "product_id": _product_ids(),
            "name": np.array(names, dtype=object),
            "category": np.repeat(np.array(list(CATEGORIES), dtype=object), PRICES.shape[1]),
            "price": PRICES.ravel(),
            "unit_cost": np.round(COST * PRICES.ravel(), -1),
        }
    )


def place_orders(behaviour: dict[str, Any], clock: np.ndarray, block: int, seed: int) -> dict[str, np.ndarray]:
    """Return the orders of a block's customers, customer by customer, and when each customer left.

    Parameters
    ----------
    behaviour
        What `people.draw_behaviour` returns, and `kind`, the class.
    clock
        What `people.clocks` returns.

    Returns
    -------
    dict
        A row an order: `who` (position in the block), `number` (from 0), `day` (since the start). A row a customer:
        `left`, the day of the last order where the customer has left for good, else -1.
    """
    who, when, leaves = _walk(behaviour, clock, block, seed)
    kind, days, day = behaviour["kind"][who], np.arange(clock.shape[1]), np.empty(len(who), dtype=np.int64)
    for each, time in enumerate(clock):
        chosen = kind == each
        day[chosen] = np.interp(when[chosen], time, days)
    starts = np.flatnonzero(np.diff(who, prepend=-1))
    day[starts] = behaviour["first_day"]
    number = np.arange(len(who)) - np.repeat(starts, np.diff(starts, append=len(who)))
    far = len(days) + len(who)  # more than any day, so that one customer's days do not reach the next
    day = np.maximum.accumulate(who * far + day - number) - who * far + number
    seen = day < len(days) - 1
    left = np.full(BLOCK, -1)
    gone = seen & leaves
    left[who[gone]] = day[gone]
    return {"who": who[seen], "number": number[seen], "day": day[seen], "left": left}


def _walk(behaviour: dict[str, Any], clock: np.ndarray, block: int, seed: int) -> tuple[np.ndarray, ...]:
    """Walk all living customers from order to order in operational time; return who, when, and whether one leaves."""
    draw, end = stream(seed, f"retail orders {block}"), clock[0, -1]
    living, kind, first = np.arange(BLOCK), behaviour["kind"], behaviour["first_day"]
    opening = clock[kind, first]
    time = opening + behaviour["hour"] * (clock[kind, first + 1] - opening)
    rounds = [(living, time, np.zeros(BLOCK, dtype=bool))]
    while living.size:
        time = time + 7 * draw.standard_exponential(living.size) / behaviour["weekly_rate"][living]
        living, time = living[time < end], time[time < end]
        leaves = draw.random(living.size) < behaviour["leaving"][living]
        rounds.append((living, time, leaves))
        living, time = living[~leaves], time[~leaves]
    who, when, leaves = (np.concatenate(column) for column in zip(*rounds, strict=True))
    order = np.argsort(who, kind="stable")
    return who[order], when[order], leaves[order]


def make_orders(
    mechanism: Retail,
    shape: Shape,
    placed: dict[str, Any],
    mean_amount: np.ndarray,
    customer_id: np.ndarray,
    block: int,
    seed: int,
) -> pd.DataFrame:
    """Return the table of the orders of a block."""
    who, digits = placed["who"], max(3, len(str(len(shape.days))))
    raw = stream(seed, f"retail amounts {block}").gamma(mechanism.p, mean_amount[who] / mechanism.p)
    return pd.DataFrame(
        {
            "order_id": spell("O", (block * BLOCK + 1 + who, 8), "-", (placed["number"] + 1, digits)),
            "customer_id": customer_id[who],
            "ordered_at": shape.days[placed["day"]],
            "amount": np.maximum(10.0, np.round(raw, -1)),
        }
    )


def make_lines(
    mechanism: Retail, shape: Shape, orders: pd.DataFrame, kind: np.ndarray, region: np.ndarray, block: int, seed: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the lines of the orders, and what is true of those in the quarter of the programme.

    Parameters
    ----------
    orders
        The table of the orders of a block.
    kind, region
        Class and region of who ordered, one an order.

    Returns
    -------
    tuple
        The table `order_lines`; and `region`, `pieces`, `pieces_without_programme` of the lines in the quarter.
        The index of both is the position of the order.
    """
    draw = stream(seed, f"retail lines {block}")
    amount = orders["amount"].to_numpy()
    count = 1 + (draw.random(len(amount)) < SECOND) + (draw.random(len(amount)) < THIRD)
    count = np.minimum(count, np.maximum(1, amount // SMALLEST)).astype(int)
    row, kept = np.repeat(np.arange(len(amount)), count), np.arange(3) < count[:, None]
    category = _categories(blend(TASTES, mechanism.class_contrast), kind, count > 1, draw)[kept]
    paid = _split(amount, kept, draw.random(kept.shape))[kept]
    product, pieces = _basket(mechanism, kind[row], category, paid, draw.random((2, len(row))))
    within = orders["ordered_at"].between(*programme_quarter(shape)).to_numpy()
    ran = within & (region == programme_region(shape))
    chance, usual = draw.random(len(row)), pieces * (1 + mechanism.shock * within)[row]
    sold = np.floor(usual * (1 + mechanism.programme * ran)[row] + chance).astype(int)
    table = {
        "order_id": orders["order_id"].to_numpy()[row],
        "product_id": _product_ids()[product],
        "quantity": pd.array(sold, dtype="Int64"),
        "amount": paid,
    }
    known = {"pieces": sold, "pieces_without_programme": np.floor(usual + chance).astype(int)}
    quarter = pd.DataFrame(known, index=row)[within[row]]
    quarter.insert(0, "region", region[quarter.index])
    return pd.DataFrame(table, index=row), quarter


def _categories(tastes: np.ndarray, kind: np.ndarray, many: np.ndarray, draw: np.random.Generator) -> np.ndarray:
    """Return three different categories an order, by the taste of its class; beyond the first only where many."""
    category = np.zeros((len(kind), 3), dtype=np.int64)
    chance, edges = draw.random(len(kind)), np.cumsum(tastes, axis=1)[:, :-1]
    category[:, 0] = (chance[:, None] >= edges[kind]).sum(axis=1)
    race = draw.standard_exponential((many.sum(), tastes.shape[1])) / tastes[kind[many]]
    race[np.arange(len(race)), category[many, 0]] = np.inf
    category[many, 1:] = np.argsort(race, axis=1)[:, :2]
    return category


def _split(amount: np.ndarray, kept: np.ndarray, chance: np.ndarray) -> np.ndarray:
    """Split amounts over the lines that are kept, in tens of won, so that they add up."""
    weights = np.where(kept, 0.5 + chance, 0.0)
    reached = np.cumsum(weights, axis=1)
    reached = np.floor(reached / reached[:, -1:] * amount[:, None] / 10) * 10
    return np.diff(reached, axis=1, prepend=0.0)


def _basket(
    mechanism: Retail, kind: np.ndarray, category: np.ndarray, paid: np.ndarray, chance: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the product of each line and how many pieces it buys at the usual prices."""
    price = 1 - blend(DISCOUNTS, mechanism.class_contrast)[kind] * (0.5 + chance[0])  # as a share of the list price
    wanted = paid / (1 + (chance[1] < TWO)) / price
    rung = np.minimum((PRICES[category] < wanted[:, None]).sum(axis=1), PRICES.shape[1] - 1)
    pieces = np.maximum(1, np.ceil(np.round(paid / (PRICES[category, rung] * price), 6)))
    return category * PRICES.shape[1] + rung, pieces


def _product_ids() -> np.ndarray:
    return spell("P", (np.arange(1, PRICES.size + 1), 2))


def programme_quarter(shape: Shape) -> tuple[pd.Timestamp, pd.Timestamp]:
    """Return first and last day of the quarter of the programme: the first whole one after three fifths of the time."""
    day = shape.days[3 * len(shape.days) // 5]
    first = day.to_period("Q").end_time.normalize() + pd.Timedelta(days=1)
    return first, first.to_period("Q").end_time.normalize()


def programme_region(shape: Shape) -> str:
    """Return the region that runs the programme: Busan, or else the first."""
    return PROGRAMME_REGION if PROGRAMME_REGION in shape.regions else next(iter(shape.regions))
