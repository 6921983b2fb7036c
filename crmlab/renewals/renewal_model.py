"""What models of renewal share: fitting to counts or to the survivors of a cohort, the curve, and what follows from it.

A model of this family says which share of a cohort is still there after so many whole periods. It supplies that curve
and its likelihood; the fit, the projection, the retention rates and the picture follow.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
import pandas as pd

from crmlab import plots
from crmlab.customers import count_customers
from crmlab.engines import to_pandas
from crmlab.estimation import NotIdentifiedError, Vector, maximize, share_interval
from crmlab.fitted import Fitted
from crmlab.intervals import interval_of
from crmlab.labels import word

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_COLUMNS = ("duration", "churned")
_LONGEST = 5_000  # periods; beyond it they are days or seconds, or a slip of the pen


@dataclass(frozen=True, eq=False, repr=False)
class RenewalModel(Fitted):
    """A fitted model of contracts that are renewed in whole periods.

    Attributes
    ----------
    table
        One row a period: `at_risk` (customers who could have left at its end), `churned`, `observed` (share still there
        after it), `fitted`, and `low` and `high`, the 95 % interval of the fitted share.
    """

    LEAST: ClassVar[int] = 2  # periods that must have been observed

    @classmethod
    def fit(cls, data: Any = None, *, survivors: Sequence[float] | None = None) -> Self:
        """Estimate the model by maximum likelihood, from rows, from counts or from the survivors of one cohort.

        Parameters
        ----------
        data
            Columns `duration` (whole periods paid), `churned` (1: then left; 0: renewed that often and still there),
            and `customers` where rows are counts, as `crmlab.churn.count_contracts` returns them.
        survivors
            Instead of `data`: how many of a cohort were there at the start, after one period, after two, and so on.

        Raises
        ------
        ValueError
            If the data are impossible, nobody left, or they do not identify the parameters.
        """
        if (data is None) == (survivors is None):
            raise ValueError("give either data or survivors")
        cohort = _from_survivors(survivors, cls.LEAST) if survivors is not None else data
        counts = count_customers(cohort, columns=_COLUMNS)
        time, churned, weights = (counts[name].to_numpy(float) for name in (*_COLUMNS, "customers"))
        _refuse_impossible(time, churned, weights, cls.LEAST)
        left = churned > 0

        def objective(point: Vector) -> tuple[float, Vector]:
            height, slope = cls._log_likelihood(np.exp(point), time, left)
            return float(weights @ height), slope @ weights * np.exp(point)

        leaving = float(weights[left].sum() / (weights @ np.maximum(time, 1)))
        try:
            top = maximize(objective, list(np.log(cls._start(leaving))), cls.NAMES)
        except NotIdentifiedError as error:
            raise ValueError(f"{cls.__name__}: {error}: {cls._hint(leaving)}") from error
        return cls(partial(cls._beside, time=time, left=left, weights=weights), top, float(weights.sum()))

    def survival(self, t: float | Sequence[float]) -> pd.Series:
        """Return the share of a cohort that is still there after `t` whole periods.

        Raises
        ------
        ValueError
            If a period is no whole number from 0 up.
        """
        periods = whole(t)
        share = self._survival(self._point, periods)
        return pd.Series(share, index=pd.Index(periods, name="period"), name="survival")

    def retention_rates(self, n: int) -> pd.DataFrame:
        """Return the share of those there in the period before who stay, for periods 1 to `n`.

        Returns
        -------
        DataFrame
            Index `period`; columns `estimate`, `low`, `high`. The interval holds the uncertainty of the parameters.

        Raises
        ------
        ValueError
            If `n` is no whole number from 1 up.
        """
        if whole(n).item() < 1:
            raise ValueError("n is 0; retention rates begin with period 1")
        index = pd.Index(np.arange(1, n + 1), name="period")

        def rates(model: RenewalModel) -> pd.Series:
            share = model._survival(model._point, np.arange(n + 1))
            return pd.Series(share[1:] / share[:-1], index)

        return interval_of(rates, self, scale="share")

    def customer_base(self, data: Any, discount_rate: float, margin: float = 1.0) -> pd.DataFrame:
        """Return what the customers of today are still worth, by how often they have renewed, and all together.

        Fader and Hardie (2010, Marketing Science 29(1), 85–93): those who have renewed more often are a better
        selection, so each cohort is valued at its own age. One retention rate for all understates the base.

        Parameters
        ----------
        data
            As `fit` takes it: `duration` (here: how often the customers have renewed), and `customers` where rows are
            counts. Rows with `churned` 1 are left out: these customers are gone.
        discount_rate
            Per period.
        margin
            Of a customer and period.

        Returns
        -------
        DataFrame
            Index: the number of renewals, and "all". `customers`; `residual_lifetime` (discounted payments to come
            from one customer, who stands just before the next renewal); `estimate` (value of all customers of the
            row), and `low` and `high`, the 95 % interval of that expectation by `crmlab.intervals`: it does not hold
            the luck of the customers, which matters where they are few.

        Raises
        ------
        ValueError
            If nobody is there, the data are impossible, or the value is not finite.
        """
        if not margin > 0:
            raise ValueError(f"margin is {margin}; it is the margin of a customer and period, above 0")
        frame = to_pandas(data)
        here = frame[frame["churned"] == 0] if "churned" in frame else frame
        counts = count_customers(here, columns=("duration",))
        size = counts["customers"].to_numpy(float)
        table = interval_of(lambda model: _worth(model, whole(counts["duration"]), size, discount_rate, margin), self)
        table.insert(0, "customers", [*size, size.sum()])
        table.insert(1, "residual_lifetime", table["estimate"] / table["customers"] / margin)
        return table

    @abstractmethod
    def residual_lifetime(self, renewals: Any, discount_rate: float) -> pd.Series:
        """Return the discounted number of payments still to come from a customer who has renewed so often."""

    def project(self, n: int, renewals: int = 0) -> pd.DataFrame:
        """Return the share still there after 0 to `n` periods, with the 95 % interval of that share.

        Parameters
        ----------
        n
            How many periods ahead.
        renewals
            How often the customers have renewed already; 0 for new ones.

        Returns
        -------
        DataFrame
            Index `period`; columns `estimate`, `low`, `high`. The interval holds the uncertainty of the parameters.

        Raises
        ------
        ValueError
            If `n` or `renewals` is no whole number from 0 up.
        """
        periods, done = np.arange(int(whole(n).item()) + 1), int(whole(renewals).item())

        def ahead(parameters: Vector) -> Vector:
            share = self._survival(parameters, periods + done)
            return share / share[0]

        share = ahead(self._point)
        low, high = share_interval(share, self._errors(ahead))
        return pd.DataFrame({"estimate": share, "low": low, "high": high}, index=pd.Index(periods, name="period"))

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the share still there after each period: observed, and fitted with its interval."""
        drawn = self.table.filter(["fitted", "observed", "low", "high"])
        words = (word("How many contracts survive?"), word("periods since the start"), word("still customers"))
        return plots.percent_axis(plots.lines(drawn, ax, *words))

    @staticmethod
    @abstractmethod
    def _survival(parameters: Vector, periods: Vector) -> Vector:
        """Return the share still there after whole periods."""

    @staticmethod
    @abstractmethod
    def _log_likelihood(parameters: Vector, time: Vector, left: Vector) -> tuple[Vector, Vector]:
        """Return the log probability of each row and its derivatives by the parameters."""

    @staticmethod
    @abstractmethod
    def _start(leaving: float) -> list[float]:
        """Return parameters to begin with, from the share that leaves in a period."""

    @staticmethod
    @abstractmethod
    def _hint(leaving: float) -> str:
        """Say what can be known instead of parameters that ran away."""

    def _beside(self, time: Vector, left: Vector, weights: Vector) -> pd.DataFrame:
        """Return what was observed (as Kaplan and Meier 1958 count it) beside what is fitted."""
        last = int(time.max())
        periods = np.arange(last + 1)
        gone = np.bincount(time[left].astype(int), weights[left], last + 1)
        # who was renewed t times and is still there has not been seen to face the end of period t + 1
        at_risk = np.array([weights[time >= t].sum() for t in periods])
        stayed = np.divide(at_risk - gone, at_risk, out=np.ones(last + 1), where=at_risk > 0)
        fitted = self.project(last)
        columns = {"at_risk": at_risk, "churned": gone, "observed": np.cumprod(stayed), "fitted": fitted["estimate"]}
        return pd.DataFrame(columns, index=fitted.index).join(fitted[["low", "high"]])


