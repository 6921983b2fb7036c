"""From prospect to customer: how many come through, and how long it takes.

A funnel counts who reached each stage. A share of a share is only as good as the time it was given, so a young cohort
always looks bad in a funnel; `TimeToConvert` asks instead for the share converted t days after the start, with those
still open counted only as long as they were seen (censoring) and those lost for good as a competing end.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from crmlab import plots
from crmlab.engines import counts_of, need, refuse_gaps
from crmlab.engines.events import refuse_unknown, stage_counts
from crmlab.estimation import jeffreys, wilson
from crmlab.labels import percent, word
from crmlab.result import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Interval = Literal["wilson", "jeffreys"]
INTERVALS = {"wilson": wilson, "jeffreys": jeffreys}

_COUNTS = "the counts of the funnel"


@dataclass(frozen=True, eq=False, repr=False)
class Funnel(Result):
    """Counts and conversion rates by stage, with 95 % intervals.

    They are Wilson's (1927, Journal of the American Statistical Association 22, 209–212), or those from Jeffreys'
    prior (Brown, Cai and DasGupta 2001, Statistical Science 16(2), 101–133); with few customers both keep their
    promise where that of the normal distribution does not.

    Attributes
    ----------
    table
        One row for each group and stage: the columns of `by`, `stage`, `customers` (who reached it), `rate` (of those
        in the stage before; empty in the first stage, and where nobody reached the stage before), `low`, `high`, and
        `overall` (of those in the first stage).
    stages
        The stages in order.
    by
        The columns that form groups; empty where there is one group.
    interval
        Whose intervals they are, "wilson" or "jeffreys".
    """

    table: pd.DataFrame
    stages: tuple[str, ...]
    by: tuple[str, ...] = ()
    interval: Interval = "wilson"

    @classmethod
    def from_events(
        cls,
        events: Any,
        stages: Sequence[str],
        by: str | Sequence[str] = (),
        leads: Any = None,
        snapshot: str | pd.Timestamp | None = None,
        interval: Interval = "wilson",
    ) -> Funnel:
        """Count who reached each stage.

        Parameters
        ----------
        events
            Columns `lead_id`, `stage`, `reached_on`; the columns of `by` too, unless `leads` has them. A frame of
            pandas or of any engine that narwhals knows (polars, DuckDB, Spark), which then counts.
        stages
            The stages to count, in order; other stages are left out.
        by
            One or more columns that form groups.
        leads
            Columns `lead_id` and those of `by`, in the same engine.
        snapshot
            Only what had happened by this day counts.
        interval
            "wilson" or "jeffreys".

        Raises
        ------
        ValueError
            If a stage or a column does not occur, a value is empty, `reached_on` holds no dates, `leads` has a lead
            twice, or the counts or the interval cannot be, as in `from_counts`.

        Examples
        --------
        >>> days = pd.to_datetime(["2025-01-01"] * 4 + ["2025-01-09"])
        >>> events = pd.DataFrame({"lead_id": list("abcda"), "stage": ["lead"] * 4 + ["won"], "reached_on": days})
        >>> float(Funnel.from_events(events, ["lead", "won"]).rate())
        0.25
        """
        by = (by,) if isinstance(by, str) else tuple(by)
        return cls._made(stage_counts(events, stages, by, leads, snapshot), stages, by, interval)

    @classmethod
    def from_counts(
        cls, counts: pd.DataFrame, stages: Sequence[str], by: str | Sequence[str] = (), interval: Interval = "wilson"
    ) -> Funnel:
        """Make the funnel from counts.

        Parameters
        ----------
        counts
            Columns `stage`, `customers` (who reached it; a stage that a group lacks was reached by nobody) and those
            of `by`; rows of the same stage and group are added up.
        stages, by, interval
            As in `from_events`.

        Raises
        ------
        ValueError
            If a column is missing, a value is empty, a count is negative or not whole, there is no such stage, nobody
            is in the first stage of a group, a stage has more customers than the stage before, or the interval has
            another name.

        Examples
        --------
        >>> counts = pd.DataFrame({"stage": ["lead", "won"], "customers": [40, 5]})
        >>> Funnel.from_counts(counts, ["lead", "won"]).table[["low", "high"]].round(4).iloc[-1].to_list()
        [0.0546, 0.2611]
        >>> Funnel.from_counts(counts, ["lead", "won"], interval="jeffreys").ends()[["low", "high"]].round(4)
              low    high
        0  0.0493  0.2525
        """
        by = (by,) if isinstance(by, str) else tuple(by)
        need(counts.columns, [*by, "stage", "customers"], _COUNTS)
        refuse_gaps(counts, [*by, "stage"], _COUNTS)
        refuse_unknown(counts["stage"], stages, f"{_COUNTS}: no row has")
        return cls._made(counts, stages, by, interval)

    @classmethod
    def _made(cls, counts: pd.DataFrame, stages: Sequence[str], by: tuple[str, ...], interval: Interval) -> Funnel:
        if interval not in INTERVALS:
            raise ValueError(f"interval is {interval!r}; choose one of {', '.join(INTERVALS)}")
        table = _grid(counts, stages, by)
        size = len(stages)
        before = table["customers"].shift().where(table.index % size > 0)
        first = table["customers"].iloc[table.index // size * size].to_numpy()
        _refuse_impossible(table, before, by)
        before = before.where(before > 0)
        table["rate"] = table["customers"] / before
        table["low"], table["high"] = INTERVALS[interval](table["customers"], before)
        table["overall"] = table["customers"] / first
        return cls(table, tuple(stages), by, interval)

    def rate(self) -> float | pd.Series:
        """Return the share that came through from the first stage to the last: a number, or one for each group."""
        last = self.table[self.table["stage"] == self.stages[-1]]
        return last.set_index(list(self.by))["overall"] if self.by else float(last["overall"].iloc[0])

    def ends(self) -> pd.DataFrame:
        """Return first and last stage of each group with the overall rate and its 95 % interval."""
        first, last = (self.table[self.table["stage"] == stage] for stage in (self.stages[0], self.stages[-1]))
        ends = first[list(self.by)].reset_index(drop=True)
        ends[self.stages[0]], ends[self.stages[-1]] = first["customers"].to_numpy(), last["customers"].to_numpy()
        ends["estimate"] = last["overall"].to_numpy()
        ends["low"], ends["high"] = INTERVALS[self.interval](ends[self.stages[-1]], ends[self.stages[0]])
        return ends

    def standardize(self, over: str) -> pd.DataFrame:
        """Return each group's overall rate if all groups had the same mix of `over`: direct standardisation.

        The weights are the shares of `over` in the first stage of all groups together. Where mix and rate go together,
        the crude rates can order the groups the wrong way round (Simpson 1951, Journal of the Royal Statistical
        Society B 13(2), 238–241). The interval is that of as many customers, all alike, as would make the rate as
        uncertain; for how uncertain it is, half a customer is added to those won and to those lost of each part, so
        that a part where nobody or everybody was won is not taken for certain.

        Parameters
        ----------
        over
            The column of `by` whose mix is to be the same.

        Returns
        -------
        DataFrame
            Index: the groups. Columns `crude`, `estimate` (standardised), `low`, `high` (95 %).

        Raises
        ------
        ValueError
            If the funnel was not counted by `over` and one more column, or a group has nobody in a part of `over`.

        Examples
        --------
        >>> rows = [("a", "x", 10, 5), ("a", "y", 90, 9), ("b", "x", 90, 36), ("b", "y", 10, 0)]
        >>> long = [(t, c, s, n) for t, c, i, o in rows for s, n in (("lead", i), ("won", o))]
        >>> counts = pd.DataFrame(long, columns=["team", "channel", "stage", "customers"])
        >>> funnel = Funnel.from_counts(counts, ["lead", "won"], ["team", "channel"])
        >>> funnel.standardize("channel")["estimate"].to_list()
        [0.3, 0.2]
        """
        groups = [name for name in self.by if name != over]
        if over not in self.by or len(groups) != 1:
            raise ValueError(f"count the funnel by {over!r} and one more column; it was counted by {list(self.by)}")
        ends = self.ends().rename(columns={self.stages[0]: "size", self.stages[-1]: "won"})
        _refuse_empty_parts(ends, groups[0], over)
        weight = ends.groupby(over, observed=True)["size"].transform("sum") / ends["size"].sum()
        smoothed = (ends["won"] + 0.5) / (ends["size"] + 1)
        ends["part"], ends["smoothed"] = weight * ends["estimate"], weight * smoothed
        ends["variance"] = weight**2 * smoothed * (1 - smoothed) / ends["size"]
        sums = ends.groupby(groups[0], observed=True)[["size", "won", "part", "smoothed", "variance"]].sum()
        effective = sums["smoothed"] * (1 - sums["smoothed"]) / sums["variance"]
        low, high = INTERVALS[self.interval](sums["part"] * effective, effective)
        columns = {"crude": sums["won"] / sums["size"], "estimate": sums["part"], "low": low, "high": high}
        return pd.DataFrame(columns, index=sums.index)

    def summary(self) -> pd.DataFrame:
        """Return counts and rates, rounded."""
        return self.table.round({"rate": 3, "low": 3, "high": 3, "overall": 3})

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the stages as bars with their leaks, or the groups' overall rates with their intervals."""
        if self.by:
            ends = self.ends()
            ends.index = pd.Index([" · ".join(map(str, row)) for row in ends[list(self.by)].to_numpy()])
            ax = plots.dots(
                ends, ax, "Who converts?", f"{word('conversion rate')}, {self.stages[0]} → {self.stages[-1]}"
            )
            return plots.percent_axis(ax, "x")
        return _bars(self.table, plots.new_axes(ax))


