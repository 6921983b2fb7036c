"""The cohort triangle: those who began in the same month, followed month by month.

A cohort is known as far as it is old, so the table of cohorts by age is a triangle. Two things mislead in it. Along its
lower edge a cohort is not yet whole: those who began on the first of a month have been seen a month longer than those
who began on its last day. Counting them all as if they had been seen so long makes every young cohort look bad; here a
cell counts only those who have been seen so long (they are censored otherwise), and says whether that is all of them.
And a cell holds few customers: the interval beside it says which differences between cohorts mean anything.

Read across, a row shows how a cohort ages; read down, a column shows whether later cohorts do better at the same age;
along a diagonal lies a month of the calendar, in which something may have happened to all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from crmlab import plots
from crmlab.engines import days, need, to_pandas
from crmlab.estimation import wilson
from crmlab.labels import percent, word
from crmlab.result import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Kind = Literal["retained", "converted"]
_QUESTIONS = {
    "retained": "Do later cohorts stay longer?",
    "converted": "Do later cohorts convert better?",
}
_MOST_AGES = 12
_COLUMNS = ("cohort", "seen", "happened")


@dataclass(frozen=True, eq=False, repr=False)
class CohortTriangle(Result):
    """Shares by cohort and age, with 95 % Wilson intervals (Wilson 1927).

    Attributes
    ----------
    table
        One row for each cohort and age that has been reached: `cohort` (its first day), `age` (whole months since each
        customer's own start), `customers` (of the cohort), `observed` (who have been seen so long), `number` (of them,
        who are still there, or who have converted), `estimate` (the share), `low`, `high`, and `complete`: whether the
        whole cohort has been seen so long.
    kind
        "retained" or "converted".

    Examples
    --------
    >>> began = pd.to_datetime(["2025-01-01", "2025-01-31", "2025-02-10"])
    >>> ended = pd.to_datetime(["2025-02-15", None, None])
    >>> contracts = pd.DataFrame({"started_on": began, "ended_on": ended})
    >>> triangle = CohortTriangle.from_dates(contracts, "2025-03-20")
    >>> triangle.table[["age", "observed", "number", "complete"]].to_numpy().tolist()
    [[1, 2, 2, True], [2, 1, 0, False], [1, 1, 1, True]]
    """

    table: pd.DataFrame
    kind: Kind

    @classmethod
    def from_dates(
        cls,
        data: Any,
        observation_end: str | pd.Timestamp,
        kind: Kind = "retained",
        start: str = "started_on",
        event: str = "ended_on",
        grid: str = "M",
    ) -> CohortTriangle:
        """Make the triangle from dates: one row a customer, or counts with a column `customers`.

        Parameters
        ----------
        data
            Columns `start` and `event` (empty where it has not happened).
        observation_end
            The last day seen; an event after it is not known, and who starts after it is left out.
        kind
            "retained": the event ends the relation, and the share still there is counted. "converted": the event is
            what one waits for, and the share that has had it is counted.
        start, event
            The names of the columns.
        grid
            Who belongs together: "M" those who began in one month, "Q" in one quarter, "Y" in one year.

        Raises
        ------
        ValueError
            If a column is missing, a start is empty, an event lies before its start, or nobody has been seen for a
            month.
        """
        return cls.from_counts(count_cohorts(data, observation_end, start, event, grid), kind)

    @classmethod
    def from_counts(cls, counts: pd.DataFrame, kind: Kind = "retained") -> CohortTriangle:
        """Make the triangle from counts, as `count_cohorts` returns them.

        Parameters
        ----------
        counts
            Columns `cohort`, `seen` (whole months seen), `happened` (months until the event, rounded up; empty where
            there was none) and `customers`.
        kind
            As in `from_dates`.

        Raises
        ------
        ValueError
            If a column is missing, the kind is unknown, or nobody has been seen for a month.
        """
        if kind not in _QUESTIONS:
            raise ValueError(f"kind is {kind!r}; choose one of {', '.join(_QUESTIONS)}")
        need(counts.columns, [*_COLUMNS, "customers"], "the counts of cohorts")
        last = int(counts["seen"].max()) if len(counts) else 0
        if last < 1:
            raise ValueError("nobody has been seen for a whole month yet: there is no cohort to follow")
        rows = [_cells(pd.Timestamp(str(name)), group, kind) for name, group in counts.groupby("cohort", sort=True)]
        table = pd.concat(rows, ignore_index=True)
        table["estimate"] = table["number"] / table["observed"]
        table["low"], table["high"] = wilson(table["number"], table["observed"])
        table["complete"] = table["observed"] == table["customers"]
        return cls(table, kind)

    def matrix(self, column: str = "estimate") -> pd.DataFrame:
        """Return the triangle of one column of the table: cohorts down, ages across, empty where still ahead."""
        return self.table.pivot_table(column, "cohort", "age", aggfunc="first")

    def summary(self) -> pd.DataFrame:
        """Return the size of each cohort and its shares after 1, 3, 6, 12, 24 and 36 months."""
        shares = self.matrix()
        wide = shares[[age for age in (1, 3, 6, 12, 24, 36) if age in shares]].round(3)
        table = wide.rename(columns=lambda age: f"{age} months").rename_axis(columns=None)
        table.insert(0, "customers", self.table.groupby("cohort")["customers"].first())
        return table

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the triangle as a heat map with the share in each cell; of long ones only some ages are shown.

        A share in brackets stands for a cohort of which only a part has been seen so long.
        """
        last = int(self.table["age"].max())
        step = next((step for step in (1, 2, 3, 6) if last <= step * _MOST_AGES), 12)
        ages = [1, *range(max(step, 2), last + 1, step)]
        shares = self.matrix().reindex(columns=ages)
        complete = self.matrix("complete").reindex_like(shares)
        if ax is None:
            ax = plots.new_axes()
            ax.figure.set_size_inches(7.2, max(4.0, 0.27 * len(shares) + 1.2))  # pyright: ignore
        _heat(ax, shares, complete)
        plots.finish(ax, word(_QUESTIONS[self.kind]), word("months since the start; in the cells %"), word("cohort"))
        whole = self.table[self.table["complete"] & self.table["age"].isin(ages)]
        said = "; ".join(
            f"after {age} months {percent(low)} to {percent(high)} of {len(cells)}"
            for age, cells in whole.groupby("age")["estimate"]
            for low, high in [(cells.min(), cells.max())]
        )
        text = f"{_QUESTIONS[self.kind]} Heat map of the share {self.kind} by cohort and months since the start."
        text += " Lowest and highest of the whole cohorts:"
        return plots.describe(ax, f"{text} {said or 'none yet'}.")


