"""The share that never converts: a mixture-cure model.

A curve of conversions levels off. Two stories fit the flat part: the rest will never convert, or the rest takes longer.
A mixture-cure model (Boag 1949; Berkson and Gage 1952) says both at once. A share π of the leads converts sooner or
later, after a time that has a Weibull distribution F; the others never do. By day t the share π F(t) has converted.

Which of the two stories holds, the data can tell only if they were followed long enough: until the last of those who
convert have done so. Maller and Zhou (1996, Survival Analysis with Long-Term Survivors) therefore look for an empty
stretch between the last conversion and the longest follow-up, and compare it with the stretch of the same length before
the last conversion. Their α is about exp(−N), with N the conversions in that stretch before. Leads come in day by day,
so few have been seen for the longest time, and emptiness proves less; here N is therefore taken per day at risk: α is
the chance of an empty end if the rate of the stretch before it had gone on, and below 0.05 the follow-up suffices.
Beside it stands a second sign, which leans on the model: how much of the conversion of those who convert lies, by the
fitted F, within the longest follow-up. Where either sign fails, the share that never converts is a property of the
Weibull's tail and not of the data, and the result says so.

A lead that was lost does not convert, and counts as seen until the snapshot without converting: the time until a lead
is lost tells nothing here, and treating it as censored would pretend that it could still convert.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from crmlab import plots
from crmlab.conversion_time.durations import WON, lead_durations
from crmlab.customers import count_customers
from crmlab.estimation import (
    Maximum,
    NotIdentifiedError,
    Vector,
    covariance_frame,
    errors_of,
    jacobian,
    maximize,
    share_interval,
)
from crmlab.fitted import Maximized
from crmlab.labels import percent, word

if TYPE_CHECKING:
    from matplotlib.axes import Axes

NAMES = ("converting", "scale", "shape")
_LEVEL = 0.05
_REACHED = 0.95
_LONGEST = 100_000  # days, almost three centuries


@dataclass(frozen=True, eq=False, repr=False)
class CureModel(Maximized):
    """The share that never converts, and how long the others take.

    Attributes
    ----------
    table
        One row a day, from 0 to the longest follow-up: `observed` (share converted, as Kaplan and Meier 1958 count it),
        `fitted`, and `low` and `high`, the 95 % interval of the fitted share.
    maximum
        The estimates: the logit of the share that converts, the logarithms of the Weibull's scale and shape.
    follow_up
        What the data say about their own length: `last_conversion` and `longest` (days), `alpha` (the chance of so
        empty an end if conversions had gone on), and `reached` (the share of those who convert sooner or later who do
        so within the longest follow-up, by the model).
    customers
        How many were fitted.

    Examples
    --------
    >>> model = CureModel.fit(pd.DataFrame({
    ...     "duration": [2, 5, 8, 12, 20, 30, 60], "converted": [1, 1, 1, 1, 1, 0, 0],
    ...     "customers": [30, 40, 30, 20, 5, 200, 75],
    ... }))
    >>> model.never.round(3).to_dict(), model.enough_follow_up
    ({'estimate': 0.687, 'low': 0.64, 'high': 0.731}, True)
    """

    table: pd.DataFrame
    maximum: Maximum
    customers: float
    follow_up: dict[str, float]

    @classmethod
    def fit(cls, data: Any) -> CureModel:
        """Estimate the model by maximum likelihood.

        Parameters
        ----------
        data
            Columns `duration` (whole days until the conversion; without one, days until it was last known that there
            had been none), `converted` (1 or 0), and `customers` where rows are counts.

        Warns
        -----
        UserWarning
            If the follow-up is too short to know the share that never converts.

        Raises
        ------
        ValueError
            If the data are impossible, nobody converted or everybody did, or they do not identify the model.
        """
        counts = count_customers(data, columns=("duration", "converted"))
        time, converted, weights = (counts[name].to_numpy(float) for name in ("duration", "converted", "customers"))
        _refuse_impossible(time, converted)
        had = converted > 0

        def objective(point: Vector) -> tuple[float, Vector]:
            height, slope = _log_likelihood(point, time, had)
            return float(weights @ height), slope @ weights

        try:
            top = maximize(objective, _start(time, had, weights), NAMES)
        except NotIdentifiedError as error:
            raise ValueError(
                f"CureModel: {error}: the curve does not level off, or all convert at once; "
                "the share that never converts cannot be known from a follow-up of this length"
            ) from error
        model = cls(_beside(time, had, weights, top), top, float(weights.sum()), _follow_up(time, had, weights, top))
        if not model.enough_follow_up:
            warnings.warn(f"{model.verdict}.", stacklevel=2)
        return model

    @classmethod
    def from_events(
        cls, events: pd.DataFrame, snapshot: str | pd.Timestamp, won: str = "won", lost: str = "lost"
    ) -> CureModel:
        """Estimate the model from the events of leads; parameters as in `TimeToConvert`, errors as in `fit`."""
        leads = lead_durations(events, pd.Timestamp(snapshot), won, lost)
        had = leads["status"] == WON
        return cls.fit(pd.DataFrame({"duration": leads["days"].where(had, leads["age"]), "converted": had.astype(int)}))

    @property
    def never(self) -> pd.Series:
        """The share that never converts: `estimate`, `low`, `high`."""
        share, error = _parameters(self.maximum.point)[0], self.standard_errors["converting"]
        low, high = share_interval(1 - share, error)
        return pd.Series({"estimate": 1 - share, "low": float(low), "high": float(high)}, name="never converts")

    @property
    def covariance(self) -> pd.DataFrame:
        """The covariance of the share that converts, and of the Weibull's scale (days) and shape."""
        slopes = jacobian(lambda point: np.array(_parameters(point)), self.maximum.point)
        return covariance_frame(slopes @ self.maximum.covariance @ slopes.T, NAMES)

    @property
    def enough_follow_up(self) -> bool:
        """Whether the data were followed long enough to know the share that never converts."""
        return self.follow_up["alpha"] < _LEVEL and self.follow_up["reached"] >= _REACHED

    @property
    def verdict(self) -> str:
        """What the length of the follow-up allows to say."""
        if self.enough_follow_up:
            return "the follow-up is long enough: the curve has levelled off"
        longest, alpha, reached = (self.follow_up[name] for name in ("longest", "alpha", "reached"))
        return (
            f"the follow-up of {longest:g} days is too short to know how many never convert: alpha is {alpha:.2g} "
            f"(wanted: below {_LEVEL:g}), and {percent(reached, 0)} of those who convert have by then (wanted: "
            f"{percent(_REACHED, 0)})"
        )

    def at(self, days: Any) -> pd.DataFrame:
        """Return the share converted by the end of so many days, with its 95 % interval: `estimate`, `low`, `high`.

        Raises
        ------
        ValueError
            If a number of days is negative.
        """
        times = np.atleast_1d(np.asarray(days, float))
        if not (np.isfinite(times).all() and (times >= 0).all()):
            raise ValueError(f"days is {days}; it is a number of days from 0 up")
        return _fitted(self.maximum, times)

    def summary(self) -> pd.DataFrame:
        """Return the share that never converts and the Weibull's scale and shape, and the signs of the follow-up."""
        _, scale, shape = _parameters(self.maximum.point)
        errors = self.standard_errors
        rows = {"never converts": self.never.to_dict()}
        for name, value in (("scale", scale), ("shape", shape)):
            half = np.exp(1.959964 * errors[name] / value)
            rows[name] = {"estimate": value, "low": value / half, "high": value * half}
        rows |= {name: {"estimate": value} for name, value in self.follow_up.items()}
        return pd.DataFrame(rows).T.round(3)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the share converted, observed and fitted, with the level that it will reach."""
        drawn = self.table.filter(["fitted", "observed", "low", "high"])
        title = "How many will never convert?"
        ax = plots.lines(drawn, ax, word(title), word("days since the lead"), word("converted"))
        level = 1 - self.never["estimate"]
        ax.axhline(level, color=plots.FAINT, lw=1, linestyle=":")
        plots.percent_axis(ax).set_ylim(0, None)
        low, high, verdict = self.never["low"], self.never["high"], self.verdict
        never = f"{percent(1 - level)} ({percent(low)} to {percent(high)}) never convert"
        said = f"A dotted line marks the level that the fit will reach, {percent(level)}; {never}."
        said += f" {verdict[0].upper()}{verdict[1:]}."
        return plots.describe(ax, f"{plots.alternative_text(ax.figure)} {said}")  # pyright: ignore


def _parameters(point: Vector) -> tuple[Any, Any, Any]:
    from scipy.special import expit

    return expit(point[0]), np.exp(point[1]), np.exp(point[2])


def _hazard(point: Vector, time: Vector) -> tuple[Vector, Vector]:
    """Return the Weibull's cumulative hazard and its derivatives by the logarithms of scale and shape."""
    _, scale, shape = _parameters(point)
    age = time / scale
    hazard = age**shape
    return hazard, np.stack([-shape * hazard, shape * hazard * np.log(np.maximum(age, 1e-300))])


