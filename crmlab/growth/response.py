"""How a rate answers to spend: the response curve of Blattberg and Deighton.

Blattberg and Deighton (1996, Harvard Business Review 74(4), 136–144) let the share of prospects who are won, or of
customers who are kept, rise with the spend A on each of them towards a ceiling: floor + (ceiling − floor)(1 − e^(−kA)).
They draw it through two judgements of a manager; a randomised experiment estimates it, with errors.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pandas as pd

from crmlab import model_plots, plots
from crmlab.estimation import Z95, Maximum, Vector, covariance_frame, errors_of, jacobian, share_interval, wilson
from crmlab.growth.response_fit import NAMES, Shape, fit_shape, shape_at
from crmlab.labels import word
from crmlab.result import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MOST_POINTS = 12


@dataclass(frozen=True, eq=False, repr=False)
class ResponseCurve(Result):
    """The share of prospects won, or of customers kept, as a function of the spend on each.

    Attributes
    ----------
    shape
        The curve: `floor`, `ceiling` and `k`, which are also attributes of this class.
    table
        Of a fitted curve, by spend: `customers`, `successes`, `rate`, its Wilson interval `low` to `high`, `fitted`.
        Of a drawn one, by spend: `rate`, `average_cost`, `marginal_cost`.
    maximum
        The estimates on an unbounded scale; None of a drawn curve.
    held
        Parameters that were not estimated, with their values.

    Examples
    --------
    >>> curve = ResponseCurve.through(ceiling=0.40, spend=20, rate=0.2)
    >>> round(curve.k, 4), round(curve(40), 3), round(curve.average_cost(20), 1), round(curve.marginal_cost(20), 1)
    (0.0347, 0.3, 100.0, 144.3)
    >>> tested = pd.DataFrame({"spend": [0, 5, 10, 20], "successes": [2, 95, 160, 230], "customers": [1000] * 4})
    >>> ResponseCurve.fit(tested, floor=None).summary()
             estimate  standard error       low     high
    floor      0.0020         0.00141  0.000499  0.00794
    ceiling    0.2900         0.04350  0.213000  0.38200
    k          0.0787         0.02040  0.047300  0.13100
    """

    shape: Shape
    table: pd.DataFrame
    maximum: Maximum | None
    held: dict[str, float]

    @classmethod
    def through(cls, ceiling: float, spend: float, rate: float, floor: float = 0.0) -> Self:
        """Draw the curve through one point, a rate at a spend, towards a ceiling.

        Raises
        ------
        ValueError
            Unless 0 ≤ floor < rate < ceiling ≤ 1 and the spend is above 0.
        """
        if not (0 <= floor < rate < ceiling <= 1 and spend > 0):
            raise ValueError("a response curve needs 0 <= floor < rate < ceiling <= 1, and a spend above 0")
        shape = Shape(floor, ceiling, -float(np.log1p(-(rate - floor) / (ceiling - floor))) / spend)
        curve = cls(shape, pd.DataFrame(), None, {})
        spends = spend * np.array([0, 0.25, 0.5, 1, 1.5, 2, 3])
        columns = {
            "rate": shape.rate(spends),
            "average_cost": curve.average_cost(spends),
            "marginal_cost": curve.marginal_cost(spends),
        }
        return cls(shape, pd.DataFrame(columns, index=pd.Index(spends, name="spend")), None, {})

    @classmethod
    def fit(cls, data: Any, floor: float | None = 0.0) -> Self:
        """Estimate the curve by maximum likelihood from an experiment in which the spend was drawn at random.

        Parameters
        ----------
        data
            Columns `spend` and `success` (true or false), one row a unit or counts with `customers`; or `spend`,
            `successes` and `customers`.
        floor
            The rate without spend where it is known; None estimates it.

        Warns
        -----
        UserWarning
            If the ceiling runs to 1: the spends tested were too low to show where the curve flattens. The ceiling is
            then held at 1, without an error, and the curve should not be used beyond the highest spend tested.

        Raises
        ------
        ValueError
            If a column is missing or impossible, there are fewer spends than parameters, or spend shows no effect.
        """
        counts, held, top = fit_shape(data, floor)
        shape = shape_at(top.point, held)
        curve = cls(shape, pd.DataFrame(), top, held)
        return cls(shape, _points(counts, curve), top, held)

    @property
    def floor(self) -> float:
        """The rate without spend."""
        return float(self.shape.floor)

    @property
    def ceiling(self) -> float:
        """The rate that no spend exceeds."""
        return float(self.shape.ceiling)

    @property
    def k(self) -> float:
        """How fast the rate nears the ceiling, per unit of spend."""
        return float(self.shape.k)

    @property
    def log_likelihood(self) -> float | None:
        """The log-likelihood at the estimates; None of a drawn curve."""
        return self.maximum.log_likelihood if self.maximum else None

    @property
    def converged(self) -> bool:
        """Whether the likelihood is at its top; a drawn curve has nothing to converge."""
        return self.maximum.converged if self.maximum else True

    @property
    def covariance(self) -> pd.DataFrame:
        """The covariance of floor, ceiling and k; 0 for what was held or drawn."""
        if self.maximum is None:
            return covariance_frame(np.zeros((3, 3)), NAMES)
        slopes = jacobian(lambda point: _values(shape_at(point, self.held)), self.maximum.point)
        return covariance_frame(slopes @ self.maximum.covariance @ slopes.T, NAMES)

    @property
    def standard_errors(self) -> pd.Series:
        """The standard errors of floor, ceiling and k; 0 for what was held or drawn."""
        return pd.Series(np.sqrt(np.diag(self.covariance)), index=pd.Index(NAMES), name="standard error")

    def __call__(self, spend: Any) -> Any:
        """Return the rate at a spend, or at each of several."""
        return _plain(self.shape.rate(_spends(spend)))

    def slope(self, spend: Any) -> Any:
        """Return by how much the rate rises with one more unit of spend."""
        return _plain(self.shape.slope(_spends(spend)))

    def average_cost(self, spend: Any) -> Any:
        """Return the spend for each one won or kept: the customer acquisition cost as it is usually quoted.

        Those who would have come without spend (the floor) are counted in. Without any spend it is 0, or, where nobody
        comes by himself, the cost of the very first.
        """
        spends = _spends(spend)
        rate = self.shape.rate(spends)
        first = 0.0 if self.floor > 0 else 1 / self.slope(0.0)
        return _plain(np.where(spends > 0, spends / np.where(rate > 0, rate, 1.0), first))

    def marginal_cost(self, spend: Any) -> Any:
        """Return what the next one won or kept costs at this spend: 1 / slope."""
        with np.errstate(divide="ignore", over="ignore"):
            return _plain(1 / self.shape.slope(_spends(spend)))

    def interval(self, spend: Any) -> pd.DataFrame:
        """Return the rate at each spend with its 95 % interval: index `spend`; columns `estimate`, `low`, `high`.

        A drawn curve has no errors, so its interval has no width.
        """
        spends = np.atleast_1d(_spends(spend))
        rate = self.shape.rate(spends)
        low, high = share_interval(rate, self._rate_errors(spends))
        columns = {"estimate": rate, "low": low, "high": high}
        return pd.DataFrame(columns, index=pd.Index(spends, name="spend"))

    def with_maximum(self, maximum: Maximum) -> Self:
        """Return the curve at other estimates; `crmlab.intervals` moves a curve by this."""
        return replace(self, shape=shape_at(maximum.point, self.held), maximum=maximum)

    def draw(self, size: int, seed: int | np.random.Generator) -> Shape:
        """Draw curves that the data allow, from the normal approximation on the unbounded scale.

        Returns
        -------
        Shape
            With arrays of length `size`; all alike where the curve was not estimated.
        """
        if self.maximum is None:
            return Shape(*(np.full(size, value) for value in _values(self.shape)))
        rng = np.random.default_rng(seed)
        points = rng.multivariate_normal(self.maximum.point, self.maximum.covariance, size, method="cholesky")
        return Shape(*(np.broadcast_to(value, size) for value in _values(shape_at(points.T, self.held))))

    def summary(self) -> pd.DataFrame:
        """Return floor, ceiling and k with standard errors and 95 % intervals; a held parameter has no error."""
        values = np.array(_values(self.shape), float)
        errors = self.standard_errors.to_numpy()
        low, high = share_interval(values[:2], errors[:2])
        half = np.exp(Z95 * errors[2] / values[2])
        columns = {"estimate": values, "standard error": errors, "low": [*low, values[2] / half]}
        columns["high"] = [*high, values[2] * half]
        table = pd.DataFrame(columns, index=pd.Index(NAMES))
        return table.map(lambda number: float(f"{number:.3g}"))  # k is tiny where money is in won

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the curve; a fitted one with its band and the points of the experiment."""
        last = self.table.index.to_numpy(float).max()
        drawn = self.interval(np.linspace(0, 1.1 * last, 101)).rename(columns={"estimate": "rate"})
        if self.maximum is None:
            drawn = drawn.drop(columns=["low", "high"])
        words = (word("How does the rate answer to spend?"), word("spend a head"), word("share won or kept"))
        ax = plots.percent_axis(plots.lines(drawn, ax, *words))
        return ax if self.maximum is None else model_plots.points(self.table, ax, word("observed"))

    def _rate_errors(self, spends: Vector) -> Vector:
        if self.maximum is None:
            return np.zeros_like(spends)
        at = self.maximum.point, self.maximum.covariance
        return errors_of(lambda point: shape_at(point, self.held).rate(spends), *at)


