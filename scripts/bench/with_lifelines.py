"""The same of lifelines, on the raw rows, which are made ready for it outside the time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
from lifelines import CoxPHFitter, KaplanMeierFitter


def kaplan_meier(path: Path) -> Any:
    """Draw a survival curve from one row a contract, with its intervals."""
    data = pd.read_parquet(path)

    def call() -> dict[str, float]:
        fit = KaplanMeierFitter().fit(data["duration"], data["churned"])
        band = fit.confidence_interval_.set_axis(["low", "high"], axis=1).fillna(1.0)
        return {"estimate": float(fit.survival_function_.mean().iloc[0]), **band.mean().to_dict()}

    return call


def cox(path: Path) -> Any:
    """Fit Cox's regression to one row a contract; categories are columns of 0 and 1 already."""
    data = pd.get_dummies(pd.read_parquet(path), drop_first=True, dtype=float, prefix="", prefix_sep="")
    return lambda: CoxPHFitter().fit(data, "duration", "churned").params_.to_dict()


cox_by_second = cox