def _log_likelihood(point: Vector, time: Vector, had: Vector) -> tuple[Vector, Vector]:
    """Return log π(F(t + 1) − F(t)) of who converted on day t, log 1 − πF(t + 1) of who had not by its end."""
    share, _, _ = _parameters(point)
    after, slope_after = _hazard(point, time + 1)
    before, slope_before = _hazard(point, time)
    gone, kept = np.exp(-after), np.exp(-before)
    within = np.where(had, np.maximum(kept - gone, 1e-300), 1.0)
    still = 1 - share + share * gone
    height = np.where(had, np.log(share * within), np.log(still))
    by_share = np.where(had, 1 - share, -share * (1 - share) * (1 - gone) / still)
    change = gone * slope_after
    by_time = np.where(had, (change - kept * slope_before) / within, -share * change / still)
    return height, np.vstack([by_share, by_time])


def _start(time: Vector, had: Vector, weights: Vector) -> list[float]:
    share = np.clip(1.1 * weights[had].sum() / weights.sum(), 0.02, 0.95)
    mean = float(weights[had] @ (time[had] + 0.5) / weights[had].sum())
    return [float(np.log(share / (1 - share))), float(np.log(mean)), 0.0]


def _fitted(top: Maximum, times: Vector) -> pd.DataFrame:
    def converted(point: Vector) -> Vector:
        return _parameters(point)[0] * -np.expm1(-_hazard(point, times + 1)[0])

    share = converted(top.point)
    low, high = share_interval(share, errors_of(converted, top.point, top.covariance))
    return pd.DataFrame({"estimate": share, "low": low, "high": high}, index=pd.Index(times, name="day"))


