"""How many customers a customer brings: the number that says whether hunting could stop.

Whoever was recommended may recommend in turn, generation after generation, as an infection spreads. What decides is the
reproduction number: how many customers one such customer brings in a lifetime (Lotka 1925, *Elements of Physical
Biology*, ch. 9, for populations). At one, recommendation replaces every customer; below, each generation is smaller
than the one before it.

Three short cuts make it too small. To divide the customers brought by the customers there are forgets that most have
not brought theirs yet. A mean rate times a mean lifetime forgets that whoever stays recommends more. And the customers
won so far forget the leads that are still undecided. Here each month of life counts the customers who were seen in all
of it, with the leads that they made in it, and leads become customers as often as old leads did.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from crmlab.contracts import completed_months, dated
from crmlab.engines import days, need, refuse_gaps
from crmlab.estimation import Z95, wilson
from crmlab.labels import word
from crmlab.plots import lines
from crmlab.result import Result
from crmlab.sampling import staggered_means

if TYPE_CHECKING:
    from matplotlib.axes import Axes

NEEDED = {
    "customers": ["customer_id", "channel"],
    "contracts": ["customer_id", "started_on", "ended_on"],
    "leads": ["lead_id", "created_on", "channel", "customer_id"],
    "referrals": ["referrer_id", "lead_id", "referred_on"],
}


@dataclass(frozen=True, eq=False, repr=False)
class Reproduction(Result):
    """How many customers a recommended customer brings, month of life by month of life.

    Attributes
    ----------
    table
        One row for each month of life, from 1: `customers` seen in all of it, `leads` that one of them made in it
        (whoever has left made none), and `estimate`, `low`, `high`: the customers brought by then, with a 95 % interval
        of each month alone.
    conversion
        Share of the leads that become customers: `estimate`, `low`, `high`.

    Examples
    --------
    >>> from crmlab import open_company
    >>> company = open_company("subscription")
    >>> reproduction = Reproduction.from_tables(company.tables, company.observation_end, months=24)
    >>> reproduction.number.round(2).to_list()
    [0.64, 0.54, 0.73]
    """

    table: pd.DataFrame
    conversion: pd.Series

    @classmethod
    def from_tables(
        cls,
        tables: Mapping[str, pd.DataFrame],
        observation_end: str | pd.Timestamp,
        months: int = 30,
        channel: str = "referral",
        ripe_days: int = 180,
    ) -> Reproduction:
        """Count what the customers of a channel bring.

        Parameters
        ----------
        tables
            By name, `customers`, `contracts`, `leads` and `referrals`, as in a company's `tables`.
        observation_end
            Last day seen.
        months
            Months of life that are added up; what comes later is missing from the number.
        channel
            Through which recommended customers come. They are the ones to look at: after the first generation all are.
        ripe_days
            Leads of the channel count for the conversion if they were made at least so many days before the end.

        Raises
        ------
        ValueError
            If a table or column is missing, nobody came through the channel or none of its leads is old enough, or
            nobody was seen for so many months.
        """
        _refuse_gaps(tables)
        end = pd.Timestamp(observation_end)
        leads = tables["leads"][tables["leads"]["channel"] == channel]
        ripe = leads.loc[leads["created_on"] <= end - pd.Timedelta(days=ripe_days), "customer_id"].notna()
        people = _people(tables, channel, end)
        if ripe.empty or people.empty:
            raise ValueError(f"no customer, or no lead {ripe_days} days old, came through {channel}; name another one")
        low, high = wilson(ripe.sum(), len(ripe))
        conversion = pd.Series({"estimate": ripe.mean(), "low": float(low), "high": float(high)})
        made = _leads_by_month(people, tables["referrals"], months)
        whole = people["followed"].to_numpy() - 1  # of the month that runs only a part was seen
        return cls(_table(made, whole, ripe), conversion)

    @property
    def number(self) -> pd.Series:
        """The reproduction number: `estimate`, `low`, `high` at the last month."""
        return self.table[["estimate", "low", "high"]].iloc[-1].rename("reproduction number")

    def summary(self) -> pd.DataFrame:
        """Return the reproduction number and the conversion that it rests on, each with its 95 % interval."""
        return pd.DataFrame({"reproduction number": self.number, "conversion": self.conversion}).T.round(3)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the customers brought by each month of life, and the one customer that hunting could stop at."""
        drawn = self.table[["estimate", "low", "high"]].rename(columns={"estimate": word("customers brought")})
        ax = lines(
            drawn.assign(**{word("one customer for one customer"): 1.0}),
            ax,
            word("Does a recommended customer replace itself?"),
            word("month of life"),
            word("customers brought by one customer"),
        )
        ax.set_ylim(bottom=0)
        return ax


def _refuse_gaps(tables: Mapping[str, pd.DataFrame]) -> None:
    for name, columns in NEEDED.items():
        if name not in tables:
            raise ValueError(f"there is no table {name}, and nothing else tells who recommended whom")
        need(tables[name].columns, columns, name)
    refuse_gaps(tables["referrals"], NEEDED["referrals"], "referrals")


def _people(tables: Mapping[str, pd.DataFrame], channel: str, end: pd.Timestamp) -> pd.DataFrame:
    """Return the customers of the channel: `started_on`, and the months in which each could be seen, by customer."""
    came = tables["customers"].loc[tables["customers"]["channel"] == channel, "customer_id"]
    first = (
        dated(tables["contracts"]).query("started_on <= @end").groupby("customer_id", observed=True)["started_on"].min()
    )
    people = first[first.index.isin(came)].to_frame()
    return people.assign(followed=completed_months(people["started_on"], end))


def _leads_by_month(people: pd.DataFrame, referrals: pd.DataFrame, months: int) -> np.ndarray:
    """Return how many leads each customer made in each month of life."""
    known = days(referrals, ["referred_on"], "referrals")
    known = known[known["referrer_id"].isin(people.index)]
    started = pd.Series(people.loc[known["referrer_id"], "started_on"].to_numpy(), known.index)
    month = completed_months(started, known["referred_on"]).to_numpy()
    row, kept = people.index.get_indexer(pd.Index(known["referrer_id"])), month < months
    made = np.zeros((len(people), max(months, 0)))
    np.add.at(made, (row[kept], month[kept]), 1.0)
    return made


def _table(made: np.ndarray, followed: np.ndarray, ripe: pd.Series) -> pd.DataFrame:
    mean, moved = staggered_means(made, followed)
    leads, share = mean.cumsum(), ripe.mean()
    error = np.sqrt((moved.cumsum(axis=1) ** 2).sum(axis=0))
    reach = Z95 * np.hypot(share * error, leads * np.sqrt(share * (1 - share) / len(ripe)))
    brought = leads * share
    columns = {"leads": mean, "estimate": brought, "low": np.maximum(brought - reach, 0), "high": brought + reach}
    seen = (followed[:, None] >= np.arange(len(mean))).sum(axis=0)
    return pd.DataFrame({"customers": seen} | columns, index=pd.RangeIndex(1, len(mean) + 1, name="month"))
