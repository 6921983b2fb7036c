"""A company of orders that do not fit into memory: all customers as counts, some with their whole histories."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from crmlab.company import Company
from crmlab.data import save
from crmlab.engines import collect
from crmlab.engines.frames import day_of, lazily
from crmlab.large.counting import OrderCounts, count_orders
from crmlab.large.opening import opened
from crmlab.large.sampling import sample_customers


def adopt_orders(
    source: Any,
    out: str | Path | None = None,
    *,
    observation_end: str | None = None,
    engine: str = "duckdb",
    sample: int = 50_000,
    columns: Mapping[str, str | int] | None = None,
    name: str | None = None,
    currency: str = "KRW",
    master: str | None = None,
    memory: str = "4GiB",
    separator: str | None = None,
    header: bool = True,
    lines: bool = False,
    overwrite: bool = False,
    progress: bool = False,
) -> Company:
    """Make a company of any number of orders, and print what is counted of all and what is a sample.

    The company has the tables `buyer_counts` and `spend_counts`, which count *all* customers and which the models take
    as they are, and `orders`, the whole histories of a *sample* of customers, on which the lessons run.

    Parameters
    ----------
    source
        A file of Parquet or delimited text, a folder of them, a pattern; or a frame of any engine.
    out, overwrite
        A folder to save the company in, and whether to replace it.
    observation_end
        The last day of the observation, else the last that occurs.
    engine, master, memory, columns, separator, header, lines, progress
        As in `count_orders`.
    sample
        About how many customers come with all their orders.
    name, currency
        What the company is called, else as `out`; of the money.

    Raises
    ------
    ValueError
        As `count_orders`; DataError if an order of the sample does not fit the data dictionary; FileExistsError if
        `out` may not be replaced.

    Examples
    --------
    >>> days = pd.to_datetime(["2024-01-01", "2024-01-15", "2024-01-08", "2024-01-09"])
    >>> orders = pd.DataFrame({"customer_id": list("aabc"), "ordered_at": days, "amount": [10.0, 20.0, 30.0, 5.0]})
    >>> company = adopt_orders(orders, name="shop")
    The observation is taken to end on 2024-01-15, the last day that occurs.
    All 3 customers are counted (2 histories in whole weeks): tables buyer_counts and spend_counts.
    Of all of them every order is kept: table orders, 4 rows.
    """
    if sample < 1:
        raise ValueError(f"sample is {sample}; give 1 customer or more")
    options = {"columns": columns, "master": master, "memory": memory, "separator": separator}
    options |= {"header": header, "lines": lines, "progress": progress}
    with opened(source, engine, **options) as orders:
        end = observation_end or _last_day(orders)
        if observation_end is None:
            print(f"The observation is taken to end on {end}, the last day that occurs.")
        counts = count_orders(orders, end)
        some = sample_customers(orders, min(1.0, sample / counts.customers))
    some = some[some["ordered_at"] <= pd.Timestamp(end)]
    some = some.assign(customer_id=some["customer_id"].astype(str))
    called = name or (Path(out).resolve().name if out is not None else "orders")
    kept = some["customer_id"].nunique()
    if kept < counts.customers:
        called = f"{called} ({kept:,} of {counts.customers:,} customers)"
    company = Company(called, _tables(counts, some), end, currency)
    if out is not None:
        save(company, out, overwrite)
    _say(counts, kept, len(some))
    return company


def _tables(counts: OrderCounts, some: pd.DataFrame) -> dict[str, pd.DataFrame]:
    tables = {"orders": some if "amount" in some else some.assign(amount=0.0), "buyer_counts": counts.table}
    return tables | ({"spend_counts": counts.spend} if len(counts.spend) else {})


def _last_day(orders: Any) -> str:
    day = collect(lazily(orders).select(day_of(orders, "ordered_at", "orders").max().alias("day")))["day"].iloc[0]
    if pd.isna(day):
        raise ValueError("orders: ordered_at holds no day at all")
    return f"{pd.Timestamp(day):%Y-%m-%d}"


def _say(counts: OrderCounts, kept: int, rows: int) -> None:
    tables = "tables buyer_counts and spend_counts" if len(counts.spend) else "table buyer_counts"
    print(f"All {counts.customers:,} customers are counted ({len(counts.table):,} histories in whole weeks): {tables}.")
    if kept < counts.customers:
        print(f"A sample of {kept:,} customers, chosen by a hash of the id, is kept order by order: {rows:,} rows.")
        print("Lessons look at the sample; fit models to the counts: crm.BetaGeo.fit(company.buyer_counts).")
    else:
        print(f"Of all of them every order is kept: table orders, {rows:,} rows.")
