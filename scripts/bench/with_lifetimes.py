"""The same of lifetimes, which is no longer kept and runs in an environment of its own."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import pandas as pd

lifetimes: Any = import_module("lifetimes")
END = "2025-12-31"


def bg_nbd(path: Path) -> Any:
    """Fit the BG/NBD to one row a customer."""
    data = pd.read_parquet(path)
    return lambda: _buying(data).params_.to_dict()


def gamma_gamma(path: Path) -> Any:
    """Fit the gamma-gamma model to those who came back; they are chosen within the time, as by any user."""
    data = pd.read_parquet(path)
    return lambda: _spend(data).params_.to_dict()


def value(path: Path) -> Any:
    """Value what customers will buy in a year of twelve months, from fitted models."""
    data = pd.read_parquet(path)
    buying, spend = _buying(data), _spend(data)
    columns = [data[name] for name in ("frequency", "recency", "T", "monetary_value")]

    def call() -> dict[str, float]:
        values = spend.customer_lifetime_value(buying, *columns, time=12, discount_rate=0.0087, freq="W")
        return {"total": float(values.sum())}

    return call


def orders(path: Path) -> Any:
    """Summarise orders."""
    data = pd.read_parquet(path)
    summarize = import_module("lifetimes.utils").summary_data_from_transaction_data
    options = {"monetary_value_col": "amount", "observation_period_end": END, "freq": "D", "freq_multiplier": 7}

    def call() -> dict[str, float]:
        summary = summarize(data, "customer_id", "ordered_at", **options)
        return summary[["frequency", "recency", "T", "monetary_value"]].sum().to_dict()

    return call


def _buying(data: pd.DataFrame) -> Any:
    return lifetimes.BetaGeoFitter().fit(data["frequency"], data["recency"], data["T"])


def _spend(data: pd.DataFrame) -> Any:
    back = data[data["frequency"] > 0]
    return lifetimes.GammaGammaFitter().fit(back["frequency"], back["monetary_value"])
