"""Samples for recurring revenue: the share who leave in a month, its rise, and the revenue some months ahead."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from crmlab.revenue import churn_rates, churn_rise, project_revenue

BEFORE, DURING, JOINING, CUSTOMERS, FEE, AHEAD = 0.05, 0.08, 20, 400, 10.0, 6
Row = tuple[str, float, float, float, float]


def samples(seed: int) -> Iterator[Row]:
    """Yield what two years say in the second of which more customers leave, and hold the projection to what comes."""
    rows = _months(np.random.default_rng(seed))
    monthly, later = rows.iloc[:24], rows.iloc[24:]
    rates = churn_rates(monthly, "2025-01", "2025-12")
    rate: Any = rates.iloc[0]
    yield "share who leave in a month", DURING, rate["estimate"], rate["low"], rate["high"]
    rise: Any = churn_rise(monthly, ("2024-01", "2024-12"), ("2025-01", "2025-12")).iloc[0]
    yield "rise of that share", DURING - BEFORE, rise["estimate"], rise["low"], rise["high"]
    ahead: Any = project_revenue(monthly, rates, months=AHEAD).iloc[-1]
    came = float(later["revenue"].iloc[AHEAD - 1])
    yield f"revenue in {AHEAD} months", came, ahead["estimate"], ahead["low"], ahead["high"]


def _months(draw: np.random.Generator) -> pd.DataFrame:
    rows, customers = [], CUSTOMERS
    for month in pd.date_range("2024-01-01", periods=24 + AHEAD, freq="MS"):
        left = draw.binomial(customers, BEFORE if month.year == 2024 else DURING)
        joined = draw.poisson(JOINING)
        customers += joined - left
        rows.append((month, customers, joined, left, FEE * customers))
    return pd.DataFrame(rows, columns=["month", "customers", "joined", "left", "revenue"])
