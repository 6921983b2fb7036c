"""What the tests of the models of buying share: the CDNOW sample, models with known parameters, simulated buyers."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from crmlab.customers import count_customers, count_repeats, summarize_customers
from crmlab.estimation import Maximum

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"
CDNOW = Path(os.environ.get("CRMLAB_CDNOW", SHARED / "data" / "CDNOW_sample.txt"))
REFERENCE = Path(os.environ.get("CRMLAB_REFERENCE", SHARED / "reference"))
needs_cdnow = pytest.mark.skipif(
    not CDNOW.exists(), reason="the CDNOW sample is not here; name its file in CRMLAB_CDNOW"
)
needs_reference = pytest.mark.skipif(
    not REFERENCE.exists(), reason="the published tables are not here; name their folder in CRMLAB_REFERENCE"
)


def known(kind: Any, *parameters: float) -> Any:
    """A model with these parameters, known without error."""
    size = len(kind.NAMES)
    top = Maximum(kind.NAMES, np.log(parameters), np.zeros((size, size)), 0.0, converged=True)
    return kind(lambda _: pd.DataFrame(), top, 0.0, "W")


def cdnow() -> tuple[pd.DataFrame, pd.DataFrame]:
    """The customers of CDNOW as seen after 39 weeks, and the repeat purchases by week."""
    rows = pd.read_csv(CDNOW, sep=r"\s+", header=None, usecols=[1, 2, 4], dtype={1: str})
    rows.columns = ["customer_id", "ordered_at", "amount"]
    orders = rows.assign(ordered_at=pd.to_datetime(rows["ordered_at"], format="%Y%m%d"))
    options = {"observation_end": "1998-06-30", "calibration_end": "1997-09-30"}
    return summarize_customers(orders, **options), count_repeats(orders, **options)


def printed(customers: pd.DataFrame) -> pd.DataFrame:
    """Counts with weeks rounded as in the data file that the papers were fitted to."""
    return count_customers(customers, decimals=2)


def check_gradient(kind: Any, parameters: np.ndarray, *history: np.ndarray) -> None:
    """Hold the gradient of a likelihood against central differences."""
    _, slope = kind._log_likelihood(parameters, *history)
    for i, width in enumerate(1e-6 * parameters):
        shift = np.eye(len(parameters))[i] * width
        up, down = (kind._log_likelihood(parameters + sign * shift, *history)[0] for sign in (1, -1))
        np.testing.assert_allclose(slope[i], (up - down) / (2 * width), rtol=1e-4, atol=1e-4)


def check_grouping(kind: Any, buyers: pd.DataFrame) -> None:
    """Hold fits to rows, to shuffled rows and to counts against each other."""
    fitted = kind.fit(buyers)
    for other in (kind.fit(buyers.sample(frac=1, random_state=1)), kind.fit(count_customers(buyers, kind.COLUMNS))):
        np.testing.assert_allclose(other.parameters, fitted.parameters, rtol=1e-9)
        np.testing.assert_allclose(other.covariance, fitted.covariance, rtol=1e-6)
        pd.testing.assert_frame_equal(other.table, fitted.table)


def missed(kind: Any, truth: tuple[float, ...], samples: list[pd.DataFrame]) -> pd.Series:
    """How many of the 95 % intervals fitted to simulated samples miss: parameters, a new customer, the totals."""
    from scripts.calibrate.buyers import checked

    rows = [row for sample in samples for row in checked(kind, truth, sample)]
    table = pd.DataFrame(rows, columns=["what", "truth", "estimate", "low", "high"])
    outside = (table["truth"] < table["low"]) | (table["truth"] > table["high"])
    return outside.groupby(table["what"]).sum()
