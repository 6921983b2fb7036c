"""The experiments that money for learning buys: three arms on one lever, drawn at random, all in the same quarter.

A trial runs in a test market beside the company, so only its money touches the result. The luck of a quarter meets all
arms alike, and so it drops out of what separates them; between two quarters of the ledger it does not. That is why an
experiment tells more about a lever than a look at what happened after it was moved.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import ndtri

from crmlab.estimation import Z95, wilson
from crmlab.game import quarter
from crmlab.game.market import Numbers

ARMS = {
    "attract": (10.0, 40.0, 120.0),  # million won a quarter, if it were done everywhere
    "acquire": (5.0, 20.0, 60.0),  # 1,000 won a lead
    "retain": (0.0, 5.0, 20.0),  # 1,000 won a customer
    "service": (0.0, 5.0, 20.0),  # 1,000 won a customer
}
_FEWEST, _SMALLEST_SHARE = 10, 0.01  # people in an arm; share of the market in an arm
MEASURES = {
    "attract": "leads a quarter",
    "acquire": "share won",
    "retain": "share lost",
    "service": "satisfaction",
}


@dataclass(frozen=True, eq=False)
class Trial:
    """What one experiment found, in one game or in several.

    Attributes
    ----------
    quarter, lever
        When, and on what.
    heads
        People in each arm; for `attract` the share of the market in each arm.
    estimate
        The measure in each arm (first axis): leads a quarter, share won, share lost, or mean satisfaction.
    """

    quarter: int
    lever: str
    heads: Any
    estimate: Any

    @property
    def count(self) -> Any:
        """Events counted in each arm; of no meaning for `service`, which is read from a survey."""
        return np.round(self.estimate * self.heads)

    def interval(self) -> tuple[Any, Any]:
        """Return the ends of the 95 % intervals, each arm by itself."""
        if self.lever == "attract":  # the square root of a Poisson count has a variance of a quarter
            root = np.sqrt(self.count)
            return np.maximum(root - Z95 / 2, 0) ** 2 / self.heads, (root + Z95 / 2) ** 2 / self.heads
        if self.lever == "service":
            return self.estimate - Z95 / np.sqrt(self.heads), self.estimate + Z95 / np.sqrt(self.heads)
        return wilson(self.count, np.broadcast_to(self.heads, np.shape(self.count)))

    def table(self) -> pd.DataFrame:
        """Return one game's arms: `quarter`, `lever`, `spend`, `measure`, `estimate`, `low`, `high`."""
        low, high = self.interval()
        columns = {"quarter": self.quarter, "lever": self.lever, "spend": ARMS[self.lever]}
        columns |= {"measure": MEASURES[self.lever], "estimate": self.estimate, "low": low, "high": high}
        return pd.DataFrame(columns)


def least_money(lever: str) -> float:
    """Return the price of the smallest experiment on a lever (million won).

    Examples
    --------
    >>> least_money("retain"), least_money("attract")
    (0.25, 1.7)
    """
    return _SMALLEST_SHARE * sum(ARMS[lever]) if lever == "attract" else _FEWEST * sum(ARMS[lever]) / quarter.THOUSAND


def run_trial(number: int, lever: str, money: Any, market: Numbers, satisfaction: Any, luck: Numbers) -> Trial | None:
    """Buy an experiment.

    Parameters
    ----------
    number
        The quarter, from 1.
    lever
        What is tried: attract, acquire, retain or service.
    money
        Million won; the more, the more people in each arm.
    market, satisfaction, luck
        Of the quarter.

    Returns
    -------
    Trial or None
        None where no money is spent.

    Raises
    ------
    ValueError
        If there is no such lever, or the money does not buy ten people an arm (or a hundredth of the market).
    """
    if lever not in ARMS:
        raise ValueError(f"lever is {lever!r}; an experiment is on one of {', '.join(ARMS)}")
    if not np.any(money):
        return None
    if np.any(money < least_money(lever)):
        raise ValueError(f"an experiment on {lever} costs at least {least_money(lever):g} million won")
    price = sum(ARMS[lever])
    heads = np.minimum(money / price, 1 / 3) if lever == "attract" else np.floor(quarter.THOUSAND * money / price)
    at = (heads, market, satisfaction, luck)
    arms = [_measure(lever, spend, f"arm_{i}", *at) for i, spend in enumerate(ARMS[lever])]
    return Trial(number, lever, heads, np.array(arms))


def _measure(
    lever: str, spend: float, chance: str, heads: Any, market: Numbers, satisfaction: Any, luck: Numbers
) -> Any:
    """Return what one arm shows."""
    if lever == "service":
        return quarter.contentment(market, spend, satisfaction) + ndtri(luck[chance]) / np.sqrt(heads)
    if lever == "attract":
        mean = quarter.attracted(market, spend) * quarter.shock(market, luck, "attract_shock")
        return quarter.poisson_count(heads * mean, luck[chance]) / heads
    if lever == "acquire":
        share = quarter.conversion(market, spend) * quarter.shock(market, luck, "acquire_shock")
    else:
        share = quarter.churn(market, spend, satisfaction) * quarter.shock(market, luck, "churn_shock")
    return quarter.binomial_count(heads, np.minimum(share, quarter.HIGHEST_CHURN), luck[chance]) / heads
