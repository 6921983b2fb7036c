"""When customers leave: survival curves of contracts, with those who are still customers counted as long as seen.

The curve is Kaplan & Meier's (1958), the intervals are Greenwood's on the log-log scale (Kalbfleisch & Prentice 2002,
section 1.4), groups are compared by the log-rank test of `lifelines`. All work on counts, so a million contracts cost
little more than their distinct rows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from crmlab import plots
from crmlab.contracts import contract_durations, count_contracts, months_asked
from crmlab.engines import arrays, counts_of, need, truths
from crmlab.estimation import Z95, Vector
from crmlab.grouping import distinct
from crmlab.labels import word
from crmlab.result import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["ChurnCurve", "contract_durations", "count_contracts"]

_BANDS = ["estimate", "low", "high"]


@dataclass(frozen=True, eq=False, repr=False)
class ChurnCurve(Result):
    """How many are still customers after each month.

    Attributes
    ----------
    table
        One row for each group and month: `group` ("" where there is one), `time`, `at_risk`, `churned`, `censored`,
        `estimate` (share still customers), `low`, `high`, `hazard` (share of those at risk who left in that month).
    counts
        The counts behind it: `group`, `duration`, `churned`, `customers`.
    """

    table: pd.DataFrame
    counts: pd.DataFrame

    @classmethod
    def from_contracts(
        cls, contracts: pd.DataFrame, observation_end: str | pd.Timestamp, by: str | None = None
    ) -> ChurnCurve:
        """Estimate the curve from contracts; parameters and errors are those of `count_contracts`.

        Examples
        --------
        >>> dates = {"started_on": ["2025-01-01"] * 4, "ended_on": ["2025-02-01", "2025-04-01", None, None]}
        >>> curve = ChurnCurve.from_contracts(pd.DataFrame(dates).apply(pd.to_datetime), "2025-07-01")
        >>> round(curve(1), 6), round(curve(3), 6), curve.median_lifetime
        (0.75, 0.5, 3.0)
        """
        return cls.from_counts(count_contracts(contracts, observation_end, by), by)

    @classmethod
    def from_counts(cls, counts: pd.DataFrame, by: str | None = None) -> ChurnCurve:
        """Estimate the curve from counts: columns `duration`, `churned`, and `customers` (one each if absent).

        Raises
        ------
        ValueError
            If a column is missing, empty or impossible, or there is no customer.
        """
        counts = _checked(counts, by)
        parts = [_curve(rows).assign(group=name) for name, rows in counts.groupby("group", sort=True)]
        table = pd.concat(parts, ignore_index=True)
        return cls(table[["group", *table.columns.drop("group")]], counts)

    def __call__(self, months: float) -> float | pd.Series:
        """Return the share still customers after `months`: a number, or one for each group.

        A group that was not observed that long gives NaN: the data do not say.
        """
        return _one(self._groups(lambda rows: _at(rows, months_asked(months))))

    def at(self, months: float) -> pd.DataFrame:
        """Return estimate, low and high of each group after `months`; empty where it was not observed so long."""
        seen = self.table[self.table["time"] <= months_asked(months)].groupby("group", sort=False)[_BANDS].last()
        return seen.mask(self._groups(lambda rows: _at(rows, months)).isna(), axis=0)

    @property
    def median_lifetime(self) -> float | pd.Series:
        """The month by which half have left; infinite where more than half were still there at the end."""
        return _one(self._groups(lambda rows: rows.loc[rows["estimate"] <= 0.5, "time"].min()).fillna(np.inf))

    @property
    def survival_function(self) -> pd.Series | pd.DataFrame:
        """The share still customers by month; a column for each group, empty where it was not observed so long.

        Examples
        --------
        >>> counts = pd.DataFrame({"duration": [1, 3], "churned": [True, False]})
        >>> ChurnCurve.from_counts(counts).survival_function.to_list()
        [1.0, 0.5, 0.5, 0.5]
        """
        return self._wide("estimate")

    @property
    def hazard(self) -> pd.Series | pd.DataFrame:
        """The share of those at risk who leave in each month; a column for each group, as `survival_function`."""
        return self._wide("hazard")

    def restricted_mean(self, months: int) -> float | pd.Series:
        """Return the mean number of months paid within the first `months` (the area under the curve).

        Examples
        --------
        >>> counts = pd.DataFrame({"duration": [1, 2], "churned": [True, True]})
        >>> ChurnCurve.from_counts(counts).restricted_mean(12)
        1.5
        """
        return _one(self._groups(lambda rows: sum(_at(rows, month) for month in range(int(months_asked(months, 1))))))

    def mean_within(self, months: int) -> pd.DataFrame:
        """Return estimate, low and high of each group's restricted mean (Klein & Moeschberger 2003, section 4.5).

        A group that was not observed that long has no interval: the data do not say.

        Examples
        --------
        >>> counts = pd.DataFrame({"duration": [1, 2, 3], "churned": [True, False, True], "customers": [30, 20, 50]})
        >>> ChurnCurve.from_counts(counts).mean_within(3).round(3).to_dict("records")
        [{'estimate': 2.4, 'low': 2.22, 'high': 2.58}]
        """
        return self._within(months, lambda time: time)

    def value_within(self, months: int, margin: float, discount_rate: float) -> pd.DataFrame:
        """Return estimate, low and high of what a customer of each group pays within `months`, discounted.

        Whoever is there after t whole months pays the margin then, as in `survival_clv` with the first payment now. The
        interval is that of `mean_within`, with discounted months.

        Parameters
        ----------
        months
            How many payments, the first one at once.
        margin
            Of a month.
        discount_rate
            Per month, above −1.

        Raises
        ------
        ValueError
            If the rate is −1 or less, or `months` is no whole number from 1 up.

        Examples
        --------
        >>> counts = pd.DataFrame({"duration": [1, 2, 3], "churned": [True, False, True], "customers": [30, 20, 50]})
        >>> ChurnCurve.from_counts(counts).value_within(3, margin=100, discount_rate=0.01).round(1).to_dict("records")
        [{'estimate': 237.9, 'low': 220.2, 'high': 255.6}]
        """
        if not discount_rate > -1:
            raise ValueError(f"discount_rate is {discount_rate}; it is above -1, such as 0.01 for 1 % a month")
        paid = margin * (1 + discount_rate) ** -np.arange(float(months_asked(months, 1)))
        total = np.append(0.0, paid.cumsum())  # of the payments before each whole month
        return self._within(months, lambda time: total[np.ceil(time).astype(int)])

    def log_rank(self) -> pd.Series:
        """Return statistic and p value of the log-rank test (Mantel 1966) that all groups share one curve.

        Raises
        ------
        ValueError
            If there is only one group.
        """
        from lifelines.statistics import multivariate_logrank_test

        if self.table["group"].nunique() < 2:
            raise ValueError("a log-rank test compares at least two groups; name a column with by=")
        c = self.counts
        test = multivariate_logrank_test(c["duration"], c["group"], c["churned"], weights=c["customers"])
        return pd.Series({"statistic": test.test_statistic, "p_value": test.p_value}, name="log-rank")

    def summary(self) -> pd.DataFrame:
        """Return each group's size, churned, median lifetime, and share still customers after 3, 12 and 24 months."""
        sizes = self.counts.groupby("group")["customers"].sum()
        churned = self.counts[self.counts["churned"]].groupby("group")["customers"].sum().reindex(sizes.index).fillna(0)
        columns = {"customers": sizes, "churned": churned.astype(int)}
        columns["median"] = self._groups(lambda rows: rows.loc[rows["estimate"] <= 0.5, "time"].min())
        for months in (3, 12, 24):
            columns[f"after {months}"] = self._groups(lambda rows, at=months: _at(rows, at)).round(3)
        return pd.DataFrame(columns)

    def at_risk(self, months: list[int]) -> pd.DataFrame:
        """Return how many of each group were still observed at the start of the months named."""
        wide = {m: self._groups(lambda rows, m=m: rows.loc[rows["time"] >= m, "at_risk"].max()) for m in months}
        return pd.DataFrame(wide).fillna(0).astype(int)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the curves with their intervals, and under them how many were still at risk."""
        ax = plots.steps(
            self.table, ax, "How long do customers stay?", word("months since the start"), word("still customers")
        )
        last = int(self.table["time"].max())
        return plots.counts_below(ax, self.at_risk(list(range(0, last + 1, max(1, round(last / 6))))))

    def _groups(self, ask: Callable[[pd.DataFrame], float]) -> pd.Series:
        return pd.Series({name: ask(rows) for name, rows in self.table.groupby("group", sort=False)}, dtype=float)

    def _within(self, months: int, worth: Callable[[Vector], Vector]) -> pd.DataFrame:
        """Return estimate, low and high of the mean of `worth`, which grows with the time that a customer stays."""
        groups, months = self.table.groupby("group", sort=False), int(months_asked(months, 1))
        means = {name: _mean_within(rows, months, worth) for name, rows in groups}
        return pd.DataFrame(means, index=pd.Index(_BANDS)).T.rename_axis("group")

    def _wide(self, column: str) -> pd.Series | pd.DataFrame:
        """Return a column for each group, with a row for each month, also for those in which nobody left."""
        wide = self.table.pivot_table(index="time", columns="group", values=column)
        times = np.asarray(wide.index, float)
        if (times == np.floor(times)).all():
            wide = wide.reindex(pd.RangeIndex(int(times.max()) + 1, name="time"))
        filled = wide.ffill() if column == "estimate" else wide.fillna(0.0)
        last = [self.table.loc[self.table["group"] == group, "time"].max() for group in wide.columns]
        seen = filled.where(np.less_equal.outer(np.asarray(filled.index), np.asarray(last)))
        return seen[""].rename(column) if list(seen.columns) == [""] else seen


def _checked(counts: pd.DataFrame, by: str | None) -> pd.DataFrame:
    """Return the distinct rows with `group` and how many share each; refuse what cannot be counted."""
    need(counts.columns, ["duration", "churned", *([by] if by else [])], "the table of contracts")
    customers, (duration,) = counts_of(counts, "the table of contracts"), arrays(counts, ["duration"])
    wrong = {
        "duration is below 0": duration < 0,
        "customers is no whole number": customers != np.floor(customers),
        f"{by} is empty": counts[by].isna().to_numpy() if by else np.zeros(len(counts), bool),
    }
    for said, bad in wrong.items():
        if bad.any():
            row = int(np.flatnonzero(bad)[0])
            raise ValueError(f"{said} in {int(bad.sum())} rows, the first is row {row}; mend or leave out these rows")
    churned = truths(counts, "churned", "the table of contracts").to_numpy()
    if not by and "customers" not in counts:
        duration, churned, customers = _single(duration, churned)
    codes, levels = pd.factorize(counts[by]) if by else (np.zeros(len(duration), int), [""])
    (code, duration, churned), customers = distinct([codes, duration, churned], customers)
    group = pd.Series(levels).astype(str).to_numpy()[code]
    columns = {"duration": duration, "churned": churned, "customers": customers.astype(int), "group": group}
    return pd.DataFrame(columns)


def _single(duration: Vector, churned: Vector) -> tuple[Vector, Vector, Vector]:
    """Return the distinct durations of single contracts, whether they ended, and how many share each: by sorting."""
    parts = [np.unique(duration[churned == ended], return_counts=True) for ended in (False, True)]
    ended = np.repeat([False, True], [len(times) for times, _ in parts])
    return np.concatenate([times for times, _ in parts]), ended, np.concatenate([n for _, n in parts]).astype(float)


def _curve(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the Kaplan–Meier table of one group; its first row is that of time 0."""
    duration, customers = rows["duration"].to_numpy(float), rows["customers"].to_numpy(float)
    time, place = np.unique(np.append(0.0, duration), return_inverse=True)
    seen, left = (np.bincount(place[1:], customers * kind, len(time)) for kind in (1.0, rows["churned"].to_numpy()))
    at_risk = seen[::-1].cumsum()[::-1]
    stayed = at_risk - left
    with np.errstate(divide="ignore"):  # where all have left, the curve is 0
        log_share = np.cumsum(np.log(stayed) - np.log(at_risk))
    share, low, high = np.exp(log_share), np.ones(len(time)), np.ones(len(time))
    spread = np.sqrt(np.cumsum(np.divide(left, at_risk * stayed, out=np.zeros(len(time)), where=stayed > 0)))
    some = log_share < 0
    half = Z95 * spread[some] / log_share[some]
    low[some], high[some] = share[some] ** np.exp(-half), share[some] ** np.exp(half)
    counted = {"at_risk": at_risk.astype(int), "churned": left.astype(int), "censored": (seen - left).astype(int)}
    bands = {"estimate": share, "low": low, "high": high, "hazard": left / at_risk}
    return pd.DataFrame({"time": time} | counted | bands)


