"""What all models of buying without a contract share: fitting to counts, and the checks that a fit is put to.

A model of this family says how often a customer buys while alive, and when the customer silently leaves. It supplies
its likelihood, its probability of being alive and the moments of its number of purchases; from these alone come the
fit, the predictions, the histogram of repeat purchases, the tracking of cumulative purchases and the hold-out check, so
that models compare on the same pictures.
"""

from __future__ import annotations

import warnings
from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pandas as pd

from crmlab.buyers.comparison import Comparison
from crmlab.buyers.predictions import Predicting
from crmlab.customers import UNIT_WORDS, count_customers
from crmlab.engines import counts_of, to_pandas
from crmlab.estimation import NotIdentifiedError, Objective, Vector, count_interval, maximize, on_log_scale
from crmlab.grouping import distinct, weighted_sum

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_FEW = 1000  # histories that say well enough where to begin
_CLASSES = 8  # 0, 1, ... 6, 7 and more repeat purchases, as in Fader, Hardie and Lee (2005)


@dataclass(frozen=True, eq=False, repr=False)
class BuyerModel(Predicting):
    """A fitted model of buying without a contract.

    Attributes
    ----------
    table
        Number of customers by repeat purchases: `actual`, `expected`, and the range `low` to `high` in which the actual
        number falls in 95 of 100 cases if the model is right.
    """

    @classmethod
    def fit(cls, data: Any) -> Self:
        """Estimate the model by maximum likelihood.

        Parameters
        ----------
        data
            Columns `frequency`, `recency`, `T`, as `summarize_customers` returns them: one row a customer, or counts
            with a column `customers`. Both give the same answer.

        Raises
        ------
        ValueError
            If a column is missing or impossible (a last purchase after the end), nobody came back, or the data cannot
            identify the model.
        """
        frame = to_pandas(data)
        (x, recency, T), weights = distinct(cls._history(frame), counts_of(frame, "the table of customers"))
        _refuse_too_little(x, weights, cls)
        objective = on_log_scale(cls._likelihood(x, recency, T, weights))
        try:
            top = maximize(objective, cls._begin(x, recency, T, weights), cls.NAMES)
        except NotIdentifiedError as error:
            raise ValueError(f"{cls.__name__}: {error}; {cls._hint(error.parameter)}") from error
        table = partial(cls._histogram, x=x, T=T, weights=weights)
        return cls(table, top, float(weights.sum()), frame.attrs.get("unit", ""))

    def repeat_histogram(self, data: Any) -> Comparison:
        """Return how many customers of `data` came back how often, beside what the model expects of them."""
        counts = count_customers(data, self.COLUMNS)
        x, _, T = self._history(counts)
        table = self._histogram(x, T, counts["customers"].to_numpy(float))
        return self._as_histogram(table)

    def tracking(self, data: Any, repeats: pd.DataFrame | None = None, until: float | None = None) -> Comparison:
        """Return the cumulative repeat purchases that the model expects, beside those that were made.

        Parameters
        ----------
        data
            The customers, with `T`: whoever has the longest one bought first, and time runs from there.
        repeats
            What `count_repeats` counted, over the time of the fit and beyond.
        until
            Where there are no `repeats`: the last unit of time. By default the end of the fit.

        Returns
        -------
        Comparison
            `low` to `high` holds the actual number in 95 of 100 cases if the model is right.
        """
        span = self.COLUMNS[-1]
        counts = count_customers(data, columns=[span])
        starts = counts[span].max() - counts[span].to_numpy(float)
        last = counts[span].max() if until is None else until
        times = np.arange(1, int(last) + 1) if repeats is None else repeats.index.to_numpy(float)
        weights = counts["customers"].to_numpy(float)
        table = self._track(times, starts, weights)
        if repeats is not None:
            table["actual"] = repeats["cumulative"].to_numpy(float)
        axis = f"{UNIT_WORDS.get(self.unit, 'units')} since the first customer"
        question = "Does the model foresee the purchases to come?"
        end = float(counts[span].max())
        return Comparison(table, question, axis, "cumulative repeat purchases", over_time=True, fitted_until=end)

    def holdout_check(self, data: Any) -> Comparison:
        """Return purchases a customer in the hold-out by repeat purchases before it, actual and expected.

        Parameters
        ----------
        data
            What `summarize_customers` returns with a `calibration_end`, or its counts with the hold-out columns.
        """
        counts = count_customers(data, columns=[*self.COLUMNS, "holdout_frequency", "holdout_T"])
        x, recency, T = self._history(counts)
        ahead, actual, weights = (
            counts[name].to_numpy(float) for name in ("holdout_T", "holdout_frequency", "customers")
        )
        kind = np.minimum(x, _CLASSES - 1).astype(int)
        size = np.bincount(kind, weights, _CLASSES)
        present = size > 0

        def class_mean(values: Vector) -> Vector:
            return np.bincount(kind, weights * values, _CLASSES)[present] / size[present]

        def expected(parameters: Vector) -> Vector:
            return class_mean(self._future_mean(parameters, ahead, x, recency, T))

        own = self._future_variance(self._point, ahead, x, recency, T)
        mean = expected(self._point)
        low, high = count_interval(mean, class_mean(own) / size[present] + self._errors(expected) ** 2)
        columns = {"customers": size[present], "actual": class_mean(actual), "expected": mean, "low": low, "high": high}
        table = pd.DataFrame(columns, index=pd.Index(_class_names()[present], name="frequency"))
        question = "Do those who bought more go on to buy more?"
        return Comparison(table, question, "repeat purchases so far", "purchases a customer in the hold-out")

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw how many customers came back how often, actual and expected."""
        return self._as_histogram(self.table).plot(ax)

    @abstractmethod
    def probability_of_purchases(self, n: Any, t: Any) -> Any:
        """Return the probability that a new customer makes exactly `n` repeat purchases within `t` units of time."""

    @classmethod
    @abstractmethod
    def _likelihood(cls, x: Vector, recency: Vector, T: Vector, weights: Vector) -> Objective:
        """Return the log-likelihood of these customers, with its gradient and, where the model knows it, its Hessian.

        A function of the parameters.
        """

    @classmethod
    def _begin(cls, x: Vector, recency: Vector, T: Vector, weights: Vector) -> list[float]:
        """Return where to begin to climb: for many histories, the top for a few of them."""
        start = list(np.log(cls._start(weights, x, T)))
        if len(x) < 2 * _FEW:
            return start
        few = slice(None, None, len(x) // _FEW)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # it is a place to begin, and is not told of
                some = on_log_scale(cls._likelihood(x[few], recency[few], T[few], weights[few]))
                return list(maximize(some, start, cls.NAMES).point)
        except NotIdentifiedError:
            return start

    @classmethod
    @abstractmethod
    def _probability(cls, parameters: Vector, n: Vector, t: Vector) -> Vector: ...

    @classmethod
    @abstractmethod
    def _start(cls, weights: Vector, x: Vector, T: Vector) -> Vector: ...

    @classmethod
    @abstractmethod
    def _hint(cls, parameter: str) -> str: ...

    def _histogram(self, x: Vector, T: Vector, weights: Vector) -> pd.DataFrame:
        lengths, which = np.unique(T, return_inverse=True)
        size = np.bincount(which, weights)
        exact = self._probability(self._point, np.arange(_CLASSES - 1)[:, None], lengths[None, :])
        share = np.vstack([exact, np.maximum(1 - exact.sum(axis=0), 0)])
        low, high = count_interval(share @ size, (share * (1 - share)) @ size)
        actual = np.bincount(np.minimum(x, _CLASSES - 1).astype(int), weights, _CLASSES)
        columns = {"actual": actual, "expected": share @ size, "low": low, "high": high}
        return pd.DataFrame(columns, index=pd.Index(_class_names(), name="repeat purchases"))

    def _track(self, times: Vector, starts: Vector, weights: Vector) -> pd.DataFrame:
        # many cohorts and weeks share the same elapsed time: each is computed once
        elapsed = np.maximum(times[:, None] - starts[None, :], 0).round(9)
        distinct, which = np.unique(elapsed, return_inverse=True)
        which = which.reshape(elapsed.shape)

        def total(values: Vector) -> Vector:
            return values[which] @ weights

        mean = total(self._new_mean(self._point, distinct))
        own = total(self._new_variance(self._point, distinct))
        error = self._errors(lambda parameters: total(self._new_mean(parameters, distinct)))
        low, high = count_interval(mean, own + error**2)
        return pd.DataFrame({"expected": mean, "low": low, "high": high}, index=pd.Index(times, name="time"))

    @staticmethod
    def _as_histogram(table: pd.DataFrame) -> Comparison:
        question = "Does the model repeat how often customers came back?"
        return Comparison(table, question, "repeat purchases", "number of customers")


def by_row(
    log_likelihood: Callable[[Vector, Vector, Vector, Vector], tuple[Vector, Vector]],
    x: Vector,
    recency: Vector,
    T: Vector,
    weights: Vector,
) -> Objective:
    """Return the sum over customers of a log-likelihood that is known row by row, with its gradient."""

    def of(parameters: Vector) -> tuple[float, Vector]:
        height, slope = log_likelihood(parameters, x, recency, T)
        return float(weighted_sum(height, weights)), weighted_sum(slope, weights)

    return of


def _refuse_too_little(x: Vector, weights: Vector, model: type[BuyerModel]) -> None:
    if not (x > 0).any():
        raise ValueError("nobody came back: without repeat purchases no model of buying can be fitted")
    if weights.sum() <= len(model.NAMES):
        raise ValueError(f"{model.__name__} has {len(model.NAMES)} parameters and needs more customers than that")


def _class_names() -> Vector:
    return np.array([*map(str, range(_CLASSES - 1)), f"{_CLASSES - 1}+"])
