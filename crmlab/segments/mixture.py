"""Classes nobody named: a mixture of normal distributions over what customers are like.

Each customer belongs to one of k classes that no table shows; in each, the measures are normal around means of its own
(McLachlan and Peel 2000, Finite Mixture Models). Where the classes share one covariance (`"tied"`), they differ in
where they lie and not in their shape, which a few hundred customers can bear; `"full"` gives each its own. How many
classes there are is a choice, so it is made openly: every number is tried, and the Bayesian information criterion
(Schwarz 1978, Annals of Statistics 6(2)) of each is shown. A class is real only if it comes back: `stability` fits
again from other starts and on resamples and says how far the classes agree.

What customers buy are shares, and shares are no normal measures: they add up to one and pile up at 0. Too many classes
are then found, one for each pile. `log_ratios` turns counts into measures that are nearly normal (Aitchison 1986, The
Statistical Analysis of Compositional Data), if each customer bought a handful of times.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pandas as pd

from crmlab import plots
from crmlab.customers import count_customers
from crmlab.engines import need, numbers, to_pandas
from crmlab.estimation import Vector
from crmlab.grouping import each_customer
from crmlab.labels import word
from crmlab.result import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_FLOOR = 1e-4  # added to each variance, in units of the standardised measures
_NULL = 1e-8  # a direction with less variance than this is none: shares add up to one


@dataclass(frozen=True, eq=False, repr=False)
class Mixture(Result):
    """A mixture of normal distributions, with the number of classes chosen by BIC.

    Attributes
    ----------
    table
        One row a number of classes: `log_likelihood`, `parameters`, `bic` (lower is better), `above_best` (bic less
        the lowest), `smallest` (the share of the smallest class), `converged`, `chosen`.
    profile
        One row a class, the largest first: `customers`, `share`, and the mean of each measure.
    members
        One row a customer in the order given: `class` (1 is the largest) and `certainty`, the probability of it.
    columns
        The measures.
    covariance
        "tied" or "full".

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> kind = np.repeat([0, 1], [60, 40])
    >>> people = pd.DataFrame(rng.normal(size=(100, 2)) + 5 * kind[:, None], columns=["price", "speed"])
    >>> mixture = Mixture.fit(people, classes=[1, 2, 3])
    >>> mixture.profile["customers"].to_list()
    [60.0, 40.0]
    """

    table: pd.DataFrame
    profile: pd.DataFrame
    members: pd.DataFrame
    columns: tuple[str, ...]
    covariance: str
    _space: _Space
    _points: Vector
    _starts: int

    @classmethod
    def fit(
        cls,
        data: Any,
        columns: Sequence[str] | None = None,
        classes: Sequence[int] = range(1, 9),
        covariance: str = "tied",
        starts: int = 5,
        seed: int = 0,
    ) -> Self:
        """Fit a mixture for each number of classes and keep the one with the lowest BIC.

        Parameters
        ----------
        data
            One row a customer, or counts with `customers`.
        columns
            The measures; by default all columns but `customers` and `customer_id`. They are standardised here.
        classes
            The numbers of classes to try.
        covariance
            "tied" or "full".
        starts, seed
            How many random starts each number of classes gets, and their seed.

        Raises
        ------
        ValueError
            If a column is missing, empty or constant, there are too few customers, or no fit converged.
        """
        frame = to_pandas(data).reset_index(drop=True).rename(columns=str)
        if columns is None:
            columns = [name for name in frame.columns if name not in ("customers", "customer_id")]
        names, tried = tuple(columns), sorted({int(k) for k in classes})
        _refuse(frame, names, tried, covariance)
        counts = count_customers(frame, columns=names)
        weights = _whole(counts["customers"])
        space = _Space.of(counts[[*names]].to_numpy(), weights)
        points = space.map(counts[[*names]].to_numpy())[each_customer(weights, "Mixture")]
        if len(points) < 3 * max(tried) or not points.shape[1]:
            raise ValueError(f"{len(points)} customers are too few to tell {max(tried)} classes apart")
        fits = {k: _fit(points, k, covariance, starts, seed) for k in tried}
        table = _compare(fits, points)
        best = _in_order(fits[int(table.index[table["chosen"]][0])][0], points)
        members = _members(best, space.map(numbers(frame[[*names]]).to_numpy()), frame.index)
        profile = _profile(frame[[*names]], members["class"], frame, int(best.n_components))
        return cls(table, profile, members, names, covariance, space, points, starts)

    def stability(self, draws: int = 20, seed: int = 1) -> pd.DataFrame:
        """Fit again from other starts and on resamples, and compare the classes by the adjusted Rand index.

        Returns
        -------
        DataFrame
            Rows "other starts" and "resamples"; columns `mean`, `lowest`, `highest`: 1 means the very same classes. The
            two ends are the range of the draws, not an interval.

        Raises
        ------
        ValueError
            If one class was chosen, which is always the same, or draws is below 1.
        """
        from sklearn.metrics import adjusted_rand_score

        k = len(self.profile)
        if k == 1 or draws < 1:
            raise ValueError("one class is always the same: there is no stability to know; draws is 1 or more")
        rng = np.random.default_rng(seed)
        reference = _fit(self._points, k, self.covariance, self._starts, 0)[0].predict(self._points)
        rows: dict[str, list[float]] = {"other starts": [], "resamples": []}
        for _ in range(draws):
            start = int(rng.integers(2**31 - 1))
            resample = self._points[rng.integers(len(self._points), size=len(self._points))]
            for name, drawn, tries in (("other starts", self._points, 1), ("resamples", resample, self._starts)):
                again = _fit(drawn, k, self.covariance, tries, start)[0].predict(self._points)
                rows[name].append(float(adjusted_rand_score(reference, again)))
        table = pd.DataFrame(rows).agg(["mean", "min", "max"]).T
        return table.set_axis(["mean", "lowest", "highest"], axis=1)

    def summary(self) -> pd.DataFrame:
        """Return BIC, the smallest class and the choice for each number of classes, rounded."""
        return self.table[["bic", "above_best", "smallest", "chosen"]].round({"bic": 0, "above_best": 0, "smallest": 3})

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw how far the BIC of each number of classes lies above the lowest."""
        ax = plots.new_axes(ax)
        drawn = self.table[self.table["converged"]]
        best = int(drawn.index[drawn["chosen"]][0])
        ax.plot(drawn.index, drawn["above_best"], "o-", color=plots.PALETTE[0])
        ax.plot([best], [0.0], plots.MARKERS[3], color=plots.PALETTE[1], markersize=10)
        ax.annotate(word("chosen"), (best, 0), (8, 10), textcoords="offset points", color=plots.PALETTE[1], ha="left")
        ax.set_ylim(-0.04 * max(drawn["above_best"].max(), 1.0), None)
        ax.locator_params(axis="x", integer=True)
        title = word("How many classes are there?")
        plots.finish(ax, title, word("number of classes"), word("BIC above the lowest"))
        said = "; ".join(f"{k} classes {above:,.0f}" for k, above in drawn["above_best"].items())
        return plots.describe(ax, f"{title} Line of the BIC above the lowest, which {best} classes have: {said}.")