def _at(rows: pd.DataFrame, months: float) -> float:
    """Return the curve's value at `months`, NaN beyond the last month observed unless everybody had left."""
    last = rows.iloc[-1]
    if months > last["time"] and last["estimate"] > 0:
        return float("nan")
    return float(rows.loc[rows["time"] <= months, "estimate"].iloc[-1])


def _mean_within(rows: pd.DataFrame, months: int, worth: Callable[[Vector], Vector]) -> tuple[float, float, float]:
    """Return the mean of `worth` up to `months` with its interval."""
    if np.isnan(_at(rows, months - 1)):
        return float("nan"), float("nan"), float("nan")
    columns = ["time", "estimate", "churned", "at_risk"]
    time, share, left, at_risk = rows.loc[rows["time"] < months, columns].to_numpy(float).T
    reached = worth(np.append(time, months))
    after = (share * np.diff(reached))[::-1].cumsum()[::-1]
    stayed = np.maximum(at_risk - left, 1)  # where nobody stayed nothing lies after, so the term is 0
    mean, half = float(after[0]), float(Z95 * np.sqrt((after**2 * left / (at_risk * stayed)).sum()))
    low, high = np.sort([0.0, reached[-1]])
    return mean, max(mean - half, float(low)), min(mean + half, float(high))


def _one(values: pd.Series) -> float | pd.Series:
    return float(values.iloc[0]) if list(values.index) == [""] else values
