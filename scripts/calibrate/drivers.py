"""Drivers of satisfaction: LMG shares, the effect where a process failed, and the way through a mediator."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from crmlab.drivers import Drivers, Interaction, Mediation, lmg_shares

Sample = tuple[str, float, float, float, float]


def samples(seed: int) -> Iterable[Sample]:
    """Yield (what, truth, estimate, low, high) for one simulated survey."""
    rng = np.random.default_rng(seed)
    for halo in (0.0, 0.5, 0.8):
        process, own, noise = rng.normal(size=(3, 250))
        attitude = halo * process + np.sqrt(1 - halo**2) * own
        rows = pd.DataFrame({"process": process, "attitude": attitude, "csat": 2 * process + attitude + 2 * noise})
        table = Drivers.fit(rows, seed=seed).table
        yield _row(f"share of process, halo {halo:g}", float(lmg_shares([2, 1], halo).iloc[0]), table.loc["process"])
        indirect = Mediation.fit(rows, "process", "attitude", "csat", seed=seed).table.loc["indirect"]
        yield _row(f"indirect effect, halo {halo:g}", halo, indirect)
    process, attitude = rng.integers(1, 11, (2, 200))
    felt = np.where(process < 5, 0.1, 0.4) * attitude
    spread = np.where(process < 5, 1.5, 0.7)
    rows = pd.DataFrame({"process": process, "attitude": attitude})
    rows["csat"] = 0.3 * process + felt + spread * rng.normal(size=200)
    table = Interaction.fit(rows, failed_below=5).table
    for name, truth in zip(table.index, (0.1, 0.4, 0.3), strict=True):
        yield _row(f"effect of attitude, {name}", truth, table.loc[name])


def _row(what: str, truth: float, got: Any) -> Sample:
    return what, truth, float(got["estimate"]), float(got["low"]), float(got["high"])