def count_cohorts(
    data: Any,
    observation_end: str | pd.Timestamp,
    start: str = "started_on",
    event: str = "ended_on",
    grid: str = "M",
) -> pd.DataFrame:
    """Count customers by cohort, by how long they have been seen and by when it happened to them.

    Parameters
    ----------
    data, observation_end, start, event, grid
        As in `CohortTriangle.from_dates`.

    Returns
    -------
    DataFrame
        `cohort` (first day), `seen` (whole months from the start to the last day seen), `happened` (months from the
        start to the event, rounded up; empty where there was none), `customers`.

    Raises
    ------
    ValueError
        If a column is missing, a start is empty or an event lies before its start.

    Examples
    --------
    >>> leads = pd.DataFrame({"created_on": ["2025-01-05"] * 3, "won_on": ["2025-01-20", None, None]})
    >>> counts = count_cohorts(leads, "2025-04-01", "created_on", "won_on")
    >>> counts[["seen", "happened", "customers"]].to_numpy().tolist()
    [[2.0, 1.0, 1.0], [2.0, nan, 2.0]]
    """
    if grid not in ("M", "Q", "Y"):
        raise ValueError(f"grid is {grid!r}; choose one of M, Q, Y")
    frame, end = to_pandas(data), pd.Timestamp(observation_end)
    need(frame.columns, (start, event), "the table")
    frame = _dated(frame, [start, event])
    began, happened = frame[start], frame[event]
    if began.isna().any():
        raise ValueError(f"{start} is empty in {int(began.isna().sum())} rows; who has no start has no cohort")
    if (happened < began).any():
        raise ValueError(f"{event} lies before {start} in {int((happened < began).sum())} rows")
    columns = {
        "cohort": began.dt.to_period(grid).dt.start_time,
        "seen": _months(began, pd.Series(end, began.index)),
        "happened": _months(began, happened.where(happened <= end), up=True),
        "customers": frame.get("customers", 1),
    }
    rows = pd.DataFrame(columns)[began <= end]
    return rows.groupby([*_COLUMNS], dropna=False)["customers"].sum().reset_index()


def _dated(frame: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    """Return the frame with these columns as dates; text is read as ISO dates."""
    read = {}
    for name in names:
        if not pd.api.types.is_string_dtype(frame[name].dropna()):
            continue
        read[name] = pd.to_datetime(frame[name], format="ISO8601", errors="coerce")
        if (odd := read[name].isna() & frame[name].notna()).any():
            first = frame[name][odd].iloc[0]
            raise ValueError(
                f"the table: {name} holds {first!r}, which is no date ({int(odd.sum())} rows); write 2025-03-31"
            )
    return days(frame.assign(**read), names, "the table")


def _months(first: pd.Series, last: pd.Series, up: bool = False) -> pd.Series:
    """Return the months from one day to another, whole ones or rounded up.

    The 31st has its anniversary on the last day of a shorter month.
    """
    months = 12 * (last.dt.year - first.dt.year) + last.dt.month - first.dt.month
    anniversary = np.minimum(first.dt.day, last.dt.days_in_month)
    return months + (last.dt.day > anniversary) if up else months - (last.dt.day < anniversary)


def _cells(name: pd.Timestamp, group: pd.DataFrame, kind: Kind) -> pd.DataFrame:
    """Return the cells of one cohort, one row an age."""
    seen, happened, size = group["seen"], group["happened"], group["customers"]
    ages = np.arange(1, int(seen.max()) + 1)
    observed = np.array([size[seen >= age].sum() for age in ages])
    had = np.array([size[(seen >= age) & (happened <= age)].sum() for age in ages])
    number = had if kind == "converted" else observed - had
    columns = {"cohort": name, "age": ages, "customers": size.sum(), "observed": observed, "number": number}
    return pd.DataFrame(columns)


def _heat(ax: Axes, shares: pd.DataFrame, complete: pd.DataFrame) -> None:
    """Draw shares as colours with their numbers, light on dark and dark on light."""
    values = shares.to_numpy(float)
    top = float(np.nanmax(values)) or 1.0
    ax.imshow(np.ma.masked_invalid(values), cmap="Blues", aspect="auto", vmin=0, vmax=top)
    for (row, column), share in np.ndenumerate(values):
        if np.isfinite(share):
            text = f"{100 * share:.0f}" if complete.iloc[row, column] else f"({100 * share:.0f})"
            colour = "white" if share > 0.55 * top else "black"
            ax.text(column, row, text, ha="center", va="center", color=colour, fontsize=8)
    ax.set_xticks(range(shares.shape[1]), [f"{age}" for age in shares.columns])
    ax.set_yticks(range(len(shares)), [f"{day:%Y-%m}" for day in shares.index], fontsize=8)
    ax.grid(visible=False)
