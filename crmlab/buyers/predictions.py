"""What a fitted model of buying says about customers: what they will buy, whether they are still there, how surely.

A model supplies the moments of its number of purchases and its probability of being alive. Two kinds of interval are
built on them. That of an expectation (`predict`) holds only what the data leave open about the parameters. That of a
total (`predict_total`) also holds the luck of the customers themselves, and is the one that the actual number is to
fall into.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from crmlab.customers import HISTORY, count_customers
from crmlab.engines import arrays, need, to_pandas
from crmlab.estimation import Z95, Vector, count_interval, share_interval
from crmlab.fitted import Fitted
from crmlab.grouping import group_rows

History = tuple[Vector, Vector, Vector]


@dataclass(frozen=True, eq=False, repr=False)
class Predicting(Fitted):
    """A fitted model that foresees purchases.

    Attributes
    ----------
    unit
        The unit of time: "D", "W", "M", or "" where the data do not tell.
    """

    unit: str

    COLUMNS: ClassVar[tuple[str, ...]] = HISTORY

    def expected_purchases(self, t: float, data: Any) -> pd.Series:
        """Return the purchases expected of each customer in the next `t` units of time, one for each row of `data`."""
        self._refuse_times(t)
        past, which = self._distinct(data)
        mean = self._future_mean(self._point, np.asarray(t, float), *past)[which]
        return pd.Series(mean, index=to_pandas(data).index, name="expected_purchases")

    def expected_by_time(self, times: Sequence[float], data: Any) -> pd.DataFrame:
        """Return what `expected_purchases` says of several times: a row for each row of `data`, a column a time."""
        self._refuse_times(times)
        past, which = self._distinct(data)
        mean = np.stack([self._future_mean(self._point, np.asarray(t, float), *past) for t in times], axis=1)
        return pd.DataFrame(mean[which], to_pandas(data).index, pd.Index(times, name="t"))

    def probability_alive(self, data: Any) -> pd.Series:
        """Return the probability that each customer still buys, one for each row of `data`."""
        past, which = self._distinct(data)
        return pd.Series(self._alive(self._point, *past)[which], index=to_pandas(data).index, name="probability_alive")

    def predict(self, t: float, data: Any) -> pd.DataFrame:
        """Return what is expected of each customer within `t` units of time, with 95 % intervals by the delta method.

        The intervals are those of the expectations: they say how well the parameters are known, not how much one
        customer's purchases scatter.

        Parameters
        ----------
        t
            The time ahead, in the unit of the data.
        data
            One row a customer, or counts, with the columns that the model is fitted to.

        Returns
        -------
        DataFrame
            One row for each row of `data`: `expected_purchases` with `expected_low` and `expected_high`, and
            `probability_alive` with `alive_low` and `alive_high`.

        Raises
        ------
        ValueError
            If the time is negative, or a column is missing or impossible.
        """
        self._refuse_times(t)
        ahead, (past, which) = np.asarray(t, float), self._distinct(data)
        mean, alive = self._future_mean(self._point, ahead, *past), self._alive(self._point, *past)
        spread = self._errors(lambda parameters: self._future_mean(parameters, ahead, *past))
        expected_low, expected_high = positive_interval(mean, spread)
        alive_low, alive_high = share_interval(alive, self._errors(lambda parameters: self._alive(parameters, *past)))
        columns = {
            "expected_purchases": mean,
            "expected_low": expected_low,
            "expected_high": expected_high,
            "probability_alive": alive,
            "alive_low": alive_low,
            "alive_high": alive_high,
        }
        return pd.DataFrame(columns).iloc[which].set_axis(to_pandas(data).index)

    def predict_total(self, t: float, data: Any) -> pd.DataFrame:
        """Return how much all customers of `data` together will buy within `t`, and how many of them are still there.

        Parameters
        ----------
        t
            The time ahead, in the unit of the data.
        data
            One row a customer, or counts with a column `customers`.

        Returns
        -------
        DataFrame
            Rows `purchases` and `customers alive`; columns `estimate`, and `low` and `high`, the range in which the
            actual number falls in 95 of 100 cases if the model is right.

        Raises
        ------
        ValueError
            As `predict`.
        """
        self._refuse_times(t)
        self._history(data)  # refuses with the caller's row numbers, before rows are grouped
        counts = count_customers(data, self.COLUMNS)
        ahead, past, weights = np.asarray(t, float), self._history(counts), counts["customers"].to_numpy(float)

        def totals(parameters: Vector) -> Vector:
            mean, alive = self._future_mean(parameters, ahead, *past), self._alive(parameters, *past)
            return np.array([weights @ mean, weights @ alive])

        alive, size = self._alive(self._point, *past), float(weights.sum())
        own = np.array([weights @ self._future_variance(self._point, ahead, *past), weights @ (alive * (1 - alive))])
        estimate, error = totals(self._point), np.sqrt(own + self._errors(totals) ** 2)
        bought = count_interval(estimate[0], error[0] ** 2)
        living = share_interval(estimate[1] / size, error[1] / size)
        low, high = [bought[0], size * living[0]], [bought[1], size * living[1]]
        columns = {"estimate": estimate, "low": low, "high": high}
        return pd.DataFrame(columns, index=pd.Index(["purchases", "customers alive"]))

    def expected_purchases_new(self, t: float | Sequence[float]) -> pd.DataFrame:
        """Return the repeat purchases expected of a new customer within `t` units of time after the first purchase.

        Returns
        -------
        DataFrame
            Index `t`; columns `estimate`, and `low` and `high`, the 95 % interval of the expectation on the log scale.
        """
        times = np.atleast_1d(np.asarray(t, float))
        self._refuse_times(times)
        mean = self._new_mean(self._point, times)
        low, high = positive_interval(mean, self._errors(lambda parameters: self._new_mean(parameters, times)))
        return pd.DataFrame({"estimate": mean, "low": low, "high": high}, index=pd.Index(times, name="t"))

    @classmethod
    def _distinct(cls, data: Any) -> tuple[History, Vector]:
        """Return the distinct histories, each reckoned with once, and which of them each row has."""
        x, recency, T = cls._history(data)
        which, rows = group_rows([x, recency, T])
        return (x[rows], recency[rows], T[rows]), which

    @classmethod
    def _history(cls, data: Any) -> History:
        return history(data)

    @classmethod
    def _refuse_times(cls, t: Any) -> None:
        if not np.all(np.isfinite(t)) or np.any(np.asarray(t) < 0):
            raise ValueError(f"t is {t}; it is a time ahead, from 0 up")

    @classmethod
    @abstractmethod
    def _alive(cls, parameters: Vector, x: Vector, recency: Vector, T: Vector) -> Vector: ...

    @classmethod
    @abstractmethod
    def _new_mean(cls, parameters: Vector, t: Vector) -> Vector: ...

    @classmethod
    @abstractmethod
    def _new_variance(cls, parameters: Vector, t: Vector) -> Vector: ...

    @classmethod
    @abstractmethod
    def _future_mean(cls, parameters: Vector, t: Vector, x: Vector, recency: Vector, T: Vector) -> Vector: ...

    @classmethod
    @abstractmethod
    def _future_variance(cls, parameters: Vector, t: Vector, x: Vector, recency: Vector, T: Vector) -> Vector: ...


def positive_interval(estimate: Vector, error: Vector) -> tuple[Vector, Vector]:
    """Return the 95 % interval of a positive number, symmetric on the log scale; 0 known for certain stays 0.

    Examples
    --------
    >>> low, high = positive_interval(np.array([2.0, 0.0]), np.array([0.5, 0.0]))
    >>> low.round(3).tolist(), high.round(3).tolist()
    ([1.225, 0.0], [3.265, 0.0])
    """
    half = np.exp(Z95 * error / np.maximum(estimate, 1e-300))
    return estimate / half, estimate * half


def history(data: Any, columns: Sequence[str] = HISTORY) -> History:
    """Return how often, how recently and how long, for each row.

    Parameters
    ----------
    data
        A table of customers.
    columns
        The names of the three columns, in this order.

    Raises
    ------
    ValueError
        If a column is missing, empty or impossible.

    Examples
    --------
    >>> history(pd.DataFrame({"frequency": [2], "recency": [30.4], "T": [38.9]}))[1].tolist()
    [30.4]
    """
    frame = to_pandas(data)
    need(frame.columns, columns, "the table of customers")
    x, recency, T = arrays(frame, columns)
    wrong = {
        "frequency is no whole number from 0 up": (x < 0) | (x != np.floor(x)),
        f"recency lies beyond {columns[-1]}": recency > T + 1e-9,
        "recency is negative": recency < 0,
        "recency and frequency disagree: one is 0, the other not": (x > 0) != (recency > 0),
    }
    refuse_rows(wrong)
    return x, recency, T


def refuse_rows(wrong: dict[str, Vector]) -> None:
    """Raise a ValueError for the first kind of fault that any row has; the keys say what is wrong.

    Examples
    --------
    >>> refuse_rows({"recency is negative": np.array([False, False])})
    """
    for said, rows in wrong.items():
        if rows.any():
            raise ValueError(f"{said} in {int(rows.sum())} rows, the first in row {int(np.argmax(rows))}")
