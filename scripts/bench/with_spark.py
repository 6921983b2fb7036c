"""crmlab's own function on a frame of Spark, with two cores of this machine."""

from __future__ import annotations

from pathlib import Path

from with_crmlab import END, Call, summed

from crmlab.customers import summarize_customers
from crmlab.engines.cluster import read, session


def orders_on_engines(path: Path) -> Call:
    """Summarise orders that Spark keeps in memory."""
    columns = {name: name for name in ("customer_id", "ordered_at", "amount")}
    data = read(session("local[2]"), str(path), columns).cache()
    return lambda: summed(summarize_customers(data, END))