def _bars(table: pd.DataFrame, ax: Axes) -> Axes:
    rows = np.arange(len(table))[::-1]
    ax.barh(rows, table["customers"], color=plots.PALETTE[0], height=0.62)
    for row, (_, stage) in zip(rows, table.iterrows(), strict=True):
        text = f" {stage['customers']:,}"
        if row != rows[0]:
            text += (
                f"  ({percent(stage['rate'])} of the stage before; {percent(stage['low'])} to {percent(stage['high'])})"
            )
        ax.annotate(text, (stage["customers"], row), va="center", fontsize=9)
    ax.set_yticks(rows, [word(str(stage)) for stage in table["stage"]])
    ax.set_xlim(0, table["customers"].max() * 1.45)
    plots.finish(ax, "Where does the funnel leak?", word("number of leads"), "")
    said = ", ".join(f"{row.customers:,} {row.stage}" for row in table.itertuples())
    return plots.describe(ax, f"Where does the funnel leak? Bars of the number in each stage: {said}.")


def _grid(counts: pd.DataFrame, stages: Sequence[str], by: tuple[str, ...]) -> pd.DataFrame:
    """Return one row for each group and stage with its whole number of customers, in order."""
    number = counts_of(counts, _COUNTS)
    parts = int((number != number.round()).sum())
    if parts:
        raise ValueError(f"{_COUNTS}: customers is no whole number in {parts} rows; count each customer once")
    keys = [*by, "stage"]
    summed = counts.assign(customers=number).groupby(keys, observed=True)["customers"].sum().reset_index()
    groups = summed[list(by)].drop_duplicates() if by else pd.DataFrame(index=[0])
    grid = groups.merge(pd.DataFrame({"stage": list(stages)}), how="cross")
    table = grid.merge(summed.astype({"stage": object}), on=keys, how="left").fillna({"customers": 0})
    table["stage"] = pd.Categorical(table["stage"], list(stages), ordered=True)
    return table.astype({"customers": int}).sort_values(keys, ignore_index=True)


def _refuse_impossible(table: pd.DataFrame, before: pd.Series, by: tuple[str, ...]) -> None:
    for row in table[before.isna() & (table["customers"] == 0)].to_dict("records"):
        raise ValueError(f"nobody is in the first stage, {row['stage']}{_named(row, by)}: of nobody there is no share")
    for row in table[table["customers"] > before].to_dict("records"):
        raise ValueError(
            f"more customers reached {row['stage']}{_named(row, by)} ({row['customers']:,}) than the stage before; "
            "let a stage count all who came that far, or leave out the stage that some skip"
        )


def _refuse_empty_parts(ends: pd.DataFrame, group: str, over: str) -> None:
    """Refuse groups without a rate in a part of the mix: what they would have reached there is not known."""
    there = pd.crosstab(ends[group], ends[over])
    for name, row in there.iterrows():
        if gone := [str(part) for part in row.index[row == 0]]:
            raise ValueError(
                f"{group} {name} has nobody of {over} {', '.join(gone)}, so its rate there is not known; "
                f"leave out that {over}, or join it with another"
            )


def _named(row: Mapping[Hashable, object], by: tuple[str, ...]) -> str:
    return f", of {', '.join(f'{name} {row[name]}' for name in by)}" if by else ""
