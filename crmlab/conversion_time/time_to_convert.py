"""How long conversion takes: the share converted t days after the start, when some are lost and some still open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from crmlab import plots
from crmlab.conversion_time.durations import LOST, OPEN, WON, lead_durations
from crmlab.estimation import Z95, wilson
from crmlab.labels import word
from crmlab.result import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True, eq=False, repr=False)
class TimeToConvert(Result):
    """The share converted by time since the start, with losing as a competing end.

    Attributes
    ----------
    table
        One row for each group and day on which somebody converted: `group`, `time` (days), `estimate`, `low`, `high`.
    counts
        One row for each group: leads that were `won`, `lost` and still `open` at the snapshot, and `seen_days`, the
        longest time that any of them was seen.
    """

    table: pd.DataFrame
    counts: pd.DataFrame

    @classmethod
    def from_events(
        cls,
        events: pd.DataFrame,
        snapshot: str | pd.Timestamp,
        won: str = "won",
        lost: str = "lost",
        by: pd.Series | None = None,
        competing: bool = True,
    ) -> TimeToConvert:
        """Estimate the cumulative incidence of winning (Aalen & Johansen 1978), 95 % intervals on the log-log scale.

        Parameters
        ----------
        events
            Columns `lead_id`, `stage`, `reached_on`; a lead starts with its first event.
        snapshot
            Last day seen; a lead without end by then is censored.
        won, lost
            The stages that end a lead.
        by
            Groups, indexed by `lead_id`; leads outside it are left out.
        competing
            If False, lost leads are treated as censored, as a plain Kaplan–Meier curve would: the answer is then the
            share that would convert if nobody could be lost, and is too high.

        Raises
        ------
        ValueError
            If a column is missing, a value is empty, `reached_on` holds no dates, a group has no name, or no lead was
            won by the snapshot.

        Examples
        --------
        >>> days = pd.to_datetime(["2025-01-01"] * 4 + ["2025-01-09"])
        >>> events = pd.DataFrame({"lead_id": list("abcda"), "stage": ["lead"] * 4 + ["won"], "reached_on": days})
        >>> TimeToConvert.from_events(events, "2025-01-31").table[["time", "estimate"]].to_numpy().tolist()
        [[0.0, 0.0], [8.0, 0.25], [30.0, 0.25]]
        """
        durations = lead_durations(events, pd.Timestamp(snapshot), won, lost)
        groups = {"": durations} if by is None else _by_group(durations, by)
        if not any((rows["status"] == WON).any() for rows in groups.values()):
            raise ValueError(f"no lead reached the stage {won!r} by {pd.Timestamp(snapshot):%Y-%m-%d}")
        table = pd.concat([_incidence(rows, competing).assign(group=name) for name, rows in groups.items()])
        table = table[["group", "time", "estimate", "low", "high"]].reset_index(drop=True)
        return cls(table, pd.DataFrame({name: _ends(rows) for name, rows in groups.items()}).T)

    def __call__(self, days: float) -> float | pd.Series:
        """Return the share converted `days` after the start: a number, or one for each group.

        A group that was not observed that long gives NaN: the data do not say.
        """
        share = self.at(days)["estimate"]
        return float(share.iloc[0]) if list(share.index) == [""] else share

    def at(self, days: float) -> pd.DataFrame:
        """Return estimate, low and high of each group `days` after the start; NaN where it was not observed so long."""
        known_until = self.counts["seen_days"].astype(float).where(self.counts["open"] > 0, np.inf)
        seen = self.table[self.table["time"] <= days].groupby("group", sort=False)[["estimate", "low", "high"]].last()
        return seen.where(known_until.reindex(seen.index) >= days)

    def summary(self) -> pd.DataFrame:
        """Return the share converted after 30, 60, 90 and 180 days, and how many were won, lost and open."""
        shares = {f"{days} days": self.at(days)["estimate"] for days in (30, 60, 90, 180)}
        return self.counts.join(pd.DataFrame(shares).round(3))

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the share converted against days since the start."""
        return plots.steps(
            self.table, ax, "How long does it take to win a customer?", word("days since the lead"), word("converted")
        )


def _by_group(durations: pd.DataFrame, by: pd.Series) -> dict[str, pd.DataFrame]:
    if by.isna().any():
        raise ValueError(f"by is empty for {int(by.isna().sum())} leads; name their group, or leave them out")
    named = durations.join(by.rename("group"), how="inner")
    return {str(name): rows for name, rows in named.groupby("group", sort=True)}


def _ends(rows: pd.DataFrame) -> pd.Series:
    counts = rows["status"].value_counts()
    ends = {name: int(counts.get(code, 0)) for name, code in (("won", WON), ("lost", LOST), ("open", OPEN))}
    return pd.Series(ends | {"seen_days": int(rows["days"].max())})


def _incidence(rows: pd.DataFrame, competing: bool) -> pd.DataFrame:
    """Return time, estimate and interval of the cumulative incidence of winning."""
    from statsmodels.duration.survfunc import CumIncidenceRight

    days, status = rows["days"].to_numpy(dtype=float), rows["status"].to_numpy()
    status = status if competing else np.where(status == WON, WON, OPEN)
    if not (status == WON).any():
        return _curve(np.zeros((1, 4)))
    with np.errstate(divide="ignore", invalid="ignore"):  # where the last one at risk ends, the variance is 0/0
        fit: Any = CumIncidenceRight(days, status)
    share = np.minimum(fit.cinc[0], 1.0)
    risen = np.diff(share, prepend=0.0) > 0
    time, share, error = fit.times[risen], share[risen], pd.Series(fit.cinc_se[0]).ffill().to_numpy()[risen]
    once = wilson(((days == time[0]) & (status == WON)).sum(), (days >= time[0]).sum())
    points = np.column_stack([time, share, *_interval(share, error, *once)])
    last = [[days.max(), *points[-1, 1:]]] if days.max() > time[-1] else np.empty((0, 4))
    return _curve(np.vstack([np.zeros((1, 4)), points, last]))


def _curve(points: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame(points, columns=["time", "estimate", "low", "high"])


def _interval(share: np.ndarray, error: np.ndarray, low: Any, high: Any) -> tuple[pd.Series, np.ndarray]:
    """Return the interval on the log-log scale; where that knows none, what is certain without it.

    If nobody is left at risk after the first day on which somebody was won, the share is that of one throw (Wilson
    1927), from `low` to `high`. Once all have converted the scale ends: the share is then at least what it was before.
    """
    once, whole = np.isnan(error), share >= 1 - 1e-12
    edges = np.clip(share, 1e-12, 1 - 1e-12)
    wide = np.exp(np.minimum(Z95 * error / (edges * np.abs(np.log(edges))), 50))
    lows = np.select([once, whole], [float(low), np.nan], edges**wide)
    return pd.Series(lows).ffill(), np.select([whole, once], [1.0, float(high)], edges ** (1 / wide))
