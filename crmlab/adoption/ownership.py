"""What a system costs over the years that it is owned, and what it is worth.

The price of a licence is the smallest part of the answer. Setting up, moving the data and connecting other systems are
paid once, at the start; licences by user and upkeep come due at the end of each year. Discounted to the start they add
up to the total cost of ownership; with what the users gain, discounted likewise, they give the net present value.

Servers of one's own are dear to set up and cheap for each user, the cloud the other way round. So there is a number of
users at which the two cost the same, and for a given number of users a year in which one overtakes the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pandas as pd

from crmlab import model_plots, plots
from crmlab.engines import need, numbers, to_pandas
from crmlab.estimation import Vector
from crmlab.labels import word
from crmlab.result import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ONCE = ("setup_cost", "migration_cost", "integration_cost")
YEARLY = ("monthly_licence", "yearly_upkeep")


@dataclass(frozen=True, eq=False, repr=False)
class CostOfOwnership(Result):
    """The costs of systems over several years, discounted to the start.

    Attributes
    ----------
    table
        One row a system: `hosting` where it is known, `once` (paid at the start), `yearly` (mean of the years), `paid`
        (all of it, undiscounted), `total_cost` (discounted), and `net_present_value` where a benefit was given.
    cash_flows
        Years 0, 1, ... (rows) by system: money out is negative, benefits are positive; not discounted.
    prices
        One row a system: the columns of costs.
    users
        How many users in each year.
    discount_rate
        Per year.

    Examples
    --------
    >>> vendors = pd.DataFrame({
    ...     "name": ["cloud", "own server"], "hosting": ["cloud", "on-premises"], "setup_cost": [100.0, 1000.0],
    ...     "migration_cost": 0.0, "integration_cost": 0.0,
    ...     "monthly_licence": [1.0, 0.0], "yearly_upkeep": [0.0, 100.0],
    ... })
    >>> cost = CostOfOwnership.from_vendors(vendors, users=20, years=5, discount_rate=0.0)
    >>> cost.table["total_cost"].to_dict()
    {'cloud': 1300.0, 'own server': 1500.0}
    >>> cost.break_even().round(2).iloc[0].to_dict()
    {'cheaper_now': 'cloud', 'users': 23.33, 'year': 6.43}
    """

    table: pd.DataFrame
    cash_flows: pd.DataFrame
    prices: pd.DataFrame
    users: tuple[float, ...]
    discount_rate: float

    @classmethod
    def from_vendors(
        cls,
        vendors: Any,
        users: float | Sequence[float],
        years: int,
        discount_rate: float,
        benefit: float | Sequence[float] = 0.0,
    ) -> Self:
        """Reckon the cash flows of each system.

        Parameters
        ----------
        vendors
            Columns `name`, `setup_cost`, `migration_cost`, `integration_cost`, `monthly_licence` (for one user),
            `yearly_upkeep`, and `hosting` where it is known.
        users
            How many have a licence: a number, or one for each year.
        years
            How long the system is owned.
        discount_rate
            Per year. The costs paid once are due at the start, all else at the end of its year.
        benefit
            What a user gains in a year: a number, or one for each system; 0 leaves out the net present value.

        Raises
        ------
        ValueError
            If a column is missing, a cost is negative or empty, or a number is impossible.
        """
        frame = to_pandas(vendors)
        need(frame.columns, ("name", *ONCE, *YEARLY), "vendors")
        _refuse(frame, years, discount_rate)
        prices = numbers(frame.set_index("name")[[*ONCE, *YEARLY]])
        if (prices < 0).any(axis=None):
            column = str(prices.columns[(prices < 0).any()][0])
            raise ValueError(f"vendors: {column} is negative in {int((prices[column] < 0).sum())} rows")
        seats = _by_year(users, years)
        gains = np.broadcast_to(np.asarray(benefit, float), len(prices))
        once, running = prices[[*ONCE]].sum(axis=1).to_numpy(), _running(prices, seats)
        flows = np.vstack([-once, gains * seats[:, None] - running])
        cash = pd.DataFrame(flows, pd.RangeIndex(years + 1, name="year"), prices.index)
        factors = (1 + discount_rate) ** -np.arange(years + 1.0)
        columns = {"once": once, "yearly": running.mean(axis=0), "paid": once + running.sum(axis=0)}
        table = pd.DataFrame(columns | {"total_cost": once + factors[1:] @ running}, index=prices.index)
        if "hosting" in frame:
            table.insert(0, "hosting", frame["hosting"].to_numpy())
        if gains.any():
            table["net_present_value"] = factors @ flows
        return cls(table, cash, prices, tuple(map(float, seats)), float(discount_rate))

    def with_users(self, users: float | Sequence[float]) -> pd.Series:
        """Return the total cost of each system with another number of users, over the same years."""
        running = _running(self.prices, _by_year(users, len(self.users)))
        return (self.prices[[*ONCE]].sum(axis=1) + self._factors[1:] @ running).rename("total_cost")

    def break_even(self) -> pd.DataFrame:
        """Return where each system in the cloud and each on servers of one's own cost the same.

        Returns
        -------
        DataFrame
            One row a pair. `cheaper_now`: the one with the lower total cost. `users`: the number of users, the same in
            every year, at which both cost the same over all the years; empty where one is dearer for any number.
            `year`: when the discounted costs paid so far cross, with the users of the first year for ever; empty where
            one is cheaper from the start and stays so.

        Raises
        ------
        ValueError
            If `hosting` is not known, or does not hold both "cloud" and "on-premises".
        """
        hosting = self.table.get("hosting")
        if hosting is None or not {"cloud", "on-premises"} <= set(hosting):
            raise ValueError("vendors: hosting must name systems in the cloud and on-premises")
        pairs = [(a, b) for a in hosting.index[hosting == "cloud"] for b in hosting.index[hosting == "on-premises"]]
        index = pd.MultiIndex.from_tuples(pairs, names=["cloud", "on-premises"])
        rows = [self._meeting(cloud, own) for cloud, own in pairs]
        return pd.DataFrame(rows, index=index, columns=["cheaper_now", "users", "year"])

    def summary(self) -> pd.DataFrame:
        """Return the costs, the cheapest first, in whole units of money."""
        return self.table.sort_values("total_cost").round(0)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the discounted costs paid so far, or with a benefit the value so far, year by year."""
        worth = "net_present_value" in self.table
        so_far = self.cash_flows.mul(self._factors, axis=0).cumsum() * (1e-6 if worth else -1e-6)
        title = word("When has the system paid for itself?" if worth else "What does the system cost over the years?")
        ylabel = word("value so far, discounted (millions)" if worth else "cost so far, discounted (millions)")
        return model_plots.grouped_axis(plots.lines(so_far, ax, title, word("years since the start"), ylabel))

    @property
    def _factors(self) -> Vector:
        return (1 + self.discount_rate) ** -np.arange(len(self.users) + 1.0)

    def _meeting(self, cloud: str, own: str) -> tuple[str, float, float]:
        """Return the cheaper of two systems, and the users and the year at which they cost the same."""
        none, one = self.with_users(0.0), self.with_users(1.0)
        fixed, slope = none[own] - none[cloud], (one - none)[cloud] - (one - none)[own]
        users = fixed / slope if slope != 0 and fixed / slope > 0 else np.nan
        total = self.table["total_cost"]
        paid = self.prices[[*ONCE]].sum(axis=1)
        once = paid[own] - paid[cloud]
        running = _running(self.prices, np.array(self.users[:1]))[0]
        saved = running[self.prices.index.get_loc(cloud)] - running[self.prices.index.get_loc(own)]
        return (cloud if total[cloud] <= total[own] else own), float(users), _year(once, saved, self.discount_rate)


