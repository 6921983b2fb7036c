"""Discounted purchases: what the whole future of a customer comes to, without a horizon.

A purchase made later is worth less. Where a model has a closed form for the discounted number of all purchases to come,
no horizon needs to be chosen: the Pareto/NBD has one (Fader, Hardie and Lee 2005b, Journal of Marketing Research 42(4),
415–430), and so has the BG/BB. The BG/NBD and the MBG/NBD have none; for them purchases are summed up to a horizon.
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from crmlab.buyers.buyer_model import BuyerModel
from crmlab.buyers.predictions import positive_interval
from crmlab.engines import to_pandas
from crmlab.estimation import Vector


@dataclass(frozen=True, eq=False, repr=False)
class DiscountedModel(BuyerModel):
    """A model of buying that discounts the purchases of a whole lifetime."""

    def discounted_purchases(self, discount_rate: float, data: Any) -> pd.Series:
        """Return the discounted number of all purchases still to come from each customer, one for each row of `data`.

        Parameters
        ----------
        discount_rate
            Per unit of time of the data, so that a purchase after time t counts (1 + discount_rate)^−t. For a yearly
            rate i and weeks it is ``(1 + i) ** (1 / 52) - 1``.
        data
            One row a customer, or counts, with the columns that the model is fitted to.

        Raises
        ------
        ValueError
            If the rate is not above 0, or a column is missing or impossible.

        See Also
        --------
        crmlab.interval_of : their 95 % intervals, and that of a total.
        """
        pace = _continuous(discount_rate)
        past, which = self._distinct(data)
        total = self._future_discounted(self._point, pace, *past)[which]
        return pd.Series(total, index=to_pandas(data).index, name="discounted_purchases")

    def discounted_purchases_new(self, discount_rate: float) -> pd.DataFrame:
        """Return the discounted number of all repeat purchases of a new customer; the first purchase is not counted.

        Parameters
        ----------
        discount_rate
            Per unit of time of the data, as in `discounted_purchases`.

        Returns
        -------
        DataFrame
            One row; columns `estimate`, and `low` and `high`, the 95 % interval of the expectation on the log scale.

        Raises
        ------
        ValueError
            If the rate is not above 0.
        """
        pace, nothing = _continuous(discount_rate), np.zeros(1)

        def total(parameters: Vector) -> Vector:
            return self._future_discounted(parameters, pace, nothing, nothing, nothing)

        estimate = total(self._point)
        low, high = positive_interval(estimate, self._errors(total))
        return pd.DataFrame({"estimate": estimate, "low": low, "high": high}, index=pd.Index(["new customer"]))

    @classmethod
    @abstractmethod
    def _future_discounted(cls, parameters: Vector, pace: float, x: Vector, recency: Vector, T: Vector) -> Vector:
        """Return the discounted purchases to come of each row, at a continuous rate."""


def _continuous(discount_rate: float) -> float:
    if not (np.isfinite(discount_rate) and discount_rate > 0):
        raise ValueError(f"discount_rate is {discount_rate}; it is a rate per unit of time above 0, such as 0.002")
    return float(np.log1p(discount_rate))
