"""The firms that `b2b` sells to, and how they come to it.

A firm comes through a channel, belongs to a region, and is large or small. Size moves what it saves, what it pays and
how gladly it buys. Everything random about a firm is drawn once; what it does follows by rules without chance.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import ndtri

from crmlab.simulation.days import draw_days
from crmlab.simulation.parameters import stream

START, MONTHS = pd.Timestamp("2023-01-01"), 36
END = pd.Timestamp("2025-12-31")
FIRST_DAYS = pd.date_range(START, periods=MONTHS + 1, freq="MS")
REGIONS = ("Seoul", "Gyeonggi", "Busan", "Daejeon")
REGION_SHARES = (0.40, 0.30, 0.18, 0.12)
INDUSTRIES = ("manufacturing", "logistics", "retail", "health care", "software", "education")
INDUSTRY_SHARES = (0.30, 0.16, 0.18, 0.12, 0.14, 0.10)
SEASON = np.array([0.9, 0.8, 1.1, 1.05, 1.0, 1.0, 0.85, 0.8, 1.1, 1.1, 1.15, 1.0])
MEDIAN_EMPLOYEES, EMPLOYEES_SPREAD = 50, 1.1  # lognormal
LEADS_PER_CUSTOMER = 4.2


@dataclass(frozen=True)
class Channel:
    """One way in which firms come to us."""

    name: str
    share: float  # of all leads
    budget: float  # won in a standard month
    fit: float  # log odds of being qualified, relative to the average


CHANNELS = (
    Channel("web", 0.35, 6_000_000, -0.3),
    Channel("cold call", 0.25, 3_000_000, -0.5),
    Channel("trade fair", 0.22, 9_000_000, 0.3),
    Channel("partner", 0.18, 4_000_000, 0.9),
)


def draw_firms(spend: np.ndarray, size: float, seed: int) -> pd.DataFrame:
    """Draw the firms that come in, in order of time: one row each.

    Parameters
    ----------
    spend
        Money spent on attracting firms, relative to a standard month: one row a channel, one column a month.
    size
        About how many customers the company shall win.
    """
    draw = stream(seed, "b2b firms")
    shares = np.array([channel.share for channel in CHANNELS])
    means = shares[:, None] * SEASON[np.arange(MONTHS) % 12] * np.linspace(0.9, 1.1, MONTHS) * spend**0.4
    counts = draw.poisson(LEADS_PER_CUSTOMER * size * means / means.sum())
    channel, month = (np.repeat(index.ravel(), counts.ravel()) for index in np.indices(counts.shape))
    firms = pd.DataFrame(
        {
            "created_on": draw_days(
                FIRST_DAYS[month], FIRST_DAYS[month + 1] - pd.Timedelta(days=1), draw.random(len(month)), 0.15, 0.1
            ),
            "channel": np.array([channel.name for channel in CHANNELS], dtype=object)[channel],
            "fit": np.array([channel.fit for channel in CHANNELS])[channel],
            "region": pick(REGIONS, REGION_SHARES, draw.random(len(month))),
            "industry": pick(INDUSTRIES, INDUSTRY_SHARES, draw.random(len(month))),
            "employees": _employees(draw.random(len(month))),
            "luck": draw.random(len(month)),
        }
    )
    return firms.sort_values(["created_on", "luck"], ignore_index=True).drop(columns="luck")


def pick(names: tuple[str, ...], shares: tuple[float, ...], chance: np.ndarray) -> np.ndarray:
    """Return the names that uniform chances fall on."""
    edges = np.cumsum(shares)
    return np.array(names, dtype=object)[np.searchsorted(edges, chance, side="right").clip(max=len(names) - 1)]


def _employees(chance: np.ndarray) -> np.ndarray:
    number = MEDIAN_EMPLOYEES * np.exp(EMPLOYEES_SPREAD * ndtri(chance.clip(1e-9, 1 - 1e-9)))
    return np.round(number).clip(5, 3000).astype(int)


def log_size(firms: pd.DataFrame) -> np.ndarray:
    """Return the log of each firm's employees, relative to the firm in the middle."""
    return np.log(firms["employees"].to_numpy(float) / MEDIAN_EMPLOYEES)


def customer_table(won: pd.DataFrame) -> pd.DataFrame:
    """Return the table `customers` from the leads that were won."""
    return pd.DataFrame(
        {
            "customer_id": won["customer_id"],
            "acquired_on": won["won_on"],
            "channel": won["channel"],
            "region": won["region"],
            "industry": won["industry"],
            "employees": won["employees"].astype("Int64"),
        }
    )
