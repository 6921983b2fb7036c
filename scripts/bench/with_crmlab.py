"""What crmlab is asked for: each function takes the data and returns the call that is timed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd

from crmlab.buyers import BetaGeo, GammaGamma
from crmlab.churn import ChurnCurve
from crmlab.customers import count_customers, summarize_customers
from crmlab.hazards import HazardModel
from crmlab.lifetime_value import customer_value

END = "2025-12-31"
COVARIATES = ["plan", "channel", "discount", "band", "app", "calls"]
Answer = dict[str, float] | pd.Series
Call = Callable[[], Answer]


def bg_nbd(path: Path) -> Call:
    """Fit the BG/NBD to one row a customer."""
    data = pd.read_parquet(path)
    return lambda: BetaGeo.fit(data).parameters


def gamma_gamma(path: Path) -> Call:
    """Fit the gamma-gamma model to one row a customer."""
    data = pd.read_parquet(path)
    return lambda: GammaGamma.fit(data).parameters


def value(path: Path) -> Call:
    """Value what customers will buy in a year, from fitted models."""
    data = pd.read_parquet(path)
    buying, spend = BetaGeo.fit(data), GammaGamma.fit(data)

    def call() -> Answer:
        table = customer_value(buying, spend, data, horizon=52, discount_rate=0.002, margin=1.0)
        return {"total": float(table["value"].sum())}

    return call


def orders(path: Path) -> Call:
    """Summarise orders that lie in a pandas frame."""
    data = pd.read_parquet(path)
    return lambda: summed(summarize_customers(data, END))


def orders_in_duckdb(path: Path) -> Call:
    """Summarise orders that lie in a DuckDB table."""
    base = duckdb.connect()
    base.execute("create table orders as select * from read_parquet(?)", [str(path)])
    return lambda: summed(summarize_customers(base.table("orders"), END))


def orders_on_engines(path: Path) -> Call:
    """Summarise orders that lie in a pandas frame; the peers do it on their engines."""
    return orders(path)


def summed(summary: pd.DataFrame) -> Answer:
    """Return the sums of a summary, by which peers are compared."""
    sums = summary[["frequency", "recency", "T", "monetary_value"]].sum()
    return {str(name): float(total) for name, total in sums.items()}


def kaplan_meier(path: Path) -> Call:
    """Draw a survival curve from one row a contract, with its intervals."""
    data = pd.read_parquet(path)

    def call() -> Answer:
        table = ChurnCurve.from_counts(data).table
        return {column: float(table[column].mean()) for column in ("estimate", "low", "high")}

    return call


def cox(path: Path) -> Call:
    """Fit Cox's regression to one row a contract."""
    data = pd.read_parquet(path)
    return lambda: HazardModel.fit(data, COVARIATES).coefficients.rename(lambda name: name.split(": ")[-1])


cox_by_second = cox


def bg_nbd_counted(path: Path) -> Call:
    """Fit the BG/NBD to counts by whole weeks."""
    data = pd.read_parquet(path)[["frequency", "recency", "T"]]
    counts = count_customers(np.ceil(data))
    return lambda: BetaGeo.fit(counts).parameters


def contracts_counted(path: Path) -> Call:
    """Draw a survival curve from counts of contracts by month."""
    counts: Any = count_customers(pd.read_parquet(path), ["duration", "churned"])
    return lambda: {"estimate": float(ChurnCurve.from_counts(counts).table["estimate"].mean())}
