"""What is measured: the work, its sizes, the peers, and by how many times crmlab is to be the faster."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import pandas as pd
import simulated

SECOND = 12 / (365.25 * 24 * 3600)  # in months


@dataclass(frozen=True)
class Row:
    """One kind of work.

    Attributes
    ----------
    what
        For the table.
    data
        Makes the table of a size.
    floors
        By size and peer: how many times faster than the peer crmlab is to be; None where nothing is asked.
    note
        What the page has to say about it.
    task
        The function of the modules `with_PEER`; by default that of the row's name.
    """

    what: str
    data: Callable[[int], pd.DataFrame]
    floors: Mapping[int, Mapping[str, float | None]]
    note: str = ""
    task: str = ""

    @property
    def peers(self) -> list[str]:
        """The peers, in order."""
        return list(dict.fromkeys(peer for floors in self.floors.values() for peer in floors))


def _floors(peer_floors: dict[str, tuple[float, ...]], sizes: tuple[int, ...]) -> dict[int, dict[str, float]]:
    return {size: {peer: floor[i] for peer, floor in peer_floors.items()} for i, size in enumerate(sizes)}


SAMPLE = 2357  # the size of the CDNOW sample, which comes with lifetimes; without it buyers like those are simulated
BUYERS = (SAMPLE, 100_000, 1_000_000)
GROWING = {10**power: {} for power in range(4, 8)}
MILLION, ORDERS = 1_000_000, 10_000_000

ROWS = {
    "bg_nbd": Row(
        "BG/NBD, fit to one row a customer",
        simulated.buyers,
        _floors({"lifetimes": (25, 45, 50), "pymc": (400, 100, 40)}, BUYERS),
        note="pymc finds the most probable parameters under its priors, which are others than the likeliest",
    ),
    "gamma_gamma": Row(
        "gamma-gamma, fit to one row a customer", simulated.buyers, _floors({"lifetimes": (20, 25, 15)}, BUYERS)
    ),
    "value": Row(
        "value of each customer's next year",
        simulated.buyers,
        {100_000: {"lifetimes": 4}},
        note="ours discounts from the middle of each of 52 weeks, lifetimes from the end of each of 12 months",
    ),
    "orders": Row("orders to one row a customer, in pandas", simulated.orders, {ORDERS: {"lifetimes": 7, "pymc": 5}}),
    "orders_in_duckdb": Row(
        "orders to one row a customer, in DuckDB; the peer is SQL written by hand",
        simulated.orders,
        {ORDERS: {"duckdb": 1 / 1.6}},
    ),
    "orders_on_engines": Row(
        "orders to one row a customer, in pandas; the peer is the same function on another engine",
        simulated.orders,
        {MILLION: {"polars": None, "duckdb": None, "spark": None}},
        note="whichever is the faster, the answers are to be the same to 1e-9",
    ),
    "kaplan_meier": Row(
        "Kaplan–Meier by day, with intervals, from one row a contract",
        partial(simulated.contracts, step=12 / 365.25),
        {MILLION: {"lifelines": 2}},
    ),
    "cox": Row(
        "Cox by month, six covariates of few levels, from one row a contract",
        partial(simulated.contracts, step=1.0),
        {MILLION: {"lifelines": 3}},
    ),
    "cox_by_second": Row(
        "Cox with times to the second, from one row a contract",
        partial(simulated.contracts, step=SECOND),
        {MILLION: {"lifelines": 10}},
        note="nothing is rounded; the time grows with the number of rows, so there is no precision to lose",
    ),
    "bg_nbd_growing": Row("BG/NBD, from rows by the day", simulated.buyers, GROWING, task="bg_nbd"),
    "bg_nbd_counted": Row("BG/NBD, from counts by whole weeks", simulated.buyers, GROWING),
    "contracts_growing": Row(
        "Kaplan–Meier, from rows by the month",
        partial(simulated.contracts, step=1.0),
        GROWING,
        task="kaplan_meier",
    ),
    "contracts_counted": Row("Kaplan–Meier, from counts by the month", partial(simulated.contracts, step=1.0), GROWING),
}
