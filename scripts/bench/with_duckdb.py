"""DuckDB: SQL written by hand, and crmlab's own function on a DuckDB table."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

SUMMARY = """
with days as (
    select customer_id, ordered_at::date as day, sum(amount) as amount
    from orders where ordered_at::date <= date '2025-12-31' group by all
), firsts as (
    select *, min(day) over (partition by customer_id) as first from days
)
select customer_id,
    count(*) - 1 as frequency,
    (max(day) - min(day)) / 7.0 as recency,
    (date '2025-12-31' - min(day)) / 7.0 as "T",
    coalesce(avg(amount) filter (where day > first), 0) as monetary_value
from firsts group by customer_id order by customer_id
"""


def orders_in_duckdb(path: Path) -> Any:
    """Summarise orders and bring the summary into pandas."""
    base = duckdb.connect()
    base.execute("create table orders as select * from read_parquet(?)", [str(path)])

    def call() -> pd.Series:
        summary = base.sql(SUMMARY).df()
        return summary[["frequency", "recency", "T", "monetary_value"]].sum()

    return call


def orders_on_engines(path: Path) -> Any:
    """Summarise orders with crmlab."""
    import with_crmlab

    return with_crmlab.orders_in_duckdb(path)