@dataclass(frozen=True)
class _Space:
    """Standardised measures, turned onto the directions in which they vary."""

    mean: Vector
    turn: Vector

    @classmethod
    def of(cls, values: Vector, weights: Vector) -> _Space:
        mean = weights @ values / weights.sum()
        spread = np.sqrt(weights @ (values - mean) ** 2 / weights.sum())
        z = (values - mean) / spread
        variances, axes = np.linalg.eigh(z.T @ (z * weights[:, None]) / weights.sum())
        return cls(mean, axes[:, variances > _NULL] / spread[:, None])

    def map(self, values: Vector) -> Vector:
        return (values - self.mean) @ self.turn


def log_ratios(counts: pd.DataFrame, added: float = 0.5) -> pd.DataFrame:
    """Return the logarithm of each count relative to the mean of its row's logarithms (centred log-ratios).

    Parameters
    ----------
    counts
        One row a customer, one column a category: how often it was bought.
    added
        Added to each count, so that a category never bought has a logarithm.

    Raises
    ------
    ValueError
        If a count is negative or empty, a customer bought nothing, or `added` is not above 0.

    Examples
    --------
    >>> log_ratios(pd.DataFrame({"tea": [3, 0], "soap": [0, 3]})).round(2).to_numpy().tolist()
    [[0.97, -0.97], [-0.97, 0.97]]
    """
    known = numbers(counts.rename(columns=str))
    nothing = int((known.sum(axis=1) <= 0).sum())
    if (known < 0).any(axis=None) or nothing or not added > 0:
        raise ValueError(f"counts: one is negative, or {nothing} customers bought nothing; added is above 0")
    logs = (known + added).map(np.log)
    return logs.sub(logs.mean(axis=1), axis=0)