def _beside(time: Vector, had: Vector, weights: Vector, top: Maximum) -> pd.DataFrame:
    days = np.arange(int(time.max()) + 1)
    gone = np.bincount(time[had].astype(int), weights[had], len(days))
    at_risk = weights.sum() - np.concatenate([[0.0], np.cumsum(np.bincount(time.astype(int), weights, len(days)))[:-1]])
    stays = np.divide(at_risk - gone, at_risk, out=np.ones(len(days)), where=at_risk > 0)
    fitted = _fitted(top, days.astype(float)).rename(columns={"estimate": "fitted"})
    fitted.insert(0, "observed", 1 - np.cumprod(stays))
    return fitted


def _follow_up(time: Vector, had: Vector, weights: Vector, top: Maximum) -> dict[str, float]:
    """Ask how empty the end is: the rate of conversions in as long a time before it, and those at risk in it."""
    last, longest = float(time[had].max()), float(time.max())
    begin = max(2 * last - longest, -1.0)
    late = weights[had & (time > begin)].sum()
    before = weights @ np.clip(np.minimum(time, last) - begin, 0, None)  # days at risk
    after = weights @ np.clip(time - last, 0, None)
    reached = float(-np.expm1(-_hazard(top.point, np.array([longest + 1]))[0][0]))
    alpha = float(np.exp(-late / before * after))
    return {"last_conversion": last, "longest": longest, "alpha": alpha, "reached": reached}


def _refuse_impossible(time: Vector, converted: Vector) -> None:
    wrong = {
        "duration is no whole number of days from 0 up": (time < 0) | (time != np.floor(time)),
        f"duration is beyond {_LONGEST:,} days (are they hours, or seconds?)": time > _LONGEST,
        "converted is neither 0 nor 1": ~np.isin(converted, (0, 1)),
    }
    for said, rows in wrong.items():
        if rows.any():
            raise ValueError(f"{said} in {int(rows.sum())} rows of counts")
    if not converted.any():
        raise ValueError("nobody converted: the data cannot tell how many never will")
    if converted.all():
        raise ValueError("everybody converted: there is nobody of whom to ask whether they never will")
