"""Which option of an offer is taken, or none: the choice that makes or breaks a deal.

McFadden (1974, in Zarembka, Frontiers in Econometrics, 105–142): a firm likes option j by u(j) = b'x(j) and a chance of
its own, compares all options it was offered with not buying (u = 0), and takes what it likes best. Then it takes j with
probability exp u(j) / (1 + Σ exp u(k)): the conditional logit, here with an outside option. Attributes that go together
(more features, more savings) are told apart because each offer weighs them against its price.

What one unit of an attribute is worth is the price that offsets it, −b(attribute) / b(price): willingness to pay. Its
error follows by the delta method, or by drawing both coefficients from their distribution (Krinsky and Robb 1986,
Review of Economics and Statistics 68(4), 715–719), which needs no symmetry.

A price effect is only as good as the variation in price. Prices set with a view to who pays them, such as larger ones
for larger firms, need what they were set by as a further attribute, or a price test.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pandas as pd

from crmlab import plots
from crmlab.engines import need, numbers, to_pandas
from crmlab.estimation import (
    Z95,
    Maximum,
    NotIdentifiedError,
    Vector,
    covariance_frame,
    errors_of,
    maximize,
    refuse_few_draws,
    wilson,
)
from crmlab.fitted import Maximized
from crmlab.labels import word
from crmlab.pipeline.offers import Offers, read_offers

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ANY = "any option"
_ATTRIBUTES = ("promised_value", "specification")


@dataclass(frozen=True, eq=False, repr=False)
class OfferChoice(Maximized):
    """Conditional logit of offers, with not buying as the option outside.

    Attributes
    ----------
    table
        One row an option, and one for taking none: `offered` (how often), `taken`, `rate` with its 95 % interval `low`
        to `high`, and `fitted`.
    maximum
        The estimates, per unit of each attribute.
    price
        The attribute that is paid.
    units
        What one unit of each attribute is, in the units of its column.
    offers
        How many offers were fitted.

    Examples
    --------
    >>> offers = pd.DataFrame({
    ...     "offer_id": [1, 1, 2, 2, 3, 3, 4, 4],
    ...     "option": ["A", "B"] * 4,
    ...     "monthly_price": [2.0, 4, 3, 4, 2, 6, 3, 6],
    ...     "promised_value": [4.0, 6, 4, 7, 4, 7, 4, 6],
    ...     "accepted": [1, 0, 0, 1, 1, 0, 0, 0],
    ...     "customers": [30, 30, 40, 40, 25, 25, 20, 20],
    ... })
    >>> more = offers.assign(offer_id=offers["offer_id"] + 4, accepted=[0, 1, 1, 0, 0, 0, 0, 1], customers=12)
    >>> choice = OfferChoice.fit(pd.concat([offers, more]), ["promised_value"])
    >>> choice.parameters.round(2).to_dict()
    {'any option': -0.23, 'promised_value': 0.93, 'monthly_price': -1.1}
    """

    table: pd.DataFrame
    maximum: Maximum
    price: str
    units: dict[str, float]
    offers: float

    @classmethod
    def fit(
        cls,
        offers: Any,
        attributes: Sequence[str] = _ATTRIBUTES,
        price: str = "monthly_price",
        units: Mapping[str, float] | None = None,
    ) -> Self:
        """Estimate by maximum likelihood what moves the choice.

        Leave out offers that nobody has decided yet: `decided_offers` does. Taken for lost they would make every
        option look worse.

        Parameters
        ----------
        offers
            One row an option of an offer: `offer_id`, `option`, `accepted` (true for at most one of an offer), the
            columns of `attributes` and `price`; and `customers`, how many offers each stands for, where they are
            counted.
        attributes
            What may move the choice. A column that is the same for all options of an offer (the size of the firm, the
            quarter) moves the choice to buy at all.
        price
            What is paid.
        units
            What one unit of an attribute is, such as 100_000 won: coefficients are per unit.

        Raises
        ------
        ValueError
            If a column is missing or impossible, nobody or everybody took an option, attributes say the same thing, or
            one of them separates what is taken from what is not.
        """
        wanted = list(dict.fromkeys([*attributes, price]))
        data = read_offers(offers, wanted)
        scale = {name: float((units or {}).get(name, 1.0)) for name in wanted}
        if unknown := set(units or {}) - set(wanted):
            raise ValueError(f"units names {', '.join(sorted(unknown))}, which is no attribute")
        if min(scale.values()) <= 0:
            raise ValueError("a unit is 0 or below")
        top = _climb(data, wanted, np.array([scale[name] for name in wanted]))
        values = np.column_stack([np.ones(len(data.values)), data.values / np.array([*scale.values()])])
        table = _beside(data, _shares(values @ top.point, data.offer)[0])
        return cls(table, top, price, scale, float(data.weight.sum()))

    @property
    def parameters(self) -> pd.Series:
        """The coefficients by attribute, on the log odds against not buying."""
        return pd.Series(self.maximum.point, pd.Index(self.maximum.names), name="estimate")

    @property
    def covariance(self) -> pd.DataFrame:
        """The covariance of the coefficients."""
        return covariance_frame(self.maximum.covariance, self.maximum.names)

    def willingness_to_pay(self, draws: int = 0, seed: int = 1) -> pd.DataFrame:
        """Return the price that one more of each attribute is worth, in the units of the columns themselves.

        Parameters
        ----------
        draws
            0 for intervals by the delta method; otherwise how many draws make the interval (Krinsky and Robb 1986).
        seed
            Of the draws.

        Returns
        -------
        DataFrame
            Index: the attributes; columns `estimate`, `low`, `high` (95 %).

        Raises
        ------
        ValueError
            If the effect of the price may be 0: what something is worth in money cannot be known then; or draws is 1.
        """
        at = list(self.maximum.names).index(self.price)
        point, covariance = self.maximum.point, self.maximum.covariance
        if point[at] + Z95 * np.sqrt(covariance[at, at]) >= 0:
            raise ValueError(f"{self.price}: its effect is not surely below 0, so no willingness to pay can be known")
        names = [name for name in self.maximum.names if name not in (ANY, self.price)]
        rows = [list(self.maximum.names).index(name) for name in names]
        scale = np.array([self.units[self.price] / self.units[name] for name in names])

        def worth(b: Vector) -> Vector:
            return -b[..., rows] / b[..., [at]] * scale

        if draws:
            refuse_few_draws(draws)
            rng = np.random.default_rng(seed)
            drawn = worth(rng.multivariate_normal(point, covariance, draws, method="cholesky"))
            low, high = np.quantile(drawn, [0.025, 0.975], axis=0)
        else:
            half = Z95 * errors_of(worth, point, covariance)
            low, high = worth(point) - half, worth(point) + half
        return pd.DataFrame({"estimate": worth(point), "low": low, "high": high}, pd.Index(names, name="attribute"))

    def shares(self, offers: Any) -> pd.Series:
        """Return for each row of `offers` the probability that this option is taken.

        The rows of an offer add up to the probability that the offer is taken at all.

        Raises
        ------
        ValueError
            If a column is missing or a value is empty.
        """
        frame, names = to_pandas(offers), list(self.maximum.names[1:])
        need(frame.columns, ("offer_id", *names), "offers")
        values = numbers(frame[names]).to_numpy() / np.array([self.units[name] for name in names])
        utility = np.column_stack([np.ones(len(frame)), values]) @ self.maximum.point
        return pd.Series(_shares(utility, pd.factorize(frame["offer_id"])[0])[0], frame.index, name="share")

    def summary(self) -> pd.DataFrame:
        """Return the coefficients with standard errors and 95 % intervals."""
        half = Z95 * self.standard_errors
        columns = {"estimate": self.parameters, "standard error": self.standard_errors}
        return pd.DataFrame(columns | {"low": self.parameters - half, "high": self.parameters + half}).round(3)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the coefficients of the attributes with their intervals."""
        drawn = self.summary().drop(index=ANY)
        named = {name: f"{name} (+{self.units[name]:,g})" for name in drawn.index}
        title, words = word("What moves the choice?"), word("change of the log odds of being taken")
        ax = plots.dots(drawn.rename(index=named), ax, title, words)
        ax.axvline(0, color=plots.FAINT, lw=1)
        return ax


