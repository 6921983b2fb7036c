"""The company `retail`: customers order when they like and never say goodbye.

The shop is made block by block of 10,000 customers: who they are (`people`), what they order (`orders`), what they are
like and how three departments see it (`classes`), how they came and which advertising they met (`touches`), and what
our systems recorded of them (`crmlab.simulation.records`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from crmlab.company import Company, Truth
from crmlab.simulation import records
from crmlab.simulation.parameters import build
from crmlab.simulation.records import Records
from crmlab.simulation.retail import classes, orders, people, touches
from crmlab.simulation.retail.people import BLOCK, Retail, Shape, default_shape
from crmlab.simulation.retail.piles import Pile
from crmlab.simulation.retail.touches import Touches
from crmlab.simulation.retail.visitors import MODEL

CUSTOMERS = 3000
OF_THE_WHOLE = ("products", "parameters", "treatments", "causes")  # tables that do not grow with the customers
ORDER = ("order_id", "customer_id", "ordered_at", "record_id", "amount")

Frames = dict[str, pd.DataFrame]


@dataclass(frozen=True)
class Shop(Touches, Records, Retail):
    """All parameters of the shop: of buying, of what the systems record, and of advertising."""


def simulate(
    customers: int | None, seed: int, switches: dict[str, float], shape: Shape | None = None, first: int = 0
) -> Company:
    """Simulate the shop: its tables and their truth.

    Parameters
    ----------
    customers
        How many customers; 3,000 if not given.
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
    mechanism = build(Shop, switches)
    shape = shape or default_shape(mechanism)
    clock = people.clocks(mechanism, shape, classes.blend(classes.WEEKENDS, mechanism.class_contrast), seed)
    last = first + (customers or CUSTOMERS)
    blocks = range(first // BLOCK, -(-last // BLOCK))
    made = (_block(mechanism, shape, clock, block, seed, min(BLOCK, last - block * BLOCK)) for block in blocks)
    tables, known = _join(made, len(blocks))
    known["programme"] = _programme(shape, known["programme"])
    known["treatments"] = classes.treatments(mechanism)
    known["causes"] = MODEL.causes()
    tables = {name: table for name, table in tables.items() if len(table)} | {"products": orders.products()}
    return Company("retail", tables, shape.end, truth=Truth(mechanism.table(), known))


def _block(
    mechanism: Shop, shape: Shape, clock: np.ndarray, block: int, seed: int, count: int
) -> tuple[Frames, Frames]:
    """Return tables and truth of the first `count` customers of a block; all of them are drawn."""
    kind = classes.draw_classes(block, seed)
    behaviour = people.draw_behaviour(mechanism, shape, block, seed) | {"kind": kind}
    placed = orders.place_orders(behaviour, clock, block, seed)
    who = placed["who"]
    profile = classes.draw_profile(mechanism, shape, kind, block, seed)
    customers = people.make_customers(shape, behaviour["first_day"], profile, block, seed)
    ids, mean_amount = customers["customer_id"].to_numpy(), behaviour["mean_amount"]
    bought = orders.make_orders(mechanism, shape, placed, mean_amount, ids, block, seed)
    region = customers["region"].to_numpy()[who]
    lines, pieces = orders.make_lines(mechanism, shape, bought, kind[who], region, block, seed)
    tickets = classes.make_tickets(mechanism, shape, bought, who, kind, block, seed)
    spent, asked = np.bincount(who, bought["amount"]), np.bincount(who[tickets.index], minlength=BLOCK)
    customers = classes.add_segments(customers, spent, asked, shape.days[0].year)
    known = _known(shape, customers["customer_id"], behaviour, placed)
    last = int(np.searchsorted(who, count)) - 1  # order of the customers that are kept
    of_orders = {"orders": bought, "order_lines": lines, "tickets": tickets}
    tables = {"customers": customers[:count]} | {name: frame.loc[:last] for name, frame in of_orders.items()}
    seen, links = _seen(mechanism, shape, tables, behaviour["first_day"][:count], block, seed)
    return tables | seen, links | {
        "customers": known[:count],
        "programme": pieces.loc[:last].groupby("region", as_index=False).sum(),
    }


def _seen(
    mechanism: Shop, shape: Shape, tables: Frames, first_day: np.ndarray, block: int, seed: int
) -> tuple[Frames, Frames]:
    """Return what the systems recorded and what advertising met, and whose records and visits they are."""
    customers, bought, window = tables["customers"], tables["orders"], (shape.start, shape.end)
    arrays = {name: customers[name].to_numpy() for name in ("customer_id", "gender", "region")}
    arrays |= {"first_day": first_day, "born": customers["birth_year"].to_numpy(dtype=int)}
    held, links = records.make(mechanism, arrays, seed, block, window)
    bought = bought.assign(record_id=records.account_of(held, links, bought))
    met, experiment, visitors = touches.make(mechanism, arrays, seed, block, window)
    seen = {"orders": bought[[*ORDER]], "source_records": held, "touches": met, "experiments": experiment}
    return seen, {"source_records": links, "visitors": visitors}


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


def _join(made: Iterable[tuple[Frames, Frames]], blocks: int) -> tuple[Frames, Frames]:
    """Put tables and truth of the blocks together."""
    piles: tuple[dict[str, Pile], dict[str, Pile]] = ({}, {})
    for pair in made:
        for side, frames in zip(piles, pair, strict=True):
            for name, frame in frames.items():
                side.setdefault(name, Pile(blocks)).add(frame)
    tables, known = ({name: pile.table() for name, pile in side.items()} for side in piles)
    return tables, known


def _programme(shape: Shape, pieces: pd.DataFrame) -> pd.DataFrame:
    """Return the pieces sold in the quarter of the programme by region, with and without it."""
    first, last = orders.programme_quarter(shape)
    sums = pieces.groupby("region", as_index=False).sum()
    ran = sums["region"] == orders.programme_region(shape)
    return sums.assign(first_day=first, last_day=last, programme=ran)
