"""crmlab's own function on a frame of polars."""

from __future__ import annotations

from pathlib import Path

import polars
from with_crmlab import END, Call, summed

from crmlab.customers import summarize_customers


def orders_on_engines(path: Path) -> Call:
    """Summarise orders that lie in a polars frame."""
    data = polars.read_parquet(path)
    return lambda: summed(summarize_customers(data, END))