def _year(once: float, saved: float, rate: float) -> float:
    """Return after how many years the discounted saving of each makes up for a cost paid once; empty if never."""
    if saved == 0 or once / saved <= 0:
        return np.nan
    if abs(rate) < 1e-12:
        return float(once / saved)
    gone = once / saved * rate
    return float(-np.log1p(-gone) / np.log1p(rate)) if gone < 1 else np.nan


def _running(prices: pd.DataFrame, seats: Vector) -> Vector:
    """Return what each system (columns) costs in each year (rows)."""
    return 12 * seats[:, None] * prices["monthly_licence"].to_numpy() + prices["yearly_upkeep"].to_numpy()


def _by_year(users: float | Sequence[float], years: int) -> Vector:
    seats = np.asarray(users, float)
    if seats.ndim > 1 or (seats.ndim == 1 and len(seats) != years):
        raise ValueError(f"users: give one number, or one for each of the {years} years")
    if not (np.isfinite(seats) & (seats >= 0)).all():
        raise ValueError("users: a number of users is negative or empty")
    return np.broadcast_to(seats, years).astype(float)


def _refuse(frame: pd.DataFrame, years: int, discount_rate: float) -> None:
    if frame.empty or frame["name"].isna().any() or frame["name"].duplicated().any():
        raise ValueError("vendors: there is none, or a name is empty or stands there twice")
    if years != int(years) or years < 1:
        raise ValueError(f"years is {years}; it is a whole number from 1 up")
    if not discount_rate > -1:
        raise ValueError(f"discount_rate is {discount_rate}; it is a rate a year, such as 0.08")
