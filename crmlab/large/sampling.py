"""Some customers with all their orders: the same ones in any engine, chosen by a hash of the id."""

from __future__ import annotations

from hashlib import md5
from typing import Any

import pandas as pd

from crmlab.engines import collect, columns_of
from crmlab.engines.frames import day_of, lazily

_DIGITS = 12  # of the hash, in hexadecimal


def sample_customers(orders: Any, share: float, seed: int = 11) -> pd.DataFrame:
    """Return all orders of a share of the customers: `customer_id`, `ordered_at` (the day) and `amount`.

    Whether a customer is among them depends on the id and the seed alone, so that next month's sample holds the same
    people, and every engine chooses the same. Numbers and text that look alike are one id.

    Parameters
    ----------
    orders
        A frame of any engine.
    share
        Of the customers, from 0 to 1.
    seed
        Another seed chooses others.

    Raises
    ------
    ValueError
        If `share` is out of range, or `ordered_at` holds no dates.

    Examples
    --------
    >>> days = pd.to_datetime(["2025-01-01"] * 1000)
    >>> orders = pd.DataFrame({"customer_id": range(1000), "ordered_at": days})
    >>> len(sample_customers(orders, 0.1))
    111
    """
    import narwhals as nw

    if not 0 <= share <= 1:
        raise ValueError(f"share is {share}; give a part of 1")
    amount = [nw.col("amount").cast(nw.Float64)] if "amount" in columns_of(orders) else []
    when = day_of(orders, "ordered_at", "orders")
    rows = lazily(orders).select("customer_id", *amount, ordered_at=when)
    frame = collect(_chosen(rows, share, f"{seed}:"))
    columns = ["customer_id", "ordered_at", "amount"] if amount else ["customer_id", "ordered_at"]
    return frame[columns].sort_values(columns, ignore_index=True)


def _chosen(rows: Any, share: float, salt: str) -> Any:
    """Return the rows whose hash is small enough: found by the engine, or here for frames in memory."""
    import narwhals as nw

    if share == 1:
        return rows
    below, known = f"{int(share * 16**_DIGITS):0{_DIGITS}x}", rows.implementation
    if known.is_duckdb():
        return nw.from_native(rows.to_native().filter(f"md5('{salt}' || customer_id::varchar) < '{below}'"))
    if known.is_spark_like():
        return nw.from_native(rows.to_native().where(f"md5(concat('{salt}', string(customer_id))) < '{below}'"))
    ids = collect(rows.select("customer_id").unique())["customer_id"].dropna()
    kept = [one for one in ids if md5(f"{salt}{one}".encode(), usedforsecurity=False).hexdigest() < below]
    return rows.filter(nw.col("customer_id").is_in(kept))