def _plain(value: Any) -> Any:
    return float(value) if np.ndim(value) == 0 else value


def _spends(spend: Any) -> Vector:
    spends = np.asarray(spend, float)
    if not np.isfinite(spends).all() or (spends < 0).any():
        raise ValueError("spend cannot be negative or missing")
    return spends


def _values(shape: Shape) -> tuple[Any, Any, Any]:
    return shape.floor, shape.ceiling, shape.k


def _points(counts: pd.DataFrame, curve: ResponseCurve) -> pd.DataFrame:
    """Return what was observed beside what is fitted, in at most twelve classes of spend."""
    if len(counts) > _MOST_POINTS:
        kind = pd.qcut(counts["spend"], _MOST_POINTS, labels=False, duplicates="drop")
        money = (counts["spend"] * counts["customers"]).groupby(kind).sum()
        sums = {name: counts[name].groupby(kind).sum() for name in ("successes", "customers")}
        counts = pd.DataFrame({**sums, "spend": money / sums["customers"]})
    low, high = wilson(counts["successes"], counts["customers"])
    rate = counts["successes"] / counts["customers"]
    table = counts.assign(rate=rate, low=low, high=high, fitted=curve(counts["spend"].to_numpy(float)))
    return table.set_index("spend").filter(["customers", "successes", "rate", "low", "high", "fitted"])