def _fit(points: Vector, k: int, covariance: str, starts: int, seed: int) -> tuple[Any, float]:
    """Return the best fit of several starts, and its log-likelihood."""
    from sklearn.mixture import GaussianMixture
    from threadpoolctl import threadpool_limits

    with warnings.catch_warnings(), threadpool_limits(1):  # a class may share the machine
        warnings.simplefilter("ignore")  # whether it converged stands in the table
        model = GaussianMixture(
            k, covariance_type=covariance, n_init=starts, random_state=seed, reg_covar=_FLOOR, max_iter=500, tol=1e-5
        )
        model.fit(points)
    return model, float(model.score(points) * len(points))


def _compare(fits: dict[int, tuple[Any, float]], points: Vector) -> pd.DataFrame:
    rows = {
        k: {
            "log_likelihood": height,
            "parameters": model._n_parameters(),
            "bic": model.bic(points),
            "smallest": np.bincount(model.predict(points), minlength=k).min() / len(points),
            "converged": bool(model.converged_),
        }
        for k, (model, height) in fits.items()
    }
    table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("classes")
    kept = table.loc[table["converged"].astype(bool), "bic"].astype(float)
    if kept.empty:
        raise ValueError(f"Mixture: no fit of {', '.join(map(str, fits))} classes converged; try fewer")
    table.insert(3, "above_best", table["bic"].astype(float) - kept.min())
    table["chosen"] = table.index == kept.idxmin()
    return table.astype({"converged": bool})


def _in_order(model: Any, points: Vector) -> Any:
    """Put the classes in the order of their size, the largest first."""
    order = np.argsort(-np.bincount(model.predict(points), minlength=model.n_components), kind="stable")
    model.weights_, model.means_ = model.weights_[order], model.means_[order]
    if model.covariance_type == "full":
        model.covariances_ = model.covariances_[order]
        model.precisions_cholesky_ = model.precisions_cholesky_[order]
    return model


def _members(model: Any, points: Vector, index: pd.Index) -> pd.DataFrame:
    chances = model.predict_proba(points)
    return pd.DataFrame({"class": chances.argmax(axis=1) + 1, "certainty": chances.max(axis=1)}, index=index)


def _profile(measures: pd.DataFrame, kind: pd.Series, frame: pd.DataFrame, k: int) -> pd.DataFrame:
    counts = frame["customers"].astype(float) if "customers" in frame else pd.Series(1.0, frame.index)
    many = counts.groupby(kind).sum().reindex(range(1, k + 1), fill_value=0.0)
    sums = measures.astype(float).mul(counts, axis=0).groupby(kind).sum().reindex(range(1, k + 1))
    means = sums.div(many, axis=0)
    return means.assign(customers=many, share=many / many.sum())[["customers", "share", *measures.columns]]


def _whole(customers: pd.Series) -> Vector:
    values = customers.to_numpy()
    if (np.abs(values - values.round()) > 1e-9).any():
        raise ValueError("customers: a mixture needs whole numbers of customers, not weights")
    return values.round().astype(int)


def _refuse(frame: pd.DataFrame, names: tuple[str, ...], tried: list[int], covariance: str) -> None:
    need(frame.columns, names, "the table of customers")
    if not names or not tried or tried[0] < 1 or covariance not in ("tied", "full"):
        raise ValueError('columns and classes name at least one, classes from 1 up; covariance is "tied" or "full"')
    values = numbers(frame[[*names]]).to_numpy()
    same = [name for name, column in zip(names, values.T, strict=True) if not len(column) or np.ptp(column) == 0]
    if same:
        raise ValueError(f"{', '.join(map(str, same))}: all customers are alike; leave the column out")
