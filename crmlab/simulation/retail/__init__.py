"""The company `retail`: customers order when they like and never say goodbye.

The shop is made block by block of 10,000 customers (`people`), each with the orders and the baskets (`orders`), and
with what the customer is like and how three departments see it (`classes`).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from crmlab.company import Company, Truth
from crmlab.simulation.parameters import build
from crmlab.simulation.retail import classes, orders, people
from crmlab.simulation.retail.people import BLOCK, Retail, Shape, default_shape

CUSTOMERS = 4000

Frames = dict[str, pd.DataFrame]


def simulate(
    customers: int | None, seed: int, switches: dict[str, float], shape: Shape | None = None, first: int = 0
) -> Company:
    """Simulate the shop: its tables and their truth.

    Parameters
    ----------
    customers
        How many customers; 4,000 if not given.
    seed, switches
        As in `simulate_company`.
    shape
        What the shop looks like from outside; the built-in shop's if not given.
    first
        How many customers to leave out before the first one, whole blocks of 10,000. A large shop is made in parts so.

    Raises
    ------
    ValueError
        If a parameter is unknown or out of range, or `first` does not end a block.

    Examples
    --------
    >>> simulate(2, 11, {}).customers["customer_id"].to_list()
    ['C00000001', 'C00000002']
    >>> simulate(2, 11, {}, first=10_000).customers["customer_id"].to_list()
    ['C00010001', 'C00010002']
    """
    if first % BLOCK:
        raise ValueError(f"first is {first}; a part of a shop begins after whole blocks of {BLOCK:,} customers")
    mechanism = build(Retail, switches)
    shape = shape or default_shape(mechanism)
    clock = people.clocks(mechanism, shape, classes.blend(classes.WEEKENDS, mechanism.class_contrast))
    last = first + (customers or CUSTOMERS)
    blocks = range(first // BLOCK, -(-last // BLOCK))
    made = [_block(mechanism, shape, clock, block, seed, min(BLOCK, last - block * BLOCK)) for block in blocks]
    tables, known = (_join([pair[side] for pair in made]) for side in (0, 1))
    known["programme"] = _programme(shape, known["programme"])
    tables["products"], known["treatments"] = orders.products(), classes.treatments(mechanism)
    return Company("retail", tables, shape.end, truth=Truth(mechanism.table(), known))


def _block(
    mechanism: Retail, shape: Shape, clock: np.ndarray, block: int, seed: int, count: int
) -> tuple[Frames, Frames]:
    """Return tables and truth of the first `count` customers of a block; all of them are drawn."""
    kind = classes.draw_classes(block, seed)
    behaviour = people.draw_behaviour(mechanism, shape, block, seed) | {"kind": kind}
    placed = orders.place_orders(behaviour, clock, block, seed)
    who = placed["who"]
    profile = classes.draw_profile(mechanism, shape, kind, block, seed)
    customers = people.make_customers(shape, behaviour["first_day"], profile, block, seed)
    bought = orders.make_orders(mechanism, shape, placed, behaviour["mean_amount"], block, seed)
    region = customers["region"].to_numpy()[who]
    lines, pieces = orders.make_lines(mechanism, shape, bought, kind[who], region, block, seed)
    tickets = classes.make_tickets(mechanism, shape, bought, who, kind, block, seed)
    of_orders = {"orders": bought, "order_lines": lines, "tickets": tickets}
    spent, asked = np.bincount(who, bought["amount"]), np.bincount(who[tickets.index], minlength=BLOCK)
    customers = classes.add_segments(customers, spent, asked, shape.days[0].year)
    known = _known(shape, customers["customer_id"], behaviour, placed)
    rows = int(np.searchsorted(who, count))  # orders of the customers that are kept
    tables = {"customers": customers[:count]} | {name: frame.loc[: rows - 1] for name, frame in of_orders.items()}
    return tables, {"customers": known[:count], "programme": pieces.loc[: rows - 1].groupby("region").sum()}


def _known(shape: Shape, customer_id: pd.Series, behaviour: dict[str, Any], placed: dict[str, Any]) -> pd.DataFrame:
    """Return what is true of each customer: class, rates, and the day on which they left without a word."""
    left = pd.Series(shape.days[placed["left"]]).where(placed["left"] >= 0)
    return pd.DataFrame(
        {
            "customer_id": customer_id,
            "class": np.array(classes.CLASSES, dtype=object)[behaviour["kind"]],
            "weekly_rate": behaviour["weekly_rate"].round(8),
            "leaving_probability": behaviour["leaving"].round(8),
            "mean_amount": behaviour["mean_amount"].round(2),
            "left_on": left,
            "orders": np.bincount(placed["who"], minlength=BLOCK),
        }
    )


def _join(frames: list[Frames]) -> Frames:
    """Put the tables of the blocks together, one table after the other, and let the blocks go."""
    return {
        name: pd.concat([block.pop(name) for block in frames], ignore_index=name != "programme")
        for name in list(frames[0])
    }


def _programme(shape: Shape, pieces: pd.DataFrame) -> pd.DataFrame:
    """Return the pieces sold in the quarter of the programme by region, with and without it."""
    first, last = orders.programme_quarter(shape)
    sums = pieces.groupby("region").sum().reset_index()
    ran = sums["region"] == orders.programme_region(shape)
    return sums.assign(first_day=first, last_day=last, programme=ran)
