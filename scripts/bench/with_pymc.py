"""The same of pymc-marketing, fitted by its maximum a posteriori, in an optional environment of its own."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import pandas as pd

clv: Any = import_module("pymc_marketing.clv")
END = "2025-12-31"


def bg_nbd(path: Path) -> Any:
    """Find the most probable parameters of the BG/NBD under the default priors."""
    data = pd.read_parquet(path)
    data = data.assign(customer_id=range(len(data)))

    def call() -> dict[str, float]:
        model = clv.BetaGeoModel(data=data)
        model.fit(method="map", progressbar=False)
        found = model.fit_summary()
        return {name: float(found[name]) for name in ("r", "alpha", "a", "b")}

    return call


def orders(path: Path) -> Any:
    """Summarise orders."""
    data = pd.read_parquet(path)
    options = {"monetary_value_col": "amount", "observation_period_end": END, "time_unit": "D", "time_scaler": 7}

    def call() -> dict[str, float]:
        summary = clv.utils.rfm_summary(data, "customer_id", "ordered_at", **options)
        return summary[["frequency", "recency", "T", "monetary_value"]].sum().to_dict()

    return call