def _climb(data: Offers, names: Sequence[str], units: Vector) -> Maximum:
    """Climb on attributes of mean 0 and spread 1, and return the estimates per unit of each."""
    weight = data.weight[data.offer]
    middle = weight @ data.values / weight.sum()
    spread = np.sqrt(weight @ (data.values - middle) ** 2 / weight.sum())
    flat = [name for name, width in zip(names, spread, strict=True) if width < 1e-9 * (1 + abs(middle).max())]
    if flat:
        raise ValueError(f"offers: {', '.join(flat)} is the same everywhere, so its effect cannot be known")
    x = np.column_stack([np.ones(len(weight)), (data.values - middle) / spread])
    taken = (weight * data.taken) @ x

    def objective(point: Vector) -> tuple[float, Vector]:
        share, total = _shares(x @ point, data.offer)
        return float(taken @ point - data.weight @ total), taken - (weight * share) @ x

    try:
        top = maximize(objective, [0.0] * x.shape[1], [ANY, *names])
    except NotIdentifiedError as error:
        raise ValueError(
            f"OfferChoice: {error}: it separates what is taken from what is not, or says the same as another attribute"
        ) from error
    back = np.diag([1.0, *(units / spread)])
    back[0, 1:] = -middle / spread
    return Maximum(top.names, back @ top.point, back @ top.covariance @ back.T, top.log_likelihood, top.converged)


def _shares(utility: Vector, offer: Vector) -> tuple[Vector, Vector]:
    """Return the probability of each option, and for each offer the logarithm of 1 + Σ exp u."""
    peak = np.zeros(offer.max() + 1)
    np.maximum.at(peak, offer, utility)
    weight = np.exp(utility - peak[offer])
    total = np.exp(-peak) + np.bincount(offer, weight)
    return weight / total[offer], peak + np.log(total)


def _beside(data: Offers, share: Vector) -> pd.DataFrame:
    """Return how often each option was offered and taken, beside what is fitted."""
    weight = data.weight[data.offer]
    rows = pd.DataFrame(
        {"option": data.option, "offered": weight, "taken": weight * data.taken, "fitted": weight * share}
    )
    table = rows.groupby("option").sum()
    whole = data.weight.sum()
    table.loc["none"] = [whole, whole - table["taken"].sum(), whole - table["fitted"].sum()]
    low, high = wilson(table["taken"], table["offered"])
    rates = {"rate": table["taken"] / table["offered"], "low": low, "high": high}
    return table[["offered", "taken"]].assign(**rates, fitted=table["fitted"] / table["offered"])
