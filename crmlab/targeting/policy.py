"""What a rule would have earned: the value of a policy that was never carried out.

A policy says who gets the offer. In an experiment some customers were by chance treated just as the policy says, and
they stand for the others. *Inverse probability* weighting (Horvitz and Thompson 1952; normalised as by Hájek 1971)
weights them by one over their chance to be treated so. *Doubly robust* (Dudík, Langford and Li 2011, ICML, 1097–1104)
starts from an expected outcome of everybody and mends it by what those customers show: with good expectations its
interval is shorter, with bad ones it is still right, because the draw is known.

A policy must not have been made from the outcomes of the customers on whom it is tried. The scores of `Uplift` are out
of fold, so rules made of them may be.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pandas as pd

from crmlab import model_plots, plots
from crmlab.estimation import Z95, Vector
from crmlab.labels import word
from crmlab.result import Result
from crmlab.targeting.design import numbers_of, read_arms

if TYPE_CHECKING:
    from matplotlib.axes import Axes

METHODS = ("doubly robust", "inverse probability")
_ALWAYS: dict[str, Any] = {"nobody": 0.0, "everybody": 1.0}


@dataclass(frozen=True, eq=False, repr=False)
class PolicyValue(Result):
    """What policies earn, as a randomised experiment tells it.

    Attributes
    ----------
    table
        By policy, first `nobody` and `everybody`: `share` (of the customers who get the offer), `estimate` (value of a
        customer, in currency), `low`, `high` (95 %); and over `nobody` the `gain` of a customer, `gain_low`,
        `gain_high`.
    method
        How it was estimated.
    customers
        How many customers took part in the experiment.

    Examples
    --------
    >>> tried = {"treated": [1, 1, 0, 0], "outcome": [1, 0, 1, 0], "customers": [60, 40, 50, 50]}
    >>> result = PolicyValue.from_experiment(pd.DataFrame(tried), {}, value=200, cost=5, method="inverse probability")
    >>> result.table["gain"].to_dict()
    {'nobody': 0.0, 'everybody': 15.0}
    """

    table: pd.DataFrame
    method: str
    customers: float

    @classmethod
    def from_experiment(
        cls,
        table: pd.DataFrame,
        policies: Mapping[str, Any],
        value: str | float | pd.Series = 1.0,
        cost: str | float | pd.Series = 0.0,
        method: str = "doubly robust",
    ) -> Self:
        """Estimate what each policy would earn.

        Parameters
        ----------
        table
            Columns `treated` and `outcome`, one row a customer or counts with `customers`; for the doubly robust method
            also `if_treated` and `if_not`, the expected outcomes, learned from other customers: `Uplift.table` has all.
        policies
            By name: who gets the offer, a column, a series or an array of true and false, or of probabilities.
        value
            Of one unit of outcome, in currency: a number, a column or a series.
        cost
            Of an offer, in currency; likewise.
        method
            "doubly robust" or "inverse probability".

        Raises
        ------
        ValueError
            If columns are missing or impossible, a policy is no probability, or nobody was treated as a policy says.
        """
        if method not in METHODS:
            raise ValueError(f"method is {method!r}; choose one of {', '.join(METHODS)}")
        tried = _read(table, numbers_of(table, value, "value"), numbers_of(table, cost, "cost"), method)
        chances = {name: _chance(table, policy, name) for name, policy in ({**_ALWAYS, **policies}).items()}
        scores = {name: _scores(tried, chance, name) for name, chance in chances.items()}
        rows = {}
        for name, own in scores.items():
            share = float(tried.customers @ chances[name] / tried.customers.sum())
            rows[name] = [share, *_interval(tried, own), *_interval(tried, own - scores["nobody"])]
        columns = ["share", "estimate", "low", "high", "gain", "gain_low", "gain_high"]
        frame = pd.DataFrame.from_dict(rows, orient="index", columns=pd.Index(columns)).rename_axis("policy")
        return cls(frame, method, float(tried.customers.sum()))

    def summary(self) -> pd.DataFrame:
        """Return share, value and gain of each policy, rounded."""
        return self.table.map(lambda number: float(f"{number:.4g}"))

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw what each policy gains over making no offer, with 95 % intervals."""
        drawn = self.table.drop(index="nobody")[["gain", "gain_low", "gain_high"]]
        title, label = word("Which rule earns most?"), word("gain over no offer, per customer (currency)")
        ax = plots.dots(drawn.set_axis(["estimate", "low", "high"], axis=1), ax, title, label)
        ax.axvline(0, color=plots.FAINT, lw=1)
        return model_plots.grouped_axis(ax, "x")


@dataclass(frozen=True, eq=False)
class _Tried:
    """An experiment in money: what each customer earned, and what was expected of either treatment."""

    treated: Vector
    customers: Vector
    earned: Vector
    expected: tuple[Vector, Vector] | None  # if left alone, if treated

    @property
    def share(self) -> float:
        return float(self.customers @ self.treated / self.customers.sum())


def _read(table: pd.DataFrame, worth: Vector, price: Vector, method: str) -> _Tried:
    treated, outcome, customers = read_arms(table)
    expected = None
    if method == "doubly robust":
        expected = numbers_of(table, "if_not") * worth, numbers_of(table, "if_treated") * worth - price
    return _Tried(treated, customers, outcome * worth - treated * price, expected)


def _chance(table: pd.DataFrame, policy: Any, name: str) -> Vector:
    """Return each customer's probability to get the offer under a policy."""
    if not isinstance(policy, str | pd.Series) and np.ndim(policy) > 0 and len(policy) != len(table):
        raise ValueError(f"the policy {name!r} has {len(policy)} rows; the table has {len(table)}")
    chance = numbers_of(table, policy, f"the policy {name!r}")
    if ((chance < 0) | (chance > 1)).any():
        raise ValueError(f"the policy {name!r} is neither true nor false, nor a probability, in some rows")
    return chance


def _scores(tried: _Tried, chance: Vector, name: str) -> Vector:
    """Return a number for each customer whose mean estimates the value of the policy."""
    weight = np.where(tried.treated == 1, chance / tried.share, (1 - chance) / (1 - tried.share))
    if tried.expected is not None:
        alone, offered = tried.expected
        missed = tried.earned - np.where(tried.treated == 1, offered, alone)
        return chance * offered + (1 - chance) * alone + weight * missed
    total = tried.customers @ weight
    if not total > 0:
        raise ValueError(f"nobody was treated as the policy {name!r} says: its value cannot be known")
    value = tried.customers @ (weight * tried.earned) / total
    return value + weight * (tried.earned - value) * tried.customers.sum() / total


def _interval(tried: _Tried, scores: Vector) -> tuple[float, float, float]:
    """Return the mean and its 95 % interval.

    The share treated was estimated by its own sample; what the scores owe to it does not count as noise.
    """
    size = tried.customers.sum()
    mean = float(tried.customers @ scores / size)
    centred, drawn = scores - mean, tried.treated - tried.share
    slope = tried.customers @ (centred * drawn) / (tried.customers @ drawn**2)
    half = Z95 * float(np.sqrt(tried.customers @ (centred - slope * drawn) ** 2)) / size
    return mean, mean - half, mean + half