def _worth(model: RenewalModel, renewals: Vector, size: Vector, discount_rate: float, margin: float) -> pd.Series:
    """Return what the customers of each number of renewals are worth, and all of them."""
    each = size * margin * model.residual_lifetime(renewals, discount_rate)
    return pd.Series([*each, each.sum()], index=pd.Index([*renewals, "all"], name="renewals"))


def _from_survivors(survivors: Sequence[float], least: int) -> pd.DataFrame:
    counts = np.asarray(survivors, float)
    if counts.ndim != 1 or len(counts) <= least or not np.isfinite(counts).all():
        raise ValueError(f"survivors need at least {least + 1} numbers: at the start, after one period, after two")
    if (np.diff(counts) > 0).any() or counts[-1] < 0:
        raise ValueError("survivors rise or fall below 0; a cohort can only shrink")
    if (np.abs(counts - counts.round()) > 1e-6).any():
        raise ValueError("survivors are shares; give numbers of customers, or the errors cannot be known")
    counts, last = counts.round(), len(counts) - 1
    rows = {"duration": [*range(1, last + 1), last], "churned": [1] * last + [0]}
    return pd.DataFrame(rows | {"customers": [*-np.diff(counts), counts[-1]]})


def _refuse_impossible(time: Vector, churned: Vector, weights: Vector, least: int) -> None:
    wrong = {
        "duration is no whole number from 0 up; count whole periods": (time < 0) | (time != np.floor(time)),
        f"duration is beyond {_LONGEST:,} periods; mend it, or count in longer ones, such as months": time > _LONGEST,
        "churned is neither 0 nor 1; say 1 of who left and 0 of who is still there": ~np.isin(churned, (0, 1)),
        "duration is 0 for a customer who left; the first period was paid, so it is 1": (churned > 0) & (time == 0),
    }
    for said, rows in wrong.items():
        if rows.any():
            raise ValueError(f"{said} ({weights[rows].sum():,.0f} customers)")
    if not churned.any():
        raise ValueError("nobody left: the data cannot tell how long customers stay")
    if time.max() < least:
        raise ValueError(f"{time.max():g} periods were observed; {least} parameters need at least {least}")


def whole(periods: Any) -> Vector:
    """Return numbers of periods as whole numbers.

    Raises
    ------
    ValueError
        If one is no whole number from 0 up.

    Examples
    --------
    >>> whole([0, 3.0]).tolist()
    [0, 3]
    """
    values = np.atleast_1d(np.asarray(periods, float))
    if not np.isfinite(values).all() or (values < 0).any() or (values != np.floor(values)).any():
        raise ValueError(f"{periods} is no whole number of periods from 0 up")
    return values.astype(int)
